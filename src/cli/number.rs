//! `number`: gives running numbers in the order of dates; a number once given never moves.

use super::ctx::fail;
use super::{Ctx, target};
use crate::casebook::journal::Step;
use crate::casebook::names::Where;
use crate::kind::{Type, Val};
use crate::say;
use crate::yaml::{self, Value};
use anyhow::Result;
use chrono::NaiveDate;

/// 按日期给没有编号的记录编号；已有的编号不变 | number the records that have none, in the order of their dates; given numbers stay
#[derive(clap::Args)]
pub struct Args {
    /// 记录种类，如 谈话、interview | the kind of record, as in interview
    #[arg(value_name = "KIND")]
    kind: String,
    /// 案卷或轮次；在其文件夹内可不写 | the case or round; not needed inside its folder
    #[arg(value_name = "CASE")]
    case: Option<String>,
}

/// Everything is checked before the first file is changed.
pub fn run(args: Args, ctx: &mut Ctx) -> Result<u8> {
    let book = ctx.book()?;
    let kind = book.kind_named(&args.kind).map_err(fail)?;
    let place = ctx.place(&book, args.case.as_deref())?;
    let spot = book.spot(kind, &place).map_err(fail)?;
    let k = book.schema.kind(kind);
    let shape = book.schema.shape(k.shape);
    let (zh, en) = (&k.title.zh, &k.title.en);
    let no = shape.find("no").filter(|i| matches!(shape.fields[*i as usize].ty, Type::Int) && !k.single);
    let Some(no) = no else {
        return Err(fail(say!("{zh}没有流水编号", "records of the kind “{en}” have no running number")));
    };
    let lock = book.lock()?;
    let folder = match (&spot.home.round, &spot.home.case) {
        (round, _) if round.is_empty() => book.read_folder("", spot.level, &spot.home, Some(&[kind])),
        (round, case) if case.is_empty() => book.read_round(round, Some(&[])).folder,
        (round, case) => book.read_case(round, case).folder,
    };
    // A record that cannot be read may hold a number: none is given beside it.
    let unreadable = |f: &&crate::finding::Finding| {
        let inside = format!("{}/", crate::casebook::file::join(&spot.folder, &k.id));
        f.place.file.starts_with(&inside) && !folder.records.iter().chain(&folder.drafts).any(|r| r.file == f.place.file)
    };
    if let Some(f) = folder.findings.iter().find(unreadable) {
        let file = &f.place.file;
        let (why, why_en) = (&f.message.zh, &f.message.en);
        return Err(fail(say!("{file} 读不了，先改好再编号：{why}", "{file} cannot be read; mend it before numbering: {why_en}")));
    }
    let mut last = 0i64;
    let mut open: Vec<(NaiveDate, String)> = Vec::new();
    let mut undated = Vec::new();
    for r in folder.of(kind) {
        match r.root().field(no).map(|p| p.val()) {
            Some(Val::Int(n)) => last = last.max(n),
            None | Some(Val::Empty) => {
                let date = k.date.and_then(|d| r.root().field(d)).and_then(|p| match p.val() {
                    Val::Date(d) | Val::Time(d, _) => Some(d),
                    _ => None,
                });
                match date {
                    Some(d) => open.push((d, r.file.clone())),
                    None if k.date.is_none() => open.push((NaiveDate::MIN, r.file.clone())),
                    None => undated.push(r.file.clone()),
                }
            }
            Some(_) => undated.push(r.file.clone()),
        }
    }
    open.sort();
    let lang = target::record_lang(&book, ctx);
    let mut changes = Vec::new();
    for (_, file) in &open {
        last += 1;
        let record = book.reopen(file)?;
        let tree = &record.record.tree;
        let value = Value::Int(last);
        let text = match record.record.root().field(no) {
            Some(part) => yaml::set_scalar(tree, part.node, &value),
            None => yaml::insert_entry(tree, tree.root(), record.name(&book, no, lang), &value),
        };
        let text = text.map_err(|e| {
            let (why, why_en) = (e.zh, e.en);
            fail(say!("{file}：{why}", "{file}: {why_en}"))
        })?;
        changes.push((last, record, text));
    }
    let steps: Vec<Step> = changes.iter().map(|(_, record, text)| Step::amend(record, text)).collect();
    book.together(&lock, &steps)?;
    for (n, record, _) in &changes {
        let file = &record.record.file;
        ctx.line(&say!("{n}  {file}", "{n}  {file}"))?;
    }
    for file in &undated {
        ctx.note(&say!("没有编号：{file} 还没有写日期", "not numbered: {file} has no date yet"))?;
    }
    if changes.is_empty() && undated.is_empty() {
        let name = match &place {
            Where::Book => String::new(),
            place => place.name(),
        };
        ctx.line(&say!("{name} 的{zh}都已有编号", "all records of the kind “{en}” in {name} have their numbers"))?;
    }
    Ok(0)
}
