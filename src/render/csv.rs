//! CSV that a spreadsheet opens: byte order mark, quoted where needed, no formula a cell could run.

use super::{Sources, said};
use crate::finding::Finding;
use crate::text::Lang;
use anyhow::Result;
use std::io::Write;

/// Rows with a heading.
pub fn write(out: &mut dyn Write, head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Result<()> {
    write!(out, "\u{feff}")?;
    row(out, head.iter().copied())?;
    for r in rows {
        row(out, r.iter().map(String::as_str))?;
    }
    Ok(())
}

fn row<'a>(out: &mut dyn Write, cells: impl Iterator<Item = &'a str>) -> Result<()> {
    let cells: Vec<String> = cells.map(cell).collect();
    write!(out, "{}\r\n", cells.join(","))?;
    Ok(())
}

/// A cell. A text that a spreadsheet would run as a formula is set off by an apostrophe; invisible characters are shown.
pub fn cell(s: &str) -> String {
    let s = &*crate::text::safe(s);
    let s = if formula(s) { format!("'{s}") } else { s.to_string() };
    if s.contains([',', '"', '\n', '\r']) { format!("\"{}\"", s.replace('"', "\"\"")) } else { s }
}

/// Whether a spreadsheet may take a cell for a formula. A number with a sign and a period such as `+10wd` or `+2m,+hm` are none: no part of them can name a
/// cell, which is letters before digits, or call anything.
fn formula(s: &str) -> bool {
    let text = s.trim_start_matches(' ');
    if !text.starts_with(['+', '-', '＋', '－']) {
        return text.starts_with(['=', '@', '＝', '＠', '\t', '\r', '\n']);
    }
    let harmless = |part: &str| {
        let part = part.strip_prefix(['+', '-']).unwrap_or(part);
        let letters = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        letters.chars().all(|c| c.is_ascii_alphabetic())
    };
    // A window: `+2m..+2m,+15d`, or without an end.
    let window = text.contains("..") && text.split("..").all(|p| p.is_empty() || crate::calendar::Rule::parse(p).is_ok());
    !window && !text.split(',').all(harmless)
}

/// Findings, a row each.
pub fn findings(out: &mut dyn Write, list: &[&Finding], sources: &mut Sources, lang: Lang) -> Result<()> {
    let head = ["code", "severity", "obligation", "cite", "case", "file", "line", "column", "end_line", "end_column", "message", "help"];
    let rows: Vec<Vec<String>> = list
        .iter()
        .map(|f| {
            let l = sources.lines(f);
            let n = |n: usize| if l.line == 0 { String::new() } else { n.to_string() };
            vec![
                f.code.to_string(),
                f.severity.code().to_string(),
                f.obligation.clone().unwrap_or_default(),
                said(&f.cite, lang),
                f.case.clone().unwrap_or_default(),
                f.place.file.clone(),
                n(l.line),
                n(l.column),
                n(l.end_line),
                n(l.end_column),
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
        write(&mut out, &["甲", "乙"], std::iter::once(cells.iter().map(|c| c.to_string()).collect())).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_spreadsheet_reads_it_as_it_was() {
        assert_eq!(table(&["一,二", "三"]), "\u{feff}甲,乙\r\n\"一,二\",三\r\n");
        assert_eq!(table(&["他说\"好\"", "上\n下"]), "\u{feff}甲,乙\r\n\"他说\"\"好\"\"\",\"上\n下\"\r\n");
        assert_eq!(table(&["|", ""]), "\u{feff}甲,乙\r\n|,\r\n");
    }

    #[test]
    fn no_cell_is_run_as_a_formula() {
        for (cell, written) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("+cmd|'/C calc'!A0", "'+cmd|'/C calc'!A0"),
            ("-2+3+cmd(1)", "'-2+3+cmd(1)"),
            ("+A1", "'+A1"),
            ("-2+3", "'-2+3"),
            ("＝1+1", "'＝1+1"),
            (" =1+1", "' =1+1"),
            ("-", "-"),
            ("+10wd", "+10wd"),
            ("+hm", "+hm"),
            ("+2m..+2m,+15d", "\"+2m..+2m,+15d\""),
            ("+2m..", "+2m.."),
            ("+2m..A1", "'+2m..A1"),
            ("-1.5", "-1.5"),
            ("-5", "-5"),
        ] {
            assert_eq!(table(&[cell, "x"]).lines().nth(1), Some(format!("{written},x").as_str()));
        }
    }
}
