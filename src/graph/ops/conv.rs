//! 2-D convolution and its gradients.

use crate::graph::{Graph, NodeId, Op, ShapeError};
use crate::tensor::{Shape, Tensor};

/// How a window moves over an image. The kernel is not flipped, as in other frameworks.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Conv {
    /// Rows and columns between neighbouring windows, at least 1.
    pub stride: [usize; 2],
    /// Rows and columns between neighbouring taps of a window, at least 1.
    pub dilation: [usize; 2],
    /// Zeros around the image: top, bottom, left, right.
    pub pads: [usize; 4],
    /// Input and output channels are split into so many groups that do not see each other.
    pub groups: usize,
}

impl Conv {
    /// Rows and columns of the output for an image and a kernel of so many; `None` where no window
    /// fits.
    pub fn output(&self, image: [usize; 2], kernel: [usize; 2]) -> Option<[usize; 2]> {
        let along = |axis: usize| {
            let span = self.dilation[axis] * kernel[axis].checked_sub(1)? + 1;
            let padded = image[axis] + self.pads[2 * axis] + self.pads[2 * axis + 1];
            Some(padded.checked_sub(span)? / self.stride[axis] + 1)
        };
        Some([along(0)?, along(1)?])
    }
}

impl Graph {
    /// Cross-correlation: `y[n, i, j, o] = Σ_{p, q, c} x[n, i·s₀ + p·d₀ - top, j·s₁ + q·d₁ - left,
    /// c] · w[p, q, c, o]`, with 0 outside the image; with groups, `o` of group `g` sees only the
    /// channels of group `g`.
    ///
    /// # Shapes
    /// - `x`: `[batch, h, w, c_in]`
    /// - `w`: `[kh, kw, c_in / groups, c_out]`
    /// - returns `[batch, oh, ow, c_out]`, `oh = (h + top + bottom - d₀·(kh - 1) - 1) / s₀ + 1`,
    ///   rounded down
    ///
    /// # Errors
    /// [`ShapeError`] if an operand has not four axes, the channels do not fit the groups, no
    /// window fits, or a stride or dilation is 0.
    pub fn conv2d(&mut self, x: NodeId, w: NodeId, conv: Conv) -> Result<NodeId, ShapeError> {
        let shape = output_shape(self.shape(x), self.shape(w), &conv)?;
        Ok(self.push(Op::Conv2d(conv), &[x, w], shape))
    }

    /// The gradient of [`Graph::conv2d`] in `x`, whose shape is given.
    ///
    /// # Errors
    /// [`ShapeError`] if `dy` is not what such a convolution returns.
    pub fn conv2d_dx(&mut self, dy: NodeId, w: NodeId, conv: Conv, x: &Shape) -> Result<NodeId, ShapeError> {
        check_dy("conv2d_dx", self.shape(dy), x, self.shape(w), &conv)?;
        Ok(self.push(Op::Conv2dDx(conv), &[dy, w], x.clone()))
    }

    /// The gradient of [`Graph::conv2d`] in `w`, whose shape is given.
    ///
    /// # Errors
    /// [`ShapeError`] if `dy` is not what such a convolution returns.
    pub fn conv2d_dw(&mut self, x: NodeId, dy: NodeId, conv: Conv, w: &Shape) -> Result<NodeId, ShapeError> {
        check_dy("conv2d_dw", self.shape(dy), self.shape(x), w, &conv)?;
        Ok(self.push(Op::Conv2dDw(conv), &[x, dy], w.clone()))
    }
}

fn output_shape(x: &Shape, w: &Shape, conv: &Conv) -> Result<Shape, ShapeError> {
    let error = |why: String| ShapeError::new("conv2d", &[x, w], why);
    let (&[batch, rows, cols, c_in], &[kh, kw, c_group, c_out]) = (&**x, &**w) else {
        return Err(error("both need four axes: [batch, h, w, c_in] and [kh, kw, c_in / groups, c_out]".into()));
    };
    let groups = conv.groups;
    if groups == 0 || c_group * groups != c_in || !c_out.is_multiple_of(groups) {
        return Err(error(format!("{groups} groups do not split {c_in} input channels of {c_group} a group and {c_out} output channels")));
    }
    if conv.stride.contains(&0) || conv.dilation.contains(&0) {
        return Err(error("strides and dilations are at least 1".into()));
    }
    let [oh, ow] = conv.output([rows, cols], [kh, kw]).ok_or_else(|| error("no window fits into the padded image".into()))?;
    Ok([batch, oh, ow, c_out].into())
}

