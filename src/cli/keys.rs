//! `keys`: the user's own key, and the persons for whom the casebook is sealed.

use super::ctx::fail;
use super::secret::{self, KeyArgs};
use super::{Ctx, private, reseal, seal, target};
use crate::casebook::config::Holder;
use crate::casebook::names::Where;
use crate::casebook::{Casebook, MARKER, holders, write};
use crate::say;
use crate::seal::{Key, Public};
use crate::text::{Lang, pad, width};
use anyhow::Result;
use std::path::Path;

/// 钥匙：新建、登记、撤销、查看、更换 | keys: make, enter, take out, list, change
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// 给自己建一把钥匙：口令保护的文件，放在案卷之外 | make a key of your own: a file locked by a passphrase, outside the casebook
    New(KeyArgs),
    /// 把一个人的公钥登记到 xuncha.toml | enter a person's public key in xuncha.toml
    Add(Add),
    /// 撤销一个人：从 xuncha.toml 删去，并重新密封 | take a person out of xuncha.toml, and seal everything anew
    Remove(Remove),
    /// 列出登记了公钥的人 | list the persons with a public key
    List,
    /// 换掉自己的钥匙：新建一把，并重新密封 | change your own key for a new one, and seal everything anew
    Rotate(KeyArgs),
}

#[derive(clap::Args)]
struct Add {
    /// 人员代码，如 zu-01 | the person's code, as in zu-01
    #[arg(value_name = "PERSON")]
    code: String,
    /// 角色，如 巡察办人员、组员 | the role, as in office_staff, member
    #[arg(value_name = "ROLE")]
    role: String,
    /// 公钥（age1 开头） | the public key (age1…)
    #[arg(value_name = "PUBLIC-KEY")]
    key: String,
}

#[derive(clap::Args)]
struct Remove {
    /// 人员代码 | the person's code
    #[arg(value_name = "PERSON")]
    code: String,
    #[command(flatten)]
    key: KeyArgs,
}

/// Exit 1 where something stays sealed as it was.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    match args.what {
        What::New(key) => new(&key, ctx),
        What::Add(a) => add(&a, ctx),
        What::Remove(a) => remove(&a, ctx),
        What::List => list(ctx),
        What::Rotate(key) => rotate(&key, ctx),
    }
}

/// Refuses a key file inside the casebook: it would go where the ciphertext goes.
fn outside(book: Option<&Casebook>, path: &Path) -> Result<()> {
    match book {
        Some(book) if private::within(book, path) => Err(fail(say!(
            "钥匙不能放在案卷里：会随案卷一起提交、拷走；请用 --key 指明别处",
            "a key must not lie in the casebook, with which it would be committed and copied: name another place with --key"
        ))),
        _ => Ok(()),
    }
}

fn new(args: &KeyArgs, ctx: &mut Ctx) -> Result<u8> {
    let path = args.path(ctx)?;
    outside(ctx.book().ok().as_ref(), &path)?;
    let shown = path.display().to_string();
    if path.symlink_metadata().is_ok() {
        return Err(fail(say!(
            "{shown} 已经有了，不覆盖：没有它，封给它的内容再也打不开；要更换请用 `xuncha keys rotate`",
            "{shown} is there already and is not overwritten: without it, what was sealed for it never opens again; use `xuncha keys rotate` to change it"
        )));
    }
    let passphrase = args.new_passphrase(ctx)?;
    let key = Key::generate();
    store(&key, &passphrase, &path)?;
    let public = key.public();
    ctx.line(&say!("钥匙已写入 {shown}", "the key is in {shown}"))?;
    ctx.line(&say!("公钥：{public}", "public key: {public}"))?;
    ctx.line(&say!(
        "把公钥交给巡察办登记：xuncha keys add 人员代码 角色 {public}",
        "give the public key to the office, to be entered: xuncha keys add PERSON ROLE {public}"
    ))?;
    ctx.line(&say!(
        "口令忘了、文件丢了，都无法找回；请把文件另存一份到保密柜。",
        "A forgotten passphrase or a lost file cannot be recovered: keep a copy of the file under lock."
    ))?;
    Ok(0)
}

fn store(key: &Key, passphrase: &str, path: &Path) -> Result<()> {
    let shown = path.display().to_string();
    let text = key.lock(passphrase, None).map_err(|e| write::failed(&shown, &e))?;
    write::create_private(path, text.as_bytes(), &shown)
}

/// The text of `xuncha.toml`.
fn settings(book: &Casebook) -> Result<String> {
    std::fs::read_to_string(book.root.join(MARKER)).map_err(|e| write::failed(MARKER, &e))
}

