//! What the spec says of a model is what the engine builds: extents, tensors and arithmetic of
//! random trees.
#![cfg(not(target_arch = "wasm32"))]

mod common;

use common::random_models;
use descent::graph::{Graph, Op};
use descent::nn::init::Init;
use descent::nn::{Architecture, Model, Routines};
use descent::spec::random::{Rng, Stream};
use descent::spec::{Head, Task, model::Role};

/// Multiply-adds of a graph's products and convolutions.
fn multiply_adds(graph: &Graph) -> u64 {
    let count = |id| {
        let node = graph.node(id);
        let operand = |at: usize| graph.shape(node.inputs[at]);
        let elements = graph.shape(id).elements();
        let terms = match node.op {
            Op::Matmul { ta: false, .. } => operand(0).last().copied().unwrap_or(1),
            // [kernel, kernel, channels of a group]
            Op::Conv2d(_) => operand(1)[..3].iter().product(),
            _ => 0,
        };
        (elements * terms) as u64
    };
    graph.ids().map(count).sum()
}

#[test]
fn the_graph_of_a_random_tree_is_what_its_outline_says() {
    let mut n_trees = 0;
    for seed in 0..1_000 {
        let mut rng = Rng::new(seed, Stream::Sample, 0);
        let input = random_models::input(&mut rng);
        let model = random_models::model(&mut rng, input, 6, 4);
        let text = model.write();
        assert_eq!(descent::spec::Model::read(&text), Ok(model.clone()), "{text}");
        let task = Task { input, head: Head::CrossEntropy { classes: 3 } };
        let architecture = Architecture::new(&model, task, Init::Default).unwrap_or_else(|error| panic!("{text} on {input}: {error}"));
        let routines = Routines { data_words: [0; 3], step: None, evaluations: Vec::new(), probes: vec![("probe", 1)] };
        let built = Model::build(&architecture, &routines).unwrap_or_else(|error| panic!("{text} on {input}: {error}"));

        let outline = &architecture.outline;
        let probe = &built.spec.routines[0];
        for (site, (name, node)) in outline.sites[1..].iter().zip(&probe.outputs) {
            assert_eq!(*name, site.path, "{text} on {input}");
            assert_eq!(probe.graph.shape(*node)[1..], site.extent.shape(), "{name} of {text} on {input}");
        }
        let tensors = outline.sites.iter().flat_map(|site| site.tensors.iter().map(move |tensor| (site.tensor_name(tensor), tensor)));
        let (params, stats): (Vec<_>, Vec<_>) = tensors.partition(|(_, tensor)| tensor.role.is_trained());
        assert_eq!(built.params.len(), params.len(), "{text}");
        for (param, (name, tensor)) in built.params.iter().zip(params) {
            assert_eq!((&param.name, &param.shape[..]), (&name, &tensor.shape[..]), "{text} on {input}");
            assert_eq!(param.is_weight, tensor.role == Role::Weight, "{name} of {text}");
        }
        for (stat, (name, tensor)) in built.stats.iter().zip(stats) {
            assert_eq!((&stat.name, &stat.shape[..]), (&name, &tensor.shape[..]), "{text} on {input}");
        }
        assert_eq!(built.params_len() as u64, outline.cost(1).params, "{text}");
        assert_eq!(multiply_adds(&probe.graph), outline.multiply_adds(), "{text} on {input}");
        n_trees += usize::from(!model.blocks.is_empty());
    }
    assert!(n_trees >= 800, "only {n_trees} of 1,000 trees hold a block");
}
