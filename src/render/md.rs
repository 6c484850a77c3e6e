//! Markdown tables for documents.

use super::Sources;
use crate::finding::Finding;
use crate::text::Lang;
use anyhow::Result;
use std::io::Write;

/// A table.
pub fn write(out: &mut dyn Write, head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Result<()> {
    writeln!(out, "| {} |", head.join(" | "))?;
    writeln!(out, "|{}", "---|".repeat(head.len()))?;
    for r in rows {
        let cells: Vec<String> = r.iter().map(|c| crate::text::safe(c).replace('|', "\\|").replace('\n', "<br>")).collect();
        writeln!(out, "| {} |", cells.join(" | "))?;
    }
    Ok(())
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
            let text = |t: &Option<crate::text::Text>| t.as_ref().map(|t| t.get(lang).to_string()).unwrap_or_default();
            vec![
                f.severity.title().get(lang).to_string(),
                f.obligation.clone().unwrap_or_else(|| f.code.to_string()),
                text(&f.cite),
                place,
                f.message.get(lang).to_string(),
                text(&f.help),
            ]
        })
        .collect();
    write(out, &head, rows.into_iter())
}
