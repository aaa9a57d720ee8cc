//! Values as RGBA pixels.

/// Blue and orange of maps on every ground: the hue is here, the ground shines through. Legends and
/// points have theirs from `www/style/tokens.css`.
const POS: [u8; 3] = [16, 128, 200];
const NEG: [u8; 3] = [245, 147, 34];

/// The size of a value, 127 for 1, where only its sign is shown.
const SIGN_ONLY: u8 = 100;

/// Signed values, 127 for 1, as blue and orange with `0.82·|v|^0.85` of opacity over the map's
/// ground; in two colours only if asked.
pub(crate) fn signed(values: &[i8], is_two_coloured: bool) -> Vec<u8> {
    let opacity: Vec<u8> = (0..=128u32).map(|v| (255.0 * 0.82 * (f64::from(v) / 127.0).powf(0.85)).min(255.0) as u8).collect();
    let pixel = |&value: &i8| {
        let [r, g, b] = if value >= 0 { POS } else { NEG };
        let size = if is_two_coloured { SIGN_ONLY } else { value.unsigned_abs() };
        [r, g, b, opacity[usize::from(size)]]
    };
    values.iter().flat_map(pixel).collect()
}

/// A value from 0 to 255 as ever more blue.
pub(crate) fn positive(value: u8) -> [u8; 4] {
    let [r, g, b] = POS;
    // A floor shows where a map is, however silent.
    [r, g, b, value.max(26)]
}

/// Ink: black with the value as its opacity; a dark page inverts it.
pub(crate) fn ink(values: &[u8]) -> Vec<u8> {
    values.iter().flat_map(|&value| [0, 0, 0, value]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_hues_and_sizes_are_opacity() {
        let pixels = signed(&[127, -127, 0, -128], false);
        let pixels: Vec<_> = pixels.chunks_exact(4).collect();
        assert_eq!(pixels[..3], [[16, 128, 200, 209], [245, 147, 34, 209], [16, 128, 200, 0]]);
        assert!(pixels[3][3] > 209);
    }

    #[test]
    fn in_two_colours_sizes_do_not_show() {
        let pixels = signed(&[1, -127], true);
        assert_eq!(pixels[3], pixels[7]);
        assert_ne!(pixels[..3], pixels[4..7]);
    }
}
