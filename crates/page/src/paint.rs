//! Values as pixels.

use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

/// Blue and orange as they are on every ground: the hue is here, the ground shines through.
const POS: [u8; 3] = [16, 128, 200];
const NEG: [u8; 3] = [245, 147, 34];

/// Signed values, 127 for 1, as blue and orange with `0.82·|v|^0.85` of opacity over the map's ground; in two colours only if asked.
pub(crate) fn signed(values: &[u8], is_two_coloured: bool) -> Vec<u8> {
    let opacity: Vec<u8> = (0..=128u32).map(|v| (255.0 * 0.82 * (f64::from(v) / 127.0).powf(0.85)).min(255.0) as u8).collect();
    let mut pixels = Vec::with_capacity(values.len() * 4);
    for &byte in values {
        let value = byte as i8;
        let [r, g, b] = if value >= 0 { POS } else { NEG };
        let size = if is_two_coloured { 100 } else { value.unsigned_abs() };
        pixels.extend_from_slice(&[r, g, b, opacity[size as usize]]);
    }
    pixels
}

/// Values from 0 as ever more blue.
pub(crate) fn positive(value: u8) -> [u8; 4] {
    let [r, g, b] = POS;
    // A floor shows where a map is, however silent.
    [r, g, b, value.max(26)]
}

/// Ink: black with the value as its opacity; a dark page inverts it.
pub(crate) fn ink(values: &[u8]) -> Vec<u8> {
    values.iter().flat_map(|&value| [0, 0, 0, value]).collect()
}

/// Puts RGBA pixels onto a canvas of that size.
pub(crate) fn put(canvas: &HtmlCanvasElement, pixels: &[u8], width: usize, height: usize) {
    if width == 0 || height == 0 || pixels.len() != width * height * 4 {
        return;
    }
    let (width, height) = (width as u32, height as u32);
    if canvas.width() != width || canvas.height() != height {
        canvas.set_width(width);
        canvas.set_height(height);
    }
    let context = canvas.get_context("2d").ok().flatten().and_then(|c| c.dyn_into::<CanvasRenderingContext2d>().ok());
    let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(pixels), width, height);
    if let (Some(context), Ok(image)) = (context, image) {
        // Fails only for a canvas of no size, which was excluded above.
        let _ = context.put_image_data(&image, 0.0, 0.0);
    }
}
