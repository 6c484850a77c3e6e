//! `event`: records that something happened.

use super::ctx::fail;
use super::{Ctx, target};
use crate::assess::stage::ADVANCE;
use crate::casebook::names::Where;
use crate::casebook::{Casebook, Folder};
use crate::procedure::Procedure;
use crate::say;
use crate::text::nearest;
use anyhow::Result;

/// 记录一个节点：什么事、哪一天 | record that an event happened
#[derive(clap::Args)]
#[command(override_usage = "xuncha event [CASE] <EVENT> <DATE> [--by <ROLE>] [--note <TEXT>]")]
pub struct Args {
    /// 案卷或轮次；在其文件夹内可不写 | the case or round; not needed inside its folder
    #[arg(value_name = "CASE")]
    case: String,
    /// 节点，如 withdrawal、撤离驻地 | the event, as in withdrawal
    #[arg(value_name = "EVENT")]
    event: String,
    /// 发生日期，如 2020-09-18 | when, as in 2020-09-18
    #[arg(value_name = "DATE")]
    date: Option<String>,
    /// 谁记的（角色） | who records it (a role)
    #[arg(long, value_name = "ROLE")]
    by: Option<String>,
    /// 说明 | a note
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

/// Exit 2 where the same event is recorded for the same day already.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    let book = ctx.book()?;
    let (case, event, date) = match &args.date {
        Some(date) => (Some(args.case.as_str()), &args.event, date),
        None => (None, &args.case, &args.event),
    };
    // Two words of which the second is no date: the date was forgotten, not the case.
    if case.is_none() && target::day(date.trim()).is_err() && ctx.place(&book, Some(event)).is_ok() {
        let (at, what) = (crate::text::safe(event).into_owned(), crate::text::safe(date).into_owned());
        return Err(fail(say!("没有写发生日期：xuncha event {at} {what} 日期", "its date is missing: xuncha event {at} {what} DATE")));
    }
    let place = ctx.place(&book, case)?;
    let p = target::procedure_of(&book, &place);
    let event = &p.events[find(&p, event)?];
    let date = date.trim().replace(' ', "T");
    let day = target::day(&date)?;
    let by = args.by.as_deref().map(|by| target::role(&book, by, "--by")).transpose()?;
    let (place, team) = target::scoped(&book, &place, event.scope, &event.title)?;
    let (zh, en) = (&event.title.zh, &event.title.en);
    let _lock = book.lock()?;
    let known = recorded(&book, &place, &event.id, &event.title.zh, team.as_deref());
    if let Some((file, on)) = known.iter().find(|(_, on)| crate::kind::bind::time(on) == crate::kind::bind::time(&date)) {
        return Err(fail(say!("“{zh}”（{on}）已经记过：{file}", "“{en}” ({on}) is recorded already: {file}")));
    }
    let new = target::New {
        kind: "milestone",
        place,
        stem: format!("{day}-{}", event.id),
        fields: vec![
            ("event", event.id.clone()),
            ("date", date.clone()),
            ("by", by.unwrap_or_default()),
            ("note", args.note.unwrap_or_default()),
            ("team", team.unwrap_or_default()),
        ],
    };
    let rel = target::write(&book, ctx, &new)?;
    ctx.line(&say!("已记录：{zh} {date}（{rel}）", "recorded: {en} {date} ({rel})"))?;
    for (file, on) in known {
        ctx.note(&say!(
            "注意：“{zh}”另记有 {on}（{file}），以较早的一条计算；核实后删去一条",
            "note: “{en}” is also recorded for {on} ({file}); the earlier one counts. Find out which is right and delete the other"
        ))?;
    }
    if day > ctx.today {
        let today = ctx.today;
        ctx.note(&say!("注意：{day} 还没有到（今天是 {today}）", "note: {day} is still to come (today is {today})"))?;
    }
    Ok(0)
}

/// The event of that id or title; else a refusal with a suggestion.
fn find(p: &Procedure, name: &str) -> Result<usize> {
    let word = name.trim();
    if word == ADVANCE {
        return Err(fail(say!("转阶段请用 `xuncha advance`", "use `xuncha advance` to change the stage")));
    }
    let english = || p.events.iter().position(|e| e.title.en.eq_ignore_ascii_case(word));
    p.event(word).or_else(english).ok_or_else(|| {
        let shown = crate::text::safe(word).into_owned();
        fail(match nearest(word, p.events.iter().flat_map(|e| [e.id.as_str(), e.title.zh.as_ref()])) {
            Some(near) => {
                say!("规程里没有节点 `{shown}`；是否指 `{near}`？", "the procedure has no event `{shown}`; did you mean `{near}`?")
            }
            None => {
                let by_hand = || p.events.iter().filter(|e| e.from.is_empty());
                let list = by_hand().map(|e| format!("{}({})", e.title.zh, e.id)).collect::<Vec<_>>().join("、");
                let list_en = by_hand().map(|e| e.id.as_str()).collect::<Vec<_>>().join(", ");
                say!(
                    "规程里没有节点 `{shown}`；须人工记录的有：{list}",
                    "the procedure has no event `{shown}`; those recorded by hand are: {list_en}"
                )
            }
        })
    })
}

/// File and date of the milestones of an event in a place.
fn recorded(book: &Casebook, place: &Where, id: &str, title: &str, team: Option<&str>) -> Vec<(String, String)> {
    let Some(kind) = book.schema.find_kind("milestone") else { return Vec::new() };
    let folder: Folder = match place {
        Where::Case(round, case) => book.read_case(round, case).folder,
        Where::Round(round) => book.read_round(round, Some(&[])).folder,
        Where::Book => return Vec::new(),
    };
    let shape = book.schema.shape_of(kind);
    let text = |r: &crate::kind::Record, key: &str| {
        let part = shape.find(key).and_then(|i| r.root().field(i)).filter(|p| p.filled())?;
        Some(part.str().trim().to_string())
    };
    let same = |r: &&crate::kind::Record| {
        text(r, "event").is_some_and(|e| e == id || e == title) && (team.is_none() || text(r, "team").as_deref() == team)
    };
    folder.of(kind).iter().filter(same).filter_map(|r| text(r, "date").map(|d| (r.file.clone(), d))).collect()
}
