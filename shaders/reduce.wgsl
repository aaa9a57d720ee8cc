// A reduction along the middle axis: y[o, i] = combine_m element(o, m, i).
//
// Spec       src/graph/ops/reduce.rs
// Shapes     elements: [LEN / INNER, MIDDLE, INNER]; y: [LEN / INNER, INNER]
// Dispatch   LANES invocations per output, OUTPUTS outputs per workgroup
// Constants  LEN, MIDDLE, INNER, LANES (at most MIDDLE), OUTPUTS, KIND (0 sum, 1 maximum, 2 minimum)
// Uses       shared/combine.wgsl, element (the fused prologue), store (output and epilogue)

// Terms of a lane that are put together before they meet the others: short runs keep rounding errors small.
const RUN: u32 = 32u;

fn combine(a: f32, b: f32) -> f32 {
    //: if KIND == 0
    return a + b;
    //: end
    //: if KIND == 1
    return max(a, b);
    //: end
    //: if KIND == 2
    return min(a, b);
    //: end
}

// RUN terms of a lane from the middle index `first` on.
fn run_of(base: u32, first: u32) -> f32 {
    var value = element(base + first * INNER);
    let end = min(MIDDLE, first + RUN * LANES);
    for (var m = first + LANES; m < end; m += LANES) {
        value = combine(value, element(base + m * INNER));
    }
    return value;
}

@compute @workgroup_size(OUTPUTS, LANES)
fn reduce(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_id) place: vec3<u32>) {
    let output = group_index(workgroup) * OUTPUTS + place.x;
    let known = min(output, LEN - 1u); // All lanes take part in combining.
    let base = known / INNER * (MIDDLE * INNER) + known % INNER;
    var value = run_of(base, place.y);
    for (var m = place.y + RUN * LANES; m < MIDDLE; m += RUN * LANES) {
        value = combine(value, run_of(base, m));
    }
    //: if KIND == 0
    value = combine_sum(value, place);
    //: end
    //: if KIND == 1
    value = combine_max(value, place);
    //: end
    //: if KIND == 2
    value = combine_min(value, place);
    //: end
    if output < LEN && place.y == 0u {
        store(output, value);
    }
}
