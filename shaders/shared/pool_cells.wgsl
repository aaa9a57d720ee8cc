// How many cells a mean over a window divides by: those of the padded image (COUNTS_PADDING) or of the image alone. A window that overhangs
// the padded image never counts what overhangs.
//
// Spec       src/graph/ops/pool.rs
// Constants  H, W, KERNEL_Y, KERNEL_X, STRIDE_Y, STRIDE_X, PAD_TOP, PAD_LEFT, PAD_BOTTOM, PAD_RIGHT, COUNTS_PADDING

fn cells_along(o: u32, size: u32, kernel: u32, stride: u32, before: u32, after: u32) -> u32 {
    // In coordinates of the padded image.
    let start = o * stride;
    //: if COUNTS_PADDING
    return min(start + kernel, before + size + after) - start;
    //: end
    //: if COUNTS_PADDING == 0
    return min(start + kernel, before + size) - max(start, before);
    //: end
}

fn cells(oy: u32, ox: u32) -> f32 {
    let rows = cells_along(oy, H, KERNEL_Y, STRIDE_Y, PAD_TOP, PAD_BOTTOM);
    let cols = cells_along(ox, W, KERNEL_X, STRIDE_X, PAD_LEFT, PAD_RIGHT);
    return f32(rows * cols);
}
