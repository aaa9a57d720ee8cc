//! The engine's own transcendental functions in single precision.
//!
//! Standard libraries and drivers differ in the last bits, and some drivers are wrong for large
//! arguments. These functions use plain operations only (no fused multiply-add, no tables, selects
//! instead of branches), so LLVM turns a loop over them into SIMD and every CPU gives the same
//! bits. `shaders/shared/math.wgsl` is the twin for GPUs; a test compares the constants. Finite
//! results stay finite for any argument; a NaN stays a NaN.
//!
//! The polynomials are minimax fits (Remez exchange in 40 digits, coefficients rounded one after
//! the other, lowest order first).

/// Declares constants and the list of them that the test of the WGSL twin reads.
macro_rules! constants {
    ($($name:ident = $value:expr;)*) => {
        $(const $name: f32 = $value;)*
        #[cfg(test)]
        const CONSTANTS: &[(&str, f32)] = &[$((stringify!($name), $name)),*];
    };
}

constants! {
    // ln 2 in two parts; the first has 14 bits, so that n · LN2_HI is exact for |n| < 1024.
    LN2_HI = 0.693_115_23;
    LN2_LO = 3.194_618_3e-5;
    LOG2_E = std::f32::consts::LOG2_E;
    // Where exp has left the range of f32.
    EXP_MIN = -104.0;
    EXP_MAX = 89.0;
    // e^r = 1 + r + r² Σ EXP_i r^i on |r| <= ln 2 / 2; relative error 1.5e-8.
    EXP_0 = 0.499_999_97;
    EXP_1 = 0.166_665_38;
    EXP_2 = 0.041_667_74;
    EXP_3 = 0.008_367_319;
    EXP_4 = 0.001_383_786_3;
    // 2 atanh s = 2 s + s z Σ LOG_i z^i, z = s², on s <= (√2 - 1) / (√2 + 1); relative error 9e-10.
    LOG_0 = 0.666_667_8;
    LOG_1 = 0.399_767_9;
    LOG_2 = 0.298_935_2;
    // Where 1 + x lies in [√½, √2].
    LOG1P_MIN = -0.292_893_2;
    LOG1P_MAX = 0.414_213_54;
    // erf x = x + x Σ ERF_i x^2i on x <= ERF_SMALL; relative error 1.6e-8.
    ERF_SMALL = 0.92;
    ERF_0 = 0.128_379_15;
    ERF_1 = -0.376_125;
    ERF_2 = 0.112_818_77;
    ERF_3 = -0.026_768_58;
    ERF_4 = 0.004_995_854;
    ERF_5 = -0.000_600_381_1;
    // ln(1 - erf x) = Σ ERFC_i x^i on [0.9, 4]; absolute error of erf 2e-9. At 4 erf is 1.
    ERFC_0 = -0.000_177_505_89;
    ERFC_1 = -1.127_749_6;
    ERFC_2 = -0.637_059_7;
    ERFC_3 = -0.104_037_434;
    ERFC_4 = 0.022_277_104;
    ERFC_5 = -0.003_055_598_8;
    ERFC_6 = 0.000_197_178_66;
    // π/2 in three parts; the first two have 11 bits, so that n · PIO2_i is exact for |n| < 8192.
    TWO_OVER_PI = std::f32::consts::FRAC_2_PI;
    PIO2_0 = 1.570_312_5;
    PIO2_1 = 0.000_483_751_3;
    PIO2_2 = 7.549_79e-8;
    // sin r = r + r³ Σ SIN_i r^2i and cos r = 1 - r²/2 + r⁴ Σ COS_i r^2i on |r| <= π/4; errors 4e-9
    // and 1e-10.
    SIN_0 = -0.166_666_54;
    SIN_1 = 0.008_332_102;
    SIN_2 = -0.000_195_068_47;
    COS_0 = 0.041_666_646;
    COS_1 = -0.001_388_730_1;
    COS_2 = 2.443_067e-5;
}

/// Adding and subtracting 1.5 · 2²³ rounds to the nearest whole number; the low bits of the sum are
/// that number.
const ROUND: f32 = 12_582_912.0;

