//! What git knows of records: who committed which change when, and what the change was in terms of fields and approvals.

use super::Casebook;
use super::git::Git;
use crate::kind::{Home, KindId, Part, Record, Val};
use crate::yaml;
use anyhow::Result;
use std::collections::BTreeMap;

/// A commit as it was written.
#[derive(Clone, Debug, Default)]
pub struct Commit {
    /// Its id.
    pub id: String,
    /// Who wrote it: the author's name as it stands there.
    pub who: String,
    /// The author's address.
    pub mail: String,
    /// When, in the author's time zone: `2020-09-18T10:00:00+08:00`.
    pub when: String,
    /// The first line of its message.
    pub subject: String,
    /// Whether it carries a signature. Whether that is genuine, git says: `git verify-commit`.
    pub signed: bool,
    /// The files it changed.
    pub changes: Vec<Change>,
}

/// A file before and after a commit; `None` where there was none.
#[derive(Clone, Debug)]
pub struct Change {
    /// The path relative to the casebook.
    pub file: String,
    /// The object before: of a merge, that of the first parent.
    pub before: Option<String>,
    /// The object after.
    pub after: Option<String>,
}

impl Commit {
    /// The day on its author's calendar.
    pub fn day(&self) -> &str {
        self.when.get(..10).unwrap_or(&self.when)
    }
}

/// The commits that changed something below `path` (empty for the whole casebook), the oldest first. A merge stands there with what it changed itself.
pub fn commits(git: &Git, path: &str) -> Result<Vec<Commit>> {
    if git.head()?.is_none() {
        return Ok(Vec::new());
    }
    let format = "--format=tformat:%x02%H%x00%an%x00%ae%x00%aI%x00%s";
    let path = if path.is_empty() { "." } else { path };
    let args = [
        "log",
        "--reverse",
        "--topo-order",
        "--full-history",
        "-c",
        "--raw",
        "-z",
        "--no-abbrev",
        "--no-renames",
        "--relative",
        "--no-ext-diff",
        "--no-textconv",
        "--no-mailmap",
        "--no-show-signature",
        "--no-decorate",
        "--no-color",
        format,
        "HEAD",
        "--",
        path,
    ];
    let out = git.read(&args)?;
    let text = String::from_utf8_lossy(&out).into_owned();
    let mut commits: Vec<Commit> = Vec::new();
    let mut tokens = text.split('\0').map(|t| t.trim_start_matches('\n'));
    while let Some(token) = tokens.next() {
        if let Some(id) = token.strip_prefix('\u{2}') {
            let mut next = || tokens.next().unwrap_or_default().to_string();
            commits.push(Commit { id: id.to_string(), who: next(), mail: next(), when: next(), subject: next(), ..Commit::default() });
        } else if let (true, Some(commit)) = (token.starts_with(':'), commits.last_mut()) {
            // `:` for each parent, then a mode for each and the result's, then the objects likewise, then the letters.
            let parents = token.bytes().take_while(|b| *b == b':').count();
            let words: Vec<&str> = token[parents..].split(' ').collect();
            let file = tokens.next().unwrap_or_default().to_string();
            let object = |i: usize| words.get(i).filter(|o| o.bytes().any(|b| b != b'0')).map(|o| o.to_string());
            commit.changes.push(Change { file, before: object(parents + 1), after: object(2 * parents + 1) });
        }
    }
    let ids: Vec<String> = commits.iter().map(|c| c.id.clone()).collect();
    for (commit, raw) in commits.iter_mut().zip(git.objects(&ids)?) {
        let raw = raw.unwrap_or_default();
        let head = raw.split(|b| *b == b'\n').take_while(|l| !l.is_empty());
        commit.signed = head.into_iter().any(|l| l.starts_with(b"gpgsig ") || l.starts_with(b"gpgsig-sha256 "));
    }
    commits.retain(|c| !c.changes.is_empty());
    Ok(commits)
}

