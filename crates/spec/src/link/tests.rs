use super::*;
use crate::layers::Dense;
use crate::random::{Rng, Stream};
use crate::{Activation, Layer, presets};

#[test]
fn empty_link_is_a_first_visit() {
    assert_eq!(read(""), (Link::first_visit(), Vec::new()));
    assert_eq!(read("#"), (Link::first_visit(), Vec::new()));
    assert_eq!(write(&Link::first_visit()), "v=2&speed=1000");
    assert_eq!(read("v=2"), (Link::start(Dataset::Spiral), Vec::new()), "a link goes as fast as the device can");
}

#[test]
fn link_sets_what_it_names() {
    let (link, notices) = read("#v=2&dataset=digits&model=cnn&device=cpu&level=all");
    assert_eq!(notices, []);
    let model = ModelChoice::Cnn.model(Dataset::Digits).expect("a convolution fits images");
    let start = Experiment::start(Dataset::Digits);
    let view = View { device: DeviceChoice::Cpu, level: Level::All, ..View::default() };
    assert_eq!(link, Link { experiment: Experiment { model, ..start }, view });
    assert_eq!(write(&link), "v=2&dataset=digits&model=cnn&device=cpu&level=all");
}

#[test]
fn layers_are_written_where_no_model_has_them() {
    let text =
        "v=2&dataset=mnist&layers=conv:8x3:relu,norm:silu,pool:2,conv:4x5:valid:stride2:linear,mean:2,dropout:25,dense:32:leaky-relu";
    let (link, notices) = read(text);
    assert_eq!(notices, []);
    assert_eq!(link.experiment.model.blocks.len(), 7);
    assert_eq!(write(&link), text);
}

#[test]
fn what_is_unknown_or_out_of_range_gives_a_notice_and_the_default() {
    for (part, key) in [
        ("dataset=iris", "dataset"),
        ("model=resnet", "model"),
        ("model=cnn", "model"),
        ("layers=dense:0:relu", "layers"),
        ("layers=dense:5000:relu", "layers"),
        ("layers=conv:8x3:relu", "layers"),
        ("layers=dense:4096:relu,dense:4096:relu", "layers"),
        ("lr=nan", "lr"),
        ("lr=inf", "lr"),
        ("lr=-1", "lr"),
        ("batch=0", "batch"),
        ("batch=2.5", "batch"),
        ("batch=99999999999999999999", "batch"),
        ("features=", "features"),
        ("features=x,z", "features"),
        ("noise=1e9", "noise"),
        ("seed=", "seed"),
        ("seed=%zz", "seed"),
        ("loss=cross-entropy", "loss"),
        ("device=tpu", "device"),
        ("speed=", "speed"),
        ("draw=-1", "draw"),
        ("show-test=yes", "show-test"),
        ("evaluate-every=0", "evaluate-every"),
        ("evaluate-every=1.5", "evaluate-every"),
        ("goal=loss<1", "goal"),
        ("autostart=true", "autostart"),
        ("v=3", "v"),
    ] {
        let (link, notices) = read(&format!("v=2&{part}"));
        assert_eq!(link, Link::start(Dataset::Spiral), "{part}");
        assert_eq!(notices.iter().map(|notice| notice.key.as_str()).collect::<Vec<_>>(), [key], "{part}");
    }
}

#[test]
fn a_costly_network_is_refused_before_it_is_built() {
    let layers = |count| vec!["dense:1000:relu"; count].join(",");
    let (Link { experiment, .. }, notices) = read(&format!("v=2&dataset=mnist&layers={}", layers(3)));
    assert_eq!(experiment.model, Experiment::start(Dataset::Mnist).model);
    assert_eq!(notices[0].why, "the network has 2,797,010 parameters; the limit is 2,000,000; dense:128:relu was taken");
    let (_, notices) = read(&format!("v=2&layers={}", layers(33)));
    assert!(notices[0].why.contains("32,036,001 parameters"), "{}", notices[0]);
    // Each is in its range, both together are not.
    let (Link { experiment, .. }, notices) = read("v=2&dataset=mnist&batch=4096&layers=conv:64x3:relu");
    assert_eq!((notices.len(), experiment.batch_size), (1, 4096), "the batch fits the network that was taken");
    experiment.cost().expect("what is read can be built");
}

