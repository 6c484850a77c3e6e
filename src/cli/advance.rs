//! `advance`: through the gate into the next stage, or what keeps it shut.

use super::ctx::fail;
use super::statement::Statement;
use super::{Ctx, Format, confirm, target};
use crate::assess::{self, Assessment, Request, gate, stage, todo};
use crate::casebook::Casebook;
use crate::casebook::journal::Step;
use crate::casebook::names::Where;
use crate::procedure::{Procedure, Scope};
use crate::say;
use crate::text::{Lang, Text, list_text, nearest};
use anyhow::Result;
use serde_json::{Value, json};

/// 进入下一阶段；不能进入时说明还缺什么、谁办、怎么办 | go on to the next stage, or hear what keeps its gate shut
#[derive(clap::Args)]
pub struct Args {
    /// 案卷；在其文件夹内可不写 | the case; not needed inside its folder
    #[arg(value_name = "CASE")]
    case: Option<String>,
    /// 要进入的阶段 | the stage to enter
    #[arg(long, value_name = "STAGE")]
    to: Option<String>,
    /// 未办的事项记为豁免，照样进入 | waive what is not done and go on
    #[arg(long, requires = "reason")]
    force: bool,
    /// 强行进入的理由 | why it is forced
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// 谁决定（角色） | who decides (a role)
    #[arg(long, value_name = "ROLE")]
    by: Option<String>,
}

/// Exit 1 where the gate stays shut.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    let format = ctx.format(&[Format::Table, Format::Json])?;
    let book = ctx.book()?;
    let place = ctx.place(&book, args.case.as_deref())?;
    let Where::Case(round, case) = &place else {
        return Err(fail(match place.round() {
            Some(r) => say!("阶段是逐个案卷的，请写明，如 `{r}/单位`", "stages belong to a case: name it, as in `{r}/UNIT`"),
            None => say!("请写明案卷，如 `2020-1/单位`，或进入它的文件夹", "name the case, as in `2020-1/UNIT`, or go into its folder"),
        }));
    };
    let by = args.by.as_deref().map(|by| target::role(&book, by, "--by")).transpose()?;
    let reason = args.reason.as_deref().map(str::trim).unwrap_or_default().to_string();
    if args.force && reason.is_empty() {
        return Err(fail(say!("强行进入必须写明理由（--reason）", "to force a gate needs a reason (--reason)")));
    }
    let lock = book.lock()?;
    let report = assess::run(&book, &Request { places: vec![Where::Round(round.clone())], today: ctx.today, cache: ctx.cache });
    let read = report.rounds.first().and_then(|r| r.cases.iter().find(|c| &c.name == case).map(|c| (r, c)));
    let Some((r, c)) = read else { return Err(fail(say!("读不到案卷 {round}/{case}", "the case {round}/{case} cannot be read"))) };
    let p = &report.procedures[r.procedure];
    let gate = gate::next(p, r, c);
    let here: Vec<usize> = c.here().collect();
    if gate.enter.is_empty() {
        let at = stages(p, &here);
        let (zh, en) = (at.zh, at.en);
        return Err(fail(say!(
            "{round}/{case} 已在{zh}，后面没有可进入的阶段",
            "{round}/{case} is in {en}; no stage can be entered from there"
        )));
    }
    if let Some(to) = &args.to {
        reachable(p, &gate.enter, to)?;
    }
    let v = View { book: &book, p, round: r, place: &place, gate: &gate };
    if let [first, ..] = gate.unread.as_slice() {
        let n = gate.unread.len();
        return Err(fail(say!(
            "有{n}个文件读不了，先改正再进入下一阶段：{first}（详见 `xuncha check`）",
            "{n} files cannot be read; mend them before going on: {first} (see `xuncha check`)"
        )));
    }
    if !gate.shut.is_empty() && !args.force {
        match format {
            Format::Json => json_out(ctx, &v, false, &[])?,
            _ => shut(ctx, &v)?,
        }
        return Ok(1);
    }
    let lang = target::record_lang(&book, ctx);
    let mut files = Vec::new();
    for a in &gate.shut {
        files.push(waiver(&v, a, ctx, &reason, by.as_deref(), lang)?);
    }
    for s in &gate.enter {
        let id = &p.stages[*s].id;
        let new = target::New {
            kind: "milestone",
            place: place.clone(),
            stem: format!("{}-{}-{id}", ctx.today, stage::ADVANCE),
            fields: vec![
                ("event", stage::ADVANCE.to_string()),
                ("date", ctx.today.to_string()),
                ("stage", id.clone()),
                ("by", by.clone().unwrap_or_default()),
                ("note", reason.clone()),
            ],
        };
        files.push(target::compose(&book, &new, lang)?);
    }
    // A stage entered without the waivers that let it in, or these without it, would be no state of the case.
    let steps: Vec<Step> = files.iter().map(|(rel, text)| Step::Create { rel: rel.clone(), text: text.clone() }).collect();
    book.together(&lock, &steps)?;
    let names: Vec<String> = files.into_iter().map(|(rel, _)| rel).collect();
    match format {
        Format::Json => json_out(ctx, &v, true, &names)?,
        _ => entered(ctx, &v, &names, by.is_none())?,
    }
    Ok(0)
}

