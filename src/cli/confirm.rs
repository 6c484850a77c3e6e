//! `confirm`: a person says what no record shows.

use super::ctx::fail;
use super::statement::{About, Statement};
use super::{Ctx, target};
use crate::casebook::Casebook;
use crate::say;
use anyhow::Result;

/// 由人确认一个事项（记录看不出来的事） | confirm an obligation that no record can show
#[derive(clap::Args)]
#[command(override_usage = "xuncha confirm [CASE] <OBLIGATION> --by <ROLE> [--period <PERIOD>] [--note <TEXT>]")]
pub struct Args {
    #[command(flatten)]
    about: About,
    /// 谁确认（角色） | who confirms it (a role)
    #[arg(long, value_name = "ROLE")]
    by: String,
    /// 哪一期（按季度、半年、年重复的事项），如 2010Q3、2010H1、2010 | which period, of an obligation that comes back: 2010Q3, 2010H1, 2010
    #[arg(long, value_name = "PERIOD")]
    period: Option<String>,
    /// 说明 | a note
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

/// Exit 2 where it is confirmed already, or where no confirmation is asked for.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    let book = ctx.book()?;
    let (case, id) = args.about.parts();
    let place = ctx.place(&book, case)?;
    let p = target::procedure_of(&book, &place);
    let o = target::obligation(&p, id)?;
    let by = target::role(&book, &args.by, "--by")?;
    let id = &o.id;
    let Some(role) = &o.confirm else {
        return Err(fail(say!(
            "{id} 由记录判断，不靠确认；没有照办的，用 `xuncha waive` 记下批准和理由",
            "{id} is decided by records, not by a confirmation; for a deviation use `xuncha waive`"
        )));
    };
    let (place, team) = target::scoped(&book, &place, o.scope, &o.text)?;
    let period = target::period(o, args.period.as_deref(), ctx.today)?;
    let _lock = book.lock()?;
    let new = Statement { kind: "confirmation", id, place, team, period };
    if let Some(file) = new.already(&book) {
        return Err(fail(say!("{id} 已经确认过：{file}", "{id} is confirmed already: {file}")));
    }
    let new = new.record(ctx.today, vec![("by", by.clone()), ("note", args.note.unwrap_or_default())]);
    let rel = target::write(&book, ctx, &new)?;
    let (zh, en) = (&o.text.zh, &o.text.en);
    ctx.line(&say!("已确认 {id}：{zh}（{rel}）", "confirmed {id}: {en} ({rel})"))?;
    if !role.split('|').any(|r| stands_for(&p, r.trim(), &by)) {
        let (want, got) = (title(&book, &p, role), title(&book, &p, &by));
        let (want_zh, got_zh, want_en, got_en) = (want.zh, got.zh, want.en, got.en);
        ctx.note(&say!(
            "注意：规程要求由{want_zh}确认，现记为{got_zh}",
            "note: the procedure asks {want_en} to confirm it; {got_en} is recorded"
        ))?;
    }
    Ok(0)
}

/// Whether a role of the procedure, or one of a set, is this one.
fn stands_for(p: &crate::procedure::Procedure, role: &str, by: &str) -> bool {
    role == by || p.sets.iter().any(|s| s.id == role && s.values.iter().any(|v| v.text == by))
}

/// A role's name.
pub fn title(book: &Casebook, p: &crate::procedure::Procedure, role: &str) -> crate::text::Text {
    crate::procedure::compile::actor_title(p, &book.schema, role)
}
