use super::*;

#[test]
fn playground_l1_kills_a_weight_that_it_carries_across_zero() {
    let sgd = Optimizer::Sgd { momentum: 0.0, dampening: 0.0, nesterov: false, weight_decay: 0.0 };
    let update =
        Update { optimizer: sgd, schedule: Schedule::Constant, learning_rate: 0.1, penalty: Penalty::PlaygroundL1(1.0), clip: Clip::None };
    let step = update.constants(update.learning_rate, 1.0, 0);
    let (mut w, mut dead) = ([0.05, 0.5, -0.05, 0.05], [0.0; 4]);
    update.apply(&step, true, 1.0, &mut w, &[0.0, 0.0, 0.0, 1.0], &mut [&mut dead]);
    // The last one is carried across 0 by the gradient alone, and lives.
    assert_eq!(dead, [1.0, 0.0, 1.0, 0.0]);
    assert!(w.iter().zip([0.0, 0.4, 0.0, -0.15]).all(|(w, want): (&f64, f64)| (w - want).abs() < 1e-15), "{w:?}");
    update.apply(&step, true, 1.0, &mut w, &[-1.0; 4], &mut [&mut dead]);
    assert_eq!((w[0], w[2]), (0.0, 0.0), "dead weights stay");
}

#[test]
fn strips_change_nothing() {
    let adam = Optimizer::Adam { beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.0, amsgrad: false };
    let with = |penalty| Update { optimizer: adam, schedule: Schedule::Constant, learning_rate: 0.1, penalty, clip: Clip::Value(0.3) };
    let g: Vec<f32> = (0..150).map(|e| (e as f32 * 0.7) % 1.3 - 0.6).collect();
    let run = |penalty| {
        let update = with(penalty);
        let (mut w, mut mean, mut square) = (vec![0.5; 150], vec![0.0; 150], vec![0.0; 150]);
        for step in 0..5 {
            update.apply(&update.constants(0.1, 0.0, step), true, 1.0, &mut w, &g, &mut [&mut mean, &mut square]);
        }
        (w, mean, square)
    };
    assert_eq!(run(Penalty::None), run(Penalty::PlaygroundL2(0.0)));
}
