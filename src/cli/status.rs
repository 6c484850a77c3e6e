//! `status`: where every case stands.

use super::deadlines::rounds_of;
use super::{Ctx, Format};
use crate::assess::{self, Request};
use crate::casebook::names::Where;
use crate::render;
use crate::render::status::View;
use anyhow::Result;

/// 各案卷到了哪一步；写明案卷时列出其经过、阶段和豁免 | where every case stands; of one case, its events, stages and waivers
#[derive(clap::Args)]
pub struct Args {
    /// 案卷或轮次；不写就是所在的案卷 | a case or round; by default where you are
    #[arg(value_name = "CASE")]
    case: Option<String>,
}

/// Always exit 0.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    let format = ctx.format(&[Format::Table, Format::Json, Format::Csv, Format::Md])?;
    let book = ctx.book()?;
    let place = ctx.place(&book, args.case.as_deref())?;
    let report = assess::run(&book, &Request { places: rounds_of(std::slice::from_ref(&place)), today: ctx.today, cache: ctx.cache });
    let report = ctx.shown(report, &book);
    let view = View { report: &report, place: &place, today: ctx.today, lang: ctx.lang };
    match (format, &place) {
        (Format::Json, Where::Case(..)) => render::json::write(ctx.out, &view.case_json())?,
        (Format::Json, _) => render::json::write(ctx.out, &view.json())?,
        (Format::Csv, _) => view.csv(ctx.out)?,
        (Format::Md, _) => view.md(ctx.out)?,
        (_, Where::Case(..)) => view.print_case(ctx.out, ctx.width)?,
        _ => view.print(ctx.out, ctx.width)?,
    }
    if let Some(reminder) = book.calendar().0.next_year_missing(ctx.today) {
        ctx.note(&reminder)?;
    }
    Ok(0)
}
