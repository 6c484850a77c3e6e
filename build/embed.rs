//! Lists every file of the data folders, so that adding one needs no line of code.

use super::pack::pack;
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
    let mut rows: Vec<(String, PathBuf)> =
        files.into_iter().map(|p| (p.strip_prefix(&root).expect("below the root").to_string_lossy().replace('\\', "/"), p)).collect();
    rows.sort();
    let mut code = String::from("pub static EMBEDDED: &[(&str, &str)] = &[\n");
    for (name, path) in &rows {
        code.push_str(&format!("    ({name:?}, include_str!({:?})),\n", path.display().to_string()));
    }
    code.push_str("];\n");
    code.push_str(&packed(&rows, out));
    fs::write(out.join("embedded.rs"), code).expect("OUT_DIR can be written");
}

/// Parses every data file of `templates/` now, so that nobody waits for it later: (index in `EMBEDDED`, words, pool).
fn packed(rows: &[(String, PathBuf)], out: &Path) -> String {
    let mut code = String::from("static PACKED: &[(usize, &[u8], &str)] = &[\n");
    for (i, (_, path)) in rows.iter().enumerate().filter(|(_, (name, _))| name.starts_with("templates/") && name.ends_with(".toml")) {
        let text = fs::read_to_string(path).expect("a data file is UTF-8");
        // A file with a fault in it is parsed, and reported, when it is used.
        let (root, errors) = toml::de::DeTable::parse_recoverable(&text);
        if !errors.is_empty() {
            continue;
        }
        let packed = pack(&text, &root);
        let words: Vec<u8> = packed.words.iter().flat_map(|w| w.to_le_bytes()).collect();
        let file = out.join(format!("{i}.words"));
        fs::write(&file, words).expect("OUT_DIR can be written");
        code.push_str(&format!("    ({i}, include_bytes!({:?}), {:?}),\n", file.display().to_string(), packed.pool));
    }
    code.push_str("];\n");
    code
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
