// A larger array that holds the operand: y[e] = x[source_of(e)] where there is such an element, else the padding.
//
// Spec       src/graph/ops/movement.rs
// Shapes     x: [SOURCE_LEN]; y: [LEN]
// Dispatch   one invocation per element of y
// Constants  LEN, SOURCE_LEN, NOWHERE
// Uses       source_of (the element of x under element e, or NOWHERE), padding, store (output and epilogue)

@compute @workgroup_size(64)
fn pad(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let e = group_index(workgroup) * 64u + lane;
    if e >= LEN {
        return;
    }
    let at = source_of(e);
    store(e, select(x[min(at, SOURCE_LEN - 1u)], padding(), at == NOWHERE));
}
