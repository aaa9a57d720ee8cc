// Mean and variance of each channel: mean[c] = Σ_r share(r) · x[r, c], variance[c] = Σ_r share(r) · (x[r, c] - mean[c])², where a row of a sample
// has its share, weight[r / CELLS] / CELLS.
//
// Spec       src/graph/ops/moments.rs
// Shapes     x: [ROWS, CHANNELS]; weight: [ROWS / CELLS]; mean, variance: [CHANNELS]
// Dispatch   LANES invocations per channel, OUTPUTS channels per workgroup
// Constants  ROWS, CELLS, CHANNELS, LANES, OUTPUTS
// Uses       shared/compensated.wgsl, shared/combine.wgsl

@compute @workgroup_size(OUTPUTS, LANES)
fn moments(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
    let channel = group_index(workgroup) * OUTPUTS + local.x;
    let known = min(channel, CHANNELS - 1u); // All lanes take part in combining.

    var sum = Partial(0.0, 0.0);
    for (var row = local.y; row < ROWS; row += LANES) {
        sum = add(sum, weight[row / CELLS] * x[row * CHANNELS + known]);
    }
    let middle = combine_sum(sum.value, local) / f32(CELLS);

    var spread = Partial(0.0, 0.0);
    for (var row = local.y; row < ROWS; row += LANES) {
        let centred = x[row * CHANNELS + known] - middle;
        spread = add(spread, weight[row / CELLS] * (centred * centred));
    }
    let width = combine_sum(spread.value, local) / f32(CELLS);

    if channel < CHANNELS && local.y == 0u {
        mean[channel] = middle;
        variance[channel] = width;
    }
}
