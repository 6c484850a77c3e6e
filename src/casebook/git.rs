//! git as a child process that only reads what is stored: no hook, file-system monitor, external diff, text conversion or prompt of a repository is run.

use crate::say;
use crate::text::{Bilingual, Text, safe};
use anyhow::{Result, bail};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Settings under which git starts no other program.
const QUIET: [&str; 9] = [
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    "core.quotePath=false",
    "core.pager=cat",
    "diff.external=",
    "log.showSignature=false",
    "log.showRoot=true",
    "protocol.allow=never",
];

/// What a caller's environment must not change.
const UNSET: [&str; 10] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_EXTERNAL_DIFF",
    "GIT_DIFF_OPTS",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_TRACE",
];

/// The repository that holds a casebook.
pub struct Git {
    /// The folder in which git is started: the casebook's.
    root: PathBuf,
}

/// A commit id in full.
pub type Id = String;

impl Git {
    /// The repository around the casebook at `root`; says so where there is no git, or no repository.
    pub fn of(root: &Path) -> Result<Git> {
        let git = Git { root: root.to_path_buf() };
        let done = git.output(&["rev-parse", "--is-inside-work-tree"], None)?;
        if done.status.success() {
            return Ok(git);
        }
        let why = String::from_utf8_lossy(&done.stderr).into_owned();
        let shown = root.display();
        if why.contains("dubious ownership") {
            bail!(Bilingual(say!(
                "{shown} 的 git 库属于另一个用户，git 不予读取；确认可信后用 git config --global --add safe.directory 登记",
                "the git repository of {shown} belongs to another user, and git does not read it; if you trust it, run git config --global --add safe.directory"
            )));
        }
        bail!(Bilingual(say!(
            "{shown} 不在 git 库里，没有历史可看；在案卷里运行 git init，再提交",
            "{shown} is in no git repository, so there is no history; run git init in the casebook, and commit"
        )));
    }

    /// Whether the folder has a repository around it, without asking git.
    pub fn around(root: &Path) -> bool {
        root.ancestors().any(|d| d.join(".git").exists())
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut c = Command::new("git");
        for setting in QUIET {
            c.args(["-c", setting]);
        }
        for name in UNSET {
            c.env_remove(name);
        }
        c.env("GIT_OPTIONAL_LOCKS", "0").env("GIT_TERMINAL_PROMPT", "0").env("GIT_LITERAL_PATHSPECS", "1").env("LC_ALL", "C");
        c.env("GIT_NO_REPLACE_OBJECTS", "1").env("GIT_ATTR_NOSYSTEM", "1");
        c.args(args).current_dir(&self.root).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        c
    }

    /// Runs git with what it is to read; its exit code is the caller's to judge.
    pub fn output(&self, args: &[&str], input: Option<&[u8]>) -> Result<Output> {
        let mut command = self.command(args);
        if input.is_some() {
            command.stdin(Stdio::piped());
        }
        let mut child = command.spawn().map_err(|e| missing(&e))?;
        let writer = child.stdin.take().zip(input.map(<[u8]>::to_vec));
        // Both ends at once: either would wait for the other when a pipe is full.
        let writer = std::thread::spawn(move || writer.map(|(mut pipe, bytes)| pipe.write_all(&bytes)));
        let done = child.wait_with_output().map_err(|e| missing(&e))?;
        let _ = writer.join();
        Ok(done)
    }

    /// What git prints; an error in its own words where it fails.
    pub fn read(&self, args: &[&str]) -> Result<Vec<u8>> {
        let done = self.output(args, None)?;
        match done.status.success() {
            true => Ok(done.stdout),
            false => Err(refused(&done)),
        }
    }

    /// What git prints, as one line of text.
    pub fn line(&self, args: &[&str]) -> Result<String> {
        Ok(String::from_utf8_lossy(&self.read(args)?).trim().to_string())
    }

    /// The commit that is checked out; `None` before the first.
    pub fn head(&self) -> Result<Option<Id>> {
        self.commit("HEAD")
    }

    /// The commit that a name means; `None` where there is no such.
    pub fn commit(&self, name: &str) -> Result<Option<Id>> {
        let done = self.output(&["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{name}^{{commit}}")], None)?;
        let id = String::from_utf8_lossy(&done.stdout).trim().to_string();
        Ok((done.status.success() && !id.is_empty()).then_some(id))
    }

    /// The contents of objects, in their order; `None` for one that is not there.
    pub fn objects(&self, ids: &[String]) -> Result<Vec<Option<Vec<u8>>>> {
        let input: String = ids.iter().map(|id| format!("{id}\n")).collect();
        let done = self.output(&["cat-file", "--batch"], Some(input.as_bytes()))?;
        if !done.status.success() {
            return Err(refused(&done));
        }
        let mut rest = done.stdout.as_slice();
        let mut out = Vec::with_capacity(ids.len());
        for _ in ids {
            let Some(end) = rest.iter().position(|b| *b == b'\n') else { break };
            let head = String::from_utf8_lossy(&rest[..end]).into_owned();
            rest = &rest[end + 1..];
            let size = head.rsplit(' ').next().and_then(|n| n.parse::<usize>().ok());
            match size.filter(|n| *n < rest.len()) {
                Some(n) => {
                    let mut bytes = Vec::new();
                    let _ = (&rest[..n]).read_to_end(&mut bytes);
                    out.push(Some(bytes));
                    rest = &rest[n + 1..];
                }
                None => out.push(None),
            }
        }
        out.resize(ids.len(), None);
        Ok(out)
    }
}

fn missing(e: &std::io::Error) -> anyhow::Error {
    let Text { zh, en } = super::read::io_text(e);
    anyhow::Error::new(Bilingual(match e.kind() {
        std::io::ErrorKind::NotFound => {
            say!("没有安装 git，或不在 PATH 里", "git is not installed, or not in PATH")
        }
        _ => say!("git 启动不了：{zh}", "git cannot be started: {en}"),
    }))
}

/// What git said when it refused, its last line that means something.
pub fn refused(done: &Output) -> anyhow::Error {
    let text = String::from_utf8_lossy(&done.stderr).into_owned();
    let line = text.lines().map(str::trim).find(|l| !l.is_empty() && !l.starts_with("hint:")).unwrap_or("?");
    let line = safe(line).into_owned();
    anyhow::Error::new(Bilingual(say!("git 没有做成，原话：`{line}`", "git refused: `{line}`")))
}
