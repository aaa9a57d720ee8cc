// Cross-entropy of each row and its gradient: loss[r] = log Σ_c exp(logits[r, c]) - logits[r, target[r]],
// dlogits[r, c] = dy[r] · (softmax(logits)[r, c] - (c == target[r])).
//
// Spec       src/graph/ops/loss.rs
// Shapes     logits, dlogits: [ROWS, COLS]; target, dy, loss: [ROWS]
// Dispatch   LANES invocations per row, OUTPUTS rows per workgroup
// Constants  ROWS, COLS, LANES, OUTPUTS, HAS_LOSS, HAS_GRAD
// Uses       shared/math.wgsl, shared/combine.wgsl

@compute @workgroup_size(OUTPUTS, LANES)
fn cross_entropy(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
    let row = group_index(workgroup) * OUTPUTS + local.x;
    let known = min(row, ROWS - 1u); // All lanes take part in combining.
    let start = known * COLS;
    let end = start + COLS;

    var row_max = logits[start];
    for (var i = start + local.y; i < end; i += LANES) {
        row_max = max(row_max, logits[i]);
    }
    row_max = combine_max(row_max, local);

    var row_sum = 0.0;
    for (var i = start + local.y; i < end; i += LANES) {
        row_sum += math_exp(logits[i] - row_max);
    }
    row_sum = combine_sum(row_sum, local);

    if row >= ROWS {
        return;
    }
    let wanted = start + u32(target_class[known]);
    //: if HAS_LOSS
    if local.y == 0u {
        loss[row] = math_log(row_sum) - (logits[wanted] - row_max);
    }
    //: end
    //: if HAS_GRAD
    let upstream = dy[known];
    for (var i = start + local.y; i < end; i += LANES) {
        dlogits[i] = upstream * (math_exp(logits[i] - row_max) / row_sum - select(0.0, 1.0, i == wanted));
    }
    //: end
}
