// A tile of a matrix product through workgroup memory, for real GPUs: y[part, batch] = Σ_k a(batch, row, k) · b(batch, k, col).
//
// A workgroup works out TILE_M rows of TILE_N columns, each invocation ROWS_EACH rows of COLS_EACH columns in registers. Each round takes
// TILE_K terms through workgroup memory; the next round's are fetched while they are multiplied. Where there are few tiles, SLICES groups of
// invocations share one: a slice takes every SLICES-th range of TILE_K terms, and the sums of the slices are added at the end, in order.
//
// Numbers move in quads, four neighbours in memory: terms of a row or column where a or b RUNS_ALONG_K, else rows or columns of a term.
// An invocation's rows are quads too: its row i is row (i / 4 · LANES_Y + place.y) · 4 + i % 4 of the tile; columns alike.
//
// Spec       src/exec/gpu/tiles.rs
// Dispatch   one workgroup per tile, part and batch
// Constants  ROWS, COLS, TERMS, BATCHES, PARTS, RANGE (terms of a part, a multiple of 4), TILE_M, TILE_N, TILE_K, ROWS_EACH, COLS_EACH, SLICES,
//            LANES (invocations of a slice), A_FETCHES, B_FETCHES (quads that one of them fetches in a round), A_RUNS_ALONG_K, B_RUNS_ALONG_K,
//            A_HAS_QUADS, B_HAS_QUADS, Y_HAS_QUADS
// Uses       shared/operands.wgsl, place_of, column_in_all (the operands), column_of, store_in or store_quad (output and epilogue)

const LANES_X: u32 = TILE_N / COLS_EACH;
const LANES_Y: u32 = TILE_M / ROWS_EACH;
const TILES_M: u32 = (ROWS + TILE_M - 1u) / TILE_M;
const TILES_N: u32 = (COLS + TILE_N - 1u) / TILE_N;
const ROUND_TERMS: u32 = TILE_K * SLICES;
const ROUNDS: u32 = (RANGE + ROUND_TERMS - 1u) / ROUND_TERMS;

//: if A_RUNS_ALONG_K
alias ATile = array<array<array<vec4<f32>, ${TILE_K / 4}>, LANES_Y>, ROWS_EACH>; // [an invocation's row, place.y, quad of terms]
//: end
//: if A_RUNS_ALONG_K == 0
alias ATile = array<array<array<vec4<f32>, LANES_Y>, ${ROWS_EACH / 4}>, TILE_K>; // [term, an invocation's quad of rows, place.y]
//: end
//: if B_RUNS_ALONG_K
// An odd number of quads for each column: neighbouring invocations then read from different banks.
alias BTile = array<array<array<vec4<f32>, ${TILE_K / 8 * 2 + 1}>, LANES_X>, COLS_EACH>; // [an invocation's column, place.x, quad of terms]
//: end
//: if B_RUNS_ALONG_K == 0
alias BTile = array<array<array<vec4<f32>, LANES_X>, ${COLS_EACH / 4}>, TILE_K>; // [term, an invocation's quad of columns, place.x]
//: end
var<workgroup> a_tile: array<ATile, SLICES>;
var<workgroup> b_tile: array<BTile, SLICES>;
//: if 1 < SLICES
var<workgroup> partial: array<array<vec4<f32>, LANES>, SLICES>;
//: end

//: if A_HAS_QUADS == 0
fn a_or_zero(batch: u32, row: u32, k: u32, k_end: u32) -> f32 {
    var value = 0.0;
    if (row < ROWS) & (k < k_end) {
        value = a_at(batch, row, k);
    }
    return value;
}
//: end

fn a_quad(batch: u32, row: u32, k: u32, k_end: u32) -> vec4<f32> {
    //: if A_HAS_QUADS
    var value = vec4<f32>();
    if (row < ROWS) & (k < k_end) {
        value = a_quad_at(batch, row, k);
    }
    return value;
    //: end
    //: if A_HAS_QUADS == 0
    //: if A_RUNS_ALONG_K
    return vec4<f32>(
        a_or_zero(batch, row, k, k_end),
        a_or_zero(batch, row, k + 1u, k_end),
        a_or_zero(batch, row, k + 2u, k_end),
        a_or_zero(batch, row, k + 3u, k_end),
    );
    //: end
    //: if A_RUNS_ALONG_K == 0
    return vec4<f32>(
        a_or_zero(batch, row, k, k_end),
        a_or_zero(batch, row + 1u, k, k_end),
        a_or_zero(batch, row + 2u, k, k_end),
        a_or_zero(batch, row + 3u, k, k_end),
    );
    //: end
    //: end
}

