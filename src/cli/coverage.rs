//! `coverage`: how far a term's plan has come, by level, category, year and unit.

use super::ctx::fail;
use super::{Ctx, Format};
use crate::render::coverage::{By, View};
use crate::say;
use crate::tally::coverage;
use crate::text::{Text, list_text, nearest};
use anyhow::Result;

/// 巡察全覆盖：已巡察、已安排、未安排，进度和预计 | coverage of a term: inspected, planned, left, the pace and the forecast
#[derive(clap::Args)]
pub struct Args {
    /// 只看这一份规划；不写就是全部 | only this plan; by default all
    #[arg(long, value_name = "PLAN")]
    term: Option<String>,
    /// 只列：level 层级、category 类别、year 年度、unit 单位（按隶属关系） | list only: level, category, year, unit (as a tree)
    #[arg(long, value_enum, value_name = "GROUP", hide_possible_values = true)]
    by: Option<By>,
}

/// Exit 2 where there is no plan to measure by.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    let format = ctx.format(&[Format::Table, Format::Json, Format::Csv, Format::Md])?;
    let book = ctx.book()?;
    let plans = coverage::plans(&book);
    if let Some(term) = args.term.as_deref().filter(|t| !plans.iter().any(|p| p == t)) {
        let shown = crate::text::safe(term).into_owned();
        return Err(fail(match nearest(term, plans.iter().map(String::as_str)) {
            Some(n) => say!("没有规划 `{shown}`；是否指 `{n}`？", "there is no plan `{shown}`; did you mean `{n}`?"),
            None if plans.is_empty() => say!("没有规划 `{shown}`", "there is no plan `{shown}`"),
            None => {
                let Text { zh, en } = list_text(&plans);
                say!("没有规划 `{shown}`；现有：{zh}", "there is no plan `{shown}`; there are: {en}")
            }
        }));
    }
    let names = ctx.names(&book);
    let mut reports = coverage::run(&book, args.term.as_deref(), ctx.today);
    if reports.is_empty() {
        return Err(fail(match plans.first() {
            None => say!(
                "没有巡察规划；用 `xuncha add coverage_plan` 新增，列明规划期和规划单位",
                "there is no coverage plan; make one with `xuncha add coverage_plan`, with its period and units"
            ),
            Some(plan) => say!(
                "coverage_plan/{plan}.yaml 没有完整的规划期（起、止），无法推算",
                "coverage_plan/{plan}.yaml has no complete period (from, to), so nothing can be worked out"
            ),
        }));
    }
    if let Some(names) = &names {
        for r in &mut reports {
            r.term.id = names.id(&r.term.id).unwrap_or("coverage_plan-0").to_string();
        }
    }
    View { reports: &reports, schema: &book.schema, by: args.by, lang: ctx.lang }.print(ctx.out, format, ctx.width)?;
    Ok(0)
}
