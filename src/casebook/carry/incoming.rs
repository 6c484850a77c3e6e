//! What a bundle brings, unpacked beside the repository: nothing of it is in there before it was looked through.

use super::super::at::private_folder;
use super::super::git::{Git, Id, refused};
use super::super::{MARKER, write::failed};
use super::header::Header;
use super::{Side, fail, tree};
use crate::say;
use crate::text::safe;
use anyhow::{Result, bail};
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

/// Commits that came, in a private folder that goes when they are dropped.
pub struct Incoming<'b> {
    /// The repository with them in it, as far as whoever asks this can see.
    pub git: Git,
    /// The commit that was checked out on the other side.
    pub tip: Id,
    /// Its branch there.
    pub branch: String,
    /// The work tree of `git`, where there is no casebook to receive into.
    pub folder: PathBuf,
    pack: &'b [u8],
    _held: File,
}

impl Drop for Incoming<'_> {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// How a pack is taken in: whole, with all it refers to, and nothing in it that git's own check objects to.
const TAKE: [&str; 4] = ["index-pack", "--stdin", "--fix-thin", "--strict"];

impl<'b> Incoming<'b> {
    /// Unpacks a bundle beside the repository around `root`, or into one of its own where there is none yet.
    pub fn unpack(root: &Path, git: Option<&Git>, header: &Header, bytes: &'b [u8]) -> Result<Incoming<'b>> {
        let (tip, branch) = header.tip().map_err(fail)?;
        let lacking: Vec<&str> = match git {
            Some(git) => {
                let ids = header.needs.join("\n") + "\n";
                let said = git.fed(&["cat-file", "--batch-check"], Some(ids.as_bytes()))?;
                let said = String::from_utf8_lossy(&said).into_owned();
                let here = said.lines().map(|l| l.contains(" commit "));
                header.needs.iter().zip(here).filter(|(_, here)| !here).map(|(id, _)| &id[..10]).collect()
            }
            None => header.needs.iter().map(|id| &id[..10]).collect(),
        };
        if let Some(first) = lacking.first() {
            return Err(fail(match git {
                Some(_) => say!(
                    "还缺前一个包：本案卷没有提交 `{first}`，这个包接在它后面。先接收前一个；找不到就请对方 xuncha bundle --again 或 --all 重做",
                    "the bundle before this is lacking: this casebook does not have the commit `{first}` on which it builds. Receive that one first; if it is lost, have the other side run xuncha bundle --again, or --all"
                ),
                None => say!(
                    "这个包只有后来的提交，不能用来新建案卷；请对方 xuncha bundle --all 重做",
                    "this bundle has later commits only and makes no new casebook: have the other side run xuncha bundle --all"
                ),
            }));
        }
        let (folder, held) = private_folder(git.map(|_| root))?;
        let inner = match git {
            Some(git) => {
                let real = root.join(git.line(&["rev-parse", "--git-path", "objects"])?);
                let own = folder.join("objects");
                fs::create_dir_all(own.join("pack")).map_err(|e| failed("objects", &e))?;
                git.clone().with("GIT_OBJECT_DIRECTORY", own).with("GIT_ALTERNATE_OBJECT_DIRECTORIES", quoted(&real))
            }
            None => {
                init(&folder, "main")?;
                Git::of(&folder)?
            }
        };
        // From here on the folder goes with it, also where it is refused.
        let branch = branch.unwrap_or("main").to_string();
        let new = Incoming { git: inner, tip: tip.clone(), branch, folder, pack: &bytes[header.pack..], _held: held };
        let done = new.git.output(&TAKE, Some(new.pack))?;
        let damaged = |said: &std::process::Output| {
            let said = String::from_utf8_lossy(&said.stderr).into_owned();
            let said = said.lines().find_map(|l| l.strip_prefix("fatal: ").or(l.strip_prefix("error: "))).unwrap_or("?");
            let said = safe(said).into_owned();
            fail(say!(
                "包已损坏或被改动，没有接收；请对方重新拷一份（git 原话：`{said}`）",
                "the bundle is damaged or was tampered with, and was not taken: have it copied again (git says: `{said}`)"
            ))
        };
        if !done.status.success() {
            return Err(damaged(&done));
        }
        // All that the commits refer to is there: in the pack, or here already.
        let linked = new.git.output(&["rev-list", "--objects", "--quiet", &new.tip, "--not", "--all", "--"], None)?;
        if !linked.status.success() || new.git.commit(&new.tip)?.is_none() {
            return Err(damaged(&linked));
        }
        if !new.git.output(&["cat-file", "-e", &format!("{}:{MARKER}", new.tip)], None)?.status.success() {
            bail!(fail(say!("包里不是案卷（没有 {MARKER}），没有接收", "the bundle holds no casebook (no {MARKER}); it was not taken")));
        }
        if git.is_none() {
            new.git.read(&["read-tree", &new.tip])?;
        }
        Ok(new)
    }

    /// Takes the commits into the repository, and remembers them as the side's.
    pub fn keep(&self, git: &Git, side: &Side) -> Result<()> {
        git.fed(&TAKE, Some(self.pack))?;
        mark(git, side, &self.tip)
    }
}

/// Remembers a commit as the last that came from a side. An older bundle that is received once more moves nothing back.
pub fn mark(git: &Git, side: &Side, tip: &str) -> Result<()> {
    match git.commit(&side.received())? {
        Some(old) if within(git, tip, &old)? => Ok(()),
        _ => git.read(&["update-ref", &side.received(), tip]).map(drop),
    }
}

/// Whether a commit is another, or came before it.
pub fn within(git: &Git, older: &str, newer: &str) -> Result<bool> {
    Ok(git.output(&["merge-base", "--is-ancestor", older, newer], None)?.status.success())
}

/// An empty repository without anything of the user's templates.
pub fn init(folder: &Path, branch: &str) -> Result<()> {
    let bare = Git::nowhere(folder);
    let branch = match bare.output(&["check-ref-format", "--branch", branch], None)?.status.success() {
        true => branch,
        false => "main",
    };
    bare.read(&["init", "-q", "--template=", "-b", branch, "."]).map(drop)
}

/// A path in a list of paths.
fn quoted(path: &Path) -> OsString {
    match path.to_str() {
        Some(p) if p.contains([':', ';', '"']) => format!("\"{}\"", p.replace('\\', "\\\\").replace('"', "\\\"")).into(),
        _ => path.as_os_str().to_os_string(),
    }
}

/// What is to become of the branch that is checked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// It has the commits already.
    Nothing,
    /// It goes on to this commit.
    Forward(Id),
    /// Both sides have new commits, and no file's changes meet: the tree that comes of it.
    Merge(Id),
    /// Both sides changed these files.
    Conflict(Vec<String>),
    /// The two have no commit in common.
    Unrelated,
}

