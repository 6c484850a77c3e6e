//! `confirm`: a person says what no record shows.

use super::ctx::fail;
use super::{Ctx, target};
use crate::calendar::Cycle;
use crate::casebook::Casebook;
use crate::casebook::names::Where;
use crate::say;
use anyhow::Result;

/// 由人确认一个事项（记录看不出来的事） | confirm an obligation that no record can show
#[derive(clap::Args)]
#[command(override_usage = "xuncha confirm [CASE] <OBLIGATION> --by <ROLE> [--period <PERIOD>] [--note <TEXT>]")]
pub struct Args {
    /// 案卷或轮次；在其文件夹内可不写 | the case or round; not needed inside its folder
    #[arg(value_name = "CASE")]
    case: String,
    /// 事项编号，如 XH-12-3a | the obligation, as in XH-12-3a
    #[arg(value_name = "OBLIGATION")]
    obligation: Option<String>,
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
    let (case, id) = case_and(&args.case, args.obligation.as_deref());
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
    if let Some(file) = said(&book, "confirmation", &place, id, team.as_deref(), period) {
        return Err(fail(say!("{id} 已经确认过：{file}", "{id} is confirmed already: {file}")));
    }
    let today = ctx.today;
    let new = target::New {
        kind: "confirmation",
        place,
        stem: stem(today, id, team.as_deref(), period),
        fields: vec![
            ("obligation", id.clone()),
            ("by", by.clone()),
            ("date", today.to_string()),
            ("note", args.note.unwrap_or_default()),
            ("team", team.unwrap_or_default()),
            ("period", period.map(|p| p.to_string()).unwrap_or_default()),
        ],
    };
    let (rel, text) = target::compose(&book, &new, target::record_lang(&book, ctx))?;
    book.create(&rel, &text)?;
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

/// Splits `[CASE] OBLIGATION`.
pub fn case_and<'a>(first: &'a str, second: Option<&'a str>) -> (Option<&'a str>, &'a str) {
    match second {
        Some(id) => (Some(first), id),
        None => (None, first),
    }
}

/// The file name of what is said about an obligation on a day.
pub fn stem(day: chrono::NaiveDate, id: &str, team: Option<&str>, period: Option<Cycle>) -> String {
    let id: String = id.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let parts = [Some(format!("{day}-{id}")), team.map(str::to_string), period.map(|p| p.to_string().to_lowercase())];
    parts.into_iter().flatten().collect::<Vec<_>>().join("-")
}

/// The file in which a confirmation, or a waiver of the whole, about an obligation stands in a place already.
pub fn said(book: &Casebook, kind: &str, place: &Where, id: &str, team: Option<&str>, period: Option<Cycle>) -> Option<String> {
    let kind = book.schema.find_kind(kind)?;
    let folder = match place {
        Where::Case(round, case) => book.read_case(round, case).folder,
        Where::Round(round) => book.read_round(round, Some(&[])).folder,
        Where::Book => book.read_workspace(),
    };
    let shape = book.schema.shape_of(kind);
    let text = |r: &crate::kind::Record, key: &str| {
        let part = shape.find(key).and_then(|i| r.root().field(i)).filter(|p| p.filled())?;
        Some(part.str().trim().to_string())
    };
    folder
        .of(kind)
        .iter()
        .find(|r| {
            text(r, "obligation").is_some_and(|o| o.eq_ignore_ascii_case(id))
                && text(r, "record").is_none()
                && (team.is_none() || text(r, "team").as_deref() == team)
                && (period.is_none() || text(r, "period").and_then(|p| Cycle::parse(&p)) == period)
        })
        .map(|r| r.file.clone())
}

/// Whether a role of the procedure, or one of a set, is this one.
fn stands_for(p: &crate::procedure::Procedure, role: &str, by: &str) -> bool {
    role == by || p.sets.iter().any(|s| s.id == role && s.values.iter().any(|v| v.text == by))
}

/// A role's name.
pub fn title(book: &Casebook, p: &crate::procedure::Procedure, role: &str) -> crate::text::Text {
    crate::procedure::compile::actor_title(p, &book.schema, role)
}
