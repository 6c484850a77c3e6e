//! `bundle`: new commits in one file, to be carried to a machine without network.

use super::ctx::fail;
use super::{Ctx, Format, target};
use crate::casebook::carry::{self, From, Side, incoming};
use crate::casebook::config::Holder;
use crate::casebook::git::Git;
use crate::casebook::{Casebook, write};
use crate::finding::{Finding, Severity};
use crate::guard::{self, Found};
use crate::say;
use crate::seal;
use crate::text::{Lang, list, safe};
use crate::{render, text::Text};
use anyhow::Result;
use std::path::PathBuf;

/// 把对方还没有的提交写成一个文件，用移动存储带过去 | write the commits that the other side lacks into one file, to be carried on a stick
#[derive(clap::Args)]
pub struct Args {
    /// 写到哪里（案卷之外，不能已有） | the file to write, outside the casebook; it must not exist
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// 带给谁：对方的名称，只有一方时不必写 | to whom: the other side's name, not needed where there is only one
    #[arg(long, value_name = "NAME", default_value = carry::OTHER, hide_default_value = true)]
    to: String,
    /// 从对方已有的这个提交（分支、标签）之后起 | what came after this commit, branch or tag, which the other side has
    #[arg(long, value_name = "REV", conflicts_with_all = ["again", "all"])]
    since: Option<String>,
    /// 上一个包没有带到：连同它的内容再写一次 | the last bundle did not arrive: write its commits once more
    #[arg(long, conflicts_with = "all")]
    again: bool,
    /// 全部历史（对方还没有案卷，或者拿不准） | the whole history: the other side has no casebook yet, or nobody knows what it has
    #[arg(long)]
    all: bool,
    /// 加密，登记了公钥的人都能打开（见 xuncha keys list） | seal it for everybody with a public key (see xuncha keys list)
    #[arg(long)]
    seal: bool,
    /// 加密，只有这些人员或角色能打开（可重复，或用逗号隔开） | seal it for these persons or roles alone (repeat it, or use commas)
    #[arg(long, value_name = "PERSON|ROLE", value_delimiter = ',', conflicts_with = "seal")]
    seal_to: Vec<String>,
    /// 守卫发现问题也照带 | carry it although the guard refuses
    #[arg(long)]
    force: bool,
}

/// Exit 1 where the guard refuses.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    let book = ctx.book()?;
    let git = Git::of(&book.root)?;
    carry::whole(&git)?;
    let side = Side::named(&git, &args.to)?;
    let path = ctx.dir.join(&args.file);
    let shown = safe(&args.file.display().to_string()).into_owned();
    place(&book, &path, &shown)?;
    let readers = readers(&book, &args, ctx.lang)?;
    let _lock = book.lock()?;
    let from = match &args.since {
        Some(rev) => From::Since(git.commit(rev)?.ok_or_else(|| {
            let rev = safe(rev).into_owned();
            fail(say!("git 里没有提交 `{rev}`", "git has no commit `{rev}`"))
        })?),
        None if args.again => From::Again,
        None if args.all => From::All,
        None => From::Last,
    };
    let load = carry::load(&git, &side, &from)?;
    if load.commits == 0 {
        let Text { zh, en } = side.shown();
        return Err(fail(say!(
            "没有新的提交要带给{zh}，没有写文件；上一个包没有带到，加 --again；从头带，加 --all",
            "there is no new commit for {en}, and no file was written; if the last bundle did not arrive use --again, to carry everything --all"
        )));
    }
    let faults = incoming::faults(&git, None, &load.tip)?;
    if !faults.is_empty() {
        note_faults(ctx, &faults)?;
        ctx.note(&say!(
            "对方不会接收这些，没有写文件；先从案卷里去掉",
            "the other side would not take these; no file was written. Take them out first"
        ))?;
        return Ok(1);
    }
    let found = guard::past(&book, &git, &load.revs())?;
    if refused(&book, &found, ctx)? && !args.force {
        ctx.note(&say!(
            "守卫不让带走，没有写文件；看过确无问题的，写入 xuncha.toml 的 [[guard.accept]]；仍要带，加 --force",
            "the guard refuses to let this out; no file was written. Enter what is harmless in xuncha.toml under [[guard.accept]]; to carry it all the same, add --force"
        ))?;
        return Ok(1);
    }
    let mut bytes = carry::pack(&git, &load)?;
    if let Some(readers) = &readers {
        let keys: Vec<seal::Public> = readers.iter().map(|h| h.key.clone()).collect();
        bytes = seal::seal_file(&bytes, &keys).map_err(fail)?;
    }
    write::create(&path, &bytes, &shown)?;
    // A bundle that nobody knows of is carried once more; one that was never written must not count as carried.
    carry::remember(&git, &side, &load)?;
    report(ctx, &shown, &load, bytes.len(), readers.as_deref())?;
    let open = git.uncommitted(".")?.len();
    if open > 0 {
        ctx.note(&say!(
            "另有 {open} 个文件改了还没有提交，不在包里",
            "{open} files are changed and not committed: they are not in the bundle"
        ))?;
    }
    Ok(0)
}

