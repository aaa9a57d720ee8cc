//! Text that came from outside, as messages quote it.

/// What came in, for people: without signs that are invisible or turn the direction of writing. Of
/// a text longer than `longest` characters the middle is left out.
pub fn quote(text: &str, longest: usize) -> String {
    let signs: Vec<char> = text.chars().filter(|sign| is_shown(*sign)).collect();
    if signs.len() <= longest {
        return signs.into_iter().collect();
    }
    let kept = longest.saturating_sub(1);
    let (head, tail) = (kept - kept / 3, kept / 3);
    signs[..head].iter().chain(&['…']).chain(&signs[signs.len() - tail..]).collect()
}

/// The beginning of what came in, of at most `longest` characters.
pub(crate) fn glance(text: &str, longest: usize) -> String {
    let mut signs = text.chars().filter(|sign| is_shown(*sign));
    let mut shown: String = signs.by_ref().take(longest).collect();
    if signs.next().is_some() {
        shown.pop();
        shown.push('…');
    }
    shown
}

fn is_shown(sign: char) -> bool {
    !(sign.is_control() || matches!(sign, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_is_readable_and_short() {
        let long = format!("{}.gz", "a".repeat(100));
        let shortened = format!("{}…{}.gz", "a".repeat(40), "a".repeat(16));
        let quoted = ["run.safetensors", "a\u{202e}b\nc", "\u{200b}", &long].map(|text| quote(text, 60));
        assert_eq!(quoted, ["run.safetensors", "abc", "", &shortened]);
    }

    #[test]
    fn a_glance_is_the_beginning() {
        assert_eq!(["dense", "dense:\u{7}4", "dense:44"].map(|text| glance(text, 7)), ["dense", "dense:4", "dense:…"]);
    }
}
