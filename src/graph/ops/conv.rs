//! 2-D convolution and its gradients.

use crate::graph::{Graph, NodeId, Op, ShapeError};
use crate::tensor::Shape;

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
    /// Rows and columns of the output for an image and a kernel of so many; `None` where no window fits.
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
    /// Cross-correlation: `y[n, i, j, o] = Σ_{p, q, c} x[n, i·s₀ + p·d₀ - top, j·s₁ + q·d₁ - left, c] · w[p, q, c, o]`, with 0 outside
    /// the image; with groups, `o` of group `g` sees only the channels of group `g`.
    ///
    /// # Shapes
    /// - `x`: `[batch, h, w, c_in]`
    /// - `w`: `[kh, kw, c_in / groups, c_out]`
    /// - returns `[batch, oh, ow, c_out]`, `oh = (h + top + bottom - d₀·(kh - 1) - 1) / s₀ + 1`, rounded down
    ///
    /// # Errors
    /// [`ShapeError`] if an operand has not four axes, the channels do not fit the groups, no window fits, or a stride or dilation is 0.
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
