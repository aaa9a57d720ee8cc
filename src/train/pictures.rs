//! What the page draws of a run: maps over the plane, answers to images.

use super::blueprint::PictureSizes;
use super::parts::Parts;
use super::session::Session;
use crate::exec::ExecError;
use crate::plan::{NamedSlice, Slice};
use descent_spec::DRAWN_UNITS;

/// Half the side of the drawn square.
const EXTENT: f64 = 6.0;

/// A picture of one step.
#[derive(Clone, PartialEq, Debug)]
pub enum Picture {
    /// Over [-6, 6]², row 0 at the top, i8 with 127 for 1.
    Maps {
        /// Points along a side of `output`.
        size: usize,
        /// Points along a side of each of `units`.
        unit_size: usize,
        /// The prediction.
        output: Vec<i8>,
        /// Each input and then the first [`DRAWN_UNITS`] units of each layer.
        units: Vec<i8>,
        /// Their parameters, in the program's order: of a weight `[inputs, units]` the first
        /// [`DRAWN_UNITS`] rows and columns, of other tensors the first [`DRAWN_UNITS`] numbers.
        params: Vec<f32>,
    },
    /// Answers.
    Images {
        /// Class probabilities of the samples shown.
        shown: Vec<f32>,
        /// What the inspected sample makes of each layer, 255 for the layer's largest.
        activations: Vec<u8>,
        /// Class probabilities of the drawn image, if there is one.
        drawn: Vec<f32>,
    },
}

/// What a frame of images is to show.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct FrameRequest {
    /// The inspected sample, among those shown.
    pub inspected: Option<usize>,
    /// The drawn image: a byte a pixel, 255 for 1.
    pub drawing: Option<Vec<u8>>,
}

/// The test samples of an image set that are shown.
#[derive(Clone, PartialEq, Debug)]
pub struct Shown {
    /// Rows and columns of an image.
    pub image: [usize; 2],
    /// A byte a pixel, 255 for 1, sample after sample.
    pub pixels: Vec<u8>,
    /// Their classes.
    pub labels: Vec<u8>,
}

impl Session {
    /// Writes the inputs of the probes. Written once: routines do not share inputs, so nothing
    /// overwrites them.
    pub(super) fn write_picture_inputs(&mut self) -> Result<(), ExecError> {
        match self.pictures {
            PictureSizes::Maps { size, unit_size } => {
                for (name, side) in [("map", size), ("units", unit_size)] {
                    let words: Vec<u32> = self.grid(side).iter().map(|value| value.to_bits()).collect();
                    self.write_features(name, 0, &words)?;
                }
                Ok(())
            }
            PictureSizes::Images { shown } => {
                let samples = &self.data.samples;
                let rows = samples.train_rows..samples.train_rows + shown;
                let words: Vec<u32> = rows.flat_map(|row| samples.feature_row(row)).map(f32::to_bits).collect();
                self.write_features("probe", 0, &words)
            }
        }
    }

    /// The inputs at each point of a grid over the plane, `[side², features]`.
    fn grid(&self, side: usize) -> Vec<f32> {
        let at = |cell: usize| (cell as f64 + 0.5) * 2.0 * EXTENT / side as f64 - EXTENT;
        let cells = (0..side * side).map(|cell| (at(cell % side), -at(cell / side)));
        cells.flat_map(|(x, y)| self.experiment.features.values(x, y)).map(|value| value as f32).collect()
    }

    fn write_features(&mut self, routine: &str, first: usize, words: &[u32]) -> Result<(), ExecError> {
        let program = self.executor.program();
        let routine = program.routine(routine).expect("the routines of pictures follow from their kind");
        let slice = program.routines[routine].inputs[0].slice;
        self.executor.write(Slice { offset: slice.offset + first, len: slice.len - first, ..slice }, words)
    }

    /// The samples that are shown; `None` for the 2-D sets.
    pub fn shown(&self) -> Option<Shown> {
        let PictureSizes::Images { shown } = self.pictures else { return None };
        let samples = &self.data.samples;
        let rows = samples.train_rows..samples.train_rows + shown;
        let pixels = rows.clone().flat_map(|row| samples.feature_row(row)).map(|value| (value * 255.0) as u8).collect();
        let labels = rows.map(|row| samples.target.value(row) as u8).collect();
        Some(Shown { image: [samples.feature_shape[0], samples.feature_shape[1]], pixels, labels })
    }

    /// Samples, or points of the plane, that a picture shows.
    pub fn drawn_rows(&self) -> usize {
        match self.pictures {
            PictureSizes::Maps { size, unit_size } => size * size + unit_size * unit_size,
            PictureSizes::Images { shown } => shown + 1,
        }
    }

    /// A picture of the present step.
    ///
    /// # Errors
    /// [`ExecError`] if the device is lost.
    pub async fn frame<B: AsyncFn()>(&mut self, request: &FrameRequest, parts: &Parts<B>) -> Result<Picture, ExecError> {
        match self.pictures {
            PictureSizes::Maps { size, unit_size } => self.maps(size, unit_size, parts).await,
            PictureSizes::Images { shown } => self.answers(shown, request, parts).await,
        }
    }