/// What is to become of the branch, by a repository that sees the commits.
pub fn plan(git: &Git, head: Option<&str>, tip: &str) -> Result<Plan> {
    let Some(head) = head else { return Ok(Plan::Forward(tip.to_string())) };
    if within(git, tip, head)? {
        return Ok(Plan::Nothing);
    }
    if within(git, head, tip)? {
        return Ok(Plan::Forward(tip.to_string()));
    }
    if !git.output(&["merge-base", head, tip], None)?.status.success() {
        return Ok(Plan::Unrelated);
    }
    let (done, printed) = merged(git, head, tip)?;
    if done {
        return Ok(Plan::Merge(printed.split('\0').next().unwrap_or_default().trim().to_string()));
    }
    // The tree first, then each file once.
    Ok(Plan::Conflict(printed.split('\0').skip(1).take_while(|f| !f.is_empty()).map(str::to_string).collect()))
}

/// Merges without touching any file; gives whether that went, and what git printed: the tree, then the files that did not.
fn merged(git: &Git, ours: &str, theirs: &str) -> Result<(bool, String)> {
    let git = git.clone().undriven()?;
    let done = git.output(&["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", ours, theirs], None)?;
    match done.status.code() {
        Some(0 | 1) => Ok((done.status.success(), String::from_utf8_lossy(&done.stdout).into_owned())),
        Some(129) => Err(fail(say!(
            "两边都有新提交，合并要用 git 2.38 以上",
            "both sides have new commits, and merging them needs git 2.38 or later"
        ))),
        _ => Err(refused(&done)),
    }
}

/// Commits the merge of two commits whose changes do not meet.
pub fn merge(git: &Git, ours: &str, theirs: &str, message: &str) -> Result<Id> {
    let (_, printed) = merged(git, ours, theirs)?;
    let tree = printed.split('\0').next().unwrap_or_default().trim().to_string();
    let done = git.output(&["commit-tree", &tree, "-p", ours, "-p", theirs, "-m", message], None)?;
    let said = String::from_utf8_lossy(&done.stderr);
    if said.contains("tell me who you are") || said.contains("empty ident") || said.contains("unable to auto-detect") {
        return Err(fail(say!(
            "要记下合并由谁所做，git 还不知道你是谁：先 git config user.name 姓名、git config user.email 地址，再接收一次",
            "the merge is recorded under your name, which git does not know yet: git config user.name NAME, git config user.email ADDRESS, then receive again"
        )));
    }
    match done.status.success() {
        true => Ok(String::from_utf8_lossy(&done.stdout).trim().to_string()),
        false => Err(refused(&done)),
    }
}

/// What among the files that a commit brings may not be laid into a casebook: (path, why).
pub fn faults(git: &Git, old: Option<&str>, new: &str) -> Result<Vec<(String, crate::text::Text)>> {
    let why = |e: &tree::Entry| {
        let after = e.after.as_ref()?;
        let own = |p: &str| [".git", super::super::write::OWN].iter().any(|n| p.trim_end_matches(['.', ' ']).eq_ignore_ascii_case(n));
        let plain = Path::new(&e.path).components().all(|c| matches!(c, std::path::Component::Normal(_)));
        match after.mode.as_str() {
            "120000" => Some(say!("符号链接", "a symbolic link")),
            "160000" => Some(say!("子模块（别的 git 库）", "a submodule")),
            "100644" | "100755" | "100664" if plain && !e.path.split(['/', '\\']).any(own) => {
                let odd = |c: char| matches!(c, '\\' | '"' | '\u{fffd}') || c.is_control() || crate::text::is_unsafe_char(c);
                let bad = e.path.chars().any(odd);
                bad.then(|| say!("文件名含有不能用的字符", "its name holds characters that cannot be used"))
            }
            _ => Some(say!("不在案卷里的位置", "its place is outside the casebook")),
        }
    };
    Ok(tree::entries(git, old, new)?.iter().filter_map(|e| Some((safe(&e.path).into_owned(), why(e)?))).collect())
}
