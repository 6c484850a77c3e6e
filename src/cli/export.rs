//! `export --public`: a casebook that may leave the house.

use super::ctx::fail;
use super::{Ctx, Format};
use crate::finding::Finding;
use crate::public::export::{self, Outcome};
use crate::render;
use crate::say;
use crate::text::Lang;
use anyhow::Result;

/// 导出可以离开本单位的案卷：人员、单位、记录改编号，去掉文字和附件，并逐一核验 | a casebook that may leave the house: numbers for people, units and records, no texts, no attachments, and proved so
#[derive(clap::Args)]
#[command(override_usage = "xuncha export --public <DIR>")]
pub struct Args {
    /// 写到这个文件夹（不存在或为空，在案卷之外） | the folder to write (new or empty, outside the casebook)
    #[arg(value_name = "DIR")]
    dir: std::path::PathBuf,
}

/// Exit 1 where something was found in the result, or a record of the source cannot be read; nothing is left behind then.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    ctx.format(&[Format::Table])?;
    if !ctx.public {
        return Err(fail(say!(
            "只有供外部使用的导出：xuncha export --public 文件夹（全部内容请直接复制案卷文件夹）",
            "there is only an export for others: xuncha export --public DIR (to keep everything, copy the folder)"
        )));
    }
    let book = ctx.book()?;
    let dir = ctx.dir.join(&args.dir);
    let shown = crate::text::safe(&args.dir.display().to_string()).into_owned();
    let lang = book.config.language.unwrap_or(Lang::Zh);
    let (findings, texts) = match export::write(&book, &dir, lang)? {
        Outcome::Done { records, files, removed } => {
            ctx.line(&say!("已导出到 {shown}：{records} 份记录", "exported to {shown}: {records} records"))?;
            ctx.line(&say!(
                "已核验 {files} 个文件：守卫没有发现，{removed} 个去掉的文字和名称无一出现",
                "{files} files looked through: nothing found by the guard, none of {removed} texts and names that were taken out"
            ))?;
            ctx.note(&say!(
                "日期、数目和分类仍在，知情人可能据以推断：交出之前请看 docs/public.zh.md",
                "dates, counts and classes are still there, and who was part of it may guess from them: read docs/public.md before handing it on"
            ))?;
            return Ok(0);
        }
        Outcome::Unread(findings) => {
            ctx.note(&say!("有记录读不了，没有导出：", "records cannot be read, so nothing was exported:"))?;
            (findings, Default::default())
        }
        Outcome::Refused(proof) => {
            ctx.note(&say!("核验没有通过，没有导出：", "the proof failed, so nothing was exported:"))?;
            (proof.findings, proof.texts)
        }
    };
    let mut sources = render::Sources::new(&book.root).within(ctx.width).quiet();
    for (file, text) in texts {
        sources.put(&file, text);
    }
    let list: Vec<&Finding> = findings.iter().collect();
    render::any_findings(ctx.out, &list, &mut sources, Format::Table, ctx.lang, ctx.color)?;
    Ok(1)
}
