//! The house rules that a machine can check: who imports whom, what every shader says of itself, what must not be left behind.
#![cfg(not(target_arch = "wasm32"))]

use std::fs;
use std::path::{Path, PathBuf};

/// The modules of each crate in reading order; each imports only from those before it. Between crates Cargo sees to that.
const ORDERS: [(&str, &[&str]); 2] = [
    ("src/", &["tensor", "graph", "plan", "exec", "nn", "data", "train"]),
    (
        "crates/spec/src/",
        &[
            "choice",
            "number",
            "random",
            "seedrandom",
            "activation",
            "catalog",
            "features",
            "layer",
            "experiment",
            "model_text",
            "cost",
            "models",
            "points",
            "strokes",
            "silhouettes",
            "thumbnail",
            "link",
        ],
    ),
];

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

/// The first two names of every path that starts at the root of the crate, with `{…}` written out: `nn::{Layer, init::draw}` is
/// `nn::Layer` and `nn::init`.
fn imports(code: &str, depth: usize) -> Vec<String> {
    let mut found = Vec::new();
    for root in ["crate::".to_string(), "super::".repeat(depth)] {
        for (at, _) in code.match_indices(root.as_str()) {
            let is_longer_chain = code[..at].ends_with("super::") || code[at + root.len()..].starts_with("super::");
            if !is_longer_chain && !code[..at].ends_with("pub(") {
                expand(&code[at + root.len()..], "", &mut found);
            }
        }
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
            found.push(path.split("::").take(2).collect::<Vec<_>>().join("::"));
            len
        }
    }
}

#[test]
fn a_use_tree_is_written_out() {
    let found = imports("use crate::{nn::{Layer, init::{self, draw}}, data}; fn f() { crate::plan::kernel::run() }", 9);
    assert_eq!(found, ["nn::Layer", "nn::init", "nn::init", "data", "plan::kernel"]);
}

#[test]
fn modules_import_only_from_those_before_them() {
    for source in sources(&[".rs"]) {
        let Some((folder, order)) = ORDERS.iter().find(|(folder, _)| source.path.starts_with(folder)) else { continue };
        let path = &source.path[folder.len()..];
        let (module, rest) = path.split_once('/').unwrap_or((path.trim_end_matches(".rs"), "mod.rs"));
        let depth = 1 + rest.split('/').filter(|part| *part != "mod.rs").count();
        let rank = order.iter().position(|name| *name == module);
        assert!(rank.is_some() || module == "lib" || module == "bin", "{} has no place in the reading order", source.path);
        let Some(rank) = rank else { continue };
        for import in imports(&code(&source.text), depth) {
            let name = import.split("::").next().unwrap_or_default();
            if let Some(other) = order.iter().position(|module| *module == name) {
                assert!(other <= rank, "{} imports {import}: {name} comes after {module}", source.path);
            }
        }
    }
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
    for shader in sources(&[".wgsl"]) {
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
        let is_used = rust.iter().any(|source| source.text.contains(path.trim_start_matches("shaders/")));
        assert!(is_used, "{path} is used by no Rust file");
    }
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
