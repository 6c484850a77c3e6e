//! git as a child process, started so that nothing a repository, its settings or its attributes name is run by it: no hook, monitor, filter, driver or prompt.

mod files;

pub use files::{File, Past};

use crate::say;
use crate::text::{Bilingual, Text, safe};
use anyhow::{Result, bail};
use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// Settings under which git starts no other program; a repository from elsewhere may bring its own.
const QUIET: [&str; 16] = [
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    "core.quotePath=false",
    "core.pager=cat",
    "core.attributesFile=/dev/null",
    "core.sshCommand=false",
    "core.askPass=false",
    "core.protectNTFS=true",
    "core.protectHFS=true",
    "credential.helper=",
    "diff.external=",
    "log.showSignature=false",
    "log.showRoot=true",
    "protocol.allow=never",
    "submodule.recurse=false",
];

/// What a caller's environment must not change: what git sets for a hook must not make it look elsewhere.
const UNSET: [&str; 16] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_EXTERNAL_DIFF",
    "GIT_DIFF_OPTS",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
    "GIT_TRACE",
    "GIT_PAGER",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_ASKPASS",
    "GIT_ATTR_SOURCE",
];

/// The repository that holds a casebook.
#[derive(Clone)]
pub struct Git {
    /// The folder in which git is started: the casebook's.
    root: PathBuf,
    /// The casebook's folder relative to the top of the work tree, with a slash; empty where it is the top.
    pub prefix: String,
    /// What it is started with besides.
    vars: Vec<(OsString, OsString)>,
}

/// A commit id in full.
pub type Id = String;

