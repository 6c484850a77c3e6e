//! Git as a child process: plumbing commands only, and nothing that a repository's own settings could make it run.

use crate::say;
use crate::text::{Bilingual, Text, safe};
use anyhow::Result;
use std::collections::HashSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Settings that make git start a program, turned off; a repository from elsewhere may bring its own.
const OFF: [&str; 9] = [
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.pager=cat",
    "core.attributesFile=/dev/null",
    "core.sshCommand=false",
    "core.askPass=false",
    "credential.helper=",
    "log.showSignature=false",
    "submodule.recurse=false",
];

/// A file in the index or in a commit.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct File {
    /// Relative to the casebook, with `/`; bytes that are no UTF-8 are replaced.
    pub path: String,
    /// The content's name in git.
    pub oid: String,
    /// A link instead of a file.
    pub link: bool,
}

/// A file as some commit brought it.
#[derive(Clone, Debug)]
pub struct Past {
    /// The commit.
    pub commit: String,
    /// The file.
    pub file: File,
}

/// The repository that holds a casebook.
pub struct Git {
    root: PathBuf,
    /// The casebook's folder relative to the top of the work tree, with a slash; empty where it is the top.
    pub prefix: String,
}

fn fail(text: Text) -> anyhow::Error {
    anyhow::Error::new(Bilingual(text))
}

impl Git {
    /// The repository around the casebook at `root`.
    pub fn open(root: &Path) -> Result<Git> {
        let git = Git { root: root.to_path_buf(), prefix: String::new() };
        let out = git.run(&["rev-parse", "--show-prefix"], None)?;
        let prefix = String::from_utf8_lossy(&out).trim_end_matches(['\n', '\r']).to_string();
        Ok(Git { prefix, ..git })
    }