/// `2^n` as the product of two factors, so that results outside of the range of either are reached,
/// for `-252 <= n <= 254`.
#[inline(always)]
fn power_of_two(n: i32) -> (f32, f32) {
    let half = n >> 1;
    (f32::from_bits(((half + 127) << 23) as u32), f32::from_bits(((n - half + 127) << 23) as u32))
}

/// `(n, e^r - 1)` with `x = n ln 2 + r`, x cut to the range in which e^x is neither 0 nor infinite.
#[inline(always)]
fn exp_parts(x: f32) -> (i32, f32) {
    let x = if x > EXP_MAX { EXP_MAX } else { x };
    let x = if x < EXP_MIN { EXP_MIN } else { x };
    let shifted = x * LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (x - n * LN2_HI) - n * LN2_LO;
    let q = EXP_0 + r * (EXP_1 + r * (EXP_2 + r * (EXP_3 + r * EXP_4)));
    ((shifted.to_bits() as i32).wrapping_sub(ROUND.to_bits() as i32), r + r * r * q)
}

/// `e^x`; 0 below -104, infinite from 88.73 on.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    let (n, y) = exp_parts(x);
    let (a, b) = power_of_two(n);
    (1.0 + y) * a * b
}

/// `e^x - 1`, accurate near 0.
#[inline(always)]
pub fn expm1(x: f32) -> f32 {
    let (n, y) = exp_parts(x);
    let (a, b) = power_of_two(n);
    let scale = a * b;
    // From 2^32 on the 1 is below the last bit, and the scale alone may overflow where the product
    // does not.
    if n < 32 { scale * y + (scale - 1.0) } else { (1.0 + y) * a * b }
}

/// `(k, m - 1)` with `x = 2^k m` and m in [√½, √2), for normal x.
#[inline(always)]
fn log_parts(x: f32) -> (f32, f32) {
    const SQRT_HALF: i32 = std::f32::consts::FRAC_1_SQRT_2.to_bits() as i32;
    let bits = x.to_bits() as i32;
    let k = bits.wrapping_sub(SQRT_HALF) >> 23;
    (k as f32, f32::from_bits(bits.wrapping_sub(k << 23) as u32) - 1.0)
}

/// `k ln 2 + ln(1 + f)`: with `s = f / (2 + f)`, `ln(1 + f) = 2 atanh s`, arranged so that f is
/// added last.
#[inline(always)]
fn log_sum(k: f32, f: f32) -> f32 {
    let s = f / (2.0 + f);
    let z = s * s;
    let tail = z * (LOG_0 + z * (LOG_1 + z * LOG_2));
    let half_square = 0.5 * f * f;
    k * LN2_HI - ((half_square - (s * (half_square + tail) + k * LN2_LO)) - f)
}

/// The value of a logarithm at `x` (`y` where it is regular): minus infinity at 0, NaN below, x
/// itself for infinity and NaN.
#[inline(always)]
fn log_edges(x: f32, y: f32) -> f32 {
    let y = if x <= f32::MAX { y } else { x };
    let y = if x == 0.0 { f32::NEG_INFINITY } else { y };
    if x < 0.0 { f32::NAN } else { y }
}

/// `ln x`; minus infinity at 0, NaN below.
#[inline(always)]
pub fn log(x: f32) -> f32 {
    let is_tiny = x < f32::MIN_POSITIVE;
    let (k, f) = log_parts(if is_tiny { x * 8_388_608.0 } else { x });
    log_edges(x, log_sum(if is_tiny { k - 23.0 } else { k }, f))
}

/// `ln(1 + x)`, accurate near 0.
#[inline(always)]
pub fn log1p(x: f32) -> f32 {
    let u = 1.0 + x;
    let (k, f) = log_parts(u);
    let is_small = (x > LOG1P_MIN) & (x < LOG1P_MAX);
    log_edges(u, log_sum(if is_small { 0.0 } else { k }, if is_small { x } else { f }))
}

