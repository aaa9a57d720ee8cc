//! The text of a kernel: constants, bindings and fused expressions put around the files of
//! `shaders/`.

use super::unroll::unroll;
use crate::graph::{Binary, Unary};
use crate::plan::{Fused, Index, Kernel, Slice, Step};
use std::fmt::Write;

/// The text of a file of `shaders/`, named by its path there.
macro_rules! shader {
    ($path:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/shaders/", $path))
    };
}
pub(super) use shader;

/// What is needed to run a kernel.
pub(super) struct Dispatch {
    /// WGSL.
    pub(super) text: String,
    /// Slices in the order of their bindings, and whether each is written.
    pub(super) bindings: Vec<(Slice, bool)>,
    /// Workgroups, along x and y.
    pub(super) grid: [u32; 2],
}

/// Workgroups along one side of a grid, at most.
const MAX_SIDE: usize = 65_535;

/// A text that grows from constants, bindings and files.
pub(super) struct Source {
    constants: Vec<(&'static str, usize)>,
    text: String,
    bindings: Vec<(Slice, bool)>,
    has_runtime_bits: bool,
}

impl Source {
    /// Starts with whole numbers, known both to the text and to its repeated lines.
    pub(super) fn new(constants: &[(&'static str, usize)]) -> Self {
        let mut text = String::new();
        for (name, value) in constants {
            let _ = writeln!(text, "const {name}: u32 = {value}u;");
        }
        Self { constants: constants.to_vec(), text, bindings: Vec::new(), has_runtime_bits: false }
    }

    /// A constant that is no whole number.
    pub(super) fn float(&mut self, name: &str, value: f64) -> &mut Self {
        let _ = writeln!(self.text, "const {name}: f32 = {};", finite(value as f32));
        self
    }

    /// A file of `shaders/`.
    pub(super) fn file(&mut self, text: &str) -> &mut Self {
        self.text.push_str(&unroll(text, &self.constants));
        self
    }

    /// A line of text.
    pub(super) fn line(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self.text.push('\n');
        self
    }

    /// The next binding, read as `array<f32>`.
    pub(super) fn reads(&mut self, name: &str, slice: Slice) -> &mut Self {
        self.binds(name, slice, "read", "f32")
    }

    /// The next binding, read as `array<vec4<f32>>`.
    pub(super) fn reads_quads(&mut self, name: &str, slice: Slice) -> &mut Self {
        self.binds(name, slice, "read", "vec4<f32>")
    }

    /// The next binding, read as `array<u32>`.
    pub(super) fn reads_words(&mut self, name: &str, slice: Slice) -> &mut Self {
        self.binds(name, slice, "read", "u32")
    }

    /// The next binding, written as `array<f32>`.
    pub(super) fn writes(&mut self, name: &str, slice: Slice) -> &mut Self {
        self.binds(name, slice, "read_write", "f32")
    }

    /// The next binding, changed as `array<u32>`.
    pub(super) fn writes_words(&mut self, name: &str, slice: Slice) -> &mut Self {
        self.binds(name, slice, "read_write", "u32")
    }

    fn binds(&mut self, name: &str, slice: Slice, access: &str, word: &str) -> &mut Self {
        let binding = self.bindings.len();
        let _ = writeln!(self.text, "@group(0) @binding({binding}) var<storage, {access}> {name}: array<{word}>;");
        self.bindings.push((slice, access != "read"));
        self
    }

    /// Bindings for the outputs and a function `store(e, value)` that applies the epilogue and
    /// writes element `e`. Further outputs follow the first and have no epilogue.
    pub(super) fn store(&mut self, epilogue: &Fused, args: &[Slice], outputs: &[Slice]) -> &mut Self {
        self.epilogue("f32", epilogue, args, outputs, &[]);
        self.store_function("store_in(e: u32, column: vec4<f32>, value: f32)", 1, "epilogue(e, column, value)", outputs);
        self.line("fn store(e: u32, value: f32) { store_in(e, vec4<f32>(), value); }")
    }

    /// As [`Source::store`] for tiles over columns of a matrix `cols` wide: operands that depend on
    /// the column alone (a bias) are read once per column by `column_of(col)`, whose result
    /// `store_in(e, column, value)` takes. With `has_quads` outputs are bound as `vec4<f32>`, and
    /// `store_quad(e, col, value)` takes its place: it writes four neighbours of a row.
    pub(super) fn store_by_column(
        &mut self,
        cols: usize,
        epilogue: &Fused,
        args: &[Slice],
        outputs: &[Slice],
        has_quads: bool,
    ) -> &mut Self {
        let hoisted: Vec<usize> = (0..args.len()).filter(|at| epilogue.args[*at] == Index::Modulo(cols)).take(4).collect();
        self.epilogue(if has_quads { "vec4<f32>" } else { "f32" }, epilogue, args, outputs, &hoisted);
        let mut parts: Vec<String> = hoisted.iter().map(|at| format!("epilogue_{at}[col]")).collect();
        parts.resize(4, "0.0".to_owned());
        self.line(&format!("fn column_of(col: u32) -> vec4<f32> {{ return vec4<f32>({}); }}", parts.join(", ")));
        if has_quads {
            let each = [0, 1, 2, 3].map(|at| format!("epilogue(e + {at}u, column_of(col + {at}u), value[{at}])"));
            self.store_function("store_quad(e: u32, col: u32, value: vec4<f32>)", 4, &format!("vec4<f32>({})", each.join(", ")), outputs)
        } else {
            self.store_function("store_in(e: u32, column: vec4<f32>, value: f32)", 1, "epilogue(e, column, value)", outputs)
        }
    }

    /// Bindings for the outputs, and the epilogue as a function.
    fn epilogue(&mut self, word: &str, epilogue: &Fused, args: &[Slice], outputs: &[Slice], hoisted: &[usize]) {
        for (at, output) in outputs.iter().enumerate() {
            self.binds(&format!("y_{at}"), *output, "read_write", word);
        }
        self.function_of("epilogue", epilogue, Some("value"), args, hoisted);
    }

    /// A function that writes the `words` words of `value` from element `e` on to the output that
    /// has it; the first output takes `with_epilogue` instead.
    fn store_function(&mut self, signature: &str, words: usize, with_epilogue: &str, outputs: &[Slice]) -> &mut Self {
        let mut body = String::new();
        let mut end = 0;
        for (number, output) in outputs.iter().enumerate() {
            let at = quotient(&format!("(e - {end}u)"), words);
            end += output.len;
            let value = if number == 0 { with_epilogue } else { "value" };
            let _ = match number + 1 == outputs.len() {
                true => writeln!(body, "    y_{number}[{at}] = {value};"),
                false => writeln!(body, "    if e < {end}u {{ y_{number}[{at}] = {value}; return; }}"),
            };
        }
        self.line(&format!("fn {signature} {{\n{body}}}"))
    }

    /// A function `name(e)` or `name(e, value)` that works out a fused expression, and bindings for
    /// its operands.
    pub(super) fn function(&mut self, name: &str, fused: &Fused, value: Option<&str>, args: &[Slice]) -> &mut Self {
        self.function_of(name, fused, value, args, &[])
    }

    /// As [`Source::function`]; operands in `hoisted` are components of a parameter `column`, if
    /// there are any.
    fn function_of(&mut self, name: &str, fused: &Fused, value: Option<&str>, args: &[Slice], hoisted: &[usize]) -> &mut Self {
        assert!(fused.args.len() == args.len(), "{name} has {} operands and {} slices", fused.args.len(), args.len());
        for (at, slice) in args.iter().enumerate() {
            self.reads(&format!("{name}_{at}"), *slice);
        }
        let mut body = String::new();
        for (at, step) in fused.expr.steps.iter().enumerate() {
            let text = match *step {
                Step::Arg(0) if value.is_some() => "value".to_owned(),
                Step::Arg(arg) => {
                    let arg = arg - usize::from(value.is_some());
                    match hoisted.iter().position(|at| *at == arg) {
                        Some(component) => format!("column[{component}]"),
                        None => format!("{name}_{arg}[{}]", index(&fused.args[arg])),
                    }
                }
                Step::Constant(value) => self.number(value),
                Step::Unary(function, x) => unary(function, &format!("v{x}")),
                Step::Binary(function, a, b) => binary(function, &format!("v{a}"), &format!("v{b}")),
                Step::Select(c, a, b) => format!("select(v{b}, v{a}, v{c} != 0.0)"),
            };
            let _ = writeln!(body, "    let v{at} = {text};");
        }
        let last = fused.expr.steps.len() - 1;
        let parameters = if value.is_some() { "e: u32, column: vec4<f32>, value: f32" } else { "e: u32" };
        self.line(&format!("fn {name}({parameters}) -> f32 {{\n{body}    return v{last};\n}}"))
    }

    /// A number of an expression. WGSL has no text for infinities and NaN, and refuses constant
    /// expressions that yield one.
    fn number(&mut self, value: f32) -> String {
        if value.is_finite() {
            return finite(value);
        }
        if !self.has_runtime_bits {
            self.has_runtime_bits = true;
            self.line("fn number_of_bits(bits: u32) -> f32 { var word = bits; return bitcast<f32>(word); }");
        }
        format!("number_of_bits({:#x}u)", value.to_bits())
    }

    /// The finished text, for `groups` workgroups.
    pub(super) fn finish(self, groups: usize) -> Dispatch {
        assert!(self.bindings.len() <= Kernel::MAX_BINDINGS, "a kernel binds {} buffers", self.bindings.len());
        let width = groups.clamp(1, MAX_SIDE);
        let height = groups.div_ceil(width).max(1);
        assert!(height <= MAX_SIDE, "{groups} workgroups do not fit a grid");
        let grid = shader!("shared/grid.wgsl");
        let text = format!("const GRID_WIDTH: u32 = {width}u;\n{grid}{}", self.text);
        Dispatch { text, bindings: self.bindings, grid: [width as u32, height as u32] }
    }
}

/// The shortest text that reads back as the same f32.
pub(super) fn finite(value: f32) -> String {
    assert!(value.is_finite(), "infinities and NaN have no text in WGSL");
    format!("{value:?}f")
}

/// The element that an operand is read at for element `e`.
fn index(index: &Index) -> String {
    match index {
        Index::Linear => "e".to_owned(),
        Index::Scalar => "0u".to_owned(),
        Index::Modulo(n) => remainder("e", *n),
        Index::Divide(n) => quotient("e", *n),
        Index::Strided { base, axes } => {
            let mut parts = if *base == 0 { Vec::new() } else { vec![format!("{base}u")] };
            let mut below = 1;
            for (at, (extent, stride)) in axes.iter().enumerate().rev() {
                if *stride != 0 {
                    let outer = quotient("e", below);
                    let coordinate = if at == 0 { outer } else { remainder(&outer, *extent) };
                    parts.push(if *stride == 1 { coordinate } else { format!("{coordinate} * {stride}u") });
                }
                below *= extent;
            }
            if parts.is_empty() { "0u".to_owned() } else { parts.join(" + ") }
        }
    }
}

/// `x / n`, by a shift where that is the same: software adapters divide lane by lane.
fn quotient(x: &str, n: usize) -> String {
    match n {
        1 => x.to_owned(),
        n if n.is_power_of_two() => format!("({x} >> {}u)", n.trailing_zeros()),
        n => format!("({x} / {n}u)"),
    }
}

/// `x % n`, by a mask where that is the same.
fn remainder(x: &str, n: usize) -> String {
    match n {
        1 => "0u".to_owned(),
        n if n.is_power_of_two() => format!("({x} & {}u)", n - 1),
        n => format!("({x} % {n}u)"),
    }
}

/// Whether an epilogue is so little work that a copy of it for each result of a tile compiles
/// faster than a loop over them runs.
pub(super) fn is_short(epilogue: &Fused) -> bool {
    let is_cheap = |step: &Step| match step {
        Step::Arg(_) | Step::Constant(_) | Step::Binary(..) | Step::Select(..) => true,
        Step::Unary(function, _) => {
            matches!(function, Unary::Neg | Unary::Abs | Unary::Sign | Unary::Sqrt | Unary::Reciprocal | Unary::Square | Unary::Relu)
        }
    };
    let is_plain = |index: &Index| !matches!(index, Index::Strided { .. });
    epilogue.expr.steps.len() <= 8 && epilogue.expr.steps.iter().all(is_cheap) && epilogue.args.iter().all(is_plain)
}

/// The number of the product that an operand of a batch is read at, as a function `name(z)`.
pub(super) fn index_function(name: &str, at: &Index) -> String {
    format!("fn {name}(e: u32) -> u32 {{ return {}; }}", index(at))
}

/// A function of one operand, given as text.
pub(super) fn unary(function: Unary, x: &str) -> String {
    match function {
        Unary::Neg => format!("-{x}"),
        Unary::Abs => format!("abs({x})"),
        Unary::Sign => format!("sign({x})"),
        Unary::Sqrt => format!("sqrt({x})"),
        Unary::Rsqrt => format!("(1.0 / sqrt({x}))"),
        Unary::Reciprocal => format!("(1.0 / {x})"),
        Unary::Square => format!("({x} * {x})"),
        Unary::Exp => format!("math_exp({x})"),
        Unary::Log => format!("math_log({x})"),
        Unary::Log1p => format!("math_log1p({x})"),
        Unary::Tanh => format!("math_tanh({x})"),
        Unary::Erf => format!("math_erf({x})"),
        Unary::Sin => format!("math_sin({x})"),
        Unary::Cos => format!("math_cos({x})"),
        Unary::Sigmoid => format!("math_sigmoid({x})"),
        Unary::Softplus => format!("math_softplus({x})"),
        // A NaN stays a NaN; the maximum of some drivers would hide it.
        Unary::Relu => format!("select({x}, 0.0, {x} <= 0.0)"),
    }
}

/// A function of two.
pub(super) fn binary(function: Binary, a: &str, b: &str) -> String {
    match function {
        Binary::Add => format!("({a} + {b})"),
        Binary::Sub => format!("({a} - {b})"),
        Binary::Mul => format!("({a} * {b})"),
        Binary::Div => format!("({a} / {b})"),
        Binary::Max => format!("select(select({b}, {a}, {a} > {b}), {a}, {a} != {a})"),
        Binary::Min => format!("select(select({b}, {a}, {a} < {b}), {a}, {a} != {a})"),
        Binary::Greater => format!("select(0.0, 1.0, {a} > {b})"),
        Binary::GreaterEqual => format!("select(0.0, 1.0, {a} >= {b})"),
        Binary::Equal => format!("select(0.0, 1.0, {a} == {b})"),
    }
}
