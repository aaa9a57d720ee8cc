//! Maximum and mean over windows, and their gradients.

use crate::graph::{Graph, NodeId, Op, ShapeError};
use crate::tensor::{Shape, Tensor};
use std::ops::Range;

/// How a pooling window moves over an image.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Pool {
    /// Rows and columns of a window.
    pub kernel: [usize; 2],
    /// Rows and columns between neighbouring windows.
    pub stride: [usize; 2],
    /// Cells around the image: top, bottom, left, right (minus infinity for a maximum, zero for a
    /// mean).
    pub pads: [usize; 4],
    /// Whether a last window that overhangs the padded image counts (it must start inside the image
    /// or its left padding).
    pub ceil_mode: bool,
    /// Whether a mean divides by the cells of the padded image under the window, or by those of the
    /// image alone.
    pub count_include_pad: bool,
}

impl Pool {
    /// Rows and columns of the output for an image of so many (PyTorch's rule); `None` where no
    /// window fits.
    pub fn output(&self, image: [usize; 2]) -> Option<[usize; 2]> {
        let along = |axis: usize| {
            let (kernel, stride) = (self.kernel[axis], self.stride[axis]);
            let (before, after) = (self.pads[2 * axis], self.pads[2 * axis + 1]);
            let room = (image[axis] + before + after).checked_sub(kernel);
            if !self.ceil_mode {
                return Some(room? / stride + 1);
            }
            let windows = room?.div_ceil(stride) + 1;
            Some(if (windows - 1) * stride >= image[axis] + before { windows - 1 } else { windows })
        };
        Some([along(0)?, along(1)?])
    }
}

impl Graph {
    /// `y[n, i, j, c]`: the largest `x` in the window at row `i · s₀ - top`, column
    /// `j · s₁ - left`; outside the image lies minus infinity.
    ///
    /// # Shapes
    /// `x`: `[batch, h, w, channels]`, returns `[batch, oh, ow, channels]` (see [`Pool::output`])
    ///
    /// # Errors
    /// [`ShapeError`] if `x` has not four axes, no window fits, a stride is 0 or a padding is not
    /// smaller than the window.
    pub fn max_pool(&mut self, x: NodeId, pool: Pool) -> Result<NodeId, ShapeError> {
        let shape = output_shape("max_pool", self.shape(x), &pool)?;
        Ok(self.push(Op::MaxPool(pool), &[x], shape))
    }

    /// The gradient of [`Graph::max_pool`]: each `dy` goes to the first maximum of its window in
    /// row-major order.
    ///
    /// # Errors
    /// [`ShapeError`] if `dy` is not what such a pooling returns.
    pub fn max_pool_dx(&mut self, x: NodeId, dy: NodeId, pool: Pool) -> Result<NodeId, ShapeError> {
        let shape = self.shape(x).clone();
        check_dy("max_pool_dx", self.shape(dy), &shape, &pool)?;
        Ok(self.push(Op::MaxPoolDx(pool), &[x, dy], shape))
    }

    /// `y[n, i, j, c]`: the mean of `x` in the window, with 0 outside the image. The divisor counts
    /// the cells of the padded image under the window (`count_include_pad`) or those of the image
    /// alone; never what overhangs both (PyTorch's rule).
    ///
    /// # Shapes
    /// `x`: `[batch, h, w, channels]`, returns `[batch, oh, ow, channels]` (see [`Pool::output`])
    ///
    /// # Errors
    /// As [`Graph::max_pool`].
    pub fn avg_pool(&mut self, x: NodeId, pool: Pool) -> Result<NodeId, ShapeError> {
        let shape = output_shape("avg_pool", self.shape(x), &pool)?;
        Ok(self.push(Op::AvgPool(pool), &[x], shape))
    }

    /// The gradient of [`Graph::avg_pool`] in `x`, whose shape is given.
    ///
    /// # Errors
    /// [`ShapeError`] if `dy` is not what such a pooling returns.
    pub fn avg_pool_dx(&mut self, dy: NodeId, pool: Pool, x: &Shape) -> Result<NodeId, ShapeError> {
        check_dy("avg_pool_dx", self.shape(dy), x, &pool)?;
        Ok(self.push(Op::AvgPoolDx(pool), &[dy], x.clone()))
    }
}

fn output_shape(op: &'static str, x: &Shape, pool: &Pool) -> Result<Shape, ShapeError> {
    let error = |why: &str| ShapeError::new(op, &[x], why);
    let &[batch, rows, cols, channels] = &**x else {
        return Err(error("it needs four axes: [batch, h, w, channels]"));
    };
    if pool.stride.contains(&0) || pool.pads.iter().enumerate().any(|(side, &pad)| pad >= pool.kernel[side / 2]) {
        return Err(error("strides are at least 1 and paddings smaller than the window"));
    }
    let [oh, ow] = pool.output([rows, cols]).ok_or_else(|| error("no window fits into the padded image"))?;
    Ok([batch, oh, ow, channels].into())
}

