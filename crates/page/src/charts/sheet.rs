//! What a layer makes of an image: its maps side by side in one picture.
//!
//! Turns the extent of a layer and the bytes of a frame into pixels of one canvas. How many maps
//! stand in a row depends on their number, their size and whether the page is narrow, never on what
//! they show.

use super::arcs::{Arc, arcs};
use super::paint;
use crate::names::{site_detail, site_name};
use descent_spec::Model;
use descent_spec::model::{Extent, Outline, Site};

/// At most so many maps or units of a layer are drawn.
const MAX_MAPS: usize = 16;
const MAX_CELLS: usize = 64;

/// A hidden site of an image network as it is drawn.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct LayerPicture {
    /// Among all sites; 0 is the input.
    pub(crate) index: usize,
    /// Whether it is computed from the site right before it.
    pub(crate) follows: bool,
    pub(crate) title: String,
    /// What it is called among all: `residual 1, layer 2`.
    pub(crate) name: String,
    /// Title and what is set of it.
    pub(crate) about: String,
    /// How large its output is.
    pub(crate) size: String,
    /// Where its values begin in a frame.
    pub(crate) start: usize,
    pub(crate) sheet: Sheet,
}

/// What stands in the picture of an image network between the image and the answer.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct ImageLayers {
    pub(crate) pictures: Vec<LayerPicture>,
    /// Between all sites.
    pub(crate) arcs: Vec<Arc>,
    /// Whether the output is computed from the site right before it.
    pub(crate) output_follows: bool,
}

/// The hidden sites of a network. In a narrow page a site is a row, in a wide one a column.
pub(crate) fn image_layers(model: &Model, outline: &Outline, is_narrow: bool) -> ImageLayers {
    let follows = |index: usize| outline.sites[index].parents.contains(&(index - 1));
    let mut start = 0;
    let picture = |(index, site): (usize, &Site)| {
        let sheet = Sheet::of(site.extent, is_narrow);
        let before = start;
        start += sheet.values();
        let (title, detail) = (site.title(), site_detail(site));
        LayerPicture {
            index,
            follows: follows(index),
            name: site_name(model, site),
            about: if detail.is_empty() { title.clone() } else { format!("{title}, {detail}") },
            title,
            size: match site.extent {
                Extent::Image { rows, cols, channels } => format!("{channels} × {rows} × {cols}"),
                _ => format!("{} units", sheet.tiles),
            },
            start: before,
            sheet,
        }
    };
    let last = outline.sites.len().saturating_sub(1);
    let pictures = outline.sites.iter().enumerate().take(last).skip(1).map(picture).collect();
    ImageLayers { pictures, arcs: arcs(outline), output_follows: last == 0 || follows(last) }
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
    /// Of an image, whose channels are maps, or of any other output, whose units are maps of one
    /// pixel.
    fn of(extent: Extent, is_narrow: bool) -> Self {
        let (tiles, rows, cols, most) = match extent {
            Extent::Image { rows, cols, channels } => (channels, rows, cols, MAX_MAPS),
            _ => (usize::try_from(extent.elements()).unwrap_or(usize::MAX), 1, 1, MAX_CELLS),
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
    use descent_spec::Activation;
    use descent_spec::layers::Dense;

    fn layers(text: &str) -> ImageLayers {
        let model = Model::read(text).expect("a model");
        let outline =
            model.outline(Extent::Image { rows: 8, cols: 8, channels: 1 }, Some(Dense { units: 10, activation: Activation::Linear }));
        image_layers(&model, &outline.expect("it fits"), false)
    }

    #[test]
    fn layers_follow_each_other_in_a_frame_and_the_output_is_no_picture() {
        let all = layers("conv:3x3:relu,dense:100:relu");
        assert_eq!(
            all.pictures.iter().map(|p| (p.start, p.sheet.shown, p.size.as_str())).collect::<Vec<_>>(),
            [(0, 3, "3 × 8 × 8"), (192, 64, "100 units")]
        );
        assert!(all.arcs.is_empty() && all.output_follows);
        assert_eq!(layers("").pictures, []);
    }

    #[test]
    fn no_site_is_left_out_and_those_that_begin_anew_are_told() {
        let all = layers("conv:2x3:relu,parallel:add(conv:2x3:relu;conv:2x1:linear),residual:relu()");
        let seen: Vec<_> = all.pictures.iter().map(|p| (p.index, p.start, p.follows, p.name.as_str())).collect();
        let wanted = [
            (1, 0, true, "layer 1"),
            (2, 128, true, "parallel 1, branch 1, layer 1"),
            (3, 256, false, "parallel 1, branch 2, layer 1"),
            (4, 384, true, "parallel 1"),
            (5, 512, true, "residual 1"),
        ];
        assert_eq!(seen, wanted);
        assert_eq!(all.arcs.iter().map(|arc| [arc.from, arc.to]).collect::<Vec<_>>(), [[1, 3], [2, 4]]);
    }

    #[test]
    fn every_value_has_its_place() {
        for is_narrow in [false, true] {
            for shape in [&[2, 3, 5][..], &[28, 28, 64], &[1, 1, 7], &[40], &[1]] {
                let sheet = Sheet::of(Extent::of_shape(shape).expect("an extent"), is_narrow);
                let [width, height] = sheet.size();
                let pixels = sheet.paint(&vec![200; sheet.values()]).expect("as many values as it has");
                assert_eq!(pixels.len(), width * height * 4);
                let lit = pixels.chunks_exact(4).filter(|pixel| pixel[3] == 200).count();
                assert_eq!(lit, sheet.shown * sheet.rows * sheet.cols * sheet.zoom() * sheet.zoom(), "{shape:?}");
            }
        }
        assert_eq!(Sheet::of(Extent::Vector { features: 4 }, false).paint(&[1, 2, 3]), None);
    }
}
