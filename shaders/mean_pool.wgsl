// The mean under each window: y[b, oy, ox, c] = Σ x over the window's cells inside the image / cells(oy, ox).
//
// Spec       src/graph/ops/pool.rs
// Shapes     x: [BATCH, H, W, C]; y: [BATCH, OH, OW, C], LEN elements
// Dispatch   one invocation per element of y
// Constants  LEN, H, W, C, OH, OW, KERNEL_Y, KERNEL_X, STRIDE_Y, STRIDE_X, PAD_TOP, PAD_LEFT
// Uses       shared/pool_cells.wgsl, store (output and epilogue)

@compute @workgroup_size(64)
fn mean_pool(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let e = group_index(workgroup) * 64u + lane;
    if e >= LEN {
        return;
    }
    let c = e % C;
    let ox = e / C % OW;
    let oy = e / (C * OW) % OH;
    let image = e / (C * OW * OH);
    var sum = 0.0;
    for (var ky = 0u; ky < KERNEL_Y; ky++) {
        let iy = oy * STRIDE_Y + ky - PAD_TOP; // Above the image it wraps around and is too large.
        if iy >= H {
            continue;
        }
        var row_sum = 0.0;
        for (var kx = 0u; kx < KERNEL_X; kx++) {
            let ix = ox * STRIDE_X + kx - PAD_LEFT;
            if ix < W {
                row_sum += x[((image * H + iy) * W + ix) * C + c];
            }
        }
        sum += row_sum;
    }
    store(e, sum / cells(oy, ox));
}