    fn command(&self) -> Command {
        let mut c = Command::new("git");
        c.current_dir(&self.root).args(["--no-pager", "--no-replace-objects", "--no-optional-locks", "--literal-pathspecs"]);
        for off in OFF {
            c.args(["-c", off]);
        }
        // What git sets for a hook must not make it look elsewhere; the index of the commit that is being made is the one to look at.
        for name in
            ["GIT_DIR", "GIT_WORK_TREE", "GIT_PREFIX", "GIT_EXTERNAL_DIFF", "GIT_PAGER", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_ASKPASS"]
        {
            c.env_remove(name);
        }
        if let Some(index) = std::env::var_os("GIT_INDEX_FILE") {
            c.env("GIT_INDEX_FILE", std::path::absolute(&index).unwrap_or_else(|_| index.into()));
        }
        // An object that is lacking is not fetched: that would start a transport of the repository's choice.
        c.envs([("GIT_NO_LAZY_FETCH", "1"), ("GIT_ALLOW_PROTOCOL", "none"), ("GIT_TERMINAL_PROMPT", "0"), ("LC_ALL", "C")]);
        c
    }

    fn start(&self, args: &[&str], input: bool) -> Result<Child> {
        let stdin = if input { Stdio::piped() } else { Stdio::null() };
        self.command().args(args).stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(|e| {
            let Text { zh, en } = crate::casebook::read::io_text(&e);
            fail(say!(
                "运行不了 git：{zh}；`xuncha guard` 要用 git 2.30 以上",
                "git cannot be run: {en}; `xuncha guard` needs git 2.30 or later"
            ))
        })
    }

    /// What a command prints; `input` goes to its standard input.
    fn run(&self, args: &[&str], input: Option<String>) -> Result<Vec<u8>> {
        let mut child = self.start(args, input.is_some())?;
        let feeder = feed(&mut child, input);
        let done = child.wait_with_output()?;
        let _ = feeder.join();
        if !done.status.success() {
            let said = String::from_utf8_lossy(&done.stderr).trim().replace('\n', " ");
            let (said, verb) = (safe(&said), args[0]);
            if said.contains("not a git repository") {
                let shown = self.root.display();
                return Err(fail(say!(
                    "案卷 {shown} 不在 git 仓库里；先在其中运行 `git init`",
                    "the casebook {shown} is in no git repository; run `git init` in it first"
                )));
            }
            return Err(fail(say!("git {verb} 失败：{said}", "git {verb} failed: {said}")));
        }
        Ok(done.stdout)
    }

    /// The files that the next commit would bring or change.
    pub fn staged(&self) -> Result<Vec<File>> {
        let head = match self.run(&["rev-parse", "-q", "--verify", "HEAD^{tree}"], None) {
            Ok(out) => String::from_utf8_lossy(&out).trim().to_string(),
            // Before the first commit all is new.
            Err(_) => {
                String::from_utf8_lossy(&self.run(&["hash-object", "-t", "tree", "--stdin"], Some(String::new()))?).trim().to_string()
            }
        };
        let mut args = vec!["diff-index", "--cached"];
        args.extend(RAW);
        args.extend([head.as_str(), "--"]);
        Ok(raw(&self.run(&args, None)?).into_iter().map(|p| p.file).collect())
    }

    /// The files of the index at or below these paths of the casebook.
    pub fn index(&self, paths: &[&str]) -> Result<Vec<File>> {
        let mut args = vec!["ls-files", "--stage", "-z", "--"];
        args.extend(paths);
        let out = self.run(&args, None)?;
        let file = |token: &[u8]| {
            let token = String::from_utf8_lossy(token);
            let (meta, path) = token.split_once('\t')?;
            let mut meta = meta.split(' ');
            let (mode, oid) = (meta.next()?, meta.next()?);
            (!mode.starts_with("16")).then(|| File { path: path.to_string(), oid: oid.to_string(), link: mode == "120000" })
        };
        Ok(out.split(|b| *b == 0).filter_map(file).collect())
    }

    /// Every file as some commit brought it, the oldest first, each content of a path once. `revs` are arguments of `rev-list`.
    pub fn past(&self, revs: &[&str]) -> Result<Vec<Past>> {
        let mut args = vec!["rev-list", "--reverse"];
        args.extend(revs);
        args.push("--");
        let commits = String::from_utf8_lossy(&self.run(&args, None)?).into_owned();
        let mut args = vec!["diff-tree", "--stdin", "-r", "-m", "--root"];
        args.extend(RAW);
        let mut seen = HashSet::new();
        let all = raw(&self.run(&args, Some(commits))?);
        Ok(all.into_iter().filter(|p| seen.insert(p.file.clone())).collect())
    }

    /// Whether a name given by others is a commit here.
    pub fn is_commit(&self, name: &str) -> bool {
        self.run(&["rev-parse", "-q", "--verify", "--end-of-options", &format!("{name}^{{commit}}")], None).is_ok()
    }

    /// Gives each content in turn, whole if it has at most `limit` bytes; with its size in any case.
    pub fn contents(&self, oids: &[&str], limit: u64, mut each: impl FnMut(usize, u64, Option<Vec<u8>>)) -> Result<()> {
        if oids.is_empty() {
            return Ok(());
        }
        let mut child = self.start(&["cat-file", "--batch"], true)?;
        let feeder = feed(&mut child, Some(oids.iter().map(|o| format!("{o}\n")).collect()));
        let mut out = BufReader::new(child.stdout.take().expect("it is piped"));
        for i in 0..oids.len() {
            let mut head = String::new();
            out.read_line(&mut head)?;
            let Some(size) = head.trim_end().rsplit_once(' ').and_then(|(_, n)| n.parse::<u64>().ok()) else {
                // A partial clone may lack it.
                continue;
            };
            let mut bytes = Vec::new();
            let mut part = (&mut out).take(size);
            if size <= limit {
                part.read_to_end(&mut bytes)?;
            } else {
                std::io::copy(&mut part, &mut std::io::sink())?;
            }
            out.read_exact(&mut [0])?;
            each(i, size, (size <= limit).then_some(bytes));
        }
        drop(out);
        let _ = feeder.join();
        child.wait()?;
        Ok(())
    }

    /// The folder of the hooks, where no setting moves it; that setting where one does.
    pub fn hooks(&self) -> Result<std::result::Result<PathBuf, String>> {
        let moved = self.run(&["config", "--get-all", "core.hooksPath"], None)?;
        // The last is the one given here.
        let moved: Vec<String> = String::from_utf8_lossy(&moved).lines().map(str::to_string).collect();
        if let [.., own, _] = moved.as_slice() {
            return Ok(Err(own.clone()));
        }
        let common = self.run(&["rev-parse", "--git-common-dir"], None)?;
        Ok(Ok(self.root.join(String::from_utf8_lossy(&common).trim_end_matches(['\n', '\r'])).join("hooks")))
    }
}

/// How changes are listed: by content, below the casebook only, without looking for renames or starting anything.
const RAW: [&str; 8] =
    ["--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff", "--ignore-submodules=all", "--diff-filter=ACMRT", "--relative"];

fn feed(child: &mut Child, input: Option<String>) -> std::thread::JoinHandle<()> {
    let stdin = child.stdin.take();
    std::thread::spawn(move || {
        if let (Some(mut stdin), Some(input)) = (stdin, input) {
            // Where git has ended early, its exit says so.
            let _ = stdin.write_all(input.as_bytes());
        }
    })
}

/// Reads `--raw -z`, with the commits between where there are any; what is no file or link is left out.
fn raw(out: &[u8]) -> Vec<Past> {
    let mut tokens = out.split(|b| *b == 0).filter(|t| !t.is_empty());
    let (mut commit, mut found) = (String::new(), Vec::new());
    while let Some(token) = tokens.next() {
        let token = String::from_utf8_lossy(token);
        let Some(meta) = token.strip_prefix(':') else {
            commit = token.split_whitespace().next().unwrap_or_default().to_string();
            continue;
        };
        let meta: Vec<&str> = meta.split(' ').collect();
        let (Some(path), [_, mode, _, oid, _]) = (tokens.next(), meta.as_slice()) else { break };
        let path = String::from_utf8_lossy(path).into_owned();
        if mode.starts_with("10") || *mode == "120000" {
            found.push(Past { commit: commit.clone(), file: File { path, oid: oid.to_string(), link: *mode == "120000" } });
        }
    }
    found
}
