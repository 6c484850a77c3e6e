//! Moves a casebook's files from one commit to another: written down first, each file whole, and finished by the next command if it was cut off.

use super::super::git::{Git, Id};
use super::super::write::{self, Lock, failed, sync};
use super::super::{Casebook, MARKER};
use super::{fail, header};
use crate::say;
use crate::text::{Bilingual, Text};
use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// What is begun and not yet finished.
const JOURNAL: &str = ".xuncha/carry";

/// A move that is begun.
#[derive(Serialize, Deserialize)]
struct Journal {
    old: Option<Id>,
    new: Id,
}

/// A file on one side of a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// Its mode in git: `100644`.
    pub mode: String,
    /// The content's name.
    pub oid: Id,
}

/// A path at which two commits differ.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Relative to the casebook.
    pub path: String,
    /// What stands there in the old commit.
    pub before: Option<Side>,
    /// What stands there in the new one.
    pub after: Option<Side>,
}

/// Where two commits differ; the old one may be none.
pub fn entries(git: &Git, old: Option<&str>, new: &str) -> Result<Vec<Entry>> {
    let empty = String::from_utf8_lossy(&git.fed(&["hash-object", "-t", "tree", "--stdin"], Some(b""))?).trim().to_string();
    let old = old.unwrap_or(&empty);
    let args = ["diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", "--no-ext-diff", old, new, "--"];
    let out = git.read(&args)?;
    let text = String::from_utf8_lossy(&out).into_owned();
    let mut tokens = text.split('\0');
    let mut found = Vec::new();
    while let Some(meta) = tokens.next().and_then(|t| t.strip_prefix(':')) {
        let meta: Vec<&str> = meta.split(' ').collect();
        let (Some(path), [from, to, a, b, _]) = (tokens.next(), meta.as_slice()) else { break };
        let side = |mode: &str, oid: &str| (mode != "000000").then(|| Side { mode: mode.to_string(), oid: oid.to_string() });
        found.push(Entry { path: path.to_string(), before: side(from, a), after: side(to, b) });
    }
    Ok(found)
}

/// The content's name of each path that is a file in the folder, as git would take it in.
fn present(git: &Git, root: &Path, paths: &[&str]) -> Result<BTreeMap<String, Id>> {
    let files: Vec<&str> = paths.iter().copied().filter(|p| root.join(p).symlink_metadata().is_ok_and(|m| m.is_file())).collect();
    if files.is_empty() {
        return Ok(BTreeMap::new());
    }
    let list: String = files.iter().map(|p| format!("{p}\n")).collect();
    let out = git.clone().undriven()?.fed(&["hash-object", "--stdin-paths"], Some(list.as_bytes()))?;
    let out = String::from_utf8_lossy(&out).into_owned();
    Ok(files.into_iter().map(str::to_string).zip(out.lines().map(str::to_string)).collect())
}

impl Casebook {
    /// The paths at which something uncommitted would be overwritten by going from one commit to another.
    pub fn in_the_way(&self, git: &Git, old: Option<&str>, new: &str) -> Result<Vec<String>> {
        let entries = entries(git, old, new)?;
        let added: Vec<&str> = entries.iter().filter(|e| e.before.is_none() && e.after.is_some()).map(|e| e.path.as_str()).collect();
        let gone = |p: &str| entries.iter().any(|e| e.path == p && e.after.is_none());
        let now = present(git, &self.root, &added)?;
        let blocked = |e: &&Entry| {
            let Some(after) = e.after.as_ref().filter(|_| e.before.is_none()) else { return false };
            // A link or a file where a folder is to be.
            let above = Path::new(&e.path).ancestors().skip(1).filter(|a| !a.as_os_str().is_empty());
            let mut above = above.filter(|a| !gone(&a.to_string_lossy()));
            let wall = above.any(|a| self.root.join(a).symlink_metadata().is_ok_and(|m| !m.is_dir()));
            let there = self.root.join(&e.path).symlink_metadata();
            // What is there already, letter by letter, is not overwritten.
            let same = now.get(&e.path).is_some_and(|oid| *oid == after.oid);
            let folder = there.as_ref().is_ok_and(|m| m.is_dir()) && entries.iter().any(|x| x.path.starts_with(&format!("{}/", e.path)));
            wall || there.is_ok() && !same && !folder
        };
        Ok(entries.iter().filter(blocked).map(|e| crate::text::safe(&e.path).into_owned()).collect())
    }

    /// Takes the files, the index and the branch that is checked out from one commit to another, both of which git has. The caller has made sure
    /// that nothing uncommitted is in the way. Cut off anywhere, the next command finishes it.
    pub fn go_to(&self, _lock: &Lock, old: Option<&str>, new: &str) -> Result<()> {
        let journal = Journal { old: old.map(str::to_string), new: new.to_string() };
        write::create(&self.root.join(JOURNAL), &serde_json::to_vec(&journal)?, JOURNAL)?;
        self.finish(&journal)
    }

