// The largest element under each window: y[b, oy, ox, c] = max over the window's cells inside the image.
//
// Spec       src/graph/ops/pool.rs
// Shapes     x: [BATCH, H, W, C]; y: [BATCH, OH, OW, C], LEN elements
// Dispatch   one invocation per element of y
// Constants  LEN, H, W, C, OH, OW, KERNEL_Y, KERNEL_X, STRIDE_Y, STRIDE_X, PAD_TOP, PAD_LEFT
// Uses       store (output and epilogue)

@compute @workgroup_size(64)
fn max_pool(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let e = group_index(workgroup) * 64u + lane;
    if e >= LEN {
        return;
    }
    let c = e % C;
    let ox = e / C % OW;
    let oy = e / (C * OW) % OH;
    let image = e / (C * OW * OH);
    var largest = 0.0;
    var is_first = true;
    for (var ky = 0u; ky < KERNEL_Y; ky++) {
        let iy = oy * STRIDE_Y + ky - PAD_TOP; // Above the image it wraps around and is too large.
        if iy >= H {
            continue;
        }
        for (var kx = 0u; kx < KERNEL_X; kx++) {
            let ix = ox * STRIDE_X + kx - PAD_LEFT;
            if ix >= W {
                continue;
            }
            let value = x[((image * H + iy) * W + ix) * C + c];
            if is_first || value > largest || value != value { // NaN stays.
                largest = value;
            }
            is_first = false;
        }
    }
    store(e, largest);
}
