//! The graph of each golden op: one short function for each manifest.
//!
//! Golden files have PyTorch's layouts (NCHW, OIHW, `[out, in]`); permutes at the border of each
//! graph convert them.

use super::golden_ops::Refusal;
use descent::graph::{Conv, Graph, NodeId, Pool, Reduction};
use descent::nn::norm::{BatchNorm, Rows};
use descent::nn::{activation, loss};
use descent::spec::Activation;
use serde_json::Value;
use std::collections::BTreeMap;

/// Nodes by the names that a manifest gives them.
pub type Nodes<'a> = BTreeMap<&'a str, NodeId>;

/// The outputs of op `op` of `args`.
pub fn outputs<'a>(graph: &mut Graph, op: &str, attrs: &Value, args: &Nodes) -> Result<Nodes<'a>, Refusal> {
    let y = match op {
        "activations" => activate(graph, attrs, args["x"]),
        "elementwise" => elementwise(graph, text(attrs, "fn"), args),
        "matmul" => Ok(graph.matmul(args["a"], args["b"], flag(attrs, "ta"), flag(attrs, "tb"))?),
        "linear" => linear(graph, args),
        "conv2d" => conv2d(graph, attrs, args),
        "conv1d" => conv1d(graph, attrs, args),
        "max_pool2d" | "avg_pool2d" => pool(graph, op, attrs, args["x"]),
        "global_avg_pool2d" => Ok(graph.mean(args["x"], &[2, 3], false)?),
        "batch_norm" => return batch_norm(graph, attrs, args),
        "dropout" => dropout(graph, attrs, args),
        "softmax" => softmax(graph, attrs, args["x"]),
        "losses" => losses(graph, attrs, args),
        "reduce" => reduce(graph, attrs, args["x"]),
        "shape" => shape(graph, attrs, args),
        _ => Err(Refusal::Unsupported),
    }?;
    Ok(Nodes::from([("y", y)]))
}

fn text<'a>(attrs: &'a Value, name: &str) -> &'a str {
    attrs[name].as_str().unwrap_or_default()
}

fn flag(attrs: &Value, name: &str) -> bool {
    attrs[name].as_bool().unwrap_or(false)
}

fn number(attrs: &Value, name: &str) -> f64 {
    attrs[name].as_f64().unwrap_or_else(|| panic!("the case has no {name}"))
}

fn sizes<const N: usize>(attrs: &Value, name: &str) -> [usize; N] {
    list(attrs, name).try_into().unwrap_or_else(|list| panic!("{name} is {list:?}"))
}

fn list(attrs: &Value, name: &str) -> Vec<usize> {
    match &attrs[name] {
        Value::Array(numbers) => numbers.iter().map(|number| number.as_u64().expect("a size") as usize).collect(),
        number => vec![number.as_u64().expect("a size") as usize],
    }
}

fn activate(graph: &mut Graph, attrs: &Value, x: NodeId) -> Result<NodeId, Refusal> {
    let activation = match text(attrs, "act") {
        "identity" => Activation::Linear,
        "relu" => Activation::Relu,
        "relu6" => Activation::Relu6,
        "hardtanh" => Activation::Hardtanh,
        "hard_sigmoid" => Activation::HardSigmoid,
        "hard_swish" => Activation::HardSwish,
        "selu" => Activation::Selu,
        "gelu_erf" => Activation::Gelu,
        "gelu_tanh" => Activation::GeluTanh,
        "silu" => Activation::Silu,
        "mish" => Activation::Mish,
        "sigmoid" => Activation::Sigmoid,
        "tanh" => Activation::Tanh,
        "softplus" => Activation::Softplus,
        "softsign" => Activation::Softsign,
        "log_sigmoid" => Activation::LogSigmoid,
        "leaky_relu" => Activation::LeakyRelu,
        "elu" => Activation::Elu,
        "leaky_relu_0.2" => return Ok(activation::leaky_relu(graph, x, number(attrs, "negative_slope"))?),
        "elu_0.5" => return Ok(activation::elu(graph, x, number(attrs, "alpha"))?),
        _ => return Err(Refusal::Unsupported),
    };
    Ok(activation::apply(graph, activation, x)?)
}

