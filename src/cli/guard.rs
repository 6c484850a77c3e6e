//! `guard`: keeps out of git what must not be kept there; hooks that call it before each commit and push.

use super::ctx::fail;
use super::{Ctx, Format};
use crate::casebook::git::Git;
use crate::finding::{Finding, Severity};
use crate::guard;
use crate::guard::hook::{self, Done};
use crate::render;
use crate::say;
use crate::text::safe;
use anyhow::Result;
use std::io::Read;

/// 提交前把关：密封内容、姓名、证件号码、私钥等不进 git | before a commit: sealed content, names, personal numbers, private keys stay out of git
///
/// 不带选项时检查已暂存的内容（git add 之后、git commit 之前）。 | Without options it checks what is staged (after git add, before git commit).
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    command: Option<Sub>,
    /// 查全部历史：曾经提交过的，包括后来删去的 | the whole history: all that was ever committed, what was deleted since as well
    #[arg(long, conflicts_with_all = ["range", "push"])]
    history: bool,
    /// 查一段提交，如 origin/main..HEAD（供 CI 使用） | the commits of a range such as origin/main..HEAD, for CI
    #[arg(long, value_name = "A..B", conflicts_with = "push")]
    range: Option<String>,
    /// 查将要推送的提交（由 pre-push 钩子调用） | the commits about to be pushed, as a pre-push hook is told them
    #[arg(long)]
    push: bool,
}

#[derive(clap::Subcommand)]
enum Sub {
    /// 设好 pre-commit 和 pre-push 钩子 | set a pre-commit and a pre-push hook
    Install {
        /// 已有钩子时保留并先运行它 | keep a hook that is there and run it first
        #[arg(long)]
        chain: bool,
        /// 撤去钩子，恢复原有的 | take the hooks away again, and put back what was there
        #[arg(long, conflicts_with = "chain")]
        remove: bool,
    },
}

/// Exit 1 where something must not go into git, or is there.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    if let Some(Sub::Install { chain, remove }) = args.command {
        ctx.format(&[Format::Table])?;
        return install(chain, remove, ctx);
    }
    let format = ctx.format(&[Format::Table, Format::Json, Format::Csv, Format::Md, Format::Sarif])?;
    let book = ctx.book()?;
    let git = Git::of(&book.root)?.staging();
    let found = if args.history {
        guard::past(&book, &git, &["--all", "--reflog"])?
    } else if let Some(range) = &args.range {
        guard::past(&book, &git, &[&checked(&git, range)?])?
    } else if args.push {
        match pushed(&git)? {
            revs if revs.is_empty() => guard::Found::default(),
            revs => guard::past(&book, &git, &revs.iter().map(String::as_str).collect::<Vec<_>>())?,
        }
    } else {
        guard::staged(&book, &git)?
    };
    let list: Vec<&Finding> = found.findings.iter().collect();
    // What is printed here stands in logs of CI, which others read.
    let mut sources = render::Sources::new(&book.root).within(ctx.width).quiet();
    for (file, text) in &found.texts {
        sources.put(file, text.clone());
    }
    if format == Format::Table && list.is_empty() {
        let n = found.files;
        let files = if n == 1 { "1 file".to_string() } else { format!("{n} files") };
        ctx.line(&say!("看过{n}个文件，没有发现不该进 git 的内容", "{files} looked at, nothing that must stay out of git"))?;
        return Ok(0);
    }
    render::any_findings(ctx.out, &list, &mut sources, format, ctx.lang, ctx.color)?;
    Ok(u8::from(list.iter().any(|f| f.severity == Severity::Error)))
}