fn add(args: &Add, ctx: &mut Ctx) -> Result<u8> {
    let book = ctx.book()?;
    let code = args.code.trim();
    let shown = crate::text::safe(code).into_owned();
    let role = target::role(&book, &args.role, if ctx.lang == Lang::Zh { "角色" } else { "ROLE" })?;
    let Some(key) = Public::parse(&args.key) else {
        return Err(fail(say!(
            "这不是公钥：应为 `age1` 开头的一串，可能抄漏或抄错",
            "this is no public key: it begins with `age1`, and may have been copied badly"
        )));
    };
    if let Some(h) = book.config.sealing.people.iter().find(|h| h.code == code || h.key == key) {
        let known = &h.code;
        return Err(fail(say!(
            "{known} 已登记，或这把公钥已是 {known} 的；换钥匙用 `xuncha keys rotate`，先撤销用 `xuncha keys remove {known}`",
            "{known} is entered already, or this key is that of {known}: change keys with `xuncha keys rotate`, or take it out first with `xuncha keys remove {known}`"
        )));
    }
    let holder = Holder { code: code.to_string(), role: role.clone(), key };
    let _lock = book.lock()?;
    let old = settings(&book)?;
    let new = holders::enter(&old, &holder).map_err(fail)?;
    book.replace(MARKER, &old, &new)?;
    let title = book.schema.actor(&role).unwrap_or_default();
    let (zh, en) = (title.zh, title.en);
    ctx.line(&say!("已登记 {shown}（{zh}）", "entered: {shown} ({en})"))?;
    let led = book.config.leading_group.iter().any(|(_, p)| p == code);
    let known = led || book.schema.find_kind("person").is_none_or(|k| book.read_workspace().get(k, code).is_some());
    if !known {
        ctx.note(&say!(
            "注意：人员库（person/）和领导小组名单里都没有 {shown}；代码要与巡察组记录里的一致，才算组内人员",
            "note: neither person/ nor the leading group has {shown}; the code must be that of the team's record to count as one of the team"
        ))?;
    }
    ctx.line(&say!(
        "以前密封的内容，要由能打开的人运行 `xuncha seal --again` 之后，{shown} 才能打开",
        "what was sealed before opens for {shown} only after somebody who can open it has run `xuncha seal --again`"
    ))?;
    Ok(0)
}

fn remove(args: &Remove, ctx: &mut Ctx) -> Result<u8> {
    let book = ctx.book()?;
    let sealing = &book.config.sealing;
    let code = args.code.trim();
    let shown = crate::text::safe(code).into_owned();
    let Some(gone) = sealing.people.iter().find(|h| h.code == code) else {
        return Err(fail(say!(
            "{shown} 没有登记公钥；用 `xuncha keys list` 查看",
            "{shown} has no public key here: see `xuncha keys list`"
        )));
    };
    let gone = gone.code.clone();
    let files = reseal::sealed(&book, &Where::Book);
    let key = if files.is_empty() { None } else { Some(args.key.unlock(ctx)?) };
    let lock = book.lock()?;
    let old = settings(&book)?;
    let new = holders::strike(&old, &gone).map_err(fail)?;
    let mut rest = sealing.clone();
    rest.people.retain(|h| h.code != gone);
    let could = |file: &&String| reseal::readers_of(&book, ctx, sealing, file).is_ok_and(|r| r.codes().contains(&gone.as_str()));
    let kept: Vec<String> = files.iter().filter(could).cloned().collect();
    // The settings come last: a run cut off before them is simply repeated.
    let again = match &key {
        Some(key) => reseal::reseal(&book, ctx, &files, &rest, key, &lock)?,
        None => reseal::Resealed::default(),
    };
    book.replace(MARKER, &old, &new)?;
    seal::report(ctx, &again)?;
    ctx.line(&say!("已撤销 {shown}", "taken out: {shown}"))?;
    let n = kept.len();
    if n > 0 {
        ctx.line(&say!(
            "{shown} 此前能打开 {n} 份记录和附件，可能已留存内容；git 历史和已有的副本里，旧密文用原来的钥匙仍能打开：",
            "{shown} could open these until now ({n}), and may have kept what they say; in git's history and in every copy, the old ciphertext still opens with the old key:"
        ))?;
        for file in &kept {
            ctx.line(&crate::text::Text::same(format!("  {file}")))?;
        }
    }
    if !again.left.is_empty() {
        ctx.note(&say!(
            "上面仍是原来密文的，撤销前能打开的人现在还能打开；请由能打开的人运行 `xuncha seal --again`",
            "what is still sealed as it was opens for whom it opened before: somebody who can open it should run `xuncha seal --again`"
        ))?;
    }
    Ok(u8::from(!again.left.is_empty()))
}

