//! Attachments: which record names which file, what a file is, and what is wrong with it.

use super::Casebook;
use super::write::failed;
use crate::draw::sha256;
use crate::finding::{Finding, Place};
use crate::kind::{Home, Level, Part, Record, Schema, Val};
use crate::say;
use crate::seal;
use crate::text::Bilingual;
use crate::yaml::NodeId;
use anyhow::{Result, bail};
use std::fs;
use std::path::Path;

/// How the name of a sealed attachment ends.
pub const SEALED: &str = ".age";
/// A larger attachment, in bytes, is not sealed: all of it is held in memory.
const LARGEST: u64 = 1 << 30;

/// What a record says of one attachment.
#[derive(Clone, Debug)]
pub struct Reference {
    /// The file, relative to the casebook.
    pub path: String,
    /// The node of its path.
    pub at: NodeId,
    /// The entry of the record in which it stands.
    pub map: NodeId,
    /// The SHA-256 given, and its node.
    pub sha256: Option<(String, NodeId)>,
    /// Marked as sealed or stricter, or of a record that is.
    pub closed: bool,
    /// Marked as never to be recorded, or of a record that is.
    pub never: bool,
}

/// The folder of a round, a case or the casebook, with a slash, to which the paths of its attachments are relative.
pub fn folder(home: &Home) -> String {
    match (home.round.as_str(), home.case.as_str()) {
        ("", _) => String::new(),
        (round, "") => format!("rounds/{round}/"),
        (round, case) => format!("rounds/{round}/{case}/"),
    }
}

/// The attachments that a record gives by their path.
pub fn references(schema: &Schema, record: &Record) -> Vec<Reference> {
    let home = folder(&record.home);
    let marked = |part: Part<'_>, level: &str| {
        let Val::Map(shape) = part.val() else { return false };
        let value = schema.shape(shape).find("secrecy").and_then(|i| part.field(i)).map(|p| p.val());
        matches!(value, Some(Val::Enum(e, i)) if schema.en(e).values[i as usize].code == level)
    };
    let one = |n: u32| {
        let part = Part { record, node: NodeId(n) };
        let Val::Map(shape) = part.val() else { return None };
        let shape = schema.shape(shape);
        shape.find("paper_ref")?;
        let value = |key: &str| shape.find(key).and_then(|i| part.field(i)).filter(|p| p.filled());
        let path = value("path")?;
        let level = |level: &str| marked(part, level) || marked(record.root(), level);
        let never = level("never");
        Some(Reference {
            path: format!("{home}{}", path.str().trim()),
            at: path.node,
            map: part.node,
            sha256: value("sha256").map(|p| (p.str().trim().to_string(), p.node)),
            closed: never || level("sealed"),
            never,
        })
    };
    (0..record.vals.len() as u32).filter_map(one).collect()
}

/// The place whose `files/` a path is below; nothing for any other path.
pub fn home(rel: &str) -> Option<Home> {
    let parts: Vec<&str> = rel.split('/').collect();
    if parts.iter().any(|p| p.is_empty() || p.starts_with('.')) {
        return None;
    }
    let at = |round: &str, case: &str| Some(Home { round: round.to_string(), case: case.to_string() });
    match parts.as_slice() {
        ["files", _, ..] => at("", ""),
        ["rounds", round, "files", _, ..] => at(round, ""),
        ["rounds", round, case, "files", _, ..] => at(round, case),
        _ => None,
    }
}

impl Casebook {
    /// The attachment that a name means, from `dir` or from the casebook: its path in the casebook. Nothing where it names something else.
    pub fn attachment(&self, dir: &Path, name: &str) -> Option<String> {
        let full = [dir.join(name), self.root.join(name)].into_iter().find(|p| p.symlink_metadata().is_ok_and(|m| m.is_file()))?;
        let full = full.canonicalize().ok()?;
        let rel = full.strip_prefix(self.root.canonicalize().ok()?).ok()?;
        let rel = rel.components().map(|c| c.as_os_str().to_str()).collect::<Option<Vec<_>>>()?.join("/");
        home(&rel).map(|_| rel)
    }

