// Puts one number of each lane together, in an order that depends on nothing but LANES. The result is known to all lanes.
//
// A workgroup is [LANES, OUTPUTS] invocations, OUTPUTS along x: lane `place.y` of output `place.x`.
//
// Spec       src/exec/gpu/kernels/mod.rs
// Constants  LANES (a power of two), OUTPUTS

//: if 1 < LANES
var<workgroup> parts: array<f32, ${LANES * OUTPUTS}>;

fn combine_sum(value: f32, place: vec3<u32>) -> f32 {
    workgroupBarrier(); // A former result may still be read.
    let at = place.y * OUTPUTS + place.x;
    parts[at] = value;
    for (var half = LANES / 2u; half > 0u; half /= 2u) {
        workgroupBarrier();
        if place.y < half {
            parts[at] += parts[at + half * OUTPUTS];
        }
    }
    workgroupBarrier();
    return parts[place.x];
}

fn combine_max(value: f32, place: vec3<u32>) -> f32 {
    workgroupBarrier();
    let at = place.y * OUTPUTS + place.x;
    parts[at] = value;
    for (var half = LANES / 2u; half > 0u; half /= 2u) {
        workgroupBarrier();
        if place.y < half {
            parts[at] = max(parts[at], parts[at + half * OUTPUTS]);
        }
    }
    workgroupBarrier();
    return parts[place.x];
}

fn combine_min(value: f32, place: vec3<u32>) -> f32 {
    return -combine_max(-value, place);
}
//: end
//: if LANES == 1
fn combine_sum(value: f32, place: vec3<u32>) -> f32 {
    return value;
}

fn combine_max(value: f32, place: vec3<u32>) -> f32 {
    return value;
}

fn combine_min(value: f32, place: vec3<u32>) -> f32 {
    return value;
}
//: end
