//! Lists every file of the data folders, so that adding one needs no line of code.

use std::fs;
use std::path::{Path, PathBuf};

/// Writes `embedded.rs`: a sorted slice of (path, text) for `templates/` and `examples/demo/`.
pub fn generate(out: &Path) {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["templates", "examples/demo"] {
        println!("cargo::rerun-if-changed={folder}");
        walk(&root.join(folder), &mut files);
    }
    let mut rows: Vec<(String, PathBuf)> = files
        .into_iter()
        .map(|p| (p.strip_prefix(&root).expect("below the root").to_string_lossy().replace('\\', "/"), p))
        .collect();
    rows.sort();
    let mut code = String::from("pub static EMBEDDED: &[(&str, &str)] = &[\n");
    for (name, path) in rows {
        code.push_str(&format!("    ({name:?}, include_str!({:?})),\n", path.display().to_string()));
    }
    code.push_str("];\n");
    fs::write(out.join("embedded.rs"), code).expect("OUT_DIR can be written");
}

fn walk(dir: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(dir) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        println!("cargo::rerun-if-changed={}", path.display());
        if path.is_dir() {
            walk(&path, files);
        } else {
            files.push(path);
        }
    }
}