/// What is printed from.
struct View<'v> {
    book: &'v Casebook,
    p: &'v Procedure,
    round: &'v assess::RoundReport,
    place: &'v Where,
    gate: &'v gate::Gate<'v>,
}

/// The names of stages as a list: “巡察移交”、“巡察整改”和“立卷归档”.
fn stages(p: &Procedure, list: &[usize]) -> Text {
    let zh: Vec<String> = list.iter().map(|s| format!("“{}”", p.stages[*s].title.zh)).collect();
    let en: Vec<String> = list.iter().map(|s| format!("“{}”", p.stages[*s].title.en)).collect();
    Text::new(list_text(&zh).zh, list_text(&en).en)
}

fn reachable(p: &Procedure, enter: &[usize], to: &str) -> Result<()> {
    let to = to.trim();
    let short = |s: usize| crate::kind::load::builtin().value_label("stage", &p.stages[s].id).zh == to;
    let wanted = p.stage(to).or_else(|| (0..p.stages.len()).find(|s| short(*s)));
    let next = stages(p, enter);
    let (zh, en) = (next.zh, next.en);
    match wanted {
        Some(s) if enter.contains(&s) => Ok(()),
        Some(s) => {
            let (title, title_en) = (&p.stages[s].title.zh, &p.stages[s].title.en);
            Err(fail(say!("现在不能进入“{title}”；下一步可进入：{zh}", "“{title_en}” cannot be entered now; what can be is {en}")))
        }
        None => {
            let shown = crate::text::safe(to).into_owned();
            let names = p.stages.iter().flat_map(|s| [s.id.as_str(), s.title.zh.as_ref()]);
            Err(fail(match nearest(to, names) {
                Some(near) => say!("没有阶段 `{shown}`；是否指 `{near}`？", "there is no stage `{shown}`; did you mean `{near}`?"),
                None => say!("没有阶段 `{shown}`；下一步可进入：{zh}", "there is no stage `{shown}`; what can be entered is {en}"),
            }))
        }
    }
}

/// A waiver of one obligation, in the folder of its scope.
fn waiver(v: &View, a: &Assessment, ctx: &Ctx, reason: &str, by: Option<&str>, lang: Lang) -> Result<(String, String)> {
    let o = &v.p.obligations[a.obligation];
    let place = match (a.instance.scope, v.place) {
        (Scope::Case, place) => place.clone(),
        (_, place) => Where::Round(place.round().unwrap_or_default().to_string()),
    };
    let new = Statement { kind: "waiver", id: &o.id, place, team: a.instance.team.clone(), period: a.instance.period };
    let new = new.record(ctx.today, vec![("by", by.unwrap_or_default().to_string()), ("reason", reason.to_string())]);
    target::compose(v.book, &new, lang)
}

fn shut(ctx: &mut Ctx, v: &View) -> Result<()> {
    let (n, name) = (v.gate.shut.len(), v.place.name());
    let (from, to) = (stages(v.p, &v.gate.leave), stages(v.p, &v.gate.enter));
    let (from_zh, to_zh, from_en, to_en) = (from.zh, to.zh, from.en, to.en);
    ctx.line(&say!(
        "{name} 还不能由{from_zh}进入{to_zh}：{n} 项未办结",
        "{name} cannot go on from {from_en} to {to_en} yet: {n} to be settled"
    ))?;
    for a in &v.gate.shut {
        item(ctx, v, a)?;
    }
    reminders(ctx, v)?;
    ctx.note(&say!(
        "确需先行进入的：xuncha advance {name} --force --reason 理由（未办的逐项记为豁免）",
        "to go on all the same: xuncha advance {name} --force --reason WHY (each is recorded as waived)"
    ))
}

