// Looks at all that a step would write before it is used: for each CHUNK of parameters the sum of (g + l1 · sign(w) + l2 · w)² and the first
// tensor with a gradient that is not finite; the loss of the step, Σ_r row_loss[r] · row_weight[r], and the first statistic whose next value
// is not finite. Suspects are counted in this order: gradients of TENSORS parameters, the loss, statistics.
//
// Numbers are tested by their bits: drivers launder NaN in comparisons and maxima.
//
// Spec       src/plan/kernel.rs (Guard), src/plan/update/rule.rs (penalised)
// Shapes     params, grads: [LEN]; row_loss, row_weight: [ROWS]; next_stats: [STATS];
//            partials: [CHUNKS + 1, 4] = norm², first bad suspect; last loss, first bad suspect
// Dispatch   one workgroup per chunk, one for loss and statistics
// Constants  LEN, ROWS, CHUNK, CHUNKS, LANES, OUTPUTS (1), TENSORS, SUSPECTS, STATS, IS_L1, IS_L2, PENALTY_RATE (a word of the state)
// Uses       shared/combine.wgsl, tensor_of, stat_of, is_weight (generated from the layouts)

fn is_finite(value: f32) -> bool {
    return (bitcast<u32>(value) & 0x7f800000u) != 0x7f800000u;
}

@compute @workgroup_size(OUTPUTS, LANES)
fn guard(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
    let chunk = group_index(workgroup);
    var sum = 0.0;
    var first_bad = f32(SUSPECTS); // Larger than any: none.
    if chunk < CHUNKS {
        let end = min(LEN, (chunk + 1u) * CHUNK);
        for (var e = chunk * CHUNK + local.y; e < end; e += LANES) {
            var g = grads[e];
            if !is_finite(g) {
                first_bad = min(first_bad, f32(tensor_of(e)));
            }
            //: if IS_L1
            if is_weight(e) {
                g += bitcast<f32>(state[PENALTY_RATE]) * sign(params[e]);
            }
            //: end
            //: if IS_L2
            if is_weight(e) {
                g += bitcast<f32>(state[PENALTY_RATE]) * params[e];
            }
            //: end
            sum += g * g;
        }
    } else {
        for (var r = local.y; r < ROWS; r += LANES) {
            // A row that does not count must not spoil the sum if its loss is not finite.
            if row_weight[r] != 0.0 {
                let loss = row_loss[r];
                if !is_finite(loss) {
                    first_bad = f32(TENSORS);
                }
                sum += loss * row_weight[r];
            }
        }
        //: if 0 < STATS
        for (var e = local.y; e < STATS; e += LANES) {
            if !is_finite(next_stats[e]) {
                first_bad = min(first_bad, f32(TENSORS + 1u + stat_of(e)));
            }
        }
        //: end
    }
    sum = combine_sum(sum, local);
    first_bad = combine_min(first_bad, local);
    if local.y == 0u && chunk <= CHUNKS {
        partials[chunk * 4u] = sum;
        partials[chunk * 4u + 1u] = first_bad;
    }
}