fn check_dy(op: &'static str, dy: &Shape, x: &Shape, pool: &Pool) -> Result<(), ShapeError> {
    let y = output_shape(op, x, pool)?;
    if *dy == y { Ok(()) } else { Err(ShapeError::new(op, &[dy, x], format!("dy should be {y}"))) }
}

/// The meaning of [`Op::MaxPool`].
pub(crate) fn max(pool: &Pool, x: &Tensor<f64>, shape: &Shape) -> Tensor<f64> {
    let mut y = Tensor::full(shape.clone(), 0.0);
    for_each_window(pool, x.shape(), shape, |window| y.data_mut()[window.y] = x.data()[window.first_max(x)]);
    y
}

/// The meaning of [`Op::MaxPoolDx`].
pub(crate) fn max_dx(pool: &Pool, x: &Tensor<f64>, dy: &Tensor<f64>) -> Tensor<f64> {
    let mut dx = Tensor::full(x.shape().clone(), 0.0);
    for_each_window(pool, x.shape(), dy.shape(), |window| dx.data_mut()[window.first_max(x)] += dy.data()[window.y]);
    dx
}

/// The meaning of [`Op::AvgPool`].
pub(crate) fn mean(pool: &Pool, x: &Tensor<f64>, shape: &Shape) -> Tensor<f64> {
    let mut y = Tensor::full(shape.clone(), 0.0);
    for_each_window(pool, x.shape(), shape, |window| {
        y.data_mut()[window.y] = window.cells().map(|at| x.data()[at]).sum::<f64>() / window.divisor as f64;
    });
    y
}

/// The meaning of [`Op::AvgPoolDx`].
pub(crate) fn mean_dx(pool: &Pool, dy: &Tensor<f64>, shape: &Shape) -> Tensor<f64> {
    let mut dx = Tensor::full(shape.clone(), 0.0);
    for_each_window(pool, shape, dy.shape(), |window| {
        window.cells().for_each(|at| dx.data_mut()[at] += dy.data()[window.y] / window.divisor as f64);
    });
    dx
}

/// A window over one channel of one image.
struct Window {
    /// Index of its result.
    y: usize,
    /// The rows of the image that it covers.
    rows: Range<usize>,
    /// The columns of the image that it covers.
    cols: Range<usize>,
    /// Index of the channel's element at row 0, column 0, and how far it is to the next row and
    /// column.
    start: usize,
    row_stride: usize,
    col_stride: usize,
    /// By what a mean divides.
    divisor: usize,
}

impl Window {
    /// The indices of its elements in the image, row-major.
    fn cells(&self) -> impl Iterator<Item = usize> + '_ {
        self.rows.clone().flat_map(move |row| self.cols.clone().map(move |col| self.start + row * self.row_stride + col * self.col_stride))
    }

    fn first_max(&self, x: &Tensor<f64>) -> usize {
        let value = |at: usize| x.data()[at];
        self.cells().reduce(|best, at| if value(at) > value(best) { at } else { best }).expect("a window covers a cell of the image")
    }
}

fn for_each_window(pool: &Pool, x: &Shape, y: &Shape, mut visit: impl FnMut(Window)) {
    let (&[batch, h, w, channels], &[_, oh, ow, _]) = (&**x, &**y) else { panic!("images have four axes") };
    // The cells under window `at` of an axis: those of the image, and how many of the padded image.
    let along = |at: usize, axis: usize, extent: usize| {
        let (before, after) = (pool.pads[2 * axis], pool.pads[2 * axis + 1]);
        let start = at * pool.stride[axis]; // Counted from the first padded cell.
        let end = (start + pool.kernel[axis]).min(before + extent + after);
        let image = start.saturating_sub(before)..(end.saturating_sub(before)).min(extent);
        (image, end - start)
    };
    for n in 0..batch {
        for (i, j) in (0..oh).flat_map(|i| (0..ow).map(move |j| (i, j))) {
            let ((rows, padded_rows), (cols, padded_cols)) = (along(i, 0, h), along(j, 1, w));
            let divisor = if pool.count_include_pad { padded_rows * padded_cols } else { rows.len() * cols.len() };
            for c in 0..channels {
                visit(Window {
                    y: ((n * oh + i) * ow + j) * channels + c,
                    rows: rows.clone(),
                    cols: cols.clone(),
                    start: n * h * w * channels + c,
                    row_stride: w * channels,
                    col_stride: channels,
                    divisor,
                });
            }
        }
    }
}