/// `tanh x = (e^2|x| - 1) / (e^2|x| + 1)` with the sign of x.
#[inline(always)]
pub fn tanh(x: f32) -> f32 {
    let a = x.abs();
    // From 9.02 on the result is 1.
    let y = expm1(2.0 * if a > 10.0 { 10.0 } else { a });
    (y / (y + 2.0)).copysign(x)
}

/// `1 / (1 + e^-x)`
#[inline(always)]
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// `ln(1 + e^x)`, as `max(x, 0) + ln(1 + e^-|x|)`.
#[inline(always)]
pub fn softplus(x: f32) -> f32 {
    log1p(exp(-x.abs())) + if x > 0.0 { x } else { 0.0 }
}

/// `2/√π ∫₀ˣ e^(-t²) dt`
#[inline(always)]
pub fn erf(x: f32) -> f32 {
    let a = x.abs();
    let z = a * a;
    let near = a + a * (ERF_0 + z * (ERF_1 + z * (ERF_2 + z * (ERF_3 + z * (ERF_4 + z * ERF_5)))));
    let t = if a > 4.0 { 4.0 } else { a };
    let log_erfc = ERFC_0 + t * (ERFC_1 + t * (ERFC_2 + t * (ERFC_3 + t * (ERFC_4 + t * (ERFC_5 + t * ERFC_6)))));
    let y = if a < ERF_SMALL { near } else { 1.0 - exp(log_erfc) };
    y.copysign(x)
}

/// `(r, q)` with `x = q π/2 + r` and `|r| <= π/4`, `q` modulo 4; r loses precision from |x| =
/// 12,000 on.
#[inline(always)]
fn quadrant(x: f32) -> (f32, u32) {
    let shifted = x * TWO_OVER_PI + ROUND;
    let n = shifted - ROUND;
    let r = ((x - n * PIO2_0) - n * PIO2_1) - n * PIO2_2;
    let r = if r > 0.8 { 0.8 } else { r };
    (if r < -0.8 { -0.8 } else { r }, shifted.to_bits())
}

/// sin in quadrant `q` of `r` from its start.
#[inline(always)]
fn sine(r: f32, q: u32) -> f32 {
    let z = r * r;
    let sin = r + r * z * (SIN_0 + z * (SIN_1 + z * SIN_2));
    let cos = 1.0 - 0.5 * z + z * z * (COS_0 + z * (COS_1 + z * COS_2));
    let y = if q & 1 == 0 { sin } else { cos };
    f32::from_bits(y.to_bits() ^ ((q & 2) << 30))
}

/// `sin x`
#[inline(always)]
pub fn sin(x: f32) -> f32 {
    let (r, q) = quadrant(x);
    sine(r, q)
}

