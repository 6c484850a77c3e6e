//! `check`: what is wrong in the records.

use super::{Ctx, Format, ctx::fail};
use crate::assess::{self, Request};
use crate::casebook::git::Git;
use crate::casebook::names::Where;
use crate::casebook::{Casebook, attached};
use crate::finding::{Finding, Severity};
use crate::kind::Home;
use crate::render::public::Veil;
use crate::render::{self, explain};
use crate::say;
use crate::text::nearest;
use anyhow::Result;

/// 核对记录，列出问题；没有问题时只有一行 | check the records; one line when nothing is wrong
#[derive(clap::Args, Default)]
pub struct Args {
    /// 轮次、案卷或路径；不写就是所在的案卷 | rounds, cases or paths; by default where you are
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
    /// 只看归档清单的事项 | only what the archive lists ask for
    #[arg(long)]
    archive: bool,
    /// 只看这些问题代码或事项编号（逗号分隔） | only these codes or obligations (comma-separated)
    #[arg(long, value_name = "CODE,...", value_delimiter = ',')]
    only: Vec<String>,
    /// 也查 git 历史：审批之后又改动的记录 | also look through git's history: records changed after their approval
    #[arg(long)]
    history: bool,
    /// 按当时的案卷核对：提交、分支、标签或日期 | the casebook as it stood: a commit, branch, tag or day
    #[arg(long, value_name = "REV|DATE", conflicts_with = "history")]
    at: Option<String>,
}

/// Exit 1 where an error is found.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    let format = ctx.format(&[Format::Table, Format::Json, Format::Csv, Format::Md, Format::Sarif])?;
    let (past, present) = ctx.book_at(args.at.as_deref())?;
    let Some(book) = past.as_ref().map(|p| &p.book).or(present.as_ref()) else { return Ok(2) };
    let mut places = Vec::new();
    let mut inside = Vec::new();
    for path in &args.paths {
        let place = ctx.place(book, Some(path))?;
        inside.push(narrow(book, &ctx.dir, path, &place));
        places.push(place);
    }
    // A whole round or case among them is not narrowed by the others.
    let inside: Vec<String> = inside.into_iter().collect::<Option<_>>().unwrap_or_default();
    if places.is_empty() {
        places.push(match ctx.place(book, None)? {
            Where::Book => Where::Book,
            inside => inside,
        });
    }
    let mut report = assess::run(book, &Request { places: places.clone(), today: ctx.today, cache: ctx.cache });
    if args.history || book.config.history && past.is_none() && Git::around(&book.root) {
        report.findings.extend(assess::approved::changed(book, &places)?);
    }
    report.findings.extend(places.iter().flat_map(|p| homes(book, p)).flat_map(|home| attached::amiss(book, &home)));
    if let Some(code) = args.only.iter().find(|o| !known(&report, o)) {
        let shown = crate::text::safe(code).into_owned();
        let (codes, _) = explain::library::codes();
        let ids: Vec<&str> = codes
            .iter()
            .map(|c| c.id.as_str())
            .chain(report.procedures.iter().flat_map(|p| p.obligations.iter().map(|o| o.id.as_str())))
            .collect();
        let near = nearest(code, ids.iter().copied()).or_else(|| nearest(&code.to_uppercase(), ids.iter().copied()));
        return Err(fail(match near {
            Some(near) => {
                say!(
                    "--only：没有事项或问题代码 `{shown}`；是否指 `{near}`？",
                    "--only: `{shown}` is no obligation and no code; did you mean `{near}`?"
                )
            }
            None => say!("--only：没有事项或问题代码 `{shown}`", "--only: `{shown}` is no obligation and no code"),
        }));
    }
    let archive = |f: &Finding| {
        let o = f.obligation.as_deref().and_then(|id| report.procedures.iter().find_map(|p| p.obligation(id)));
        o.is_some_and(|o| o.archive.is_some())
    };
    let shown = |f: &Finding| {
        (args.only.is_empty()
            || args.only.iter().any(|o| o == f.code.as_ref() || f.obligation.as_deref().is_some_and(|id| id.eq_ignore_ascii_case(o))))
            && (inside.is_empty() || inside.iter().any(|i| f.place.file == *i || i.ends_with('/') && f.place.file.starts_with(i)))
            && (!args.archive || archive(f))
    };
    let all = assess::unread::shown(&report, shown);
    let veiled = ctx.names(book).map(|names| {
        let veil = Veil::new(book, &names, ctx.lang);
        let mut list: Vec<Finding> = all.iter().map(|f| veil.finding(f, &report.procedures)).collect();
        // The order of the old names is not to be seen.
        list.sort_by(|a, b| a.key().cmp(&b.key()));
        list
    });
    let findings: Vec<&Finding> = veiled.as_ref().map_or_else(|| all.iter().map(|f| f.as_ref()).collect(), |list| list.iter().collect());
    let mut sources = render::Sources::new(&book.root).within(ctx.width);
    match format {
        Format::Json => render::json::findings(ctx.out, &findings, &mut sources, ctx.lang)?,
        Format::Csv => render::csv::findings(ctx.out, &findings, &mut sources, ctx.lang)?,
        Format::Md => render::md::findings(ctx.out, &findings, &mut sources, ctx.lang)?,
        Format::Sarif => render::sarif::findings(ctx.out, &findings, &mut sources, ctx.lang)?,
        _ => render::findings::print(ctx.out, &report, &findings, &mut sources, ctx.lang, ctx.color)?,
    }
    if let Some(reminder) = book.calendar().0.next_year_missing(ctx.today) {
        ctx.note(&reminder)?;
    }
    Ok(u8::from(findings.iter().any(|f| f.severity == Severity::Error)))
}

/// The folders of a place that have attachments of their own.
fn homes(book: &Casebook, place: &Where) -> Vec<Home> {
    let home = |round: &str, case: &str| Home { round: round.to_string(), case: case.to_string() };
    let round = |r: &String| std::iter::once(home(r, "")).chain(book.cases(r).iter().map(|c| home(r, c))).collect::<Vec<_>>();
    match place {
        Where::Case(r, c) => vec![home(r, c)],
        Where::Round(r) => round(r),
        Where::Book => std::iter::once(Home::default()).chain(book.rounds().iter().flat_map(round)).collect(),
    }
}

/// Whether something can be found under that code or obligation.
fn known(report: &assess::Report, what: &str) -> bool {
    let (codes, _) = explain::library::codes();
    codes.iter().any(|c| c.id == what)
        || report.procedures.iter().any(|p| p.obligation(what).is_some())
        || report.all_findings().iter().any(|f| f.code == what || f.obligation.as_deref().is_some_and(|id| id.eq_ignore_ascii_case(what)))
}

/// The file, or the folder with a slash, that a path argument names below the round or case that it stands for; relative to the casebook.
fn narrow(book: &Casebook, dir: &std::path::Path, path: &str, place: &Where) -> Option<String> {
    let full = dir.join(path).canonicalize().ok()?;
    let rel = full.strip_prefix(book.root.canonicalize().ok()?).ok()?;
    let rel = rel.components().map(|c| c.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
    let whole = match place {
        Where::Book => String::new(),
        Where::Round(round) => format!("rounds/{round}"),
        Where::Case(round, case) => format!("rounds/{round}/{case}"),
    };
    match full.is_dir() {
        true => (rel != whole && rel.starts_with(&whole)).then(|| format!("{rel}/")),
        false => Some(rel),
    }
}
