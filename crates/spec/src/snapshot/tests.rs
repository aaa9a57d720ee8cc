use super::*;
use crate::random::{Rng, Stream};

fn example() -> Snapshot {
    Snapshot {
        link: "v=2&dataset=spiral&seed=ß".into(),
        target: "cpu".into(),
        counters: [("done".into(), 77), ("order-key".into(), u32::MAX)].into(),
        tensors: [
            ("params/dense1.weight".into(), StoredTensor { shape: vec![2, 3], words: vec![1, 2, 3, 4, 5, f32::NAN.to_bits()] }),
            ("stats/empty".into(), StoredTensor { shape: vec![0], words: vec![] }),
            ("stats/scalar".into(), StoredTensor { shape: vec![], words: vec![9] }),
        ]
        .into(),
    }
}

/// A file of a header and some bytes.
fn file(json: &str, data: &[u8]) -> Vec<u8> {
    [&(json.len() as u64).to_le_bytes(), json.as_bytes(), data].concat()
}

/// The saved run of an experiment, with all its numbers at a value.
fn saved(link: &str, value: f32) -> Snapshot {
    let (Link { experiment, .. }, _) = link::read(link);
    let stored = |(name, shape): (String, Vec<usize>)| {
        let words = vec![value.to_bits(); shape.iter().product()];
        (name, StoredTensor { shape, words })
    };
    let tensors = needed::tensors(&experiment).unwrap().into_iter().map(stored).collect();
    Snapshot { link: link.into(), counters: COUNTERS.map(|name| (name.to_owned(), 7)).into(), tensors, ..example() }
}

#[test]
fn a_snapshot_survives_the_round_trip() {
    let read = Snapshot::from_bytes(&example().to_bytes()).unwrap();
    assert_eq!((read.step(), read), (77, example()));
}

