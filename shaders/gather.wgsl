// Fetches the samples of a step: features[r] = data[row(r)], and the same for targets; rows past the valid ones are 0.
//
// The first kernel of a step: writes the state's STEP, IS_FROZEN and VALID_ROWS (of an evaluation TALLY_VALID), which no other kernel writes;
// what it reads of the state it does not write.
//
// Spec       src/plan/kernel.rs (Gather, Order), crates/spec/src/random.rs
// Shapes     feature_data: [samples, FEATURE_LEN], target_data: [samples, TARGET_LEN], bytes or words; features: [CAPACITY, FEATURE_LEN];
//            targets: [CAPACITY, TARGET_LEN]; row_weight: [CAPACITY]; row_count: []
// Dispatch   one workgroup per row
// Constants  ORDER (0 shuffled, 1 stream, 2 listed, 3 sequential), FIRST_ROW, ROWS, BATCH, CAPACITY, EPOCH_STEPS, HALF_BITS, FEATURE_LEN,
//            FEATURE_BYTES, FEATURE_SCALE, TARGET_LEN, TARGET_BYTES, TARGET_SCALE, WORKGROUP, and indices of words of the state
// Uses       shared/random.wgsl

struct Samples {
    valid: u32, // How many rows of this step are samples.
    row: u32,   // The sample of row r, if r < valid.
}

fn samples_of(r: u32, step: u32) -> Samples {
    //: if ORDER == 0
    let first = step % EPOCH_STEPS * BATCH;
    let valid = min(BATCH, ROWS - first);
    let shuffled = random_permute(state[ORDER_KEY], step / EPOCH_STEPS, ROWS, HALF_BITS, min(first + r, ROWS - 1u));
    return Samples(valid, FIRST_ROW + shuffled);
    //: end
    //: if ORDER == 1
    // What an epoch leaves over comes before the first batch of the next.
    let left_over = select(0u, ROWS % BATCH, step >= EPOCH_STEPS && step % EPOCH_STEPS == 0u);
    let valid = min(BATCH, ROWS) + left_over;
    let row = select(step % EPOCH_STEPS * BATCH + r - left_over, ROWS - left_over + r, r < left_over);
    return Samples(valid, FIRST_ROW + row);
    //: end
    //: if ORDER == 2
    return Samples(BATCH, list[step % EPOCH_STEPS * BATCH + min(r, BATCH - 1u)]);
    //: end
    //: if ORDER == 3
    let first = state[TALLY_ROW];
    return Samples(min(BATCH, FIRST_ROW + ROWS - min(first, FIRST_ROW + ROWS)), first + r);
    //: end
}

@compute @workgroup_size(WORKGROUP)
fn gather(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let r = group_index(workgroup);
    if r >= CAPACITY {
        return;
    }
    let step = state[DONE];
    let samples = samples_of(r, step);
    let is_valid = r < samples.valid;
    for (var i = lane; i < FEATURE_LEN; i += WORKGROUP) {
        let at = samples.row * FEATURE_LEN + i;
        var value = 0.0;
        if is_valid {
            //: if FEATURE_BYTES
            value = f32((feature_data[at / 4u] >> (at % 4u * 8u)) & 255u) * FEATURE_SCALE;
            //: end
            //: if FEATURE_BYTES == 0
            value = bitcast<f32>(feature_data[at]);
            //: end
        }
        features[r * FEATURE_LEN + i] = value;
    }
    for (var i = lane; i < TARGET_LEN; i += WORKGROUP) {
        let at = samples.row * TARGET_LEN + i;
        var value = 0.0;
        if is_valid {
            //: if TARGET_BYTES
            value = f32((target_data[at / 4u] >> (at % 4u * 8u)) & 255u) * TARGET_SCALE;
            //: end
            //: if TARGET_BYTES == 0
            value = bitcast<f32>(target_data[at]);
            //: end
        }
        targets[r * TARGET_LEN + i] = value;
    }
    if lane == 0u {
        row_weight[r] = select(0.0, 1.0 / f32(max(samples.valid, 1u)), is_valid);
        if r == 0u {
            row_count[0] = f32(samples.valid);
            //: if ORDER == 3
            state[TALLY_VALID] = samples.valid;
            //: end
            //: if ORDER < 3
            state[STEP] = step;
            state[IS_FROZEN] = select(0u, 1u, state[BAD_STEP] != 0u);
            state[VALID_ROWS] = samples.valid;
            //: end
        }
    }
}
