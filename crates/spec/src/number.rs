//! Numbers and their text in links and on the page.

/// A finite decimal number such as `0.03`, `-2` or `1e-5`, rounded to the nearest `f64`; `None` for
/// anything else.
///
/// `f64::from_str` also reads `inf` and `nan`, which mean nothing in a link.
pub fn parse(text: &str) -> Option<f64> {
    let is_decimal = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    is_decimal.then(|| text.parse().ok()).flatten()
}

/// The shortest text that [`parse`] reads back as the same finite number, as JavaScript writes it:
/// `0.03`, `100`, `1e-7`, `1e+21`; `0` for minus 0.
pub fn shortest(value: f64) -> String {
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

/// The finite number to so many significant digits, 1 to 17: one that has a text of as many.
pub fn rounded(value: f64, digits: usize) -> f64 {
    format!("{value:.*e}", digits - 1).parse().unwrap_or(value)
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

#[cfg(test)]
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