fn list(ctx: &mut Ctx) -> Result<u8> {
    let book = ctx.book()?;
    let people = &book.config.sealing.people;
    if people.is_empty() {
        ctx.note(&say!(
            "还没有人登记公钥：先 `xuncha keys new`，再 `xuncha keys add`。",
            "Nobody has a public key here yet: `xuncha keys new`, then `xuncha keys add`."
        ))?;
        return Ok(0);
    }
    let title = |h: &Holder| book.schema.actor(&h.role).unwrap_or_default().get(ctx.lang).to_string();
    let rows: Vec<(String, String, String)> = people.iter().map(|h| (h.code.clone(), title(h), h.key.to_string())).collect();
    let wide = |f: fn(&(String, String, String)) -> &str| rows.iter().map(|r| width(f(r))).max().unwrap_or(0);
    let (a, b) = (wide(|r| &r.0), wide(|r| &r.1));
    for (code, role, key) in &rows {
        writeln!(ctx.out, "{}  {}  {key}", pad(code, a), pad(role, b))?;
    }
    let direct = match book.config.sealing.direct_content {
        true => say!(
            "径送件内容：可入案卷，只封给领导小组领导",
            "content of direct-delivery items: may stand here, sealed for the leaders of the leading group alone"
        ),
        false => {
            say!("径送件内容：不入案卷，只写登记号", "content of direct-delivery items: not in the casebook, its registry number only")
        }
    };
    let text = direct.get(ctx.lang).to_string();
    writeln!(ctx.out, "{text}")?;
    Ok(0)
}

fn rotate(args: &KeyArgs, ctx: &mut Ctx) -> Result<u8> {
    let book = ctx.book()?;
    let path = args.path(ctx)?;
    outside(Some(&book), &path)?;
    let file = secret::read(&path)?;
    let passphrase = args.passphrase(ctx, &say!("钥匙的口令（新钥匙沿用）：", "passphrase of the key (the new one keeps it): "))?;
    let old_key = secret::open(&path, &file, &passphrase)?;
    let named = |end: &str| {
        let mut name = path.file_name().unwrap_or_default().to_os_string();
        name.push(end);
        path.with_file_name(name)
    };
    let (fresh, stale) = (named(".new"), named(&format!(".old-{}", ctx.today)));
    // A run that was cut off left its new key, for which things may be sealed and which may be entered already.
    let begun = match fresh.is_file() {
        true => Some(secret::open(&fresh, &secret::read(&fresh)?, &passphrase)?),
        false => None,
    };
    let entered = |k: &Key| book.config.sealing.people.iter().find(|h| h.key == k.public());
    let Some(holder) = entered(&old_key).or_else(|| begun.as_ref().and_then(entered)) else {
        return Err(fail(say!(
            "xuncha.toml 里没有登记这把钥匙的公钥，没有更换",
            "the public half of this key is not entered in xuncha.toml; nothing was changed"
        )));
    };
    if stale.symlink_metadata().is_ok() {
        let shown = stale.display();
        return Err(fail(say!(
            "{shown} 已经有了：今天换过一次，请先把它移走",
            "{shown} is there already, from a change earlier today: move it away first"
        )));
    }
    let lock = book.lock()?;
    let key = match begun {
        Some(key) => key,
        None => {
            let key = Key::generate();
            store(&key, &passphrase, &fresh)?;
            key
        }
    };
    let mut sealing = book.config.sealing.clone();
    for h in sealing.people.iter_mut().filter(|h| h.code == holder.code) {
        h.key = key.public();
    }
    let files = reseal::sealed(&book, &Where::Book);
    let mut again = reseal::reseal(&book, ctx, &files, &sealing, &old_key, &lock)?;
    // What the cut-off run sealed anew opens with the new key.
    let rest: Vec<String> = std::mem::take(&mut again.left).into_iter().map(|(f, _)| f).collect();
    let more = reseal::reseal(&book, ctx, &rest, &sealing, &key, &lock)?;
    again.done.extend(more.done);
    again.left = more.left;
    if holder.key != key.public() {
        let text = settings(&book)?;
        let new = holders::exchange(&text, holder, &key.public().to_string()).map_err(fail)?;
        book.replace(MARKER, &text, &new)?;
    }
    let moved = std::fs::rename(&path, &stale).and_then(|()| std::fs::rename(&fresh, &path));
    moved.map_err(|e| write::failed(&path.display().to_string(), &e))?;
    seal::report(ctx, &again)?;
    let (code, shown, old) = (&holder.code, path.display(), stale.display());
    ctx.line(&say!("{code} 的钥匙已更换：{shown}", "the key of {code} is a new one: {shown}"))?;
    ctx.line(&say!(
        "旧钥匙在 {old}：git 历史里的旧密文只有它能打开；确认不再需要后销毁。",
        "the old key is {old}: it alone opens the old ciphertext in git's history; destroy it when that is no longer needed."
    ))?;
    Ok(u8::from(!again.left.is_empty()))
}
