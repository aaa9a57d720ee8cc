// A matrix product in register tiles without workgroup memory, for software adapters: y[z] = op(a[a_batch(z)]) · op(b[b_batch(z)]).
//
// There a load costs as much as some fifty multiply-adds, wherever it goes, so each invocation works out TILE_M rows of TILE_N columns from
// TILE_M + TILE_N loads a term. Rows and columns past the end repeat the last one.
//
// Spec       src/graph/ops/matmul.rs, src/exec/gpu/tiles.rs
// Shapes     a: [.., M, TERMS], stored transposed where A_TRANSPOSED; b: [.., TERMS, COLS], stored transposed where B_TRANSPOSED;
//            row M of op(a), where there is one, holds ones; y: [z, ROWS, COLS], z a product of the batch or a part of the terms
// Dispatch   one invocation per tile and z
// Constants  M, ROWS (M, or M + 1 with the row of ones), COLS, TERMS, BATCHES, PARTS, RANGE (terms of a part), TILE_M, TILE_N, UNROLL
//            (divides every part), WORKGROUP, A_ROW, A_TERM, B_TERM, B_COL (words between neighbours)
// Uses       a_batch, b_batch (generated), column_of, store_in (output and epilogue, short enough to repeat where IS_SHORT)

const TILES_M: u32 = (ROWS + TILE_M - 1u) / TILE_M;
const TILES_N: u32 = (COLS + TILE_N - 1u) / TILE_N;

@compute @workgroup_size(WORKGROUP)
fn gemm_registers(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let tile = group_index(workgroup) * WORKGROUP + lane;
    if tile >= TILES_M * TILES_N * BATCHES * PARTS {
        return;
    }
    let col = tile % TILES_N * TILE_N;
    let row = tile / TILES_N % TILES_M * TILE_M;
    let z = tile / (TILES_N * TILES_M);
    let part = z / BATCHES;
    let k_first = part * RANGE;
    let k_end = min(TERMS, k_first + RANGE);

    let a_start = a_batch(z % BATCHES) * M * TERMS + k_first * A_TERM;
    let b_start = b_batch(z % BATCHES) * TERMS * COLS + k_first * B_TERM;
    //: for i in 0..TILE_M
    var a_from_${i} = a_start + min(row + ${i}u, M - 1u) * A_ROW;
    //: for q in 0..TILE_N / 4
    var sum_${i}_${q} = vec4<f32>();
    //: end
    //: end
    //: for j in 0..TILE_N
    var b_from_${j} = b_start + min(col + ${j}u, COLS - 1u) * B_COL;
    //: end
    for (var k = k_first; k < k_end; k += UNROLL) {
        //: for u in 0..UNROLL
        //: for q in 0..TILE_N / 4
        let b_${u}_${q} = vec4<f32>(
            b[b_from_${q * 4} + ${u}u * B_TERM],
            b[b_from_${q * 4 + 1} + ${u}u * B_TERM],
            b[b_from_${q * 4 + 2} + ${u}u * B_TERM],
            b[b_from_${q * 4 + 3} + ${u}u * B_TERM],
        );
        //: end
        //: for i in 0..TILE_M
        //: if M == ROWS
        let a_${u}_${i} = a[a_from_${i} + ${u}u * A_TERM];
        //: end
        //: if M < ROWS
        let a_${u}_${i} = select(a[a_from_${i} + ${u}u * A_TERM], 1.0, row + ${i}u >= M);
        //: end
        //: for q in 0..TILE_N / 4
        sum_${i}_${q} += a_${u}_${i} * b_${u}_${q};
        //: end
        //: end
        //: end
        //: for i in 0..TILE_M
        a_from_${i} += UNROLL * A_TERM;
        //: end
        //: for j in 0..TILE_N
        b_from_${j} += UNROLL * B_TERM;
        //: end
    }
    //: if IS_SHORT == 0
    // A loop over an array, so that the epilogue stands here once: a copy of tanh for each of 128 sums takes a compiler seconds.
    var sums: array<f32, TILE_M * TILE_N>;
    //: for i in 0..TILE_M
    //: for j in 0..TILE_N
    sums[${i * TILE_N + j}] = sum_${i}_${j / 4}[${j % 4}];
    //: end
    //: end
    let y_from = (z * ROWS + row) * COLS + col;
    for (var e = 0u; e < TILE_M * TILE_N; e += 1u) {
        let i = e / TILE_N;
        let j = e % TILE_N;
        if row + i < ROWS && col + j < COLS {
            store_in(y_from + i * COLS + j, column_of(col + j), sums[e]);
        }
    }
    //: end
    //: if IS_SHORT
    // What lies past the end is the last row or column once more, and goes there again: a branch a store would cost more.
    //: for j in 0..TILE_N
    let y_col_${j} = min(col + ${j}u, COLS - 1u);
    let column_${j} = column_of(y_col_${j});
    //: end
    //: for i in 0..TILE_M
    let y_row_${i} = (z * ROWS + min(row + ${i}u, ROWS - 1u)) * COLS;
    //: for j in 0..TILE_N
    store_in(y_row_${i} + y_col_${j}, column_${j}, sum_${i}_${j / 4}[${j % 4}]);
    //: end
    //: end
    //: end
}
