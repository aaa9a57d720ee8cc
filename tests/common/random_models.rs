//! Models that nobody chose: trees of all kinds of blocks that fit a random input.

use descent::spec::layers::{Act, Conv, Dense, Dropout, Flatten, GlobalMean, Groups, Mean, Norm, Pool, Sampling, Upsample};
use descent::spec::model::{Extent, Join};
use descent::spec::random::Rng;
use descent::spec::{Activation, Block, Layer, Model};

/// One of a list.
pub fn any<T: Copy>(rng: &mut Rng, all: &[T]) -> T {
    all[rng.below(all.len() as u32) as usize]
}

/// A whole number of a range, both ends included.
pub fn between(rng: &mut Rng, low: usize, high: usize) -> usize {
    low + rng.below((high - low + 1) as u32) as usize
}

/// A vector or, three times of four, a small image.
pub fn input(rng: &mut Rng) -> Extent {
    if rng.below(4) == 0 {
        Extent::Vector { features: between(rng, 1, 40) }
    } else {
        Extent::Image { rows: between(rng, 2, 13), cols: between(rng, 2, 13), channels: between(rng, 1, 4) }
    }
}

/// Up to `most` blocks, `depth` levels deep at most, that fit an input.
pub fn model(rng: &mut Rng, input: Extent, most: usize, depth: usize) -> Model {
    let (mut model, mut extent) = (Model::default(), input);
    for _ in 0..between(rng, 0, most) {
        let block = block(rng, extent, depth);
        let one = Model { blocks: vec![block] };
        // What does not fit (a window larger than its image) is left out.
        let Ok(outline) = one.outline(extent, None) else { continue };
        if outline.last().extent.elements() > 4_000 {
            continue;
        }
        extent = outline.last().extent;
        model.blocks.extend(one.blocks);
    }
    model
}

fn block(rng: &mut Rng, input: Extent, depth: usize) -> Block {
    let branches = |rng: &mut Rng, branch: fn(&mut Rng, Extent, usize) -> Model| {
        (0..between(rng, 2, 3)).map(|_| if rng.below(4) == 0 { Model::default() } else { branch(rng, input, depth - 1) }).collect()
    };
    match if depth > 1 { rng.below(12) } else { 11 } {
        0..=1 => Block::Residual { activation: any(rng, Activation::ALL), body: keeping(rng, input, depth - 1) },
        2 => Block::Repeat { times: between(rng, 1, 3), body: keeping(rng, input, depth - 1) },
        3 => Block::Parallel { join: Join::Add, branches: branches(rng, keeping) },
        4 => Block::Parallel { join: Join::Mul, branches: branches(rng, keeping) },
        5 => Block::Parallel { join: Join::Concat, branches: branches(rng, widening) },
        _ => Block::Layer(layer(rng, input)),
    }
}

/// Blocks after which the extent is what it was.
fn keeping(rng: &mut Rng, input: Extent, depth: usize) -> Model {
    ending(rng, input, depth, input.channels())
}

/// Blocks after which there may be more or fewer channels, and nothing else has changed.
fn widening(rng: &mut Rng, input: Extent, depth: usize) -> Model {
    let channels = between(rng, 1, 5);
    ending(rng, input, depth, channels)
}

fn ending(rng: &mut Rng, input: Extent, depth: usize, channels: usize) -> Model {
    // Linear ends of branches that are added have biases with one gradient.
    let activation = if rng.below(2) == 0 { Activation::Linear } else { any(rng, Activation::ALL) };
    let mut blocks = Vec::new();
    for _ in 0..between(rng, 0, 2) {
        blocks.push(match rng.below(4) {
            0 => Block::Layer(Layer::Norm(Norm { activation: any(rng, Activation::ALL) })),
            1 => Block::Layer(Layer::Act(Act { activation: any(rng, Activation::ALL) })),
            2 => Block::Layer(Layer::Dropout(Dropout { percent: between(rng, 0, 60) as u8 })),
            _ if depth > 1 => Block::Residual { activation: any(rng, Activation::ALL), body: keeping(rng, input, depth - 1) },
            _ => continue,
        });
    }
    blocks.push(Block::Layer(match input {
        Extent::Image { .. } => Layer::Conv(Conv { dilation: between(rng, 1, 2), ..Conv::new(channels, between(rng, 1, 4), activation) }),
        _ => Layer::Dense(Dense { units: channels, activation }),
    }));
    Model { blocks }
}

fn layer(rng: &mut Rng, input: Extent) -> Layer {
    let activation = any(rng, Activation::ALL);
    let Extent::Image { channels, .. } = input else {
        return match rng.below(6) {
            0 => Layer::Norm(Norm { activation }),
            1 => Layer::Dropout(Dropout { percent: between(rng, 0, 60) as u8 }),
            2 => Layer::Act(Act { activation }),
            _ => Layer::Dense(Dense { units: between(rng, 1, 37), activation }),
        };
    };
    match rng.below(16) {
        0..=4 => Layer::Conv(Conv {
            channels: between(rng, 1, 13),
            kernel: between(rng, 1, 5),
            stride: any(rng, &[1, 1, 2, 3]),
            dilation: any(rng, &[1, 1, 1, 2]),
            groups: Groups::Of(1),
            is_same: rng.below(2) == 0,
            activation,
        }),
        5 => {
            let groups = any(rng, &[Groups::Depthwise, Groups::Of(channels)]);
            Layer::Conv(Conv { groups, ..Conv::new(channels * between(rng, 1, 2), between(rng, 1, 3), activation) })
        }
        6 => Layer::Pool(Pool { size: between(rng, 2, 3) }),
        7 => Layer::Mean(Mean { size: between(rng, 2, 3) }),
        8 => Layer::Upsample(Upsample { factor: 2, sampling: any(rng, &[Sampling::Nearest, Sampling::Bilinear]) }),
        9 => Layer::GlobalMean(GlobalMean),
        10 => Layer::Flatten(Flatten),
        11..=12 => Layer::Norm(Norm { activation }),
        13 => Layer::Dropout(Dropout { percent: between(rng, 0, 60) as u8 }),
        14 => Layer::Act(Act { activation }),
        _ => Layer::Dense(Dense { units: between(rng, 1, 37), activation }),
    }
}
