use super::*;
use crate::random::{Rng, Stream};

fn example() -> Snapshot {
    Snapshot {
        experiment: "v=2&dataset=spiral&seed=ß".into(),
        target: "cpu".into(),
        counters: [("done".into(), 77), ("order-key".into(), u32::MAX)].into(),
        tensors: vec![
            StoredTensor { name: "params/dense1.weight".into(), shape: vec![2, 3], words: vec![1, 2, 3, 4, 5, f32::NAN.to_bits()] },
            StoredTensor { name: "stats/empty".into(), shape: vec![0], words: vec![] },
            StoredTensor { name: "moment0/scalar".into(), shape: vec![], words: vec![9] },
        ],
    }
}

/// A file of a header and some bytes.
fn file(json: &str, data: &[u8]) -> Vec<u8> {
    [&(json.len() as u64).to_le_bytes(), json.as_bytes(), data].concat()
}

/// The saved run of an experiment, with all its parameters at a value.
fn saved(link: &str, value: f32) -> Snapshot {
    let (experiment, _) = link::read(link);
    let sites = experiment.outline().unwrap().sites;
    let tensor = |site: &crate::model::Site, tensor: &crate::model::Tensor| StoredTensor {
        name: format!("params/{}", site.tensor_name(tensor)),
        shape: tensor.shape.clone(),
        words: vec![value.to_bits(); tensor.elements() as usize],
    };
    let tensors = sites.iter().flat_map(|site| site.tensors.iter().map(|part| tensor(site, part)).collect::<Vec<_>>()).collect();
    Snapshot { experiment: link.into(), tensors, ..example() }
}

#[test]
fn a_snapshot_survives_the_round_trip() {
    let bytes = example().to_bytes();
    assert_eq!(Snapshot::from_bytes(&bytes), Ok(example()));
}

#[test]
fn the_file_is_one_of_safetensors() {
    let bytes = example().to_bytes();
    let len = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    assert!(len.is_multiple_of(8), "the tensors are aligned");
    let header: serde_json::Value = serde_json::from_slice(&bytes[8..8 + len]).unwrap();
    let expected = serde_json::json!({"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]});
    assert_eq!(header["params/dense1.weight"], expected);
    assert_eq!(header["moment0/scalar"], serde_json::json!({"dtype": "F32", "shape": [], "data_offsets": [24, 28]}));
    assert!(header["__metadata__"].as_object().unwrap().values().all(serde_json::Value::is_string));
    assert_eq!(bytes.len(), 8 + len + 28);
}

#[test]
fn another_order_of_the_same_tensors_is_the_same_run() {
    let mut other = example();
    other.tensors.reverse();
    let read = Snapshot::from_bytes(&other.to_bytes()).unwrap();
    assert_eq!(read.checksum(), example().checksum());
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
fn hostile_headers_are_refused() {
    let entry = |text: &str| format!("{{\"a\":{text}}}");
    for (json, data) in [
        (String::new(), &[][..]),
        ("[]".into(), &[]),
        ("[".repeat(100_000), &[]),
        (entry(r#"{"dtype":"F32","shape":[1],"data_offsets":[0,8]}"#), &[0; 8]),
        (entry(r#"{"dtype":"F32","shape":[1],"data_offsets":[4,8]}"#), &[0; 8]),
        (entry(r#"{"dtype":"F32","shape":[1],"data_offsets":[4,0]}"#), &[0; 4]),
        (entry(r#"{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}"#), &[]),
        (entry(r#"{"dtype":"F32","shape":[0,1,1,1,1,1,1,1,1],"data_offsets":[0,0]}"#), &[]),
        (entry(r#"{"dtype":"F16","shape":[2],"data_offsets":[0,4]}"#), &[0; 4]),
        (entry(r#"{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}"#), &[0; 4]),
        (entry(r#"{"dtype":"F32","shape":[1],"data_offsets":[0,4],"more":1}"#), &[0; 4]),
        (entry(r#"{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#), &[0; 5]),
        (r#"{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#.into(), &[]),
        (r#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#.into(), &[0; 4]),
    ] {
        let refused = Snapshot::from_bytes(&file(&json, data));
        assert!(matches!(refused, Err(SnapshotError::Malformed { .. })), "{}: {refused:?}", &json[..json.len().min(100)]);
    }
    let mut long = file("{}", &[]);
    long[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    assert!(matches!(Snapshot::from_bytes(&long), Err(SnapshotError::Malformed { .. })));
    assert_eq!(Snapshot::from_bytes(&file("{}", &[])), Err(SnapshotError::NoRun));
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
    let good = saved("v=2&layers=dense:2:tanh", 0.5);
    let mut accepted = 0;
    for _ in 0..100_000 {
        let mut run = good.clone();
        let at = rng.below(run.tensors.len() as u32) as usize;
        match rng.below(6) {
            0 => run.tensors[at].shape.push(rng.bits() as usize),
            1 => drop(run.tensors[at].shape.pop()),
            2 => run.tensors[at].name.truncate(rng.below(20) as usize),
            3 => drop(run.tensors.remove(at)),
            4 => run.tensors[at].words[0] = rng.bits(),
            _ => run.experiment.truncate(rng.below(24) as usize),
        }
        // A shape that overflows has no bytes, and a file of it cannot be written.
        let is_writable =
            run.tensors.iter().all(|stored| stored.shape.iter().try_fold(4usize, |all, extent| all.checked_mul(*extent)).is_some());
        if let Some(Ok(read)) = is_writable.then(|| Snapshot::from_bytes(&run.to_bytes())) {
            accepted += u32::from(read.experiment().is_ok());
        }
    }
    assert!((10_000..50_000).contains(&accepted), "{accepted}: another weight or a shorter link may still fit, nothing else");
}

#[test]
fn a_saved_run_knows_its_experiment() {
    let link = "v=2&layers=dense:3:relu";
    assert_eq!(saved(link, 0.5).experiment(), Ok(link::read(link).0));
    let mut other = saved(link, 0.5);
    other.experiment = "v=2&layers=dense:4:relu".into();
    let why = other.experiment().unwrap_err().to_string();
    assert_eq!(why, "the saved run does not fit its network: params/dense1.weight has shape [2, 3] where [2, 4] is expected");
    other.experiment = "v=2&layers=dense:4:relu,dense:2:relu".into();
    assert!(other.experiment().is_err());
    other.experiment = "v=2&layers=nothing".into();
    assert!(matches!(other.experiment(), Err(SnapshotError::Mismatch(why)) if why.contains("nothing")));
    assert!(saved(link, f32::NAN).experiment().is_err());
}