impl Casebook {
    /// The kind and home that a path of this casebook means, now and in the past.
    pub fn kind_of(&self, file: &str) -> Option<(KindId, Home)> {
        let parts: Vec<&str> = file.split('/').collect();
        let (home, rest) = match parts.as_slice() {
            ["rounds", round, rest @ ..] => match rest {
                [case, inner @ ..] if !inner.is_empty() && self.schema.find_kind(case).is_none() && *case != "files" => {
                    (Home { round: round.to_string(), case: case.to_string() }, inner)
                }
                rest => (Home { round: round.to_string(), case: String::new() }, rest),
            },
            rest => (Home::default(), rest),
        };
        let stem = super::file::yaml_stem(rest.last()?)?;
        let kind = match rest {
            [_] => self.schema.find_kind(stem).filter(|k| self.schema.kind(*k).single)?,
            [folder, _] => self.schema.find_kind(folder)?,
            _ => return None,
        };
        Some((kind, home))
    }

    /// The record that bytes of the past make at that path; `None` for what is none or cannot be read.
    pub fn past_record(&self, file: &str, bytes: Vec<u8>) -> Option<Record> {
        let (kind, home) = self.kind_of(file)?;
        let text = yaml::decode(file, bytes).ok()?;
        self.judge(kind, file, &home, &text).0
    }

    /// The fields of a record that are filled in, by path, approvals left out. Keys and values of enumerations stand as codes, so that a
    /// record typed again in the other language is the same.
    pub fn contents(&self, record: &Record) -> BTreeMap<String, String> {
        let mut out = BTreeMap::new();
        self.flatten(record.root(), "", &mut out);
        out
    }

    fn flatten(&self, part: Part<'_>, path: &str, out: &mut BTreeMap<String, String>) {
        let tree = &part.record.tree;
        let below = |name: &str| if path.is_empty() { name.to_string() } else { format!("{path}.{name}") };
        match (part.val(), tree.shape(part.node)) {
            (Val::Map(shape), _) => {
                let shape = self.schema.shape(shape);
                for e in tree.entries(part.node) {
                    let key = match part.record.vals[e.key_id.0 as usize] {
                        Val::Key(i) => shape.fields[i as usize].key.as_str(),
                        _ => e.key,
                    };
                    if !(path.is_empty() && key == APPROVALS) {
                        self.flatten(Part { record: part.record, node: e.value }, &below(key), out);
                    }
                }
            }
            (_, yaml::Shape::Map) => {
                tree.entries(part.node).for_each(|e| self.flatten(Part { record: part.record, node: e.value }, &below(e.key), out));
            }
            (_, yaml::Shape::Seq) => part.items().enumerate().for_each(|(i, p)| self.flatten(p, &below(&(i + 1).to_string()), out)),
            (Val::Empty, _) | (_, yaml::Shape::Null) => {}
            (Val::Enum(e, i), _) => drop(out.insert(path.to_string(), self.schema.en(e).values[i as usize].code.clone())),
            _ => drop(out.insert(path.to_string(), part.str().trim().to_string())),
        }
    }

    /// The approvals of a record: role, decision and date, as codes.
    pub fn approvals(&self, record: &Record) -> Vec<BTreeMap<String, String>> {
        let shape = self.schema.shape(record.shape);
        let Some(list) = shape.find(APPROVALS).and_then(|i| record.root().field(i)) else { return Vec::new() };
        let one = |p: Part<'_>| {
            let mut out = BTreeMap::new();
            self.flatten(p, "", &mut out);
            out
        };
        list.items().map(one).filter(|a| !a.is_empty()).collect()
    }
}

/// The field in which approvals stand.
pub const APPROVALS: &str = "approvals";

/// Which of the values that were filled in before are others or gone; values that were empty then and are filled in now are no change.
pub fn altered<'m>(before: &'m BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<&'m str> {
    before.iter().filter(|(k, v)| after.get(*k) != Some(v)).map(|(k, _)| k.as_str()).collect()
}