fn elementwise(graph: &mut Graph, function: &str, args: &Nodes) -> Result<NodeId, Refusal> {
    let (a, b, x) = (args.get("a"), args.get("b"), args.get("x"));
    if let (Some(&a), Some(&b)) = (a, b) {
        return Ok(match function {
            "add" => graph.add(a, b)?,
            "sub" => graph.sub(a, b)?,
            "mul" => graph.mul(a, b)?,
            "div" => graph.div(a, b)?,
            "maximum" => graph.max(a, b)?,
            "minimum" => graph.min(a, b)?,
            _ => return Err(Refusal::Unsupported),
        });
    }
    let &x = x.ok_or(Refusal::Unsupported)?;
    Ok(match function {
        "exp" => graph.exp(x)?,
        "log" => graph.log(x)?,
        "sqrt" => graph.sqrt(x)?,
        "rsqrt" => graph.rsqrt(x)?,
        "square" => graph.square(x)?,
        "abs" => graph.abs(x)?,
        "neg" => graph.neg(x)?,
        "reciprocal" => graph.reciprocal(x)?,
        "sin" => graph.sin(x)?,
        "cos" => graph.cos(x)?,
        "erf" => graph.erf(x)?,
        "clamp" => activation::clamp(graph, x, -1.0, 1.0)?,
        "pow3" => {
            let squared = graph.square(x)?;
            graph.mul(squared, x)?
        }
        "residual" => {
            let product = graph.matmul(x, args["w"], false, false)?;
            let branch = graph.relu(product)?;
            graph.add(x, branch)?
        }
        _ => return Err(Refusal::Unsupported),
    })
}

fn linear(graph: &mut Graph, args: &Nodes) -> Result<NodeId, Refusal> {
    let weight = graph.permute(args["weight"], &[1, 0])?;
    let product = graph.matmul(args["x"], weight, false, false)?;
    Ok(match args.get("bias") {
        Some(&bias) => graph.add(product, bias)?,
        None => product,
    })
}

fn conv2d(graph: &mut Graph, attrs: &Value, args: &Nodes) -> Result<NodeId, Refusal> {
    let conv = Conv {
        stride: sizes(attrs, "stride"),
        dilation: sizes(attrs, "dilation"),
        pads: sizes(attrs, "pads"),
        groups: list(attrs, "groups")[0],
    };
    let x = graph.permute(args["x"], &[0, 2, 3, 1])?;
    let weight = graph.permute(args["weight"], &[2, 3, 1, 0])?;
    let mut y = graph.conv2d(x, weight, conv)?;
    if let Some(&bias) = args.get("bias") {
        y = graph.add(y, bias)?;
    }
    Ok(graph.permute(y, &[0, 3, 1, 2])?)
}

/// A convolution of images of one row.
fn conv1d(graph: &mut Graph, attrs: &Value, args: &Nodes) -> Result<NodeId, Refusal> {
    let [stride, padding, dilation, groups] = ["stride", "padding", "dilation", "groups"].map(|name| list(attrs, name)[0]);
    let conv = Conv { stride: [1, stride], dilation: [1, dilation], pads: [0, 0, padding, padding], groups };
    let (&[batch, c_in, length], &[c_out, c_group, taps]) = (&**graph.shape(args["x"]), &**graph.shape(args["weight"])) else {
        return Err(Refusal::Unsupported);
    };
    let x = graph.permute(args["x"], &[0, 2, 1])?;
    let x = graph.reshape(x, [batch, 1, length, c_in])?;
    let weight = graph.permute(args["weight"], &[2, 1, 0])?;
    let weight = graph.reshape(weight, [1, taps, c_group, c_out])?;
    let y = graph.conv2d(x, weight, conv)?;
    let y = graph.add(y, args["bias"])?;
    let steps = graph.shape(y)[2];
    let y = graph.reshape(y, [batch, steps, c_out])?;
    Ok(graph.permute(y, &[0, 2, 1])?)
}

fn pool(graph: &mut Graph, op: &str, attrs: &Value, x: NodeId) -> Result<NodeId, Refusal> {
    let [kernel, stride, padding] = ["kernel", "stride", "padding"].map(|name| list(attrs, name)[0]);
    let pool = Pool {
        kernel: [kernel; 2],
        stride: [stride; 2],
        pads: [padding; 4],
        ceil_mode: flag(attrs, "ceil_mode"),
        count_include_pad: flag(attrs, "count_include_pad"),
    };
    let x = graph.permute(x, &[0, 2, 3, 1])?;
    let y = if op == "max_pool2d" { graph.max_pool(x, pool)? } else { graph.avg_pool(x, pool)? };
    Ok(graph.permute(y, &[0, 3, 1, 2])?)
}