#[test]
fn the_order_of_keys_changes_nothing() {
    let parts = ["v=2", "dataset=digits", "layers=conv:64x5:relu,flatten,dense:200:relu", "batch=3", "loss=cross-entropy", "lr=0.5"];
    let expected = read(&parts.join("&"));
    assert_eq!(expected.1, []);
    for turn in 1..parts.len() {
        let turned: Vec<&str> = parts.iter().cycle().skip(turn).take(parts.len()).copied().collect();
        assert_eq!(read(&turned.join("&")), expected, "{turned:?}");
    }
}

#[test]
fn what_is_too_much_for_the_images_shown_is_refused_with_the_reason() {
    let (_, notices) = read("v=2&dataset=mnist&batch=1&layers=conv:512x1:relu,globalmean");
    assert!(notices[0].why.contains("bytes between layers for the images shown; the limit is 67,108,864"), "{}", notices[0]);
}

#[test]
fn a_long_link_is_not_read() {
    let (link, notices) = read(&format!("v=2&seed={}", "a".repeat(9000)));
    assert_eq!((link, notices.len()), (Link::start(Dataset::Spiral), 1));
}

/// Written and read again it is the same experiment, in both ways of writing.
fn assert_survives(experiment: Experiment) {
    let all = write_all(&experiment);
    let link = Link { experiment, view: View::default() };
    assert_eq!(read(&write(&link)), (link.clone(), Vec::new()));
    assert_eq!(read(&all), (link, Vec::new()));
}

#[test]
fn presets_and_models_can_be_built_and_linked() {
    for preset in presets() {
        preset.experiment.cost().expect("a preset can be built");
        assert_survives(preset.experiment);
    }
    for dataset in Dataset::ALL {
        for model in ModelChoice::ALL {
            let Some(layers) = model.model(*dataset) else { continue };
            assert_eq!(ModelChoice::of(*dataset, &layers), Some(*model));
            let experiment = Experiment { model: layers, ..Experiment::start(*dataset) };
            experiment.cost().expect("a ready-made model can be built");
            assert_survives(experiment);
        }
    }
}

#[test]
fn playground_link_keeps_its_settings() {
    let text = "activation=relu&regularization=L2&batchSize=7&dataset=spiral&regDataset=reg-gauss&learningRate=0.1&regularizationRate=0.003\
        &noise=25&networkShape=5,3&seed=0.88310&showTestData=true&discretize=true&percTrainData=30&x=false&y=true&xTimesY=true&xSquared=false\
        &ySquared=false&cosX=true&sinX=true&cosY=false&sinY=true&collectStats=false&problem=classification&initZero=true&hideText=false";
    let dense = |units| Layer::Dense(Dense { units, activation: Activation::Relu });
    let want = Experiment {
        noise: 25.0,
        train_percent: 30.0,
        features: Features(0b111_0010),
        model: Model::chain([dense(5), dense(3)]),
        optimizer: OptimizerChoice::Sgd,
        learning_rate: 0.1,
        batch_size: 7,
        penalty: PenaltyChoice::L2,
        penalty_rate: 0.003,
        init: InitChoice::Zeros,
        order: OrderChoice::Stream,
        seed: "0.88310".into(),
        ..Experiment::start(Dataset::Spiral)
    };
    let view = View { level: Level::More, speed: Speed::Thousand, show_test: true, discretize: true, ..View::default() };
    let want = Link { experiment: want, view };
    assert_eq!(read(text), (want.clone(), Vec::new()));
    assert_eq!(read(&(text.replace('&', "&amp;").replace(',', "%2C") + "/")), (want.clone(), Vec::new()));
    assert_eq!(read(&write(&want)), (want, Vec::new()), "it is the same experiment as a link of this page");
}

#[test]
fn what_is_no_link_is_a_first_visit_and_said() {
    for text in ["top", "hello", "x1=2&y2", "%%%", "=", "dataSet=circle"] {
        let (link, notices) = read(&format!("#{text}"));
        assert_eq!(link, Link::first_visit(), "{text}");
        assert!(notices.len() == 1 && notices[0].why.contains("no link"), "{text}: {notices:?}");
    }
    assert_eq!(read("#networkShape=4,2").1, [], "one key of the original is enough");
}

