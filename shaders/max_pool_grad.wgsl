// Gradient of a maximum over windows: dx[b, iy, ix, c] = Σ of dy over the windows whose first largest cell, row by row, is (iy, ix).
//
// Spec       src/graph/ops/pool.rs
// Shapes     x, dx: [BATCH, H, W, C], LEN elements; dy: [BATCH, OH, OW, C]
// Dispatch   one invocation per element of dx
// Constants  LEN, H, W, C, OH, OW, KERNEL_Y, KERNEL_X, STRIDE_Y, STRIDE_X, PAD_TOP, PAD_LEFT
// Uses       store (output and epilogue)

// Whether the first largest cell of window (oy, ox) is (iy, ix), which lies in it and holds `value`.
fn is_first_largest(image: u32, c: u32, oy: u32, ox: u32, iy: u32, ix: u32, value: f32) -> bool {
    for (var ky = 0u; ky < KERNEL_Y; ky++) {
        let y = oy * STRIDE_Y + ky - PAD_TOP; // Above the image it wraps around and is too large.
        if y >= H {
            continue;
        }
        for (var kx = 0u; kx < KERNEL_X; kx++) {
            let x_at = ox * STRIDE_X + kx - PAD_LEFT;
            if x_at >= W || (y == iy && x_at == ix) {
                continue;
            }
            let other = x[((image * H + y) * W + x_at) * C + c];
            if other > value || (other == value && (y < iy || (y == iy && x_at < ix))) {
                return false;
            }
        }
    }
    return true;
}

@compute @workgroup_size(64)
fn max_pool_grad(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let e = group_index(workgroup) * 64u + lane;
    if e >= LEN {
        return;
    }
    let c = e % C;
    let ix = e / C % W;
    let iy = e / (C * W) % H;
    let image = e / (C * W * H);
    let value = x[e];
    let y_end = iy + PAD_TOP; // Last row of the padded image under which a window may start.
    let x_end = ix + PAD_LEFT;
    let oy_first = select(0u, (y_end - KERNEL_Y) / STRIDE_Y + 1u, y_end >= KERNEL_Y);
    let ox_first = select(0u, (x_end - KERNEL_X) / STRIDE_X + 1u, x_end >= KERNEL_X);
    let oy_end = min(OH, y_end / STRIDE_Y + 1u);
    let ox_end = min(OW, x_end / STRIDE_X + 1u);
    var sum = 0.0;
    for (var oy = oy_first; oy < oy_end; oy++) {
        for (var ox = ox_first; ox < ox_end; ox++) {
            if is_first_largest(image, c, oy, ox, iy, ix, value) {
                sum += dy[((image * OH + oy) * OW + ox) * C + c];
            }
        }
    }
    store(e, sum);
}
