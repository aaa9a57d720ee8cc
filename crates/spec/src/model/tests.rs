use super::*;
use crate::layers::{Conv, Dense, Pool};
use crate::random::{Rng, Stream};

fn read(text: &str) -> Model {
    Model::read(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn image(rows: usize, cols: usize, channels: usize) -> Extent {
    Extent::Image { rows, cols, channels }
}

/// Texts with every kind of item and option.
const TEXTS: [&str; 8] = [
    "",
    "dense:32:relu,dense:4:tanh",
    "conv:8x3:relu,pool:2,conv:16x5:valid:stride2:dilation2:groups4:linear,norm:silu,mean:2,globalmean,dropout:20",
    "conv:8x3:depthwise:linear,norm:relu,conv:16x1:relu,upsample:2,upsample:3:bilinear,flatten,act:gelu",
    "residual(conv:8x3:relu,conv:8x3:linear)",
    "residual:relu(residual(dense:8:linear),norm:relu)",
    "repeat:3(dense:32:leaky-relu,dropout:10),repeat:2(residual:relu(dense:32:linear))",
    "parallel:concat(;dense:4:tanh;dense:8:relu),parallel:add(dense:2:relu;dense:2:tanh),parallel:mul(;act:sigmoid)",
];

#[test]
fn a_text_is_read_and_written_the_same() {
    for text in TEXTS {
        assert_eq!(read(text).write(), text);
    }
}

#[test]
fn options_come_in_any_order_and_are_written_in_one() {
    assert_eq!(read("conv:8x3:groups2:dilation3:stride2:valid:relu").write(), "conv:8x3:valid:stride2:dilation3:groups2:relu");
    assert_eq!(read("conv:8x3:stride1:groups1:relu").write(), "conv:8x3:relu");
    assert_eq!(read("residual:linear(dense:2:relu)").write(), "residual(dense:2:relu)");
}

#[test]
fn errors_name_their_place_and_suggest() {
    for (text, at, part) in [
        ("dens:32:relu", 0, "no block “dens”; did you mean dense?"),
        ("dense:32", 8, "needs an activation"),
        ("dense", 5, "needs the number of units"),
        ("dense:32:reul", 9, "did you mean relu?"),
        ("dense:0:relu", 6, "not between 1 and 4096"),
        ("dense:x:relu", 6, "whole number"),
        ("dense:99999999999999999999999:relu", 6, "not between"),
        ("dense:8:relu,,dense:8:relu", 13, "no block “”"),
        ("dense:8:relu,", 13, "no block “”"),
        ("dense:8:relu)", 12, "no block open"),
        ("dense:8:relu;dense:8:relu", 12, "no block open"),
        ("conv:8:relu", 5, "CHANNELSxKERNEL"),
        ("conv:8x12:relu", 7, "not between 1 and 11"),
        ("conv:8x3:strid2:relu", 9, "did you mean stride2?"),
        ("conv:8x3:stride2:stride3:relu", 17, "given twice"),
        ("conv:8x3:depthwise:groups2:relu", 5, "depthwise"),
        ("pool:2:relu", 7, "takes nothing more"),
        ("pool:2(dense:8:relu)", 6, "holds no other blocks"),
        ("residual", 8, "in brackets"),
        ("residual(dense:8:relu", 0, "no closing bracket"),
        ("residual(dense:8:relu;dense:8:relu)", 0, "one list"),
        ("repeat(dense:8:relu)", 6, "number of times"),
        ("repeat:99(dense:8:relu)", 7, "not between 1 and 64"),
        ("parallel:concat(dense:8:relu)", 0, "takes 2 to 8"),
        ("parallel:conat(;)", 9, "did you mean concat?"),
        ("residual(dense:8:relu)x", 22, "no block open"),
        ("dense:8:relu,ünknown:3", 13, "no block"),
    ] {
        let error = Model::read(text).expect_err(text);
        assert_eq!(error.at, at, "{text}: {error}");
        assert!(error.what.contains(part), "{text}: {error}");
    }
}

#[test]
fn trees_are_small_before_anything_is_written_out() {
    let deep = |levels: usize| format!("{}dense:2:relu{}", "residual(".repeat(levels), ")".repeat(levels));
    assert_eq!(read(&deep(MAX_DEPTH - 1)).depth(), MAX_DEPTH);
    assert!(Model::read(&deep(MAX_DEPTH)).is_err());
    assert!(Model::read(&deep(100_000)).is_err(), "no stack is filled");
    assert!(Model::read(&vec!["act:relu"; MAX_ITEMS + 1].join(",")).is_err());
    let many = "repeat:64(repeat:64(repeat:64(repeat:64(repeat:64(repeat:64(act:relu))))))";
    assert!(Model::read(many).expect_err("too many blocks").what.contains("after repetition"));
    assert_eq!(read("repeat:64(act:relu,act:tanh,act:relu)").repeated_blocks(), 193);
}

#[test]
fn names_are_paths_and_old_ones_stay() {
    let model = read("conv:8x3:linear,norm:relu,pool:2,conv:8x3:relu,mean:2,residual:relu(conv:8x3:relu,conv:8x3:linear),dense:4:tanh");
    let outline = model.outline(image(8, 8, 1), Some(Dense { units: 10, activation: Activation::Linear })).expect("it fits");
    let paths: Vec<&str> = outline.sites.iter().map(|site| site.path.as_str()).collect();
    let wanted =
        ["input", "conv1", "norm1", "pool1", "conv2", "pool2", "residual1.conv1", "residual1.conv2", "residual1", "dense1", "output"];
    assert_eq!(paths, wanted);
    let names = |site: usize| outline.sites[site].tensors.iter().map(|tensor| outline.sites[site].tensor_name(tensor)).collect::<Vec<_>>();
    assert_eq!(names(1), ["conv1.weight"], "no bias before a normalisation");
    assert_eq!(names(2), ["norm1.weight", "norm1.bias", "norm1.mean", "norm1.variance"]);
    assert_eq!(names(7), ["residual1.conv2.weight", "residual1.conv2.bias"]);
    assert_eq!(outline.sites[8].parents, [5, 7]);
    assert_eq!(outline.sites[9].tensors[0].shape, [2 * 2 * 8, 4]);

    let model = read("repeat:2(dense:3:relu),parallel:concat(;dense:4:tanh,dense:5:tanh)");
    let outline = model.outline(Extent::Vector { features: 2 }, None).expect("it fits");
    let paths: Vec<&str> = outline.sites.iter().map(|site| site.path.as_str()).collect();
    assert_eq!(paths, ["input", "repeat1.1.dense1", "repeat1.2.dense1", "parallel1.2.dense1", "parallel1.2.dense2", "parallel1"]);
    assert_eq!((outline.last().extent, &outline.last().parents[..]), (Extent::Vector { features: 8 }, &[2, 4][..]));
}

#[test]
fn extents_follow_the_rules_of_padding_and_windows() {
    for (text, wanted) in [
        ("conv:4x3:relu", image(8, 7, 4)),
        ("conv:4x4:relu", image(8, 7, 4)),
        ("conv:4x3:dilation2:relu", image(8, 7, 4)),
        ("conv:4x3:stride2:relu", image(4, 4, 4)),
        ("conv:4x3:valid:relu", image(6, 5, 4)),
        ("conv:4x3:valid:dilation3:relu", image(2, 1, 4)),
        ("conv:4x3:groups2:relu", image(8, 7, 4)),
        ("conv:4x3:depthwise:relu", image(8, 7, 4)),
        ("pool:2", image(4, 3, 2)),
        ("mean:3", image(2, 2, 2)),
        ("upsample:3", image(24, 21, 2)),
        ("globalmean", Extent::Vector { features: 2 }),
        ("flatten", Extent::Vector { features: 112 }),
    ] {
        assert_eq!(read(text).outline(image(8, 7, 2), None).expect(text).last().extent, wanted, "{text}");
    }
}

#[test]
fn blocks_that_do_not_fit_are_named() {
    for (text, path, part) in [
        ("conv:4x3:relu", "conv1", "needs an image"),
        ("dense:4:relu,residual(dense:3:relu)", "residual1", "joins 4 numbers and 3 numbers"),
        ("parallel:add(;dense:3:relu)", "parallel1", "joins 2 numbers and 3 numbers"),
        ("repeat:2(residual(pool:2))", "repeat1.1.residual1.pool1", "needs an image"),
        ("globalmean", "pool1", "needs an image or a sequence"),
    ] {
        match read(text).outline(Extent::Vector { features: 2 }, None) {
            Err(ModelError::Block { path: at, why }) => assert!(at == path && why.contains(part), "{text}: {at} {why}"),
            other => panic!("{text}: {other:?}"),
        }
    }
    let odd = read("conv:3x3:groups2:relu").outline(image(4, 4, 2), None);
    assert!(matches!(odd, Err(ModelError::Block { why, .. }) if why.contains("into 2 groups")));
    assert_eq!(read("").outline(Extent::Vector { features: 0 }, None), Err(ModelError::NoInputs));
}

#[test]
fn cost_is_that_of_the_formulas() {
    let cost = |text: &str, input: Extent| {
        let outline = read(text).outline(input, None).expect(text);
        (outline.last().params(), outline.last().multiply_adds)
    };
    assert_eq!(cost("dense:5:relu", Extent::Vector { features: 3 }), (20, 15));
    assert_eq!(cost("dense:5:relu", Extent::Sequence { time: 7, features: 3 }), (20, 105));
    assert_eq!(cost("conv:4x3:relu", image(8, 8, 2)), (4 * 18 + 4, 64 * 4 * 18));
    assert_eq!(cost("conv:4x3:groups2:relu", image(8, 8, 2)), (4 * 9 + 4, 64 * 4 * 9));
    assert_eq!(cost("conv:4x3:depthwise:linear", image(8, 8, 4)), (4 * 9 + 4, 64 * 4 * 9));
    assert_eq!(cost("norm:relu", image(8, 8, 4)), (8, 0));
}

#[test]
fn fields_set_what_they_show() {
    for text in TEXTS {
        for block in read(text).blocks {
            let Block::Layer(layer) = block else { continue };
            for field in layer.fields() {
                let mut changed = layer;
                changed.set(field.name, field.value);
                assert_eq!(changed, layer, "{}", field.name);
            }
        }
    }
    let mut layer = Layer::Conv(Conv::new(8, 3, Activation::Relu));
    layer.set("kernel", crate::layers::Value::Number(5));
    layer.set("padding", crate::layers::Value::Choice("valid"));
    layer.set("units", crate::layers::Value::Number(5));
    assert_eq!(layer.write(), "conv:8x5:valid:relu");
    assert_eq!(Layer::Pool(Pool { size: 2 }).write(), "pool:2");
}

#[test]
fn paths_lead_to_the_blocks_that_they_name() {
    let texts = [
        "dense:3:relu,repeat:2(dense:3:tanh,residual(norm:relu,dense:3:tanh)),dense:4:relu,norm:relu",
        "parallel:concat(;dense:4:tanh,dense:5:tanh,parallel:mul(;act:tanh)),residual(),residual(residual(dense:7:linear))",
    ];
    for model in texts.map(read) {
        let outline =
            model.outline(Extent::Vector { features: 2 }, Some(Dense { units: 1, activation: Activation::Tanh })).expect("it fits");
        let [_, hidden @ .., _] = outline.sites.as_slice() else { panic!("an input and an output") };
        for site in hidden {
            let place = model.place(&site.path).unwrap_or_else(|| panic!("{} has no place", site.path));
            let block = model.block(&place).expect("there is a block");
            match site.kind {
                SiteKind::Layer(layer) => assert_eq!(*block, Block::Layer(layer), "{}", site.path),
                _ => assert!(!block.lists().is_empty(), "{}", site.path),
            }
        }
    }
    let model = read(texts[0]);
    assert_eq!(model.place("repeat1.2.residual1.dense1"), Some(vec![1, 0, 1, 0, 1]));
    assert_eq!(model.place("repeat1.2.residual1"), Some(vec![1, 0, 1]));
    for path in ["", "input", "output", "dense3", "repeat1.2.dense2", "dense1.weight", "norm2"] {
        assert_eq!(model.place(path), None, "{path}");
    }
    let mut changed = model.clone();
    changed.list_mut(&[1, 0]).expect("a body").blocks.clear();
    assert_eq!(changed.write(), "dense:3:relu,repeat:2(),dense:4:relu,norm:relu");
    assert_eq!(changed.block(&[1, 0, 0]), None);
    assert_eq!(changed.block(&[0, 0, 0]), None);
}

#[test]
fn there_is_a_usual_layer_of_each_kind() {
    for layer in Layer::usual(Activation::Tanh) {
        assert_eq!(read(&layer.write()), Model::chain([layer]));
        assert!(layer.write().starts_with(layer.kind_id()));
        assert_eq!(layer.check_ranges(), Ok(()));
    }
}

/// Mutated texts: what is read is written and read again the same, and nothing panics or takes
/// long.
#[test]
fn no_text_makes_the_reader_panic() {
    let mut rng = Rng::new(11, Stream::Sample, 0);
    let pick = |rng: &mut Rng| TEXTS[rng.below(TEXTS.len() as u32) as usize].as_bytes();
    for case in 0..120_000 {
        let mut bytes = pick(&mut rng).to_vec();
        for _ in 0..rng.below(6) {
            let at = rng.below(bytes.len() as u32 + 1) as usize;
            let end = (at + rng.below(12) as usize).min(bytes.len());
            match rng.below(5) {
                0 => bytes.insert(at, rng.below(256) as u8),
                1 => drop(bytes.drain(at..end)),
                2 => bytes.splice(at..at, "(".repeat(rng.below(20) as usize).bytes()).for_each(drop),
                3 => bytes.splice(at..end, *b"),;:(").for_each(drop),
                _ => {
                    let other = pick(&mut rng);
                    let from = rng.below(other.len() as u32 + 1) as usize;
                    bytes.splice(at..end, other[from..].iter().copied()).for_each(drop);
                }
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        match Model::read(&text) {
            Ok(model) => {
                assert_eq!(Model::read(&model.write()), Ok(model.clone()), "case {case}: {text}");
                let extents = [Extent::Vector { features: 2 }, image(8, 8, 1), image(28, 28, 3)];
                for input in extents {
                    if let Ok(outline) = model.outline(input, None) {
                        assert!(outline.sites.len() <= MAX_BLOCKS + 1);
                    }
                }
            }
            Err(error) => assert!(error.at <= text.len() && text.is_char_boundary(error.at), "case {case}: {text}: {error}"),
        }
    }
}
