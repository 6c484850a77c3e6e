//! A form as Markdown: blank, or filled from the records of a case; and as a page of HTML to print on A4.

use super::md;
use crate::assess::sight::Sight;
use crate::procedure::form::{Block, Ready};
use crate::rule::Template;
use crate::text::Lang;

/// What stands where nothing is filled in.
const BLANK: &str = "＿＿＿＿";

/// The form in Markdown. Without a sight it is blank.
pub fn markdown(form: &Ready, sight: Option<&Sight<'_>>) -> String {
    let mut out = String::new();
    let blank = |t: &Template, out: &mut String| line(out, &t.blank(BLANK));
    for block in &form.blocks {
        match (block, sight) {
            (Block::Line(t), None) => blank(t, &mut out),
            (Block::Line(t), Some(s)) => line(&mut out, &t.render_with(s, None, Lang::Zh, &shown)),
            (Block::Each(e), None) => (0..e.rows).for_each(|_| e.lines.iter().for_each(|t| blank(t, &mut out))),
            (Block::Each(e), Some(s)) => {
                let mut n = 0;
                for part in e.path.select(s) {
                    if part.record.nil || e.filter.as_ref().is_some_and(|f| !f.holds(s, Some(part)).unwrap_or(false)) {
                        continue;
                    }
                    n += 1;
                    e.lines.iter().for_each(|t| line(&mut out, &t.render_with(s, Some(part), Lang::Zh, &shown)));
                }
                if n == 0 {
                    (0..e.rows).for_each(|_| e.lines.iter().for_each(|t| blank(t, &mut out)));
                }
            }
        }
    }
    out
}

/// A value as it stands in Markdown; what is missing is a line to write on.
fn shown(value: Option<String>) -> String {
    value.filter(|v| !v.is_empty()).map_or_else(|| BLANK.to_string(), |v| md::inline(&date_zh(&v)))
}

/// A day as it is written in papers: `2011年9月2日`.
fn date_zh(v: &str) -> String {
    let day: Result<chrono::NaiveDate, _> = v.parse();
    day.map_or_else(|_| v.to_string(), |d| d.format("%Y年%-m月%-d日").to_string())
}

fn line(out: &mut String, text: &str) {
    // A cell is itself a place to write in.
    match text.starts_with('|') {
        true => out.push_str(&text.replace(BLANK, "　")),
        false => out.push_str(text),
    }
    out.push('\n');
}

const STYLE: &str = "\
@page { size: A4; margin: 37mm 26mm 35mm 28mm; }
body { font-family: serif; font-size: 16pt; line-height: 1.75; color: #000; background: #fff; margin: 0 auto; max-width: 156mm; }
h1 { font-family: sans-serif; font-size: 22pt; font-weight: bold; line-height: 1.4; text-align: center; margin: 0 0 1.2em; }
h2 { font-family: sans-serif; font-size: 16pt; font-weight: bold; margin: 0.8em 0 0.2em; break-after: avoid; }
p { margin: 0; text-align: justify; }
p.text { text-indent: 2em; }
p.space { height: 2.2em; }
p.sign { text-align: right; margin-right: 2em; }
p.note { font-size: 10.5pt; line-height: 1.4; margin-top: 2em; }
table { border-collapse: collapse; width: 100%; margin: 0.6em 0; font-size: 12pt; line-height: 1.4; }
th, td { border: 0.5pt solid #000; padding: 1.2mm 2mm; text-align: left; vertical-align: middle; height: 8mm; }
th { font-weight: bold; text-align: center; white-space: nowrap; }
thead { display: table-header-group; } tr { break-inside: avoid; }
hr { border: 0; margin: 0; break-after: page; }
@media screen { body { padding: 20mm 0; } hr { border-top: 1px dashed #888; margin: 2em 0; } }
";

/// The Markdown of a form as a page that stands alone. It knows what forms use: headings, tables, paragraphs, signatures (`>`), page ends (`---`)
/// and a note (a line in asterisks).
pub fn html(markdown: &str, title: &str) -> String {
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n<title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n",
        escape(title)
    );
    let lines: Vec<&str> = markdown.lines().map(|l| l.trim_end_matches([' ', '\t', '\r'])).collect();
    let mut at = 0;
    while at < lines.len() {
        let l = lines[at];
        let mut next = at + 1;
        if let Some(text) = l.strip_prefix("## ") {
            out.push_str(&format!("<h2>{}</h2>\n", plain(text)));
        } else if let Some(text) = l.strip_prefix("# ") {
            out.push_str(&format!("<h1>{}</h1>\n", plain(text)));
        } else if l.starts_with('|') {
            next = at + lines[at..].iter().take_while(|l| l.starts_with('|')).count();
            table(&lines[at..next], &mut out);
        } else if let Some(text) = l.strip_prefix("> ") {
            out.push_str(&format!("<p class=\"sign\">{}</p>\n", plain(text)));
        } else if l == "---" {
            // Nothing is printed behind the last.
            let more = lines[next..].iter().any(|l| !l.is_empty() && !is_note(l));
            out.push_str(if more { "<hr>\n" } else { "" });
        } else if is_note(l) {
            out.push_str(&format!("<p class=\"note\">{}</p>\n", plain(&l[1..l.len() - 1])));
        } else if l == "　" {
            out.push_str("<p class=\"space\"></p>\n");
        } else if !l.is_empty() {
            // A short line that ends in a colon calls somebody; one with gaps is the head of a table.
            let short = l.ends_with('：') && l.chars().count() < 20;
            let class = if short || l.contains('　') { "" } else { " class=\"text\"" };
            out.push_str(&format!("<p{class}>{}</p>\n", plain(l)));
        }
        at = next;
    }
    out.push_str("</body>\n</html>\n");
    out
}

fn is_note(l: &str) -> bool {
    l.len() > 2 && l.starts_with('*') && l.ends_with('*')
}

fn table(lines: &[&str], out: &mut String) {
    out.push_str("<table>\n");
    let cells = |l: &str| -> Vec<String> { split(l).iter().map(|c| plain(c.trim_matches(' '))).collect() };
    let headed = lines.get(1).is_some_and(|l| l.chars().all(|c| matches!(c, '|' | '-' | ' ' | ':')));
    for (i, l) in lines.iter().enumerate() {
        match (i, headed) {
            (0, true) => out.push_str(&format!("<thead><tr><th>{}</th></tr></thead>\n", cells(l).join("</th><th>"))),
            (1, true) => {}
            _ => out.push_str(&format!("<tr><td>{}</td></tr>\n", cells(l).join("</td><td>"))),
        }
    }
    out.push_str("</table>\n");
}

/// The cells of a row; a bar behind a backslash is none.
fn split(l: &str) -> Vec<String> {
    let inner = l.trim().trim_start_matches('|');
    let (mut cells, mut cell, mut kept) = (Vec::new(), String::new(), false);
    for c in inner.chars() {
        match c {
            '|' if !kept => cells.push(std::mem::take(&mut cell)),
            c => cell.push(c),
        }
        kept = c == '\\' && !kept;
    }
    cells
}

/// Inline Markdown as HTML: backslashes taken off, `&lt;` and its like and `<br>` kept.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.extend(chars.next()),
            c => out.push(c),
        }
    }
    out
}

fn escape(s: &str) -> String {
    s.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
