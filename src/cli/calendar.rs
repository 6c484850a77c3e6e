//! `calendar`: shows a year's days off, imports the yearly notice.

use super::ctx::fail;
use super::{Ctx, Format};
use crate::assess::{self, Request, moved};
use crate::calendar::import;
use crate::casebook::Casebook;
use crate::casebook::file::read_text;
use crate::casebook::names::Where;
use crate::finding::Finding;
use crate::render::{self, calendar::Import};
use crate::say;
use anyhow::Result;
use std::io::Read;

/// 工作日历：看一年的放假安排，收录新通知 | the working calendar: a year's days off, importing a notice
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// 一年的放假与调休上班 | a year's days off and make-up days
    Show {
        /// 年份 | the year
        #[arg(value_name = "YEAR")]
        year: String,
    },
    /// 收录国务院办公厅的放假安排通知 | add the State Council's notice for a year
    Import {
        /// 通知全文的文本文件；- 为标准输入 | a text file with the whole notice; - for standard input
        #[arg(value_name = "FILE")]
        file: String,
        /// 该年文件已有时替换 | replace the year's file where there is one
        #[arg(long)]
        replace: bool,
        /// 只看会改变什么，不写入 | only show what would change
        #[arg(long)]
        dry_run: bool,
    },
}

/// Exit 1 where a notice cannot be read, 2 where its year is there already.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    match args.what {
        What::Show { year } => show(ctx, &year),
        What::Import { file, replace, dry_run } => {
            let format = ctx.format(&[Format::Table, Format::Json])?;
            let (shown, text) = match read(ctx, &file) {
                Ok(pair) => pair,
                Err(finding) => {
                    let (zh, en) = (finding.message.zh, finding.message.en);
                    let help = finding.help.unwrap_or_default();
                    let (help_zh, help_en) =
                        if help.is_empty() { Default::default() } else { (format!("；{}", help.zh), format!("; {}", help.en)) };
                    return Err(fail(say!("{file}：{zh}{help_zh}", "{file}: {en}{help_en}")));
                }
            };
            match import::parse(&text) {
                Ok(year) => take(ctx, &year, replace, dry_run, format),
                Err(errors) => {
                    let findings: Vec<Finding> = errors.iter().map(|e| e.finding(&shown)).collect();
                    refuse(ctx, &findings, (&shown, text), format)
                }
            }
        }
    }
}

fn show(ctx: &mut Ctx, year: &str) -> Result<u8> {
    let format = ctx.format(&[Format::Table, Format::Json, Format::Csv, Format::Md])?;
    let Some(year) = year.trim().trim_end_matches('年').parse::<i32>().ok().filter(|y| (1..=9999).contains(y)) else {
        let shown = crate::text::cut(&crate::text::safe(year), 30);
        return Err(fail(say!("年份应写作 2025，不是“{shown}”", "a year is written 2025, not \"{shown}\"")));
    };
    let calendar = super::due::calendar_around(ctx)?;
    let table = calendar.year_table(year);
    match format {
        Format::Json => render::json::write(ctx.out, &render::calendar::json(&table, ctx.lang))?,
        Format::Csv => render::calendar::csv(ctx.out, &table, ctx.lang)?,
        Format::Md => render::calendar::md(ctx.out, &table, ctx.lang)?,
        _ => render::calendar::print(ctx.out, &table, ctx.lang, ctx.width)?,
    }
    if let Some(reminder) = calendar.next_year_missing(ctx.today) {
        ctx.note(&reminder)?;
    }
    Ok(0)
}

/// The notice's name for findings, and its text.
fn read(ctx: &Ctx, file: &str) -> Result<(String, String), Box<Finding>> {
    if file != "-" {
        return read_text(&ctx.dir.join(file), file).map(|text| (file.to_string(), text));
    }
    let mut bytes = Vec::new();
    let name = say!("标准输入", "stdin").get(ctx.lang).to_string();
    let name = name.as_str();
    std::io::stdin().lock().read_to_end(&mut bytes).map_err(|e| Box::new(crate::casebook::file::unreadable(name, &e)))?;
    crate::yaml::decode(name, bytes).map(|text| (name.to_string(), text)).map_err(Box::new)
}

fn refuse(ctx: &mut Ctx, findings: &[Finding], (file, text): (&str, String), format: Format) -> Result<u8> {
    let mut sources = render::Sources::new(&ctx.dir);
    sources.put(file, text);
    let list: Vec<&Finding> = findings.iter().collect();
    render::any_findings(ctx.out, &list, &mut sources, format, ctx.lang, ctx.color)?;
    Ok(1)
}

/// Shows what the year changes, and writes it.
fn take(ctx: &mut Ctx, year: &import::Year, replace: bool, dry_run: bool, format: Format) -> Result<u8> {
    let book = ctx.book()?;
    let rel = format!("calendar/{}.toml", year.year);
    let (old, broken) = book.calendar();
    let new = old.with_year(year, &rel);
    let request = Request { places: vec![Where::Book], today: ctx.today, cache: false };
    let before = assess::run(&book, &request);
    let other = Casebook::open(&book.root).with_calendar(new.clone());
    let after = assess::run(&other, &request);
    let moved = moved::between(&before, &after);
    let announced = moved::announced(&book, old, &new, &moved, ctx.today);

    let mut sources = render::Sources::new(&book.root);
    for finding in broken {
        let text = render::findings::one(finding, &mut sources, ctx.lang, ctx.color);
        writeln!(ctx.err, "{text}\n")?;
    }
    let path = book.root.join(&rel);
    let blocked = path.exists() && !replace && !dry_run;
    let text = import::to_toml(year);
    if !blocked && !dry_run {
        let _lock = book.lock()?;
        if path.exists() {
            let present = read_text(&path, &rel).map_err(|f| fail(f.message))?;
            book.replace(&rel, &present, &text)?;
        } else {
            book.create(&rel, &text)?;
        }
    }
    let written = !blocked && !dry_run;
    let import = Import { year, old, new: &new, moved: &moved, announced: &announced, file: &rel, written };
    match format {
        Format::Json => render::json::write(ctx.out, &import.json(&mut sources, ctx.lang))?,
        _ => import.print(ctx.out, &mut sources, ctx.lang, ctx.color, ctx.width)?,
    }
    if blocked {
        return Err(fail(say!(
            "{rel} 已经存在，没有写入；核对上面的变化后加 --replace",
            "{rel} exists already and was not written; look at the changes above, then use --replace"
        )));
    }
    Ok(0)
}