fn batch_norm<'a>(graph: &mut Graph, attrs: &Value, args: &Nodes) -> Result<Nodes<'a>, Refusal> {
    let norm = BatchNorm {
        scale: args["weight"],
        bias: args["bias"],
        mean: args["running_mean"],
        variance: args["running_var"],
        eps: number(attrs, "eps"),
        momentum: number(attrs, "momentum"),
    };
    let shape = graph.shape(args["x"]).clone();
    // Channels come last here, and second there.
    let rank = shape.len();
    let x = graph.permute(args["x"], &[&[0], &(2..rank).collect::<Vec<_>>()[..], &[1]].concat())?;
    let mut outputs = Nodes::new();
    let y = if flag(attrs, "training") {
        let share = graph.constant(1.0 / shape[0] as f64);
        let rows = Rows { weight: graph.broadcast(share, [shape[0]])?, count: graph.constant(shape[0] as f64) };
        let normalised = norm.training(graph, x, rows)?;
        outputs.extend([("running_mean", normalised.mean), ("running_var", normalised.variance)]);
        normalised.y
    } else {
        norm.inference(graph, x)?
    };
    outputs.insert("y", graph.permute(y, &[&[0, rank - 1], &(1..rank - 1).collect::<Vec<_>>()[..]].concat())?);
    Ok(outputs)
}

fn dropout(graph: &mut Graph, attrs: &Value, args: &Nodes) -> Result<NodeId, Refusal> {
    if !flag(attrs, "training") {
        return Ok(args["x"]);
    }
    let kept = graph.mul(args["x"], args["mask"])?;
    Ok(graph.scale(kept, 1.0 / (1.0 - number(attrs, "p")))?)
}

fn softmax(graph: &mut Graph, attrs: &Value, x: NodeId) -> Result<NodeId, Refusal> {
    let (rank, dim) = (graph.shape(x).len(), list(attrs, "dim")[0]);
    let mut axes: Vec<usize> = (0..rank).collect();
    axes.swap(dim, rank - 1); // A swap is its own inverse.
    let x = graph.permute(x, &axes)?;
    let y = if text(attrs, "fn") == "softmax" { graph.softmax(x)? } else { graph.log_softmax(x)? };
    Ok(graph.permute(y, &axes)?)
}

fn reduce(graph: &mut Graph, attrs: &Value, x: NodeId) -> Result<NodeId, Refusal> {
    let (dims, keepdim) = (list(attrs, "dims"), flag(attrs, "keepdim"));
    Ok(match text(attrs, "fn") {
        "sum" => graph.sum(x, &dims, keepdim)?,
        "mean" => graph.mean(x, &dims, keepdim)?,
        "max" => graph.reduce(Reduction::Max, x, &dims, keepdim)?,
        "min" => graph.reduce(Reduction::Min, x, &dims, keepdim)?,
        "var" => graph.variance(x, &dims, keepdim)?,
        "logsumexp" => graph.logsumexp(x, &dims, keepdim)?,
        "norm2" => graph.norm2(x, &dims, keepdim)?,
        "argmax" if dims.len() == 1 => graph.argmax(x, dims[0], keepdim)?,
        _ => return Err(Refusal::Unsupported),
    })
}

fn shape(graph: &mut Graph, attrs: &Value, args: &Nodes) -> Result<NodeId, Refusal> {
    let x = args.get("x").copied();
    Ok(match (text(attrs, "fn"), x) {
        ("permute", Some(x)) => graph.permute(x, &list(attrs, "dims"))?,
        ("reshape", Some(x)) => graph.reshape(x, list(attrs, "shape"))?,
        ("slice", Some(x)) => graph.slice(x, &list(attrs, "starts"), &list(attrs, "ends"), &list(attrs, "steps"))?,
        ("broadcast_to", Some(x)) => graph.broadcast(x, list(attrs, "shape"))?,
        ("pad", Some(x)) => {
            let [left, right, top, bottom] = sizes(attrs, "pads_left_right_top_bottom");
            graph.pad(x, &[0, 0, top, left], &[0, 0, bottom, right], &[0; 4], number(attrs, "value"))?
        }
        ("concat", None) => graph.concat(&[args["a"], args["b"], args["c"]], list(attrs, "dim")[0])?,
        _ => return Err(Refusal::Unsupported),
    })
}

