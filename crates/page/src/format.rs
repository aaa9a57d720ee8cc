//! Numbers as text: for people, and plainly for `data-value`.

use descent_spec::number::shortest;
pub(crate) use descent_spec::number::thousands;

/// A loss below this would be written as 0 with four decimals.
const LEAST_OF_FOUR_DECIMALS: f64 = 0.00005;

/// A loss: four decimals, with a power from a thousand up and where they would all be 0: `1.2e3`,
/// `3.1e−7`.
pub(crate) fn loss(value: f64) -> String {
    if value.is_nan() {
        "NaN".into()
    } else if value.is_infinite() {
        "∞".into()
    } else if value >= 1000.0 || (value > 0.0 && value < LEAST_OF_FOUR_DECIMALS) {
        format!("{value:.1e}").replace('-', "−")
    } else {
        fixed(value, 4)
    }
}

/// A number for `data-value`: `0.0123`, `inf`, `nan`.
pub(crate) fn plain(value: f64) -> String {
    if value.is_nan() {
        "nan".into()
    } else if value.is_infinite() {
        if value > 0.0 { "inf".into() } else { "-inf".into() }
    } else {
        shortest(value)
    }
}

/// With so many decimals and a real minus sign.
pub(crate) fn fixed(value: f64, decimals: usize) -> String {
    format!("{value:.decimals$}").replace('-', "−")
}

/// Two significant digits below a hundred: `0.0042`, `0.87`, `12`, `1,204`.
pub(crate) fn brief(value: f64) -> String {
    if !value.is_finite() {
        return "–".into();
    }
    let size = value.abs();
    if size >= 99.5 {
        return thousands(size.round() as u64);
    }
    let mut decimals = if size >= 9.95 { 0 } else { 1 };
    let mut bound = 0.995;
    while size < bound && decimals < 6 && size > 0.0 {
        decimals += 1;
        bound /= 10.0;
    }
    fixed(value, decimals)
}

/// A rate, rounded to three significant digits so that it can be read while it changes.
pub(crate) fn rate(value: f64) -> String {
    if !value.is_finite() || value < 1.0 {
        return brief(value);
    }
    let unit = 10f64.powf((value.log10().floor() - 2.0).max(0.0));
    thousands(((value / unit).round() * unit) as u64)
}

/// A length of a style: `12.5px`.
pub(crate) fn px(value: f64) -> String {
    shortest(value) + "px"
}

/// A share of 1 in a style: `50%`.
pub(crate) fn percent(share: f64) -> String {
    shortest(share * 100.0) + "%"
}

/// A place in a drawing.
pub(crate) fn at(value: f64) -> String {
    format!("{value:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_have_four_decimals_and_large_ones_a_power() {
        assert_eq!([0.01234, 0.0, 12.0, 999.9].map(loss), ["0.0123", "0.0000", "12.0000", "999.9000"]);
        assert_eq!([3.14e-7, 4.9e-5, 5e-5, 9.96e-8].map(loss), ["3.1e−7", "4.9e−5", "0.0001", "1.0e−7"]);
        assert_eq!([1234.0, 1e9, f64::INFINITY, f64::NAN].map(loss), ["1.2e3", "1.0e9", "∞", "NaN"]);
    }

    #[test]
    fn plain_numbers_are_for_programs() {
        assert_eq!([0.0123, f64::INFINITY, f64::NEG_INFINITY, f64::NAN].map(plain), ["0.0123", "inf", "-inf", "nan"]);
    }

    #[test]
    fn people_read_a_real_minus_sign() {
        assert_eq!([fixed(-0.5, 2), fixed(2.0, 1)], ["−0.50", "2.0"]);
    }

    #[test]
    fn brief_numbers_have_two_digits() {
        assert_eq!([0.0042, 0.87, 0.996, 12.3, 1204.0].map(brief), ["0.0042", "0.87", "1.0", "12", "1,204"]);
        assert_eq!([0.0, f64::NAN].map(brief), ["0.0", "–"]);
    }

    #[test]
    fn rates_have_three_digits() {
        assert_eq!([0.5, 123.4, 54321.0].map(rate), ["0.50", "123", "54,300"]);
    }

    #[test]
    fn lengths_and_shares_are_as_styles_write_them() {
        assert_eq!([px(12.5), percent(0.5), at(2.34)], ["12.5px", "50%", "2.3"]);
    }
}
