//! `receive`: commits that came in a file, looked through and brought together with those that are here.

use super::ctx::fail;
use super::secret::KeyArgs;
use super::{Ctx, bundle};
use crate::casebook::carry::header::{self, Header};
use crate::casebook::carry::incoming::{self, Incoming, Plan};
use crate::casebook::carry::{self, Side};
use crate::casebook::git::Git;
use crate::casebook::write::{self, Lock};
use crate::casebook::{Casebook, MARKER, config, file::io_text, lock};
use crate::guard;
use crate::say;
use crate::seal;
use crate::text::{Text, safe};
use anyhow::Result;
use std::path::{Path, PathBuf};

/// A file larger than this, in bytes, is not read.
const LARGEST: u64 = 2 << 30;
/// How many files or commits are named before the rest is counted.
const NAMED: usize = 20;

/// 接收 xuncha bundle 带来的提交：先查验，再并入 | take in the commits that xuncha bundle wrote: looked through first, then merged
#[derive(clap::Args)]
pub struct Args {
    /// 带来的文件 | the file that came
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// 还没有案卷时：放在哪个空文件夹，不写就是当前文件夹 | where there is no casebook yet: the empty folder for it, by default the current one
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// 从谁那里来：对方的名称，只有一方时不必写 | from whom: the other side's name, not needed where there is only one
    #[arg(long, value_name = "NAME", default_value = carry::OTHER, hide_default_value = true)]
    from: String,
    /// 守卫发现问题也照收 | take it although the guard refuses
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    key: KeyArgs,
}

/// Exit 1 where what came is refused for what is in it, or both sides changed the same.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    let bytes = content(&args, ctx)?;
    let header = header::read(&bytes).map_err(fail)?;
    let folder = args.folder.as_ref().map_or_else(|| ctx.dir.clone(), |d| ctx.dir.join(d));
    // What a killed run had begun comes first: it may be this casebook's beginning.
    lock::finish(&folder);
    match Casebook::find(&folder) {
        Some(root) if args.folder.is_some() && folder.canonicalize().ok() != root.canonicalize().ok() => {
            let root = root.display();
            Err(fail(say!(
                "这个文件夹在案卷 {root} 里面；案卷不能套案卷，请换一个文件夹",
                "this folder lies inside the casebook {root}; a casebook holds no other: choose another folder"
            )))
        }
        Some(root) => into(&args, ctx, &root, &header, &bytes),
        None => anew(&args, ctx, &folder, &header, &bytes),
    }
}

/// The bundle, opened if it is sealed.
fn content(args: &Args, ctx: &mut Ctx) -> Result<Vec<u8>> {
    let path = ctx.dir.join(&args.file);
    let shown = safe(&args.file.display().to_string()).into_owned();
    let unread = |e: std::io::Error| {
        let why = io_text(&e);
        let (zh, en) = (why.zh, why.en);
        fail(say!("读不了 {shown}：{zh}", "cannot read {shown}: {en}"))
    };
    let meta = std::fs::metadata(&path).map_err(unread)?;
    if !meta.is_file() || meta.len() > LARGEST {
        return Err(fail(say!("{shown} 不是文件，或超过 2 GB", "{shown} is no file, or larger than 2 GB")));
    }
    let bytes = std::fs::read(&path).map_err(unread)?;
    if !seal::is_sealed_file(&bytes) {
        return Ok(bytes);
    }
    let key = args.key.unlock(ctx)?;
    seal::open_file(&bytes, &key).map_err(|why| {
        fail(match why {
            seal::Shut::NotForThisKey => say!(
                "打不开 {shown}：不是封给这把钥匙的；请能打开的人接收，或让对方用 --seal-to 重做",
                "{shown} does not open: it was not sealed for this key. Have somebody receive it who can open it, or have it made anew with --seal-to"
            ),
            seal::Shut::Damaged => say!("打不开 {shown}：密文已损坏；请对方重新拷一份", "{shown} does not open: it is damaged; have it copied again"),
        })
    })
}

