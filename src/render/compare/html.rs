//! A comparison as one HTML page that prints well: no script, no picture, nothing from elsewhere; black on white, what differs underlined or struck through.

use super::{Fact, Page, Piece, Row, pieces};
use crate::procedure::diff::Change;
use crate::text::{Lang, Text, safe};
use anyhow::Result;
use std::io::Write;

const STYLE: &str = "\
@page { size: A4 landscape; margin: 14mm 12mm 15mm; }
* { box-sizing: border-box; }
body { margin: 2rem auto; max-width: 68rem; padding: 0 1rem; color: #111; background: #fff; font: 10.5pt/1.55 'Noto Serif CJK SC', 'Source Han Serif SC', 'Songti SC', SimSun, serif; }
h1, h2, th, .id, .mark, dt { font-family: 'Noto Sans CJK SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif; }
h1 { font-size: 18pt; font-weight: 600; margin: 0 0 1rem; }
h2 { font-size: 12.5pt; font-weight: 600; margin: 1.8rem 0 .5rem; break-after: avoid; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { border: .5pt solid #888; padding: .35rem .5rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th { font-size: 9.5pt; font-weight: 600; background: #f2f2f2; }
.sides td { width: 50%; }
.sides b { font-weight: 600; }
.sides dl, td dl { margin: .3rem 0 0; display: grid; grid-template-columns: max-content 1fr; gap: 0 .7rem; font-size: 9pt; }
dt { color: #555; } dd { margin: 0; }
td p { margin: 0; }
.id { font-size: 9pt; font-weight: 600; } .cite { font-size: 8.5pt; color: #444; margin-top: .15rem; }
.mark { font-size: 9pt; white-space: nowrap; }
ins { text-decoration: underline; text-underline-offset: .18em; font-weight: 600; } del { text-decoration: line-through; color: #555; }
code { font: 8.5pt/1.4 'Noto Sans Mono CJK SC', Consolas, monospace; }
.none { color: #777; }
.sum { margin: .8rem 0 0; padding: 0; list-style: none; }
@media print { body { margin: 0; max-width: none; padding: 0; } th { background: none; } }
";

/// Prints the page. `day` stands at its foot.
pub fn page(out: &mut dyn Write, page: &Page, day: &str, lang: Lang) -> Result<()> {
    let pick = |zh: &'static str, en: &'static str| Text::new(zh, en).get(lang).to_string();
    let [old, new] = [pick("旧", "Old"), pick("新", "New")];
    let code = if lang == Lang::Zh { "zh-CN" } else { "en" };
    let (left, right) = (&page.sides[0], &page.sides[1]);
    let title = format!("{}{}{} → {}", page.title, pick("：", ": "), left.0, right.0);
    writeln!(
        out,
        "<!DOCTYPE html>\n<html lang=\"{code}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{}</title>\n<style>\n{STYLE}</style>",
        text(&title)
    )?;
    writeln!(out, "</head>\n<body>\n<h1>{}</h1>", text(&page.title))?;
    writeln!(
        out,
        "<table class=\"sides\">\n<thead><tr><th>{old}</th><th>{new}</th></tr></thead>\n<tr>{}{}</tr>\n</table>",
        side(left),
        side(right)
    )?;
    writeln!(out, "<ul class=\"sum\">")?;
    for line in &page.summary {
        writeln!(out, "<li>{}</li>", text(line))?;
    }
    writeln!(out, "</ul>")?;
    let [what, change] = [pick("编号与依据", "Id and source"), pick("变化", "Change")];
    for part in &page.parts {
        writeln!(out, "<h2>{}</h2>\n<table>", text(&part.title))?;
        writeln!(out, "<colgroup><col style=\"width:17%\"><col style=\"width:5.5rem\"><col><col></colgroup>")?;
        writeln!(out, "<thead><tr><th>{what}</th><th>{change}</th><th>{old}</th><th>{new}</th></tr></thead>\n<tbody>")?;
        for r in &part.rows {
            row(out, r, lang)?;
        }
        writeln!(out, "</tbody>\n</table>")?;
    }
    writeln!(out, "<p class=\"cite\">{}</p>\n</body>\n</html>", text(&format!("{}{day}", pick("打印日期：", "Printed on "))))?;
    Ok(())
}

fn side((title, facts): &(String, Vec<(String, String)>)) -> String {
    let facts: String = facts.iter().map(|(k, v)| format!("<dt>{}</dt><dd>{}</dd>", text(k), text(v))).collect();
    format!("<td><b>{}</b><dl>{facts}</dl></td>", text(title))
}

fn row(out: &mut dyn Write, r: &Row, lang: Lang) -> Result<()> {
    let cite: String = r.cite.iter().map(|c| format!("<div class=\"cite\">{}</div>", text(c))).collect();
    let sign = match r.change {
        Change::Added => "＋",
        Change::Struck => "－",
        Change::Changed => "≠",
    };
    let mark = format!("{sign} {}", text(r.change.title().get(lang)));
    let (old, new) = (facts(&r.old, &r.new, "del", lang), facts(&r.new, &r.old, "ins", lang));
    writeln!(
        out,
        "<tr><td><div class=\"id\">{}</div>{cite}</td><td class=\"mark\">{mark}</td><td>{old}</td><td>{new}</td></tr>",
        text(&r.id)
    )?;
    Ok(())
}

/// One side's facts, with what the other side does not have marked.
fn facts(own: &[Fact], other: &[Fact], tag: &str, lang: Lang) -> String {
    if own.is_empty() {
        return format!("<span class=\"none\">{}</span>", Text::new("（无）", "(none)").get(lang));
    }
    let alone = other.is_empty();
    let told = |f: &Fact| {
        let lines = match other.iter().find(|o| o.name == f.name) {
            // Nothing to compare with: a new or struck entry is not marked all through.
            _ if alone => f.lines.iter().map(|l| line(l)).collect(),
            Some(o) => f.lines.iter().enumerate().map(|(i, l)| against(l, o.lines.get(i), tag)).collect(),
            None => f.lines.iter().map(|l| format!("<{tag}>{}</{tag}>", line(l))).collect::<Vec<String>>(),
        };
        lines.join("<br>")
    };
    let (texts, rest): (Vec<&Fact>, Vec<&Fact>) = own.iter().partition(|f| f.name.is_empty());
    let texts: String = texts.into_iter().map(|f| format!("<p>{}</p>", told(f))).collect();
    let rest: String = rest.into_iter().map(|f| format!("<dt>{}</dt><dd>{}</dd>", text(&f.name), told(f))).collect();
    if rest.is_empty() { texts } else { format!("{texts}<dl>{rest}</dl>") }
}

fn against(own: &str, other: Option<&String>, tag: &str) -> String {
    let Some(other) = other else { return format!("<{tag}>{}</{tag}>", line(own)) };
    if own.starts_with('`') {
        return line(own);
    }
    let marked = |p: &Piece| if p.same || p.text.trim().is_empty() { text(&p.text) } else { format!("<{tag}>{}</{tag}>", text(&p.text)) };
    pieces(own, other).0.iter().map(marked).collect()
}

/// A line in which what stands between backticks is an expression, a path or a command.
fn line(s: &str) -> String {
    let parts: Vec<&str> = s.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return text(s);
    }
    parts.iter().enumerate().map(|(i, p)| if i % 2 == 1 { format!("<code>{}</code>", text(p)) } else { text(p) }).collect()
}

/// Text that makes no tag, no entity and no control character.
fn text(s: &str) -> String {
    safe(s).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
