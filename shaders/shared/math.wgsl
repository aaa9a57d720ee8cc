// Transcendental functions: the twin of src/tensor/math.rs, which gives formulas, ranges and errors. A test compares the constants.
//
// Drivers' own functions overflow early or lose precision for large arguments; these are finite wherever the result is.
// Uses       nothing

const MATH_LN2_HI: f32 = 0.69311523;
const MATH_LN2_LO: f32 = 3.1946183e-5;
const MATH_LOG2_E: f32 = 1.442695;
const MATH_EXP_MIN: f32 = -104.0;
const MATH_EXP_MAX: f32 = 89.0;
const MATH_EXP_0: f32 = 0.49999997;
const MATH_EXP_1: f32 = 0.16666538;
const MATH_EXP_2: f32 = 0.04166774;
const MATH_EXP_3: f32 = 0.008367319;
const MATH_EXP_4: f32 = 0.0013837863;
const MATH_LOG_0: f32 = 0.6666678;
const MATH_LOG_1: f32 = 0.3997679;
const MATH_LOG_2: f32 = 0.2989352;
const MATH_LOG1P_MIN: f32 = -0.2928932;
const MATH_LOG1P_MAX: f32 = 0.41421354;
const MATH_ERF_SMALL: f32 = 0.92;
const MATH_ERF_0: f32 = 0.12837915;
const MATH_ERF_1: f32 = -0.376125;
const MATH_ERF_2: f32 = 0.11281877;
const MATH_ERF_3: f32 = -0.02676858;
const MATH_ERF_4: f32 = 0.004995854;
const MATH_ERF_5: f32 = -0.0006003811;
const MATH_ERFC_0: f32 = -0.00017750589;
const MATH_ERFC_1: f32 = -1.1277496;
const MATH_ERFC_2: f32 = -0.6370597;
const MATH_ERFC_3: f32 = -0.104037434;
const MATH_ERFC_4: f32 = 0.022277104;
const MATH_ERFC_5: f32 = -0.0030555988;
const MATH_ERFC_6: f32 = 0.00019717866;
const MATH_TWO_OVER_PI: f32 = 0.63661975;
const MATH_PIO2_0: f32 = 1.5703125;
const MATH_PIO2_1: f32 = 0.0004837513;
const MATH_PIO2_2: f32 = 7.54979e-8;
const MATH_SIN_0: f32 = -0.16666654;
const MATH_SIN_1: f32 = 0.008332102;
const MATH_SIN_2: f32 = -0.00019506847;
const MATH_COS_0: f32 = 0.041666646;
const MATH_COS_1: f32 = -0.0013887301;
const MATH_COS_2: f32 = 2.443067e-5;

fn math_power_of_two(n: i32) -> vec2<f32> {
    let half = n >> 1u;
    return vec2<f32>(bitcast<f32>((half + 127) << 23u), bitcast<f32>((n - half + 127) << 23u));
}

// (n, e^r - 1) with x = n ln 2 + r.
fn math_exp_parts(x: f32) -> vec2<f32> {
    let cut = clamp(x, MATH_EXP_MIN, MATH_EXP_MAX);
    let n = round(cut * MATH_LOG2_E);
    let r = (cut - n * MATH_LN2_HI) - n * MATH_LN2_LO;
    let q = MATH_EXP_0 + r * (MATH_EXP_1 + r * (MATH_EXP_2 + r * (MATH_EXP_3 + r * MATH_EXP_4)));
    return vec2<f32>(n, r + r * r * q);
}

fn math_exp(x: f32) -> f32 {
    let parts = math_exp_parts(x);
    let scale = math_power_of_two(i32(parts.x));
    return (1.0 + parts.y) * scale.x * scale.y;
}

fn math_expm1(x: f32) -> f32 {
    let parts = math_exp_parts(x);
    if parts.x >= 32.0 { return math_exp(x); }
    let factors = math_power_of_two(i32(parts.x));
    let scale = factors.x * factors.y;
    return scale * parts.y + (scale - 1.0);
}

