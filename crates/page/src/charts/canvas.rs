//! Pixels on a canvas.

use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

/// Puts RGBA pixels onto a canvas, which takes on their size. Pixels of another number than `width
/// * height` are not drawn.
pub(crate) fn put(canvas: &HtmlCanvasElement, pixels: &[u8], width: usize, height: usize) {
    if width == 0 || height == 0 || pixels.len() != width * height * 4 {
        return;
    }
    let (width, height) = (width as u32, height as u32);
    if canvas.width() != width || canvas.height() != height {
        canvas.set_width(width);
        canvas.set_height(height);
    }
    let context = canvas.get_context("2d").ok().flatten().and_then(|context| context.dyn_into::<CanvasRenderingContext2d>().ok());
    let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(pixels), width, height);
    if let (Some(context), Ok(image)) = (context, image) {
        // Fails only for an image of no size, which was excluded above.
        let _ = context.put_image_data(&image, 0.0, 0.0);
    }
}