#[test]
fn the_speed_of_older_links_is_read() {
    for (text, speed) in [("1", Speed::Ten), ("10", Speed::Ten), ("10000", Speed::TenThousand), ("max", Speed::Max)] {
        let (link, notices) = read(&format!("v=2&speed={text}"));
        assert_eq!((link.view.speed, notices), (speed, Vec::new()));
    }
}

#[test]
fn playground_quirks_are_kept() {
    let read_one = |text: &str| {
        let (Link { experiment, .. }, notices) = read(text);
        assert_eq!(notices, [], "{text}");
        experiment
    };
    assert_eq!(read_one("networkShape=").model, Model::default());
    assert_eq!(read_one("networkShape").model, Model::default());
    assert_eq!(read_one("sinX=FALSE").features, Features(0b10_0011), "anything but false is true");
    assert_eq!(read_one("x=").features, Features(0b11), "nothing is the default");
    assert_eq!(read_one("x_hide=true").features, Features(0b10), "a hidden input is no input");
    assert_eq!(read_one("x_hide=True&y_hide=1").features, Features(0b11), "only true hides");
    assert_eq!(read_one("problem=regression&regDataset=reg-gauss&dataset=xor").dataset, Dataset::RegGauss);
    assert_eq!((read_one("noise=90").noise, read_one("noise=60").noise, read_one("noise=-5").noise), (50.0, 60.0, 0.0));
    assert_eq!(read_one("tutorial=dp-x&goalTrainLossMinThresholdFirst=0.177&playButton_hide=true").learning_rate, 0.03);
    for text in ["learningRate=abc", "activation=gelu", "networkShape=4,x", "batchSize=0", "x=false&y=false", "networkShape=9999,9999"] {
        let (Link { experiment, .. }, notices) = read(text);
        assert_eq!(notices.len(), 1, "{text}");
        assert_eq!(experiment, read_one("seed=1"), "{text}");
    }
}

/// Mutated links: what comes out can be built, and written and read again it is the same.
#[test]
fn no_text_makes_the_reader_panic() {
    const SEEDS: [&str; 6] = [
        "v=2&dataset=digits&layers=conv:8x3:relu,norm:silu,pool:2,dense:32:relu&lr=0.01&batch=32&seed=a%20b&draw=3&loss=cross-entropy",
        "v=2&dataset=spiral&features=x,y,sinX&noise=25&ratio=40&penalty=L1&penalty-rate=0.003&order=stream&show-test=true&discretize=true&goal=testLoss%3C0.2%3Bsteps<=5000&evaluate-every=50",
        "v=2&dataset=mnist&model=mlp-wide&optimizer=adamw&schedule=cosine&device=gpu&speed=max&level=all&init=zeros",
        "activation=relu&batchSize=7&dataset=spiral&learningRate=0.1&noise=25&networkShape=5,3&seed=0.88310&percTrainData=30&x=false&initZero=true",
        "problem=regression&regDataset=reg-gauss&networkShape=1,2,3,4,5,6,7,8&sinY=true&xSquared_hide=true&regularization=L2&amp;tutorial=x",
        "v=2",
    ];
    let mut rng = Rng::new(7, Stream::Sample, 0);
    for case in 0..120_000 {
        let mut bytes = SEEDS[rng.below(SEEDS.len() as u32) as usize].as_bytes().to_vec();
        for _ in 0..rng.below(8) {
            let at = rng.below(bytes.len() as u32 + 1) as usize;
            let end = (at + rng.below(12) as usize).min(bytes.len());
            match rng.below(5) {
                0 => bytes.insert(at, rng.below(256) as u8),
                1 => drop(bytes.drain(at..end)),
                2 => bytes.splice(at..at, "9".repeat(rng.below(30) as usize).bytes()).for_each(drop),
                3 => bytes.splice(at..end, *b"&%=e-").for_each(drop),
                _ => {
                    let other = SEEDS[rng.below(SEEDS.len() as u32) as usize].as_bytes();
                    let from = rng.below(other.len() as u32) as usize;
                    bytes.splice(at..end, other[from..].iter().copied()).for_each(drop);
                }
            }
            if bytes.is_empty() {
                bytes.push(b'&');
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        let (link, _) = read(&text);
        link.experiment.cost().unwrap_or_else(|error| panic!("case {case}, {text}: {error}"));
        assert_eq!(read(&write(&link)), (link, Vec::new()), "case {case}: {text}");
    }
}
