// Operands of a matrix product for the tiles: y[z] = op(a[a_batch(z)]) · op(b[b_batch(z)]).
//
// Spec       src/graph/ops/matmul.rs
// Shapes     a: [.., M, TERMS], stored transposed where A_TRANSPOSED; b: [.., TERMS, COLS], stored transposed where B_TRANSPOSED;
//            row M of op(a), where there is one, holds ones; y: [z, ROWS, COLS]
// Dispatch   the tile's
// Constants  M, ROWS (M, or M + 1 with the row of ones), COLS, TERMS, A_TRANSPOSED, B_TRANSPOSED
// Uses       a_batch, b_batch (generated), one of the tiles

fn a_at(batch: u32, row: u32, k: u32) -> f32 {
    let start = a_batch(batch) * M * TERMS;
    //: if A_TRANSPOSED
    let value = a[start + k * M + min(row, M - 1u)];
    //: end
    //: if A_TRANSPOSED == 0
    let value = a[start + min(row, M - 1u) * TERMS + k];
    //: end
    //: if M < ROWS
    return select(value, 1.0, row == M);
    //: end
    //: if M == ROWS
    return value;
    //: end
}

fn b_at(batch: u32, k: u32, col: u32) -> f32 {
    let start = b_batch(batch) * TERMS * COLS;
    //: if B_TRANSPOSED
    return b[start + col * TERMS + k];
    //: end
    //: if B_TRANSPOSED == 0
    return b[start + k * COLS + col];
    //: end
}

fn place_of(part: u32, batch: u32, row: u32, col: u32) -> u32 {
    return ((part + batch) * ROWS + row) * COLS + col; // Only one of the two is ever above 0.
}

// The column of the whole output.
fn column_in_all(batch: u32, col: u32) -> u32 {
    return col;
}
