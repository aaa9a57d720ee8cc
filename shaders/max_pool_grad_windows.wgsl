// Gradient of a maximum over windows that lie side by side (stride = kernel, no padding): dx[cell] = dy[window] at the first largest cell of each
// window, row by row, else 0. Each window is read once.
//
// Spec       src/graph/ops/pool.rs
// Shapes     x, dx: [BATCH, H, W, C]; dy: [BATCH, OH, OW, C]; LEN windows and channels, those included that overhang the image
// Dispatch   one invocation per window and channel
// Constants  LEN, H, W, C, OH, OW, KERNEL_Y, KERNEL_X, WINDOWS_Y, WINDOWS_X (windows that cover the image)
// Uses       store (output and epilogue)

@compute @workgroup_size(64)
fn max_pool_grad_windows(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let e = group_index(workgroup) * 64u + lane;
    if e >= LEN {
        return;
    }
    let c = e % C;
    let ox = e / C % WINDOWS_X;
    let row = e / (C * WINDOWS_X); // Row of windows of all images.
    let oy = row % WINDOWS_Y;
    let image = row / WINDOWS_Y;
    let iy = oy * KERNEL_Y;
    let ix = ox * KERNEL_X;
    let from_ = ((image * H + iy) * W + ix) * C + c;
    //: for ky in 0..KERNEL_Y
    //: for kx in 0..KERNEL_X
    //: if H % KERNEL_Y + W % KERNEL_X == 0
    let has_${ky}_${kx} = true;
    //: end
    //: if 0 < H % KERNEL_Y + W % KERNEL_X
    let has_${ky}_${kx} = iy + ${ky}u < H && ix + ${kx}u < W;
    //: end
    //: end
    //: end
    var largest = x[from_];
    var first = 0u;
    //: for ky in 0..KERNEL_Y
    //: for kx in 0..KERNEL_X if 0 < ky + kx
    if has_${ky}_${kx} {
        let value = x[from_ + ${ky}u * W * C + ${kx}u * C];
        if value > largest {
            largest = value;
            first = ${ky * KERNEL_X + kx}u;
        }
    }
    //: end
    //: end
    var upstream = 0.0;
    if oy < OH && ox < OW {
        upstream = dy[((image * OH + oy) * OW + ox) * C + c];
    }
    //: for ky in 0..KERNEL_Y
    //: for kx in 0..KERNEL_X
    if has_${ky}_${kx} {
        store(from_ + ${ky}u * W * C + ${kx}u * C, select(0.0, upstream, first == ${ky * KERNEL_X + kx}u));
    }
    //: end
    //: end
}
