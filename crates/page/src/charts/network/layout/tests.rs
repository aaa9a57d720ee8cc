//! Layouts of networks of all kinds.

use super::*;
use descent_spec::{Dataset, Experiment, Features, Model};

/// A network of points with so many inputs, in a picture of some width.
fn layout(inputs: u32, text: &str, width: f64) -> Layout {
    let features = Features((1 << inputs) - 1);
    let model = Model::read(text).expect("a model");
    Layout::of(&Built::of(Experiment { features, model, ..Experiment::start(Dataset::Spiral) }), width)
}

/// The units that lead to a column, and the units there that they lead to.
fn links_to(layout: &Layout, column: usize) -> Vec<[[usize; 2]; 2]> {
    layout.links().into_iter().filter(|link| link.to[0] == column).map(|link| [link.from, link.to]).collect()
}

/// Networks of every kind, nested and flat.
const TEXTS: [&str; 9] = [
    "",
    "norm:tanh",
    "dense:8:tanh,dense:8:tanh,dense:8:tanh,dense:8:tanh,dense:8:tanh,dense:8:tanh,dense:8:tanh,dense:8:tanh,dense:8:tanh,dense:8:tanh,\
     dense:8:tanh,dense:8:tanh",
    "residual(dense:4:relu,dense:2:linear),dense:3:relu",
    "dense:4:relu,residual(residual(dense:4:relu,norm:relu),dropout:10),flatten,act:gelu",
    "parallel:concat(;dense:4:tanh),residual()",
    "parallel:add(dense:12:relu;dense:12:tanh,norm:relu;repeat:2(dense:12:relu)),parallel:mul(;)",
    "repeat:2(residual:relu(dense:2:relu,dense:2:linear)),dense:5:relu",
    "repeat:12(residual(dense:2:relu,dense:2:linear))",
];

#[test]
fn a_norm_layer_may_come_first_and_the_inputs_may_change() {
    for inputs in 1..=7 {
        let layout = layout(inputs, "norm:relu,dense:4:relu", 700.0);
        let wanted: Vec<_> = (0..inputs as usize).map(|unit| [[0, unit], [1, unit]]).collect();
        assert_eq!(links_to(&layout, 1), wanted);
    }
}

#[test]
fn weights_and_biases_follow_each_other_as_in_a_frame() {
    // 2 inputs, 4 units, a norm with two trained vectors of 4, 1 output.
    let layout = layout(2, "dense:4:relu,norm:tanh", 700.0);
    let weight = |column: usize, from, to| layout.weight(Link { from: [column - 1, from], to: [column, to] });
    // Before a norm there are no biases.
    assert_eq!([weight(1, 0, 0), weight(1, 0, 3), weight(1, 1, 0)], [Some(0), Some(3), Some(4)]);
    assert_eq!([layout.bias(1, 0), layout.bias(1, 3), layout.bias(2, 0), layout.bias(0, 0)], [Some(8), Some(11), None, None]);
    assert_eq!([weight(2, 0, 0), weight(3, 0, 0), weight(3, 3, 0), layout.bias(3, 0)], [None, Some(20), Some(23), Some(24)]);
    assert_eq!([layout.map(0, 1), layout.map(1, 0), layout.map(2, 0), layout.map(3, 0)], [Some(1), Some(2), Some(6), Some(10)]);
}

#[test]
fn a_dense_layer_without_biases_has_no_numbers_for_them() {
    let layout = layout(2, "dense:3:linear,norm:tanh", 700.0);
    assert_eq!([layout.bias(1, 0), layout.bias(3, 0)], [None, Some(6 + 6 + 3)]);
}

#[test]
fn of_a_wide_layer_eight_units_are_drawn_and_no_more_numbers_come() {
    let layout = layout(2, "dense:1024:relu,dense:1024:relu", 700.0);
    assert_eq!(layout.columns.iter().map(Column::shown).collect::<Vec<_>>(), [2, 8, 8, 1]);
    assert_eq!(layout.bias(3, 0), Some(3 * 8 + 9 * 8 + 8));
    assert_eq!(layout.links().len(), 2 * 8 + 8 * 8 + 8);
    assert_eq!(layout.weight(Link { from: [1, 8], to: [2, 0] }), None);
    assert_eq!(layout.map(1, 8), None);
}

#[test]
fn a_residual_block_is_fed_by_what_comes_before_it_and_its_body() {
    // Columns: 0 inputs, 1 and 2 the body, 3 the sum, 4 the output.
    let layout = layout(2, "residual(dense:4:relu,dense:2:linear)", 700.0);
    assert_eq!(links_to(&layout, 3), [[[0, 0], [3, 0]], [[2, 0], [3, 0]], [[0, 1], [3, 1]], [[2, 1], [3, 1]]]);
    let weight = |from, to| layout.weight(Link { from, to });
    assert_eq!([weight([0, 0], [3, 0]), weight([2, 1], [3, 1])], [None, None], "a sum has no weights");
    // 2·4 + 4 of the first layer, 4·2 + 2 of the second.
    assert_eq!([weight([1, 0], [2, 0]), weight([3, 1], [4, 0]), layout.bias(4, 0)], [Some(12), Some(23), Some(24)]);
    assert_eq!(weight([2, 0], [4, 0]), None, "not its parent");
    assert_eq!([layout.unit_name(2, 0), layout.unit_name(3, 1)], ["Residual 1, layer 2, unit 1", "Residual 1, unit 2"]);
    assert_eq!((0..5).map(|column| layout.is_sizable(column)).collect::<Vec<_>>(), [false, true, true, false, false]);
}

