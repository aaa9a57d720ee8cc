// Operands of a convolution's gradient in its input as a matrix product, for the tiles: rows are pixels of x, columns its channels, terms the
// taps of the kernel times the channels of y.
//
// Spec       src/graph/ops/conv.rs
// Shapes     dy: [BATCH, OH, OW, C_OUT]; w: [KERNEL_Y, KERNEL_X, GROUP_IN, C_OUT]; dx: [BATCH, H, W, C_IN]
// Dispatch   the tile's; the batch of a product is a group of channels
// Constants  H, W, C_IN, OH, OW, C_OUT, KERNEL_X, STRIDE_Y, STRIDE_X, DILATION_Y, DILATION_X, PAD_Y, PAD_X, GROUP_IN, GROUP_OUT
// Uses       one of the tiles

fn a_place(group: u32, row: u32, k: u32) -> u32 {
    let tap = k / GROUP_OUT;
    let y = row / W % H + PAD_Y - tap / KERNEL_X * DILATION_Y; // Below 0 it wraps around and is too large.
    let x = row % W + PAD_X - tap % KERNEL_X * DILATION_X;
    let oy = y / STRIDE_Y;
    let ox = x / STRIDE_X;
    let place = ((row / (W * H) * OH + oy) * OW + ox) * C_OUT + group * GROUP_OUT + k % GROUP_OUT;
    return select(place, NOWHERE, (oy >= OH) | (ox >= OW) | (y % STRIDE_Y != 0u) | (x % STRIDE_X != 0u));
}

fn b_place(group: u32, k: u32, col: u32) -> u32 {
    return (k / GROUP_OUT * GROUP_IN + col) * C_OUT + group * GROUP_OUT + k % GROUP_OUT;
}

fn place_of(part: u32, group: u32, row: u32, col: u32) -> u32 {
    return row * C_IN + group * GROUP_IN + col;
}

// The column of the whole output, over all groups of channels.
fn column_in_all(group: u32, col: u32) -> u32 {
    return group * GROUP_IN + col;
}
