//! Convolutions as products whose left operand is never written down: a row of it is a few runs of
//! a padded image.
//!
//! The gradient in the input is a convolution of the padded gradient in the output, with the kernel
//! turned round and its channels swapped. Where that would multiply many zeros (strides, few
//! channels) the product of every pixel with the kernel is added to the window it came from
//! instead. The gradient in the weight is a product over pixels, taken a block of pixels at a time.

use super::memory::{Memory, Scratch, need};
use super::strip::Strips;
use super::tile::{self, COLS, ROWS};
use crate::plan::kernel::{ConvKernel, Direction};
use crate::plan::{Kernel, Slice};

/// Pixels over which a weight's gradient is summed before the sum goes back to memory.
const PIXELS: usize = 128;

/// How the products are taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Method {
    /// Windows times the kernel.
    Slide,
    /// Pixels of the output times the kernel, added to their windows.
    Scatter,
    /// Windows times pixels of the output.
    Correlate,
}

/// A convolution or one of its gradients, prepared.
#[derive(Debug)]
pub(super) struct Conv {
    method: Method,
    extents: ConvKernel,
    a: Slice,
    b: Slice,
    output: Slice,
    sum: Option<Slice>,
    epilogue: Strips,
    image: Image,
    /// Where the windows start: rows and columns of them, and elements between neighbours.
    windows: [usize; 2],
    window_strides: [usize; 2],
    /// For each group: where the runs of a window lie, counted from its start.
    runs: Vec<Vec<usize>>,
    run_len: usize,
}

/// How an operand becomes the padded image that windows move over.
#[derive(Debug)]
struct Image {
    /// Rows and columns of the operand, elements of a pixel.
    source: [usize; 2],
    channels: usize,
    /// Rows and columns of the image.
    padded: [usize; 2],
    /// Where the operand's first pixel goes; it may lie outside.
    first: [isize; 2],
}

impl Conv {
    pub(super) fn new(conv: &ConvKernel, kernel: &Kernel, scratch: &mut Scratch) -> Self {
        assert!(conv.split == 1, "{}: sums are split for GPUs only", kernel.label);
        let span = [0, 1].map(|axis| (conv.kernel[axis] - 1) * conv.dilation[axis]);
        let method = match conv.direction {
            Direction::Forward => Method::Slide,
            Direction::InputGrad if conv.stride == [1, 1] && conv.c_in / conv.groups >= COLS => Method::Slide,
            Direction::InputGrad => Method::Scatter,
            Direction::WeightGrad => Method::Correlate,
        };
        let is_turned = conv.direction == Direction::InputGrad && method == Method::Slide;
        let (windows, steps) = if is_turned { (conv.input, [1, 1]) } else { (conv.output, conv.stride) };
        let padded = [0, 1].map(|axis| (windows[axis] - 1) * steps[axis] + span[axis] + 1);
        let image = if is_turned {
            let first = [0, 1].map(|axis| span[axis] as isize - conv.pads[axis] as isize);
            Image { source: conv.output, channels: conv.c_out, padded, first }
        } else {
            Image { source: conv.input, channels: conv.c_in, padded, first: conv.pads.map(|pad| pad as isize) }
        };
        let (channels, pitch) = (image.channels, padded[1] * image.channels);
        // Taps of a row of the kernel lie side by side unless the kernel is dilated or a group sees
        // part of the channels.
        let is_dense = conv.groups == 1 && (conv.dilation[1] == 1 || conv.kernel[1] == 1);
        let of_group = channels / conv.groups;
        let (taps, run_len) = if is_dense { (1, conv.kernel[1] * channels) } else { (conv.kernel[1], of_group) };
        let runs_of = |group: usize| {
            let offsets = (0..conv.kernel[0]).flat_map(|p| (0..taps).map(move |q| (p, q)));
            offsets.map(|(p, q)| p * conv.dilation[0] * pitch + q * conv.dilation[1] * channels + group * of_group).collect()
        };
        let runs: Vec<Vec<usize>> = (0..conv.groups).map(runs_of).collect();
        need(&mut scratch.image, padded[0] * pitch);
        let depth = runs[0].len() * run_len;
        let [inputs, outputs] = [conv.c_in, conv.c_out].map(|channels| channels / conv.groups);
        match method {
            Method::Slide => need(&mut scratch.panels, tile::panels(if is_turned { inputs } else { outputs }) * COLS * depth),
            Method::Scatter => {
                need(&mut scratch.panels, tile::panels(depth) * COLS * outputs);
                need(&mut scratch.rows, ROWS * tile::panels(depth) * COLS);
            }
            Method::Correlate => {
                need(&mut scratch.panels, tile::panels(outputs) * COLS * PIXELS);
                need(&mut scratch.rows, ROWS * PIXELS);
                need(&mut scratch.line, conv.c_out);
            }
        }
        Self {
            method,
            a: kernel.inputs[0],
            b: kernel.inputs[1],
            output: kernel.outputs[0],
            sum: conv.has_sum_row.then(|| kernel.outputs[1]),
            epilogue: Strips::epilogue(&kernel.epilogue, &kernel.inputs[2..], scratch),
            windows,
            window_strides: [steps[0] * pitch, steps[1] * channels],
            runs,
            run_len,
            image,
            extents: conv.clone(),
        }
    }

