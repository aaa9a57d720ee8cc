//! The two kernels that end a step. What happens to a parameter is the expression that
//! `plan/update/rule.rs` writes down; the numbers of a step are written here as text, the twin of
//! `Update::constants` and `plan/update/schedule.rs`.

use super::super::text::{Dispatch, Source, binary, finite, shader, unary};
use super::{COMBINE, MOST_LANES, together, with_math};
use crate::plan::update::{Clip, Optimizer, Penalty, Rates, Schedule, Update};
use crate::plan::{Kernel, Kind, NamedSlice, Program, Routine, Step, Target, state};
use std::fmt::Write;

/// Workgroups that keep the cores under a software adapter busy.
const SOFTWARE_WORKGROUPS: usize = 8;

/// Parameters that one workgroup looks at and changes: as many as the partial results have room
/// for, or more.
fn chunk(len: usize, target: Target) -> usize {
    match target {
        Target::Gpu => Kind::GUARD_CHUNK,
        // Each has to put its sum together, and barriers are dear.
        Target::Cpu | Target::SoftwareGpu => len.div_ceil(SOFTWARE_WORKGROUPS).max(Kind::GUARD_CHUNK),
    }
}

fn update_of(program: &Program) -> &Update {
    program.update.as_ref().expect("only a program that trains has a guard and an optimizer")
}

/// Invocations of a workgroup. On a real GPU they are many, so that each waits for few loads after
/// another.
fn update_lanes(target: Target) -> usize {
    match target {
        Target::Gpu => MOST_LANES,
        Target::Cpu | Target::SoftwareGpu => together(target),
    }
}

pub(super) fn guard(program: &Program, kernel: &Kernel, target: Target) -> Dispatch {
    let (len, rows) = (kernel.inputs[1].len, kernel.inputs[2].len);
    let (is_l1, is_l2) = match update_of(program).penalty {
        Penalty::L1(_) => (true, false),
        Penalty::L2(_) => (false, true),
        Penalty::None | Penalty::PlaygroundL1(_) | Penalty::PlaygroundL2(_) => (false, false),
    };
    let next_stats = (kernel.inputs.len() > 5).then(|| kernel.inputs[4]);
    let chunk = chunk(len, target);
    let chunks = len.div_ceil(chunk);
    let mut source = Source::new(&[
        ("LEN", len),
        ("ROWS", rows),
        ("CHUNK", chunk),
        ("CHUNKS", chunks),
        ("LANES", update_lanes(target)),
        ("OUTPUTS", 1),
        ("TENSORS", program.params.len()),
        ("SUSPECTS", suspects(program)),
        ("STATS", next_stats.map_or(0, |slice| slice.len)),
        ("IS_L1", usize::from(is_l1)),
        ("IS_L2", usize::from(is_l2)),
        ("PENALTY_RATE", state::PENALTY_RATE),
    ]);
    for (name, input) in ["params", "grads", "row_loss", "row_weight"].into_iter().zip(&kernel.inputs) {
        source.reads(name, *input);
    }
    if let Some(slice) = next_stats {
        source.reads("next_stats", slice).line(&index_of_tensor("stat_of", &program.stats));
    }
    if is_l1 || is_l2 {
        source.reads_words("state", *kernel.inputs.last().expect("a guard reads the state"));
    }
    source.writes("partials", kernel.outputs[0]);
    source.line(&index_of_tensor("tensor_of", &program.params)).line(&is_weight(program)).file(COMBINE).file(shader!("guard.wgsl"));
    source.finish(chunks + 1)
}

