//! `people`: the pool, who served when, who may not go where and by which fact, what came again over the rounds.

use super::ctx::fail;
use super::{Ctx, Format, target};
use crate::finding::{Finding, Severity};
use crate::people::bars::Context;
use crate::people::{Pool, Rules, rotation};
use crate::render::people::View;
use crate::say;
use crate::text::nearest;
use anyhow::Result;

/// 人才库：轮流情况、培训、推辞、回避事实、三个不固定 | the pool of people: turns, trainings, refusals, facts for recusal, three-not-fixed
#[derive(clap::Args)]
pub struct Args {
    /// 只看这个人，列出全部事实 | this person only, with all facts
    #[arg(value_name = "PERSON", conflicts_with_all = ["unit", "rotation"])]
    person: Option<String>,
    /// 谁不能去这个单位，为什么 | who may not go to this unit, and why
    #[arg(long = "for", value_name = "UNIT", conflicts_with = "rotation")]
    unit: Option<String>,
    /// 只看一个库：leader 组长、deputy 副组长、liaison 联络员、staff 组员 | one pool only: leader, deputy, liaison, staff
    #[arg(long, value_name = "POOL")]
    pool: Option<String>,
    /// 三个不固定：组长、组与单位在各轮中的重复 | three-not-fixed: what came again over the rounds
    #[arg(long, conflicts_with = "pool")]
    rotation: bool,
}

/// Exit 1 where `people.toml` is wrong, or a leader went to the same unit twice.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    let format = ctx.format(&[Format::Table, Format::Json, Format::Csv, Format::Md])?;
    let book = ctx.book()?;
    let (rules, findings) = Rules::load(&book);
    complain(ctx, &book.root, &findings)?;
    let wrong = findings.iter().any(|f| f.severity == Severity::Error);
    let kind = args.pool.as_deref().map(|p| target::value(&book, "person_pool", p, "--pool")).transpose()?;
    let pool = Pool::read(&book);
    let context = Context::new(&pool, &rules, None, ctx.today);
    let view = View { ctx: &context, schema: &book.schema, pool: kind.as_deref(), lang: ctx.lang };
    let mut code = u8::from(wrong);
    if ctx.public {
        if args.person.is_some() || args.unit.is_some() || args.rotation {
            return Err(fail(say!(
                "人才库的内容都不公开；--public 只列各库人数：xuncha people --public",
                "nothing of the register is public; with --public only the sizes of the pools are listed: xuncha people --public"
            )));
        }
        let below = book.config.mask_below.unwrap_or(crate::tally::mask::BELOW);
        view.public(ctx.out, format, ctx.width, below)?;
        ctx.note(&say!("供公开：小于 {below} 的人数以 * 代替", "For the public: numbers below {below} stand as *"))?;
        return Ok(code);
    }
    if let Some(name) = &args.person {
        let ids = || pool.people.iter().flat_map(|p| [p.id.as_str(), p.name.as_str()]);
        let found = pool.people.iter().find(|p| p.id == *name).or_else(|| pool.people.iter().find(|p| p.name == *name));
        let Some(person) = found else { return Err(none(name, ids(), say!("人员", "person"))) };
        view.one(ctx.out, format, person, ctx.width)?;
    } else if let Some(name) = &args.unit {
        let found = pool.units.iter().find(|(id, u)| *id == name || u.name == *name);
        let ids = pool.units.iter().flat_map(|(id, u)| [id.as_str(), u.name.as_str()]);
        let Some((id, _)) = found else { return Err(none(name, ids, say!("单位", "unit"))) };
        let n = view.unit(ctx.out, format, id, ctx.width)?;
        let on = ctx.today;
        ctx.note(&say!("有 {n} 人不能去；任职年限算到 {on}", "{n} may not go; years are counted back from {on}"))?;
    } else if args.rotation {
        let list = rotation::repeats(&pool, None);
        code = code.max(u8::from(list.iter().any(|r| r.what == rotation::What::LeaderUnit)));
        view.rotation(ctx.out, format, &list, ctx.width)?;
    } else {
        view.all(ctx.out, format, ctx.width)?;
    }
    if !pool.unknown.is_empty() {
        let list: Vec<&str> = pool.unknown.iter().map(String::as_str).collect();
        let (zh, en) = (list.join("、"), list.join(", "));
        ctx.note(&say!("人才库里没有：{zh}", "not in the register: {en}"))?;
    }
    Ok(code)
}

/// Prints what is wrong in the rules.
pub(super) fn complain(ctx: &mut Ctx, root: &std::path::Path, findings: &[Finding]) -> Result<()> {
    let refs: Vec<&Finding> = findings.iter().collect();
    let mut sources = crate::render::Sources::new(root).within(ctx.width);
    if refs.is_empty() {
        return Ok(());
    }
    crate::render::any_findings(ctx.err, &refs, &mut sources, Format::Table, ctx.lang, ctx.color)
}

fn none<'a>(name: &str, known: impl Iterator<Item = &'a str>, what: crate::text::Text) -> anyhow::Error {
    let shown = crate::text::safe(name).into_owned();
    let (zh, en) = (what.zh, what.en);
    fail(match nearest(name, known) {
        Some(n) => say!("没有{zh} `{shown}`；是否指 `{n}`？", "there is no {en} `{shown}`; did you mean `{n}`?"),
        None => say!("没有{zh} `{shown}`", "there is no {en} `{shown}`"),
    })
}
