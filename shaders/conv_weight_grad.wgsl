// Operands of a convolution's gradient in its weight as a matrix product, for the tiles: rows are taps of the kernel, columns channels of y,
// terms its pixels. The row of ones, where there is one, makes the gradient of a bias: Σ dy.
//
// Spec       src/graph/ops/conv.rs
// Shapes     x: [BATCH, H, W, C_IN]; dy: [BATCH, OH, OW, C_OUT]; dw: [parts, KERNEL_Y · KERNEL_X · GROUP_IN (+ 1), C_OUT]
// Dispatch   the tile's; the batch of a product is a group of channels
// Constants  ROWS, H, W, C_IN, OH, OW, C_OUT, KERNEL_X, STRIDE_Y, STRIDE_X, DILATION_Y, DILATION_X,
//            PAD_Y, PAD_X, GROUP_IN, GROUP_OUT
// Uses       one of the tiles

fn a_place(group: u32, row: u32, k: u32) -> u32 {
    let tap = row / GROUP_IN;
    let iy = k / OW % OH * STRIDE_Y + tap / KERNEL_X * DILATION_Y - PAD_Y; // Outside the image it wraps around or is too large.
    let ix = k % OW * STRIDE_X + tap % KERNEL_X * DILATION_X - PAD_X;
    let place = ((k / (OW * OH) * H + iy) * W + ix) * C_IN + group * GROUP_IN + row % GROUP_IN;
    return select(place, NOWHERE, (iy >= H) | (ix >= W));
}

fn b_place(group: u32, k: u32, col: u32) -> u32 {
    return k * C_OUT + group * GROUP_OUT + col;
}

fn place_of(part: u32, group: u32, row: u32, col: u32) -> u32 {
    return (part * ROWS + row) * C_OUT + group * GROUP_OUT + col;
}

// The column of the whole output, over all groups of channels.
fn column_in_all(group: u32, col: u32) -> u32 {
    return group * GROUP_OUT + col;
}
