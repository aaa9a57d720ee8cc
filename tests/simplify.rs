//! What simplification leaves of the gradients of small networks. The planner's fusions rely on it.

use descent::graph::autodiff::gradients;
use descent::graph::simplify::simplify;
use descent::graph::{Conv, Graph, NodeId, Op, Pool, ShapeError};

/// `Σ_r cross_entropy(logits, target)[r] · row_weight[r]`, then its gradients in all parameters,
/// simplified.
fn trained(mut graph: Graph, logits: NodeId) -> Result<(Graph, Vec<NodeId>), ShapeError> {
    let rows = graph.shape(logits)[0];
    let target = graph.input("target", [rows]);
    let row_weight = graph.input("row_weight", [rows]);
    let row_loss = graph.cross_entropy(logits, target)?;
    let weighted = graph.mul(row_loss, row_weight)?;
    let loss = graph.sum(weighted, &[0], false)?;
    let one = graph.constant(1.0);
    let params: Vec<NodeId> = graph.params().iter().map(|leaf| leaf.node).collect();
    let grads = gradients(&mut graph, &[(loss, one)], &params);
    Ok(simplify(&graph, &grads))
}

fn count(graph: &Graph, is_kind: impl Fn(&Op) -> bool) -> usize {
    graph.nodes().iter().filter(|node| is_kind(&node.op)).count()
}

/// The node under a chain of reshapes.
fn bare(graph: &Graph, id: NodeId) -> NodeId {
    if graph.node(id).op == Op::Reshape { bare(graph, graph.node(id).inputs[0]) } else { id }
}

fn dense(graph: &mut Graph, x: NodeId, units: usize, name: &str) -> Result<NodeId, ShapeError> {
    let w = graph.param(format!("{name}/weight"), [graph.shape(x)[1], units]);
    let b = graph.param(format!("{name}/bias"), [units]);
    let product = graph.matmul(x, w, false, false)?;
    graph.add(product, b)
}

fn conv(graph: &mut Graph, x: NodeId, channels: usize, name: &str) -> Result<NodeId, ShapeError> {
    let w = graph.param(format!("{name}/weight"), [3, 3, graph.shape(x)[3], channels]);
    let b = graph.param(format!("{name}/bias"), [channels]);
    let product = graph.conv2d(x, w, Conv { stride: [1, 1], dilation: [1, 1], pads: [1; 4], groups: 1 })?;
    graph.add(product, b)
}

#[test]
fn gradient_of_a_two_layer_network_has_no_node_to_spare() -> Result<(), ShapeError> {
    let mut graph = Graph::new();
    let x = graph.input("x", [32, 64]);
    let hidden = dense(&mut graph, x, 16, "hidden")?;
    let hidden = graph.relu(hidden)?;
    let logits = dense(&mut graph, hidden, 10, "out")?;
    let (graph, grads) = trained(graph, logits)?;

    let out = graph.node(bare(&graph, grads[3]));
    let dlogits = out.inputs[0];
    assert!(matches!(&out.op, Op::Reduce { axes, .. } if *axes == [0]));
    let node = graph.node(dlogits);
    assert_eq!(node.op, Op::CrossEntropyDx);
    assert_eq!(node.inputs[2], graph.inputs()[2].node, "the row weight itself is its upstream gradient");
    for (weight, bias) in [(grads[0], grads[1]), (grads[2], grads[3])] {
        assert_eq!(graph.node(weight).op, Op::Matmul { ta: true, tb: false });
        assert_eq!(graph.node(weight).inputs[1], graph.node(bare(&graph, bias)).inputs[0], "both are sums over the same gradient");
    }
    // Forward: 2 products, 2 biases, relu. Backward: loss, dx of the second product, its mask (a
    // comparison with 0, a choice), 2 weights, 2 biases and the reshapes that leave out the summed
    // axis.
    assert_eq!(count(&graph, |op| !matches!(op, Op::Input(_) | Op::Param(_) | Op::Constant(_))), 5 + 1 + 1 + 2 + 2 + 2 + 2);
    Ok(())
}

#[test]
fn gradient_of_a_convolutional_network_has_no_node_to_spare() -> Result<(), ShapeError> {
    let mut graph = Graph::new();
    let x = graph.input("x", [8, 12, 12, 1]);
    let pool = Pool { kernel: [2, 2], stride: [2, 2], pads: [0; 4], ceil_mode: false, count_include_pad: true };
    let mut y = x;
    for (channels, name) in [(4, "first"), (8, "second")] {
        y = conv(&mut graph, y, channels, name)?;
        y = graph.relu(y)?;
        y = graph.max_pool(y, pool)?;
    }
    let flat = graph.reshape(y, [8, 72])?;
    let logits = dense(&mut graph, flat, 10, "out")?;
    let (graph, grads) = trained(graph, logits)?;

    for (weight, bias) in [(grads[0], grads[1]), (grads[2], grads[3])] {
        assert!(matches!(graph.node(weight).op, Op::Conv2dDw(_)));
        let bias = graph.node(bare(&graph, bias));
        assert!(matches!(&bias.op, Op::Reduce { axes, .. } if *axes == [0, 1, 2]));
        assert_eq!(graph.node(weight).inputs[1], bias.inputs[0], "both are sums over the same gradient");
    }
    assert_eq!(count(&graph, |op| matches!(op, Op::Conv2dDx(_))), 1, "no gradient of the images is taken");
    assert_eq!(count(&graph, |op| matches!(op, Op::CrossEntropyDx)), 1);
    assert_eq!(count(&graph, |op| matches!(op, Op::Broadcast | Op::Permute(_))), 0);
    Ok(())
}

#[test]
fn leaves_stay_in_their_order_even_if_unused() {
    let mut graph = Graph::new();
    graph.param("b", [2]);
    let x = graph.input("x", [3]);
    graph.stat("s", [1]);
    graph.param("a", [4]);
    let (simple, roots) = simplify(&graph, &[x]);
    assert_eq!(simple.params().iter().map(|leaf| leaf.name.as_str()).collect::<Vec<_>>(), ["b", "a"]);
    assert_eq!((simple.inputs().len(), simple.stats().len()), (1, 1));
    assert_eq!(roots, [simple.inputs()[0].node]);
}

#[test]
fn what_changes_nothing_is_left_out() -> Result<(), ShapeError> {
    let mut graph = Graph::new();
    let x = graph.input("x", [2, 1, 3]);
    let scaled = graph.scale(x, 1.0)?;
    let shifted = graph.shift(scaled, 0.0)?;
    let flat = graph.reshape(shifted, [6])?;
    let shaped = graph.reshape(flat, [2, 1, 3])?;
    let summed = graph.sum(shaped, &[1], true)?;
    let turned = graph.permute(summed, &[2, 0, 1])?;
    let back = graph.permute(turned, &[1, 2, 0])?;
    let (simple, roots) = simplify(&graph, &[back]);
    assert_eq!(simple.nodes().len(), 1);
    assert_eq!(roots, [simple.inputs()[0].node]);
    Ok(())
}

#[test]
fn masks_of_one_site_are_one_node() -> Result<(), ShapeError> {
    let mut graph = Graph::new();
    let (first, again, other) = (graph.random_mask([4], 0.5, 1)?, graph.random_mask([4], 0.5, 1)?, graph.random_mask([4], 0.5, 2)?);
    let (simple, roots) = simplify(&graph, &[first, again, other]);
    assert_eq!(roots[0], roots[1]);
    assert_eq!(count(&simple, |op| matches!(op, Op::RandomMask { .. })), 2);
    Ok(())
}
