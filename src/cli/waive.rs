//! `waive`: a recorded deviation from an obligation.

use super::ctx::fail;
use super::statement::{About, Statement};
use super::{Ctx, target};
use crate::say;
use anyhow::Result;

/// 记录经批准未照办的事项和理由 | record that an obligation is set aside, by whom and why
#[derive(clap::Args)]
#[command(override_usage = "xuncha waive [CASE] <OBLIGATION> --by <ROLE> --reason <TEXT> [--period <PERIOD>] [--record <FILE>]")]
pub struct Args {
    #[command(flatten)]
    about: About,
    /// 谁批准（角色） | who allowed it (a role)
    #[arg(long, value_name = "ROLE")]
    by: String,
    /// 理由 | why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// 哪一期（按季度、半年、年重复的事项），如 2010Q3、2010H1、2010 | which period, of an obligation that comes back: 2010Q3, 2010H1, 2010
    #[arg(long, value_name = "PERIOD")]
    period: Option<String>,
    /// 只豁免这一份记录 | only for this record
    #[arg(long, value_name = "FILE")]
    record: Option<String>,
}

/// Exit 2 where it is waived already.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    let book = ctx.book()?;
    let (case, id) = args.about.parts();
    let open = args.record.as_deref().map(|file| book.open_record(&ctx.dir, file)).transpose()?;
    let mut place = ctx.place(&book, case)?;
    if let (None, Some(open)) = (case, &open) {
        // A record says itself where it belongs.
        place = ctx.place(&book, Some(&book.root.join(&open.record.file).display().to_string()))?;
    }
    let p = target::procedure_of(&book, &place);
    let o = target::obligation(&p, id)?;
    let by = target::role(&book, &args.by, "--by")?;
    if args.reason.trim().is_empty() {
        return Err(fail(say!("豁免必须写明理由（--reason）", "a waiver needs its reason (--reason)")));
    }
    let id = &o.id;
    let (place, team) = target::scoped(&book, &place, o.scope, &o.text)?;
    let period = target::period(o, args.period.as_deref(), ctx.today)?;
    let _lock = book.lock()?;
    let new = Statement { kind: "waiver", id, place, team, period };
    if let Some(file) = open.is_none().then(|| new.already(&book)).flatten() {
        return Err(fail(say!("{id} 已经豁免：{file}", "{id} is waived already: {file}")));
    }
    let record = open.map(|o| reference(&o.record)).unwrap_or_default();
    let new = new.record(ctx.today, vec![("record", record), ("by", by), ("reason", args.reason.trim().to_string())]);
    let rel = target::write(&book, ctx, &new)?;
    let (zh, en) = (&o.text.zh, &o.text.en);
    ctx.line(&say!("已豁免 {id}：{zh}（{rel}）", "waived {id}: {en} ({rel})"))?;
    Ok(0)
}

/// How a record of the same round is named in another: by kind and id.
fn reference(record: &crate::kind::Record) -> String {
    let file = record.file.trim_end_matches(".yaml");
    let mut parts = file.rsplit('/');
    let id = parts.next().unwrap_or(file);
    match parts.next() {
        Some(kind) if *kind != record.home.case && *kind != record.home.round => format!("{kind}/{id}"),
        _ => id.to_string(),
    }
}
