// A mask of ones (with probability KEEP) and zeros: y[e] = uniform(key, step ^ SITE, e) < KEEP.
//
// Spec       src/graph/ops/random.rs
// Shapes     y: [LEN]
// Dispatch   one invocation per element
// Constants  LEN, SITE (mixed), KEEP, and indices of words of the state: STEP, DROPOUT_KEY
// Uses       shared/random.wgsl

@compute @workgroup_size(64)
fn random_mask(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let e = group_index(workgroup) * 64u + lane;
    if e < LEN {
        y[e] = select(0.0, 1.0, random_uniform(state[DROPOUT_KEY], state[STEP] ^ SITE, e) < KEEP);
    }
}
