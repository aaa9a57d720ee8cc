// A matrix product with one invocation per result, where nothing better fits: y[part, batch] = Σ_k a_at(batch, row, k) · b_at(batch, k, col).
//
// Spec       src/exec/gpu/tiles.rs
// Dispatch   one invocation per result
// Constants  ROWS, COLS, TERMS, BATCHES, PARTS, RANGE (terms of a part)
// Uses       a_at, b_at, place_of (the operands), column_of, store_in (output and epilogue)

@compute @workgroup_size(64)
fn tile_direct(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let e = group_index(workgroup) * 64u + lane;
    if e >= PARTS * BATCHES * ROWS * COLS {
        return;
    }
    let col = e % COLS;
    let row = e / COLS % ROWS;
    let batch = e / (COLS * ROWS) % BATCHES;
    let part = e / (COLS * ROWS * BATCHES);
    let k_end = min(TERMS, (part + 1u) * RANGE);
    var sum = 0.0;
    for (var k = part * RANGE; k < k_end; k++) {
        sum += a_at(batch, row, k) * b_at(batch, k, col);
    }
    store_in(place_of(part, batch, row, col), column_of(column_in_all(batch, col)), sum);
}
