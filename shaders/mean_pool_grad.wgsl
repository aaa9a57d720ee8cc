// Gradient of a mean over windows: dx[b, iy, ix, c] = Σ of dy / cells over the windows that hold (iy, ix).
//
// Spec       src/graph/ops/pool.rs
// Shapes     dx: [BATCH, H, W, C], LEN elements; dy: [BATCH, OH, OW, C]
// Dispatch   one invocation per element of dx
// Constants  LEN, H, W, C, OH, OW, KERNEL_Y, KERNEL_X, STRIDE_Y, STRIDE_X, PAD_TOP, PAD_LEFT
// Uses       shared/pool_cells.wgsl, store (output and epilogue)

@compute @workgroup_size(64)
fn mean_pool_grad(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let e = group_index(workgroup) * 64u + lane;
    if e >= LEN {
        return;
    }
    let c = e % C;
    let ix = e / C % W;
    let iy = e / (C * W) % H;
    let image = e / (C * W * H);
    let y_end = iy + PAD_TOP; // Last row of the padded image under which a window may start.
    let x_end = ix + PAD_LEFT;
    let oy_first = select(0u, (y_end - KERNEL_Y) / STRIDE_Y + 1u, y_end >= KERNEL_Y);
    let ox_first = select(0u, (x_end - KERNEL_X) / STRIDE_X + 1u, x_end >= KERNEL_X);
    let oy_end = min(OH, y_end / STRIDE_Y + 1u);
    let ox_end = min(OW, x_end / STRIDE_X + 1u);
    var sum = 0.0;
    for (var oy = oy_first; oy < oy_end; oy++) {
        for (var ox = ox_first; ox < ox_end; ox++) {
            sum += dy[((image * OH + oy) * OW + ox) * C + c] / cells(oy, ox);
        }
    }
    store(e, sum);
}
