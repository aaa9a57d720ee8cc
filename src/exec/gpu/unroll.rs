//! Repeats lines of a kernel's text: named registers cannot be indexed, and no shader compiler may
//! be trusted to unroll.
//!
//! ```text
//! //: for i in 0..ROWS            the lines up to the matching end, once for each i
//! //: for i in 0..ROWS if i < N   only where the condition is not 0
//! //: if HAS_SUM_ROW              the lines once or not at all
//!     sum_${i} += a_${i + 1};     the value in place of ${…}
//! //: end
//! ```
//!
//! Values are whole numbers: constants of the kernel, loop variables, `+ - * / % < == & ( )`.

/// Values by name; an inner loop's variable stands behind an outer one's.
type Values<'t> = Vec<(&'t str, i64)>;

/// The text with its loops repeated and its `${…}` replaced.
///
/// # Panics
/// If a line is malformed or names an unknown value: the texts are ours.
pub(super) fn unroll(text: &str, constants: &[(&'static str, usize)]) -> String {
    let mut values: Values = constants.iter().map(|(name, value)| (*name, *value as i64)).collect();
    let lines: Vec<&str> = text.lines().collect();
    let mut out = String::with_capacity(text.len() * 2);
    block(&lines, &mut values, &mut out);
    out
}

fn block<'t>(lines: &[&'t str], values: &mut Values<'t>, out: &mut String) {
    let mut at = 0;
    while at < lines.len() {
        let Some(directive) = lines[at].trim_start().strip_prefix("//: ") else {
            substitute(lines[at], values, out);
            at += 1;
            continue;
        };
        let end = at + matching_end(&lines[at..]);
        let body = &lines[at + 1..end];
        if let Some(condition) = directive.strip_prefix("if ") {
            if evaluate(condition, values) != 0 {
                block(body, values, out);
            }
        } else {
            let (name, range, condition) = loop_of(directive);
            let (from, to) = (evaluate(range.0, values), evaluate(range.1, values));
            for value in from..to {
                values.push((name, value));
                if condition.is_none_or(|condition| evaluate(condition, values) != 0) {
                    block(body, values, out);
                }
                values.pop();
            }
        }
        at = end + 1;
    }
}

fn matching_end(lines: &[&str]) -> usize {
    let mut depth = 0;
    for (at, line) in lines.iter().enumerate() {
        match line.trim_start().strip_prefix("//: ") {
            Some(directive) if directive.trim_end() == "end" => depth -= 1,
            Some(_) => depth += 1,
            None => continue,
        }
        if depth == 0 {
            return at;
        }
    }
    panic!("a repeated block has no end: {}", lines[0]);
}

/// `for NAME in FROM..TO` with an optional `if CONDITION`.
fn loop_of(directive: &str) -> (&str, (&str, &str), Option<&str>) {
    let parts = || {
        let (name, rest) = directive.strip_prefix("for ")?.split_once(" in ")?;
        let (range, condition) = match rest.split_once(" if ") {
            Some((range, condition)) => (range, Some(condition)),
            None => (rest, None),
        };
        Some((name, range.split_once("..")?, condition))
    };
    parts().unwrap_or_else(|| panic!("not a loop: {directive}"))
}

fn substitute(line: &str, values: &Values, out: &mut String) {
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("${") {
        let (expression, after) = after.split_once('}').unwrap_or_else(|| panic!("no closing brace: {line}"));
        out.push_str(before);
        out.push_str(&evaluate(expression, values).to_string());
        rest = after;
    }
    out.push_str(rest);
    out.push('\n');
}

fn evaluate(text: &str, values: &Values) -> i64 {
    let mut parser = Parser { text, rest: text.trim(), values };
    let value = parser.binary(0);
    assert!(parser.rest.is_empty(), "not an expression: {text}");
    value
}

struct Parser<'t> {
    text: &'t str,
    rest: &'t str,
    values: &'t Values<'t>,
}

/// Operators by level, loosest first.
const LEVELS: [&[&str]; 4] = [&["&"], &["==", "<"], &["+", "-"], &["*", "/", "%"]];

impl Parser<'_> {
    fn binary(&mut self, level: usize) -> i64 {
        if level == LEVELS.len() {
            return self.atom();
        }
        let mut left = self.binary(level + 1);
        while let Some(operator) = LEVELS[level].iter().find(|operator| self.rest.starts_with(**operator)) {
            self.skip(operator.len());
            let right = self.binary(level + 1);
            left = match *operator {
                "&" => i64::from(left != 0 && right != 0),
                "==" => i64::from(left == right),
                "<" => i64::from(left < right),
                "+" => left + right,
                "-" => left - right,
                "*" => left * right,
                "/" => left.div_euclid(right),
                _ => left.rem_euclid(right),
            };
        }
        left
    }

    fn atom(&mut self) -> i64 {
        if self.rest.starts_with('(') {
            self.skip(1);
            let value = self.binary(0);
            assert!(self.rest.starts_with(')'), "no closing bracket: {}", self.text);
            self.skip(1);
            return value;
        }
        let end = self.rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(self.rest.len());
        let word = &self.rest[..end];
        self.skip(end);
        let known = || self.values.iter().rev().find(|(name, _)| *name == word).map(|(_, value)| *value);
        word.parse().ok().or_else(known).unwrap_or_else(|| panic!("{word} is unknown in {}", self.text))
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest[bytes..].trim_start();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loops_conditions_and_values_are_replaced() {
        let text =
            "//: for i in 0..N if (i + 1) % 2 == 0\n//: for j in i..i + 2\nx_${i}_${j * 2};\n//: end\n//: end\n//: if N < 3\nno\n//: end";
        assert_eq!(unroll(text, &[("N", 4)]), "x_1_2;\nx_1_4;\nx_3_6;\nx_3_8;\n");
    }
}
