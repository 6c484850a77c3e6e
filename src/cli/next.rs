//! `next`: what to do now, for somebody who joined yesterday.

use super::deadlines::rounds_of;
use super::{Ctx, Format};
use crate::assess::{self, Request, todo};
use crate::render;
use crate::render::next::View;
use anyhow::Result;

/// 现在该办什么：谁办、何时、依据、还缺什么、用哪条命令 | what to do now: who, by when, under which citation, what is lacking, with which command
#[derive(clap::Args, Default)]
pub struct Args {
    /// 案卷或轮次；不写就是所在的案卷 | a case or round; by default where you are
    #[arg(value_name = "CASE")]
    case: Option<String>,
    /// 全部列出，不只最急的 | everything, not only what is most urgent
    #[arg(long)]
    all: bool,
}

/// How many steps are shown at first.
const SHORT: usize = 12;

/// Always exit 0: what is to be done is no error.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    let format = ctx.format(&[Format::Table, Format::Json])?;
    let book = ctx.book()?;
    let place = ctx.place(&book, args.case.as_deref())?;
    let places = [place.clone()];
    let report = assess::run(&book, &Request { places: rounds_of(&places), today: ctx.today, cache: ctx.cache });
    let report = ctx.shown(report, &book);
    let todos = todo::list(&report, &book.schema, &places);
    let waiting = todo::waiting(&report, &places);
    let view = View {
        report: &report,
        schema: &book.schema,
        place: &place,
        todos: &todos,
        limit: (!args.all).then_some(SHORT),
        waiting: &waiting,
        today: ctx.today,
        lang: ctx.lang,
    };
    match format {
        Format::Json => render::json::write(ctx.out, &view.json())?,
        _ => view.print(ctx.out)?,
    }
    if let Some(reminder) = book.calendar().0.next_year_missing(ctx.today) {
        ctx.note(&reminder)?;
    }
    Ok(0)
}