impl Git {
    /// The repository around the casebook at `root`; says so where there is no git, or no repository.
    pub fn of(root: &Path) -> Result<Git> {
        let git = Git::nowhere(root);
        let done = git.output(&["rev-parse", "--show-prefix"], None)?;
        if done.status.success() {
            let prefix = String::from_utf8_lossy(&done.stdout).trim_end_matches(['\n', '\r']).to_string();
            return Ok(Git { prefix, ..git });
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
            "{shown} 不在 git 库里；在案卷里运行 git init，再提交",
            "{shown} is in no git repository; run git init in the casebook, and commit"
        )));
    }

    /// In a folder that may have no repository yet.
    pub fn nowhere(folder: &Path) -> Git {
        Git { root: folder.to_path_buf(), prefix: String::new(), vars: Vec::new() }
    }

    /// Whether the folder has a repository around it, without asking git.
    pub fn around(root: &Path) -> bool {
        root.ancestors().any(|d| d.join(".git").exists())
    }

    /// The same, started with one more variable.
    pub fn with(mut self, name: &str, value: impl Into<OsString>) -> Git {
        self.vars.push((name.into(), value.into()));
        self
    }

    /// The same, looking at the index of the commit that is being made: a hook is told of another than the usual one.
    pub fn staging(self) -> Git {
        match std::env::var_os("GIT_INDEX_FILE") {
            Some(index) => {
                let full = std::path::absolute(&index).map_or(index, PathBuf::into_os_string);
                self.with("GIT_INDEX_FILE", full)
            }
            None => self,
        }
    }

    /// The same, with the filters and merge drivers that the settings name turned off, for commands that look at the work tree or merge.
    pub fn undriven(self) -> Result<Git> {
        let named = self.output(&["config", "--null", "--name-only", "--get-regexp", r"^(filter|merge)\..*\."], None)?;
        let mut off: Vec<(String, &str)> = Vec::new();
        for name in String::from_utf8_lossy(&named.stdout).split('\0').filter(|n| !n.is_empty()) {
            let (driver, _) = name.rsplit_once('.').unwrap_or((name, ""));
            // A filter without a command leaves a file as it is; a merge driver that fails leaves it to a person.
            match driver.starts_with("filter.") {
                true => {
                    off.extend(["clean", "smudge", "process"].map(|k| (format!("{driver}.{k}"), "")));
                    off.push((format!("{driver}.required"), "false"));
                }
                false => off.push((format!("{driver}.driver"), "false")),
            }
        }
        off.sort();
        off.dedup();
        let mut git = self.with("GIT_CONFIG_COUNT", off.len().to_string());
        for (i, (key, value)) in off.into_iter().enumerate() {
            git = git.with(&format!("GIT_CONFIG_KEY_{i}"), key).with(&format!("GIT_CONFIG_VALUE_{i}"), value);
        }
        Ok(git)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut c = Command::new("git");
        c.args(["--no-pager", "--no-replace-objects", "--no-optional-locks", "--literal-pathspecs"]);
        for setting in QUIET {
            c.args(["-c", setting]);
        }
        for name in UNSET {
            c.env_remove(name);
        }
        c.envs([("GIT_TERMINAL_PROMPT", "0"), ("GIT_ATTR_NOSYSTEM", "1"), ("LC_ALL", "C")]);
        // An object that is lacking is not fetched: that would start a transport of the repository's choice.
        c.envs([("GIT_NO_LAZY_FETCH", "1"), ("GIT_ALLOW_PROTOCOL", "none")]);
        c.envs(self.vars.iter().map(|(k, v)| (k, v)));
        c.args(args).current_dir(&self.root).stdout(Stdio::piped()).stderr(Stdio::piped());
        c
    }

    fn start(&self, args: &[&str], input: bool) -> Result<Child> {
        let stdin = if input { Stdio::piped() } else { Stdio::null() };
        self.command(args).stdin(stdin).spawn().map_err(|e| missing(&e))
    }

    /// Runs git with what it is to read; its exit code is the caller's to judge.
    pub fn output(&self, args: &[&str], input: Option<&[u8]>) -> Result<Output> {
        let mut child = self.start(args, input.is_some())?;
        let pipe = child.stdin.take().zip(input);
        // Both ends at once: either would wait for the other when a pipe is full.
        std::thread::scope(|s| {
            // Where git has ended early, its exit says so.
            s.spawn(move || pipe.map(|(mut pipe, bytes)| pipe.write_all(bytes)));
            child.wait_with_output().map_err(|e| missing(&e))
        })
    }

    /// What git prints; an error in its own words where it fails.
    pub fn read(&self, args: &[&str]) -> Result<Vec<u8>> {
        self.fed(args, None)
    }

    /// The same, with what it is to read.
    pub fn fed(&self, args: &[&str], input: Option<&[u8]>) -> Result<Vec<u8>> {
        let done = self.output(args, input)?;
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

    /// The files below a folder (`.` for all) that differ from the last commit, or that git does not know.
    pub fn uncommitted(&self, folder: &str) -> Result<Vec<Uncommitted>> {
        let args = ["status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--ignore-submodules=all", "--", folder];
        let out = self.clone().undriven()?.read(&args)?;
        let one = |l: &str| Some(Uncommitted { known: !l.starts_with('?'), path: l.get(3..)?.to_string() });
        Ok(String::from_utf8_lossy(&out).split('\0').filter_map(one).collect())
    }

    /// The contents of objects, in their order; `None` for one that is not there.
    pub fn objects(&self, ids: &[String]) -> Result<Vec<Option<Vec<u8>>>> {
        let input: String = ids.iter().map(|id| format!("{id}\n")).collect();
        let printed = self.fed(&["cat-file", "--batch"], Some(input.as_bytes()))?;
        let mut rest = printed.as_slice();
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

/// A file that differs from the last commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uncommitted {
    /// Whether git knows the file: it is in the last commit, or staged.
    pub known: bool,
    /// Its path.
    pub path: String,
}

fn missing(e: &std::io::Error) -> anyhow::Error {
    let Text { zh, en } = super::file::io_text(e);
    anyhow::Error::new(Bilingual(match e.kind() {
        std::io::ErrorKind::NotFound => {
            say!("没有安装 git，或不在 PATH 里", "git is not installed, or not in PATH")
        }
        _ => say!("git 启动不了：{zh}", "git cannot be started: {en}"),
    }))
}

/// What git said when it refused, its first line that means something.
pub fn refused(done: &Output) -> anyhow::Error {
    let text = String::from_utf8_lossy(&done.stderr).into_owned();
    let line = text.lines().map(str::trim).find(|l| !l.is_empty() && !l.starts_with("hint:")).unwrap_or("?");
    let line = safe(line).into_owned();
    anyhow::Error::new(Bilingual(say!("git 没有做成，原话：`{line}`", "git refused: `{line}`")))
}
