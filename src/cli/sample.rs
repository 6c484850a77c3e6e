//! `sample`: draws subjects or places from a list by a recorded seed, and records the draw as a covert visit.

use super::ctx::fail;
use super::{Ctx, target};
use crate::casebook::Casebook;
use crate::casebook::frame::{self, Frame};
use crate::casebook::journal::Step;
use crate::casebook::names::Where;
use crate::draw;
use crate::render;
use crate::say;
use crate::text::{Format, Text};
use anyhow::Result;
use chrono::NaiveDate;

/// 从名单中随机抽取暗访对象，记下种子，谁都可以重抽核对 | draw the subjects of a covert visit from a list, so that anybody can repeat it
#[derive(clap::Args)]
#[command(override_usage = "xuncha sample [CASE] --frame <FILE> -n <N> [--seed <SEED>] [FIELD=VALUE]...")]
pub struct Args {
    /// 案卷（在案卷文件夹内可不写），然后是暗访记录的 字段=值 | the case (not needed inside its folder), then FIELD=VALUE of the visit
    #[arg(value_name = "CASE|FIELD=VALUE")]
    rest: Vec<String>,
    /// 名单：CSV，有“代码”一列，可有“日期”“类别”，不得有姓名 | the list: CSV with a column `code`, perhaps `date` and `class`, no names
    #[arg(long, value_name = "FILE", conflicts_with = "records", required_unless_present = "records")]
    frame: Option<std::path::PathBuf>,
    /// 不用名单，从这类记录的编号中抽取，如 unit | no list: draw from the ids of the records of this kind, as in unit
    #[arg(long, value_name = "KIND")]
    records: Option<String>,
    /// 抽取几个 | how many
    #[arg(short = 'n', long = "size", value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10000))]
    size: u32,
    /// 随机种子；不写则随机取一个并记下 | the seed; without it one is taken at random and recorded
    #[arg(long, value_name = "SEED", value_parser = clap::value_parser!(u64).range(..=i64::MAX as u64))]
    seed: Option<u64>,
    /// 名单起始日期；不写则取名单中最早的 | the first day that the list covers; without it the earliest in it
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// 名单截止日期；不写则取名单中最晚的 | the last day that the list covers; without it the latest in it
    #[arg(long, value_name = "DATE")]
    to: Option<String>,
    /// 暗访日期；不写则为今天 | the day of the visit; without it today
    #[arg(long, value_name = "DATE")]
    date: Option<String>,
    /// 只抽取并打印，不写入 | draw and print, write nothing
    #[arg(long)]
    dry_run: bool,
}