    pub(super) fn run(&self, memory: &mut Memory, scratch: &mut Scratch) {
        memory.update(self.output, |memory, out| match self.method {
            Method::Slide => self.slide(memory, scratch, out),
            Method::Scatter => self.scatter(memory, scratch, out),
            Method::Correlate => {
                self.correlate(memory, scratch, out);
                self.epilogue.run(memory, &mut scratch.registers, 0, out);
            }
        });
        if let Some(sum) = self.sum {
            memory.update(sum, |memory, sum| tile::column_sums(memory.read(self.b), self.extents.c_out, &mut scratch.line, sum));
        }
    }

    fn depth(&self) -> usize {
        self.runs[0].len() * self.run_len
    }

    fn pixels(&self) -> usize {
        self.windows[0] * self.windows[1]
    }

    /// First element of the window at `pixel`.
    fn start(&self, pixel: usize) -> usize {
        pixel / self.windows[1] * self.window_strides[0] + pixel % self.windows[1] * self.window_strides[1]
    }

    /// `out[pixel, column] = Σ_p window(pixel)[p] · weight[p, column]`, image by image.
    fn slide(&self, memory: &Memory, scratch: &mut Scratch, out: &mut [f32]) {
        let (a, b) = (memory.read(self.a), memory.read(self.b));
        let Scratch { panels, image: padded, registers, .. } = scratch;
        let (depth, groups) = (self.depth(), self.extents.groups);
        let stride = if self.extents.direction == Direction::Forward { self.extents.c_out } else { self.extents.c_in };
        let columns = stride / groups;
        // One group's panels are kept for all images; more take turns.
        for group in 0..groups {
            self.pack_weight(b, group, panels);
            self.image.clear(padded);
            for (n, out) in out.chunks_exact_mut(self.pixels() * stride).enumerate() {
                let image = self.image.pad(a, n, padded);
                for pixel in (0..self.pixels()).step_by(ROWS) {
                    let rows = (self.pixels() - pixel).min(ROWS);
                    let starts = [0, 1, 2, 3].map(|row| self.start(pixel + row.min(rows - 1)));
                    for (panel, column) in panels.chunks_exact(depth * COLS).zip((0..columns).step_by(COLS)) {
                        let tile = over_runs(image, starts, &self.runs[group], self.run_len, panel);
                        let at = pixel * stride + group * columns + column;
                        tile::store(&tile, rows, (columns - column).min(COLS), false, &mut out[at..], stride);
                    }
                }
                if group + 1 == groups {
                    self.epilogue.run(memory, registers, n * self.pixels() * stride, out);
                }
            }
        }
    }

