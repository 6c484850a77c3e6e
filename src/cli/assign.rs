//! `assign`: proposes the teams of a round, or says which rule makes that impossible; records them, teams and cases, when asked.

use super::ctx::fail;
use super::{Ctx, Format, target};
use crate::casebook::Casebook;
use crate::casebook::amend::Open;
use crate::casebook::journal::Step;
use crate::casebook::names::Where;
use crate::casebook::write::Lock;
use crate::finding::Severity;
use crate::people::bars::Context;
use crate::people::propose::{Options, Outcome, Plan, propose};
use crate::people::{Pool, Rules};
use crate::render::assign::View;
use crate::say;
use crate::yaml::{self, Value};
use anyhow::Result;

/// 为一轮提出各组人选：守回避等硬规则，求来源、年龄、专长均衡，说明每人的理由 | propose the teams of a round: keeping recusal and the other hard rules, balanced, with a reason for each seat
#[derive(clap::Args)]
pub struct Args {
    /// 轮次；不写就是所在的轮次 | the round; by default where you are
    #[arg(value_name = "ROUND")]
    round: Option<String>,
    /// 种子，决定条件相同的人谁先；同一种子结果相同 | the seed that decides between equals; the same seed, the same teams
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    seed: u64,
    /// 给没有写明巡察组的案卷组几个组；不写则一个案卷一组 | teams for the cases that name none; by default one a case
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=500))]
    teams: Option<u32>,
    /// 每组几人，含组长、副组长、联络员；不写用 people.toml 的数 | members of a team, posts included; by default the number of people.toml
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    size: Option<u32>,
    /// 只打印（不写 --write 时就是这样） | print only, as without --write
    #[arg(long, conflicts_with = "write")]
    dry_run: bool,
    /// 记入案卷：写出巡察组记录，并在各案卷写明巡察组；要么全部写入，要么都不写 | record it: the team records, and in each case its team; all of it or nothing
    #[arg(long)]
    write: bool,
    /// 已有巡察组的案卷也重新提出；与 --write 同用时替换原来的人选，已有分工、支部、调整、到组日期的不替换 | propose anew for cases that have a team, too; with --write the members are replaced, unless duties, branch, changes or days are recorded
    #[arg(long)]
    again: bool,
}

/// Exit 1 where the rules cannot all be kept.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    let format = ctx.format(&[Format::Table, Format::Json, Format::Csv, Format::Md])?;
    let book = ctx.book()?;
    let Some(name) = ctx.place(&book, args.round.as_deref())?.round().map(str::to_string) else {
        return Err(fail(say!("请写明轮次，如 `2020-2`，或进入它的文件夹", "name the round, as in `2020-2`, or go into its folder")));
    };
    let (rules, findings) = Rules::load(&book);
    super::people::complain(ctx, &book.root, &findings)?;
    if findings.iter().any(|f| f.severity == Severity::Error) {
        ctx.note(&say!("没有提出人选。", "No teams were proposed."))?;
        return Ok(2);
    }
    let lock = args.write.then(|| book.lock()).transpose()?;
    let mut pool = Pool::read(&book);
    let Some(round) = pool.round(&name) else { return Err(fail(say!("没有轮次 {name}", "there is no round {name}"))) };
    if args.again {
        pool.dissolve(round);
    }
    let context = Context::new(&pool, &rules, Some(round), ctx.today);
    let size = args.size.map_or(rules.size.max(1) as usize, |n| n as usize);
    let options = Options { teams: args.teams.map(|n| n as usize), size, seed: args.seed };
    let view = View { ctx: &context, schema: &book.schema, seed: args.seed, lang: ctx.lang };
    let plans = match propose(&context, round, &options, &book.schema) {
        Outcome::Nothing => {
            return Err(fail(say!(
                "{name} 的案卷都已有巡察组（要重新提出，加 --again），或还没有案卷",
                "every case of {name} has its team already (--again proposes anew), or there is no case yet"
            )));
        }
        Outcome::TooMany(0) => {
            return Err(fail(say!("{name} 的案卷都写明了巡察组，不用 --teams", "every case of {name} names its team: leave out --teams")));
        }
        Outcome::TooMany(n) => {
            return Err(fail(say!(
                "只有 {n} 个案卷没有巡察组，组数不能再多",
                "only {n} cases are without a team: no more teams than that"
            )));
        }
        Outcome::Impossible(why) => {
            view.impossible(ctx.out, format, &why, ctx.width)?;
            if args.write {
                ctx.note(&say!("没有写入任何文件。", "Nothing was written."))?;
            }
            return Ok(1);
        }
        Outcome::Teams(plans) => plans,
    };
    view.teams(ctx.out, format, &plans, ctx.width)?;
    if !pool.rounds[round].trainings {
        ctx.note(&say!(
            "本轮还没有培训记录：进驻前须培训（HA-01-08），组长须逐轮授权（XH-01-3e）。",
            "No training of this round is recorded: it comes before entry (HA-01-08); leaders are authorised for each round (XH-01-3e)."
        ))?;
    }
    match lock {
        Some(lock) => write(ctx, &book, &lock, &name, &pool, &plans),
        None => Ok(0),
    }
}