fn check_dy(op: &'static str, dy: &Shape, x: &Shape, w: &Shape, conv: &Conv) -> Result<(), ShapeError> {
    let y = output_shape(x, w, conv)?;
    if *dy == y { Ok(()) } else { Err(ShapeError::new(op, &[dy, x, w], format!("dy should be {y}"))) }
}

/// The gradient of `conv2d(x, w)` in `x` (operand 0) or `w`.
pub(crate) fn grad(graph: &mut Graph, conv: Conv, [x, w]: [NodeId; 2], dy: NodeId, operand: usize) -> Result<NodeId, ShapeError> {
    let own = graph.shape([x, w][operand]).clone();
    if operand == 0 { graph.conv2d_dx(dy, w, conv, &own) } else { graph.conv2d_dw(x, dy, conv, &own) }
}

/// The gradient of `conv2d_dx(dy, w)`, which is linear in both, in `dy` (operand 0) or `w`; `g` is
/// the gradient in its result.
pub(crate) fn dx_grad(graph: &mut Graph, conv: Conv, [dy, w]: [NodeId; 2], g: NodeId, operand: usize) -> Result<NodeId, ShapeError> {
    let own = graph.shape(w).clone();
    if operand == 0 { graph.conv2d(g, w, conv) } else { graph.conv2d_dw(g, dy, conv, &own) }
}

/// The gradient of `conv2d_dw(x, dy)`, which is linear in both, in `x` (operand 0) or `dy`; `g` is
/// the gradient in its result.
pub(crate) fn dw_grad(graph: &mut Graph, conv: Conv, [x, dy]: [NodeId; 2], g: NodeId, operand: usize) -> Result<NodeId, ShapeError> {
    let own = graph.shape(x).clone();
    if operand == 0 { graph.conv2d_dx(dy, g, conv, &own) } else { graph.conv2d(x, g, conv) }
}

/// The meaning of [`Op::Conv2d`].
pub(crate) fn evaluate(conv: &Conv, x: &Tensor<f64>, w: &Tensor<f64>, shape: &Shape) -> Tensor<f64> {
    let mut y = Tensor::full(shape.clone(), 0.0);
    for_each_term(conv, x.shape(), w.shape(), shape, |xi, wi, yi| y.data_mut()[yi] += x.data()[xi] * w.data()[wi]);
    y
}

/// The meaning of [`Op::Conv2dDx`].
pub(crate) fn evaluate_dx(conv: &Conv, dy: &Tensor<f64>, w: &Tensor<f64>, shape: &Shape) -> Tensor<f64> {
    let mut dx = Tensor::full(shape.clone(), 0.0);
    for_each_term(conv, shape, w.shape(), dy.shape(), |xi, wi, yi| dx.data_mut()[xi] += dy.data()[yi] * w.data()[wi]);
    dx
}

/// The meaning of [`Op::Conv2dDw`].
pub(crate) fn evaluate_dw(conv: &Conv, x: &Tensor<f64>, dy: &Tensor<f64>, shape: &Shape) -> Tensor<f64> {
    let mut dw = Tensor::full(shape.clone(), 0.0);
    for_each_term(conv, x.shape(), shape, dy.shape(), |xi, wi, yi| dw.data_mut()[wi] += x.data()[xi] * dy.data()[yi]);
    dw
}

/// Visits the indices in `x`, `w` and `y` of each product `x · w` that is added to `y`.
fn for_each_term(conv: &Conv, x: &Shape, w: &Shape, y: &Shape, mut visit: impl FnMut(usize, usize, usize)) {
    let (&[batch, h, wide, c_in], &[kh, kw, c_group, c_out], &[_, oh, ow, _]) = (&**x, &**w, &**y) else {
        panic!("images and kernels have four axes");
    };
    let inside = |window: usize, tap: usize, axis: usize, extent: usize| {
        let at = (window * conv.stride[axis] + tap * conv.dilation[axis]).checked_sub(conv.pads[2 * axis])?;
        (at < extent).then_some(at)
    };
    let group_out = c_out / conv.groups;
    for n in 0..batch {
        for (i, j) in (0..oh).flat_map(|i| (0..ow).map(move |j| (i, j))) {
            for (p, q) in (0..kh).flat_map(|p| (0..kw).map(move |q| (p, q))) {
                let (Some(row), Some(col)) = (inside(i, p, 0, h), inside(j, q, 1, wide)) else { continue };
                for (c, o) in (0..c_group).flat_map(|c| (0..c_out).map(move |o| (c, o))) {
                    let channel = o / group_out * c_group + c;
                    let x_at = ((n * h + row) * wide + col) * c_in + channel;
                    visit(x_at, ((p * kw + q) * c_group + c) * c_out + o, ((n * oh + i) * ow + j) * c_out + o);
                }
            }
        }
    }
}
