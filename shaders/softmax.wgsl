// Softmax of each row: y[r, c] = exp(x[r, c] - m[r]) / Σ_c exp(x[r, c] - m[r]), m[r] = max_c x[r, c]; or its logarithm.
//
// Spec       src/graph/ops/softmax.rs
// Shapes     x, y: [ROWS, COLS], COLS >= 1
// Dispatch   LANES invocations per row, OUTPUTS rows per workgroup
// Constants  ROWS, COLS, LANES, OUTPUTS, IS_LOG
// Uses       shared/math.wgsl, shared/combine.wgsl, store (output and epilogue)

@compute @workgroup_size(OUTPUTS, LANES)
fn softmax(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
    let row = group_index(workgroup) * OUTPUTS + local.x;
    let start = min(row, ROWS - 1u) * COLS; // All lanes take part in combining.
    let end = start + COLS;

    var row_max = x[start];
    for (var i = start + local.y; i < end; i += LANES) {
        row_max = max(row_max, x[i]);
    }
    row_max = combine_max(row_max, local);

    var row_sum = 0.0;
    for (var i = start + local.y; i < end; i += LANES) {
        row_sum += math_exp(x[i] - row_max);
    }
    row_sum = combine_sum(row_sum, local);

    if row >= ROWS {
        return;
    }
    //: if IS_LOG
    let log_sum = math_log(row_sum);
    //: end
    for (var i = start + local.y; i < end; i += LANES) {
        //: if IS_LOG
        store(i, x[i] - row_max - log_sum);
        //: end
        //: if IS_LOG == 0
        store(i, math_exp(x[i] - row_max) / row_sum);
        //: end
    }
}
