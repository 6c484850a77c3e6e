//! What the index and commits hold, file by file, by git's plumbing commands only.

use super::Git;
use anyhow::Result;
use std::collections::HashSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::Child;

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

impl Git {
    /// The files that the next commit would bring or change.
    pub fn staged(&self) -> Result<Vec<File>> {
        let tree = self.output(&["rev-parse", "-q", "--verify", "HEAD^{tree}"], None)?;
        let head = match tree.status.success() {
            true => tree.stdout,
            // Before the first commit all is new.
            false => self.fed(&["hash-object", "-t", "tree", "--stdin"], Some(b""))?,
        };
        let head = String::from_utf8_lossy(&head).trim().to_string();
        let mut args = vec!["diff-index", "--cached"];
        args.extend(RAW);
        args.extend([head.as_str(), "--"]);
        Ok(raw(&self.read(&args)?).into_iter().map(|p| p.file).collect())
    }

    /// The files of the index at or below these paths of the casebook.
    pub fn index(&self, paths: &[&str]) -> Result<Vec<File>> {
        let mut args = vec!["ls-files", "--stage", "-z", "--"];
        args.extend(paths);
        let out = self.read(&args)?;
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
        let commits = String::from_utf8_lossy(&self.read(&args)?).into_owned();
        let mut args = vec!["diff-tree", "--stdin", "-r", "-m", "--root"];
        args.extend(RAW);
        let mut seen = HashSet::new();
        let all = raw(&self.fed(&args, Some(commits.as_bytes()))?);
        Ok(all.into_iter().filter(|p| seen.insert(p.file.clone())).collect())
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
        let moved = self.read(&["config", "--get-all", "core.hooksPath"])?;
        // The last is the one given here.
        let moved: Vec<String> = String::from_utf8_lossy(&moved).lines().map(str::to_string).collect();
        if let [.., own, _] = moved.as_slice() {
            return Ok(Err(own.clone()));
        }
        let common = self.read(&["rev-parse", "--git-common-dir"])?;
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