    /// The records that name an attachment.
    pub fn naming(&self, rel: &str) -> Vec<Record> {
        let Some(home) = home(rel) else { return Vec::new() };
        let level = match (home.round.as_str(), home.case.as_str()) {
            ("", _) => Level::Workspace,
            (_, "") => Level::Round,
            _ => Level::Case,
        };
        let found = self.read_folder(folder(&home).trim_end_matches('/'), level, &home, None);
        let names = |r: &Record| references(&self.schema, r).iter().any(|a| a.path == rel);
        found.records.into_iter().chain(found.drafts).filter(names).collect()
    }
}

/// The bytes of an attachment.
pub fn read(book: &Casebook, rel: &str) -> Result<Vec<u8>> {
    let path = book.inside(rel)?;
    let meta = fs::metadata(&path).map_err(|e| failed(rel, &e))?;
    if meta.len() > LARGEST {
        let mb = LARGEST >> 20;
        bail!(Bilingual(say!("{rel} 超过 {mb} MB，不密封", "{rel} has more than {mb} MB and is not sealed")));
    }
    fs::read(&path).map_err(|e| failed(rel, &e))
}

/// What is wrong with the attachments of a place: one that is not the one of its hash, one called sealed that is not, one whose plain file is there too.
pub fn amiss(book: &Casebook, home: &Home) -> Vec<Finding> {
    let rel = folder(home);
    if !book.root.join(&rel).join("files").is_dir() {
        return Vec::new();
    }
    let level = match (home.round.as_str(), home.case.as_str()) {
        ("", _) => Level::Workspace,
        (_, "") => Level::Round,
        _ => Level::Case,
    };
    let found = book.read_folder(rel.trim_end_matches('/'), level, home, None);
    let mut out = Vec::new();
    for record in found.records.iter().chain(&found.drafts) {
        for r in references(&book.schema, record).iter().filter(|r| super::attached::home(&r.path).as_ref() == Some(home)) {
            let Ok(bytes) = read(book, &r.path) else { continue };
            let place = |at| Place::at(&record.file, record.tree.span(at));
            if let Some((hash, at)) = &r.sha256
                && !hash.eq_ignore_ascii_case(&sha256(&bytes))
            {
                out.push(changed(place(*at), &r.path, &sha256(&bytes)));
            }
            if r.path.ends_with(SEALED) && !seal::is_sealed_file(&bytes) {
                out.push(unsealed(Place::file(&r.path)));
            }
            if let Some(plain) = r.path.strip_suffix(SEALED).filter(|p| book.taken(p)) {
                out.push(beside(Place::file(plain)));
            }
        }
    }
    out
}

/// An attachment that is not the one of its hash.
pub fn changed(place: Place, path: &str, now: &str) -> Finding {
    let (path, now) = (crate::text::safe(path), &now[..12]);
    Finding::error(
        "changed-attachment",
        place,
        say!("附件 {path} 与记录的校验值不符（现为 {now}…）", "the attachment {path} is not the one of this hash (it is now {now}…)"),
    )
    .help(say!(
        "查清哪一份是原件：附件不应改的，恢复它；确应更换的，连同校验值一起改",
        "Find out which is the original: restore the attachment, or change it together with its hash"
    ))
}

/// A file that is called sealed and is not.
pub fn unsealed(place: Place) -> Finding {
    Finding::error("sealed-plain", place, say!("文件名是密文（.age），内容不是", "it is named as ciphertext (.age), and is none")).help(
        say!(
            "明文就改回原名，再用 `xuncha seal` 密封；损坏的从备份取回",
            "If it is plain, give it its own name and seal it with `xuncha seal`; if it is damaged, take it back from a backup"
        ),
    )
}

/// The plain file of a sealed one.
pub fn beside(place: Place) -> Finding {
    Finding::error(
        "sealed-plain",
        place,
        say!("附件已密封，明文文件仍在旁边", "the attachment is sealed, and its plain file is still there"),
    )
    .help(say!("移出案卷；若已提交到 git，历史中仍会留存", "take it out of the casebook; if it was committed, git's history keeps it"))
}