/// `cos x`
#[inline(always)]
pub fn cos(x: f32) -> f32 {
    let (r, q) = quadrant(x);
    sine(r, q.wrapping_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How far `got` is from `want`, in units of the last place of an f32 of that size.
    fn ulps(got: f32, want: f64) -> f64 {
        if (want as f32).is_infinite() || got.is_infinite() {
            return if want as f32 == got { 0.0 } else { f64::INFINITY };
        }
        let exponent = if want == 0.0 { -126 } else { libm::ilogb(want).max(-126) };
        (f64::from(got) - want).abs() / libm::ldexp(1.0, exponent - 23)
    }

    /// About 200,000 numbers on a logarithmic grid of both signs up to `limit`, and as many on a
    /// linear one.
    fn grid(limit: f32) -> impl Iterator<Item = f32> {
        let logarithmic = (0..=limit.to_bits()).step_by(limit.to_bits() as usize / 100_000).map(f32::from_bits);
        let linear = (0..100_000).map(move |i| limit * i as f32 / 100_000.0);
        logarithmic.chain(linear).flat_map(|x| [x, -x])
    }

    fn assert_within(name: &str, f: fn(f32) -> f32, exact: fn(f64) -> f64, xs: impl Iterator<Item = f32>, limit: f64) {
        let (error, x) = xs.map(|x| (ulps(f(x), exact(f64::from(x))), x)).fold((0.0, 0.0), |a, b| if b.0 > a.0 { b } else { a });
        println!("{name}: {error:.2} ulp at {x:e}");
        assert!(error <= limit, "{name}({x:e}) = {:e} is {error} ulp off {:e}", f(x), exact(f64::from(x)));
    }

    #[test]
    fn exponentials_are_accurate_to_a_few_ulp() {
        assert_within("exp", exp, libm::exp, grid(1e4), 2.0);
        assert_within("expm1", expm1, libm::expm1, grid(1e4), 3.0);
        assert_within("sigmoid", sigmoid, |x| 1.0 / (1.0 + libm::exp(-x)), grid(80.0), 4.0);
    }

    #[test]
    fn logarithms_are_accurate_to_a_few_ulp() {
        assert_within("log", log, libm::log, grid(f32::MAX).filter(|x| *x >= 0.0), 2.0);
        let near_one = (0..200_000).map(|i| f32::from_bits(1f32.to_bits() - 100_000 + i));
        assert_within("log near 1", log, libm::log, near_one, 2.0);
        assert_within("log1p", log1p, libm::log1p, grid(1e6).filter(|x| *x >= -1.0), 3.0);
        assert_within("softplus", softplus, |x| x.max(0.0) + libm::log1p(libm::exp(-x.abs())), grid(80.0), 4.0);
    }

    #[test]
    fn tanh_and_erf_are_accurate_to_four_ulp() {
        assert_within("tanh", tanh, libm::tanh, grid(1e4), 4.0);
        assert_within("tanh", tanh, libm::tanh, grid(12.0), 4.0);
        assert_within("erf", erf, libm::erf, grid(1e4), 4.0);
        assert_within("erf", erf, libm::erf, grid(5.0), 4.0);
    }

    #[test]
    fn sine_and_cosine_are_within_2e_7() {
        for x in grid(100.0).chain(grid(1e4)) {
            let (s, c) = (f64::from(sin(x)) - libm::sin(f64::from(x)), f64::from(cos(x)) - libm::cos(f64::from(x)));
            assert!(s.abs() <= 2e-7 && c.abs() <= 2e-7, "at {x:e}: sin {s:e}, cos {c:e}");
        }
    }

    #[test]
    fn far_arguments_reach_the_limits() {
        assert_eq!((exp(-1e4), exp(1e4), exp(f32::NEG_INFINITY)), (0.0, f32::INFINITY, 0.0));
        assert_eq!((tanh(1e4), tanh(-1e4), erf(1e4), erf(f32::NEG_INFINITY)), (1.0, -1.0, 1.0, -1.0));
        assert_eq!((softplus(1e4), softplus(-1e4), sigmoid(1e4), sigmoid(-1e4)), (1e4, 0.0, 1.0, 0.0));
        assert_eq!((expm1(-1e4), expm1(1e4), log(0.0), log1p(-1.0)), (-1.0, f32::INFINITY, f32::NEG_INFINITY, f32::NEG_INFINITY));
        assert_eq!(log(f32::INFINITY), f32::INFINITY);
        assert!(log(-1.0).is_nan() && log1p(-2.0).is_nan());
        assert!(sin(1e30).abs() <= 1.0 && cos(1e30).abs() <= 1.0);
    }

    #[test]
    fn a_nan_stays_a_nan() {
        for f in [exp, expm1, log, log1p, tanh, sigmoid, softplus, erf, sin, cos] {
            assert!(f(f32::NAN).is_nan() && f(-f32::NAN).is_nan());
        }
    }

    #[test]
    fn wgsl_twin_has_the_same_constants() {
        let text = include_str!("../../shaders/shared/math.wgsl");
        let constants: Vec<(&str, f32)> = text
            .lines()
            .filter_map(|line| line.strip_prefix("const MATH_")?.strip_suffix(';')?.split_once(": f32 = "))
            .map(|(name, value)| (name, value.parse().expect("a number")))
            .collect();
        assert_eq!(constants, CONSTANTS);
    }
}
