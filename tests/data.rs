//! Data sets against files that this project did not make.
#![cfg(not(target_arch = "wasm32"))]

use descent::data::{Column, digits};
use descent::spec::catalog::Dataset;
use descent::spec::points::{self, Point};
use serde_json::Value;
use std::path::PathBuf;

/// A file of the golden folder, if this machine has it.
fn golden(path: &str) -> Option<String> {
    let folder = std::env::var("GOLDEN_DIR").unwrap_or_else(|_| "../shared/golden".into());
    let text = std::fs::read_to_string(PathBuf::from(&folder).join(path)).ok();
    if text.is_none() {
        println!("skipped: no {path} in {folder}");
    }
    text
}

fn assert_points(got: &[Point], want: &Value, what: &str) {
    let want = want.as_array().expect("a list of points");
    assert_eq!(got.len(), want.len(), "{what}");
    for (row, (got, want)) in got.iter().zip(want).enumerate() {
        for (axis, got) in [got.x, got.y, got.label].into_iter().enumerate() {
            let want = want[axis].as_f64().expect("a number");
            assert!((got - want).abs() <= 1e-12, "{what}, point {row}, number {axis}: {got} is not {want}");
        }
    }
}

fn assert_sums(got: &[Point], want: &Value, what: &str) {
    for (axis, value) in [|p: &Point| p.x, |p: &Point| p.y, |p: &Point| p.label].into_iter().enumerate() {
        let (got, want) = (got.iter().map(value).sum::<f64>(), want[axis].as_f64().expect("a number"));
        // A sum of up to 1200 numbers that are each right to 1e-12.
        assert!((got - want).abs() <= 1e-10, "{what}, sum {axis}: {got} is not {want}");
    }
}

#[test]
fn playground_links_have_the_points_of_the_original() {
    let Some(text) = golden("playground/links.json") else { return };
    let file: Value = serde_json::from_str(&text).expect("links.json is JSON");
    let links = file["links"].as_array().expect("a list of links");
    for link in links {
        let hash = link["hash"].as_str().expect("a hash");
        let field = |name: &str| {
            let pair = hash.split('&').find_map(|pair| pair.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')));
            pair.unwrap_or_else(|| panic!("{hash} has no {name}"))
        };
        let number = |name| field(name).parse::<f64>().expect("a number");
        let set = if field("problem") == "regression" { field("regDataset") } else { field("dataset") };
        let dataset = Dataset::from_id(set).expect("a known set");
        let made = points::points(dataset, number("noise") / 100.0, number("percTrainData"), field("seed")).expect("a 2-D set");

        let (train, test) = made.points.split_at(made.train_rows);
        assert_eq!(
            [train.len() as u64, test.len() as u64].map(Value::from).to_vec(),
            *link["counts"].as_array().expect("counts"),
            "{hash}"
        );
        assert_points(&train[..25], &link["train_first"], hash);
        assert_points(&test[test.len() - 5..], &link["test_last"], hash);
        assert_sums(train, &link["train_sum"], hash);
        assert_sums(test, &link["test_sum"], hash);

        let mut random = made.random;
        if field("initZero") == "false" {
            for (at, want) in link["weights0"].as_array().expect("weights").iter().enumerate() {
                let (got, want) = (random.uniform() - 0.5, want.as_f64().expect("a number"));
                assert!((got - want).abs() <= 1e-12, "{hash}, weight {at}: {got} is not {want}");
            }
        }
    }
    println!("{} links have the points and the weights of the original", links.len());
}

#[test]
fn bundled_digits_are_complete() {
    let bytes = std::fs::read("www/data/digits.bin").expect("the bundled digits");
    let samples = digits::parse(&bytes, 80.0).expect("a good file");
    assert_eq!((samples.train_rows, samples.test_rows, samples.classes), (1437, 360, 10));
    let Column::U8 { bytes: labels, .. } = &samples.target else { panic!("labels are bytes") };
    let mut histogram = [0; 10];
    labels.iter().for_each(|&label| histogram[usize::from(label)] += 1);
    assert_eq!(histogram, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]); // As counted by scikit-learn.
}
