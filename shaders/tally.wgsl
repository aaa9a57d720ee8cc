// Adds a chunk of an evaluation to the tally: rows seen, sum of losses, rows answered correctly.
//
// Spec       src/plan/kernel.rs (Tally), src/plan/state.rs
// Shapes     row_loss, correct: [ROWS], of which the state's TALLY_VALID count
// Dispatch   one workgroup
// Constants  ROWS, LANES, OUTPUTS (1), and indices of words of the state
// Uses       shared/combine.wgsl

@compute @workgroup_size(OUTPUTS, LANES)
fn tally(@builtin(local_invocation_id) local: vec3<u32>) {
    let valid = min(state[TALLY_VALID], ROWS);
    var loss = 0.0;
    var right = 0.0;
    for (var r = local.y; r < valid; r += LANES) {
        loss += row_loss[r];
        right += correct[r];
    }
    loss = combine_sum(loss, local);
    right = combine_sum(right, local);
    if local.y == 0u {
        state[TALLY_ROW] += valid;
        state[TALLY_LOSS] = bitcast<u32>(bitcast<f32>(state[TALLY_LOSS]) + loss);
        state[TALLY_CORRECT] = bitcast<u32>(bitcast<f32>(state[TALLY_CORRECT]) + right);
    }
}
