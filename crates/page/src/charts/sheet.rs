//! What a layer makes of an image: its maps side by side in one picture.

use super::paint;
use descent_protocol::LayerReport;

/// At most so many maps or units of a layer are drawn.
const MAX_MAPS: usize = 16;
const MAX_CELLS: usize = 64;

/// A hidden layer of an image network as it is drawn.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct LayerPicture {
    /// Among the hidden layers.
    pub(crate) index: usize,
    pub(crate) title: String,
    /// Title and what is set of it.
    pub(crate) name: String,
    /// How large its output is.
    pub(crate) size: String,
    /// Where its values begin in a frame.
    pub(crate) start: usize,
    pub(crate) sheet: Sheet,
}

/// The hidden layers of a network. In a narrow page a layer is a row, in a wide one a column.
pub(crate) fn layer_pictures(layers: &[LayerReport], is_narrow: bool) -> Vec<LayerPicture> {
    let hidden = layers.split_last().map_or(&[][..], |(_, hidden)| hidden);
    let mut start = 0;
    let picture = |(index, layer): (usize, &LayerReport)| {
        let sheet = Sheet::of(&layer.shape, is_narrow);
        let before = start;
        start += sheet.values();
        LayerPicture {
            index,
            title: layer.title.clone(),
            name: if layer.detail.is_empty() { layer.title.clone() } else { format!("{}, {}", layer.title, layer.detail) },
            size: match layer.shape.as_slice() {
                [h, w, c] => format!("{c} × {h} × {w}"),
                _ => format!("{} units", sheet.tiles),
            },
            start: before,
            sheet,
        }
    };
    hidden.iter().enumerate().map(picture).collect()
}

/// Maps side by side in one picture.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Sheet {
    pub(crate) tiles: usize,
    /// How many of them are drawn.
    pub(crate) shown: usize,
    across: usize,
    rows: usize,
    cols: usize,
}

impl Sheet {
    /// Of an output `[h, w, channels]`, or of any other, whose units are maps of one pixel.
    fn of(shape: &[usize], is_narrow: bool) -> Self {
        let (tiles, rows, cols, most) = match *shape {
            [h, w, c] => (c, h, w, MAX_MAPS),
            _ => (shape.iter().product(), 1, 1, MAX_CELLS),
        };
        let shown = tiles.min(most);
        Self { tiles, shown, across: across(shown, rows == 1 && cols == 1, is_narrow), rows, cols }
    }

    /// Whether its maps are single pixels.
    pub(crate) fn are_cells(&self) -> bool {
        self.rows == 1 && self.cols == 1
    }

    /// How many values it has in a frame.
    pub(crate) fn values(&self) -> usize {
        self.tiles * self.rows * self.cols
    }

    /// Each value becomes a square of so many pixels, so that the gap stays thin beside small maps.
    fn zoom(&self) -> usize {
        (32 / self.rows.max(self.cols).max(1)).max(1)
    }

    /// From one map to the next, down and across.
    fn pitch(&self) -> [usize; 2] {
        [self.rows * self.zoom() + 3, self.cols * self.zoom() + 3]
    }

    /// Width and height in pixels.
    pub(crate) fn size(&self) -> [usize; 2] {
        let [high, wide] = self.pitch();
        [self.across * wide - 3, self.shown.div_ceil(self.across).max(1) * high - 3]
    }

    /// Values `[rows, cols, tiles]` as pixels; `None` if there are not as many.
    pub(crate) fn paint(&self, values: &[u8]) -> Option<Vec<u8>> {
        let ([width, height], [high, wide], zoom) = (self.size(), self.pitch(), self.zoom());
        let mut pixels = vec![0; width * height * 4];
        for map in 0..self.shown {
            let (top, left) = (map / self.across * high, map % self.across * wide);
            for y in 0..self.rows * zoom {
                for x in 0..self.cols * zoom {
                    let value = *values.get((y / zoom * self.cols + x / zoom) * self.tiles + map)?;
                    let at = ((top + y) * width + left + x) * 4;
                    pixels[at..at + 4].copy_from_slice(&paint::positive(value));
                }
            }
        }
        Some(pixels)
    }
}

/// How many tiles stand side by side: few where layers do, many where a layer is a row.
fn across(tiles: usize, are_cells: bool, is_narrow: bool) -> usize {
    match (are_cells, is_narrow) {
        (true, false) => tiles.div_ceil(16).max(1),
        (true, true) => tiles.clamp(1, 16),
        (false, true) => tiles.clamp(1, 8),
        (false, false) if tiles <= 4 => 1,
        (false, false) => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(shape: &[usize]) -> LayerReport {
        LayerReport { title: "Layer".into(), detail: String::new(), shape: shape.to_vec(), params: 0, multiplications: 0 }
    }

    #[test]
    fn layers_follow_each_other_in_a_frame_and_the_output_is_no_picture() {
        let all = layer_pictures(&[layer(&[8, 8, 3]), layer(&[100]), layer(&[10])], false);
        assert_eq!(
            all.iter().map(|p| (p.start, p.sheet.shown, p.size.as_str())).collect::<Vec<_>>(),
            [(0, 3, "3 × 8 × 8"), (192, 64, "100 units")]
        );
        assert_eq!(layer_pictures(&[], false), []);
    }

    #[test]
    fn every_value_has_its_place() {
        for is_narrow in [false, true] {
            for shape in [&[2, 3, 5][..], &[28, 28, 64], &[1, 1, 7], &[40], &[1]] {
                let sheet = Sheet::of(shape, is_narrow);
                let [width, height] = sheet.size();
                let pixels = sheet.paint(&vec![200; sheet.values()]).expect("as many values as it has");
                assert_eq!(pixels.len(), width * height * 4);
                let lit = pixels.chunks_exact(4).filter(|pixel| pixel[3] == 200).count();
                assert_eq!(lit, sheet.shown * sheet.rows * sheet.cols * sheet.zoom() * sheet.zoom(), "{shape:?}");
            }
        }
        assert_eq!(Sheet::of(&[4], false).paint(&[1, 2, 3]), None);
    }
}
