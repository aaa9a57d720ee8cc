// The operands of a product, number by number or, where their layout allows it, four neighbours at once.
//
// No function returns early: SwiftShader took 14 s instead of 0.2 s to compile a tile that calls some that do.
//
// Spec       src/exec/gpu/kernels/gemm.rs
// Constants  M, ROWS (M, or M + 1 with a row of ones below a), A_HAS_QUADS, B_HAS_QUADS (whether a, b are bound as vec4<f32>),
//            A_RUNS_ALONG_K, NOWHERE
// Bindings   a, b: the operands
// Uses       a_place, b_place (where a number lies; of a, NOWHERE for a zero that is not stored)

//: if A_HAS_QUADS == 0
fn a_at(batch: u32, row: u32, k: u32) -> f32 {
    let at = a_place(batch, row, k);
    var value = select(0.0, 1.0, row >= M);
    if (at != NOWHERE) & (row < M) {
        value = a[at];
    }
    return value;
}
//: end
//: if A_HAS_QUADS
fn a_quad_at(batch: u32, row: u32, k: u32) -> vec4<f32> {
    let at = a_place(batch, row, k);
    // From row M on, of four terms all are ones, of four rows the first.
    var value = select(vec4<f32>(), vec4<f32>(1.0, ${A_RUNS_ALONG_K}.0, ${A_RUNS_ALONG_K}.0, ${A_RUNS_ALONG_K}.0), row >= M);
    if (at != NOWHERE) & (row < M) {
        value = a[at / 4u];
    }
    return value;
}
//: end

//: if B_HAS_QUADS == 0
fn b_at(batch: u32, k: u32, col: u32) -> f32 {
    return b[b_place(batch, k, col)];
}
//: end
//: if B_HAS_QUADS
fn b_quad_at(batch: u32, k: u32, col: u32) -> vec4<f32> {
    return b[b_place(batch, k, col) / 4u];
}
//: end
