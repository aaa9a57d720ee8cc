//! The house rules that a machine can check: who imports whom, what every shader says of itself,
//! what must not be left behind.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The engine's modules in reading order; each imports only from those before it.
const READING_ORDER: [&str; 7] = ["tensor", "graph", "plan", "exec", "nn", "data", "train"];

/// Longest file without a line that says why it is long.
const LONG_LINES: usize = 400;

struct Source {
    /// From the root of the repository, with `/`.
    path: String,
    text: String,
}

/// The files of the repository that people write, with one of the endings.
fn sources(endings: &[&str]) -> Vec<Source> {
    fn visit(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder can be listed").flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            let is_built = ["target", "dist", "data", "node_modules"].iter().any(|built| name == *built) && !path.join("mod.rs").is_file();
            if path.is_dir() && !is_built && !name.to_string_lossy().starts_with(".git") {
                visit(&path, found);
            } else if path.is_file() {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    visit(root, &mut paths);
    paths.retain(|path| endings.iter().any(|ending| path.to_string_lossy().ends_with(ending)));
    paths.sort();
    let relative = |path: &Path| path.strip_prefix(root).expect("it lies under the root").to_string_lossy().replace('\\', "/");
    paths.iter().map(|path| Source { path: relative(path), text: fs::read_to_string(path).expect("sources are text") }).collect()
}

/// The code of a file: no comments, nothing from its tests on.
fn code(text: &str) -> String {
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    text.lines().take_while(|line| !line.starts_with("#[cfg(test)]")).filter(is_code).collect::<Vec<_>>().join("\n")
}

/// Every path of the code that starts with `crate` or `super`, from the root of the crate, with
/// `{…}` written out: in `nn::model`, `super::{Layer, init::draw}` is `nn::Layer` and
/// `nn::init::draw`.
fn imports(code: &str, module: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::").chain(code.match_indices("super::")) {
        let is_inside = code[..at].ends_with("::") || code[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_');
        if is_inside {
            continue;
        }
        let (mut path, mut base) = (&code[at..], module);
        if let Some(rest) = path.strip_prefix("crate::") {
            (path, base) = (rest, &[]);
        }
        while let Some(rest) = path.strip_prefix("super::") {
            (path, base) = (rest, base.split_last().map_or(base, |(_, parent)| parent));
        }
        expand(path, &base.join("::"), &mut found);
    }
    found
}

/// Adds the paths of one use tree; returns how much of the text it took.
fn expand(tree: &str, prefix: &str, found: &mut Vec<String>) -> usize {
    if tree.starts_with('{') {
        let mut at = 1;
        while at < tree.len() && !tree[at..].starts_with('}') {
            at += match tree[at..].chars().next() {
                Some(next) if next.is_alphanumeric() || next == '_' || next == '{' => expand(&tree[at..], prefix, found),
                Some(next) => next.len_utf8(),
                None => 1,
            };
        }
        return at + 1;
    }
    let len = tree.find(|next: char| !next.is_alphanumeric() && next != '_').unwrap_or(tree.len());
    let path = if prefix.is_empty() { tree[..len].to_string() } else { format!("{prefix}::{}", &tree[..len]) };
    match tree[len..].strip_prefix("::") {
        Some(rest) if rest.starts_with(|next: char| next.is_alphanumeric() || next == '_' || next == '{') => {
            len + 2 + expand(rest, &path, found)
        }
        _ => {
            found.push(path);
            len
        }
    }
}

#[test]
fn a_use_tree_is_written_out() {
    let code = "use crate::{nn::{Layer, init::{self, draw}}, data}; use super::super::Shape; fn f() { super::kernel::run() }";
    let found = imports(code, &["plan", "fuse", "lower"]);
    assert_eq!(found, ["nn::Layer", "nn::init::self", "nn::init::draw", "data", "plan::Shape", "plan::fuse::kernel::run"]);
}

/// The modules of a crate: the path of each from the crate's root, and its code.
fn modules(folder: &str, sources: &[Source]) -> Vec<(Vec<String>, String)> {
    let own = sources.iter().filter_map(|source| Some((source.path.strip_prefix(folder)?.strip_suffix(".rs")?, source)));
    let module = |(path, source): (&str, &Source)| {
        let names = path.split('/').filter(|name| !["lib", "main", "mod"].contains(name));
        (names.map(str::to_owned).collect(), code(&source.text))
    };
    own.map(module).collect()
}

/// Who imports from whom within each folder: `(folder, importer, imported)`.
fn neighbours(modules: &[(Vec<String>, String)]) -> BTreeSet<(String, String, String)> {
    let mut found = BTreeSet::new();
    for (module, code) in modules {
        let names: Vec<&str> = module.iter().map(String::as_str).collect();
        for import in imports(code, &names) {
            let parts: Vec<&str> = import.split("::").collect();
            let is_module = |len: &usize| modules.iter().any(|(known, _)| known.iter().eq(&parts[..*len]));
            let imported = &parts[..(0..=parts.len()).rev().find(is_module).unwrap_or(0)];
            let shared = names.iter().zip(imported).take_while(|(a, b)| a == b).count();
            if let (Some(importer), Some(imported)) = (names.get(shared), imported.get(shared)) {
                found.insert((names[..shared].join("::"), (*importer).to_owned(), (*imported).to_owned()));
            }
        }
    }
    found
}

/// A way along the edges from `to` back to `from`, if there is one.
fn way_back<'a>(edges: &[(&'a str, &'a str)], from: &str, to: &'a str, seen: &mut Vec<&'a str>) -> bool {
    if seen.contains(&to) {
        return false;
    }
    seen.push(to);
    to == from || edges.iter().filter(|(importer, _)| *importer == to).any(|(_, imported)| way_back(edges, from, imported, seen))
}

#[test]
fn modules_import_only_from_those_before_them() {
    let rank = |name: &str| READING_ORDER.iter().position(|module| *module == name);
    for (folder, importer, imported) in neighbours(&modules("src/", &sources(&[".rs"]))) {
        if folder.is_empty() && importer != "bin" {
            let ranks = (rank(&importer), rank(&imported));
            assert!(ranks.0.is_some() && ranks.1 <= ranks.0, "{importer} imports {imported}, which comes after it in the reading order");
        }
    }
}

#[test]
fn no_folder_has_a_circle_of_imports() {
    let sources = sources(&[".rs"]);
    let mut circles = Vec::new();
    for folder in ["src/", "crates/spec/src/", "crates/protocol/src/", "crates/worker/src/", "crates/page/src/", "crates/serve/src/"] {
        let found = neighbours(&modules(folder, &sources));
        for (module, importer, imported) in &found {
            let edges: Vec<(&str, &str)> = found.iter().filter(|edge| edge.0 == *module).map(|edge| (&*edge.1, &*edge.2)).collect();
            if way_back(&edges, importer, imported, &mut Vec::new()) {
                circles.push(format!("{folder}{module}: {importer} imports {imported}, which leads back to {importer}"));
            }
        }
    }
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

#[test]
fn sources_lie_beside_their_manifest() {
    for manifest in sources(&["Cargo.toml"]) {
        let strays = manifest.text.lines().filter(|line| line.starts_with("path = ") && line.contains(".."));
        assert_eq!(strays.collect::<Vec<_>>(), [""; 0], "{}", manifest.path);
    }
}

#[test]
fn every_shader_says_what_it_is_and_is_used() {
    let rust: Vec<Source> = sources(&[".rs"]);
    let shaders = sources(&[".wgsl"]);
    for shader in &shaders {
        let path = &shader.path;
        let header: Vec<&str> = shader.text.lines().take_while(|line| line.starts_with("//")).collect();
        assert!(header.first().is_some_and(|line| line.len() > 12), "{path} does not open with what it computes");
        if !path.contains("/shared/") {
            for label in ["// Spec ", "// Shapes ", "// Dispatch "] {
                assert!(header.iter().any(|line| line.starts_with(label)), "{path}: its header lacks a line {label:?}");
            }
        }
        let spec = header.iter().filter_map(|line| line.strip_prefix("// Spec ")).flat_map(|line| line.split([' ', ',']));
        for file in spec.filter(|word| word.ends_with(".rs")) {
            assert!(rust.iter().any(|source| source.path == file), "{path} names {file}, which is not there");
        }
        let body: String = shader.text.lines().filter(|line| !line.starts_with("//")).collect();
        let used = header.iter().filter_map(|line| line.strip_prefix("// Uses ")).map(outside_parentheses);
        for name in used.flat_map(|line| line.split(',').map(|name| name.trim().to_owned()).collect::<Vec<_>>()) {
            let is_file = name.ends_with(".wgsl");
            let is_function = !is_file && name != "nothing" && name.chars().all(|next| next.is_ascii_lowercase() || next == '_');
            assert!(!is_file || shaders.iter().any(|other| other.path.ends_with(&name)), "{path} names {name}, which is not there");
            assert!(!is_function || body.contains(&format!("{name}(")), "{path} names {name}, which it does not call");
        }
        let is_used = rust.iter().any(|source| source.text.contains(path.trim_start_matches("shaders/")));
        assert!(is_used, "{path} is used by no Rust file");
    }
}

/// The text without what stands in parentheses.
fn outside_parentheses(text: &str) -> String {
    let mut depth = 0;
    let is_outside = |next: &char| {
        depth += i32::from(*next == '(');
        let is_outside = depth == 0;
        depth -= i32::from(*next == ')');
        is_outside
    };
    text.chars().filter(is_outside).collect()
}

#[test]
fn there_is_no_handwritten_script() {
    let scripts: Vec<_> = sources(&[".js", ".ts", ".mjs", ".jsx", ".tsx"]).into_iter().map(|source| source.path).collect();
    assert!(scripts.is_empty(), "{scripts:?}");
}

#[test]
fn nothing_is_left_undone() {
    // Written in two halves, so that this file does not find itself.
    let left = [concat!("to", "do!("), concat!("unimple", "mented!("), concat!("db", "g!("), concat!("TO", "DO"), concat!("FIX", "ME")];
    let without_reason = concat!("#[ig", "nore]");
    for source in sources(&[".rs", ".wgsl", ".css", ".html", ".toml"]) {
        for (number, line) in source.text.lines().enumerate() {
            for word in left {
                assert!(!line.contains(word), "{}:{} holds {word}", source.path, number + 1);
            }
            assert!(!line.contains(without_reason), "{}:{} gives no reason", source.path, number + 1);
        }
    }
}

#[test]
fn a_long_file_says_why() {
    for source in sources(&[".rs", ".wgsl", ".css"]) {
        let lines = source.text.lines().count();
        let says_why = source.text.lines().any(|line| line.trim_start_matches(['/', '!', '*', ' ']).starts_with("Long: "));
        assert!(lines <= LONG_LINES || says_why, "{} has {lines} lines and no line \"Long: …\" that gives the reason", source.path);
    }
}