/// Receives into a casebook.
fn into(args: &Args, ctx: &mut Ctx, root: &Path, header: &Header, bytes: &[u8]) -> Result<u8> {
    let lock = lock::folder(root)?;
    let book = Casebook::open(root);
    let git = Git::of(root)?;
    carry::whole(&git)?;
    let side = Side::named(&git, &args.from)?;
    let Some(head) = git.head()? else {
        return Err(fail(say!(
            "本案卷还没有提交，无法与带来的合在一起；先提交，或在空文件夹里接收",
            "this casebook has no commit yet, with which what came could be brought together: commit first, or receive in an empty folder"
        )));
    };
    let (tip, _) = header.tip().map_err(fail)?;
    if git.commit(tip)?.is_some() && incoming::within(&git, tip, &head)? {
        incoming::mark(&git, &side, tip)?;
        ctx.line(&say!("没有新的内容：包里的提交本案卷都有了", "nothing new: this casebook has all commits of the bundle"))?;
        return Ok(0);
    }
    if git.commit("MERGE_HEAD")?.is_some() {
        return Err(fail(say!(
            "有一次合并还没有做完；先 git commit（或 git merge --abort），再接收",
            "a merge is under way: git commit (or git merge --abort) first, then receive"
        )));
    }
    let locked = root.join(git.line(&["rev-parse", "--git-path", "index.lock"])?);
    if locked.exists() {
        let locked = locked.display();
        return Err(fail(say!(
            "另一个 git 正在运行，或上次被杀时留下了 {locked}；确认没有 git 在运行，删去它，再接收",
            "another git is at work, or one that was killed left {locked}; make sure that none is running, delete it, and receive again"
        )));
    }
    let new = Incoming::unpack(root, Some(&git), header, bytes)?;
    if !sound(args, ctx, &book, &new, Some(&head))? {
        return Ok(1);
    }
    let plan = incoming::plan(&new.git, Some(&head), &new.tip)?;
    if plan == Plan::Unrelated {
        return Err(fail(say!(
            "带来的是另一个案卷：与本案卷没有共同的提交，没有接收；另找一个空文件夹接收",
            "what came is another casebook: it has no commit in common with this one, and was not taken. Receive it in an empty folder"
        )));
    }
    clean(&book, &git, &new, &head, &plan)?;
    new.keep(&git, &side)?;
    let target = match &plan {
        Plan::Conflict(files) => return conflict(ctx, files, &side),
        Plan::Merge(_) => {
            let Text { zh, en } = side.shown();
            let message = say!("并入{zh} 带来的提交", "Take in the commits carried from {en}");
            incoming::merge(&git, &head, &new.tip, message.get(ctx.lang))?
        }
        _ => new.tip.clone(),
    };
    book.go_to(&lock, Some(&head), &target)?;
    told(ctx, &git, Some(&head), &new.tip, &plan)
}

/// Receives the first time: a new casebook in an empty folder.
fn anew(args: &Args, ctx: &mut Ctx, folder: &Path, header: &Header, bytes: &[u8]) -> Result<u8> {
    let bundle = ctx.dir.join(&args.file).canonicalize().ok();
    let other = |e: &std::fs::DirEntry| {
        let own = e.file_name() == ".git" || e.file_name() == write::OWN;
        !own && e.path().canonicalize().ok() != bundle
    };
    let shown = safe(&folder.display().to_string()).into_owned();
    if std::fs::read_dir(folder).is_ok_and(|d| d.flatten().any(|e| other(&e))) {
        return Err(fail(say!(
            "{shown} 不是案卷，也不是空文件夹；在案卷里接收，或换一个空文件夹",
            "{shown} is neither a casebook nor empty: receive in the casebook, or in an empty folder"
        )));
    }
    let there = folder.join(".git").symlink_metadata().is_ok();
    if there && Git::of(folder)?.head()?.is_some() {
        return Err(fail(say!(
            "{shown} 的 git 库已有提交，但没有案卷；换一个空文件夹",
            "the git repository of {shown} has commits and no casebook: choose an empty folder"
        )));
    }
    let new = Incoming::unpack(folder, None, header, bytes)?;
    let before = Casebook::open(&new.folder);
    if !sound(args, ctx, &before, &new, None)? {
        return Ok(1);
    }
    std::fs::create_dir_all(folder).map_err(|e| write::failed(&shown, &e))?;
    let lock: Lock = lock::folder(folder)?;
    if !there {
        incoming::init(folder, &new.branch)?;
    }
    let git = Git::of(folder)?;
    carry::whole(&git)?;
    let side = Side::named(&git, &args.from)?;
    let book = Casebook::open(folder);
    new.keep(&git, &side)?;
    if let Some(first) = book.in_the_way(&git, None, &new.tip)?.first() {
        return Err(fail(say!(
            "{first} 已经在那里，不覆盖；先移走",
            "{first} is there already and is not overwritten: move it away first"
        )));
    }
    book.go_to(&lock, None, &new.tip)?;
    told(ctx, &git, None, &new.tip, &Plan::Forward(new.tip.clone()))
}

/// Whether what came may be taken: no link, no place outside, nothing that the guard refuses.
fn sound(args: &Args, ctx: &mut Ctx, book: &Casebook, new: &Incoming, head: Option<&str>) -> Result<bool> {
    let faults = incoming::faults(&new.git, head, &new.tip)?;
    if !faults.is_empty() {
        bundle::note_faults(ctx, &faults)?;
        ctx.note(&say!(
            "包里有案卷不能有的东西，没有接收；这不是 xuncha bundle 会写出的，问清来历",
            "the bundle holds what no casebook may hold, and was not taken. xuncha bundle writes no such thing: ask where it comes from"
        ))?;
        return Ok(false);
    }
    let mut revs = vec![new.tip.as_str()];
    revs.extend(head.iter().flat_map(|h| ["--not", *h]));
    let mut found = guard::past(book, &new.git, &revs)?;
    // What somebody over there has looked at and found harmless comes with it.
    let theirs = settings(&new.git, &new.tip)?;
    found.findings.retain(|f| !guard::check::accepted(&theirs.guard, f));
    if bundle::refused(book, &found, ctx)? && !args.force {
        ctx.note(&say!(
            "守卫不让收进来，没有接收；请对方处理后重做，仍要接收，加 --force",
            "the guard refuses to let this in, and it was not taken. Have the other side mend it; to take it all the same, add --force"
        ))?;
        return Ok(false);
    }
    Ok(true)
}

