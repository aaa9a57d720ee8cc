// A tile of a matrix product through workgroup memory, for real GPUs: y[part, batch] = Σ_k a_at(batch, row, k) · b_at(batch, k, col).
//
// TILE_K terms of TILE_M rows and TILE_N columns are fetched at a time; each invocation works out 4 rows of 4 columns in registers.
//
// Spec       src/exec/gpu/tiles.rs
// Dispatch   one workgroup per tile, part and batch
// Constants  ROWS, COLS, TERMS, BATCHES, PARTS, RANGE (terms of a part), TILE_M, TILE_N, TILE_K, A_RUNS_ALONG_K, B_RUNS_ALONG_K
// Uses       a_at, b_at, place_of (the operands), column_of, store_in (output and epilogue)

const LANES_X: u32 = TILE_N / 4u;
const LANES_Y: u32 = TILE_M / 4u;
const WORKGROUP: u32 = LANES_X * LANES_Y;
const TILES_M: u32 = (ROWS + TILE_M - 1u) / TILE_M;
const TILES_N: u32 = (COLS + TILE_N - 1u) / TILE_N;

var<workgroup> a_tile: array<vec4<f32>, ${TILE_K * TILE_M / 4}>; // [TILE_K, LANES_Y]
var<workgroup> b_tile: array<vec4<f32>, ${TILE_K * TILE_N / 4}>; // [TILE_K, LANES_X]

fn a_or_zero(batch: u32, row: u32, k: u32, k_end: u32) -> f32 {
    if row < ROWS && k < k_end {
        return a_at(batch, row, k);
    }
    return 0.0;
}

fn b_or_zero(batch: u32, k: u32, col: u32, k_end: u32) -> f32 {
    if col < COLS && k < k_end {
        return b_at(batch, k, col);
    }
    return 0.0;
}

fn store_row(part: u32, batch: u32, row: u32, col: u32, sum: vec4<f32>) {
    if row >= ROWS {
        return;
    }
    //: for j in 0..4
    if col + ${j}u < COLS {
        let at = place_of(part, batch, row, col + ${j}u);
        store_in(at, column_of(column_in_all(batch, col + ${j}u)), sum[${j}]);
    }
    //: end
}

@compute @workgroup_size(LANES_X, LANES_Y)
fn tile_workgroup(
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(local_invocation_id) place: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    let tile = group_index(workgroup);
    if tile >= TILES_M * TILES_N * BATCHES * PARTS { // The fold rounds up.
        return;
    }
    let first_col = tile % TILES_N * TILE_N;
    let first_row = tile / TILES_N % TILES_M * TILE_M;
    let batch = tile / (TILES_N * TILES_M) % BATCHES;
    let part = tile / (TILES_N * TILES_M * BATCHES);
    let k_end = min(TERMS, (part + 1u) * RANGE);

    //: for i in 0..4
    var sum_${i} = vec4<f32>();
    //: end
    for (var k_first = part * RANGE; k_first < k_end; k_first += TILE_K) {
        // Neighbouring lanes fetch neighbouring words.
        for (var i = lane; i < TILE_K * LANES_Y; i += WORKGROUP) {
            //: if A_RUNS_ALONG_K
            let k = i % TILE_K;
            let m = i / TILE_K;
            //: end
            //: if A_RUNS_ALONG_K == 0
            let k = i / LANES_Y;
            let m = i % LANES_Y;
            //: end
            let row = first_row + m * 4u;
            a_tile[k * LANES_Y + m] = vec4<f32>(
                a_or_zero(batch, row, k_first + k, k_end),
                a_or_zero(batch, row + 1u, k_first + k, k_end),
                a_or_zero(batch, row + 2u, k_first + k, k_end),
                a_or_zero(batch, row + 3u, k_first + k, k_end),
            );
        }
        for (var i = lane; i < TILE_K * LANES_X; i += WORKGROUP) {
            //: if B_RUNS_ALONG_K
            let k = i % TILE_K;
            let n = i / TILE_K;
            //: end
            //: if B_RUNS_ALONG_K == 0
            let k = i / LANES_X;
            let n = i % LANES_X;
            //: end
            let col = first_col + n * 4u;
            b_tile[k * LANES_X + n] = vec4<f32>(
                b_or_zero(batch, k_first + k, col, k_end),
                b_or_zero(batch, k_first + k, col + 1u, k_end),
                b_or_zero(batch, k_first + k, col + 2u, k_end),
                b_or_zero(batch, k_first + k, col + 3u, k_end),
            );
        }
        workgroupBarrier();
        //: for k in 0..TILE_K
        let a_${k} = a_tile[${k}u * LANES_Y + place.y];
        let b_${k} = b_tile[${k}u * LANES_X + place.x];
        //: for i in 0..4
        sum_${i} += a_${k}[${i}] * b_${k};
        //: end
        //: end
        workgroupBarrier();
    }
    //: for i in 0..4
    store_row(part, batch, first_row + place.y * 4u + ${i}u, first_col + place.x * 4u, sum_${i});
    //: end
}