#[test]
fn the_file_is_one_of_safetensors() {
    let bytes = example().to_bytes();
    let len = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    assert!(len.is_multiple_of(8), "the tensors are aligned");
    let header: serde_json::Value = serde_json::from_slice(&bytes[8..8 + len]).unwrap();
    let expected = serde_json::json!({"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]});
    assert_eq!(header["params/dense1.weight"], expected);
    assert_eq!(header["stats/scalar"], serde_json::json!({"dtype": "F32", "shape": [], "data_offsets": [24, 28]}));
    assert!(header["__metadata__"].as_object().unwrap().values().all(serde_json::Value::is_string));
    assert_eq!(bytes.len(), 8 + len + 28);
}

#[test]
fn every_truncated_snapshot_is_refused() {
    let bytes = example().to_bytes();
    for len in 0..bytes.len() {
        assert!(Snapshot::from_bytes(&bytes[..len]).is_err(), "cut at {len}");
    }
}

#[test]
fn every_flipped_bit_is_noticed_or_changes_nothing() {
    let bytes = example().to_bytes();
    let mut harmless = 0;
    for bit in 0..bytes.len() * 8 {
        let mut bad = bytes.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        match Snapshot::from_bytes(&bad) {
            Err(_) => {}
            Ok(read) => {
                assert_eq!(read, example(), "bit {bit}");
                harmless += 1;
            }
        }
    }
    // Blanks after the header's end, one of which may become another kind of blank.
    assert!(harmless <= 16, "{harmless} flipped bits go unnoticed");
}

#[test]
fn another_kind_of_file_is_told_from_a_damaged_one() {
    let none: &[u8] = &[];
    for other in [none, b"PK\x03\x04 and so on", &[0xff; 100], &file("", none), &file("[]", none), &file(&"[".repeat(100_000), none)] {
        assert_eq!(Snapshot::from_bytes(other), Err(SnapshotError::NotSafetensors));
    }
    let half = file(r#"{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}"#, &[0; 4]);
    for foreign in [file("{}", none), half, file(r#"{"__metadata__":{"format":"pt"}}"#, none)] {
        assert_eq!(Snapshot::from_bytes(&foreign), Err(SnapshotError::NoRun));
    }
    let mut cut = example().to_bytes();
    cut.pop();
    assert!(matches!(Snapshot::from_bytes(&cut), Err(SnapshotError::Malformed(_))));
    let version = format!(r#"{{"__metadata__":{{"version":"{}\u202e"}}}}"#, "9".repeat(10_000));
    assert_eq!(Snapshot::from_bytes(&file(&version, none)), Err(SnapshotError::Version("9".repeat(79) + "…")));
}

#[test]
fn hostile_headers_are_refused() {
    let entry = |text: &str| format!("{{\"__metadata__\":{{\"version\":\"3\"}},\"a\":{text}}}");
    for (json, data) in [
        (entry(r#"{"dtype":"F32","shape":[1],"data_offsets":[0,8]}"#), &[0; 8][..]),
        (entry(r#"{"dtype":"F32","shape":[1],"data_offsets":[4,8]}"#), &[0; 8]),
        (entry(r#"{"dtype":"F32","shape":[1],"data_offsets":[4,0]}"#), &[0; 4]),
        (entry(r#"{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}"#), &[]),
        (entry(r#"{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}"#), &[0; 4]),
        (entry(r#"{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#), &[0; 5]),
        (r#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#.into(), &[0; 4]),
    ] {
        let refused = Snapshot::from_bytes(&file(&json, data));
        assert!(matches!(refused, Err(SnapshotError::Malformed(_) | SnapshotError::NotSafetensors)), "{json}: {refused:?}");
    }
    let mut long = file("{}", &[]);
    long[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    assert_eq!(Snapshot::from_bytes(&long), Err(SnapshotError::NotSafetensors));
    let name = "\u{202e}".repeat(1_000);
    let quoted = Snapshot::from_bytes(&file(&format!(r#"{{"{name}":{{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}}}"#), &[0; 8]));
    assert!(matches!(quoted, Err(SnapshotError::Malformed(what)) if what.chars().count() <= QUOTED && !what.contains('\u{202e}')));
}

#[test]
fn no_change_of_a_file_panics() {
    let mut rng = Rng::new(1, Stream::Sample, 0);
    let run = saved("v=2&layers=dense:2:tanh", 0.5);
    let good = run.to_bytes();
    for _ in 0..100_000 {
        let mut bytes = good.clone();
        for _ in 0..=rng.below(3) {
            let at = rng.below(bytes.len().max(1) as u32) as usize;
            match rng.below(4) {
                _ if bytes.is_empty() => {}
                0 => bytes[at] = rng.bits() as u8,
                1 => bytes[at] = b"0123456789[]{},:\""[rng.below(17) as usize],
                2 => bytes.truncate(at + 1),
                _ => drop(bytes.remove(at)),
            }
        }
        if let Ok(read) = Snapshot::from_bytes(&bytes) {
            assert_eq!(read, run, "what is accepted is what was saved");
        }
    }
}

#[test]
fn a_hostile_run_with_a_good_checksum_is_refused() {
    let mut rng = Rng::new(2, Stream::Sample, 0);
    let good = saved("v=2&layers=dense:2:tanh&optimizer=adam", 0.5);
    let mut accepted = 0;
    for _ in 0..100_000 {
        let mut run = good.clone();
        let at = rng.below(run.tensors.len() as u32) as usize;
        let name = run.tensors.keys().nth(at).unwrap().clone();
        let mut stored = run.tensors.remove(&name).unwrap();
        match rng.below(6) {
            0 => stored.shape.push(1 + rng.below(2) as usize),
            1 => stored.shape.insert(0, 0),
            2 => drop(run.tensors.insert(name[..rng.below(20) as usize % name.len()].into(), stored.clone())),
            3 => {}
            4 => stored.words[0] = rng.bits(),
            _ => run.link.truncate(rng.below(24) as usize),
        }
        stored.words.resize(stored.shape.iter().product(), 0);
        if rng.below(4) > 0 {
            run.tensors.insert(name, stored);
        }
        let read = Snapshot::from_bytes(&run.to_bytes()).expect("the file is sound");
        if read.check().is_ok() {
            accepted += 1;
            assert!(good.tensors.iter().all(|(name, stored)| read.tensor(name, &stored.shape).is_ok()));
        }
    }
    assert!((5_000..50_000).contains(&accepted), "{accepted}: another number or a shorter link may still fit, nothing else");
}

#[test]
fn a_saved_run_holds_what_its_experiment_needs() {
    let link = "v=2&layers=dense:3:relu&optimizer=momentum";
    let good = saved(link, 0.5);
    assert_eq!(good.check(), Ok(link::read(link).0.experiment));
    let refused = |change: &dyn Fn(&mut Snapshot)| {
        let mut other = good.clone();
        change(&mut other);
        other.check().unwrap_err().to_string()
    };
    let fits = "the saved run does not fit its experiment: ";
    let shape = refused(&|run| run.link = link.replace("dense:3", "dense:4"));
    assert_eq!(shape, format!("{fits}params/dense1.weight has shape [2, 3] where [2, 4] is expected"));
    let moment = refused(&|run| {
        let moment = run.tensors.remove("moment0/dense1.weight").unwrap();
        run.tensors.insert("moment9/dense1.weight".into(), moment);
    });
    assert_eq!(moment, format!("{fits}it has no moment0/dense1.weight"));
    let more = refused(&|run| run.link = link.replace("momentum", "sgd"));
    assert_eq!(more, format!("{fits}it has 8 tensors where 4 are expected"));
    let counter = refused(&|run| _ = run.counters.remove("dropout-key"));
    assert_eq!(counter, format!("{fits}it has no counter dropout-key"));
    let nan = refused(&|run| run.tensors.get_mut("params/dense1.weight").unwrap().words[0] = f32::NAN.to_bits());
    assert_eq!(nan, format!("{fits}params/dense1.weight holds something that is no finite number"));
    let unread = refused(&|run| run.link = "v=2&layers=nothing".into());
    assert!(unread.starts_with("the experiment of the saved run cannot be built here: ") && unread.contains("nothing"), "{unread}");
}
