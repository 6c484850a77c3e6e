//! The bundled example casebook: its files, and copies of its case for trying the scale.

use super::write::failed;
use crate::say;
use crate::text::Bilingual;
use anyhow::{Result, bail};
use std::fs;
use std::path::Path;

/// The example's round and inspected unit, as its files name them.
const ROUND: &str = "2020-r2";
const UNIT: &str = "zhixiao";
const UNIT_FILE: &str = "unit/zhixiao.yaml";

/// Writes the example into `dir`, which must not exist or be empty, with `cases` rounds of one case each and `procedure` pinned into every round.
/// Gives the number of records. All or nothing: the folder appears when it is whole.
pub fn write(dir: &Path, cases: usize, procedure: &str) -> Result<usize> {
    let shown = dir.display().to_string();
    let empty = fs::read_dir(dir).map(|mut d| d.next().is_none());
    match empty {
        Ok(true) => {}
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
        Ok(false) => bail!(Bilingual(say!(
            "{shown} 里已经有文件，没有写入；换一个文件夹名",
            "{shown} is not empty; nothing was written; name another folder"
        ))),
        Err(e) => return Err(failed(&shown, &e)),
    }
    let parent = dir.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(|e| failed(&shown, &e))?;
    let temp = parent.join(format!(".xuncha-demo.{}.tmp", std::process::id()));
    let written = fill(&temp, cases, procedure).and_then(|n| {
        if dir.exists() {
            fs::remove_dir(dir).map_err(|e| failed(&shown, &e))?;
        }
        fs::rename(&temp, dir).map_err(|e| failed(&shown, &e))?;
        Ok(n)
    });
    if written.is_err() {
        let _ = fs::remove_dir_all(&temp);
    }
    written
}

fn fill(root: &Path, cases: usize, procedure: &str) -> Result<usize> {
    let mut records = 0;
    let mut put = |rel: &str, text: &str| -> Result<()> {
        let path = root.join(rel);
        if let Some(dir) = path.parent() {
            fs::create_dir_all(dir).map_err(|e| failed(rel, &e))?;
        }
        records += usize::from(rel.ends_with(".yaml"));
        fs::write(&path, text).map_err(|e| failed(rel, &e))
    };
    let names: Vec<String> = (1..=cases).map(|k| if k == 1 { String::new() } else { format!("-{k:04}") }).collect();
    let units: Vec<String> = names.iter().map(|n| format!("{UNIT}{n}")).collect();
    for (rel, text) in crate::builtin::under("examples/demo/") {
        let round = rel.strip_prefix("rounds/").is_some();
        if rel.starts_with("coverage_plan/") {
            // Every copy is in the plan.
            let text = text.replace(&format!("  - {UNIT}\n"), &units.iter().map(|u| format!("  - {u}\n")).collect::<String>());
            put(rel, &text.replace(&format!("[{UNIT}, "), &format!("[{}, ", units.join(", "))))?;
        } else if round || rel == UNIT_FILE {
            for name in &names {
                let rel = rel.replace(ROUND, &format!("{ROUND}{name}")).replace(UNIT, &format!("{UNIT}{name}"));
                put(&rel, &copy(text, name, !round))?;
            }
        } else {
            put(rel, text)?;
        }
    }
    for name in &names {
        put(&format!("rounds/{ROUND}{name}/procedure.toml"), procedure)?;
    }
    Ok(records)
}

/// The text with the round's and the unit's names of a copy; the unit's own file also gets a name of its own.
fn copy(text: &str, name: &str, unit: bool) -> String {
    if name.is_empty() {
        return text.to_string();
    }
    let text = text.replace(ROUND, &format!("{ROUND}{name}")).replace(UNIT, &format!("{UNIT}{name}"));
    if !unit {
        return text;
    }
    let number = name.trim_start_matches('-');
    text.lines().map(|l| if l.starts_with("单位名称:") { format!("{l}(第{number}份)\n") } else { format!("{l}\n") }).collect()
}