    /// The weight `[kh, kw, c_in / groups, c_out]` as the right operand of a group.
    fn pack_weight(&self, weight: &[f32], group: usize, panels: &mut [f32]) {
        let conv = &self.extents;
        let (inputs, outputs) = (conv.c_in / conv.groups, conv.c_out / conv.groups);
        if conv.direction == Direction::Forward {
            return tile::pack_rows(weight, conv.c_out, group * outputs, outputs, self.depth(), panels);
        }
        let taps = conv.kernel[0] * conv.kernel[1];
        for (panel, first) in panels.chunks_exact_mut(taps * outputs * COLS).zip((0..inputs).step_by(COLS)) {
            panel.fill(0.0);
            for (tap, panel) in panel.chunks_exact_mut(outputs * COLS).rev().enumerate() {
                for j in 0..COLS.min(inputs - first) {
                    let row = &weight[(tap * inputs + first + j) * conv.c_out + group * outputs..][..outputs];
                    panel.as_chunks_mut::<COLS>().0.iter_mut().zip(row).for_each(|(to, from)| to[j] = *from);
                }
            }
        }
    }

    /// `window(pixel)[p] += Σ_o dy[pixel, o] · weight[p, o]`, image by image.
    fn scatter(&self, memory: &Memory, scratch: &mut Scratch, out: &mut [f32]) {
        let (dy, weight) = (memory.read(self.a), memory.read(self.b));
        let Scratch { panels, image: padded, rows: products, registers, .. } = scratch;
        let (depth, stride) = (self.depth(), self.extents.c_out);
        let columns = stride / self.extents.groups;
        let padded = &mut padded[..self.image.len()];
        let image_len = self.image.source_len();
        for (n, out) in out.chunks_exact_mut(image_len).enumerate() {
            padded.fill(0.0);
            let dy = &dy[n * self.pixels() * stride..][..self.pixels() * stride];
            for (group, runs) in self.runs.iter().enumerate() {
                // Packed once for all images where there is one group.
                if n == 0 || self.extents.groups > 1 {
                    tile::pack_columns(&weight[group * columns..], stride, depth, columns, panels);
                }
                let products_len = tile::panels(depth) * COLS;
                for pixel in (0..self.pixels()).step_by(ROWS) {
                    let rows = (self.pixels() - pixel).min(ROWS);
                    let lefts = [0, 1, 2, 3].map(|row| &dy[(pixel + row.min(rows - 1)) * stride + group * columns..][..columns]);
                    for (at, panel) in panels.chunks_exact(columns * COLS).enumerate().take(tile::panels(depth)) {
                        let tile = tile::rows(lefts, panel.as_chunks::<COLS>().0);
                        tile::store(&tile, ROWS, COLS, false, &mut products[at * COLS..], products_len);
                    }
                    for (row, products) in products.chunks_exact(products_len).enumerate().take(rows) {
                        let window = &mut padded[self.start(pixel + row)..];
                        for (run, products) in runs.iter().zip(products.chunks_exact(self.run_len)) {
                            window[*run..].iter_mut().zip(products).for_each(|(dx, product)| *dx += product);
                        }
                    }
                }
            }
            self.image.crop(padded, out);
            self.epilogue.run(memory, registers, n * image_len, out);
        }
    }

    /// `out[p, column] = Σ_pixel window(pixel)[p] · dy[pixel, column]`, over all images.
    fn correlate(&self, memory: &Memory, scratch: &mut Scratch, out: &mut [f32]) {
        let (x, dy) = (memory.read(self.a), memory.read(self.b));
        let Scratch { panels, image: padded, rows: lefts, .. } = scratch;
        let lefts = lefts.as_chunks_mut::<ROWS>().0;
        let (stride, groups) = (self.extents.c_out, self.extents.groups);
        let columns = stride / groups;
        out.fill(0.0);
        self.image.clear(padded);
        for (n, dy) in dy.chunks_exact(self.pixels() * stride).enumerate() {
            let image = self.image.pad(x, n, padded);
            for (block, dy) in dy.chunks(PIXELS * stride).enumerate() {
                let pixels = dy.len() / stride;
                let mut starts = [0; PIXELS];
                starts.iter_mut().enumerate().take(pixels).for_each(|(pixel, start)| *start = self.start(block * PIXELS + pixel));
                let (starts, lefts) = (&starts[..pixels], &mut lefts[..pixels]);
                for (group, runs) in self.runs.iter().enumerate() {
                    tile::pack_rows(dy, stride, group * columns, columns, pixels, panels);
                    for p in (0..self.depth()).step_by(ROWS) {
                        let rows = (self.depth() - p).min(ROWS);
                        let offsets = [0, 1, 2, 3].map(|row| {
                            let p = p + row.min(rows - 1);
                            runs[p / self.run_len] + p % self.run_len
                        });
                        gather_columns(image, starts, offsets, lefts);
                        for (panel, column) in panels.chunks_exact(pixels * COLS).zip((0..columns).step_by(COLS)) {
                            let tile = tile::packed(lefts, panel.as_chunks::<COLS>().0);
                            let at = p * stride + group * columns + column;
                            tile::store(&tile, rows, (columns - column).min(COLS), true, &mut out[at..], stride);
                        }
                    }
                }
            }
        }
    }
}