//: if B_HAS_QUADS == 0
fn b_or_zero(batch: u32, k: u32, col: u32, k_end: u32) -> f32 {
    var value = 0.0;
    if (col < COLS) & (k < k_end) {
        value = b_at(batch, k, col);
    }
    return value;
}
//: end

fn b_quad(batch: u32, k: u32, col: u32, k_end: u32) -> vec4<f32> {
    //: if B_HAS_QUADS
    var value = vec4<f32>();
    if (col < COLS) & (k < k_end) {
        value = b_quad_at(batch, k, col);
    }
    return value;
    //: end
    //: if B_HAS_QUADS == 0
    //: if B_RUNS_ALONG_K
    return vec4<f32>(
        b_or_zero(batch, k, col, k_end),
        b_or_zero(batch, k + 1u, col, k_end),
        b_or_zero(batch, k + 2u, col, k_end),
        b_or_zero(batch, k + 3u, col, k_end),
    );
    //: end
    //: if B_RUNS_ALONG_K == 0
    return vec4<f32>(
        b_or_zero(batch, k, col, k_end),
        b_or_zero(batch, k, col + 1u, k_end),
        b_or_zero(batch, k, col + 2u, k_end),
        b_or_zero(batch, k, col + 3u, k_end),
    );
    //: end
    //: end
}

fn store_sums(part: u32, batch: u32, row: u32, col: u32, sums: vec4<f32>) {
    //: if Y_HAS_QUADS
    if (row < ROWS) & (col < COLS) {
        store_quad(place_of(part, batch, row, col), column_in_all(batch, col), sums);
    }
    //: end
    //: if Y_HAS_QUADS == 0
    //: for j in 0..4
    if (row < ROWS) & (col + ${j}u < COLS) {
        store_in(place_of(part, batch, row, col + ${j}u), column_of(column_in_all(batch, col + ${j}u)), sums[${j}]);
    }
    //: end
    //: end
}

