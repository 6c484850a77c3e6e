//! Finds the calendar files of a casebook and puts them in order; does not know their form.

use super::layer::{Block, read, refused};
use super::source::Layer;
use crate::finding::{Finding, Place};
use crate::say;
use std::path::Path;

const MAX_BYTES: u64 = 256 * 1024;

/// The blocks of every sound calendar file of `dir`, in the order in which they are laid.
pub(super) fn read_dir(dir: &Path, rel: &str, findings: &mut Vec<Finding>) -> Vec<(Layer, String, Block)> {
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Vec::new(),
        Err(_) => {
            findings.push(unreadable(rel.trim_end_matches('/').to_string()));
            return Vec::new();
        }
    };
    let mut files: Vec<(Layer, String, std::path::PathBuf)> = Vec::new();
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(stem) = name.strip_suffix(".toml") else { continue };
        let year = stem.len() == 4 && stem.bytes().all(|b| b.is_ascii_digit());
        files.push((if year { Layer::Casebook } else { Layer::Local }, name, path));
    }
    files.sort();
    let mut blocks = Vec::new();
    for (layer, name, path) in files {
        let file = format!("{rel}{name}");
        let small = std::fs::symlink_metadata(&path).is_ok_and(|m| m.is_file() && m.len() <= MAX_BYTES);
        let text = if small { std::fs::read(&path).ok().and_then(|b| String::from_utf8(b).ok()) } else { None };
        let Some(text) = text else {
            findings.push(unreadable(file));
            continue;
        };
        let (sound, wrong) = read(&text, &file);
        let named: Option<i32> = name.strip_suffix(".toml").filter(|_| layer == Layer::Casebook).and_then(|s| s.parse().ok());
        if let Some(year) = named
            && wrong.is_empty()
            && !sound.iter().any(|b| b.source.year == Some(year))
        {
            let message =
                say!("文件名是{year}年，内容中没有 year = {year}", "the file is named {year}, but nothing in it has year = {year}");
            findings.push(Finding::error("calendar-year", Place::file(file), message).help(refused()));
            continue;
        }
        findings.extend(wrong);
        blocks.extend(sound.into_iter().map(|b| (layer, file.clone(), b)));
    }
    blocks
}

fn unreadable(file: String) -> Finding {
    let kib = MAX_BYTES / 1024;
    let message = say!(
        "日历文件无法读取（须为不超过{kib} KiB的UTF-8文本文件，不能是链接）",
        "the calendar file cannot be read (it must be a UTF-8 text file of at most {kib} KiB, and no link)"
    );
    Finding::error("calendar-unreadable", Place::file(file), message)
}
