//! `open`: prints a record with its sealed fields opened.

use super::Ctx;
use super::ctx::fail;
use super::secret::KeyArgs;
use crate::casebook::cipher;
use crate::say;
use crate::seal::Shut;
use crate::text::Text;
use anyhow::Result;

/// 打印一份记录，密封字段解开；不写任何文件 | print a record with its sealed fields opened; writes no file
#[derive(clap::Args)]
pub struct Args {
    /// 记录的文件 | the record's file
    #[arg(value_name = "FILE")]
    file: String,
    #[command(flatten)]
    key: KeyArgs,
}

/// Exit 1 where a part stays shut, 2 where all of it does.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    let book = ctx.book()?;
    let open = book.open_record(&ctx.dir, &args.file)?;
    let record = &open.record;
    if cipher::leaves(&book.schema, record).iter().all(|l| l.plain) {
        print(ctx, record.tree.text())?;
        let file = &record.file;
        ctx.note(&say!("{file} 里没有密文", "{file} holds no ciphertext"))?;
        return Ok(0);
    }
    let key = args.key.unlock(ctx)?;
    let (changed, _) = cipher::opened(&book.schema, record, &key).map_err(fail)?;
    if changed.count == 0 {
        return Err(fail(all_shut(&record.file, &changed.shut)));
    }
    print(ctx, &changed.text)?;
    note_shut(ctx, &changed.shut)?;
    Ok(u8::from(!changed.shut.is_empty()))
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