/// A range whose ends are commits, so that nothing else reaches git.
fn checked(git: &Git, range: &str) -> Result<String> {
    let (from, to) = range.split_once("..").unwrap_or((range, ""));
    // Three dots are read as two: what came before the fork is no part of either.
    let to = to.strip_prefix('.').unwrap_or(to);
    let known = |end: &str| !end.starts_with('-') && git.commit(end).is_ok_and(|c| c.is_some());
    let wrong = [from, to].into_iter().find(|end| !end.is_empty() && !known(end));
    if let Some(end) = wrong.or(from.is_empty().then_some(range)) {
        let shown = safe(end).into_owned();
        return Err(fail(say!(
            "没有提交 `{shown}`；--range 写作 `起..止`，如 origin/main..HEAD",
            "there is no commit `{shown}`; a range is written `A..B`, as in origin/main..HEAD"
        )));
    }
    Ok(range.to_string())
}

/// What is about to be pushed, as arguments of `rev-list`: by the lines that git gives a pre-push hook, or by what the pre-commit framework says.
fn pushed(git: &Git) -> Result<Vec<String>> {
    let none = |oid: &str| oid.is_empty() || oid.bytes().all(|b| b == b'0');
    let var = |name: &str| std::env::var(name).unwrap_or_default();
    let (from, to) = (var("PRE_COMMIT_FROM_REF"), var("PRE_COMMIT_TO_REF"));
    let mut tips: Vec<String> = Vec::new();
    let mut known: Vec<String> = Vec::new();
    if to.is_empty() {
        let mut said = String::new();
        std::io::stdin().take(1 << 20).read_to_string(&mut said)?;
        // Each line: local ref, local commit, remote ref, remote commit.
        for line in said.lines() {
            let parts: Vec<&str> = line.split_whitespace().collect();
            let [_, local, _, remote] = parts.as_slice() else { continue };
            tips.push(local.to_string());
            known.push(remote.to_string());
        }
    } else {
        tips.push(to);
        known.push(from);
    }
    let commit = |c: &String| !none(c) && !c.starts_with('-') && git.commit(c).is_ok_and(|c| c.is_some());
    let mut revs: Vec<String> = tips.into_iter().filter(|c| commit(c)).collect();
    if revs.is_empty() {
        return Ok(revs);
    }
    revs.push("--not".into());
    revs.extend(known.into_iter().filter(commit));
    revs.push("--remotes".into());
    Ok(revs)
}

fn install(chain: bool, remove: bool, ctx: &mut Ctx) -> Result<u8> {
    let book = ctx.book()?;
    let git = Git::of(&book.root)?;
    let done = if remove { hook::remove(&git)? } else { hook::install(&git, chain)? };
    let name = |p: &std::path::Path| safe(&p.file_name().unwrap_or_default().to_string_lossy()).into_owned();
    for d in &done {
        let line = match d {
            Done::New(p) => {
                let hook = name(p);
                say!("已设好钩子 {hook}", "the hook {hook} is set")
            }
            Done::Updated(p) => {
                let hook = name(p);
                say!("钩子 {hook} 已有守卫，包括本案卷", "the hook {hook} has the guard, for this casebook as well")
            }
            Done::Chained(p, kept) => {
                let (hook, kept) = (name(p), name(kept));
                say!(
                    "已设好钩子 {hook}；原有的改名 {kept}，先运行它",
                    "the hook {hook} is set; the one that was there is {kept} now and runs first"
                )
            }
            Done::Removed(p) => {
                let hook = name(p);
                say!("已撤去钩子 {hook}", "the hook {hook} is taken away")
            }
        };
        ctx.line(&line)?;
    }
    if done.is_empty() {
        ctx.line(&say!("没有守卫的钩子", "there is no hook of the guard"))?;
    } else if !remove {
        ctx.note(&say!(
            "克隆不带钩子：每一份克隆各设一次。`git commit --no-verify` 会跳过钩子，CI 中另加一行：xuncha guard --range origin/main..HEAD",
            "A clone brings no hooks: set them in each. `git commit --no-verify` passes them by; add a line to CI as well: xuncha guard --range origin/main..HEAD"
        ))?;
    }
    Ok(0)
}
