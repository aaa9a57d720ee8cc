//! The kinds of layers: one file each, with all that is known of a kind without running it.
//!
//! A kind says how it is written, what it yields for what comes in, which tensors it has, what it
//! costs, and what an editor shows of it. The engine has a file of the same name under `src/nn`,
//! which builds its graph. A new kind is a file here, a variant of [`Layer`], and that twin.

mod act;
mod conv;
mod dense;
mod dropout;
mod field;
mod flatten;
mod global_mean;
mod mean;
mod norm;
mod pool;
mod upsample;

pub use act::Act;
pub use conv::{Conv, Groups};
pub use dense::Dense;
pub use dropout::Dropout;
pub use field::{Field, Value};
pub use flatten::Flatten;
pub use global_mean::GlobalMean;
pub use mean::Mean;
pub use norm::Norm;
pub use pool::Pool;
pub use upsample::{Sampling, Upsample};

use crate::Activation;
use crate::args::Args;
use crate::extent::Extent;
use crate::tensor::Tensor;
use crate::text_error::TextError;
use serde::{Deserialize, Serialize};

/// Least and most units of a dense layer or channels of a convolution.
pub const WIDTHS: (usize, usize) = (1, 4096);

/// What each kind says of itself.
pub(crate) trait Kind {
    /// The text of the item.
    fn write(&self) -> String;
    /// What comes out for what comes in.
    ///
    /// # Errors
    /// The end of a sentence that begins with the layer's name.
    fn output(&self, input: Extent) -> Result<Extent, String>;
    /// Its trainable tensors and statistics, in the order of their declaration. `has_bias` is false
    /// before a normalisation.
    fn tensors(&self, _input: Extent, _has_bias: bool) -> Vec<Tensor> {
        Vec::new()
    }
    /// Multiply-adds of products and convolutions for a sample; the largest number if they are
    /// more.
    fn multiply_adds(&self, _input: Extent, _output: Extent) -> u64 {
        0
    }
    /// What an editor shows, in order.
    fn fields(&self) -> Vec<Field>;
    /// Sets one of [`Kind::fields`]; another name or a value of another type changes nothing.
    fn set(&mut self, field: &str, value: Value);
    /// One with usual settings.
    fn usual(activation: Activation) -> Self
    where
        Self: Sized;
    /// What it is called: `Convolve 3×3`.
    fn title(&self) -> String;
    /// What else is to be said of it in a word or two: `tanh`, `max, 2`.
    fn detail(&self) -> String;
    /// The activation it ends in, where it has one.
    fn activation(&self) -> Option<Activation> {
        None
    }
}

/// Declares [`Layer`] and what is the same for all kinds.
macro_rules! layers {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $title:literal, $path:literal, $options:expr;)+) => {
        /// One layer, as a visitor chooses it. Shapes follow from the data.
        #[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
        pub enum Layer { $($(#[$doc])* $name($name)),+ }

        /// The kinds' words in a model's text.
        pub(crate) const KINDS: [&str; [$($word),+].len()] = [$($word),+];

        impl Layer {
            /// Reads the arguments of a kind; `None` if it is no kind of layer.
            pub(crate) fn read(kind: &str, args: &mut Args<'_>) -> Option<Result<Self, TextError>> {
                match kind {
                    $($word => Some($name::read(args).map(Self::$name)),)+
                    _ => None,
                }
            }
            /// The names of its options in a model's text.
            pub(crate) fn options(&self) -> &'static [&'static str] {
                match self { $(Self::$name(_) => $options),+ }
            }
            /// One of each kind with usual settings, in the order in which an editor offers them.
            pub fn usual(activation: Activation) -> [Self; KINDS.len()] {
                [$(Self::$name($name::usual(activation))),+]
            }
            /// Its kind's word in a model's text: `globalmean`.
            pub fn kind_id(&self) -> &'static str {
                match self { $(Self::$name(_) => $word),+ }
            }
            /// What its kind is called: `Global mean`.
            pub fn kind_title(&self) -> &'static str {
                match self { $(Self::$name(_) => $title),+ }
            }
            /// The stem of its names among those of its list: `dense` in `dense2.weight`.
            pub fn stem(&self) -> &'static str {
                match self { $(Self::$name(_) => $path),+ }
            }
            fn kind(&self) -> &dyn Kind {
                match self { $(Self::$name(layer) => layer),+ }
            }
            fn kind_mut(&mut self) -> &mut dyn Kind {
                match self { $(Self::$name(layer) => layer),+ }
            }
        }
    };
}

