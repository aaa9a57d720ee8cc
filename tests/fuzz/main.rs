//! Data set files that visitors bring: good ones are read, and nothing they can contain makes the
//! reader panic.
#![cfg(not(target_arch = "wasm32"))]

mod entry;

use descent::data::{Column, idx};
use descent::spec::random::{Rng, Stream};
use std::path::{Path, PathBuf};

const CORPUS: &str = "tests/fuzz/corpus/idx";
/// Executions of the smoke run; `FUZZ_RUNS` asks for more.
const RUNS: u32 = 400_000;

fn corpus() -> Vec<(String, Vec<u8>)> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(CORPUS).expect("the corpus").map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    let name = |path: &Path| path.file_name().expect("a name").to_string_lossy().into_owned();
    paths.iter().map(|path| (name(path), std::fs::read(path).expect("a seed"))).collect()
}

fn seed(name: &str) -> Vec<(String, Vec<u8>)> {
    entry::split(&std::fs::read(Path::new(CORPUS).join(name)).expect("a seed"))
}

#[test]
fn files_are_told_apart_by_what_is_in_them() {
    let plain = idx::assemble(seed("plain-set")).expect("a good set");
    assert_eq!((plain.train_rows, plain.test_rows), (6, 2));
    assert_eq!(plain.feature_shape.to_vec(), [5, 4, 1]);
    assert_eq!(idx::assemble(seed("any-order-any-name")).as_ref(), Ok(&plain));
    assert_eq!(idx::assemble(seed("packed-set")).as_ref(), Ok(&plain));
    let equal = idx::assemble(seed("equal-counts")).expect("a good set");
    assert_eq!(equal.feature_row(0).collect::<Vec<_>>(), plain.feature_row(0).collect::<Vec<_>>(), "names decide between equal counts");
}

#[test]
fn a_refusal_says_which_file_what_and_where() {
    let cases = [
        ("cut-member", "train-images-idx3-ubyte.gz", "announces"),
        ("two-members", "train-images-idx3-ubyte.gz", "several gzip members"),
        ("bomb", "train-images-idx3-ubyte.gz", "are accepted"),
        ("huge-extents", "train-images-idx3-ubyte.gz", "cut short"),
        ("other-type", "train-images-idx3-ubyte.gz", "type 13"),
        ("real-size", "train-labels-idx1-ubyte.gz", "6 labels but train-images-idx3-ubyte.gz has 12 images"),
        ("every-header-field", "The files", "are 1"),
    ];
    for (name, file, what) in cases {
        let error = idx::assemble(seed(name)).expect_err(name);
        assert_eq!(error.file, file, "{error}");
        assert!(error.what.contains(what), "{name}: {error}");
        assert!(file == "The files" || error.offset.is_some(), "{name}: {error}");
        assert!(!error.remedy.is_empty());
    }
}

#[test]
fn every_cut_of_a_good_set_is_refused() {
    for name in ["plain-set", "packed-set"] {
        let files = seed(name);
        for which in 0..files.len() {
            for len in 0..files[which].1.len() {
                let mut files = files.clone();
                files[which].1.truncate(len);
                assert!(idx::assemble(files).is_err(), "{name}: file {which} cut at {len}");
            }
        }
    }
}

/// Changes an input as fuzzers do: bits, bytes, words of extreme values, cuts, repeats, splices
/// with another seed.
fn mutate(input: &mut Vec<u8>, other: &[u8], rng: &mut Rng) {
    const EXTREMES: [u32; 8] = [0, 1, 0x7f, 0xff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];
    for _ in 0..=rng.below(4) {
        let len = input.len() as u32;
        if len == 0 {
            input.push(rng.bits() as u8);
            continue;
        }
        let at = rng.below(len) as usize;
        match rng.below(8) {
            0 => input[at] ^= 1 << rng.below(8),
            1 => input[at] = rng.bits() as u8,
            2 => {
                let value = EXTREMES[rng.below(8) as usize];
                let word = if rng.below(2) == 0 { value.to_be_bytes() } else { value.to_le_bytes() };
                let end = input.len().min(at + 4);
                input[at..end].copy_from_slice(&word[..end - at]);
            }
            3 => input.truncate(at),
            4 => {
                input.remove(at);
            }
            5 => input.insert(at, rng.bits() as u8),
            6 => {
                let end = input.len().min(at + rng.below(40) as usize);
                input.extend_from_within(at..end);
            }
            _ => {
                input.truncate(at);
                let from = rng.below(other.len() as u32) as usize;
                input.extend_from_slice(&other[from..]);
            }
        }
    }
}

/// Packs what a mutation made of a file, so that checksums hold and the bytes inside are read.
fn pack(content: &[u8]) -> Vec<u8> {
    let crc = !content.iter().fold(!0u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
    });
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    bytes.extend(miniz_oxide::deflate::compress_to_vec(content, 1));
    bytes.extend(crc.to_le_bytes());
    bytes.extend((content.len() as u32).to_le_bytes());
    bytes
}

#[test]
fn no_bytes_make_a_reader_panic() {
    let seeds = corpus();
    assert!(seeds.len() >= 10, "the corpus is here");
    let runs = std::env::var("FUZZ_RUNS").ok().map_or(RUNS, |runs| runs.parse().expect("FUZZ_RUNS is a number"));
    let mut accepted = 0;
    for run in 0..runs {
        let mut rng = Rng::new(1, Stream::Sample, run);
        let (_, seed) = &seeds[rng.below(seeds.len() as u32) as usize];
        let (_, other) = &seeds[rng.below(seeds.len() as u32) as usize];
        let mut input = seed.clone();
        match run % 8 {
            0 => input = (0..rng.below(200)).map(|_| rng.bits() as u8).collect(),
            1 => {
                // Inside one file, with lengths and checksums that hold.
                let mut files = entry::split(&input);
                let at = rng.below(files.len() as u32) as usize;
                mutate(&mut files[at].1, other, &mut rng);
                if rng.below(4) == 0 {
                    files[at].1 = pack(&files[at].1);
                }
                accepted += u32::from(idx::assemble(files).is_ok());
                continue;
            }
            _ => mutate(&mut input, other, &mut rng),
        }
        accepted += u32::from(entry::run(&input));
    }
    println!("fuzz idx: {runs} executions from {} seeds, 0 panics, {accepted} inputs accepted", seeds.len());
    assert!(accepted > runs / 100, "the mutations stay near enough to good files to go through the whole reader");
}

#[test]
fn real_sets_are_read() {
    for (set, zeros) in [("mnist", 6903), ("fashion-mnist", 7000)] {
        let folder = PathBuf::from("../shared/data").join(set);
        let names = ["t10k-labels-idx1-ubyte.gz", "train-images-idx3-ubyte.gz", "t10k-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"];
        let files: Option<Vec<_>> = names.iter().map(|name| Some((String::from("file"), std::fs::read(folder.join(name)).ok()?))).collect();
        let Some(files) = files else {
            println!("skipped: no {set} in ../shared/data");
            continue;
        };
        let samples = idx::assemble(files).expect(set);
        assert_eq!((samples.train_rows, samples.test_rows, samples.feature_shape.to_vec()), (60_000, 10_000, vec![28, 28, 1]));
        let Column::U8 { bytes, .. } = &samples.target else { panic!("labels are bytes") };
        assert_eq!(bytes.iter().filter(|&&label| label == 0).count(), zeros, "{set}: images of class 0");
    }
}
