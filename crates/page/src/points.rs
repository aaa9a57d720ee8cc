//! Samples of the plane as SVG paths: blue circles for +1, orange diamonds for -1, fainter where a label is nearer 0.

use super::format::at;

/// Where a point of `[-6, 6]²` lies in a picture of `side`.
fn place([x, y, _]: [f32; 3], side: f64) -> [f64; 2] {
    [(f64::from(x) + 6.0) / 12.0 * side, (6.0 - f64::from(y)) / 12.0 * side]
}

/// The points as paths, each with its class and the opacity of its fill in quarters.
pub(crate) fn paths(points: &[[f32; 3]], side: f64, radius: f64) -> Vec<(bool, u8, String)> {
    let mut paths: Vec<(bool, u8, String)> = Vec::new();
    for &point in points {
        let is_positive = point[2] >= 0.0;
        let quarter = ((point[2].abs() * 4.0).ceil() as u8).clamp(1, 4);
        let index = paths.iter().position(|p| p.0 == is_positive && p.1 == quarter).unwrap_or_else(|| {
            paths.push((is_positive, quarter, String::new()));
            paths.len() - 1
        });
        let [x, y] = place(point, side);
        let path = &mut paths[index].2;
        path.push_str(&if is_positive {
            let [x, y, r, d] = [x - radius, y, radius, radius * 2.0].map(at);
            format!("M{x} {y}a{r} {r} 0 1 1 {d} 0a{r} {r} 0 1 1 -{d} 0")
        } else {
            let r = radius * 1.29;
            let [x, y, r] = [x, y - r, r].map(at);
            format!("M{x} {y}l{r} {r}-{r} {r}-{r}-{r}z")
        });
    }
    paths
}
