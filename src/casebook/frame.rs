//! The list from which subjects or places are drawn: a CSV file of codes, with dates where they have them; knows no procedure and no draw.

use super::file::{read_text, unreadable};
use crate::csv;
use crate::finding::{Finding, Place};
use crate::say;
use crate::text::{Text, cut, safe};
use chrono::NaiveDate;
use std::collections::HashMap;
use std::path::Path;

/// A list of codes.
#[derive(Debug)]
pub struct Frame {
    /// The SHA-256 of the file.
    pub sha256: String,
    /// Its rows, in their order.
    pub entries: Vec<Entry>,
}

/// A row.
#[derive(Debug)]
pub struct Entry {
    /// The code.
    pub code: String,
    /// The day on which the subject was served or checked, where the list has it.
    pub date: Option<NaiveDate>,
}

const CODE: [&str; 3] = ["code", "代码", "对象代码"];
const DATE: [&str; 3] = ["date", "日期", "办理日期"];
const CLASS: [&str; 3] = ["class", "类别", "对象类别"];

/// Reads a list. `shown` is how its path is shown. A column that is neither code, date nor class is refused: a list of names has no place here.
pub fn read(path: &Path, shown: &str) -> Result<Frame, Box<Finding>> {
    let text = read_text(path, shown)?;
    let fault = |line: usize, message: Text| {
        let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
        let end = text[start..].find('\n').map_or(text.len(), |i| start + i);
        Box::new(Finding::error("sample-frame", Place::at(shown, start..end), message).help(say!(
            "名单的第一行写列名：代码、日期（可不要）、类别（可不要）；人员只写代码，不写姓名",
            "the first row names the columns: code, date (if any), class (if any); people stand as codes, never names"
        )))
    };
    let mut rows = csv::rows(&text);
    let Some(head) = rows.next() else { return Err(fault(1, say!("名单是空的", "the list is empty"))) };
    let names = head.cells.map_err(|m| fault(head.line, m))?;
    let find = |of: [&str; 3]| names.iter().position(|n| of.iter().any(|o| o.eq_ignore_ascii_case(n)));
    let (code, date) = (find(CODE), find(DATE));
    let Some(code) = code else { return Err(fault(head.line, say!("名单没有“代码”一列", "the list has no column `code`"))) };
    let all = [CODE, DATE, CLASS].concat();
    if let Some(other) = names.iter().find(|n| !all.iter().any(|a| a.eq_ignore_ascii_case(n))) {
        let other = safe(&cut(other, 20)).into_owned();
        return Err(fault(
            head.line,
            say!("名单只能有代码、日期、类别，不能有“{other}”", "a list has code, date and class only, not `{other}`"),
        ));
    }
    let (mut entries, mut seen) = (Vec::new(), HashMap::new());
    for row in rows {
        let cells = row.cells.map_err(|m| fault(row.line, m))?;
        let cell = |at: Option<usize>| at.and_then(|i| cells.get(i)).map_or("", |c| c.as_ref());
        let code = cell(Some(code));
        if code.is_empty() || !code.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./".contains(&b)) {
            let line = row.line;
            return Err(fault(
                line,
                say!(
                    "第 {line} 行的代码只能用字母、数字和短横，如 P-017",
                    "the code of row {line} may have letters, digits and dashes only, like P-017"
                ),
            ));
        }
        if let Some(first) = seen.insert(code.to_string(), row.line) {
            let line = row.line;
            return Err(fault(
                line,
                say!("第 {line} 行的代码 {code} 与第 {first} 行重复", "the code {code} of row {line} stands in row {first} too"),
            ));
        }
        let date = match cell(date) {
            "" => None,
            word => match word.parse() {
                Ok(day) => Some(day),
                Err(_) => {
                    let (line, word) = (row.line, safe(&cut(word, 20)).into_owned());
                    return Err(fault(
                        line,
                        say!("第 {line} 行的日期 `{word}` 请写成 2011-09-02", "write the date `{word}` of row {line} as 2011-09-02"),
                    ));
                }
            },
        };
        entries.push(Entry { code: code.to_string(), date });
    }
    if entries.is_empty() {
        return Err(fault(head.line, say!("名单没有一行对象", "the list has no rows")));
    }
    // Of the bytes as they stand, mark and line ends included.
    let bytes = std::fs::read(path).map_err(|e| Box::new(unreadable(shown, &e)))?;
    Ok(Frame { sha256: crate::draw::sha256(&bytes), entries })
}

/// The first entry that is dated outside a period.
pub fn outside(frame: &Frame, from: NaiveDate, to: NaiveDate) -> Option<(&Entry, NaiveDate)> {
    frame.entries.iter().find_map(|e| e.date.filter(|d| *d < from || *d > to).map(|d| (e, d)))
}
