//! Numbers from text.

/// A decimal number such as `0.03`, `-2` or `1e-5`, rounded to the nearest `f64`; `None` for anything else.
///
/// In a browser its own parser reads it, which rounds in the same way: the standard library's brings a table of 10 KB that does not compress.
pub fn parse(text: &str) -> Option<f64> {
    let is_decimal = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    is_decimal.then(|| convert(text)).flatten()
}

#[cfg(target_arch = "wasm32")]
fn convert(text: &str) -> Option<f64> {
    let number = wasm_bindgen::JsValue::from_str(text).unchecked_into_f64();
    (!number.is_nan()).then_some(number)
}

#[cfg(not(target_arch = "wasm32"))]
fn convert(text: &str) -> Option<f64> {
    text.parse().ok()
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn only_decimal_numbers_are_read() {
        assert_eq!(["0.03", "-2", "+.5", "1e-5"].map(parse), [Some(0.03), Some(-2.0), Some(0.5), Some(1e-5)]);
        for text in ["", "-", ".", "e5", "1e", "1e5e", "0x10", " 1", "inf", "Infinity", "NaN", "1,5"] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
