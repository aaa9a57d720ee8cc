//! The cases of one kernel: matrix products and the three products of a convolution.

use super::cases::uniform;
use crate::graph::{Conv, Graph, ShapeError};
use crate::plan::{ModelSpec, RoutineSpec};
use crate::tensor::Shape;

/// Images, rows and columns, channels in and out, and rows and columns of the convolution's kernel.
const BATCH: usize = 16;
const SIDE: usize = 32;
const CHANNELS: usize = 64;
const TAPS: usize = 3;

/// One kernel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum KernelCase {
    /// `[n, n] · [n, n]`
    Matmul {
        /// Extent of both.
        n: usize,
    },
    /// `y = x * w`
    ConvForward,
    /// The gradient in `x`.
    ConvInputGrad,
    /// The gradient in `w`.
    ConvWeightGrad,
}

impl KernelCase {
    /// The case of a name, if it is one of a kernel.
    pub(super) fn of(name: &str) -> Option<Self> {
        Some(match name {
            "k-matmul-256" => Self::Matmul { n: 256 },
            "k-matmul-512" => Self::Matmul { n: 512 },
            "k-matmul-1024" => Self::Matmul { n: 1024 },
            "k-matmul-2048" => Self::Matmul { n: 2048 },
            "k-conv-fwd" => Self::ConvForward,
            "k-conv-dx" => Self::ConvInputGrad,
            "k-conv-dw" => Self::ConvWeightGrad,
            _ => return None,
        })
    }

    /// Multiplications and additions.
    pub(super) fn flops(self) -> f64 {
        match self {
            Self::Matmul { n } => 2.0 * (n as f64).powi(3),
            Self::ConvForward | Self::ConvInputGrad | Self::ConvWeightGrad => {
                2.0 * (BATCH * SIDE * SIDE * CHANNELS * CHANNELS * TAPS * TAPS) as f64
            }
        }
    }

    /// What is compiled: a routine `kernel` of two inputs and one output.
    ///
    /// # Panics
    /// If the shapes do not fit, which those of the cases do.
    pub(super) fn model(self) -> ModelSpec {
        let mut graph = Graph::new();
        let result = self.result(&mut graph).expect("the shapes of a case fit");
        let outputs = vec![("result".into(), result)];
        let routine = RoutineSpec { name: "kernel", graph, outputs, fetch: None, training: None, tally: None };
        ModelSpec { routines: vec![routine], is_regularised: Vec::new(), update: None, data_words: [0; 3] }
    }

    fn result(self, graph: &mut Graph) -> Result<crate::graph::NodeId, ShapeError> {
        let [left, right] = self.shapes();
        let left = graph.input("left", left);
        let right = graph.input("right", right);
        let conv = Conv { stride: [1; 2], dilation: [1; 2], pads: [1; 4], groups: 1 };
        match self {
            Self::Matmul { .. } => graph.matmul(left, right, false, false),
            Self::ConvForward => graph.conv2d(left, right, conv),
            Self::ConvInputGrad => graph.conv2d_dx(left, right, conv, &image()),
            Self::ConvWeightGrad => graph.conv2d_dw(left, right, conv, &weight()),
        }
    }

    fn shapes(self) -> [Shape; 2] {
        match self {
            Self::Matmul { n } => [[n, n].into(), [n, n].into()],
            Self::ConvForward | Self::ConvInputGrad => [image(), weight()],
            Self::ConvWeightGrad => [image(), image()],
        }
    }

    /// The numbers of both inputs. Each tensor of the contract has a seed: `x` and `a` 1, `w` and
    /// `b` 2, `dy` 3.
    pub(super) fn inputs(self) -> [Vec<f32>; 2] {
        let seeds = match self {
            Self::Matmul { .. } | Self::ConvForward => [1, 2],
            Self::ConvInputGrad => [3, 2],
            Self::ConvWeightGrad => [1, 3],
        };
        let [left, right] = self.shapes();
        [uniform(seeds[0], left.elements(), -1.0, 1.0), uniform(seeds[1], right.elements(), -1.0, 1.0)]
    }
}

/// Of `x`, and as padding keeps the size and channels are as many, of `y`.
fn image() -> Shape {
    [BATCH, SIDE, SIDE, CHANNELS].into()
}

fn weight() -> Shape {
    [TAPS, TAPS, CHANNELS, CHANNELS].into()
}
