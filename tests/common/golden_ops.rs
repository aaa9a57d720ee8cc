//! Golden op cases as graphs: inputs and upstream gradients in, outputs and gradients out, whoever
//! runs them.
//!
//! Which graph a case is stands in `golden_graphs`.

use super::golden_file::{Case, Expected, GoldenFile};
use super::golden_graphs::{Nodes, outputs};
use descent::graph::autodiff::gradients;
use descent::graph::{Graph, NodeId, ShapeError};
use descent::tensor::Tensor;

/// What an executor has to compute, and what should come out.
pub struct Problem {
    pub graph: Graph,
    /// The values of the graph's inputs, in order; all of them single-precision numbers.
    pub inputs: Vec<Tensor<f64>>,
    pub wanted: Vec<Wanted>,
}

/// A node and what it should hold.
pub struct Wanted {
    /// `y`, or `d x` for a gradient.
    pub name: String,
    pub node: NodeId,
    pub value: Tensor<f64>,
    pub rtol: f64,
    pub atol: f64,
}

/// Why a case is no [`Problem`].
#[derive(Debug)]
pub enum Refusal {
    /// The engine does not have what the case asks for.
    Unsupported,
    /// The engine refused shapes that it should take.
    Shape(ShapeError),
}

impl From<ShapeError> for Refusal {
    fn from(error: ShapeError) -> Self {
        Refusal::Shape(error)
    }
}

impl Problem {
    /// The graph of one case: its outputs, and the gradients of `Σ output · upstream` in its
    /// inputs.
    ///
    /// # Errors
    /// [`Refusal`] if the engine cannot express it.
    pub fn new(file: &GoldenFile, case: &Case) -> Result<Self, Refusal> {
        let mut graph = Graph::new();
        let mut inputs = Vec::new();
        let mut feed = |graph: &mut Graph, name: String, tensor: &str| {
            let value = file.tensor(tensor);
            let node = graph.input(name, value.shape().clone());
            inputs.push(value);
            node
        };
        let args: Nodes = case.inputs.iter().map(|(name, tensor)| (&**name, feed(&mut graph, name.clone(), tensor))).collect();
        let outputs = outputs(&mut graph, &file.op, &case.attrs, &args)?;
        let pairs: Vec<(NodeId, NodeId)> =
            case.upstream.iter().map(|(name, tensor)| (outputs[&**name], feed(&mut graph, format!("d {name}"), tensor))).collect();
        let wrt: Vec<NodeId> = case.grads.keys().map(|name| args[&**name]).collect();
        let grads = gradients(&mut graph, &pairs, &wrt);

        let wanted = |name: String, node: NodeId, expected: &Expected| Wanted {
            name,
            node,
            value: file.tensor(&expected.tensor),
            rtol: expected.rtol,
            atol: expected.atol,
        };
        let values = case.outputs.iter().map(|(name, expected)| wanted(name.clone(), outputs[&**name], expected));
        let slopes = case.grads.iter().zip(grads).map(|((name, expected), node)| wanted(format!("d {name}"), node, expected));
        let wanted = values.chain(slopes).collect();
        Ok(Self { graph, inputs, wanted })
    }

    /// Compares what an executor came to with what is wanted; `slack` multiplies a tensor's
    /// tolerances. The error names the worst element.
    pub fn judge(&self, got: &[Vec<f64>], slack: impl Fn(&Wanted) -> f64) -> Result<(), String> {
        let pairs = self.wanted.iter().zip(got);
        let complaints: Vec<String> = pairs.filter_map(|(wanted, got)| wanted.complaint(got, slack(wanted))).collect();
        if complaints.is_empty() { Ok(()) } else { Err(complaints.join("; ")) }
    }
}

impl Wanted {
    fn complaint(&self, got: &[f64], slack: f64) -> Option<String> {
        let want = self.value.data();
        if got.len() != want.len() {
            return Some(format!("{}: {} elements instead of {}", self.name, got.len(), want.len()));
        }
        let limit = |at: usize| slack * (self.atol + self.rtol * want[at].abs());
        // How far beyond its tolerance an element is; what is no number is furthest.
        let excess = |at: usize| {
            let excess = (got[at] - want[at]).abs() - limit(at);
            if excess.is_nan() { f64::INFINITY } else { excess }
        };
        let worst = (0..want.len()).max_by(|&a, &b| excess(a).total_cmp(&excess(b)))?;
        (excess(worst) > 0.0).then(|| {
            format!(
                "{}[{worst}] of {}: got {}, want {}, tolerance {:e}",
                self.name,
                self.value.shape(),
                got[worst],
                want[worst],
                limit(worst)
            )
        })
    }
}

/// By how much a GPU's tolerances may be wider than the CPU's: WGSL allows less accurate exp, tanh
/// and the like, but sums and products are held to the same.
pub fn gpu_slack(op: &str, case: &str, expected_rtol: f64) -> f64 {
    let is_product = ["linear", "matmul", "conv2d", "conv1d"].contains(&op) || case.starts_with("residual");
    if is_product || expected_rtol < 2e-5 { 1.0 } else { 10.0 }
}
