//! Convolutions and their gradients. On a real GPU they are products, whose tiles go through
//! workgroup memory; on a software adapter each of the three has a text that keeps its sums in
//! registers, where the shapes allow.

use super::super::text::shader;
use super::super::text::{Dispatch, Source, is_short};
use super::super::tiles;
use super::gemm::{Product, Quads, group_of};
use super::with_math;
use crate::plan::kernel::{ConvKernel, Direction};
use crate::plan::{Kernel, Target};

pub(super) fn conv(kernel: &Kernel, conv: &ConvKernel, target: Target) -> Dispatch {
    if target == Target::Gpu {
        let (product, constants, operands) = as_product(conv);
        return product.through_workgroup_memory(constants, |source, quads| bind(source, kernel, conv, ["a", "b"], operands, quads));
    }
    let in_registers = if conv.groups > 1 {
        None
    } else {
        match conv.direction {
            Direction::Forward => forward(kernel, conv),
            Direction::InputGrad => input_grad(kernel, conv),
            Direction::WeightGrad => weight_grad(kernel, conv),
        }
    };
    in_registers.unwrap_or_else(|| {
        let (product, constants, operands) = as_product(conv);
        product.directly(constants, |source, quads| bind(source, kernel, conv, ["a", "b"], operands, quads))
    })
}

fn bind(source: &mut Source, kernel: &Kernel, conv: &ConvKernel, names: [&str; 2], file: &str, quads: Quads) {
    let channels = if conv.direction == Direction::InputGrad { conv.c_in } else { conv.c_out };
    quads.bind(source, names, &kernel.inputs);
    source.store_by_column(channels, &kernel.epilogue, &kernel.inputs[2..], &kernel.outputs, quads.y).file(file);
}

fn extents(conv: &ConvKernel) -> Vec<(&'static str, usize)> {
    vec![
        ("BATCH", conv.batch),
        ("H", conv.input[0]),
        ("W", conv.input[1]),
        ("C_IN", conv.c_in),
        ("OH", conv.output[0]),
        ("OW", conv.output[1]),
        ("C_OUT", conv.c_out),
        ("KERNEL_Y", conv.kernel[0]),
        ("KERNEL_X", conv.kernel[1]),
        ("STRIDE_Y", conv.stride[0]),
        ("STRIDE_X", conv.stride[1]),
        ("DILATION_Y", conv.dilation[0]),
        ("DILATION_X", conv.dilation[1]),
        ("PAD_Y", conv.pads[0]),
        ("PAD_X", conv.pads[1]),
    ]
}

