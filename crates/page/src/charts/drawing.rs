//! A drawing in the size of a data set's images.

/// Ink on a grid of pixels, and the pen. Places are shares of the sides, `[x, y]` from the upper
/// left.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Drawing {
    pub(crate) rows: usize,
    pub(crate) cols: usize,
    /// A byte a pixel, row by row, 255 for full ink.
    pub(crate) pixels: Vec<u8>,
    pen: Option<[f64; 2]>,
}

impl Drawing {
    /// An empty square.
    pub(crate) fn new([rows, cols]: [usize; 2]) -> Self {
        Self { rows, cols, pixels: vec![0; rows * cols], pen: None }
    }

    /// Goes among images of a size: it stays as it is where it has that size, else it is emptied.
    pub(crate) fn fit(&mut self, [rows, cols]: [usize; 2]) {
        if [self.rows, self.cols] != [rows, cols] {
            *self = Self::new([rows, cols]);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.pixels.iter().all(|&ink| ink == 0)
    }

    /// The next stroke begins elsewhere.
    pub(crate) fn lift(&mut self) {
        self.pen = None;
    }

    /// A stroke from the pen's last place to another.
    pub(crate) fn stroke(&mut self, to: [f64; 2]) {
        let from = self.pen.unwrap_or(to);
        let side = self.rows.max(self.cols) as f64;
        let dots = ((to[0] - from[0]).hypot(to[1] - from[1]) * side * 3.0).ceil().max(1.0) as usize;
        for i in 1..=dots {
            let share = i as f64 / dots as f64;
            self.dot([from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share]);
        }
        self.pen = Some(to);
    }

    /// A soft dot, about as thick as the strokes of the data sets: a tenth of the side.
    fn dot(&mut self, at: [f64; 2]) {
        let radius = self.rows as f64 * 0.055 + 0.25;
        for row in 0..self.rows {
            for col in 0..self.cols {
                let dx = col as f64 + 0.5 - at[0] * self.cols as f64;
                let dy = row as f64 + 0.5 - at[1] * self.rows as f64;
                let ink = ((radius + 0.5 - dx.hypot(dy)) * 255.0).clamp(0.0, 255.0) as u8;
                let pixel = &mut self.pixels[row * self.cols + col];
                *pixel = (*pixel).max(ink);
            }
        }
    }

    /// A dot in the middle of a pixel.
    pub(crate) fn dot_on(&mut self, [row, col]: [usize; 2]) {
        self.dot([(col as f64 + 0.5) / self.cols as f64, (row as f64 + 0.5) / self.rows as f64]);
    }

    /// The pixel that an arrow key leads to from another; the middle to begin with. `None` for
    /// other keys and where there are no pixels.
    pub(crate) fn moved(&self, from: Option<[usize; 2]>, key: &str) -> Option<[usize; 2]> {
        let last = [self.rows.checked_sub(1)?, self.cols.checked_sub(1)?];
        let [row, col] = from.unwrap_or(self.middle());
        match key {
            "ArrowUp" => Some([row.saturating_sub(1), col]),
            "ArrowDown" => Some([(row + 1).min(last[0]), col]),
            "ArrowLeft" => Some([row, col.saturating_sub(1)]),
            "ArrowRight" => Some([row, (col + 1).min(last[1])]),
            _ => None,
        }
    }

    /// The pixel in the middle.
    pub(crate) fn middle(&self) -> [usize; 2] {
        [self.rows / 2, self.cols / 2]
    }

    /// Its pixels, moved so that the ink is centred, as that of the data sets is; none if there is
    /// no ink.
    pub(crate) fn centred(&self) -> Vec<u8> {
        let (mut sum, mut x, mut y) = (0.0, 0.0, 0.0);
        for (i, &ink) in self.pixels.iter().enumerate() {
            sum += f64::from(ink);
            x += f64::from(ink) * (i % self.cols) as f64;
            y += f64::from(ink) * (i / self.cols) as f64;
        }
        if sum == 0.0 {
            return Vec::new();
        }
        let right = ((self.cols as f64 - 1.0) / 2.0 - x / sum).round() as isize;
        let down = ((self.rows as f64 - 1.0) / 2.0 - y / sum).round() as isize;
        let mut moved = vec![0; self.pixels.len()];
        for (i, &ink) in self.pixels.iter().enumerate() {
            let (row, col) = ((i / self.cols) as isize + down, (i % self.cols) as isize + right);
            if (0..self.rows as isize).contains(&row) && (0..self.cols as isize).contains(&col) {
                moved[row as usize * self.cols + col as usize] = ink;
            }
        }
        moved
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stroke_leaves_ink_where_it_passed() {
        let mut drawing = Drawing::new([8, 8]);
        assert!(drawing.is_empty() && drawing.centred().is_empty());
        drawing.stroke([0.1, 0.5]);
        drawing.stroke([0.9, 0.5]);
        assert!((1..7).all(|col| drawing.pixels[4 * 8 + col] > 100), "{:?}", drawing.pixels);
        assert!(drawing.pixels[..8].iter().all(|&ink| ink == 0));
    }

    #[test]
    fn a_lifted_pen_draws_no_line_between() {
        let mut drawing = Drawing::new([28, 28]);
        drawing.stroke([0.1, 0.5]);
        drawing.lift();
        drawing.stroke([0.9, 0.5]);
        assert_eq!(drawing.pixels[14 * 28 + 14], 0);
    }

    #[test]
    fn samples_of_its_size_leave_a_drawing_and_others_empty_it() {
        let mut drawing = Drawing::new([8, 8]);
        drawing.dot_on([3, 4]);
        let drawn = drawing.clone();
        drawing.fit([8, 8]);
        assert_eq!(drawing, drawn);
        drawing.fit([28, 28]);
        assert_eq!(drawing, Drawing::new([28, 28]));
    }

    #[test]
    fn what_is_drawn_in_a_corner_is_sent_in_the_middle() {
        let mut drawing = Drawing::new([28, 28]);
        drawing.dot_on([3, 24]);
        let centred = drawing.centred();
        let brightest = (0..centred.len()).max_by_key(|&i| centred[i]).map(|i| [i / 28, i % 28]);
        assert!(matches!(brightest, Some([13..=15, 13..=15])), "{brightest:?}");
    }

    #[test]
    fn arrow_keys_stay_inside() {
        let drawing = Drawing::new([8, 8]);
        assert_eq!(drawing.moved(None, "ArrowUp"), Some([3, 4]));
        assert_eq!(drawing.moved(Some([0, 7]), "ArrowUp"), Some([0, 7]));
        assert_eq!(drawing.moved(Some([0, 7]), "ArrowRight"), Some([0, 7]));
        assert_eq!(drawing.moved(None, "a"), None);
        assert_eq!(Drawing::default().moved(None, "ArrowUp"), None);
    }
}