/// Exit 2 where the list cannot be used; nothing is written then.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    let book = ctx.book()?;
    let (case, given) = match args.rest.split_first() {
        Some((first, rest)) if !first.contains('=') => (Some(first.as_str()), rest),
        _ => (None, args.rest.as_slice()),
    };
    let mut more = Vec::new();
    for field in given {
        let Some((name, value)) = field.split_once('=') else {
            let shown = crate::text::safe(field).into_owned();
            return Err(fail(say!("`{shown}` 应写成 `字段=值`", "`{shown}` should be `FIELD=VALUE`")));
        };
        more.push((name, value.to_string()));
    }
    let place = ctx.place(&book, case)?;
    let Where::Case(round, case) = &place else {
        return Err(fail(say!("请写明案卷，如 `2011-1/单位`", "name the case, as in `2011-1/UNIT`")));
    };
    let folder = format!("rounds/{round}/{case}");
    let day = |word: &Option<String>| word.as_deref().map(target::day).transpose();
    let (from, to) = (day(&args.from)?, day(&args.to)?);
    let date = day(&args.date)?.unwrap_or(ctx.today);
    let lock = book.lock()?;
    let list = match (&args.frame, &args.records) {
        (Some(file), _) => match frame::read(&ctx.dir.join(file), &file.display().to_string()) {
            Ok(frame) => file_list(&book, ctx, frame, file, &folder)?,
            Err(_) if ctx.public => return Err(fail(wrong_list())),
            Err(f) => {
                let mut sources = render::Sources::new(&ctx.dir).within(ctx.width);
                render::any_findings(ctx.err, &[&*f], &mut sources, Format::Table, ctx.lang, ctx.color)?;
                return Ok(2);
            }
        },
        (None, kind) => record_list(&book, &place, kind.as_deref().unwrap_or_default(), date)?,
    };
    let frame = &list.frame;
    let (all, n) = (frame.entries.len(), args.size as usize);
    if n > all {
        return Err(fail(say!("名单只有 {all} 个对象，抽不出 {n} 个", "the list has {all} entries: {n} cannot be drawn from it")));
    }
    let dates = || frame.entries.iter().filter_map(|e| e.date);
    let (from, to) = (from.or_else(|| dates().min()), to.or_else(|| dates().max()));
    if let (Some(from), Some(to)) = (from, to) {
        if to < from {
            return Err(fail(say!("名单的截止日期 {to} 早于起始日期 {from}", "the list ends on {to}, before it begins on {from}")));
        }
        if let Some((entry, day)) = frame::outside(frame, from, to) {
            if ctx.public {
                return Err(fail(wrong_list()));
            }
            let code = &entry.code;
            return Err(fail(say!(
                "名单里 {code} 的日期 {day} 不在 {from} 至 {to} 之间；先整理名单",
                "{code} of the list is dated {day}, not between {from} and {to}: put the list in order first"
            )));
        }
    }
    let seed = args.seed.unwrap_or_else(random_seed);
    let places = draw::draw(all as u64, n as u64, seed);
    let codes: Vec<&str> = places.iter().filter_map(|p| frame.entries.get(*p as usize - 1)).map(|e| e.code.as_str()).collect();
    let hash = &frame.sha256;
    let join = |l: Vec<String>| l.join(",");
    let opened = |d: Option<NaiveDate>| d.map(|d| d.to_string()).unwrap_or_default();
    let mut new = target::New {
        kind: "visit",
        place: place.clone(),
        stem: format!("{date}-anfang"),
        fields: vec![
            ("mode", "covert".into()),
            ("date", date.to_string()),
            ("unit", unit(&book, round, case)),
            ("announced", "false".into()),
            ("subjects", join(codes.iter().map(|c| c.to_string()).collect())),
            ("sample.frame_from", opened(from)),
            ("sample.frame_to", opened(to)),
            ("sample.frame.path", list.path.clone()),
            ("sample.frame.sha256", hash.clone()),
            ("sample.size", all.to_string()),
            ("sample.seed", seed.to_string()),
            ("sample.drawn", join(places.iter().map(u64::to_string).collect())),
        ],
    };
    new.fields.extend(more);
    // What cannot be recorded is not drawn: nobody is to see the draw of a mistyped command and try another.
    let (rel, text) = target::compose(&book, &new, target::record_lang(&book, ctx))?;
    if ctx.public && !args.dry_run {
        return Err(fail(say!(
            "--public 要与 --dry-run 同用：只输出，不写入",
            "--public goes with --dry-run: it prints and writes nothing"
        )));
    }
    // Who was drawn follows from the places for those who have the list.
    for (place, code) in places.iter().zip(&codes) {
        ctx.line(&Text::same(if ctx.public { place.to_string() } else { format!("{place}\t{code}") }))?;
    }
    ctx.note(&say!(
        "名单 {all} 个，抽取 {n} 个，种子 {seed}，名单校验值 {hash}",
        "{n} of {all} drawn, seed {seed}, SHA-256 of the list {hash}"
    ))?;
    if args.dry_run {
        return Ok(0);
    }
    let mut files: Vec<(String, String)> = list.text.iter().map(|t| (format!("{folder}/{}", list.path), t.clone())).collect();
    files.push((rel, text));
    let steps: Vec<Step> = files.iter().map(|(rel, text)| Step::Create { rel: rel.clone(), text: text.clone() }).collect();
    book.together(&lock, &steps)?;
    for (rel, _) in &files {
        target::wrote(ctx, rel)?;
    }
    if given.is_empty() {
        ctx.note(&say!("请补填走访人员和具体方法", "fill in who goes and how"))?;
    }
    Ok(0)
}

