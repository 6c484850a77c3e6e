//! `assign`: proposes the teams of a round, or says which rule makes that impossible; writes them as team records when asked.

use super::ctx::fail;
use super::{Ctx, Format, target};
use crate::casebook::names::Where;
use crate::finding::Severity;
use crate::people::bars::Context;
use crate::people::propose::{Options, Outcome, Plan, propose};
use crate::people::{Pool, Rules};
use crate::render::assign::View;
use crate::say;
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
    /// 写成巡察组记录；已有的文件不动 | write team records; what is there is left alone
    #[arg(long)]
    write: bool,
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
    let _lock = args.write.then(|| book.lock()).transpose()?;
    let pool = Pool::read(&book);
    let Some(round) = pool.round(&name) else { return Err(fail(say!("没有轮次 {name}", "there is no round {name}"))) };
    let context = Context::new(&pool, &rules, Some(round), ctx.today);
    let size = args.size.map_or(rules.size.max(1) as usize, |n| n as usize);
    let options = Options { teams: args.teams.map(|n| n as usize), size, seed: args.seed };
    let view = View { ctx: &context, schema: &book.schema, seed: args.seed, lang: ctx.lang };
    let plans = match propose(&context, round, &options, &book.schema) {
        Outcome::Nothing => {
            return Err(fail(say!(
                "{name} 的案卷都已有巡察组，或还没有案卷",
                "every case of {name} has its team already, or there is no case yet"
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
    if args.write {
        write(ctx, &book, &name, &pool, &plans)?;
    }
    Ok(0)
}

/// All texts are made before the first is written.
fn write(ctx: &mut Ctx, book: &crate::casebook::Casebook, round: &str, pool: &Pool, plans: &[Plan]) -> Result<()> {
    let lang = target::record_lang(book, ctx);
    let mut files = Vec::new();
    for plan in plans {
        let rel = format!("rounds/{round}/team/{}.yaml", plan.id);
        if book.taken(&rel) {
            return Err(fail(say!("{rel} 已经有了，没有写入任何文件", "{rel} is there already; nothing was written")));
        }
        let mut fields = vec![("no", plan.no.to_string())];
        for m in &plan.members {
            let p = &pool.people[m.person];
            fields.push(("members.person", p.id.clone()));
            fields.push(("members.role", m.role.clone()));
            fields.push(("members.source_system", p.system.clone()));
        }
        let new = target::New { kind: "team", place: Where::Round(round.to_string()), stem: plan.id.clone(), fields };
        files.push(target::compose(book, &new, lang)?);
    }
    for (rel, text) in &files {
        book.create(rel, text)?;
        ctx.note(&say!("已写入 {rel}", "written: {rel}"))?;
    }
    for plan in plans {
        let cases: Vec<String> = plan.cases.iter().map(|c| format!("rounds/{round}/{c}/case.yaml")).collect();
        let (id, zh, en) = (&plan.id, cases.join("、"), cases.join(", "));
        ctx.note(&say!("巡察组 {id}：请在 {zh} 写明", "team {id}: name it in {en}"))?;
    }
    Ok(())
}
