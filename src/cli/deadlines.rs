//! `deadlines`: what is due when.

use super::ctx::fail;
use super::{Ctx, Format};
use crate::assess::{self, Request, State};
use crate::calendar::{self, Anchor, Rule};
use crate::casebook::Casebook;
use crate::casebook::names::Where;
use crate::render;
use crate::render::deadlines::Row;
use crate::say;
use anyhow::Result;
use chrono::NaiveDate;

/// 列出期限，按到期日排列；不写 --all 时只列未办的 | due dates in order; without --all, what is still to be done
#[derive(clap::Args, Default)]
pub struct Args {
    /// 轮次、案卷或路径；不写就是所在的案卷 | rounds, cases or paths; by default where you are
    #[arg(value_name = "CASE")]
    cases: Vec<String>,
    /// 只列这段时间内到期的（含已逾期的）：30d、10wd、2m | only what is due within that time, or overdue: 30d, 10wd, 2m
    #[arg(long, value_name = "PERIOD")]
    within: Option<String>,
    /// 也列已办、未起算和已豁免的 | also what is done, waiting or waived
    #[arg(long)]
    all: bool,
    /// 有逾期未办的，退出码为 1 | exit 1 where something is overdue
    #[arg(long)]
    fail_overdue: bool,
    /// 所列期限有暂定的，退出码为 1 | exit 1 where a date listed is provisional
    #[arg(long)]
    strict: bool,
    /// 按当时的案卷：提交、分支、标签或日期 | the casebook as it stood: a commit, branch, tag or day
    #[arg(long, value_name = "REV|DATE")]
    at: Option<String>,
}

/// Exit 1 under `--fail-overdue` and `--strict`.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    let format = ctx.format(&[Format::Table, Format::Json, Format::Csv, Format::Md, Format::Ics])?;
    let (past, present) = ctx.book_at(args.at.as_deref())?;
    let Some(book) = past.as_ref().map(|p| &p.book).or(present.as_ref()) else { return Ok(2) };
    let places = places(&args.cases, ctx, book)?;
    let today = ctx.today;
    let limit = args.within.as_deref().map(|w| limit(book, w, today)).transpose()?;
    let report = assess::run(book, &Request { places: rounds_of(&places), today, cache: ctx.cache });
    let report = ctx.shown(report, book);
    let public = ctx.public;
    let mut rows: Vec<Row> = report
        .within(&places, true)
        .filter(|e| {
            let a = e.assessment;
            a.due.is_some() && a.state != State::NotApplicable && (args.all || a.is_pending())
        })
        .map(|entry| Row { entry, today, public })
        .filter(|r| limit.is_none_or(|limit| r.date().is_some_and(|d| d <= limit)))
        .collect();
    rows.sort_by(|a, b| a.key().cmp(&b.key()));
    match format {
        Format::Json => render::deadlines::json(ctx.out, &rows, ctx.lang)?,
        Format::Csv => render::deadlines::csv(ctx.out, &rows, ctx.lang)?,
        Format::Md => render::deadlines::md(ctx.out, &rows, ctx.lang)?,
        Format::Ics => {
            let alarm = book.config.due_soon.unwrap_or(assess::DUE_SOON);
            render::deadlines::ics(ctx.out, &rows, alarm, ctx.lang)?;
        }
        _ => render::deadlines::print(ctx.out, &rows, ctx.lang, ctx.width)?,
    }
    if let Some(reminder) = book.calendar().0.next_year_missing(today) {
        ctx.note(&reminder)?;
    }
    let overdue = args.fail_overdue && rows.iter().any(Row::is_overdue);
    let provisional = args.strict && rows.iter().any(|r| r.entry.assessment.due.as_ref().is_some_and(|d| !d.settled));
    Ok(u8::from(overdue || provisional))
}

/// The places that arguments mean; without any, where the user is.
pub fn places(names: &[String], ctx: &Ctx, book: &Casebook) -> Result<Vec<Where>> {
    if names.is_empty() {
        return Ok(vec![ctx.place(book, None)?]);
    }
    names.iter().map(|n| ctx.place(book, Some(n))).collect()
}

/// What must be assessed to judge these places: whole rounds, for what is demanded of a team or a round is seen only there.
pub fn rounds_of(places: &[Where]) -> Vec<Where> {
    let mut out: Vec<Where> = places.iter().map(|p| p.round().map_or(Where::Book, |r| Where::Round(r.to_string()))).collect();
    out.sort();
    out.dedup();
    out
}

/// The last day of a period from today.
fn limit(book: &Casebook, period: &str, today: NaiveDate) -> Result<NaiveDate> {
    let word = period.trim();
    let rule = if word.starts_with(['+', '-']) || word == "0d" { word.to_string() } else { format!("+{word}") };
    let shown = crate::text::cut(&crate::text::safe(word), 30);
    let rule = Rule::parse(&rule).map_err(|e| {
        let Some(s) = e.suggestion.map(|s| s.trim_start_matches('+').to_string()) else {
            return fail(say!("--within 应写作 30d、10wd 或 2m，不是“{shown}”", "--within is given like 30d, 10wd or 2m, not \"{shown}\""));
        };
        fail(say!("--within 不能是“{shown}”；是否指 {s}？", "--within cannot be \"{shown}\"; did you mean {s}?"))
    })?;
    let end = calendar::due(&book.calendar().0, Anchor::day(today), &rule, Some(calendar::Roll::None)).map_err(|e| fail(e.message))?;
    if end.due.date < today {
        return Err(fail(say!("--within 不能往前：“{shown}”", "--within looks ahead, not back: \"{shown}\"")));
    }
    Ok(end.due.date)
}
