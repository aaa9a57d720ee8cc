//! Every pair of colours that carries meaning is far enough apart, in each theme (WCAG 2.2, 1.4.3
//! and 1.4.11).
#![cfg(not(target_arch = "wasm32"))]

use std::collections::HashMap;

/// A theme's name and its colours by token.
type Theme = (&'static str, HashMap<String, [u8; 3]>);

/// Foreground, background, and the least ratio between them: 7 for running text, 4.5 for secondary
/// text, 3 for lines and edges.
const PAIRS: [(&str, &str, f64); 25] = [
    ("ink", "ground", 7.0),
    ("ink", "raised", 7.0),
    ("ink", "sunk", 7.0),
    ("on-ink", "ink", 7.0),
    ("ink-2", "ground", 4.5),
    ("ink-2", "raised", 4.5),
    ("ink-2", "sunk", 4.5),
    ("edge", "ground", 3.0),
    ("edge", "sunk", 3.0),
    ("pos-line", "ground", 3.0),
    ("neg-line", "ground", 3.0),
    ("pos-line", "map-zero", 3.0),
    ("neg-line", "map-zero", 3.0),
    ("pos-edge", "map-zero", 3.0),
    ("neg-edge", "map-zero", 3.0),
    ("machine", "ground", 4.5),
    ("machine", "machine-soft", 4.5),
    ("focus", "ground", 3.0),
    ("focus", "sunk", 3.0),
    ("focus", "map-zero", 3.0),
    ("wrong", "ground", 4.5),
    ("wrong", "wrong-soft", 4.5),
    ("wrong", "raised", 4.5),
    ("ink", "wrong-soft", 7.0),
    ("ink", "machine-soft", 7.0),
];

#[test]
fn colours_that_carry_meaning_can_be_told_apart() {
    for (theme, colours) in themes(include_str!("../www/style/tokens.css")) {
        for (front, back, least) in PAIRS {
            let [a, b] = [front, back].map(|token| luminance(*colours.get(token).unwrap_or_else(|| panic!("{theme} has no --{token}"))));
            let ratio = (a.max(b) + 0.05) / (a.min(b) + 0.05);
            assert!(ratio >= least, "{theme}: --{front} on --{back} is {ratio:.2}, needs {least}");
        }
    }
}

#[test]
fn black_on_white_is_21_to_1() {
    assert!(((luminance([255; 3]) + 0.05) / (luminance([0; 3]) + 0.05) - 21.0).abs() < 1e-9);
}

/// The themes of a style sheet: `light-dark(…)` in `:root`, and what `data-theme="contrast"`
/// replaces of the light one.
fn themes(css: &str) -> [Theme; 3] {
    let root = block(css, ":root {");
    let [light, dark] = [0, 1].map(|side| root.iter().filter_map(|(token, value)| Some((token.clone(), colour(value, side)?))).collect());
    let mut contrast: HashMap<String, [u8; 3]> = HashMap::clone(&light);
    contrast.extend(
        block(css, r#":root[data-theme="contrast"] {"#).iter().filter_map(|(token, value)| Some((token.clone(), colour(value, 0)?))),
    );
    [("light", light), ("dark", dark), ("contrast", contrast)]
}

/// The tokens of all blocks that open with `selector`, in order.
fn block(css: &str, selector: &str) -> Vec<(String, String)> {
    let bodies = css.split(selector).skip(1).filter_map(|rest| rest.split('}').next());
    let declarations = bodies.flat_map(|body| body.split(';')).filter_map(|line| line.split_once("--")?.1.split_once(':'));
    declarations.map(|(token, value)| (token.trim().to_string(), value.trim().to_string())).collect()
}

/// The colour of a declaration: `#rgb`, `#rrggbb`, or one side of `light-dark(#…, #…)`.
fn colour(value: &str, side: usize) -> Option<[u8; 3]> {
    let text = match value.strip_prefix("light-dark(") {
        Some(pair) => pair.trim_end_matches(')').split(',').nth(side)?.trim(),
        None => value,
    };
    let digits = text.strip_prefix('#')?;
    let wide: String = if digits.len() == 3 { digits.chars().flat_map(|digit| [digit, digit]).collect() } else { digits.into() };
    let channel = |at: usize| u8::from_str_radix(wide.get(at..at + 2)?, 16).ok();
    Some([channel(0)?, channel(2)?, channel(4)?])
}

/// Relative luminance of an sRGB colour.
fn luminance(colour: [u8; 3]) -> f64 {
    let [r, g, b] = colour.map(|channel| {
        let share = f64::from(channel) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}
