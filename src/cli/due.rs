//! `due`: the period calculator, for one period or a table of them; reads no record and no procedure.

use super::ctx::fail;
use super::{Ctx, Format};
use crate::calendar::{self, Anchor, Calendar, Roll, Rule};
use crate::casebook::Casebook;
use crate::csv::{self, Row};
use crate::render;
use crate::say;
use crate::text::{Text, safe};
use anyhow::Result;
use std::io::Read;

/// 推算期限：从某日起，按工作日、日、月算到哪一天 | work out when a period ends: working days, days, months
#[derive(clap::Args)]
#[command(
    after_help = "例：xuncha due 2020-09-18 +10wd     起算日之后第10个工作日 | Examples: xuncha due 2020-09-18 +10wd     the 10th working day after\n    xuncha due 2021-10-08 -5wd      之前第5个工作日 |     xuncha due 2021-10-08 -5wd      the 5th working day before\n    xuncha due 2011-09-02 +2m,+hm   两个月再半个月 |     xuncha due 2011-09-02 +2m,+hm   two months, then half a month"
)]
pub struct Args {
    /// 起算日：2020-09-18、2025-08-22T12:00 或 today | the day counted from: 2020-09-18, 2025-08-22T12:00 or today
    #[arg(value_name = "ANCHOR", required_unless_present = "stdin")]
    anchor: Option<String>,
    /// 期限：+10wd 工作日，-5wd 提前，+30d 日，+2m 月，+1y 年，+hm 半个月，+12h 小时 | the period: +10wd working days, -5wd before, +30d days, +2m months, +1y years, +hm half a month, +12h hours
    #[arg(value_name = "RULE", required_unless_present = "stdin", allow_hyphen_values = true)]
    rule: Option<String>,
    /// 期满日放假时：next 顺延，prev 提前，none 不动；不写则按期限种类 | where it ends on a day off: next, prev, none; by default as the period goes
    #[arg(long, value_name = "ROLL", value_parser = ["next", "none", "prev"], hide_possible_values = true)]
    roll: Option<String>,
    /// 逐日说明 | account for every day
    #[arg(long)]
    explain: bool,
    /// 从标准输入读 CSV：anchor,rule,roll | read CSV from standard input: anchor,rule,roll
    #[arg(long, conflicts_with_all = ["anchor", "rule", "explain"])]
    stdin: bool,
    /// 结果为暂定时退出码为 1 | exit 1 where a date is provisional
    #[arg(long)]
    strict: bool,
}

/// Exit 1 under `--strict` where a date is provisional, 2 where a row is wrong.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    let calendar = calendar_around(ctx)?;
    let roll = args.roll.as_deref().and_then(Roll::parse);
    if args.stdin {
        let format = ctx.format(&[Format::Csv, Format::Json])?;
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map_err(|e| {
            let crate::text::Text { zh, en } = crate::casebook::file::io_text(&e);
            fail(say!("读不了标准输入：{zh}", "standard input cannot be read: {en}"))
        })?;
        return table(ctx, &calendar, bytes, roll, args.strict, format);
    }
    let format = ctx.format(&[Format::Table, Format::Json, Format::Csv])?;
    let anchor = anchor(args.anchor.as_deref().unwrap_or_default(), Some(ctx)).map_err(fail)?;
    let rule = rule(args.rule.as_deref().unwrap_or_default()).map_err(fail)?;
    let (due, lines) = if args.explain {
        let (due, lines) = calendar::explain(&calendar, anchor, &rule, roll).map_err(|e| fail(e.message))?;
        (due, Some(lines))
    } else {
        (calendar::due(&calendar, anchor, &rule, roll).map_err(|e| fail(e.message))?, None)
    };
    match (format, &lines) {
        (Format::Json, _) => render::json::write(ctx.out, &render::due::json(&due, lines.as_deref(), ctx.lang))?,
        (Format::Csv, Some(lines)) => render::due::lines_csv(ctx.out, lines, ctx.lang)?,
        (Format::Csv, None) => {
            let row = render::due::Row::of(&due.anchor.to_string(), &due.rule.to_string(), due.roll.code(), Some(&due));
            render::due::csv(ctx.out, &[row])?;
        }
        _ => render::due::print(ctx.out, &due, lines.as_deref(), ctx.lang)?,
    }
    Ok(u8::from(args.strict && !due.settled))
}

/// The calendar of the casebook around the folder, else the built-in one. What is wrong in its files goes beside the results.
pub fn calendar_around(ctx: &mut Ctx) -> Result<Calendar> {
    let Some(root) = Casebook::find(&ctx.dir) else { return Ok(Calendar::builtin()) };
    let (calendar, findings) = Calendar::load(&root.join("calendar"), "calendar/");
    let mut sources = render::Sources::new(&root);
    for finding in &findings {
        let text = render::findings::one(finding, &mut sources, ctx.lang, ctx.color);
        writeln!(ctx.err, "{text}\n")?;
    }
    Ok(calendar)
}

fn anchor(text: &str, today: Option<&Ctx>) -> Result<Anchor, Text> {
    if let Some(ctx) = today.filter(|_| matches!(text.trim(), "today" | "今天")) {
        return Ok(Anchor::day(ctx.today));
    }
    Anchor::parse(text).map_err(|e| meant(e.message, e.suggestion))
}

fn rule(text: &str) -> Result<Rule, Text> {
    Rule::parse(text).map_err(|e| meant(e.message, e.suggestion))
}