@compute @workgroup_size(LANES_X, LANES_Y, SLICES)
fn tile_workgroup(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_id) place: vec3<u32>) {
    let tile = group_index(workgroup);
    if tile >= TILES_M * TILES_N * BATCHES * PARTS { // The fold rounds up.
        return;
    }
    let first_col = tile % TILES_N * TILE_N;
    let first_row = tile / TILES_N % TILES_M * TILE_M;
    let batch = tile / (TILES_N * TILES_M) % BATCHES;
    let part = tile / (TILES_N * TILES_M * BATCHES);
    let k_end = min(TERMS, (part + 1u) * RANGE);
    let lane = place.y * LANES_X + place.x;
    let slice = place.z;

    // The quads that this invocation fetches, by their place in the tile. Neighbours fetch neighbours.
    //: for f in 0..A_FETCHES
    //: if A_RUNS_ALONG_K
    let a_row_${f} = (lane + ${f}u * LANES) / ${TILE_K / 4}u;
    let a_k_${f} = (lane + ${f}u * LANES) % ${TILE_K / 4}u * 4u;
    //: end
    //: if A_RUNS_ALONG_K == 0
    let a_row_${f} = (lane + ${f}u * LANES) % ${TILE_M / 4}u * 4u;
    let a_k_${f} = (lane + ${f}u * LANES) / ${TILE_M / 4}u;
    //: end
    //: end
    //: for f in 0..B_FETCHES
    //: if B_RUNS_ALONG_K
    let b_col_${f} = (lane + ${f}u * LANES) / ${TILE_K / 4}u;
    let b_k_${f} = (lane + ${f}u * LANES) % ${TILE_K / 4}u * 4u;
    //: end
    //: if B_RUNS_ALONG_K == 0
    let b_col_${f} = (lane + ${f}u * LANES) % ${TILE_N / 4}u * 4u;
    let b_k_${f} = (lane + ${f}u * LANES) / ${TILE_N / 4}u;
    //: end
    //: end

    //: for i in 0..ROWS_EACH
    //: for q in 0..COLS_EACH / 4
    var sums_${i}_${q} = vec4<f32>();
    //: end
    //: end
    for (var round = 0u; round <= ROUNDS; round++) {
        // On their way while the former round is multiplied; zeros in the last one, which only multiplies.
        let k_first = part * RANGE + round * ROUND_TERMS + slice * TILE_K;
        //: for f in 0..A_FETCHES
        let a_next_${f} = a_quad(batch, first_row + a_row_${f}, k_first + a_k_${f}, k_end);
        //: end
        //: for f in 0..B_FETCHES
        let b_next_${f} = b_quad(batch, k_first + b_k_${f}, first_col + b_col_${f}, k_end);
        //: end
        if round > 0u {
            //: for k in 0..TILE_K / 4
            //: if A_RUNS_ALONG_K
            //: for i in 0..ROWS_EACH
            let a_terms_${k}_${i} = a_tile[slice][${i}][place.y][${k}];
            //: end
            //: end
            //: if B_RUNS_ALONG_K
            //: for j in 0..COLS_EACH
            let b_terms_${k}_${j} = b_tile[slice][${j}][place.x][${k}];
            //: end
            //: end
            //: for c in 0..4
            //: if A_RUNS_ALONG_K == 0
            //: for p in 0..ROWS_EACH / 4
            let a_${k}_${c}_${p} = a_tile[slice][${4 * k + c}][${p}][place.y];
            //: end
            //: end
            //: for q in 0..COLS_EACH / 4
            //: if B_RUNS_ALONG_K
            let b_${k}_${c}_${q} = vec4<f32>(
                b_terms_${k}_${4 * q}[${c}],
                b_terms_${k}_${4 * q + 1}[${c}],
                b_terms_${k}_${4 * q + 2}[${c}],
                b_terms_${k}_${4 * q + 3}[${c}],
            );
            //: end
            //: if B_RUNS_ALONG_K == 0
            let b_${k}_${c}_${q} = b_tile[slice][${4 * k + c}][${q}][place.x];
            //: end
            //: for i in 0..ROWS_EACH
            //: if A_RUNS_ALONG_K
            sums_${i}_${q} += a_terms_${k}_${i}[${c}] * b_${k}_${c}_${q};
            //: end
            //: if A_RUNS_ALONG_K == 0
            sums_${i}_${q} += a_${k}_${c}_${i / 4}[${i % 4}] * b_${k}_${c}_${q};
            //: end
            //: end
            //: end
            //: end
            //: end
        }
        workgroupBarrier();
        //: for f in 0..A_FETCHES
        if lane + ${f}u * LANES < ${TILE_M * TILE_K / 4}u {
            //: if A_RUNS_ALONG_K
            a_tile[slice][a_row_${f} / (4u * LANES_Y) * 4u + a_row_${f} % 4u][a_row_${f} / 4u % LANES_Y][a_k_${f} / 4u] = a_next_${f};
            //: end
            //: if A_RUNS_ALONG_K == 0
            a_tile[slice][a_k_${f}][a_row_${f} / (4u * LANES_Y)][a_row_${f} / 4u % LANES_Y] = a_next_${f};
            //: end
        }
        //: end
        //: for f in 0..B_FETCHES
        if lane + ${f}u * LANES < ${TILE_N * TILE_K / 4}u {
            //: if B_RUNS_ALONG_K
            b_tile[slice][b_col_${f} / (4u * LANES_X) * 4u + b_col_${f} % 4u][b_col_${f} / 4u % LANES_X][b_k_${f} / 4u] = b_next_${f};
            //: end
            //: if B_RUNS_ALONG_K == 0
            b_tile[slice][b_k_${f}][b_col_${f} / (4u * LANES_X)][b_col_${f} / 4u % LANES_X] = b_next_${f};
            //: end
        }
        //: end
        workgroupBarrier();
    }
    //: if 1 < SLICES
    //: for i in 0..ROWS_EACH
    //: for q in 0..COLS_EACH / 4
    partial[slice][lane] = sums_${i}_${q};
    workgroupBarrier();
    if slice == 0u {
        //: for s in 1..SLICES
        sums_${i}_${q} += partial[${s}][lane];
        //: end
    }
    workgroupBarrier();
    //: end
    //: end
    if slice > 0u {
        return;
    }
    //: end
    //: for i in 0..ROWS_EACH
    //: for q in 0..COLS_EACH / 4
    store_sums(
        part,
        batch,
        first_row + (${i / 4}u * LANES_Y + place.y) * 4u + ${i % 4}u,
        first_col + (${q}u * LANES_X + place.x) * 4u,
        sums_${i}_${q},
    );
    //: end
    //: end
}
