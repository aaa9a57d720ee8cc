// A convolution's gradient in its input in register tiles without workgroup memory, for software adapters: each invocation works out PIXELS
// neighbours of a row of dx in CHANNELS channels, and shares what it loads of a row of dy among the taps of the kernel's row.
//
// dx[b, iy, ix, ci] = Σ_{ky, kx, co} dy[b, (iy + PAD_Y - ky · DILATION_Y) / STRIDE_Y, (ix + PAD_X - kx · DILATION_X) / STRIDE_X, co] · w[ky, kx, ci, co]
// over the taps where both quotients are whole and inside.
//
// Spec       src/graph/ops/conv.rs, src/exec/gpu/tiles.rs
// Shapes     dy: [BATCH, OH, OW, C_OUT]; w: [KERNEL_Y, KERNEL_X, C_IN, C_OUT]; dx: [BATCH, H, W, C_IN]
// Dispatch   one invocation per tile
// Constants  BATCH, H, W, C_IN, OH, OW, C_OUT, KERNEL_Y, KERNEL_X, STRIDE_Y, STRIDE_X, DILATION_Y, DILATION_X, PAD_Y, PAD_X,
//            PIXELS (a multiple of STRIDE_X, so that it is known which taps meet which pixel), CHANNELS, BEFORE (cells of dy left of the
//            tile's first), SPAN (cells of a row of dy under a tile), WORKGROUP
// Uses       column_of, store_in (output and epilogue, short enough to repeat where IS_SHORT)

const TILES_X: u32 = (W + PIXELS - 1u) / PIXELS;
const TILES_C: u32 = (C_IN + CHANNELS - 1u) / CHANNELS;

@compute @workgroup_size(WORKGROUP)
fn conv_input_grad_registers(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let tile = group_index(workgroup) * WORKGROUP + lane;
    if tile >= BATCH * H * TILES_X * TILES_C {
        return;
    }
    let ci = tile % TILES_C * CHANNELS;
    let ix = tile / TILES_C % TILES_X * PIXELS;
    let row = tile / (TILES_C * TILES_X); // Row of all images of dx.
    //: for u in 0..SPAN
    let ox_${u} = ix / STRIDE_X + ${u}u - BEFORE; // Left of the image it wraps around and is too large.
    let dy_at_${u} = select(0u, ox_${u} * C_OUT, ox_${u} < OW);
    //: end
    //: for j in 0..CHANNELS
    let w_at_${j} = min(ci + ${j}u, C_IN - 1u) * C_OUT;
    //: end
    //: for p in 0..PIXELS
    //: for q in 0..CHANNELS / 4
    var sum_${p}_${q} = vec4<f32>();
    //: end
    //: end
    for (var ky = 0u; ky < KERNEL_Y; ky++) {
        let y = row % H + PAD_Y - ky * DILATION_Y;
        if y % STRIDE_Y != 0u || y / STRIDE_Y >= OH {
            continue;
        }
        var dy_from = (row / H * OH + y / STRIDE_Y) * OW * C_OUT;
        var w_from = ky * KERNEL_X * C_IN * C_OUT;
        for (var co = 0u; co < C_OUT; co++) {
            //: for u in 0..SPAN
            let dy_${u} = select(0.0, dy[dy_from + dy_at_${u}], ox_${u} < OW);
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
            //: for kx in 0..KERNEL_X if (p + PAD_X - kx * DILATION_X) % STRIDE_X == 0
            sum_${p}_${q} += dy_${(p + PAD_X - kx * DILATION_X) / STRIDE_X + BEFORE} * w_${kx}_${q};
            //: end
            //: end
            //: end
            dy_from += 1u;
            w_from += 1u;
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
    let dx_from = (row * W + ix) * C_IN + ci;
    for (var e = 0u; e < PIXELS * CHANNELS; e += 1u) {
        let p = e / CHANNELS;
        let j = e % CHANNELS;
        if ix + p < W && ci + j < C_IN {
            store_in(dx_from + p * C_IN + j, column_of(ci + j), sums[e]);
        }
    }
    //: end
    //: if IS_SHORT
    // A channel past the end is the last one once more, and goes there again: a branch a store would cost more.
    //: for j in 0..CHANNELS
    let dx_channel_${j} = min(ci + ${j}u, C_IN - 1u);
    let column_${j} = column_of(dx_channel_${j});
    //: end
    //: for p in 0..PIXELS
    if ix + ${p}u < W {
        let dx_from = (row * W + ix + ${p}u) * C_IN;
        //: for j in 0..CHANNELS
        store_in(dx_from + dx_channel_${j}, column_${j}, sum_${p}_${j / 4}[${j % 4}]);
        //: end
    }
    //: end
    //: end
}
