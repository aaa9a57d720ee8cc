// Element-wise work: y[e] = element(e).
//
// Spec       src/plan/expr.rs
// Shapes     y: [LEN]
// Dispatch   one invocation per element
// Constants  LEN
// Uses       element (the fused expression)

@compute @workgroup_size(64)
fn map(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let e = group_index(workgroup) * 64u + lane;
    if e < LEN {
        y[e] = element(e);
    }
}
