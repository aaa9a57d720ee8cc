//! The 1,797 handwritten digits that come with the page: 8×8 pixels of 17 shades (E. Alpaydin and
//! C. Kaynak, UCI; CC BY 4.0).

use super::{DataError, Samples};

/// What the file starts with.
const MAGIC: &[u8; 8] = b"DIGITS08";
/// Magic and four u32: images, rows, columns, classes.
const HEADER: usize = 24;
/// How the file is called beside the page.
pub const FILE: &str = "digits.bin";
pub(crate) const REMEDY: &str = "Reload the page; if it stays so, the page was not installed completely";

/// Reads `digits.bin`, all numbers little-endian: `DIGITS08`, then `count`, 8, 8, 10 as u32, then
/// `count · 64` pixels 0 to 16, then `count` labels.
///
/// Later images come from other writers, so rows are split by number: row `i` is tested on where
/// `i · t mod 100 < t`, with `t` the whole percentage that is not trained on. With 80 % those are
/// the rows whose number is divisible by 5.
///
/// # Errors
/// [`DataError`] if the bytes are not such a file.
pub fn parse(bytes: &[u8], train_percent: f64) -> Result<Samples, DataError> {
    let refuse = |what: String, offset: usize| DataError::new(FILE, what, offset as u64, REMEDY);
    if bytes.get(..8) != Some(MAGIC) {
        return Err(refuse("is not the file of bundled digits".into(), 0));
    }
    let word = |at: usize| bytes.get(at..at + 4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]));
    let [Some(count), Some(8), Some(8), Some(10)] = [word(8), word(12), word(16), word(20)] else {
        return Err(refuse("does not describe 8×8 images of ten classes".into(), 8));
    };
    let count = count as usize;
    let want = count.checked_mul(65).and_then(|len| len.checked_add(HEADER));
    if want != Some(bytes.len()) {
        return Err(refuse(format!("announces {count} images but has {} bytes", bytes.len()), 8));
    }
    let (pixels, labels) = bytes[HEADER..].split_at(count * 64);
    if let Some(at) = pixels.iter().position(|&pixel| pixel > 16) {
        return Err(refuse(format!("has a pixel of {} where 16 is the most", pixels[at]), HEADER + at));
    }
    if let Some(at) = labels.iter().position(|&label| label > 9) {
        return Err(refuse(format!("has the label {} where 9 is the most", labels[at]), HEADER + pixels.len() + at));
    }

    let test_percent = (100.0 - train_percent).round().clamp(1.0, 99.0) as usize;
    let mut parts = [(Vec::new(), Vec::new()), (Vec::new(), Vec::new())];
    for row in 0..count {
        let is_test = row * test_percent % 100 < test_percent;
        let (images, classes) = &mut parts[usize::from(is_test)];
        images.extend_from_slice(&pixels[row * 64..(row + 1) * 64]);
        classes.push(labels[row]);
    }
    let [train, test] = parts;
    Ok(Samples::from_images([8, 8], train, test, 1.0 / 16.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Column;

    fn file(count: u32) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        for word in [count, 8, 8, 10] {
            bytes.extend(word.to_le_bytes());
        }
        bytes.extend((0..count as usize * 64).map(|at| (at % 17) as u8));
        bytes.extend((0..count).map(|row| (row % 10) as u8));
        bytes
    }

    #[test]
    fn every_fifth_row_is_tested_on() {
        let samples = parse(&file(10), 80.0).expect("a good file");
        let Column::U8 { bytes: labels, .. } = samples.target else { panic!("labels are bytes") };
        assert_eq!(labels, [1, 2, 3, 4, 6, 7, 8, 9, 0, 5]);
        assert_eq!((samples.train_rows, samples.test_rows), (8, 2));
    }

    #[test]
    fn both_parts_have_rows_whatever_the_percentage() {
        for percent in [-1.0, 0.0, 10.0, 50.0, 99.0, 100.0, f64::INFINITY] {
            let samples = parse(&file(1797), percent).expect("a good file");
            assert!(samples.train_rows > 0 && samples.test_rows > 0, "{percent} %");
            let share = samples.train_rows as f64 / 1797.0 * 100.0;
            assert!((share - percent.clamp(1.0, 99.0)).abs() < 0.1, "{percent} % gave {share} %");
        }
    }

    #[test]
    fn damaged_files_are_refused() {
        let good = file(3);
        for len in 0..good.len() {
            assert!(parse(&good[..len], 80.0).is_err(), "cut at {len}");
        }
        let mut bad = good.clone();
        bad[HEADER + 5] = 17;
        assert_eq!(parse(&bad, 80.0).expect_err("a bright pixel").offset, Some(HEADER as u64 + 5));
        let mut bad = good;
        *bad.last_mut().expect("a label") = 10;
        assert!(parse(&bad, 80.0).expect_err("a wrong label").what.contains("label 10"));
    }
}