// (k, m - 1) with x = 2^k m and m in [√½, √2), for normal x.
fn math_log_parts(x: f32) -> vec2<f32> {
    let bits = bitcast<i32>(x);
    let k = (bits - 0x3f3504f3) >> 23u;
    return vec2<f32>(f32(k), bitcast<f32>(bits - (k << 23u)) - 1.0);
}

fn math_log_sum(k: f32, f: f32) -> f32 {
    let s = f / (2.0 + f);
    let z = s * s;
    let tail = z * (MATH_LOG_0 + z * (MATH_LOG_1 + z * MATH_LOG_2));
    let half_square = 0.5 * f * f;
    return k * MATH_LN2_HI - ((half_square - (s * (half_square + tail) + k * MATH_LN2_LO)) - f);
}

// Infinity and NaN may not be written in WGSL: -1/0 and √-1 make them where the device has them.
fn math_log_edges(x: f32, y: f32) -> f32 {
    if x <= 0.0 { return select(sqrt(x), -1.0 / abs(x), x == 0.0); }
    return select(x, y, x <= 3.4028234e38);
}

fn math_log(x: f32) -> f32 {
    let is_tiny = x < 1.1754944e-38;
    let parts = math_log_parts(select(x, x * 8388608.0, is_tiny));
    return math_log_edges(x, math_log_sum(select(parts.x, parts.x - 23.0, is_tiny), parts.y));
}

fn math_log1p(x: f32) -> f32 {
    if x > MATH_LOG1P_MIN && x < MATH_LOG1P_MAX { return math_log_sum(0.0, x); }
    let u = 1.0 + x;
    let parts = math_log_parts(u);
    return math_log_edges(u, math_log_sum(parts.x, parts.y));
}

fn math_tanh(x: f32) -> f32 {
    let y = math_expm1(2.0 * min(abs(x), 10.0));
    return select(1.0, -1.0, x < 0.0) * (y / (y + 2.0));
}

fn math_sigmoid(x: f32) -> f32 {
    return 1.0 / (1.0 + math_exp(-x));
}

fn math_softplus(x: f32) -> f32 {
    return math_log1p(math_exp(-abs(x))) + max(x, 0.0);
}

fn math_erf(x: f32) -> f32 {
    let a = abs(x);
    let z = a * a;
    let near = a + a * (MATH_ERF_0 + z * (MATH_ERF_1 + z * (MATH_ERF_2 + z * (MATH_ERF_3 + z * (MATH_ERF_4 + z * MATH_ERF_5)))));
    let t = min(a, 4.0);
    let high = MATH_ERFC_3 + t * (MATH_ERFC_4 + t * (MATH_ERFC_5 + t * MATH_ERFC_6));
    let log_erfc = MATH_ERFC_0 + t * (MATH_ERFC_1 + t * (MATH_ERFC_2 + t * high));
    return select(1.0, -1.0, x < 0.0) * select(1.0 - math_exp(log_erfc), near, a < MATH_ERF_SMALL);
}

// sin of x + q π/2.
fn math_sine(x: f32, q: i32) -> f32 {
    let n = round(x * MATH_TWO_OVER_PI);
    let r = clamp(((x - n * MATH_PIO2_0) - n * MATH_PIO2_1) - n * MATH_PIO2_2, -0.8, 0.8);
    let z = r * r;
    let sin_r = r + r * z * (MATH_SIN_0 + z * (MATH_SIN_1 + z * MATH_SIN_2));
    let cos_r = 1.0 - 0.5 * z + z * z * (MATH_COS_0 + z * (MATH_COS_1 + z * MATH_COS_2));
    let turn = i32(n) + q;
    let y = select(cos_r, sin_r, (turn & 1) == 0);
    return select(y, -y, (turn & 2) != 0);
}

fn math_sin(x: f32) -> f32 {
    return math_sine(x, 0);
}

fn math_cos(x: f32) -> f32 {
    return math_sine(x, 1);
}
