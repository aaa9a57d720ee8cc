// Changes all parameters by their gradients: penalty, clipping, coupled weight decay, rule, Playground's penalty. Takes over the statistics
// that the step worked out. Changes nothing where the step is bad (something is not finite) or an earlier one was.
//
// The last kernel of a step. One invocation writes the state's counters, which no other invocation of this kernel reads. All invocations
// read what the step's first kernel has written.
//
// Spec       src/plan/update/rule.rs, src/plan/update/schedule.rs, src/plan/state.rs
// Shapes     grads, params: [LEN]; moments: [moments, LEN]; partials: [CHUNKS + 1, 4] (see guard.wgsl); next_stats, stats: [STATS]
// Dispatch   one workgroup per CHUNK of parameters, and STATS_CHUNK of statistics
// Constants  LEN, CHUNK, CHUNKS, LANES, OUTPUTS (1), SUSPECTS, STATS, STATS_CHUNK, EPOCH_STEPS, and indices of words of the state; those of the rule
// Uses       shared/math.wgsl, shared/combine.wgsl, constants_of_step, change (generated from the update; change calls is_weight)

// The numbers of one step that are the same for all parameters.
struct StepConstants {
    rate: f32,
    adam_rate: f32,  // rate / (1 - β₁^(step + 1))
    adam_scale: f32, // 1 / √(1 - β₂^(step + 1))
    decoupled: f32,  // rate times AdamW's weight decay
    intake: f32,     // The share of a gradient that enters the momentum.
    clip_scale: f32,
    l1: f32,         // The penalties' rates.
    l2: f32,
    playground: f32, // rate times the rate of Playground's penalty
}

fn half_cosine(start: f32, end: f32, progress: f32) -> f32 {
    return end + (start - end) * 0.5 * (1.0 + math_cos(PI * clamp(progress, 0.0, 1.0)));
}

fn note_step(loss: f32, norm: f32, rate: f32, first_bad: f32) {
    let step = state[STEP];
    if first_bad < f32(SUSPECTS) {
        state[BAD_STEP] = step + 1u;
        state[BAD_TENSOR] = u32(first_bad);
        return;
    }
    state[RING + step % RING_LEN] = bitcast<u32>(loss);
    state[GRAD_NORM] = bitcast<u32>(norm);
    state[LAST_RATE] = bitcast<u32>(rate);
    state[DONE] = step + 1u;
    let valid = f32(state[VALID_ROWS]);
    let epoch_loss = bitcast<f32>(state[EPOCH_LOSS]) + loss * valid;
    let epoch_rows = bitcast<f32>(state[EPOCH_ROWS]) + valid;
    if (step + 1u) % EPOCH_STEPS == 0u {
        state[LAST_EPOCH_LOSS] = bitcast<u32>(epoch_loss / epoch_rows);
        state[EPOCHS] += 1u;
        state[EPOCH_LOSS] = 0u;
        state[EPOCH_ROWS] = 0u;
    } else {
        state[EPOCH_LOSS] = bitcast<u32>(epoch_loss);
        state[EPOCH_ROWS] = bitcast<u32>(epoch_rows);
    }
}

@compute @workgroup_size(OUTPUTS, LANES)
fn optimizer(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
    let chunk = group_index(workgroup);
    var squares = 0.0;
    var first_bad = f32(SUSPECTS);
    for (var i = local.y; i < CHUNKS; i += LANES) {
        squares += partials[i * 4u];
        first_bad = min(first_bad, partials[i * 4u + 1u]);
    }
    let norm = sqrt(combine_sum(squares, local));
    first_bad = min(combine_min(first_bad, local), partials[CHUNKS * 4u + 1u]);
    if state[IS_FROZEN] != 0u {
        return;
    }
    let constants = constants_of_step(state[STEP], norm);
    if first_bad == f32(SUSPECTS) {
        let end = min(LEN, (chunk + 1u) * CHUNK);
        for (var e = chunk * CHUNK + local.y; e < end; e += LANES) {
            change(e, constants);
        }
        //: if 0 < STATS
        let stats_end = min(STATS, (chunk + 1u) * STATS_CHUNK);
        for (var e = chunk * STATS_CHUNK + local.y; e < stats_end; e += LANES) {
            stats[e] = next_stats[e];
        }
        //: end
    }
    if chunk == 0u && local.y == 0u {
        note_step(partials[CHUNKS * 4u], norm, constants.rate, first_bad);
    }
}