/// The settings of a commit.
fn settings(git: &Git, commit: &str) -> Result<config::Config> {
    let text = git.objects(&[format!("{commit}:{MARKER}")])?.into_iter().flatten().next().unwrap_or_default();
    Ok(config::read(MARKER, &String::from_utf8_lossy(&text)).0)
}

/// Refuses where something uncommitted stands in the way.
fn clean(book: &Casebook, git: &Git, new: &Incoming, head: &str, plan: &Plan) -> Result<()> {
    let mut files: Vec<String> = git.uncommitted(".")?.into_iter().filter(|u| u.known).map(|u| safe(&u.path).into_owned()).collect();
    if files.is_empty()
        && let Plan::Forward(to) | Plan::Merge(to) = plan
    {
        files = book.in_the_way(&new.git, Some(head), to)?;
    }
    if files.is_empty() {
        return Ok(());
    }
    let (zh, en) = named(&files);
    Err(fail(say!(
        "有没提交的改动，没有接收：{zh}。先 git add、git commit，再接收一次",
        "something is changed and not committed, so nothing was received: {en}. git add and git commit first, then receive again"
    )))
}

/// The first files by name, the rest by number, in both languages.
fn named(files: &[String]) -> (String, String) {
    let some = &files[..files.len().min(NAMED)];
    let more = files.len() - some.len();
    let (mut zh, mut en) = (some.join("、"), some.join(", "));
    if more > 0 {
        zh.push_str(&format!(" 等，另有 {more} 个"));
        en.push_str(&format!(" and {more} more"));
    }
    (zh, en)
}

fn conflict(ctx: &mut Ctx, files: &[String], side: &Side) -> Result<u8> {
    let mark = side.received();
    ctx.note(&say!("两边改了同一处，案卷没有改动：", "Both sides changed the same, and the casebook was left as it is:"))?;
    for file in files.iter().take(NAMED) {
        ctx.note(&say!("  {file}", "  {file}"))?;
    }
    let more = files.len().saturating_sub(NAMED);
    if more > 0 {
        ctx.note(&say!("  另有 {more} 个", "  and {more} more"))?;
    }
    ctx.note(&say!(
        "带来的提交存在 {mark}。运行 git merge {mark}，在上面的文件里两边取舍，git add、git commit，再 xuncha check",
        "The commits that came are kept as {mark}. Run git merge {mark}, decide between the two sides in these files, git add and git commit, then xuncha check"
    ))?;
    Ok(1)
}

/// Says what came, and what of it deserves a second look.
fn told(ctx: &mut Ctx, git: &Git, head: Option<&str>, tip: &str, plan: &Plan) -> Result<u8> {
    let mut args = vec!["log", "--no-show-signature", "--no-mailmap", "--format=%cs%x00%an%x00%s", tip];
    args.extend(head.iter().flat_map(|h| ["--not", *h]));
    args.push("--");
    let out = String::from_utf8_lossy(&git.read(&args)?).into_owned();
    let all: Vec<&str> = out.lines().collect();
    let n = all.len();
    let Text { zh, en } = bundle::commits(n);
    match (head, plan) {
        (None, _) => ctx.line(&say!("已接收全部历史，新建案卷：{zh}", "received the whole history into a new casebook: {en}"))?,
        (_, Plan::Merge(_)) => ctx.line(&say!(
            "已接收 {zh}；两边都有新内容，改的不是同一处，已合并",
            "received {en}; both sides had something new, not in the same place, and were merged"
        ))?,
        _ => ctx.line(&say!("已接收 {zh}", "received {en}"))?,
    }
    for line in all.iter().take(NAMED) {
        let part: Vec<&str> = line.split('\0').collect();
        writeln!(ctx.out, "  {}", safe(&part.join("  ")))?;
    }
    if n > NAMED {
        ctx.line(&say!("  ……", "  …"))?;
    }
    if let Some(head) = head {
        let (old, now) = (settings(git, head)?, settings(git, tip)?);
        if old.sealing.people != now.sealing.people {
            ctx.note(&say!(
                "注意：登记的公钥有变动，以后会封给新登记的人；与本人核对（xuncha keys list）",
                "note: the public keys have changed, and what is sealed from now on opens for those entered: make sure whose they are (xuncha keys list)"
            ))?;
        }
        if old.guard != now.guard {
            ctx.note(&say!(
                "注意：守卫的设置有变动，看一下 {MARKER} 的 [guard]",
                "note: the settings of the guard have changed: look at [guard] in {MARKER}"
            ))?;
        }
    }
    ctx.note(&say!("接下来：xuncha check", "Next: xuncha check"))?;
    Ok(0)
}