    async fn maps<B: AsyncFn()>(&mut self, size: usize, unit_size: usize, parts: &Parts<B>) -> Result<Picture, ExecError> {
        let map = self.probe("map", parts).await?;
        // Probes may write their outputs to the same memory, so each is read before the next runs.
        let output = prediction(&map).slice;
        let output = self.executor.read(&[output]).await?.remove(0).into_iter().map(signed_byte).collect();

        let outputs = self.probe("units", parts).await?;
        let layers = &outputs[..outputs.len() - 1];
        let params = &self.executor.program().params;
        let mut slices: Vec<Slice> = layers.iter().map(|layer| layer.slice).collect();
        slices.extend(params.iter().flat_map(drawn));
        let mut words = self.executor.read(&slices).await?;
        let params = words.split_off(layers.len()).concat().into_iter().map(f32::from_bits).collect();

        let cells = unit_size * unit_size;
        let inputs = at_full_scale(&self.grid(unit_size), cells);
        let mut units = Vec::new();
        for values in std::iter::once(&inputs).chain(&words) {
            let width = values.len() / cells;
            for unit in 0..width.min(DRAWN_UNITS) {
                units.extend((0..cells).map(|cell| signed_byte(values[cell * width + unit])));
            }
        }
        Ok(Picture::Maps { size, unit_size, output, units, params })
    }

    async fn answers<B: AsyncFn()>(&mut self, shown: usize, request: &FrameRequest, parts: &Parts<B>) -> Result<Picture, ExecError> {
        let feature_len = self.data.samples.feature_len();
        let drawing = request.drawing.as_ref().filter(|drawing| drawing.len() == feature_len);
        if let Some(drawing) = drawing {
            let words: Vec<u32> = drawing.iter().map(|pixel| (f32::from(*pixel) / 255.0).to_bits()).collect();
            self.write_features("probe", shown * feature_len, &words)?;
        }
        let outputs = self.probe("probe", parts).await?;
        let mut slices = vec![prediction(&outputs).slice];
        if let Some(row) = request.inspected.filter(|row| *row < shown) {
            slices.extend(outputs[..outputs.len() - 1].iter().map(|layer| {
                let len = layer.slice.len / (shown + 1);
                Slice { offset: layer.slice.offset + row * len, len, ..layer.slice }
            }));
        }
        let mut words = self.executor.read(&slices).await?.into_iter();
        let mut answers: Vec<f32> = words.next().expect("the prediction was asked for").into_iter().map(f32::from_bits).collect();
        let drawn = answers.split_off(shown * self.data.samples.classes);
        let drawn = if drawing.is_some() { drawn } else { Vec::new() };
        Ok(Picture::Images { shown: answers, activations: words.flat_map(|layer| shades(&layer)).collect(), drawn })
    }

    /// Runs a probe and says where its outputs are: the layers, then the prediction.
    async fn probe<B: AsyncFn()>(&mut self, name: &str, parts: &Parts<B>) -> Result<Vec<NamedSlice>, ExecError> {
        let routine = self.executor.program().routine(name).expect("the routines of pictures follow from their kind");
        self.run_in_parts(routine, parts).await?;
        Ok(self.executor.program().routines[routine].outputs.clone())
    }
}

fn prediction(outputs: &[NamedSlice]) -> &NamedSlice {
    outputs.last().expect("a probe predicts")
}

/// Columns of a matrix with so many rows, each divided by its largest size: inputs reach beyond 1,
/// and their maps show where they grow.
fn at_full_scale(values: &[f32], rows: usize) -> Vec<u32> {
    let width = values.len() / rows;
    let mut largest = vec![f32::MIN_POSITIVE; width];
    for (at, value) in values.iter().enumerate() {
        largest[at % width] = largest[at % width].max(value.abs());
    }
    values.iter().enumerate().map(|(at, value)| (value / largest[at % width]).to_bits()).collect()
}

/// What is drawn of a parameter of dense layers: rows of a weight, or the beginning of a vector.
fn drawn(param: &NamedSlice) -> impl Iterator<Item = Slice> {
    let slice = param.slice;
    let (rows, width) = if let [rows, width] = *param.shape { (rows, width) } else { (1, slice.len) };
    (0..rows.min(DRAWN_UNITS)).map(move |row| Slice { offset: slice.offset + row * width, len: width.min(DRAWN_UNITS), ..slice })
}

/// A number in [-1, 1], what is beyond it cut off, as a byte; 0 for NaN.
fn signed_byte(word: u32) -> i8 {
    let value = f64::from(f32::from_bits(word));
    if value.is_nan() { 0 } else { (value.clamp(-1.0, 1.0) * 127.0).round() as i8 }
}

/// Numbers from 0 to the largest, as bytes.
fn shades(words: &[u32]) -> Vec<u8> {
    let largest = words.iter().map(|word| f32::from_bits(*word)).fold(0.0, f32::max);
    let factor = if largest > 0.0 { 255.0 / largest } else { 0.0 };
    words.iter().map(|word| (f32::from_bits(*word) * factor) as u8).collect()
}