/// A convolution as a matrix product: its extents, constants, and the file of its operands.
fn as_product(conv: &ConvKernel) -> (Product, Vec<(&'static str, usize)>, &'static str) {
    let (group_in, group_out) = (conv.c_in / conv.groups, conv.c_out / conv.groups);
    let taps = conv.kernel[0] * conv.kernel[1];
    let pixels = |[h, w]: [usize; 2]| conv.batch * h * w;
    let (m, cols, terms, file) = match conv.direction {
        Direction::Forward => (pixels(conv.output), group_out, taps * group_in, shader!("conv_forward.wgsl")),
        Direction::InputGrad => (pixels(conv.input), group_in, taps * group_out, shader!("conv_input_grad.wgsl")),
        Direction::WeightGrad => (taps * group_in, group_out, pixels(conv.output), shader!("conv_weight_grad.wgsl")),
    };
    // Channels of a group lie side by side.
    let [in_has_quads, out_has_quads] = [group_in, group_out].map(|channels| channels.is_multiple_of(4));
    let product = Product {
        rows: m + usize::from(conv.has_sum_row),
        cols,
        terms,
        batches: conv.groups,
        parts: conv.split,
        a_runs_along_k: conv.direction != Direction::WeightGrad,
        b_runs_along_k: conv.direction == Direction::InputGrad,
        quads: match conv.direction {
            Direction::Forward | Direction::WeightGrad => Quads { a: in_has_quads, b: out_has_quads, y: out_has_quads },
            Direction::InputGrad => Quads { a: out_has_quads, b: out_has_quads, y: in_has_quads },
        },
    };
    let mut constants = extents(conv);
    constants.extend([("M", m), ("GROUP_IN", group_in), ("GROUP_OUT", group_out)]);
    (product, constants, file)
}

/// Cells of a row that `taps` taps cover.
fn reach(taps: usize, dilation: usize) -> usize {
    (taps - 1) * dilation + 1
}

fn forward(kernel: &Kernel, conv: &ConvKernel) -> Option<Dispatch> {
    let (taps, stride) = (conv.kernel[1], conv.stride[1]);
    let reach = reach(taps, conv.dilation[1]);
    let tile = tiles::row_tile(conv.output[1], conv.c_out, taps, reach, stride, 1)?;
    let tiles = conv.batch * conv.output[0] * conv.output[1].div_ceil(tile.pixels) * conv.c_out.div_ceil(tile.channels);
    let mut constants = extents(conv);
    constants.extend([
        ("PIXELS", tile.pixels),
        ("CHANNELS", tile.channels),
        ("IS_SHORT", usize::from(is_short(&kernel.epilogue))),
        ("SPAN", (tile.pixels - 1) * stride + reach),
        ("WORKGROUP", group_of(tiles)),
    ]);
    let mut source = with_math(&constants);
    bind(&mut source, kernel, conv, ["x", "w"], shader!("conv_forward_registers.wgsl"), Quads::NONE);
    Some(source.finish(tiles.div_ceil(group_of(tiles))))
}

fn input_grad(kernel: &Kernel, conv: &ConvKernel) -> Option<Dispatch> {
    let (taps, stride) = (conv.kernel[1], conv.stride[1]);
    let reach = reach(taps, conv.dilation[1]);
    let tile = tiles::row_tile(conv.input[1], conv.c_in, taps, reach, 1, stride)?;
    let tiles = conv.batch * conv.input[0] * conv.input[1].div_ceil(tile.pixels) * conv.c_in.div_ceil(tile.channels);
    let before = (reach - 1).div_ceil(stride);
    let mut constants = extents(conv);
    constants.extend([
        ("PIXELS", tile.pixels),
        ("CHANNELS", tile.channels),
        ("IS_SHORT", usize::from(is_short(&kernel.epilogue))),
        ("BEFORE", before),
        ("SPAN", (tile.pixels - 1 + conv.pads[1]) / stride + before + 1),
        ("WORKGROUP", group_of(tiles)),
    ]);
    let mut source = with_math(&constants);
    bind(&mut source, kernel, conv, ["dy", "w"], shader!("conv_input_grad_registers.wgsl"), Quads::NONE);
    Some(source.finish(tiles.div_ceil(group_of(tiles))))
}

fn weight_grad(kernel: &Kernel, conv: &ConvKernel) -> Option<Dispatch> {
    let (taps, stride) = (conv.kernel[1], conv.stride[1]);
    let reach = reach(taps, conv.dilation[1]);
    let tile = tiles::weight_tile(conv.output[1], conv.c_in, conv.c_out, taps, reach, stride)?;
    let channel_tiles = conv.c_out.div_ceil(tile.channels);
    let tiles = conv.kernel[0] * conv.c_in.div_ceil(tile.inputs) * channel_tiles + usize::from(conv.has_sum_row) * channel_tiles;
    let invocations = tiles * conv.split;
    let mut constants = extents(conv);
    constants.extend([
        ("ROWS", conv.kernel[0] * taps * conv.c_in + usize::from(conv.has_sum_row)),
        ("PARTS", conv.split),
        ("RANGE", (conv.batch * conv.output[0]).div_ceil(conv.split)),
        ("INPUTS", tile.inputs),
        ("CHANNELS", tile.channels),
        ("PIXELS", tile.pixels),
        ("SPAN", (tile.pixels - 1) * stride + reach),
        ("HAS_SUM", usize::from(conv.has_sum_row)),
        ("WORKGROUP", group_of(invocations)),
    ]);
    let mut source = with_math(&constants);
    bind(&mut source, kernel, conv, ["x", "dy"], shader!("conv_weight_grad_registers.wgsl"), Quads::NONE);
    Some(source.finish(invocations.div_ceil(group_of(invocations))))
}
