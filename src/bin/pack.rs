//! Makes the page's files smaller on the wire, in place: `pack SCRIPT WASM` a script of wasm-bindgen and its wasm, `pack STYLE` a style sheet.
//!
//! wasm-bindgen names every function that wasm imports by what it does and a hash, in both files. Hashes do not compress: short names, the same
//! in both, take a few KB off each of them. Scripts and style sheets lose indentation and the comments that have lines to themselves.

use std::collections::HashMap;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let packed = match arguments.as_slice() {
        [style] => pack_style(style),
        [script, wasm] => pack(script, wasm),
        _ => Err("usage: pack SCRIPT WASM, or pack STYLE".to_string()),
    };
    match packed {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{} stays as it was: {error}", arguments.join(" "));
            ExitCode::FAILURE
        }
    }
}

fn pack_style(style: &str) -> Result<(), String> {
    let text = std::fs::read_to_string(style).map_err(|error| error.to_string())?;
    std::fs::write(style, without_comments(&text)?).map_err(|error| error.to_string())
}

fn pack(script: &str, wasm: &str) -> Result<(), String> {
    let text = std::fs::read_to_string(script).map_err(|error| error.to_string())?;
    let bytes = std::fs::read(wasm).map_err(|error| error.to_string())?;
    let (bytes, names) = with_short_imports(&bytes).ok_or("the wasm imports something else than functions that wasm-bindgen has named")?;
    let text = with_names(&without_comments(&text)?, &names);
    std::fs::write(script, text).and_then(|()| std::fs::write(wasm, bytes)).map_err(|error| error.to_string())
}

/// The module with its imports called `a`, `b`, …, and what each was called. None if it is no module or imports
/// anything but functions that wasm-bindgen has named, as another name may stand for something else in the script.
fn with_short_imports(wasm: &[u8]) -> Option<(Vec<u8>, HashMap<String, String>)> {
    const HEADER: &[u8] = b"\0asm\x01\0\0\0";
    const IMPORTS: u8 = 2;
    let mut names = HashMap::new();
    let mut packed = HEADER.to_vec();
    let mut rest = wasm.strip_prefix(HEADER)?;
    while let Some((&kind, after)) = rest.split_first() {
        rest = after;
        let mut section = name(&mut rest)?;
        let mut body = Vec::new();
        if kind == IMPORTS {
            let count = number(&mut section)?;
            put_number(count, &mut body);
            for _ in 0..count {
                put_name(name(&mut section)?, &mut body);
                let long = String::from_utf8(name(&mut section)?.to_vec()).ok().filter(|name| name.starts_with("__wb"))?;
                let next = short_name(names.len());
                put_name(names.entry(long).or_insert(next).as_bytes(), &mut body);
                let (&0, after) = section.split_first()? else { return None };
                section = after;
                body.push(0);
                put_number(number(&mut section)?, &mut body);
            }
        } else {
            body.extend(section);
        }
        packed.push(kind);
        put_name(&body, &mut packed);
    }
    Some((packed, names))
}

/// Takes a number, seven bits a byte, from the front.
fn number(bytes: &mut &[u8]) -> Option<u32> {
    let mut value = 0;
    for shift in (0..32).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u32::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

/// Takes bytes that follow their number from the front: a name, or a section.
fn name<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let len = number(bytes)? as usize;
    let (name, rest) = bytes.split_at_checked(len)?;
    *bytes = rest;
    Some(name)
}

