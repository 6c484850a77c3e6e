//! The casebook as it stood at a commit: its files laid out in a private folder that goes when it is no longer needed.

use super::git::Git;
use super::write::{self, failed};
use super::{Casebook, MARKER};
use crate::say;
use crate::text::{Bilingual, safe};
use anyhow::{Result, bail};
use chrono::NaiveDate;
use std::fs::{self, File};
use std::path::{Component, Path, PathBuf};

/// A casebook of the past; its files are taken away with it.
pub struct Past {
    /// It, in the private folder.
    pub book: Casebook,
    /// The commit.
    pub id: String,
    /// The day of the commit as its committer's clock had it, or the day that was asked for.
    pub day: NaiveDate,
    folder: PathBuf,
    _held: File,
}

impl Drop for Past {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// From this size on only the size of a file is laid out: no record may be as large, and of an attachment no more is asked.
const LARGE: u64 = 16 << 20;

impl Casebook {
    /// The casebook at a commit or at the end of a day: the last commit that was made until then on the line that is checked out.
    pub fn at(&self, when: &str) -> Result<Past> {
        let git = Git::of(&self.root)?;
        let shown = safe(when.trim()).into_owned();
        let day: Option<NaiveDate> = when.trim().parse().ok();
        let id = match day {
            // A branch or tag may be called like a day; the day is meant.
            Some(day) => {
                let before = format!("--before={day} 23:59:59");
                let id = git.line(&["rev-list", "-1", "--first-parent", &before, "HEAD", "--"])?;
                if id.is_empty() {
                    bail!(Bilingual(say!("{day} 以前没有提交", "nothing was committed until {day}")));
                }
                id
            }
            None => match git.commit(when.trim())? {
                Some(id) => id,
                None => bail!(Bilingual(say!(
                    "git 里没有 `{shown}`：写提交、分支、标签，或日期如 2020-09-18",
                    "git has no `{shown}`: name a commit, branch or tag, or a day as in 2020-09-18"
                ))),
            },
        };
        let made = git.line(&["show", "-s", "--no-show-signature", "--format=%cI", &id, "--"])?;
        let day = day.or_else(|| made.get(..10)?.parse().ok());
        let Some(day) = day else { bail!(Bilingual(say!("提交 {shown} 没有日期", "the commit {shown} has no date"))) };
        let (folder, held) = private_folder(Some(&self.root))?;
        let done = lay(&git, &id, &folder.join("book"));
        let root = folder.join("book");
        if let (true, false) = (done.is_ok(), root.join(MARKER).is_file()) {
            let _ = fs::remove_dir_all(&folder);
            bail!(Bilingual(say!("`{shown}` 时还没有这个案卷", "at `{shown}` there was no such casebook yet")));
        }
        if let Err(e) = done {
            let _ = fs::remove_dir_all(&folder);
            return Err(e);
        }
        Ok(Past { book: Casebook::open(&root), id, day, folder, _held: held })
    }
}

/// A folder that only its owner may enter: beside the lock, else among the system's temporary ones. What killed commands left there goes first.
pub(super) fn private_folder(root: Option<&Path>) -> Result<(PathBuf, File)> {
    let base = root.and_then(write::own_folder).map(|d| d.join("at")).filter(|d| fs::create_dir_all(d).is_ok());
    let base = base.unwrap_or_else(std::env::temp_dir);
    if base.ends_with("at") {
        for name in super::subfolders(&base) {
            let old = base.join(name);
            // Whoever still reads there holds its file.
            if File::open(old.join("held")).is_ok_and(|f| f.try_lock().is_ok()) {
                let _ = fs::remove_dir_all(old);
            }
        }
    }
    let shown = base.display().to_string();
    let mut tries = 0;
    loop {
        let dir = base.join(format!("xuncha-{}-{}{}", std::process::id(), write::random_letters(), write::random_letters()));
        let mut make = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut make, 0o700);
        tries += 1;
        match make.create(&dir) {
            Ok(()) => {
                let held = File::create(dir.join("held")).map_err(|e| failed(&shown, &e))?;
                held.lock().map_err(|e| failed(&shown, &e))?;
                return Ok((dir, held));
            }
            Err(e) if tries > 10 || e.kind() != std::io::ErrorKind::AlreadyExists => return Err(failed(&shown, &e)),
            Err(_) => {}
        }
    }
}

/// Lays out the files of a commit below the casebook's folder.
fn lay(git: &Git, id: &str, to: &Path) -> Result<()> {
    let listed = git.read(&["ls-tree", "-r", "-l", "-z", id])?;
    let listed = String::from_utf8_lossy(&listed).into_owned();
    let mut small: Vec<(String, PathBuf)> = Vec::new();
    let put = |path: &Path, bytes: &[u8]| -> Result<()> {
        fs::create_dir_all(path.parent().unwrap_or(to))
            .and_then(|()| fs::write(path, bytes))
            .map_err(|e| failed(&path.to_string_lossy(), &e))
    };
    for entry in listed.split('\0') {
        let Some((head, rel)) = entry.split_once('\t') else { continue };
        let parts: Vec<&str> = head.split_whitespace().collect();
        let [mode, "blob", object, size] = parts.as_slice() else { continue };
        // A tree made by hand may name what lies outside.
        let inside = Path::new(rel).components().all(|c| matches!(c, Component::Normal(_)));
        if !inside {
            continue;
        }
        let path = to.join(rel);
        match size.parse::<u64>() {
            Ok(n) if n > LARGE => {
                put(&path, b"")?;
                let file = File::options().write(true).open(&path).and_then(|f| f.set_len(n));
                file.map_err(|e| failed(rel, &e))?;
            }
            // A link is not followed and not made: it would lead out of the past.
            _ if *mode == "120000" => {}
            _ => small.push((object.to_string(), path)),
        }
    }
    fs::create_dir_all(to).map_err(|e| failed(&to.to_string_lossy(), &e))?;
    for chunk in small.chunks(2000) {
        let ids: Vec<String> = chunk.iter().map(|(id, _)| id.clone()).collect();
        for ((_, path), bytes) in chunk.iter().zip(git.objects(&ids)?) {
            let Some(bytes) = bytes else {
                let shown = path.strip_prefix(to).unwrap_or(path).display().to_string();
                bail!(Bilingual(say!("git 库已损坏，缺 {shown}", "the git repository is damaged: {shown} is not there")));
            };
            put(path, &bytes)?;
        }
    }
    Ok(())
}