#[test]
fn what_is_put_side_by_side_follows_its_parts_by_offset() {
    let layout = layout(2, "parallel:concat(;dense:3:tanh)", 700.0);
    assert_eq!(links_to(&layout, 2), [[[0, 0], [2, 0]], [[0, 1], [2, 1]], [[1, 0], [2, 2]], [[1, 1], [2, 3]], [[1, 2], [2, 4]]]);
}

#[test]
fn networks_of_all_kinds_and_sizes_have_a_layout() {
    for text in TEXTS {
        for width in [0.0, 320.0, 390.0, 700.0] {
            let layout = layout(2, text, width);
            assert!(layout.places.height > 0.0 && layout.places.height.is_finite());
            for [column, unit] in layout.units() {
                let corner = layout.corner(column, unit).expect("a unit that is drawn has a place");
                assert!(corner.iter().all(|place| place.is_finite()));
                assert!(!layout.unit_name(column, unit).is_empty());
            }
            let links = layout.links();
            assert!(links.iter().all(|link| layout.path(*link).is_some()), "{text}");
            assert!(links.iter().enumerate().all(|(i, link)| !links[..i].contains(link)), "{text}: a line is drawn twice");
        }
    }
}

#[test]
fn columns_never_touch() {
    for text in TEXTS {
        for width in [320.0, 480.0, 560.0, 700.0] {
            let layout = layout(2, text, width);
            let along = usize::from(layout.places.is_tall);
            let starts: Vec<f64> = (0..layout.columns.len()).map(|column| layout.corner(column, 0).expect("a unit")[along]).collect();
            assert!(starts.windows(2).all(|pair| pair[0] + UNIT < pair[1]), "{text} at {width}");
        }
    }
    assert!(!layout(2, TEXTS[2], 740.0).places.is_tall, "twelve layers of 8 stand side by side");
}

#[test]
fn arcs_pass_below_all_units_or_beside_them() {
    // The numbers of a path, as pairs of x and y.
    let points = |path: String| {
        let numbers: Vec<f64> = path.split(|c: char| !c.is_ascii_digit() && c != '.').filter_map(|number| number.parse().ok()).collect();
        numbers.chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect::<Vec<_>>()
    };
    let text = "residual(dense:8:relu,residual(dense:8:tanh,dense:8:tanh),dense:2:tanh)";
    for width in [380.0, 700.0] {
        let layout = layout(2, text, width);
        let aside = usize::from(!layout.places.is_tall);
        let edge = layout.units().iter().map(|&[c, u]| layout.corner(c, u).expect("drawn")[aside] + UNIT).fold(0.0, f64::max);
        let size = [layout.places.width, layout.places.height];
        let arcs: Vec<_> = layout.links().into_iter().filter(|link| link.from[0] + 1 < link.to[0]).collect();
        assert_eq!(arcs.len(), 8 + 2);
        for arc in arcs {
            let path = points(layout.path(arc).expect("drawn"));
            assert!(path.iter().any(|point| point[aside] > edge), "{arc:?} passes nothing");
            assert!(path.iter().all(|point| point[0] <= size[0] && point[1] <= size[1]), "{arc:?} leaves the picture");
        }
    }
}

#[test]
fn what_is_not_drawn_has_no_place() {
    let layout = layout(2, "", 700.0);
    let nowhere = Link { from: [6, 0], to: [7, 0] };
    assert_eq!([layout.path(nowhere), layout.path(Link { from: [0, 0], to: [0, 0] })], [None, None]);
    assert_eq!([layout.weight(nowhere), layout.bias(7, 0), layout.map(7, 0)], [None; 3]);
    assert!(!layout.is_sizable(7));
    let images = Built::of(Experiment::start(Dataset::Digits));
    assert_eq!(Layout::of(&images, 700.0), Layout::default());
    assert_eq!(Layout::default().links(), []);
}

#[test]
fn a_narrow_picture_runs_from_top_to_bottom() {
    for (width, is_tall) in [(479.0, true), (480.0, false)] {
        let layout = layout(2, "dense:8:relu", width);
        assert_eq!(layout.places.is_tall, is_tall);
        assert!(
            layout.units().iter().all(|&[column, unit]| layout.corner(column, unit).is_some_and(|[x, _]| x >= 0.0 && x + UNIT <= width))
        );
    }
}