/// `lefts[pixel][i] = image[starts[pixel] + offsets[i]]`
fn gather_columns(image: &[f32], starts: &[usize], offsets: [usize; ROWS], lefts: &mut [[f32; ROWS]]) {
    if offsets[3] == offsets[0] + 3 && offsets[2] == offsets[0] + 2 {
        let image = &image[offsets[0]..];
        for (left, start) in lefts.iter_mut().zip(starts) {
            left.copy_from_slice(&image[*start..][..ROWS]);
        }
    } else {
        let [a, b, c, d] = offsets.map(|offset| &image[offset..]);
        for (left, start) in lefts.iter_mut().zip(starts) {
            *left = [a[*start], b[*start], c[*start], d[*start]];
        }
    }
}

/// A tile of four windows: the sum over their runs.
#[inline(never)]
fn over_runs(image: &[f32], starts: [usize; ROWS], runs: &[usize], run_len: usize, panel: &[f32]) -> tile::Tile {
    let mut tile = [[0.0; COLS]; ROWS];
    for (run, panel) in runs.iter().zip(panel.as_chunks::<COLS>().0.chunks_exact(run_len)) {
        tile = tile::add_rows(tile, starts.map(|start| &image[start + run..][..run_len]), panel);
    }
    tile
}

impl Image {
    fn len(&self) -> usize {
        self.padded[0] * self.padded[1] * self.channels
    }

    fn source_len(&self) -> usize {
        self.source[0] * self.source[1] * self.channels
    }

    /// Whether windows may move over the operand as it stands.
    fn is_plain(&self) -> bool {
        self.first == [0, 0] && self.padded[1] == self.source[1] && self.padded[0] <= self.source[0]
    }

    /// Makes the padding 0; padding an image leaves it so.
    fn clear(&self, padded: &mut [f32]) {
        if !self.is_plain() {
            padded[..self.len()].fill(0.0);
        }
    }

    /// Image `n` of the operand, padded.
    fn pad<'a>(&self, source: &'a [f32], n: usize, padded: &'a mut [f32]) -> &'a [f32] {
        let source = &source[n * self.source_len()..][..self.source_len()];
        if self.is_plain() {
            return source;
        }
        self.for_each_row(|from, to, len| padded[to..to + len].copy_from_slice(&source[from..from + len]));
        &padded[..self.len()]
    }

    /// The pixels of the operand in a padded image; those that lie outside are 0.
    fn crop(&self, padded: &[f32], source: &mut [f32]) {
        source.fill(0.0);
        self.for_each_row(|from, to, len| source[from..from + len].copy_from_slice(&padded[to..to + len]));
    }

    /// Calls `visit(first element in the operand, first element in the image, elements)` for each
    /// row that both have.
    fn for_each_row(&self, mut visit: impl FnMut(usize, usize, usize)) {
        // Along an axis: the first pixel that lies inside, where it goes, and how many do.
        let [(row, to_row, rows), (col, to_col, cols)] = [0, 1].map(|axis| {
            let (skipped, to) = ((-self.first[axis]).max(0).unsigned_abs(), self.first[axis].max(0).unsigned_abs());
            let room = self.padded[axis].saturating_sub(to);
            (skipped, to, room.min(self.source[axis].saturating_sub(skipped)))
        });
        for i in 0..rows {
            let from = (row + i) * self.source[1] + col;
            let to = (to_row + i) * self.padded[1] + to_col;
            visit(from * self.channels, to * self.channels, cols * self.channels);
        }
    }
}
