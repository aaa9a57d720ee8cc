// Puts one number of each lane together, in an order that depends on nothing but LANES. The result is known to all lanes.
//
// A workgroup is [LANES, OUTPUTS] invocations, OUTPUTS along x: lane `local.y` of output `local.x`.
//
// Spec       src/exec/gpu/kernels/mod.rs
// Constants  LANES (a power of two), OUTPUTS

//: if 1 < LANES
var<workgroup> parts: array<f32, ${LANES * OUTPUTS}>;

fn combine_sum(value: f32, local: vec3<u32>) -> f32 {
    workgroupBarrier(); // A former result may still be read.
    let at = local.y * OUTPUTS + local.x;
    parts[at] = value;
    for (var half = LANES / 2u; half > 0u; half /= 2u) {
        workgroupBarrier();
        if local.y < half {
            parts[at] += parts[at + half * OUTPUTS];
        }
    }
    workgroupBarrier();
    return parts[local.x];
}

fn combine_max(value: f32, local: vec3<u32>) -> f32 {
    workgroupBarrier();
    let at = local.y * OUTPUTS + local.x;
    parts[at] = value;
    for (var half = LANES / 2u; half > 0u; half /= 2u) {
        workgroupBarrier();
        if local.y < half {
            parts[at] = max(parts[at], parts[at + half * OUTPUTS]);
        }
    }
    workgroupBarrier();
    return parts[local.x];
}

fn combine_min(value: f32, local: vec3<u32>) -> f32 {
    return -combine_max(-value, local);
}
//: end
//: if LANES == 1
fn combine_sum(value: f32, local: vec3<u32>) -> f32 {
    return value;
}

fn combine_max(value: f32, local: vec3<u32>) -> f32 {
    return value;
}

fn combine_min(value: f32, local: vec3<u32>) -> f32 {
    return value;
}
//: end
