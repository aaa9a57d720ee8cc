//! Maximum and mean over windows, and their gradients.

use super::super::text::Dispatch;
use super::super::text::shader;
use super::{WORKGROUP, with_math};
use crate::plan::Kernel;
use crate::plan::kernel::{PoolKernel, Pooling};

const CELLS: &str = shader!("shared/pool_cells.wgsl");

pub(super) fn pool(kernel: &Kernel, pool: &PoolKernel) -> Dispatch {
    let ([h, w], [oh, ow]) = (pool.input, pool.output);
    let windows = [h.div_ceil(pool.kernel[0]), w.div_ceil(pool.kernel[1])];
    let cells = match pool.pooling {
        Pooling::Max | Pooling::Mean => oh * ow,
        Pooling::MaxGrad if is_tiling(pool) => windows[0] * windows[1],
        Pooling::MaxGrad | Pooling::MeanGrad => h * w,
    };
    let len = pool.batch * pool.channels * cells;
    let mut source = with_math(&[
        ("LEN", len),
        ("H", h),
        ("W", w),
        ("C", pool.channels),
        ("OH", oh),
        ("OW", ow),
        ("KERNEL_Y", pool.kernel[0]),
        ("KERNEL_X", pool.kernel[1]),
        ("STRIDE_Y", pool.stride[0]),
        ("STRIDE_X", pool.stride[1]),
        ("PAD_TOP", pool.pads[0]),
        ("PAD_BOTTOM", pool.pads[1]),
        ("PAD_LEFT", pool.pads[2]),
        ("PAD_RIGHT", pool.pads[3]),
        ("WINDOWS_Y", windows[0]),
        ("WINDOWS_X", windows[1]),
        ("COUNTS_PADDING", usize::from(pool.count_include_pad)),
    ]);
    let names: &[&str] = match pool.pooling {
        Pooling::Max | Pooling::Mean => &["x"],
        Pooling::MaxGrad => &["x", "dy"],
        Pooling::MeanGrad => &["dy"],
    };
    for (name, input) in names.iter().zip(&kernel.inputs) {
        source.reads(name, *input);
    }
    source.store(&kernel.epilogue, &kernel.inputs[names.len()..], &kernel.outputs);
    match pool.pooling {
        Pooling::Max => source.file(shader!("max_pool.wgsl")),
        Pooling::MaxGrad if is_tiling(pool) => source.file(shader!("max_pool_grad_windows.wgsl")),
        Pooling::MaxGrad => source.file(shader!("max_pool_grad.wgsl")),
        Pooling::Mean => source.file(CELLS).file(shader!("mean_pool.wgsl")),
        Pooling::MeanGrad => source.file(CELLS).file(shader!("mean_pool_grad.wgsl")),
    };
    source.finish(len.div_ceil(WORKGROUP))
}

/// Whether windows lie side by side and are small enough to unroll.
fn is_tiling(pool: &PoolKernel) -> bool {
    pool.stride == pool.kernel && pool.pads == [0; 4] && pool.kernel[0] * pool.kernel[1] <= 16
}
