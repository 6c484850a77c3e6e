//! `add --from`: many records at once from a spreadsheet; all of them or none.

use super::ctx::fail;
use super::{Ctx, Format};
use crate::casebook::add::Spot;
use crate::casebook::bulk::{self, Row};
use crate::casebook::journal::Step;
use crate::casebook::{Casebook, file};
use crate::finding::{Finding, Severity};
use crate::kind::{Fill, Given, KindId, Type, skeleton};
use crate::render;
use crate::say;
use crate::text::{Lang, nearest};
use anyhow::Result;
use std::collections::BTreeMap;
use std::path::Path;

/// Where the records go, and in which language their skeletons are written.
pub struct List<'a> {
    /// The casebook.
    pub book: &'a Casebook,
    /// Their kind.
    pub kind: KindId,
    /// Their place.
    pub spot: &'a Spot,
    /// Their language.
    pub lang: Lang,
}

/// Adds the records of a file. Records that are there already stay as they are. Exit 2 where a line is wrong; nothing is written then.
pub fn run(list: &List, from: &Path, given: &Fill, ctx: &mut Ctx) -> Result<u8> {
    let (book, kind) = (list.book, list.kind);
    let shown = from.display().to_string();
    let bytes = std::fs::read(ctx.dir.join(from)).map_err(|e| {
        let why = file::io_text(&e);
        let (zh, en) = (why.zh, why.en);
        fail(say!("读不了 {shown}：{zh}", "cannot read {shown}: {en}"))
    })?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (rows, mut findings) = bulk::read(&shown, bytes, &book.schema, kind, given);
    let lock = book.lock()?;
    let (files, there) = files(list, &shown, &rows, ctx, &mut findings);
    if !findings.is_empty() {
        let refs: Vec<&Finding> = findings.iter().collect();
        let mut sources = render::Sources::new(&ctx.dir).within(ctx.width);
        sources.put(&shown, text);
        render::any_findings(ctx.err, &refs, &mut sources, Format::Table, ctx.lang, ctx.color)?;
    }
    if findings.iter().any(|f| f.severity == Severity::Error) {
        ctx.note(&say!("没有写入任何文件。", "Nothing was written."))?;
        return Ok(2);
    }
    let steps: Vec<Step> = files.into_iter().map(|(rel, text)| Step::Create { rel, text }).collect();
    book.together(&lock, &steps)?;
    for step in &steps {
        if let Step::Create { rel, .. } = step {
            ctx.line(&crate::text::Text::same(rel.clone()))?;
        }
    }
    let (n, title) = (steps.len(), &book.schema.kind(kind).title);
    let (zh, en) = (&title.zh, &title.en);
    ctx.note(&match there {
        0 => say!("已新增{zh} {n} 份", "{n} records added ({en})"),
        _ => say!(
            "已新增{zh} {n} 份；{there} 份原来就有，没有改动",
            "{n} records added ({en}); {there} were there already and stay as they are"
        ),
    })?;
    Ok(0)
}

/// The files to be written, by path, and how many are there already.
fn files(list: &List, shown: &str, rows: &[Row], ctx: &Ctx, findings: &mut Vec<Finding>) -> (BTreeMap<String, String>, usize) {
    let (book, kind) = (list.book, list.kind);
    let schema = &book.schema;
    let shape = schema.shape_of(kind);
    let folder = book.read_folder(&list.spot.folder, list.spot.level, &list.spot.home, Some(&[kind]));
    let mut ids: Vec<String> = folder.of(kind).iter().map(|r| r.id.clone()).collect();
    let mut stems = Vec::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows {
        let (mut stem, own) = book.stem(kind, &row.fill, ctx.today);
        while !own && seen.contains_key(&stem) {
            stem = book.stem(kind, &row.fill, ctx.today).0;
        }
        let (line, first) = (row.line, seen.insert(stem.to_lowercase(), row.line));
        if let Some(first) = first {
            let message = say!("`{stem}` 在第{first}行已经有了", "`{stem}` stands in line {first} already");
            findings.push(Finding::error("list-twice", bulk::place(shown, line), message));
        }
        stems.push(stem.clone());
        ids.push(stem);
    }
    let (mut out, mut there) = (BTreeMap::new(), 0);
    for (row, stem) in rows.iter().zip(&stems) {
        let rel = book.record_path(kind, list.spot, stem);
        if book.taken(&rel) {
            there += 1;
            continue;
        }
        // A superior that is neither there nor in the list would be found wanting in every line.
        for (i, field) in shape.fields.iter().enumerate() {
            if let (Type::Ref(kinds), Some(Given::Text(id))) = (&field.ty, row.fill.get(i as u16))
                && kinds.as_slice() == [kind]
                && !ids.contains(id)
            {
                let (zh, en, id) = (&field.label.zh, &field.label.en, crate::text::safe(id).into_owned());
                let message = say!("{zh} `{id}` 既不在名录也不在名单里", "{en} `{id}` is neither in the register nor in the list");
                let mut f = Finding::error("dangling-ref", bulk::place(shown, row.line), message);
                f.help = nearest(&id, ids.iter().map(String::as_str)).map(|n| say!("是否指 `{n}`？", "did you mean `{n}`?"));
                findings.push(f);
            }
        }
        let mut fill = row.fill.clone();
        if let Some(id) = shape.find("id").filter(|i| shape.fields[*i as usize].header) {
            fill.take(id);
        }
        let text = skeleton::skeleton(schema, kind, list.spot.level, list.lang, &fill, &[]);
        let (_, wrong) = book.judge(kind, &rel, &list.spot.home, &text);
        findings.extend(wrong.into_iter().map(|mut f| {
            f.place = bulk::place(shown, row.line);
            f
        }));
        out.insert(rel, text);
    }
    (out, there)
}