/// Refuses a file that is there, and one in the casebook, with which it would be committed.
fn place(book: &Casebook, path: &std::path::Path, shown: &str) -> Result<()> {
    if path.symlink_metadata().is_ok() {
        return Err(fail(say!(
            "已有 {shown}，不覆盖；换一个文件名",
            "{shown} is there already and is not overwritten: choose another name"
        )));
    }
    let Some(folder) = path.parent().and_then(|p| p.canonicalize().ok()) else {
        return Err(fail(say!("{shown} 所在的文件夹不存在", "the folder of {shown} does not exist")));
    };
    if book.root.canonicalize().is_ok_and(|root| folder.starts_with(root)) {
        return Err(fail(say!(
            "{shown} 在案卷里面，会被一起提交；写到案卷之外，如移动存储",
            "{shown} lies in the casebook and would be committed with it: write it elsewhere, such as on the stick"
        )));
    }
    Ok(())
}

/// For whom it is sealed; nobody where it stays open.
fn readers(book: &Casebook, args: &Args, lang: Lang) -> Result<Option<Vec<Holder>>> {
    let people = &book.config.sealing.people;
    if !args.seal && args.seal_to.is_empty() {
        return Ok(None);
    }
    if people.is_empty() {
        return Err(fail(say!(
            "还没有人登记公钥，无法加密；先 xuncha keys new，再 xuncha keys add",
            "nobody has a public key here, so it cannot be sealed: xuncha keys new, then xuncha keys add"
        )));
    }
    if args.seal {
        return Ok(Some(people.clone()));
    }
    let mut chosen: Vec<Holder> = Vec::new();
    for name in args.seal_to.iter().map(|n| n.trim()) {
        let mut found: Vec<&Holder> = people.iter().filter(|h| h.code == name).collect();
        if found.is_empty() {
            let role = target::role(book, name, if lang == Lang::Zh { "人员或角色" } else { "PERSON|ROLE" })?;
            let led = |h: &Holder| book.config.leading_group.iter().any(|(r, p)| *r == role && *p == h.code);
            found = people.iter().filter(|h| h.role == role || led(h)).collect();
        }
        if found.is_empty() {
            let name = safe(name).into_owned();
            return Err(fail(say!(
                "{name} 没有登记公钥，无法封给他；见 xuncha keys list",
                "{name} has no public key here, so it cannot be sealed for them: see xuncha keys list"
            )));
        }
        chosen.extend(found.into_iter().cloned());
    }
    chosen.sort_by(|a, b| a.code.cmp(&b.code));
    chosen.dedup_by(|a, b| a.code == b.code);
    Ok(Some(chosen))
}

/// So many commits.
pub fn commits(n: usize) -> Text {
    if n == 1 { say!("1 个提交", "1 commit") } else { say!("{n} 个提交", "{n} commits") }
}

/// Prints what the guard found; gives whether it refuses.
pub fn refused(book: &Casebook, found: &Found, ctx: &mut Ctx) -> Result<bool> {
    let list: Vec<&Finding> = found.findings.iter().filter(|f| f.severity == Severity::Error).collect();
    if list.is_empty() {
        return Ok(false);
    }
    let mut sources = render::Sources::new(&book.root).within(ctx.width).quiet();
    for (file, text) in &found.texts {
        sources.put(file, text.clone());
    }
    render::any_findings(ctx.out, &list, &mut sources, Format::Table, ctx.lang, ctx.color)?;
    Ok(true)
}

/// Prints what may not be carried at all.
pub fn note_faults(ctx: &mut Ctx, faults: &[(String, Text)]) -> Result<()> {
    for (path, why) in faults.iter().take(20) {
        let (zh, en) = (&why.zh, &why.en);
        ctx.note(&say!("{path}：{zh}", "{path}: {en}"))?;
    }
    let more = faults.len().saturating_sub(20);
    if more > 0 {
        ctx.note(&say!("另有 {more} 个", "and {more} more"))?;
    }
    Ok(())
}

fn report(ctx: &mut Ctx, shown: &str, load: &carry::Load, size: usize, readers: Option<&[Holder]>) -> Result<()> {
    let kb = size.div_ceil(1024);
    let Text { zh, en } = commits(load.commits);
    ctx.line(&say!("已写入 {shown}：{zh}，{kb} KB", "written: {shown}: {en}, {kb} KB"))?;
    match load.known.first() {
        Some(id) => {
            let id = &id[..10];
            ctx.line(&say!("对方须已有提交 `{id}`", "the other side must have the commit `{id}`"))?;
        }
        None => ctx.line(&say!("含全部历史，可用来在对方新建案卷", "it holds the whole history, and can make a new casebook there"))?,
    }
    match readers {
        Some(readers) => {
            let codes: Vec<&str> = readers.iter().map(|h| h.code.as_str()).collect();
            let (zh, en) = (list(&codes, Lang::Zh), list(&codes, Lang::En));
            ctx.line(&say!("已加密，能打开的人：{zh}", "sealed; it opens for {en}"))?;
        }
        None => ctx.note(&say!(
            "没有加密：拿到这个文件的人能看到其中全部明文；要加密，加 --seal",
            "It is not sealed: whoever has the file can read all that is plain in it; --seal seals it"
        ))?,
    }
    ctx.note(&say!("对方运行：xuncha receive 文件", "The other side runs: xuncha receive FILE"))
}
