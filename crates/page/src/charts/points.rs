//! Samples of the plane as SVG paths: blue circles for +1, orange diamonds for -1, fainter where a
//! label is nearer 0.

use crate::format::at;

/// All points of one sign and one strength.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Marks {
    /// Circles of a positive label, or diamonds of a negative one.
    pub(crate) is_positive: bool,
    /// Opacity of their fill: quarters, rounded up.
    pub(crate) opacity: f64,
    /// Their outlines, as an SVG path.
    pub(crate) path: String,
}

/// Points `[x, y, label]` of `[-6, 6]²` in a picture of that side, the paths in the order of their
/// first points.
pub(crate) fn marks(points: &[[f32; 3]], side: f64, radius: f64) -> Vec<Marks> {
    let mut all: Vec<Marks> = Vec::new();
    for &[x, y, label] in points {
        let is_positive = label >= 0.0;
        let opacity = f64::from((label.abs() * 4.0).ceil().clamp(1.0, 4.0)) / 4.0;
        let index = all.iter().position(|marks| marks.is_positive == is_positive && marks.opacity == opacity).unwrap_or_else(|| {
            all.push(Marks { is_positive, opacity, path: String::new() });
            all.len() - 1
        });
        let centre = [(f64::from(x) + 6.0) / 12.0 * side, (6.0 - f64::from(y)) / 12.0 * side];
        all[index].path += &if is_positive { circle(centre, radius) } else { diamond(centre, radius) };
    }
    all
}

fn circle([x, y]: [f64; 2], radius: f64) -> String {
    let [x, y, r, d] = [x - radius, y, radius, radius * 2.0].map(at);
    format!("M{x} {y}a{r} {r} 0 1 1 {d} 0a{r} {r} 0 1 1 -{d} 0")
}

/// As large to the eye as a circle of that radius.
fn diamond([x, y]: [f64; 2], radius: f64) -> String {
    let r = radius * 1.29;
    let [x, y, r] = [x, y - r, r].map(at);
    format!("M{x} {y}l{r} {r}-{r} {r}-{r}-{r}z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_of_one_sign_and_strength_share_a_path() {
        let all = marks(&[[0.0, 0.0, 1.0], [1.0, 1.0, -1.0], [2.0, 2.0, 0.9], [0.0, 0.0, 0.2]], 360.0, 3.4);
        let kinds: Vec<_> = all.iter().map(|m| (m.is_positive, m.opacity, m.path.matches('M').count())).collect();
        assert_eq!(kinds, [(true, 1.0, 2), (false, 1.0, 1), (true, 0.25, 1)]);
    }

    #[test]
    fn up_is_positive() {
        let all = marks(&[[-6.0, 6.0, 1.0], [6.0, -6.0, -1.0]], 120.0, 1.0);
        assert!(all[0].path.starts_with("M-1.0 0.0a"), "{}", all[0].path);
        assert!(all[1].path.starts_with("M120.0 118.7l"), "{}", all[1].path);
    }
}