    fn finish(&self, journal: &Journal) -> Result<()> {
        // What looks at the index may look at the files too.
        let git = Git::of(&self.root)?.undriven()?;
        let head = git.head()?;
        // Whoever has committed since stands elsewhere: what is left to be done there is for a person, who receives again.
        if head == journal.old {
            let left = self.files(&git, journal)?;
            let index = match &journal.old {
                Some(old) => vec!["read-tree", "-i", "-m", old, &journal.new],
                None => vec!["read-tree", &journal.new],
            };
            git.read(&index).map_err(unfinished)?;
            // Sizes and times, so that git need not compare contents.
            let _ = git.output(&["update-index", "-q", "--refresh"], None);
            let zero = "0".repeat(journal.new.len());
            git.read(&["update-ref", "-m", "xuncha receive", "HEAD", &journal.new, journal.old.as_deref().unwrap_or(&zero)])
                .map_err(unfinished)?;
            done(&self.root)?;
            if !left.is_empty() {
                let (list, list_en) = (left.join("、"), left.join(", "));
                bail!(Bilingual(say!(
                    "接收期间被别人改过，保留了现在的样子：{list}；用 git diff 核对",
                    "changed by somebody meanwhile, and left as it is now: {list_en}; compare with git diff"
                )));
            }
            return Ok(());
        }
        done(&self.root)
    }

    /// Makes the files those of the new commit; gives the paths that a person has changed since.
    fn files(&self, git: &Git, journal: &Journal) -> Result<Vec<String>> {
        let mut entries = entries(git, journal.old.as_deref(), &journal.new)?;
        // The file that makes the folder a casebook comes last, and what goes goes first: a folder may take a file's name.
        entries.sort_by_key(|e| (e.after.is_some(), e.path == MARKER));
        let paths: Vec<&str> = entries.iter().map(|e| e.path.as_str()).collect();
        let now = present(git, &self.root, &paths)?;
        let mut left = Vec::new();
        let mut open: Vec<&Entry> = Vec::new();
        for e in &entries {
            let oid = now.get(&e.path);
            let is = |side: &Option<Side>| side.as_ref().map(|s| &s.oid) == oid;
            match (is(&e.after), is(&e.before)) {
                (true, _) if e.before.as_ref().map(|s| &s.mode) == e.after.as_ref().map(|s| &s.mode) || e.before.is_none() => {}
                (true, _) | (_, true) => open.push(e),
                _ => left.push(crate::text::safe(&e.path).into_owned()),
            }
        }
        for e in open.iter().filter(|e| e.after.is_none()) {
            let path = self.inside(&e.path)?;
            match fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(&e.path, &error)),
                _ => {}
            }
            // Git keeps no empty folders.
            for dir in path.ancestors().skip(1).take_while(|d| *d != self.root) {
                if fs::remove_dir(dir).is_err() {
                    sync(dir);
                    break;
                }
            }
        }
        let written: Vec<&Entry> = open.into_iter().filter(|e| e.after.is_some()).collect();
        let after = |e: &Entry| e.after.clone().unwrap_or_else(|| Side { mode: String::new(), oid: String::new() });
        let sides: Vec<Side> = written.iter().map(|e| after(e)).collect();
        let oids: Vec<&str> = sides.iter().map(|s| s.oid.as_str()).collect();
        let mut outcome: Vec<Result<()>> = Vec::new();
        git.contents(&oids, u64::MAX, |i, _, bytes| {
            if outcome.iter().all(Result::is_ok) {
                let path = &written[i].path;
                let put = |bytes: Vec<u8>| write::put(&self.inside(path)?, &bytes, sides[i].mode == "100755", path);
                outcome.push(bytes.map_or(Ok(()), put));
            }
        })?;
        let made = outcome.len();
        outcome.into_iter().collect::<Result<Vec<()>>>()?;
        if made < written.len() {
            return Err(fail(say!("git 库已损坏，缺少文件内容", "the git repository is damaged: contents are lacking")));
        }
        Ok(left)
    }
}

/// Why git did not go along, and what to do.
fn unfinished(e: anyhow::Error) -> anyhow::Error {
    let Text { zh, en } = e.downcast_ref::<Bilingual>().map_or_else(|| Text::same(e.to_string()), |b| b.0.clone());
    fail(say!(
        "接收还没有做完：{zh}。排除后再运行一次 xuncha receive；留下的 .lock 文件，确认没有 git 在运行再删去",
        "not all is received yet: {en}. Mend that and run xuncha receive again; a .lock file that was left may be deleted when no git is running"
    ))
}

/// Whether a move is begun in that folder and not finished.
pub fn begun(root: &Path) -> bool {
    root.join(JOURNAL).exists()
}

/// Finishes what a killed command had begun; the folder is locked by the caller.
pub fn resume(root: &Path) -> Result<()> {
    let bytes = match fs::read(root.join(JOURNAL)) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(failed(JOURNAL, &e)),
    };
    let ids = |j: &Journal| header::is_id(&j.new) && j.old.as_deref().is_none_or(header::is_id);
    let Some(journal) = serde_json::from_slice::<Journal>(&bytes).ok().filter(ids) else {
        bail!(Bilingual(say!(
            "{JOURNAL} 记着一次没有做完的接收，但读不懂；用 git status 核对后删去它",
            "{JOURNAL} tells of a receiving that was not finished, and cannot be understood; look at git status and delete it"
        )));
    };
    Casebook::open(root).finish(&journal)
}

fn done(root: &Path) -> Result<()> {
    let path = root.join(JOURNAL);
    fs::remove_file(&path).map_err(|e| failed(JOURNAL, &e))?;
    sync(path.parent().unwrap_or(root));
    Ok(())
}