fn put_number(mut value: u32, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn put_name(name: &[u8], out: &mut Vec<u8>) {
    put_number(name.len() as u32, out);
    out.extend(name);
}

/// `a` to `z`, then `ba`, `bb`, …
fn short_name(index: usize) -> String {
    let letter = char::from(b'a' + (index % 26) as u8);
    if index < 26 { letter.to_string() } else { format!("{}{letter}", short_name(index / 26)) }
}

/// A script or a style sheet without comments that have lines to themselves, indentation and empty lines.
fn without_comments(text: &str) -> Result<String, String> {
    let (mut packed, mut is_comment) = (String::new(), false);
    for line in text.lines() {
        if line.matches('`').count() % 2 == 1 {
            return Err(format!("a string may go on after this line: {line}"));
        }
        let line = line.trim();
        is_comment |= line.starts_with("/*");
        if is_comment {
            match line.split_once("*/") {
                Some((_, "")) => is_comment = false,
                Some(_) => return Err(format!("something follows a comment in its line: {line}")),
                None => {}
            }
        } else if !line.is_empty() && !line.starts_with("//") {
            packed.push_str(line);
            packed.push('\n');
        }
    }
    if is_comment { Err("a comment has no end".into()) } else { Ok(packed) }
}

/// The script with every word that is a key of `names` replaced.
fn with_names(script: &str, names: &HashMap<String, String>) -> String {
    let is_of_word = |character: char| character.is_alphanumeric() || matches!(character, '_' | '$');
    let mut packed = String::with_capacity(script.len());
    let mut rest = script;
    while !rest.is_empty() {
        let gap = rest.find(is_of_word).unwrap_or(rest.len());
        packed.push_str(&rest[..gap]);
        rest = &rest[gap..];
        let (word, after) = rest.split_at(rest.find(|next| !is_of_word(next)).unwrap_or(rest.len()));
        packed.push_str(names.get(word).map_or(word, String::as_str));
        rest = after;
    }
    packed
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module that imports functions of type 0 under these names and has an empty section 10 after them.
    fn module(names: &[&str]) -> Vec<u8> {
        let mut imports = vec![names.len() as u8];
        for name in names {
            put_name(b"./x.js", &mut imports);
            put_name(name.as_bytes(), &mut imports);
            imports.extend([0, 0]);
        }
        let mut wasm = b"\0asm\x01\0\0\0\x02".to_vec();
        put_name(&imports, &mut wasm);
        wasm.extend([10, 1, 0]);
        wasm
    }

    #[test]
    fn both_files_call_a_function_by_the_same_name() {
        let long = ["__wbg_log_89f57d6acc51a876", "__wbg_call_170a79621f69b186", "__wbg_log_89f57d6acc51a876"];
        let (packed, names) = with_short_imports(&module(&long)).expect("a module");
        assert_eq!(packed, module(&["a", "b", "a"]));
        let script = "const import0 = { __wbg_call_170a79621f69b186: function(arg0) { }, __wbg_call_17: 1 };";
        assert_eq!(with_names(script, &names), "const import0 = { b: function(arg0) { }, __wbg_call_17: 1 };");
    }

    #[test]
    fn names_stay_apart() {
        let names: std::collections::HashSet<String> = (0..2000).map(short_name).collect();
        assert_eq!(names.len(), 2000);
    }

    #[test]
    fn what_is_no_module_is_refused() {
        let whole = module(&["__wbg_log", "__wbg_call"]);
        assert!(with_short_imports(b"").is_none());
        for len in (0..whole.len()).filter(|len| *len != 8 && *len != whole.len() - 3) {
            assert!(with_short_imports(&whole[..len]).is_none(), "{len} bytes");
        }
        assert!(with_short_imports(&module(&["__wbg_log", "log"])).is_none(), "a word of the script");
        let mut of_memory = module(&["__wbg_m"]);
        let kind = of_memory.len() - 5;
        of_memory[kind] = 2;
        assert!(with_short_imports(&of_memory).is_none());
    }

    #[test]
    fn a_script_loses_comments_and_nothing_else() {
        let script = "/**\n * What it is for.\n */\nfunction f() {\n    // A comment.\n    return `//${1}` /* kept */;\n}\n\n";
        assert_eq!(without_comments(script).expect("whole lines"), "function f() {\nreturn `//${1}` /* kept */;\n}\n");
        assert_eq!(without_comments(".a {\n  top: 0; /* kept */\n  /* gone */\n}").expect("whole lines"), ".a {\ntop: 0; /* kept */\n}\n");
        for unclear in ["const text = `a\nb`;", "/* a */ .x {}\n", "/* a\n*/ .x {}\n", "/* no end\n.x {}\n"] {
            assert!(without_comments(unclear).is_err(), "{unclear}");
        }
    }
}