fn wrong_list() -> Text {
    say!("名单有误；不带 --public 再运行一次，看是哪里", "the list is wrong; run it again without --public to see where")
}

/// A list, and where in the case it stands or will stand.
struct List {
    frame: Frame,
    path: String,
    /// What is to be written there; nothing where it is there already.
    text: Option<String>,
}

/// A list that stands in a file. One outside the case is copied into its `files/`.
fn file_list(book: &Casebook, ctx: &Ctx, frame: Frame, file: &std::path::Path, folder: &str) -> Result<List> {
    let path = ctx.dir.join(file);
    let inside = |p: &std::path::Path| {
        let case = book.root.join(folder).canonicalize().ok()?;
        Some(p.canonicalize().ok()?.strip_prefix(case).ok()?.to_string_lossy().replace('\\', "/"))
    };
    if let Some(path) = inside(&path) {
        return Ok(List { frame, path, text: None });
    }
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let rel = format!("files/{name}");
    let there = book.root.join(folder).join(&rel);
    if there.exists() {
        let same = frame::read(&there, &rel).is_ok_and(|f| f.sha256 == frame.sha256);
        return match same {
            true => Ok(List { frame, path: rel, text: None }),
            false => Err(fail(say!(
                "{folder}/{rel} 已经有了，而内容不同；换一个文件名",
                "{folder}/{rel} is there already and differs: take another name"
            ))),
        };
    }
    // With its byte order mark, if it has one: the hash is of the bytes.
    let text = std::fs::read_to_string(&path).map_err(|e| {
        let shown = file.display();
        let Text { zh, en } = crate::casebook::file::io_text(&e);
        fail(say!("名单 {shown} 读不了：{zh}", "the list {shown} cannot be read: {en}"))
    })?;
    Ok(List { frame, path: rel, text: Some(text) })
}

/// The ids of the records of a kind that stand in the case, or in its round, or in the casebook; written down as a list.
fn record_list(book: &Casebook, place: &Where, kind: &str, date: NaiveDate) -> Result<List> {
    let kind = book.kind_named(kind).map_err(fail)?;
    let spot = book.spot(kind, place).map_err(fail)?;
    let folder = book.read_folder(&spot.folder, spot.level, &spot.home, Some(&[kind]));
    let id = &book.schema.kind(kind).id;
    let codes: Vec<String> = folder.of(kind).iter().map(|r| r.id.clone()).collect();
    if codes.is_empty() {
        return Err(fail(say!("没有 {id} 记录可抽", "there are no records of the kind {id} to draw from")));
    }
    let text = format!("code\n{}\n", codes.join("\n"));
    let entries = codes.into_iter().map(|code| frame::Entry { code, date: None }).collect();
    let letters = crate::casebook::write::random_letters();
    let frame = Frame { sha256: draw::sha256(text.as_bytes()), entries };
    Ok(List { frame, path: format!("files/{date}-{id}-{letters}.csv"), text: Some(text) })
}

/// The unit of a case, as its record names it; else the case's own name.
fn unit(book: &Casebook, round: &str, case: &str) -> String {
    let read = book.read_case(round, case);
    let record = book.schema.find_kind("case").and_then(|k| read.folder.of(k).first());
    let index = record.and_then(|r| book.schema.shape(r.shape).find("unit"));
    let named = record.zip(index).and_then(|(r, i)| r.root().field(i)).filter(|p| p.filled()).map(|p| p.str().trim().to_string());
    named.unwrap_or_else(|| case.to_string())
}

/// Nine digits, so that they can be read out.
fn random_seed() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    std::collections::hash_map::RandomState::new().build_hasher().finish() % 1_000_000_000
}
