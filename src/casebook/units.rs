//! A list of units from a spreadsheet: CSV with the columns id and name, if wanted level, category, parent; knows no casebook.

use crate::finding::{Finding, Place};
use crate::say;
use crate::yaml;

/// One line of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The line in the file, from 1; 0 for one given on the command line.
    pub line: usize,
    /// The unit's id.
    pub id: String,
    /// Its name; empty where it is not given.
    pub name: String,
    /// Its level, category and parent as typed; empty where not given.
    pub level: String,
    /// See `level`.
    pub category: String,
    /// See `level`.
    pub parent: String,
}

const COLUMNS: [(&str, [&str; 3]); 5] = [
    ("id", ["编号", "代码", "单位代码"]),
    ("name", ["名称", "单位名称", "单位"]),
    ("level", ["层级", "单位层级", "级别"]),
    ("category", ["类别", "单位类别", "类型"]),
    ("parent", ["上级", "上级单位", "所属单位"]),
];

/// Reads the list. UTF-8 with or without a byte order mark; comma, semicolon or tab; quotes as Excel writes them. Everything wrong is reported.
pub fn read(file: &str, bytes: Vec<u8>) -> (Vec<Row>, Vec<Finding>) {
    let text = match yaml::decode(file, bytes) {
        Ok(text) => text,
        Err(f) => {
            let remedy = say!(
                "在 Excel 或 WPS 里“另存为”，类型选“CSV UTF-8（逗号分隔）”",
                "in Excel or WPS, “save as” with the type “CSV UTF-8 (comma delimited)”"
            );
            return (Vec::new(), vec![f.help(remedy)]);
        }
    };
    let mut findings = Vec::new();
    let (mut records, open) = split(&text);
    if let Some(line) = open {
        findings.push(Finding::error(
            "unclosed-quote",
            at(file, &text, line),
            say!("第{line}行的引号没有结束", "the quote in line {line} is not closed"),
        ));
        return (Vec::new(), findings);
    }
    records.retain(|(_, cells)| cells.iter().any(|c| !c.trim().is_empty()));
    let Some((line, head)) = records.first().cloned() else {
        findings.push(Finding::error("empty-list", Place::file(file), say!("文件是空的", "the file is empty")).help(columns_help()));
        return (Vec::new(), findings);
    };
    let mut places = [None; COLUMNS.len()];
    for (i, cell) in head.iter().enumerate() {
        let word = cell.trim();
        let found = COLUMNS.iter().position(|(key, zh)| key.eq_ignore_ascii_case(word) || zh.contains(&word));
        match found {
            Some(c) if places[c].is_none() => places[c] = Some(i),
            _ if word.is_empty() => {}
            _ => {
                let shown = crate::text::safe(word).into_owned();
                findings.push(
                    Finding::warning(
                        "unknown-column",
                        at(file, &text, line),
                        say!("不认识的列“{shown}”，没有读取", "unknown column `{shown}`, not read"),
                    )
                    .help(columns_help()),
                );
            }
        }
    }
    if places[0].is_none() || places[1].is_none() {
        findings.push(
            Finding::error(
                "missing-column",
                at(file, &text, line),
                say!("第一行应是列名，至少有 id 和 name", "the first line names the columns, at least id and name"),
            )
            .help(columns_help()),
        );
        return (Vec::new(), findings);
    }
    let mut rows = Vec::new();
    for (line, cells) in &records[1..] {
        let cell = |c: usize| places[c].and_then(|i: usize| cells.get(i)).map(|s| s.trim().to_string()).unwrap_or_default();
        rows.push(Row { line: *line, id: cell(0), name: cell(1), level: cell(2), category: cell(3), parent: cell(4) });
    }
    if rows.is_empty() {
        findings.push(Finding::error("empty-list", Place::file(file), say!("只有列名，没有单位", "there are column names and no units")));
    }
    (rows, findings)
}

fn columns_help() -> crate::text::Text {
    say!(
        "列名用 id、name、level、category、parent（或编号、名称、层级、类别、上级单位）",
        "the columns are id, name, level, category, parent"
    )
}

/// A place in a given line (from 1).
pub(super) fn at(file: &str, text: &str, line: usize) -> Place {
    let start = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum::<usize>();
    let end = text[start..].find(['\r', '\n']).map_or(text.len(), |i| start + i);
    Place::at(file, start..end)
}

/// Lines as cells, each with the line it begins on; the line of a quote that is never closed.
pub(super) fn split(text: &str) -> (Vec<(usize, Vec<String>)>, Option<usize>) {
    let first = text.lines().next().unwrap_or("");
    let comma = [',', '\t', ';', '，'].into_iter().max_by_key(|c| (first.matches(*c).count(), *c == ',')).unwrap_or(',');
    let mut out = Vec::new();
    let (mut cells, mut cell) = (Vec::new(), String::new());
    let (mut line, mut begun, mut quoted, mut opened) = (1, 1, false, 1);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if cell.trim().is_empty() => {
                cell.clear();
                quoted = true;
                opened = line;
            }
            '\n' => {
                line += 1;
                if quoted {
                    cell.push('\n');
                } else {
                    cells.push(std::mem::take(&mut cell));
                    out.push((begun, std::mem::take(&mut cells)));
                    begun = line;
                }
            }
            '\r' if !quoted => {}
            c if c == comma && !quoted => cells.push(std::mem::take(&mut cell)),
            c => cell.push(c),
        }
    }
    if !cell.is_empty() || !cells.is_empty() {
        cells.push(cell);
        out.push((begun, cells));
    }
    (out, quoted.then_some(opened))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> (Vec<Row>, Vec<String>) {
        let (rows, findings) = read("u.csv", text.as_bytes().to_vec());
        (rows, findings.iter().map(|f| f.code.to_string()).collect())
    }

    #[test]
    fn as_excel_writes_it() {
        let (r, f) = rows("\u{feff}编号,名称,类别\r\njiaoyu,\"教育局,本级\",党政机关\r\n\r\ncaizheng,\"财政\"\"局\"\"\",\r\n");
        assert!(f.is_empty());
        assert_eq!((r[0].id.as_str(), r[0].name.as_str(), r[0].category.as_str()), ("jiaoyu", "教育局,本级", "党政机关"));
        assert_eq!((r[1].name.as_str(), r[1].line), ("财政\"局\"", 4));
        assert_eq!(rows("id\tname\na\t甲村\n").0[0].name, "甲村");
        assert_eq!(rows("id;name\na;甲村\n").0[0].name, "甲村");
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert_eq!(rows("").1, ["empty-list"]);
        assert_eq!(rows("id,name\n").1, ["empty-list"]);
        assert_eq!(rows("甲,乙\na,b\n").1, ["unknown-column", "unknown-column", "missing-column"]);
        assert_eq!(rows("id,name\na,\"甲\nb,乙\n").1, ["unclosed-quote"]);
        let gbk = b"id,name\na,\xbd\xcc\xd3\xfd\xbe\xd6\n".to_vec();
        let (_, f) = read("u.csv", gbk);
        assert_eq!(f[0].code, "encoding-gbk");
        assert!(f[0].help.as_ref().unwrap().zh.contains("CSV UTF-8"));
    }
}
