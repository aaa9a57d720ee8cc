// A convolution in register tiles without workgroup memory, for software adapters: each invocation works out PIXELS neighbours of a row of y in
// CHANNELS channels, and shares what it loads of a row of x among the taps of the kernel's row.
//
// y[b, oy, ox, co] = Σ_{ky, kx, ci} x[b, oy · STRIDE_Y + ky · DILATION_Y - PAD_Y, ox · STRIDE_X + kx · DILATION_X - PAD_X, ci] · w[ky, kx, ci, co]
//
// Spec       src/graph/ops/conv.rs, src/exec/gpu/tiles.rs
// Shapes     x: [BATCH, H, W, C_IN]; w: [KERNEL_Y, KERNEL_X, C_IN, C_OUT]; y: [BATCH, OH, OW, C_OUT]
// Dispatch   one invocation per tile
// Constants  BATCH, H, W, C_IN, OH, OW, C_OUT, KERNEL_Y, KERNEL_X, STRIDE_Y, STRIDE_X, DILATION_Y, DILATION_X, PAD_Y, PAD_X, PIXELS, CHANNELS,
//            SPAN (cells of a row of x under a tile), WORKGROUP
// Uses       column_of, store_in (output and epilogue, short enough to repeat where IS_SHORT)

const TILES_X: u32 = (OW + PIXELS - 1u) / PIXELS;
const TILES_C: u32 = (C_OUT + CHANNELS - 1u) / CHANNELS;

@compute @workgroup_size(WORKGROUP)
fn conv_forward_registers(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let tile = group_index(workgroup) * WORKGROUP + lane;
    if tile >= BATCH * OH * TILES_X * TILES_C {
        return;
    }
    let co = tile % TILES_C * CHANNELS;
    let ox = tile / TILES_C % TILES_X * PIXELS;
    let row = tile / (TILES_C * TILES_X); // Row of all images of y.
    //: for u in 0..SPAN
    let ix_${u} = ox * STRIDE_X + ${u}u - PAD_X; // Left of the image it wraps around and is too large.
    let x_at_${u} = select(0u, ix_${u} * C_IN, ix_${u} < W);
    //: end
    //: for j in 0..CHANNELS
    let w_at_${j} = min(co + ${j}u, C_OUT - 1u);
    //: end
    //: for p in 0..PIXELS
    //: for q in 0..CHANNELS / 4
    var sum_${p}_${q} = vec4<f32>();
    //: end
    //: end
    for (var ky = 0u; ky < KERNEL_Y; ky++) {
        let iy = row % OH * STRIDE_Y + ky * DILATION_Y - PAD_Y;
        if iy >= H {
            continue;
        }
        var x_from = (row / OH * H + iy) * W * C_IN;
        var w_from = ky * KERNEL_X * C_IN * C_OUT;
        for (var ci = 0u; ci < C_IN; ci++) {
            //: for u in 0..SPAN
            let x_${u} = select(0.0, x[x_from + x_at_${u}], ix_${u} < W);
            //: end
            //: for kx in 0..KERNEL_X
            //: for q in 0..CHANNELS / 4
            let w_${kx}_${q} = vec4<f32>(
                w[w_from + ${kx}u * C_IN * C_OUT + w_at_${q * 4}],
                w[w_from + ${kx}u * C_IN * C_OUT + w_at_${q * 4 + 1}],
                w[w_from + ${kx}u * C_IN * C_OUT + w_at_${q * 4 + 2}],
                w[w_from + ${kx}u * C_IN * C_OUT + w_at_${q * 4 + 3}],
            );
            //: end
            //: end
            //: for p in 0..PIXELS
            //: for q in 0..CHANNELS / 4
            //: for kx in 0..KERNEL_X
            sum_${p}_${q} += x_${p * STRIDE_X + kx * DILATION_X} * w_${kx}_${q};
            //: end
            //: end
            //: end
            x_from += 1u;
            w_from += C_OUT;
        }
    }
    //: if IS_SHORT == 0
    // A loop over an array, so that the epilogue stands here once: a copy for each sum takes a compiler seconds.
    var sums: array<f32, PIXELS * CHANNELS>;
    //: for p in 0..PIXELS
    //: for j in 0..CHANNELS
    sums[${p * CHANNELS + j}] = sum_${p}_${j / 4}[${j % 4}];
    //: end
    //: end
    let y_from = (row * OW + ox) * C_OUT + co;
    for (var e = 0u; e < PIXELS * CHANNELS; e += 1u) {
        let p = e / CHANNELS;
        let j = e % CHANNELS;
        if ox + p < OW && co + j < C_OUT {
            store_in(y_from + p * C_OUT + j, column_of(co + j), sums[e]);
        }
    }
    //: end
    //: if IS_SHORT
    // A channel past the end is the last one once more, and goes there again: a branch a store would cost more.
    //: for j in 0..CHANNELS
    let y_channel_${j} = min(co + ${j}u, C_OUT - 1u);
    let column_${j} = column_of(y_channel_${j});
    //: end
    //: for p in 0..PIXELS
    if ox + ${p}u < OW {
        let y_from = (row * OW + ox + ${p}u) * C_OUT;
        //: for j in 0..CHANNELS
        store_in(y_from + y_channel_${j}, column_${j}, sum_${p}_${j / 4}[${j % 4}]);
        //: end
    }
    //: end
    //: end
}
