//! `seal`: turns the plain text of sealed fields into ciphertext.

use super::ctx::fail;
use super::secret::KeyArgs;
use super::{Ctx, reseal};
use crate::casebook::journal::Step;
use crate::casebook::{Casebook, cipher, readers};
use crate::say;
use crate::text::{Bilingual, Text};
use anyhow::Result;
use chrono::NaiveDate;

/// 把密封字段的明文换成密文，只有该看的人能打开 | turn the plain text of sealed fields into ciphertext for those who may read it
#[derive(clap::Args)]
pub struct Args {
    /// 记录的文件，或案卷、轮次；不写则为所在文件夹 | a record's file, or a case or round; by default where you are
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
    let one = match &args.target {
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
    let files = |wanted: &dyn Fn(&crate::kind::Record) -> bool| match (&one, &place) {
        (Some(file), _) => vec![file.clone()],
        (None, Some(place)) => reseal::records(&book, place, wanted),
        (None, None) => Vec::new(),
    };
    let (mut sealed, mut left) = (0, 0);
    let (mut steps, mut told) = (Vec::new(), Vec::new());
    for file in files(&plain) {
        match one_file(&book, ctx.today, &file) {
            Ok(None) => {}
            Ok(Some(one)) => {
                steps.push(one.step);
                told.push((one.done, one.without));
            }
            Err(e) => {
                left += 1;
                let why = e.downcast_ref::<Bilingual>().map_or_else(|| Text::same(e.to_string()), |b| b.0.clone());
                let (zh, en) = (why.zh, why.en);
                ctx.note(&say!("{file}：没有密封：{zh}", "{file}: not sealed: {en}"))?;
            }
        }
    }
    book.together(&lock, &steps)?;
    for (done, without) in &told {
        sealed += 1;
        ctx.line(done)?;
        without.iter().try_for_each(|w| ctx.note(w))?;
    }
    if let Some(key) = &key {
        let all = files(&|r| reseal::is_sealed(&book, r));
        let again = reseal::reseal(&book, ctx, &all, &book.config.sealing, key)?;
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

/// A record that is to be sealed.
struct Sealed {
    step: Step,
    /// What is said when it is done.
    done: Text,
    /// Who ought to be able to open it, and cannot.
    without: Option<Text>,
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
    let without = (!readers.without.is_empty()).then(|| {
        let (zh, en) = (readers.without.join("、"), readers.without.join(", "));
        say!("  没有登记公钥，打不开：{zh}（`xuncha keys add`）", "  without a public key, so unable to open it: {en} (`xuncha keys add`)")
    });
    Ok(Some(Sealed { step: Step::amend(&open, &changed.text), done, without }))
}
