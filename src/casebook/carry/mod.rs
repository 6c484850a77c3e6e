//! Commits carried on a stick: which the other side has, a bundle of those it lacks, and what came in laid aside until it is found good.

pub mod header;
pub mod incoming;
pub mod tree;

use super::MARKER;
use super::git::{Git, Id};
use crate::say;
use crate::text::{Bilingual, Text, safe};
use anyhow::{Result, bail};

/// The other side, where there is only one.
pub const OTHER: &str = "other";

fn fail(text: Text) -> anyhow::Error {
    anyhow::Error::new(Bilingual(text))
}

/// What git remembers of another side: refs below `refs/xuncha/`, one of each kind a side.
#[derive(Clone, Debug)]
pub struct Side {
    /// Its name.
    pub name: String,
}

impl Side {
    /// The side of that name; refuses one that can be no ref.
    pub fn named(git: &Git, name: &str) -> Result<Side> {
        let side = Side { name: name.trim().to_string() };
        let plain = !side.name.contains(['/', '\\']) && !side.name.starts_with('-');
        if plain && git.output(&["check-ref-format", &side.sent()], None)?.status.success() {
            return Ok(side);
        }
        let shown = safe(name).into_owned();
        Err(fail(say!(
            "`{shown}` 不能作对方的名称；用字母、数字或汉字，不含空格和符号",
            "`{shown}` cannot name the other side: use letters and digits, without spaces"
        )))
    }

    /// How it is called in a sentence.
    pub fn shown(&self) -> Text {
        match self.name.as_str() {
            OTHER => say!("对方", "the other side"),
            name => {
                let name = safe(name).into_owned();
                say!(" {name}", "{name}")
            }
        }
    }

    /// The last commit that was carried to it.
    pub fn sent(&self) -> String {
        format!("refs/xuncha/sent/{}", self.name)
    }

    /// What it was thought to have before that.
    pub fn before(&self) -> String {
        format!("refs/xuncha/before/{}", self.name)
    }

    /// The last commit that came from it.
    pub fn received(&self) -> String {
        format!("refs/xuncha/received/{}", self.name)
    }
}

/// From where on a bundle carries.
#[derive(Clone, Debug)]
pub enum From {
    /// What the side does not have yet: it was neither carried there nor came from there.
    Last,
    /// The same, as if the last bundle had not arrived.
    Again,
    /// From a commit that it has.
    Since(Id),
    /// From the first commit.
    All,
}

/// What is to be carried.
#[derive(Clone, Debug)]
pub struct Load {
    /// The commit that is checked out.
    pub tip: Id,
    /// Commits that the side has.
    pub known: Vec<Id>,
    /// The one of these that was carried there, or named.
    pub base: Option<Id>,
    /// How many commits are new.
    pub commits: usize,
}

impl Load {
    /// The arguments of `rev-list` that mean it.
    pub fn revs(&self) -> Vec<&str> {
        std::iter::once(self.tip.as_str()).chain(["--not"]).chain(self.known.iter().map(String::as_str)).collect()
    }
}

/// Refuses a casebook that is not the whole of its repository: a commit cannot be carried in part.
pub fn whole(git: &Git) -> Result<()> {
    if git.prefix.is_empty() {
        return Ok(());
    }
    bail!(Bilingual(say!(
        "案卷只是 git 库里的一个文件夹，提交里还有别的内容；只有案卷自成一库才能这样携带，请直接用 git bundle",
        "the casebook is one folder of its git repository, and commits hold more than it; only a casebook with a repository of its own is carried so: use git bundle itself"
    )))
}

/// What a bundle for a side would hold.
pub fn load(git: &Git, side: &Side, from: &From) -> Result<Load> {
    let Some(tip) = git.head()? else {
        bail!(Bilingual(say!("案卷还没有提交；先 git add、git commit", "nothing is committed yet: git add, git commit first")));
    };
    if !git.output(&["cat-file", "-e", &format!("{tip}:{MARKER}")], None)?.status.success() {
        bail!(Bilingual(say!(
            "{MARKER} 还没有提交，对方打不开案卷",
            "{MARKER} is not committed: the other side could not open the casebook"
        )));
    }
    let base = match from {
        From::Last => git.commit(&side.sent())?,
        From::Again => git.commit(&side.before())?,
        From::Since(id) => Some(id.clone()),
        From::All => None,
    };
    let mut known: Vec<Id> = base.iter().cloned().collect();
    if matches!(from, From::Last | From::Again) {
        known.extend(git.commit(&side.received())?);
    }
    let mut load = Load { tip, known, base, commits: 0 };
    let revs = load.revs();
    let args: Vec<&str> = ["rev-list", "--count"].into_iter().chain(revs).chain(["--"]).collect();
    load.commits = git.line(&args)?.parse().unwrap_or(0);
    Ok(load)
}

/// The bytes of a bundle. The branch goes along by its name, so that the other side takes the same.
pub fn pack(git: &Git, load: &Load) -> Result<Vec<u8>> {
    let branch = git.output(&["symbolic-ref", "-q", "HEAD"], None)?;
    let branch = String::from_utf8_lossy(&branch.stdout).trim().to_string();
    let mut args = vec!["bundle", "create", "-q", "-", "HEAD"];
    args.extend((!branch.is_empty()).then_some(branch.as_str()));
    args.push("--not");
    args.extend(load.known.iter().map(String::as_str));
    git.read(&args)
}

/// Remembers that a load was carried to a side.
pub fn remember(git: &Git, side: &Side, load: &Load) -> Result<()> {
    let mut lines = format!("update {} {}\n", side.sent(), load.tip);
    match &load.base {
        Some(base) => lines.push_str(&format!("update {} {base}\n", side.before())),
        None => lines.push_str(&format!("delete {}\n", side.before())),
    }
    git.fed(&["update-ref", "--stdin"], Some(lines.as_bytes())).map(drop)
}