/// Every text is made and read back before the first is written. Exit 2 where one would not pass.
fn write(ctx: &mut Ctx, book: &Casebook, lock: &Lock, round: &str, pool: &Pool, plans: &[Plan]) -> Result<u8> {
    let lang = target::record_lang(book, ctx);
    let (mut steps, mut files) = (Vec::new(), Vec::new());
    for plan in plans {
        let rel = format!("rounds/{round}/team/{}.yaml", plan.id);
        let new = target::New { kind: "team", place: Where::Round(round.to_string()), stem: plan.id.clone(), fields: fields(pool, plan) };
        let step = match (plan.again, book.taken(&rel)) {
            (true, _) => {
                let open = book.reopen(&rel)?;
                if let Some(crate::text::Text { zh, en }) = more(book, &open) {
                    return Err(fail(say!(
                        "{rel} 已记有“{zh}”，不能整个替换；没有写入任何文件。请在该文件里改，或先清去这一项",
                        "{rel} has more than a proposal (“{en}”) and is not replaced; nothing was written. Change it by hand, or empty that field first"
                    )));
                }
                let (_, text) = target::compose_over(book, &new, open.lang(book).unwrap_or(lang))?;
                Step::amend(&open, &text)
            }
            (false, true) => return Err(fail(say!("{rel} 已经有了，没有写入任何文件", "{rel} is there already; nothing was written"))),
            (false, false) => {
                let (rel, text) = target::compose(book, &new, lang)?;
                Step::Create { rel, text }
            }
        };
        steps.push(step);
        files.push(rel);
    }
    for (case, plan) in plans.iter().flat_map(|p| p.cases.iter().map(move |c| (c, p))) {
        let open = book.reopen(&format!("rounds/{round}/{case}/case.yaml"))?;
        let Some(text) = name_team(book, &open, &plan.id, lang)? else { continue };
        let broken = book.broken_by(&open, &text);
        if !broken.is_empty() {
            target::complain(ctx, &broken)?;
            ctx.note(&say!("没有写入任何文件。", "Nothing was written."))?;
            return Ok(2);
        }
        steps.push(Step::amend(&open, &text));
        files.push(open.record.file.clone());
    }
    book.together(lock, &steps)?;
    for rel in &files {
        ctx.note(&say!("已写入 {rel}", "written: {rel}"))?;
    }
    ctx.note(&say!(
        "还要补填职责分工、临时党支部；核对：xuncha check {round}",
        "still to be filled in: duties and the Party branch; then: xuncha check {round}"
    ))?;
    Ok(0)
}

/// The fields of a team's record.
fn fields(pool: &Pool, plan: &Plan) -> Vec<(&'static str, String)> {
    let mut fields = vec![("no", plan.no.to_string())];
    for m in &plan.members {
        let p = &pool.people[m.person];
        fields.push(("members.person", p.id.clone()));
        fields.push(("members.role", m.role.clone()));
        fields.push(("members.source_system", p.system.clone()));
    }
    fields
}

/// The title of a field by which a team's record says more than a proposal does: what would be lost with it.
fn more(book: &Casebook, open: &Open) -> Option<crate::text::Text> {
    let beyond = |part: crate::kind::Part, shape: crate::kind::ShapeId, keys: &[&str]| {
        let fields = book.schema.shape(shape).fields.iter().enumerate();
        let mut there = fields.filter(|(_, f)| !keys.contains(&f.key.as_str()));
        there.find(|(i, _)| part.field(*i as u16).is_some_and(|p| p.filled())).map(|(_, f)| f.label.clone())
    };
    let root = open.record.root();
    beyond(root, open.record.shape, &["no", "members"]).or_else(|| {
        let members = root.field(book.schema.shape(open.record.shape).find("members")?)?;
        members.items().find_map(|m| match m.val() {
            crate::kind::Val::Map(shape) => beyond(m, shape, &["person", "role", "source_system"]),
            _ => None,
        })
    })
}

/// The text of a case's record that names its team; nothing where it names one.
fn name_team(book: &Casebook, open: &Open, team: &str, lang: crate::text::Lang) -> Result<Option<String>> {
    let Some(field) = book.schema.shape(open.record.shape).find("team") else { return Ok(None) };
    let (tree, value) = (&open.record.tree, Value::Str(team.to_string()));
    let text = match open.record.root().field(field) {
        Some(part) if part.filled() => return Ok(None),
        Some(part) => yaml::set_scalar(tree, part.node, &value),
        None => yaml::insert_entry(tree, tree.root(), open.name(book, field, lang), &value),
    };
    let file = &open.record.file;
    let text = text.map_err(|e| {
        let (zh, en) = (e.zh, e.en);
        fail(say!("{file}：{zh}", "{file}: {en}"))
    })?;
    Ok(Some(text))
}
