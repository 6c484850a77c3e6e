//! `seal`: turns the plain text of sealed fields, and attachments, into ciphertext.

use super::ctx::fail;
use super::secret::KeyArgs;
use super::{Ctx, reseal};
use crate::casebook::journal::Step;
use crate::casebook::write::Lock;
use crate::casebook::{Casebook, attached, cipher, envelope, readers};
use crate::say;
use crate::text::Text;
use anyhow::Result;
use chrono::NaiveDate;

/// 把密封字段的明文和附件换成密文，只有该看的人能打开 | turn the plain text of sealed fields, and attachments, into ciphertext for those who may read it
#[derive(clap::Args)]
pub struct Args {
    /// 记录或附件的文件，或案卷、轮次；不写则为所在文件夹 | the file of a record or an attachment, or a case or round; by default where you are
    #[arg(value_name = "FILE|CASE")]
    target: Option<String>,
    /// 已是密文的，也按现在可读的人重新密封（要用钥匙） | seal what is ciphertext already anew, for those who may read it now (needs a key)
    #[arg(long)]
    again: bool,
    #[command(flatten)]
    key: KeyArgs,
}

/// Exit 1 where something was left as it is.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    let book = ctx.book()?;
    let is_file = |t: &str| [ctx.dir.join(t), book.root.join(t)].iter().any(|p| p.is_file()) || t.ends_with(".yaml") || t.ends_with(".yml");
    let attachment = args.target.as_deref().and_then(|t| book.attachment(&ctx.dir, t));
    let one = match &args.target {
        Some(_) if attachment.is_some() => attachment.clone(),
        Some(t) if is_file(t) => Some(book.open_record(&ctx.dir, t)?.record.file),
        _ => None,
    };
    let place = match &one {
        Some(_) => None,
        None => Some(ctx.place(&book, args.target.as_deref())?),
    };
    let key = if args.again { Some(args.key.unlock(ctx)?) } else { None };
    let lock = book.lock()?;
    let plain = |r: &crate::kind::Record| cipher::leaves(&book.schema, r).iter().any(|l| l.plain);
    let open = |r: &attached::Reference| r.closed && !reseal::is_sealed_file(r);
    let files = match (&one, &place) {
        // What is ciphertext already is for `--again`.
        (Some(file), _) if attachment.is_some() && file.ends_with(attached::SEALED) => Vec::new(),
        (Some(file), _) => vec![file.clone()],
        (None, Some(place)) => {
            let mut files = reseal::records(&book, place, plain);
            files.extend(reseal::attachments(&book, place, open));
            files
        }
        (None, None) => Vec::new(),
    };
    let (papers, records): (Vec<String>, Vec<String>) = files.into_iter().partition(|f| attached::home(f).is_some());
    let (mut sealed, mut left) = (0, 0);
    let (mut steps, mut told) = (Vec::new(), Vec::new());
    for file in records {
        match one_file(&book, ctx.today, &file) {
            Ok(None) => {}
            Ok(Some(one)) => {
                steps.push(one.step);
                told.push((one.done, one.readers));
            }
            Err(e) => {
                left += 1;
                not_sealed(ctx, &file, &e)?;
            }
        }
    }
    book.together(&lock, &steps)?;
    for (done, readers) in &told {
        sealed += 1;
        ctx.line(done)?;
        without(ctx, readers)?;
    }
    for file in papers {
        match one_attachment(&book, ctx, &file, &lock) {
            Ok(()) => sealed += 1,
            Err(e) => {
                left += 1;
                not_sealed(ctx, &file, &e)?;
            }
        }
    }
    if let Some(key) = &key {
        let all = match (one, &place) {
            (Some(file), _) => vec![file],
            (None, Some(place)) => reseal::sealed(&book, place),
            (None, None) => Vec::new(),
        };
        let all: Vec<String> = all.into_iter().filter(|f| attached::home(f).is_none() || f.ends_with(attached::SEALED)).collect();
        let again = reseal::reseal(&book, ctx, &all, &book.config.sealing, key, &lock)?;
        sealed += again.done.len();
        left += again.left.len();
        report(ctx, &again)?;
    }
    if sealed == 0 && left == 0 {
        ctx.note(&say!("没有要密封的明文。", "There is no plain text to seal."))?;
    }
    Ok(u8::from(left > 0))
}