fn item(ctx: &mut Ctx, v: &View, a: &Assessment) -> Result<()> {
    let o = &v.p.obligations[a.obligation];
    let (id, cite, state) = (&o.id, &o.cite, a.state.title());
    let (zh, en) = (&o.text.zh, &o.text.en);
    let (state_zh, state_en) = (state.zh, state.en);
    ctx.line(&Text::same(""))?;
    ctx.line(&say!("{id} {cite} {zh}〔{state_zh}〕", "{id} {cite} {en} [{state_en}]"))?;
    let said = a.lacking.iter().chain(a.findings.iter().map(|f| &f.message));
    let mut seen: Vec<&Text> = Vec::new();
    for what in said {
        if !seen.contains(&what) {
            seen.push(what);
            let (zh, en) = (&what.zh, &what.en);
            ctx.line(&say!("  {zh}", "  {en}"))?;
        }
    }
    let who = confirm::title(v.book, v.p, &o.actor);
    let act = todo::act(v.p, &v.book.schema, v.round, a);
    let step = act.shown(ctx.lang).or_else(|| act.file().map(str::to_string)).unwrap_or_default();
    let (who_zh, who_en) = (who.zh, who.en);
    let dot = if step.is_empty() || who_zh.is_empty() { "" } else { " · " };
    ctx.line(&say!("  {who_zh}{dot}{step}", "  {who_en}{dot}{step}"))
}

fn reminders(ctx: &mut Ctx, v: &View) -> Result<()> {
    if v.gate.reminders.is_empty() {
        return Ok(());
    }
    let n = v.gate.reminders.len();
    ctx.line(&Text::same(""))?;
    ctx.line(&say!("另有 {n} 项提示，不影响进入：", "{n} more that keep no gate shut:"))?;
    for a in &v.gate.reminders {
        let o = &v.p.obligations[a.obligation];
        let (id, cite, zh, en) = (&o.id, &o.cite, &o.text.zh, &o.text.en);
        ctx.line(&say!("  {id} {cite} {zh}", "  {id} {cite} {en}"))?;
    }
    Ok(())
}

fn entered(ctx: &mut Ctx, v: &View, files: &[String], nobody: bool) -> Result<()> {
    let (name, to) = (v.place.name(), stages(v.p, &v.gate.enter));
    let (zh, en) = (to.zh, to.en);
    ctx.line(&say!("{name} 已进入{zh}", "{name} has entered {en}"))?;
    for rel in files {
        target::wrote(ctx, rel)?;
    }
    if !v.gate.shut.is_empty() {
        let n = v.gate.shut.len();
        ctx.note(&say!("{n} 项未办的事项已记为豁免", "{n} that were not done are recorded as waived"))?;
        if nobody {
            ctx.note(&say!(
                "豁免记录还缺“批准人”，请补上（下次可用 --by 角色）",
                "the waivers lack `by`: fill in who allowed it (or give --by ROLE)"
            ))?;
        }
    }
    reminders(ctx, v)
}

fn json_out(ctx: &mut Ctx, v: &View, open: bool, files: &[String]) -> Result<()> {
    let ids = |list: &[usize]| list.iter().map(|s| v.p.stages[*s].id.clone()).collect::<Vec<_>>();
    let row = |a: &&Assessment| -> Value {
        let o = &v.p.obligations[a.obligation];
        let said: Vec<&str> = a.lacking.iter().chain(a.findings.iter().map(|f| &f.message)).map(|t| t.get(ctx.lang)).collect();
        let act = todo::act(v.p, &v.book.schema, v.round, a);
        let (command, file) = (act.command(), act.file());
        json!({
            "obligation": o.id, "cite": o.cite, "case": a.instance.case, "title": o.text.get(ctx.lang), "state": a.state.code(),
            "actor": o.actor, "lacking": said, "command": command, "file": file,
        })
    };
    let value = json!({
        "case": v.place.name(), "from": ids(&v.gate.leave), "to": ids(&v.gate.enter), "open": open,
        "blocking": v.gate.shut.iter().map(row).collect::<Vec<_>>(),
        "reminders": v.gate.reminders.iter().map(row).collect::<Vec<_>>(),
        "written": files,
    });
    crate::render::json::write(ctx.out, &value)?;
    Ok(())
}
