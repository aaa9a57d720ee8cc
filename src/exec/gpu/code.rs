//! The files of `shaders/` without comments and indentation, which a visitor need not download.

/// The code of a file of `shaders/`, named by its path there. What steers repetition (`//:`, see [`super::unroll`]) stays.
macro_rules! shader {
    ($path:literal) => {{
        const TEXT: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/shaders/", $path));
        const LEN: usize = $crate::exec::gpu::code::stripped::<0>(TEXT).1;
        const CODE: [u8; LEN] = $crate::exec::gpu::code::stripped(TEXT).0;
        const { $crate::exec::gpu::code::text(&CODE) }
    }};
}
pub(super) use shader;

/// The bytes of a text without comments, indentation and empty lines, as many as there is room for, and how many there are.
pub(super) const fn stripped<const ROOM: usize>(text: &str) -> ([u8; ROOM], usize) {
    let text = text.as_bytes();
    let mut code = [0; ROOM];
    let (mut at, mut len, mut line, mut blanks) = (0, 0, 0, 0);
    while at < text.len() {
        let byte = text[at];
        let is_comment = byte == b'/' && at + 1 < text.len() && text[at + 1] == b'/';
        let is_directive = is_comment && len == line && at + 2 < text.len() && text[at + 2] == b':';
        if is_comment && !is_directive {
            while at < text.len() && text[at] != b'\n' {
                at += 1;
            }
            continue;
        }
        at += 1;
        if byte == b' ' {
            blanks += if len == line { 0 } else { 1 };
            continue;
        }
        if byte == b'\n' {
            blanks = 0;
            if len == line {
                continue;
            }
        }
        while blanks > 0 {
            len = put(&mut code, len, b' ');
            blanks -= 1;
        }
        len = put(&mut code, len, byte);
        if byte == b'\n' {
            line = len;
        }
    }
    (code, len)
}

const fn put(code: &mut [u8], at: usize, byte: u8) -> usize {
    if at < code.len() {
        code[at] = byte;
    }
    at + 1
}

/// Bytes of [`stripped`] as text.
pub(super) const fn text(code: &'static [u8]) -> &'static str {
    match std::str::from_utf8(code) {
        Ok(text) => text,
        Err(_) => panic!("a text without some of its lines is a text"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_go_and_directives_stay() {
        const TEXT: &str = "// Header, with é.\n\n  let a = b / c; // why\n    //: if N < 3\n  x += 1.0;   //: no directive\n  //: end\n//";
        const LEN: usize = stripped::<0>(TEXT).1;
        const CODE: [u8; LEN] = stripped(TEXT).0;
        assert_eq!(text(&CODE), "let a = b / c;\n//: if N < 3\nx += 1.0;\n//: end\n");
    }
}
