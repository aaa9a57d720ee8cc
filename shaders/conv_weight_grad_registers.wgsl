// A convolution's gradient in its weight in register tiles without workgroup memory, for software adapters: each invocation works out a row of
// the kernel for INPUTS channels of x and CHANNELS channels of y, and walks over rows of dy, PIXELS cells at a time.
//
// dw[ky, kx, ci, co] = Σ_{b, oy, ox} x[b, oy · STRIDE_Y + ky · DILATION_Y - PAD_Y, ox · STRIDE_X + kx · DILATION_X - PAD_X, ci] · dy[b, oy, ox, co]
// and, below it where ROWS says so, Σ dy.
//
// Spec       src/graph/ops/conv.rs, src/exec/gpu/tiles.rs
// Shapes     x: [BATCH, H, W, C_IN]; dy: [BATCH, OH, OW, C_OUT]; dw: [PARTS, ROWS, C_OUT], ROWS = KERNEL_Y · KERNEL_X · C_IN (+ 1)
// Dispatch   one invocation per tile and part
// Constants  BATCH, H, W, C_IN, OH, OW, C_OUT, KERNEL_Y, KERNEL_X, STRIDE_Y, STRIDE_X, DILATION_Y, DILATION_X, PAD_Y, PAD_X, ROWS, PARTS,
//            RANGE (rows of dy of a part), INPUTS, CHANNELS, PIXELS, SPAN (cells of a row of x under PIXELS cells of dy), HAS_SUM, WORKGROUP
// Uses       column_of, store_in (output and epilogue)

const TILES_I: u32 = (C_IN + INPUTS - 1u) / INPUTS;
const TILES_C: u32 = (C_OUT + CHANNELS - 1u) / CHANNELS;
const TILES: u32 = KERNEL_Y * TILES_I * TILES_C;

// Σ dy over some rows, for CHANNELS channels.
fn sum_of_dy(part: u32, co: u32, first: u32, end: u32) {
    //: for q in 0..CHANNELS / 4
    var sum_${q} = vec4<f32>();
    //: end
    for (var row = first; row < end; row++) {
        //: for q in 0..CHANNELS / 4
        var row_sum_${q} = vec4<f32>();
        //: end
        for (var ox = 0u; ox < OW; ox++) {
            let from_ = (row * OW + ox) * C_OUT;
            //: for q in 0..CHANNELS / 4
            row_sum_${q} += vec4<f32>(
                dy[from_ + min(co + ${q * 4}u, C_OUT - 1u)],
                dy[from_ + min(co + ${q * 4 + 1}u, C_OUT - 1u)],
                dy[from_ + min(co + ${q * 4 + 2}u, C_OUT - 1u)],
                dy[from_ + min(co + ${q * 4 + 3}u, C_OUT - 1u)],
            );
            //: end
        }
        //: for q in 0..CHANNELS / 4
        sum_${q} += row_sum_${q};
        //: end
    }
    //: for j in 0..CHANNELS
    if co + ${j}u < C_OUT {
        store_in((part * ROWS + ROWS - 1u) * C_OUT + co + ${j}u, column_of(co + ${j}u), sum_${j / 4}[${j % 4}]);
    }
    //: end
}

@compute @workgroup_size(WORKGROUP)
fn conv_weight_grad_registers(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let all = TILES + HAS_SUM * TILES_C; // The sums of dy come last.
    let index = group_index(workgroup) * WORKGROUP + lane;
    if index >= all * PARTS {
        return;
    }
    let tile = index % all;
    let part = index / all;
    let first = part * RANGE;
    let end = min(BATCH * OH, first + RANGE);
    let co = tile % TILES_C * CHANNELS;
    if tile >= TILES {
        sum_of_dy(part, co, first, end);
        return;
    }
    let ci = tile / TILES_C % TILES_I * INPUTS;
    let ky = tile / (TILES_C * TILES_I);
    //: for t in 0..INPUTS
    let x_at_${t} = min(ci + ${t}u, C_IN - 1u);
    //: end
    //: for j in 0..CHANNELS
    let dy_at_${j} = min(co + ${j}u, C_OUT - 1u);
    //: end
    //: for kx in 0..KERNEL_X
    //: for t in 0..INPUTS
    //: for q in 0..CHANNELS / 4
    var sum_${kx}_${t}_${q} = vec4<f32>();
    //: end
    //: end
    //: end
    for (var row = first; row < end; row++) {
        let iy = row % OH * STRIDE_Y + ky * DILATION_Y - PAD_Y; // Above the image it wraps around and is too large.
        let has_row = iy < H; // A branch here would make every sum a value of two histories, which costs more than the loads.
        let x_from = (row / OH * H + select(0u, iy, has_row)) * W * C_IN;
        for (var ox = 0u; ox < OW; ox += PIXELS) {
            //: for u in 0..SPAN
            let ix_${u} = ox * STRIDE_X + ${u}u - PAD_X;
            let has_${u} = has_row && ix_${u} < W;
            let x_from_${u} = x_from + select(0u, ix_${u} * C_IN, has_${u});
            //: for t in 0..INPUTS
            let x_${u}_${t} = select(0.0, x[x_from_${u} + x_at_${t}], has_${u});
            //: end
            //: end
            //: for p in 0..PIXELS
            let dy_from_${p} = (row * OW + min(ox + ${p}u, OW - 1u)) * C_OUT;
            //: for q in 0..CHANNELS / 4
            let dy_${p}_${q} = vec4<f32>(
                dy[dy_from_${p} + dy_at_${q * 4}],
                dy[dy_from_${p} + dy_at_${q * 4 + 1}],
                dy[dy_from_${p} + dy_at_${q * 4 + 2}],
                dy[dy_from_${p} + dy_at_${q * 4 + 3}],
            //: if OW % PIXELS == 0
            );
            //: end
            //: if 0 < OW % PIXELS
            ) * select(0.0, 1.0, ox + ${p}u < OW);
            //: end
            //: end
            //: end
            //: for kx in 0..KERNEL_X
            //: for t in 0..INPUTS
            //: for q in 0..CHANNELS / 4
            //: for p in 0..PIXELS
            sum_${kx}_${t}_${q} += x_${p * STRIDE_X + kx * DILATION_X}_${t} * dy_${p}_${q};
            //: end
            //: end
            //: end
            //: end
        }
    }
    // A channel past the end is the last one once more, and goes there again: a branch a store would cost more.
    //: for j in 0..CHANNELS
    let column_${j} = column_of(dy_at_${j});
    //: end
    //: for kx in 0..KERNEL_X
    //: for t in 0..INPUTS
    let dw_from_${kx}_${t} = (part * ROWS + (ky * KERNEL_X + ${kx}u) * C_IN + x_at_${t}) * C_OUT;
    //: for j in 0..CHANNELS
    store_in(dw_from_${kx}_${t} + dy_at_${j}, column_${j}, sum_${kx}_${t}_${j / 4}[${j % 4}]);
    //: end
    //: end
    //: end
}