fn meant(message: Text, suggestion: Option<String>) -> Text {
    let Some(s) = suggestion else { return message };
    let (zh, en) = (message.zh, message.en);
    say!("{zh}；是否指 {s}？", "{en}; did you mean {s}?")
}

/// Which columns hold anchor, rule and roll.
#[derive(Clone, Copy)]
struct Columns {
    anchor: usize,
    rule: usize,
    roll: Option<usize>,
    /// Whether a heading named them: others beside them are then passed over.
    named: bool,
}

const PLAIN: Columns = Columns { anchor: 0, rule: 1, roll: Some(2), named: false };

fn heading(cells: &[std::borrow::Cow<'_, str>]) -> Option<Columns> {
    let find = |names: &[&str]| cells.iter().position(|c| names.contains(&c.trim().to_lowercase().as_str()));
    let anchor = find(&["anchor", "起算日", "起算"])?;
    let rule = find(&["rule", "期限"])?;
    Some(Columns { anchor, rule, roll: find(&["roll", "顺延"]), named: true })
}

fn table(ctx: &mut Ctx, calendar: &Calendar, bytes: Vec<u8>, roll: Option<Roll>, strict: bool, format: Format) -> Result<u8> {
    let text = match decode(bytes) {
        Ok(text) => text,
        Err(line) => {
            return Err(fail(say!(
                "第{line}行起不是 UTF-8 文本；请另存为 UTF-8（CSV UTF-8）再试",
                "not UTF-8 text from line {line} on; save it as UTF-8 (CSV UTF-8) and try again"
            )));
        }
    };
    let mut columns = PLAIN;
    let mut out = Vec::new();
    let (mut wrong, mut provisional) = (0usize, false);
    for (index, row) in csv::rows(&text).enumerate() {
        let line = row.line;
        if index == 0
            && let Some(found) = row.cells.as_ref().ok().and_then(|c| heading(c))
        {
            columns = found;
            continue;
        }
        let (result, done) = one(calendar, &row, columns, roll);
        provisional |= done.as_ref().is_ok_and(|settled| !settled);
        out.push(result);
        if let Err(message) = done {
            wrong += 1;
            let (zh, en) = (message.zh, message.en);
            ctx.note(&say!("第{line}行：{zh}", "line {line}: {en}"))?;
        }
    }
    match format {
        Format::Json => render::due::rows_json(ctx.out, &out)?,
        _ => render::due::csv(ctx.out, &out)?,
    }
    if wrong > 0 {
        let rows = out.len();
        ctx.note(&say!("{rows}行中有{wrong}行没有算出", "{wrong} of {rows} rows could not be counted"))?;
        return Ok(2);
    }
    Ok(u8::from(strict && provisional))
}

/// The text of the table, or the line from which it is none.
fn decode(bytes: Vec<u8>) -> Result<String, usize> {
    let line = |at: usize, bytes: &[u8]| bytes[..at].iter().filter(|b| **b == b'\n').count() + 1;
    if let Some(at) = bytes.iter().position(|b| *b == 0) {
        return Err(line(at, &bytes));
    }
    String::from_utf8(bytes).map_err(|e| line(e.utf8_error().valid_up_to(), e.as_bytes()))
}

/// One row of the table: what is printed, and whether it is settled, or why it could not be counted.
fn one(calendar: &Calendar, row: &Row<'_>, columns: Columns, default: Option<Roll>) -> (render::due::Row, Result<bool, Text>) {
    let cells = match &row.cells {
        Ok(cells) => cells,
        Err(message) => return (render::due::Row::of("", "", "", None), Err(message.clone())),
    };
    let cell = |index: usize| cells.get(index).map_or("", |c| c.trim());
    let (a, r) = (cell(columns.anchor), cell(columns.rule));
    let way = columns.roll.map_or("", cell);
    let count = || -> Result<calendar::Due, Text> {
        if cells.len() == 1 && !columns.named {
            return Err(say!(
                "只有一栏；三栏 anchor,rule,roll 之间用半角逗号",
                "there is one column only; separate anchor,rule,roll by commas"
            ));
        }
        if !columns.named && cells.len() > 3 && cells[3..].iter().any(|c| !c.is_empty()) {
            return Err(say!(
                "多于三栏；几步的期限要加引号，写作 \"+2m,+hm\"",
                "more than three columns; put a chain of periods in quotes: \"+2m,+hm\""
            ));
        }
        let anchor = anchor(a, None)?;
        let rule = rule(r)?;
        let roll = match way {
            "" => default,
            word => Some(Roll::parse(word).ok_or_else(|| unknown_roll(word))?),
        };
        calendar::due(calendar, anchor, &rule, roll).map_err(|e| e.message)
    };
    match count() {
        Ok(due) => (render::due::Row::of(a, r, way, Some(&due)), Ok(due.settled)),
        Err(message) => (render::due::Row::of(a, r, way, None), Err(message)),
    }
}

fn unknown_roll(word: &str) -> Text {
    let shown = crate::text::cut(&safe(word), 30);
    if Rule::parse(word).is_ok() {
        return say!(
            "第三栏应为 next、none 或 prev，不是“{shown}”；几步的期限要加引号，写作 \"+2m,+hm\"",
            "the third column is next, none or prev, not \"{shown}\"; put a chain of periods in quotes: \"+2m,+hm\""
        );
    }
    say!("第三栏应为 next、none、prev 或空，不是“{shown}”", "the third column is next, none, prev or empty, not \"{shown}\"")
}
