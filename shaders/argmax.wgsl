// The first largest element along the middle axis: y[o, i] = min { m : x[o, m, i] = max_m x[o, m, i] }, as a number.
//
// Spec       src/graph/ops/reduce.rs
// Shapes     x: [LEN / INNER, MIDDLE, INNER]; y: [LEN / INNER, INNER]
// Dispatch   one invocation per output
// Constants  LEN, MIDDLE, INNER
// Uses       store (output and epilogue)

@compute @workgroup_size(64)
fn argmax(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let output = group_index(workgroup) * 64u + lane;
    if output >= LEN {
        return;
    }
    let base = output / INNER * (MIDDLE * INNER) + output % INNER;
    var best = 0u;
    var largest = x[base];
    for (var m = 1u; m < MIDDLE; m++) {
        let value = x[base + m * INNER];
        if value > largest {
            largest = value;
            best = m;
        }
    }
    store(output, f32(best));
}
