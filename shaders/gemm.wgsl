// Operands of a matrix product for the tiles: y[z] = op(a[a_batch(z)]) · op(b[b_batch(z)]).
//
// Spec       src/graph/ops/matmul.rs
// Shapes     a: [.., M, TERMS], stored transposed where A_TRANSPOSED; b: [.., TERMS, COLS], stored transposed where B_TRANSPOSED;
//            y: [z, ROWS, COLS]
// Dispatch   the tile's
// Constants  M, ROWS (M, or M + 1 with the row of ones), COLS, TERMS, A_TRANSPOSED, B_TRANSPOSED
// Uses       a_batch, b_batch (generated), one of the tiles

fn a_place(batch: u32, row: u32, k: u32) -> u32 {
    let start = a_batch(batch) * M * TERMS;
    //: if A_TRANSPOSED
    return start + k * M + row;
    //: end
    //: if A_TRANSPOSED == 0
    return start + row * TERMS + k;
    //: end
}

fn b_place(batch: u32, k: u32, col: u32) -> u32 {
    let start = b_batch(batch) * TERMS * COLS;
    //: if B_TRANSPOSED
    return start + col * TERMS + k;
    //: end
    //: if B_TRANSPOSED == 0
    return start + k * COLS + col;
    //: end
}

fn place_of(part: u32, batch: u32, row: u32, col: u32) -> u32 {
    return ((part + batch) * ROWS + row) * COLS + col; // Only one of the two is ever above 0.
}

// The column of the whole output.
fn column_in_all(batch: u32, col: u32) -> u32 {
    return col;
}