fn losses(graph: &mut Graph, attrs: &Value, args: &Nodes) -> Result<NodeId, Refusal> {
    let (pred, target) = (args.get("pred"), args.get("target"));
    let pair = || pred.copied().zip(target.copied()).ok_or(Refusal::Unsupported);
    let losses = match text(attrs, "loss") {
        "mse" => loss::squared_error(graph, pair()?.0, pair()?.1)?,
        "l1" => loss::absolute_error(graph, pair()?.0, pair()?.1)?,
        "huber" => loss::huber(graph, pair()?.0, pair()?.1, number(attrs, "delta"))?,
        "smooth_l1" => loss::smooth_l1(graph, pair()?.0, pair()?.1, number(attrs, "beta"))?,
        "bce_with_logits" => loss::binary_cross_entropy(graph, args["logits"], args["target"], args.get("pos_weight").copied())?,
        "cross_entropy" => return cross_entropy(graph, attrs, args),
        "nll" => {
            let log_p = args["logp"];
            // Cross-entropy of x is logsumexp(x) - x[target].
            let picked = graph.cross_entropy(log_p, args["target"])?;
            let all = graph.logsumexp(log_p, &[1], false)?;
            graph.sub(picked, all)?
        }
        "kl_div" => {
            let rows = graph.shape(args["p"])[0] as f64;
            let log_p = graph.log(args["p"])?;
            let distance = graph.sub(log_p, args["logq"])?;
            let weighted = graph.mul(args["p"], distance)?;
            let total = graph.sum(weighted, &[0, 1], false)?;
            return Ok(graph.scale(total, 1.0 / rows)?);
        }
        "bce" => {
            let (p, t, one) = (args["prob"], args["target"], graph.constant(1.0));
            let (log_p, rest, other) = (graph.log(p)?, graph.sub(one, p)?, graph.sub(one, t)?);
            let log_rest = graph.log(rest)?;
            let (positive, negative) = (graph.mul(t, log_p)?, graph.mul(other, log_rest)?);
            let sum = graph.add(positive, negative)?;
            graph.neg(sum)?
        }
        _ => return Err(Refusal::Unsupported),
    };
    averaged(graph, attrs, losses)
}

fn averaged(graph: &mut Graph, attrs: &Value, losses: NodeId) -> Result<NodeId, Refusal> {
    let average = match text(attrs, "reduction") {
        "none" => loss::Average::None,
        "mean" => loss::Average::Mean,
        "sum" => loss::Average::Sum,
        _ => return Err(Refusal::Unsupported),
    };
    Ok(average.apply(graph, losses)?)
}

fn cross_entropy(graph: &mut Graph, attrs: &Value, args: &Nodes) -> Result<NodeId, Refusal> {
    let mut logits = args["logits"];
    if let Some(&target) = args.get("target_prob") {
        let losses = loss::soft_cross_entropy(graph, logits, target)?;
        return averaged(graph, attrs, losses);
    }
    let mut target = args["target"];
    if let &[n, c, t] = &**graph.shape(logits) {
        let rows = graph.permute(logits, &[0, 2, 1])?;
        logits = graph.reshape(rows, [n * t, c])?;
        target = graph.reshape(target, [n * t])?;
    }
    if let Some(&class_weight) = args.get("class_weight") {
        let losses = loss::cross_entropy(graph, logits, target, 0.0)?;
        let weights = loss::class_weights(graph, class_weight, target)?;
        return Ok(loss::weighted_mean(graph, losses, weights)?);
    }
    if attrs.get("ignore_index").is_some() {
        // Targets below 0 are no class: such rows count as class 0 with weight 0.
        let zero = graph.constant(0.0);
        let counts = graph.greater_equal(target, zero)?;
        let class = graph.max(target, zero)?;
        let losses = loss::cross_entropy(graph, logits, class, 0.0)?;
        return Ok(loss::weighted_mean(graph, losses, counts)?);
    }
    let smoothing = attrs["label_smoothing"].as_f64().unwrap_or(0.0);
    let losses = loss::cross_entropy(graph, logits, target, smoothing)?;
    averaged(graph, attrs, losses)
}
