//! JSON for programs: the shapes of the contract.

use super::Sources;
use crate::finding::Finding;
use crate::text::Lang;
use anyhow::Result;
use serde_json::{Value, json};
use std::io::Write;

/// A list of findings.
pub fn findings(out: &mut dyn Write, list: &[&Finding], sources: &mut Sources, lang: Lang) -> Result<()> {
    let rows: Vec<Value> = list.iter().map(|f| finding(f, sources, lang)).collect();
    write(out, &Value::Array(rows))
}

/// One finding.
pub fn finding(f: &Finding, sources: &mut Sources, lang: Lang) -> Value {
    let lines = sources.lines(f);
    let whole = lines.line == 0;
    let at = |n: usize| if whole { Value::Null } else { json!(n) };
    json!({
        "code": f.code,
        "severity": f.severity.code(),
        "obligation": f.obligation,
        "cite": f.cite.as_ref().map(|c| c.get(lang)),
        "case": f.case,
        "file": f.place.file,
        "line": at(lines.line),
        "column": at(lines.column),
        "end_line": at(lines.end_line),
        "end_column": at(lines.end_column),
        "message": f.message.get(lang),
        "help": f.help.as_ref().map(|h| h.get(lang)),
    })
}

/// Any value, indented, with a line break at the end.
pub fn write(out: &mut dyn Write, value: &Value) -> Result<()> {
    writeln!(out, "{}", text(value)?)?;
    Ok(())
}

/// The same as text. Invisible characters stand as escapes: the value is unchanged, and a terminal does not obey it.
pub fn text(value: &Value) -> Result<String> {
    let mut text = String::new();
    for c in serde_json::to_string_pretty(value)?.chars() {
        if crate::text::is_unsafe_char(c) {
            crate::text::marked(c, true, &mut text);
        } else {
            text.push(c);
        }
    }
    Ok(text)
}