layers! {
    /// Fully connected.
    Dense = "dense", "Dense", "dense", &[];
    /// 2-D convolution.
    Conv = "conv", "Convolve", "conv", &["valid", "stride2", "dilation2", "groups2", "depthwise"];
    /// Maximum over windows.
    Pool = "pool", "Max pool", "pool", &[];
    /// Mean over windows.
    Mean = "mean", "Mean pool", "pool", &[];
    /// Mean over rows and columns, or over time.
    GlobalMean = "globalmean", "Global mean", "pool", &[];
    /// Batch normalisation.
    Norm = "norm", "Batch norm", "norm", &[];
    /// Drops values in training.
    Dropout = "dropout", "Dropout", "dropout", &[];
    /// An activation by itself.
    Act = "act", "Activation", "act", &[];
    /// Rows, columns and channels become one axis.
    Flatten = "flatten", "Flatten", "flatten", &[];
    /// More rows and columns.
    Upsample = "upsample", "Upsample", "upsample", &["bilinear"];
}

impl Layer {
    /// The text of the item.
    pub fn write(&self) -> String {
        self.kind().write()
    }

    /// Whether its numbers are in their ranges, as they are if it was read from text.
    ///
    /// # Errors
    /// The end of a sentence that begins with the layer's name.
    pub(crate) fn check_ranges(&self) -> Result<(), String> {
        for Field { name, value, range: (least, most), .. } in self.fields() {
            if let Value::Number(number) = value
                && !(least..=most).contains(&number)
            {
                return Err(format!("has {number} as {name}, which is not between {least} and {most}"));
            }
        }
        Ok(())
    }

    /// What comes out for what comes in.
    ///
    /// # Errors
    /// The end of a sentence that begins with the layer's name.
    pub fn output(&self, input: Extent) -> Result<Extent, String> {
        self.kind().output(input)
    }

    /// Its tensors in the order of their declaration.
    pub(crate) fn tensors(&self, input: Extent, has_bias: bool) -> Vec<Tensor> {
        self.kind().tensors(input, has_bias)
    }

    /// Multiply-adds for a sample; the largest number if they are more.
    pub(crate) fn multiply_adds(&self, input: Extent, output: Extent) -> u64 {
        self.kind().multiply_adds(input, output)
    }

    /// What an editor shows, in order.
    pub fn fields(&self) -> Vec<Field> {
        self.kind().fields()
    }

    /// Sets one of [`Layer::fields`]; another name or a value of another type changes nothing.
    pub fn set(&mut self, field: &str, value: Value) {
        self.kind_mut().set(field, value);
    }

    /// What it is called: `Convolve 3×3`.
    pub fn title(&self) -> String {
        self.kind().title()
    }

    /// What else is to be said of it in a word or two: `tanh`, `max, 2`.
    pub fn detail(&self) -> String {
        self.kind().detail()
    }

    /// The activation it ends in, where it has one.
    pub fn activation(&self) -> Option<Activation> {
        self.kind().activation()
    }

    /// Whether it has weights and passes their sum on as it is: then a normalisation behind it
    /// makes its bias worthless.
    pub(crate) fn is_linear(&self) -> bool {
        matches!(self, Self::Dense(_) | Self::Conv(_)) && self.activation() == Some(Activation::Linear)
    }
}
