//! MNIST and Fashion-MNIST from the IDX files a visitor brings, packed by gzip or not.
//!
//! The bytes are untrusted: sizes are capped, arithmetic is checked, memory is asked for. Which
//! file is which is told from what is in it; names decide only where both parts have equally many
//! images.

use super::gzip;
use super::{DataError, Samples};
use std::cmp::Reverse;

/// The largest file accepted as it comes.
pub const MAX_FILE: usize = 64 << 20;
/// The longest side of an image.
const MAX_SIDE: u32 = 64;
/// Pixels of both parts together: WebGPU promises 128 MiB a binding, and labels must fit beside
/// them.
const MAX_PIXELS: usize = 120 << 20;
/// The highest label.
const MAX_LABEL: u8 = 9;
const WANTED: &str =
    "Choose train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, with or without .gz";
const AGAIN: &str = "Download the file again";

/// One IDX file.
enum Idx {
    Images(Images),
    Labels(Labels),
}

struct Images {
    file: String,
    count: usize,
    size: [usize; 2],
    pixels: Vec<u8>,
}

struct Labels {
    file: String,
    classes: Vec<u8>,
}

/// Puts the four files of a set together: (name, bytes) in any order, training and test images and
/// labels.
///
/// # Errors
/// [`DataError`] if a file is not IDX, is damaged or too large, or if the four do not belong
/// together.
pub fn assemble(files: Vec<(String, Vec<u8>)>) -> Result<Samples, DataError> {
    let set = |what: String| DataError::new("The files", what, None, WANTED);
    if files.len() != 4 {
        return Err(set(format!("are {} where a set has four", files.len())));
    }
    let (mut images, mut labels) = (Vec::new(), Vec::new());
    for (name, bytes) in files {
        match read(name, bytes)? {
            Idx::Images(part) => images.push(part),
            Idx::Labels(part) => labels.push(part),
        }
    }
    let kinds = format!("hold {} times images and {} times labels where a set has two of each", images.len(), labels.len());
    let (Ok(mut images), Ok(mut labels)) = (<[Images; 2]>::try_from(images), <[Labels; 2]>::try_from(labels)) else {
        return Err(set(kinds));
    };
    if images[0].count == images[1].count {
        images.sort_by_key(|part| is_test_name(&part.file));
        labels.sort_by_key(|part| is_test_name(&part.file));
        let are_named = |train: &str, test: &str| !is_test_name(train) && is_test_name(test);
        if !are_named(&images[0].file, &images[1].file) || !are_named(&labels[0].file, &labels[1].file) {
            return Err(set("have equally many images and no names that tell training from test".into()));
        }
    } else {
        images.sort_by_key(|part| Reverse(part.count));
        labels.sort_by_key(|part| Reverse(part.classes.len()));
    }

    for (images, labels) in images.iter().zip(&labels) {
        if images.count != labels.classes.len() {
            let what = format!("has {} labels but {} has {} images", labels.classes.len(), images.file, images.count);
            return Err(DataError::new(&labels.file, what, 4, WANTED));
        }
    }
    let [mut train, test] = images;
    let [train_labels, test_labels] = labels;
    if train.size != test.size {
        let what = format!("has images of {}×{} where {} has {}×{}", test.size[0], test.size[1], train.file, train.size[0], train.size[1]);
        return Err(DataError::new(&test.file, what, 8, WANTED));
    }
    if train.pixels.len() + test.pixels.len() > MAX_PIXELS {
        return Err(set(format!("hold {} images, which do not fit into {} MiB", train.count + test.count, MAX_PIXELS >> 20)));
    }
    if train.pixels.try_reserve_exact(test.pixels.len()).is_err() {
        return Err(DataError::new(&test.file, "needs more memory than is free", None, "Close other pages and try again"));
    }
    Ok(Samples::from_images(train.size, (train.pixels, train_labels.classes), (test.pixels, test_labels.classes), 1.0 / 255.0))
}

/// Whether a file is called as those of the test part are.
fn is_test_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("t10k") || name.contains("test")
}

/// Reads one file: big-endian, two zero bytes, the type 8 (bytes), the number of dimensions, the
/// dimensions, the bytes.
fn read(file: String, bytes: Vec<u8>) -> Result<Idx, DataError> {
    let refuse = |what: String, offset: usize, remedy| Err(DataError::new(&file, what, offset as u64, remedy));
    if bytes.len() > MAX_FILE {
        return refuse(format!("has {} bytes where {MAX_FILE} are accepted", bytes.len()), MAX_FILE, WANTED);
    }
    let mut bytes = if gzip::is_gzip(&bytes) { gzip::unpack(&file, &bytes)? } else { bytes };
    let dims = match bytes.get(..4) {
        Some([0, 0, 8, 1]) => 1,
        Some([0, 0, 8, 3]) => 3,
        Some([0, 0, kind, dims]) if *kind == 8 || (9..=14).contains(kind) => {
            return refuse(format!("is an IDX file of type {kind} with {dims} dimensions, neither images nor labels in bytes"), 2, WANTED);
        }
        _ => return refuse("is not an IDX file".into(), 0, WANTED),
    };
    let header = 4 + 4 * dims;
    let Some(fields) = bytes.get(4..header) else { return refuse("is cut short".into(), bytes.len(), AGAIN) };
    let extents: Vec<u32> = fields.chunks_exact(4).map(|four| u32::from_be_bytes([four[0], four[1], four[2], four[3]])).collect();
    if extents[0] == 0 {
        return refuse("is empty".into(), 4, WANTED);
    }
    if let Some(axis) = (1..dims).find(|&axis| !(1..=MAX_SIDE).contains(&extents[axis])) {
        return refuse(
            format!("has images of {}×{} where 1 to {MAX_SIDE} a side are accepted", extents[1], extents[2]),
            4 + 4 * axis,
            WANTED,
        );
    }
    let want = extents.iter().try_fold(1usize, |len, &extent| len.checked_mul(extent as usize)).and_then(|len| len.checked_add(header));
    if want != Some(bytes.len()) {
        let what = match want {
            Some(want) if bytes.len() < want => format!("is cut short: {} bytes of {want}", bytes.len()),
            _ => format!("has {} bytes, which are more than its header announces", bytes.len()),
        };
        let offset = want.unwrap_or(4).min(bytes.len());
        return refuse(what, offset, AGAIN);
    }
    bytes.drain(..header);
    if dims == 3 {
        let size = [extents[1] as usize, extents[2] as usize];
        return Ok(Idx::Images(Images { file, count: extents[0] as usize, size, pixels: bytes }));
    }
    if let Some(at) = bytes.iter().position(|&label| label > MAX_LABEL) {
        return refuse(format!("has the label {} where {MAX_LABEL} is the most", bytes[at]), header + at, WANTED);
    }
    Ok(Idx::Labels(Labels { file, classes: bytes }))
}
