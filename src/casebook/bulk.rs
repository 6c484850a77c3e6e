//! Records from a spreadsheet: a CSV whose columns are fields of a kind, a record a line; knows neither files nor commands.

use super::units::{at, split};
use crate::finding::{Finding, Place};
use crate::kind::{Fill, KindId, Schema, Type};
use crate::say;
use crate::text::nearest;
use crate::yaml;

/// One line of the list.
#[derive(Clone, Debug)]
pub struct Row {
    /// The line in the file, from 1.
    pub line: usize,
    /// What it gives.
    pub fill: Fill,
}

/// Reads a list. UTF-8; comma, semicolon or tab; quotes as spreadsheets write them. Every line begins with `given`, which holds for all of them.
/// Everything wrong is reported; empty cells say nothing. `id` is the file name; where a kind has a `code`, it is the code too.
pub fn read(file: &str, bytes: Vec<u8>, schema: &Schema, kind: KindId, given: &Fill) -> (Vec<Row>, Vec<Finding>) {
    let text = match yaml::decode(file, bytes) {
        Ok(text) => text,
        Err(f) => {
            let remedy = say!(
                "在 Excel 或 WPS 里“另存为”，类型选“CSV UTF-8(逗号分隔)”",
                "in Excel or WPS, “save as” with the type “CSV UTF-8 (comma delimited)”"
            );
            return (Vec::new(), vec![f.help(remedy)]);
        }
    };
    let mut findings = Vec::new();
    let (mut records, open) = split(&text);
    if let Some(line) = open {
        let message = say!("第{line}行的引号没有结束", "the quote in line {line} is not closed");
        findings.push(Finding::error("unclosed-quote", at(file, &text, line), message));
        return (Vec::new(), findings);
    }
    records.retain(|(_, cells)| cells.iter().any(|c| !c.trim().is_empty()));
    if records.len() < 2 {
        let message =
            say!("没有内容：第一行是列名，以下每行一份", "nothing in it: the first line names the columns, each line below is a record");
        findings.push(Finding::error("empty-list", Place::file(file), message));
        return (Vec::new(), findings);
    }
    let shape_id = schema.kind(kind).shape;
    let shape = schema.shape(shape_id);
    let (line, mut head) = records.remove(0);
    for word in head.iter_mut().filter(|w| shape.find(w.trim()).is_none() && w.trim() == "编号") {
        *word = "id".into();
    }
    for word in head.iter().map(|w| w.trim()).filter(|w| !w.is_empty()) {
        let (first, rest) = word.split_once('.').map_or((word, None), |(a, b)| (a, Some(b)));
        let known = shape.find(first).is_some_and(|i| rest.is_none() || !matches!(shape.fields[i as usize].ty, Type::Text));
        if !known {
            let shown = crate::text::safe(word).into_owned();
            let (zh, en) = (&schema.kind(kind).title.zh, &schema.kind(kind).title.en);
            let mut f = Finding::error(
                "unknown-column",
                at(file, &text, line),
                say!("不认识的列“{shown}”：{zh}没有这个字段", "unknown column `{shown}`: “{en}” has no such field"),
            );
            f.help = nearest(first, shape.spellings()).map(|n| say!("是否指 `{n}`？", "did you mean `{n}`?"));
            findings.push(f);
        }
    }
    if !findings.is_empty() {
        return (Vec::new(), findings);
    }
    let mut rows = Vec::new();
    for (line, cells) in records {
        let mut fill = given.clone();
        for (word, value) in head.iter().zip(&cells).filter(|(w, v)| !w.trim().is_empty() && !v.trim().is_empty()) {
            let own = shape.find(word.trim()).filter(|i| fill.get(*i).is_some());
            // What the line says stands over what holds for all.
            own.and_then(|i| fill.take(i));
            if let Err(message) = fill.set(schema, shape_id, word.trim(), value.trim()) {
                findings.push(Finding::error("list-cell", at(file, &text, line), message));
            }
        }
        if let (Some(id), Some(code)) = (fill.text(shape, "id").map(str::to_string), shape.find("code"))
            && fill.get(code).is_none()
        {
            let _ = fill.set(schema, shape_id, "code", &id);
        }
        rows.push(Row { line, fill });
    }
    (rows, findings)
}

/// The place of a line.
pub fn place(file: &str, line: usize) -> Place {
    Place::file(format!("{file}:{line}"))
}
