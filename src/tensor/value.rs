//! A tensor in host memory.

use super::Shape;

/// A dense row-major tensor. `f32` in executors, `f64` in the reference.
#[derive(Clone, PartialEq, Debug)]
pub struct Tensor<T = f32> {
    shape: Shape,
    data: Vec<T>,
}

impl<T: Copy> Tensor<T> {
    /// Wraps `data`, row-major.
    ///
    /// # Panics
    /// If `data` does not hold exactly the elements of `shape`.
    pub fn new(shape: impl Into<Shape>, data: Vec<T>) -> Self {
        let shape = shape.into();
        assert_eq!(shape.elements(), data.len(), "a tensor of shape {shape} needs that many elements");
        Self { shape, data }
    }

    /// A tensor with one value everywhere.
    pub fn full(shape: impl Into<Shape>, value: T) -> Self {
        let shape = shape.into();
        let data = vec![value; shape.elements()];
        Self { shape, data }
    }

    /// A tensor of shape `[]`.
    pub fn scalar(value: T) -> Self {
        Self::full(Shape::scalar(), value)
    }

    /// Computes each element from its row-major index.
    pub fn from_fn(shape: impl Into<Shape>, value: impl FnMut(usize) -> T) -> Self {
        let shape = shape.into();
        let data = (0..shape.elements()).map(value).collect();
        Self { shape, data }
    }

    /// The extents.
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The elements, row-major.
    pub fn data(&self) -> &[T] {
        &self.data
    }

    /// The elements, to be changed in place.
    pub fn data_mut(&mut self) -> &mut [T] {
        &mut self.data
    }

    /// Gives up the elements.
    pub fn into_data(self) -> Vec<T> {
        self.data
    }

    /// The same elements in another shape of as many.
    pub fn reshaped(self, shape: impl Into<Shape>) -> Self {
        Self::new(shape, self.data)
    }

    /// Applies `f` to each element.
    pub fn map<U: Copy>(&self, f: impl FnMut(T) -> U) -> Tensor<U> {
        Tensor { shape: self.shape.clone(), data: self.data.iter().copied().map(f).collect() }
    }
}

impl Tensor<f32> {
    /// The same values in double precision.
    pub fn to_f64(&self) -> Tensor<f64> {
        self.map(f64::from)
    }
}

impl Tensor<f64> {
    /// The values rounded to single precision.
    pub fn to_f32(&self) -> Tensor<f32> {
        self.map(|value| value as f32)
    }
}
