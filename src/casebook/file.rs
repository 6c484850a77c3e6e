//! Opens one file of a casebook; what stands in the way is said in our own words.

use crate::finding::{Finding, Place};
use crate::say;
use crate::text::Text;
use crate::yaml;
use std::fs;
use std::path::Path;

/// A record larger than this is not read: no form a person fills in comes near it.
const LIMIT: u64 = 4 << 20;

/// Reads a text file of a casebook; what stands in the way is a finding.
pub fn read_text(path: &Path, rel: &str) -> Result<String, Box<Finding>> {
    let meta = fs::symlink_metadata(path).map_err(|e| Box::new(unreadable(rel, &e)))?;
    if meta.is_symlink() {
        return Err(Box::new(link(rel)));
    }
    // A pipe would never end.
    if !meta.is_file() {
        return Err(Box::new(special(rel)));
    }
    if meta.len() > LIMIT {
        let mb = meta.len() >> 20;
        let limit = LIMIT >> 20;
        return Err(Box::new(
            Finding::error(
                "too-large",
                Place::file(rel),
                say!("文件有 {mb} MB，超过 {limit} MB，没有读取", "the file has {mb} MB, more than {limit} MB; it was not read"),
            )
            .help(say!("大段材料作为附件放进 files/", "keep long material as an attachment in files/")),
        ));
    }
    let bytes = fs::read(path).map_err(|e| Box::new(unreadable(rel, &e)))?;
    yaml::decode(rel, bytes).map_err(Box::new)
}

/// A link where a file should be.
pub fn link(rel: &str) -> Finding {
    Finding::error("symlink", Place::file(rel), say!("符号链接不读取", "a symbolic link is not followed"))
        .help(say!("把文件本身放进案卷", "put the file itself into the casebook"))
}

/// A pipe, a device, or a folder where a file should be.
pub fn special(rel: &str) -> Finding {
    Finding::error("special-file", Place::file(rel), say!("不是普通文件，没有读取", "this is no ordinary file; it was not read"))
}

/// A file or folder that cannot be read, in our own words.
pub fn unreadable(rel: &str, e: &std::io::Error) -> Finding {
    let why = io_text(e);
    let (zh, en) = (why.zh, why.en);
    Finding::error("unreadable", Place::file(rel), say!("读不了：{zh}", "cannot be read: {en}"))
}

/// An operating system's error in words.
pub fn io_text(e: &std::io::Error) -> Text {
    use std::io::ErrorKind::*;
    match e.kind() {
        NotFound => say!("不存在", "it does not exist"),
        PermissionDenied => say!("没有权限", "permission denied"),
        ReadOnlyFilesystem => say!("磁盘只读", "the disk is read-only"),
        StorageFull | QuotaExceeded => say!("磁盘已满", "the disk is full"),
        AlreadyExists => say!("已经存在", "it exists already"),
        NotADirectory => say!("不是文件夹", "it is not a folder"),
        IsADirectory => say!("是一个文件夹", "it is a folder"),
        _ => {
            let code = e.raw_os_error().unwrap_or(0);
            say!("系统错误 {code}", "system error {code}")
        }
    }
}

/// `name` without `.yaml` or `.yml`.
pub fn yaml_stem(name: &str) -> Option<&str> {
    name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml")).filter(|s| !s.is_empty())
}

/// A path below `rel`, with `/`.
pub fn join(rel: &str, name: &str) -> String {
    if rel.is_empty() { name.to_string() } else { format!("{rel}/{name}") }
}