pub(super) fn optimizer(program: &Program, routine: &Routine, kernel: &Kernel, target: Target) -> Dispatch {
    let update = update_of(program);
    let len = kernel.outputs[0].len;
    let chunk = chunk(len, target);
    let chunks = len.div_ceil(chunk);
    let next_stats = kernel.inputs.get(2).copied();
    let stats_len = next_stats.map_or(0, |slice| slice.len);
    let mut source = with_math(&[
        ("LEN", len),
        ("CHUNK", chunk),
        ("CHUNKS", chunks),
        ("LANES", update_lanes(target)),
        ("OUTPUTS", 1),
        ("SUSPECTS", suspects(program)),
        ("STATS", stats_len),
        ("STATS_CHUNK", stats_len.div_ceil(chunks)),
        ("EPOCH_STEPS", routine.gather.as_ref().map_or(1, |gather| gather.epoch_steps())),
        ("STEP", state::STEP),
        ("IS_FROZEN", state::IS_FROZEN),
        ("VALID_ROWS", state::VALID_ROWS),
        ("DONE", state::DONE),
        ("BAD_STEP", state::BAD_STEP),
        ("BAD_TENSOR", state::BAD_TENSOR),
        ("EPOCH_LOSS", state::EPOCH_LOSS),
        ("EPOCH_ROWS", state::EPOCH_ROWS),
        ("LAST_EPOCH_LOSS", state::LAST_EPOCH_LOSS),
        ("EPOCHS", state::EPOCHS),
        ("GRAD_NORM", state::GRAD_NORM),
        ("LAST_RATE", state::LAST_RATE),
        ("LEARNING_RATE", state::LEARNING_RATE),
        ("PENALTY_RATE", state::PENALTY_RATE),
        ("RING", state::RING),
        ("RING_LEN", state::RING_LEN),
    ]);
    source.float("PI", std::f64::consts::PI);
    source.reads("grads", kernel.inputs[0]).reads("partials", kernel.inputs[1]);
    if let Some(slice) = next_stats {
        source.reads("next_stats", slice);
    }
    source.writes("params", kernel.outputs[0]);
    if update.moments() > 0 {
        source.writes("moments", kernel.outputs[1]);
    }
    let state = kernel.outputs.len() - 1;
    if next_stats.is_some() {
        source.writes("stats", kernel.outputs[state - 1]);
    }
    source.writes_words("state", kernel.outputs[state]);
    source.line(&is_weight(program)).file(COMBINE);
    source.file(shader!("optimizer.wgsl"));
    source.line(&constants_of_step(update)).line(&change(update));
    source.finish(chunks)
}

/// What may be not finite: each gradient, the loss, each statistic.
fn suspects(program: &Program) -> usize {
    program.params.len() + 1 + program.stats.len()
}

/// A function that tells to which of some tensors element `e` of their buffer belongs.
fn index_of_tensor(name: &str, tensors: &[NamedSlice]) -> String {
    let mut body = format!("fn {name}(e: u32) -> u32 {{\n    var tensor = 0u;\n");
    for (at, tensor) in tensors.iter().enumerate().skip(1) {
        let _ = writeln!(body, "    if e >= {}u {{ tensor = {at}u; }}", tensor.slice.offset);
    }
    body.push_str("    return tensor;\n}");
    body
}

/// A function that tells whether penalties apply to element `e` of the parameters. What lies
/// between tensors is 0 and stays 0.
fn is_weight(program: &Program) -> String {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for (param, _) in program.params.iter().zip(&program.is_regularised).filter(|(_, is_regularised)| **is_regularised) {
        let end = param.slice.offset + param.slice.len;
        ranges.push((param.slice.offset, end));
    }
    let tests: Vec<String> = ranges.iter().map(|(start, end)| format!("(e >= {start}u && e < {end}u)")).collect();
    let test = if tests.is_empty() { "false".to_owned() } else { tests.join(" || ") };
    format!("fn is_weight(e: u32) -> bool {{ return {test}; }}")
}

/// A number of the rule in f32.
fn number(value: f64) -> String {
    finite(value as f32)
}

