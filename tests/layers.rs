//! Imports run only downwards: each module of the crate may use those below it in this list, and itself.

mod common;

use common::{files, root};
use std::fs;

/// From the top to the bottom. `lib.rs` and `main.rs` stand above all.
const LAYERS: [&str; 20] = [
    "cli",
    "render",
    "people",
    "tally",
    "assess",
    "procedure",
    "rule",
    "public",
    "guard",
    "casebook",
    "kind",
    "seal",
    "calendar",
    "data",
    "csv",
    "yaml",
    "finding",
    "builtin",
    "draw",
    "text",
];

/// The module that a file of `src/` belongs to.
fn module(rel: &str) -> &str {
    rel.split('/').next().unwrap_or(rel).trim_end_matches(".rs")
}

/// The crate's modules that a source text names: `crate::x`, and in nested lists `use crate::{a, b::C}`.
fn uses(source: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let code: Vec<String> = source.lines().map(|l| l.split("//").next().unwrap_or("").to_string()).collect();
    for (i, line) in code.iter().enumerate() {
        for (at, _) in line.match_indices("crate::") {
            // `$crate` of a macro is the crate seen from its user.
            let rest = &line[at + "crate::".len()..];
            if let Some(list) = rest.strip_prefix('{') {
                let whole: String = std::iter::once(list).chain(code[i + 1..].iter().map(String::as_str)).collect::<Vec<_>>().join(" ");
                found.extend(heads(&whole).into_iter().map(|n| (i + 1, n)));
            } else {
                let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                found.push((i + 1, name));
            }
        }
    }
    found
}

/// The first names of the items of a braced list whose opening brace is taken off.
fn heads(list: &str) -> Vec<String> {
    let (mut depth, mut at_start, mut out) = (0, true, Vec::new());
    let mut word = String::new();
    for c in list.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                out.push(std::mem::take(&mut word));
                at_start = true;
                continue;
            }
            _ => {}
        }
        if at_start && depth == 0 {
            if c.is_alphanumeric() || c == '_' {
                word.push(c);
            } else if !word.is_empty() {
                at_start = false;
            }
        }
    }
    out.push(word);
    out.retain(|w| !w.is_empty());
    out
}

#[test]
fn imports_run_downwards() {
    let src = root().join("src");
    let level = |name: &str| LAYERS.iter().position(|l| *l == name);
    let mut faults = Vec::new();
    let mut seen = 0;
    for path in files(&src).into_iter().filter(|p| p.extension().is_some_and(|e| e == "rs")) {
        let rel = path.strip_prefix(&src).expect("below src").to_string_lossy().replace('\\', "/");
        let name = module(&rel);
        if name == "lib" || name == "main" {
            continue;
        }
        let Some(own) = level(name) else {
            faults.push(format!("src/{rel}: the module `{name}` stands in no layer"));
            continue;
        };
        for (line, used) in uses(&fs::read_to_string(&path).expect("a source file")) {
            // A macro or an item of the crate's root is no module.
            let Some(other) = level(&used) else {
                if !matches!(used.as_str(), "say") {
                    faults.push(format!("src/{rel}:{line}: `crate::{used}` is no layer"));
                }
                continue;
            };
            seen += 1;
            if other < own {
                faults.push(format!("src/{rel}:{line}: `{name}` uses `{used}`, which stands above it"));
            }
        }
    }
    assert!(seen > 300, "only {seen} imports were found");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_reader_of_imports_reads_them() {
    let names = |s: &str| uses(s).into_iter().map(|(_, n)| n).collect::<Vec<_>>();
    assert_eq!(names("use crate::text::Text;"), ["text"]);
    assert_eq!(names("use crate::{data::{self, Table}, finding::Finding,\n  text};"), ["data", "finding", "text"]);
    assert_eq!(names("let x = crate::cli::run(crate::say!(\"\"));"), ["cli", "say"]);
    assert!(names("// crate::cli").is_empty());
}

/// Every Rust file below these folders, with its path as the project names it.
fn sources(folders: &[&str]) -> Vec<(String, String)> {
    let rust = |p: &std::path::PathBuf| p.extension().is_some_and(|e| e == "rs");
    let all: Vec<(String, String)> = folders
        .iter()
        .flat_map(|f| files(&root().join(f)))
        .filter(rust)
        .map(|p| {
            let rel = p.strip_prefix(root()).expect("below the project").to_string_lossy().replace('\\', "/");
            (rel, fs::read_to_string(&p).expect("a source file"))
        })
        .collect();
    assert!(all.len() > 20 * folders.len(), "only {} files were found", all.len());
    all
}

#[test]
fn every_file_says_what_it_is() {
    let all = sources(&["src", "build", "tests", "benches", "examples"]);
    let mute: Vec<String> = all.into_iter().filter(|(_, text)| !text.starts_with("//! ")).map(|(rel, _)| rel).collect();
    assert!(mute.is_empty(), "no opening sentence: {}", mute.join(", "));
}

/// Lines that a source file may have; a longer one holds more than one idea.
const LINES: usize = 400;

#[test]
fn no_file_holds_too_much() {
    let lengths = sources(&["src", "build"]).into_iter().map(|(rel, text)| (rel, text.lines().count()));
    let faults: Vec<String> = lengths.filter(|(_, n)| *n > LINES).map(|(rel, n)| format!("{rel}: {n} lines")).collect();
    assert!(faults.is_empty(), "more than {LINES} lines, to be split: {}", faults.join(", "));
}
