//! A program in text: kernels in order, shapes, bytes, FLOP.

use super::kernel::{Direction, Kind, Pooling};
use super::program::{Element, Program, Slice};
use std::fmt;

impl fmt::Display for Program {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for buffer in &self.buffers {
            writeln!(out, "buffer {:?}: {} bytes", buffer.role, buffer.len * 4)?;
        }
        for param in &self.params {
            writeln!(out, "parameter {}: {}", param.name, param.shape)?;
        }
        for routine in &self.routines {
            writeln!(out, "routine {}: {} kernels, {} FLOP in products", routine.name, routine.kernels.len(), routine.flops)?;
            for (at, kernel) in routine.kernels.iter().enumerate() {
                let names = |slices: &[Slice]| slices.iter().map(|slice| self.name(*slice)).collect::<Vec<_>>().join(", ");
                writeln!(
                    out,
                    "  {at:>3} {:<32} {} ({}) -> {}",
                    kernel.label,
                    Extents(&kernel.kind),
                    names(&kernel.inputs),
                    names(&kernel.outputs)
                )?;
            }
        }
        Ok(())
    }
}

impl Program {
    /// A slice as `Activation(0)+256:640`: role, first byte, bytes; `Data+0:640 U8` where it holds
    /// no f32.
    fn name(&self, slice: Slice) -> String {
        let element = if slice.element == Element::F32 { String::new() } else { format!(" {:?}", slice.element) };
        format!("{:?}+{}:{}{element}", self.buffers[slice.buffer.0 as usize].role, slice.offset * 4, slice.bytes())
    }
}

/// The extents of a kernel, for people.
struct Extents<'k>(&'k Kind);

impl fmt::Display for Extents<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Kind::Map { shape, fused } => write!(out, "map {shape}, {} steps", fused.expr.steps.len()),
            Kind::Reduce { kind, outer, middle, inner, .. } => write!(out, "{kind:?} [{outer}, {middle}, {inner}]"),
            Kind::ArgMax { outer, middle, inner } => write!(out, "argmax [{outer}, {middle}, {inner}]"),
            Kind::Gemm(gemm) => {
                let mark = |is_transposed: bool| if is_transposed { "ᵀ" } else { "" };
                write!(out, "{} × [{}, {}]{} · [{}, {}]{}", gemm.batch, gemm.m, gemm.k, mark(gemm.ta), gemm.k, gemm.n, mark(gemm.tb))?;
                split(out, gemm.split)
            }
            Kind::Conv(conv) => {
                let direction = match conv.direction {
                    Direction::Forward => "forward",
                    Direction::InputGrad => "dx",
                    Direction::WeightGrad => "dw",
                };
                let [h, w] = conv.input;
                let [oh, ow] = conv.output;
                let [kh, kw] = conv.kernel;
                let (batch, c_in, c_out) = (conv.batch, conv.c_in, conv.c_out);
                write!(out, "{direction} {kh}×{kw}, [{batch}, {h}, {w}, {c_in}] and [{batch}, {oh}, {ow}, {c_out}]")?;
                split(out, conv.split)
            }
            Kind::Pool(pool) => {
                let name = match pool.pooling {
                    Pooling::Max => "max",
                    Pooling::MaxGrad => "max dx",
                    Pooling::Mean => "mean",
                    Pooling::MeanGrad => "mean dx",
                };
                let [h, w] = pool.input;
                write!(out, "{name} {}×{} of [{}, {h}, {w}, {}]", pool.kernel[0], pool.kernel[1], pool.batch, pool.channels)
            }
            Kind::Moments { batch, cells, channels } => write!(out, "[{batch}, {cells}, {channels}]"),
            Kind::Softmax { rows, cols, .. } => write!(out, "[{rows}, {cols}]"),
            Kind::CrossEntropy { rows, classes, .. } => write!(out, "[{rows}, {classes}]"),
            Kind::Pad { source, shape, .. } => write!(out, "{source} in {shape}"),
            Kind::RandomMask { keep, .. } => write!(out, "keep {} %", (keep * 100.0).round() as u32),
            Kind::Gather(gather) => write!(out, "{} of {} rows, {:?}", gather.batch, gather.rows, gather.order),
            Kind::Guard => write!(out, "all gradients"),
            Kind::Optimizer => write!(out, "all parameters"),
            Kind::Tally { rows } => write!(out, "{rows} rows"),
        }
    }
}

fn split(out: &mut fmt::Formatter<'_>, ranges: usize) -> fmt::Result {
    if ranges > 1 { write!(out, " in {ranges} ranges") } else { Ok(()) }
}
