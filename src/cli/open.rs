//! `open`: prints a record with its sealed fields opened, or a sealed attachment; or puts it into a file of the user's own.

use super::Ctx;
use super::ctx::fail;
use super::private::within;
use super::secret::KeyArgs;
use crate::casebook::write::create_private;
use crate::casebook::{Casebook, attached, cipher};
use crate::say;
use crate::seal::{self, Shut};
use crate::text::Text;
use anyhow::Result;
use std::path::{Path, PathBuf};

/// 打印一份记录或密封的附件，解开密封；不用 --to 就不写文件 | print a record with its sealed fields opened, or a sealed attachment; without --to it writes no file
#[derive(clap::Args)]
pub struct Args {
    /// 记录或附件的文件 | the file of a record or an attachment
    #[arg(value_name = "FILE")]
    file: String,
    /// 不打印，写成案卷之外的文件（或放进文件夹），仅本人可读 | write it to a file, or into a folder, outside the casebook, readable by you alone, instead of printing it
    #[arg(long, value_name = "PATH")]
    to: Option<PathBuf>,
    #[command(flatten)]
    key: KeyArgs,
}

/// Exit 1 where a part stays shut, 2 where all of it does.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    let book = ctx.book()?;
    if let Some(rel) = book.attachment(&ctx.dir, &args.file) {
        return attachment(&args, ctx, &book, &rel);
    }
    let open = book.open_record(&ctx.dir, &args.file)?;
    let name = open.record.file.rsplit('/').next().unwrap_or_default().to_string();
    let to = args.to.as_deref().map(|to| outlet(ctx, &book, to, &name)).transpose()?;
    let record = &open.record;
    if cipher::leaves(&book.schema, record).iter().all(|l| l.plain) {
        give(ctx, record.tree.text(), to.as_deref())?;
        let file = &record.file;
        ctx.note(&say!("{file} 里没有密文", "{file} holds no ciphertext"))?;
        return Ok(0);
    }
    let key = args.key.unlock(ctx)?;
    let (changed, _) = cipher::opened(&book.schema, record, &key).map_err(fail)?;
    if changed.count == 0 {
        return Err(fail(all_shut(&record.file, &changed.shut)));
    }
    give(ctx, &changed.text, to.as_deref())?;
    note_shut(ctx, &changed.shut)?;
    Ok(u8::from(!changed.shut.is_empty()))
}

/// Exit 2 where it stays shut.
fn attachment(args: &Args, ctx: &mut Ctx, book: &Casebook, rel: &str) -> Result<u8> {
    let sealed = attached::read(book, rel)?;
    let shown = crate::text::safe(rel).into_owned();
    if !seal::is_sealed_file(&sealed) {
        return Err(fail(say!("{shown} 没有密封，直接打开即可", "{shown} is not sealed: open it as it is")));
    }
    let plain_name = rel.rsplit('/').next().unwrap_or(rel);
    let plain_name = plain_name.strip_suffix(attached::SEALED).unwrap_or(plain_name);
    let to = args.to.as_deref().map(|to| outlet(ctx, book, to, plain_name)).transpose()?;
    let key = args.key.unlock(ctx)?;
    let plain = seal::open_file(&sealed, &key).map_err(|why| fail(all_shut(&shown, &[(Text::default(), why)])))?;
    let now = crate::draw::sha256(&sealed);
    let other = |r: &attached::Reference| r.path == rel && r.sha256.as_ref().is_some_and(|(h, _)| !h.eq_ignore_ascii_case(&now));
    if book.naming(rel).iter().any(|r| attached::references(&book.schema, r).iter().any(other)) {
        ctx.note(&say!(
            "注意：它不是记录所写校验值的那一份，内容可能被换过",
            "note: this is not the file whose hash the record gives; it may have been exchanged"
        ))?;
    }
    match (to, std::str::from_utf8(&plain)) {
        (Some(to), _) => save(ctx, &plain, &to)?,
        (None, Ok(text)) if !text.contains('\0') => print(ctx, text.trim_start_matches('\u{feff}'))?,
        (None, _) => {
            return Err(fail(say!(
                "{shown} 不是文字，不能打印；用 --to 写到案卷之外",
                "{shown} is no text to print: write it to a place outside the casebook with --to"
            )));
        }
    }
    Ok(0)
}

/// The file that `--to` means: it must be new, and outside the casebook, where it would be committed.
fn outlet(ctx: &Ctx, book: &Casebook, to: &Path, name: &str) -> Result<PathBuf> {
    let to = ctx.dir.join(to);
    let path = if to.is_dir() { to.join(name) } else { to };
    if within(book, &path) {
        return Err(fail(say!(
            "明文不能写进案卷：会被提交、拷走；--to 请写案卷之外的地方",
            "plain text must not be written into the casebook, with which it would be committed and copied: give --to a place outside"
        )));
    }
    if path.symlink_metadata().is_ok() {
        let shown = path.display();
        return Err(fail(say!("{shown} 已经有了，不覆盖", "{shown} is there already and is not overwritten")));
    }
    Ok(path)
}

fn give(ctx: &mut Ctx, text: &str, to: Option<&Path>) -> Result<()> {
    match to {
        Some(to) => save(ctx, text.as_bytes(), to),
        None => print(ctx, text),
    }
}

fn save(ctx: &mut Ctx, bytes: &[u8], to: &Path) -> Result<()> {
    let shown = to.display().to_string();
    create_private(to, bytes, &shown)?;
    ctx.note(&say!(
        "明文已写到 {shown}，仅本人可读；看完删去，不要放回案卷",
        "the plain text is in {shown}, readable by you alone; delete it when you have read it, and do not put it back into the casebook"
    ))
}

/// Nothing that a colleague typed may steer the terminal.
fn print(ctx: &mut Ctx, text: &str) -> Result<()> {
    for line in text.lines() {
        let line = crate::text::safe(line);
        writeln!(ctx.out, "{line}")?;
    }
    Ok(())
}

/// Why a record stays shut altogether.
pub fn all_shut(file: &str, shut: &[(Text, Shut)]) -> Text {
    let why = shut.first().map_or_else(Text::default, |(_, why)| why.text());
    let (zh, en) = (why.zh, why.en);
    say!("打不开 {file}：{zh}", "{file} does not open: {en}")
}

/// Names the fields that stay shut.
pub fn note_shut(ctx: &mut Ctx, shut: &[(Text, Shut)]) -> Result<()> {
    for (label, why) in shut {
        let why = why.text();
        let (zh, en) = (why.zh, why.en);
        let (field_zh, field_en) = (&label.zh, &label.en);
        ctx.note(&say!("字段“{field_zh}”仍是密文：{zh}", "the field `{field_en}` stays ciphertext: {en}"))?;
    }
    Ok(())
}
