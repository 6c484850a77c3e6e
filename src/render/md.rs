//! Markdown tables for documents.

use super::{Sources, said};
use crate::finding::Finding;
use crate::text::{Lang, safe};
use anyhow::Result;
use std::io::Write;

/// A table.
pub fn write(out: &mut dyn Write, head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Result<()> {
    writeln!(out, "| {} |", head.join(" | "))?;
    writeln!(out, "|{}", "---|".repeat(head.len()))?;
    for r in rows {
        let cells: Vec<String> = r.iter().map(|c| cell(c)).collect();
        writeln!(out, "| {} |", cells.join(" | "))?;
    }
    Ok(())
}

/// A cell on one line that reads as it is written: nothing in it makes a column, a link, emphasis or a tag.
fn cell(s: &str) -> String {
    let mut out = String::with_capacity(s.len());
    for line in s.trim().replace("\r\n", "\n").split(['\n', '\r']) {
        if !out.is_empty() {
            out.push_str("<br>");
        }
        out.push_str(&inline(line));
    }
    out
}

/// Text inside a line.
pub fn inline(s: &str) -> String {
    let s = safe(s);
    let mut out = String::with_capacity(s.len());
    let mut before = ' ';
    let mut chars = s.chars().peekable();
    while let Some(c) = chars.next() {
        // An underscore inside a word is no emphasis; ids and keys stay legible.
        let word = before.is_alphanumeric() && chars.peek().is_some_and(|n| n.is_alphanumeric());
        match c {
            '\n' | '\r' | '\t' => out.push(' '),
            '|' | '\\' | '*' | '[' | ']' | '`' | '~' => out.extend(['\\', c]),
            '_' if !word => out.extend(['\\', c]),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            _ => out.push(c),
        }
        before = c;
    }
    out
}

/// Findings, a row each.
pub fn findings(out: &mut dyn Write, list: &[&Finding], sources: &mut Sources, lang: Lang) -> Result<()> {
    let head = match lang {
        Lang::Zh => ["级别", "事项", "依据", "位置", "问题", "办法"],
        Lang::En => ["severity", "obligation", "cite", "place", "what is wrong", "remedy"],
    };
    let rows: Vec<Vec<String>> = list
        .iter()
        .map(|f| {
            let l = sources.lines(f);
            let place = if l.line == 0 { f.place.file.clone() } else { format!("{}:{}:{}", f.place.file, l.line, l.column) };
            vec![
                f.severity.title().get(lang).to_string(),
                f.obligation.clone().unwrap_or_else(|| f.code.to_string()),
                said(&f.cite, lang),
                place,
                f.message.get(lang).to_string(),
                said(&f.help, lang),
            ]
        })
        .collect();
    write(out, &head, rows.into_iter())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(cells: &[&str]) -> String {
        let mut out = Vec::new();
        write(&mut out, &["a", "b"], std::iter::once(cells.iter().map(|c| c.to_string()).collect())).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn no_cell_breaks_the_table() {
        let text = table(&["甲|乙\\|丙", "第一行\r\n第二行\n第三行"]);
        assert_eq!(text, "| a | b |\n|---|---|\n| 甲\\|乙\\\\\\|丙 | 第一行<br>第二行<br>第三行 |\n");
        assert_eq!(text.lines().count(), 3);
    }

    #[test]
    fn no_cell_is_run_as_markup() {
        let text = table(&["<script>&amp;", "[点这里](http://example.org) *a* `b` _c_ working_days a\u{1b}[0m"]);
        assert!(
            text.ends_with(
                "| &lt;script&gt;&amp;amp; | \\[点这里\\](http://example.org) \\*a\\* \\`b\\` \\_c\\_ working_days a\\\\u{1b}\\[0m |\n"
            ),
            "{text}"
        );
    }
}
