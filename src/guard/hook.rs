//! The hooks that call the guard: written into a repository, beside those that are there.

use crate::casebook::file::io_text;
use crate::casebook::git::Git;
use crate::say;
use crate::text::{Bilingual, Text};
use anyhow::Result;
use std::fs;
use std::path::{Path, PathBuf};

/// The hooks, and what each asks of the guard.
pub const HOOKS: [(&str, &str); 2] = [("pre-commit", "guard"), ("pre-push", "guard --push")];
/// The first line behind the shell's own: by this a hook is known as ours.
const MARK: &str = "# xuncha guard install";
/// What an earlier hook is called from then on.
const BEFORE: &str = "before-xuncha";

/// What was done about a hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// Written, nothing was there.
    New(PathBuf),
    /// Ours was there already; this casebook is in it now.
    Updated(PathBuf),
    /// Another was there; it is kept under this name and called first.
    Chained(PathBuf, PathBuf),
    /// Ours was taken away, an earlier one put back.
    Removed(PathBuf),
}

fn fail(text: Text) -> anyhow::Error {
    anyhow::Error::new(Bilingual(text))
}

/// Sets both hooks. One that is there is left alone, and nothing is written, unless `chain`.
pub fn install(git: &Git, chain: bool) -> Result<Vec<Done>> {
    let folder = folder(git)?;
    let mut work = Vec::new();
    for (name, args) in HOOKS {
        let path = folder.join(name);
        let line = call(&git.prefix, args);
        let there = read(&path)?;
        match &there {
            None => work.push((path.clone(), script(false, &line), Done::New(path))),
            Some(text) if text.contains(MARK) => {
                let new = if text.lines().any(|l| l == line) { text.clone() } else { format!("{}{line}\n", ended(text)) };
                work.push((path.clone(), new, Done::Updated(path)));
            }
            Some(_) if chain => {
                let kept = folder.join(format!("{name}.{BEFORE}"));
                work.push((path.clone(), script(true, &line), Done::Chained(path, kept)));
            }
            Some(_) => {
                let (shown, line) = (path.display(), line.trim_end_matches(" || exit 1"));
                return Err(fail(say!(
                    "已有钩子 {shown}，没有改动；加 `--chain` 则保留它并先运行它，或者自己在里面加一行：{line}",
                    "there is a hook {shown}; it was left as it is. With `--chain` it is kept and run first; or add this line to it: {line}"
                )));
            }
        }
    }
    fs::create_dir_all(&folder).map_err(|e| wrong(&folder, &e))?;
    let mut done = Vec::new();
    for (path, text, what) in work {
        if let Done::Chained(_, kept) = &what {
            if kept.symlink_metadata().is_ok() {
                let shown = kept.display();
                return Err(fail(say!("{shown} 已经存在，没有改动", "{shown} exists already; nothing was changed")));
            }
            fs::rename(&path, kept).map_err(|e| wrong(&path, &e))?;
        }
        write(&path, &text)?;
        done.push(what);
    }
    Ok(done)
}

/// Takes both hooks away; those that were kept come back.
pub fn remove(git: &Git) -> Result<Vec<Done>> {
    let folder = folder(git)?;
    let mut done = Vec::new();
    for (name, _) in HOOKS {
        let path = folder.join(name);
        if !read(&path)?.is_some_and(|t| t.contains(MARK)) {
            continue;
        }
        fs::remove_file(&path).map_err(|e| wrong(&path, &e))?;
        let kept = folder.join(format!("{name}.{BEFORE}"));
        if kept.symlink_metadata().is_ok() {
            fs::rename(&kept, &path).map_err(|e| wrong(&kept, &e))?;
        }
        done.push(Done::Removed(path));
    }
    Ok(done)
}

fn folder(git: &Git) -> Result<PathBuf> {
    git.hooks()?.map_err(|moved| {
        let shown = crate::text::safe(&moved).into_owned();
        let line = call(&git.prefix, HOOKS[0].1);
        let line = line.trim_end_matches(" || exit 1");
        fail(say!(
            "git 的 core.hooksPath 设为 {shown}，钩子不归本仓库管，没有写入；请在那里的 pre-commit 中加一行：{line}",
            "git's core.hooksPath is {shown}: the hooks are not this repository's own, and nothing was written. Add this line to the pre-commit there: {line}"
        ))
    })
}

/// The line of a hook for the casebook in that folder of the work tree, where git starts hooks.
fn call(prefix: &str, args: &str) -> String {
    let place = match prefix {
        "" => String::new(),
        folder => format!(" -C '{}'", folder.trim_end_matches('/').replace('\'', r"'\''")),
    };
    let input = if args.contains("push") { "printf '%s\\n' \"$pushed\" | " } else { "" };
    format!("{input}xuncha{place} {args} || exit 1")
}

fn script(earlier: bool, line: &str) -> String {
    // Both the earlier hook and the guard read what git says of a push.
    let mut text = format!("#!/bin/sh\n{MARK}\n");
    if line.contains("$pushed") {
        text.push_str("pushed=$(cat)\n");
    }
    if earlier {
        let before = format!("\"$0.{BEFORE}\"");
        let feed = if line.contains("$pushed") { "printf '%s\\n' \"$pushed\" | " } else { "" };
        text.push_str(&format!("if [ -x {before} ]; then {feed}{before} \"$@\" || exit 1; fi\n"));
    }
    text.push_str(
        "command -v xuncha >/dev/null 2>&1 || { echo 'xuncha: not found; the guard did not run | 找不到 xuncha，没有守卫' >&2; exit 1; }\n",
    );
    text.push_str(&format!("{line}\n"));
    text
}

fn ended(text: &str) -> String {
    if text.ends_with('\n') { text.to_string() } else { format!("{text}\n") }
}

fn read(path: &Path) -> Result<Option<String>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound && path.symlink_metadata().is_err() => Ok(None),
        Err(e) => Err(wrong(path, &e)),
    }
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).map_err(|e| wrong(path, &e))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).map_err(|e| wrong(path, &e))?;
    }
    Ok(())
}

fn wrong(path: &Path, e: &std::io::Error) -> anyhow::Error {
    let (shown, why) = (path.display(), io_text(e));
    let (zh, en) = (why.zh, why.en);
    fail(say!("{shown} 写不了：{zh}", "{shown} cannot be written: {en}"))
}
