//! Layouts of networks of all kinds.

use super::*;
use descent_protocol::LayerReport;
use descent_spec::{Dataset, Experiment, Features};

/// A dense layer with biases.
fn dense(inputs: usize, units: usize) -> LayerReport {
    let params = (inputs + 1) * units;
    LayerReport { title: "Dense".into(), detail: "relu".into(), shape: vec![units], params, multiplications: inputs * units }
}

fn norm(units: usize) -> LayerReport {
    LayerReport { title: "Normalise".into(), detail: "tanh".into(), shape: vec![units], params: 2 * units, multiplications: units }
}

/// A network of points with so many inputs.
fn network(inputs: u32, layers: Vec<LayerReport>) -> Built {
    let experiment = Experiment { features: Features((1 << inputs) - 1), ..Experiment::start(Dataset::Spiral) };
    Built { experiment, layers, params: 0, train_rows: 0, test_rows: 0, program: String::new() }
}

/// How many parameters of it are in a frame.
fn params(layout: &Layout) -> usize {
    layout.columns.last().map_or(0, |column| column.first_param + column.params)
}

#[test]
fn a_norm_layer_may_come_first_and_the_inputs_may_change() {
    for inputs in 1..=7 {
        let built = network(inputs, vec![norm(inputs as usize), dense(inputs as usize, 4), dense(4, 1)]);
        let layout = Layout::of(&built, 700.0);
        let from_inputs = layout.links().into_iter().filter(|link| link.column == 1);
        assert_eq!(
            from_inputs.map(|link| [link.from, link.to]).collect::<Vec<_>>(),
            (0..inputs as usize).map(|i| [i, i]).collect::<Vec<_>>()
        );
        assert!(layout.links().into_iter().all(|link| layout.path(link).is_some()));
    }
    // A report that fits no network of ours is drawn as far as it goes.
    let layout = Layout::of(&network(1, vec![norm(3), dense(3, 1)]), 700.0);
    assert_eq!(layout.links().len(), 1 + 3);
}

#[test]
fn weights_and_biases_follow_each_other_as_in_a_frame() {
    // 2 inputs, 4 units, a norm with two vectors of 4, 1 output.
    let layout = Layout::of(&network(2, vec![dense(2, 4), norm(4), dense(4, 1)]), 700.0);
    let weight = |column, from, to| layout.weight(Link { column, from, to });
    assert_eq!([weight(1, 0, 0), weight(1, 0, 3), weight(1, 1, 0)], [Some(0), Some(3), Some(4)]);
    assert_eq!([layout.bias(1, 0), layout.bias(1, 3), layout.bias(2, 0), layout.bias(0, 0)], [Some(8), Some(11), None, None]);
    assert_eq!([weight(2, 0, 0), weight(3, 0, 0), weight(3, 3, 0), layout.bias(3, 0)], [None, Some(20), Some(23), Some(24)]);
    assert_eq!(params(&layout), 25);
    assert_eq!([layout.map(0, 1), layout.map(1, 0), layout.map(2, 0), layout.map(3, 0)], [Some(1), Some(2), Some(6), Some(10)]);
}

#[test]
fn of_a_wide_layer_eight_units_are_drawn_and_no_more_numbers_come() {
    let layout = Layout::of(&network(2, vec![dense(2, 1024), dense(1024, 1024), dense(1024, 1)]), 700.0);
    assert_eq!(layout.columns.iter().map(Column::shown).collect::<Vec<_>>(), [2, 8, 8, 1]);
    assert_eq!(params(&layout), 3 * 8 + 9 * 8 + 9);
    assert_eq!(layout.links().len(), 2 * 8 + 8 * 8 + 8);
    assert_eq!(layout.weight(Link { column: 2, from: 8, to: 0 }), None);
    assert_eq!(layout.map(1, 8), None);
}

#[test]
fn a_dense_layer_without_biases_has_no_numbers_for_them() {
    let plain = LayerReport { params: 2 * 3, ..dense(2, 3) };
    let layout = Layout::of(&network(2, vec![plain, norm(3), dense(3, 1)]), 700.0);
    assert_eq!([layout.bias(1, 0), layout.bias(3, 0)], [None, Some(6 + 6 + 3)]);
}

#[test]
fn networks_of_all_sizes_have_a_layout() {
    let deep = (0..12).map(|_| dense(8, 8)).chain([dense(8, 1)]).collect();
    for layers in [vec![], vec![dense(2, 1)], vec![norm(2), dense(2, 1)], deep] {
        for width in [0.0, 320.0, 700.0] {
            let layout = Layout::of(&network(2, layers.clone()), width);
            assert_eq!(layout.columns.len(), layers.len() + 1);
            assert!(layout.height > 0.0 && layout.height.is_finite());
            for [column, unit] in layout.units() {
                let corner = layout.corner(column, unit).expect("a unit that is drawn has a place");
                assert!(corner.iter().all(|place| place.is_finite()));
                assert!(!layout.unit_name(column, unit).is_empty());
            }
            assert!(layout.links().into_iter().all(|link| layout.path(link).is_some()));
        }
    }
}

#[test]
fn what_is_not_drawn_has_no_place() {
    let layout = Layout::of(&network(2, vec![dense(2, 1)]), 700.0);
    let nowhere = Link { column: 7, from: 0, to: 0 };
    assert_eq!([layout.path(nowhere), layout.path(Link { column: 0, from: 0, to: 0 })], [None, None]);
    assert_eq!([layout.weight(nowhere), layout.bias(7, 0), layout.map(7, 0)], [None; 3]);
    assert!(!layout.is_sizable(7));
    let images = Built { experiment: Experiment::start(Dataset::Digits), ..network(2, vec![dense(64, 10)]) };
    assert_eq!(Layout::of(&images, 700.0), Layout::default());
    assert_eq!(Layout::default().links(), []);
}

#[test]
fn a_narrow_picture_runs_from_top_to_bottom() {
    let built = network(2, vec![dense(2, 8), dense(8, 1)]);
    for (width, is_tall) in [(479.0, true), (480.0, false)] {
        let layout = Layout::of(&built, width);
        assert_eq!(layout.is_tall, is_tall);
        let along = usize::from(is_tall);
        let start = |column| layout.corner(column, 0).expect("each column has a unit")[along];
        assert!(start(0) + UNIT < start(1) && start(1) + UNIT < start(2));
        assert!(
            layout.units().iter().all(|&[column, unit]| layout.corner(column, unit).is_some_and(|[x, _]| x >= 0.0 && x + UNIT <= width))
        );
    }
}