/// Prints what was sealed anew and what was not.
pub fn report(ctx: &mut Ctx, again: &reseal::Resealed) -> Result<()> {
    for (file, n) in &again.done {
        ctx.line(&say!("已重新密封 {file}：{n} 处", "sealed anew: {file}: {n}"))?;
    }
    for (file, why) in &again.left {
        let (zh, en) = (&why.zh, &why.en);
        ctx.note(&say!("{file}：仍是原来的密文：{zh}", "{file}: still sealed as it was: {en}"))?;
    }
    Ok(())
}

fn not_sealed(ctx: &mut Ctx, file: &str, e: &anyhow::Error) -> Result<()> {
    let why = reseal::why(e);
    let (zh, en) = (why.zh, why.en);
    ctx.note(&say!("{file}：没有密封：{zh}", "{file}: not sealed: {en}"))
}

/// A record that is to be sealed.
struct Sealed {
    step: Step,
    /// What is said when it is done.
    done: Text,
    readers: readers::Readers,
}

/// Seals what is plain in one record; gives none where nothing is.
fn one_file(book: &Casebook, today: NaiveDate, file: &str) -> Result<Option<Sealed>> {
    let open = book.reopen(file)?;
    let record = &open.record;
    let labels: Vec<Text> = cipher::leaves(&book.schema, record).into_iter().filter(|l| l.plain).map(|l| l.label).collect();
    if labels.is_empty() {
        return Ok(None);
    }
    let readers = readers::readers(book, &book.config.sealing, record, today).map_err(fail)?;
    let changed = cipher::shut(&book.schema, record, &readers.keys(), cipher::Known::new()).map_err(fail)?;
    if cipher::stands_open(book, &open, &changed.text) {
        return Err(fail(cipher::refused()));
    }
    let (mut zh, mut en): (Vec<&str>, Vec<&str>) = labels.iter().map(|l| (l.zh.as_ref(), l.en.as_ref())).unzip();
    zh.dedup();
    en.dedup();
    let (zh, en, n) = (zh.join("、"), en.join(", "), changed.count);
    let codes = readers.codes();
    let (who, who_en) = (codes.join("、"), codes.join(", "));
    let done = say!("已密封 {file}：{n} 处（{zh}）；可读：{who}", "sealed {file}: {n} ({en}); readable by {who_en}");
    Ok(Some(Sealed { step: Step::amend(&open, &changed.text), done, readers }))
}

/// Seals one attachment.
fn one_attachment(book: &Casebook, ctx: &mut Ctx, file: &str, lock: &Lock) -> Result<()> {
    let readers = envelope::shut(book, lock, file, ctx.today)?;
    let codes = readers.codes();
    let (who, who_en, end) = (codes.join("、"), codes.join(", "), attached::SEALED);
    ctx.line(&say!("已密封附件 {file}{end}；可读：{who}", "sealed the attachment {file}{end}; readable by {who_en}"))?;
    ctx.line(&say!(
        "  明文文件已删去；若提交过 git，或磁盘、备份里有过它，那里仍会留存",
        "  the plain file is gone from the folder; where it was committed, git's history keeps it, and so may the disk and backups"
    ))?;
    without(ctx, &readers)
}

/// Names those who ought to read it and cannot.
fn without(ctx: &mut Ctx, readers: &readers::Readers) -> Result<()> {
    if !readers.without.is_empty() {
        let (zh, en) = (readers.without.join("、"), readers.without.join(", "));
        ctx.note(&say!(
            "  没有登记公钥，打不开：{zh}（`xuncha keys add`）",
            "  without a public key, so unable to open it: {en} (`xuncha keys add`)"
        ))?;
    }
    Ok(())
}
