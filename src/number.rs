//! Numbers and their text, the same in a browser and natively.
//!
//! In a browser its own functions read and write them, as exactly as the standard library, whose tables and long arithmetic are 25 KB of the page
//! and its worker: on neither is a float formatted or parsed in another way.

#[cfg(target_arch = "wasm32")]
use js_sys::Number;

/// A decimal number such as `0.03`, `-2` or `1e-5`, rounded to the nearest `f64`; `None` for anything else.
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

/// The shortest text that [`parse`] reads back as the same finite number, as JavaScript writes it: `0.03`, `100`, `1e-7`, `1e+21`; `0` for minus 0.
pub fn shortest(value: f64) -> String {
    written(value)
}

#[cfg(target_arch = "wasm32")]
fn written(value: f64) -> String {
    Number::from(value).to_string_with_radix(10).map(String::from).expect("there is base 10")
}

#[cfg(not(target_arch = "wasm32"))]
fn written(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 {
        "0".into()
    } else if (1e-6..1e21).contains(&size) || !size.is_finite() {
        value.to_string()
    } else if size < 1.0 {
        format!("{value:e}")
    } else {
        format!("{value:e}").replace('e', "e+")
    }
}

/// The shortest text that reads back as the same finite `f32`; `-0` for minus 0.
pub fn shortest_f32(value: f32) -> String {
    if value == 0.0 && value.is_sign_negative() {
        return "-0".into();
    }
    // Nine digits tell all of them apart.
    let rounded = (1..9).map(|digits| rounded(f64::from(value), digits)).find(|rounded| *rounded as f32 == value);
    shortest(rounded.unwrap_or_else(|| self::rounded(f64::from(value), 9)))
}

/// The finite number to so many significant digits, 1 to 17: one that has a text of as many. What lies exactly between two goes away from 0 in a
/// browser, natively to the even one.
pub fn rounded(value: f64, digits: u8) -> f64 {
    parse(&with_digits(value, digits)).unwrap_or(value)
}

#[cfg(target_arch = "wasm32")]
fn with_digits(value: f64, digits: u8) -> String {
    Number::from(value).to_precision(digits).map(String::from).expect("a number has 1 to 100 digits")
}

#[cfg(not(target_arch = "wasm32"))]
fn with_digits(value: f64, digits: u8) -> String {
    format!("{value:.*e}", usize::from(digits) - 1)
}

/// The number with so many decimals: `0.50` with two.
#[cfg(target_arch = "wasm32")]
pub fn fixed(value: f64, decimals: u8) -> String {
    Number::from(value).to_fixed(decimals).map(String::from).expect("a number has 0 to 100 decimals")
}

/// `5350` as `5,350`.
pub fn thousands(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The number, or the bound that it is beyond; `low` for NaN. `f64::clamp` formats its bounds where they are wrong, and that code with it.
#[inline]
pub fn within(value: f64, low: f64, high: f64) -> f64 {
    value.max(low).min(high)
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

    #[test]
    fn a_text_is_the_shortest_that_reads_back() {
        let texts =
            ["0.03", "-2", "100", "0.000001", "1e-7", "-1.5e-9", "123456789012345680000", "1e+21", "1.7976931348623157e+308", "5e-324"];
        for text in texts {
            assert_eq!(shortest(parse(text).expect("a number")), text);
        }
        assert_eq!([0.0, -0.0].map(shortest), ["0", "0"]);
        assert_eq!([0.0, -0.0, 1e-45].map(shortest_f32), ["0", "-0", "1e-45"]);
        assert_eq!([0.1, 3.0, -1.0 / 3.0, 1.175_494_4e-38].map(shortest_f32), ["0.1", "3", "-0.33333334", "1.1754944e-38"]);
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!([0, 999, 1_000, 5_350, 1_234_567].map(thousands), ["0", "999", "1,000", "5,350", "1,234,567"]);
    }

    #[test]
    fn numbers_are_rounded_to_digits() {
        assert_eq!([0.333, 2.0 / 3e6, 0.1 + 0.2, 95.0, 0.0].map(|value| rounded(value, 1)), [0.3, 7e-7, 0.3, 100.0, 0.0]);
    }
}
