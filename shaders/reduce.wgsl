// A reduction along the middle axis: y[o, i] = combine_m element(o, m, i).
//
// Spec       src/graph/ops/reduce.rs
// Shapes     elements: [LEN / INNER, MIDDLE, INNER]; y: [LEN / INNER, INNER]
// Dispatch   LANES invocations per output, OUTPUTS outputs per workgroup
// Constants  LEN, MIDDLE, INNER, LANES (at most MIDDLE), OUTPUTS, KIND (0 sum, 1 maximum, 2 minimum)
// Uses       shared/compensated.wgsl, shared/combine.wgsl, element (the fused prologue), store (output and epilogue)

fn take(former: Partial, term: f32) -> Partial {
    //: if KIND == 0
    return add(former, term);
    //: end
    //: if KIND == 1
    return Partial(select(former.value, term, term > former.value || term != term), 0.0); // NaN stays.
    //: end
    //: if KIND == 2
    return Partial(select(former.value, term, term < former.value || term != term), 0.0);
    //: end
}

@compute @workgroup_size(OUTPUTS, LANES)
fn reduce(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
    let output = group_index(workgroup) * OUTPUTS + local.x;
    let known = min(output, LEN - 1u); // All lanes take part in combining.
    let base = known / INNER * (MIDDLE * INNER) + known % INNER;
    var partial = Partial(element(base + local.y * INNER), 0.0);
    for (var m = local.y + LANES; m < MIDDLE; m += LANES) {
        partial = take(partial, element(base + m * INNER));
    }
    //: if KIND == 0
    let value = combine_sum(partial.value, local);
    //: end
    //: if KIND == 1
    let value = combine_max(partial.value, local);
    //: end
    //: if KIND == 2
    let value = combine_min(partial.value, local);
    //: end
    if output < LEN && local.y == 0u {
        store(output, value);
    }
}
