//! Trains a small convolutional network on handwritten digits:
//! `cargo run --release --example train_digits [gpu]`.

use descent::data;
use descent::exec::{Backend, gpu::Device};
use descent::spec::link::{self, Link};
use descent::train::{Part, Session};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let on_gpu = std::env::args().nth(1).as_deref() == Some("gpu");
    let backend = if on_gpu { Backend::Gpu(pollster::block_on(Device::request())?) } else { Backend::Cpu };
    println!("{:.1} % of the test digits are told right", 100.0 * pollster::block_on(accuracy(&backend, 500))?);
    Ok(())
}

/// The share of test digits that a network answers correctly after so many steps.
async fn accuracy(backend: &Backend, steps: u32) -> Result<f64, Box<dyn Error>> {
    let (Link { experiment, .. }, _) = link::read("v=2&dataset=digits&model=cnn");
    let file = std::fs::read("www/data/digits.bin")?;
    let data = data::load(&data::Request::of(&experiment), vec![("digits.bin".into(), file)])?;
    let mut session = Session::new(&experiment, &data.into(), backend)?;
    session.run(steps).await?;
    let evaluation = session.evaluate(Part::Test).await?;
    Ok(evaluation.and_then(|evaluation| evaluation.accuracy).expect("some digits are kept for testing"))
}

#[test]
fn most_digits_are_told_right_after_200_steps() {
    assert!(pollster::block_on(accuracy(&Backend::Cpu, 200)).expect("the digits are bundled") > 0.8);
}