/// The function `constants_of_step(step, norm)`: `Update::constants`, `Update::clip_scale` and
/// `Schedule::rate`.
fn constants_of_step(update: &Update) -> String {
    let base = "bitcast<f32>(state[LEARNING_RATE])";
    let rate = match update.schedule {
        Schedule::Constant => base.to_owned(),
        Schedule::Step { step_size, gamma } => {
            format!("{base} * math_exp({} * f32(step / {}u))", number(libm::log(gamma)), step_size.max(1))
        }
        Schedule::Exponential { gamma } => format!("{base} * math_exp({} * f32(step))", number(libm::log(gamma))),
        Schedule::Cosine { t_max, eta_min } => {
            format!("half_cosine({base}, {}, {})", number(eta_min), progress("f32(step)", f64::from(t_max)))
        }
        Schedule::LinearWarmup { warmup } => format!("{base} * {}", progress("f32(step + 1u)", f64::from(warmup))),
        Schedule::WarmupCosine { warmup, t_max } => {
            let rising = format!("{base} * {}", progress("f32(step + 1u)", f64::from(warmup)));
            let falling = progress(&format!("f32(step - {warmup}u)"), f64::from(t_max) - f64::from(warmup));
            format!("select(half_cosine({base}, 0.0, {falling}), {rising}, step < {warmup}u)")
        }
        Schedule::OneCycle { max_lr, total } => {
            let (first, peak) = (max_lr / 25.0, 0.3 * f64::from(total) - 1.0);
            let rising = format!("half_cosine({}, {}, {})", number(first), number(max_lr), progress("f32(step)", peak));
            let left = progress(&format!("(f32(step) - {})", number(peak)), f64::from(total) - 1.0 - peak);
            let falling = format!("half_cosine({}, {}, {left})", number(max_lr), number(first / 1e4));
            format!("select({falling}, {rising}, f32(step) <= {})", number(peak))
        }
    };
    let correction = |beta: f64| {
        if beta == 0.0 { "1.0".to_owned() } else { format!("-math_expm1(f32(step + 1u) * {})", number(libm::log(beta))) }
    };
    let (mut correction1, mut correction2, mut intake, mut decay) = ("1.0".to_owned(), "1.0".to_owned(), "1.0".to_owned(), String::new());
    match update.optimizer {
        Optimizer::Adam { beta1, beta2, .. } | Optimizer::AdamW { beta1, beta2, .. } => {
            (correction1, correction2) = (correction(beta1), correction(beta2));
        }
        Optimizer::Sgd { dampening, .. } => intake = format!("select(1.0, {}, step > 0u)", number(1.0 - dampening)),
        Optimizer::Adagrad { lr_decay, .. } => decay = format!(" / (1.0 + f32(step) * {})", number(lr_decay)),
        Optimizer::RmsProp { .. } => {}
    }
    let clip_scale = match update.clip {
        Clip::Norm(limit) => format!("min({} / (norm + 1e-6), 1.0)", number(limit)),
        Clip::None | Clip::Value(_) => "1.0".to_owned(),
    };
    let decoupled = if let Optimizer::AdamW { weight_decay, .. } = update.optimizer { weight_decay } else { 0.0 };
    let (mut l1, mut l2, mut playground) = ("0.0", "0.0", "0.0");
    match update.penalty {
        Penalty::None => {}
        Penalty::L1(_) => l1 = "penalty",
        Penalty::L2(_) => l2 = "penalty",
        Penalty::PlaygroundL1(_) | Penalty::PlaygroundL2(_) => playground = "penalty * rate",
    }
    format!(
        "fn constants_of_step(step: u32, norm: f32) -> StepConstants {{\n    \
         let rate = ({rate}){decay};\n    \
         let penalty = bitcast<f32>(state[PENALTY_RATE]);\n    \
         return StepConstants(rate, rate / ({correction1}), 1.0 / sqrt({correction2}), rate * {}, {intake}, {clip_scale}, {l1}, {l2}, {playground});\n}}",
        number(decoupled)
    )
}

/// `of / all`, at most 1; 1 where `all` is not above 0: a schedule of no steps is over at once.
fn progress(of: &str, all: f64) -> String {
    if all > 0.0 { format!("min({of} / {}, 1.0)", number(all)) } else { "1.0".to_owned() }
}

/// The function `change(e, constants)`: [`Update::apply`] for one element.
fn change(update: &Update) -> String {
    let moment = |at: usize| if at == 0 { "moments[e]".to_owned() } else { format!("moments[LEN * {at}u + e]") };
    let count = update.moments();
    let rule = update.element_rule();
    let mut arguments = vec!["params[e]".to_owned(), "grads[e]".to_owned()];
    arguments.extend((0..count).map(moment));
    arguments.extend(Rates::<f32>::NAMES.iter().map(|name| match *name {
        "l1" | "l2" | "playground" => format!("select(0.0, step.{name}, is_weight(e))"),
        name => format!("step.{name}"),
    }));
    let mut body = "fn change(e: u32, step: StepConstants) {\n".to_owned();
    for (at, step) in rule.steps.iter().enumerate() {
        let text = match *step {
            Step::Arg(argument) => arguments[argument].clone(),
            Step::Constant(value) => finite(value),
            Step::Unary(function, x) => unary(function, &format!("v{x}")),
            Step::Binary(function, a, b) => binary(function, &format!("v{a}"), &format!("v{b}")),
            Step::Select(c, a, b) => format!("select(v{b}, v{a}, v{c} != 0.0)"),
        };
        let _ = writeln!(body, "    let v{at} = {text};");
    }
    let targets = std::iter::once("params[e]".to_owned()).chain((0..count).map(moment));
    for (target, result) in targets.zip(&rule.results) {
        let _ = writeln!(body, "    {target} = v{result};");
    }
    body.push('}');
    body
}
