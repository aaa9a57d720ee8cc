//! The extent of a tensor along each axis.

use std::fmt;
use std::ops::Deref;

/// Extents, outermost first; row-major. `[]` is a scalar.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub struct Shape(Vec<usize>);

impl Shape {
    /// The shape of a scalar.
    pub fn scalar() -> Self {
        Self(Vec::new())
    }

    /// How many elements a tensor of this shape holds.
    pub fn elements(&self) -> usize {
        self.0.iter().product()
    }

    /// Row-major strides in elements.
    pub fn strides(&self) -> Vec<usize> {
        let mut strides = vec![1; self.0.len()];
        for axis in (1..self.0.len()).rev() {
            strides[axis - 1] = strides[axis] * self.0[axis];
        }
        strides
    }

    /// The shape to which two operands broadcast by NumPy's rule, if there is one:
    /// axes are matched from the last, and an extent of 1 stretches.
    pub fn broadcast(&self, other: &Shape) -> Option<Shape> {
        let rank = self.len().max(other.len());
        let extent = |shape: &Shape, axis: usize| {
            let missing = rank - shape.len();
            if axis < missing { 1 } else { shape[axis - missing] }
        };
        (0..rank)
            .map(|axis| match (extent(self, axis), extent(other, axis)) {
                (a, b) if a == b => Some(a),
                (1, b) => Some(b),
                (a, 1) => Some(a),
                _ => None,
            })
            .collect::<Option<Vec<usize>>>()
            .map(Shape)
    }

    /// Strides in elements with which a tensor of this shape is read at the indices of `target`:
    /// 0 along the axes that are stretched. `None` if it does not broadcast to `target`.
    pub fn broadcast_strides(&self, target: &Shape) -> Option<Vec<usize>> {
        let missing = target.len().checked_sub(self.len())?;
        let own = self.strides();
        (0..target.len())
            .map(|axis| match axis.checked_sub(missing) {
                None => Some(0),
                Some(axis) if self[axis] == target[axis + missing] => Some(if self[axis] == 1 { 0 } else { own[axis] }),
                Some(axis) if self[axis] == 1 => Some(0),
                Some(_) => None,
            })
            .collect()
    }
}

impl Deref for Shape {
    type Target = [usize];
    fn deref(&self) -> &[usize] {
        &self.0
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let extents: Vec<String> = self.0.iter().map(usize::to_string).collect();
        write!(out, "[{}]", extents.join(", "))
    }
}

impl<const N: usize> From<[usize; N]> for Shape {
    fn from(extents: [usize; N]) -> Self {
        Self(extents.to_vec())
    }
}

impl From<&[usize]> for Shape {
    fn from(extents: &[usize]) -> Self {
        Self(extents.to_vec())
    }
}

impl From<Vec<usize>> for Shape {
    fn from(extents: Vec<usize>) -> Self {
        Self(extents)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_broadcast_as_in_numpy() {
        let shape = |extents: &[usize]| Shape::from(extents);
        assert_eq!(shape(&[2, 1, 7]).broadcast(&shape(&[1, 5, 1])), Some(shape(&[2, 5, 7])));
        assert_eq!(shape(&[4, 33]).broadcast(&shape(&[33])), Some(shape(&[4, 33])));
        assert_eq!(shape(&[3]).broadcast(&shape(&[])), Some(shape(&[3])));
        assert_eq!(shape(&[3]).broadcast(&shape(&[4])), None);
        assert_eq!(shape(&[33]).broadcast_strides(&shape(&[4, 33])), Some(vec![0, 1]));
        assert_eq!(shape(&[3, 1]).broadcast_strides(&shape(&[2, 3, 5])), Some(vec![0, 1, 0]));
    }
}
