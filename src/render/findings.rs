//! Findings for people: an excerpt of the file with the place under-lined, what is wrong, the citation, the remedy.

use super::Sources;
use crate::assess::Report;
use crate::finding::{Finding, Severity};
use crate::say;
use crate::text::{Lang, safe};
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use anyhow::Result;
use std::io::Write;

/// The findings of a check, with a closing line of counts; one line when there is nothing.
pub fn print(out: &mut dyn Write, report: &Report, list: &[&Finding], sources: &mut Sources, lang: Lang, color: bool) -> Result<()> {
    self::each(out, list, sources, lang, color)?;
    let records = report.records + report.rounds.iter().map(|r| r.records).sum::<usize>();
    let waived: usize = report.rounds.iter().flat_map(|r| &r.assessments).filter(|a| a.state == crate::assess::State::Waived).count();
    let confirmed = report.rounds.iter().flat_map(|r| &r.assessments).filter(|a| a.state == crate::assess::State::Confirmed).count();
    let unset = report.rounds.iter().flat_map(|r| &r.assessments).filter(|a| a.unset.is_some()).count();
    let mut tail = say!("豁免{waived}项,人工确认{confirmed}项", "{waived} waived, {confirmed} confirmed");
    if unset > 0 {
        let (zh, en) = (tail.zh, tail.en);
        tail = say!("{zh},{unset}项因参数未设而跳过", "{en}, {unset} skipped for want of a parameter");
    }
    let (tail_zh, tail_en) = (tail.zh, tail.en);
    let line = match counts(list) {
        None => say!("核对{records}份记录,没有发现问题({tail_zh})", "{records} records checked, nothing found ({tail_en})"),
        Some(text) => {
            let (zh, en) = (text.zh, text.en);
            say!("核对{records}份记录:{zh}({tail_zh})", "{records} records checked: {en} ({tail_en})")
        }
    };
    writeln!(out, "{}", line.get(lang))?;
    Ok(())
}

/// Findings with a closing line of counts.
pub fn list(out: &mut dyn Write, list: &[&Finding], sources: &mut Sources, lang: Lang, color: bool) -> Result<()> {
    self::each(out, list, sources, lang, color)?;
    let line = counts(list).unwrap_or_else(|| say!("没有发现问题", "nothing found"));
    writeln!(out, "{}", line.get(lang))?;
    Ok(())
}

fn counts(list: &[&Finding]) -> Option<crate::text::Text> {
    let n = |s| list.iter().filter(|f| f.severity == s).count();
    let (e, w, i) = (n(Severity::Error), n(Severity::Warning), n(Severity::Info));
    if list.is_empty() {
        return None;
    }
    Some(say!("错误{e}处,警告{w}处,提示{i}处", "{e} errors, {w} warnings, {i} notes"))
}

fn each(out: &mut dyn Write, list: &[&Finding], sources: &mut Sources, lang: Lang, color: bool) -> Result<()> {
    for f in list {
        writeln!(out, "{}\n", one(f, sources, lang, color))?;
    }
    Ok(())
}

/// One finding as text.
pub fn one(f: &Finding, sources: &mut Sources, lang: Lang, color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let label = f.severity.title();
    let level = match f.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let id = f.obligation.clone().unwrap_or_else(|| f.code.to_string());
    let title = safe(f.message.get(lang)).into_owned();
    let cite = f.cite.as_ref().map(|c| safe(c.get(lang)).into_owned());
    let help = f.help.as_ref().map(|h| safe(h.get(lang)).into_owned());
    let (cite_word, help_word) = match lang {
        Lang::Zh => ("依据", "办法"),
        Lang::En => ("source", "remedy"),
    };
    let file = safe(&f.place.file).into_owned();
    // What must not be in the file must not be in a log either: only the place is given.
    let secret = matches!(f.code.as_ref(), "sealed-plain" | "never-field");
    let lines = secret.then(|| sources.lines(f)).filter(|l| l.line > 0);
    let text = f.place.range.filter(|_| !secret).and_then(|r| sources.text(&f.place.file).map(|t| (r, t.to_string())));
    let mut group = level
        .clone()
        .with_name(Some(label.get(lang).to_string()))
        .primary_title(title)
        .id(id)
        .elements(Vec::<annotate_snippets::Element>::new());
    let shown;
    if let Some(((start, end), text)) = &text {
        // Only the lines around the place go to the renderer, so that a long file costs nothing.
        let (excerpt, offset, first) = around(text, *start, *end);
        shown = excerpt;
        let clean = safe_same_length(&shown);
        let span = clamp(&clean, start - offset, end - offset);
        group = group.element(Snippet::source(clean).path(file).line_start(first).annotation(AnnotationKind::Primary.span(span)));
    } else {
        let mut origin = annotate_snippets::Origin::path(file);
        if let Some(l) = lines {
            origin = origin.line(l.line).char_column(l.column);
        }
        group = group.element(origin);
    }
    if let Some(cite) = cite {
        group = group.element(Level::NOTE.with_name(Some(cite_word)).message(cite));
    }
    if let Some(help) = help {
        group = group.element(Level::HELP.with_name(Some(help_word)).message(help));
    }
    renderer.render(&[group])
}

/// The lines that hold the range: their text, the byte at which it starts, and the first line's number.
fn around(text: &str, start: usize, end: usize) -> (String, usize, usize) {
    let start = start.min(text.len());
    let end = end.clamp(start, text.len());
    let from = text[..floor(text, start)].rfind('\n').map_or(0, |i| i + 1);
    let to = text[ceil(text, end)..].find('\n').map_or(text.len(), |i| ceil(text, end) + i);
    let first = text[..from].bytes().filter(|b| *b == b'\n').count() + 1;
    (text[from..to].to_string(), from, first)
}

fn floor(s: &str, mut i: usize) -> usize {
    while !s.is_char_boundary(i) {
        i -= 1;
    }
    i
}

fn ceil(s: &str, mut i: usize) -> usize {
    while !s.is_char_boundary(i) {
        i += 1;
    }
    i
}

fn clamp(s: &str, start: usize, end: usize) -> std::ops::Range<usize> {
    let start = floor(s, start.min(s.len()));
    let end = ceil(s, end.clamp(start, s.len()));
    start..end
}

/// Control and invisible characters shown as `?`, a carriage return as a space, of as many bytes, so that places stay right.
fn safe_same_length(s: &str) -> String {
    if !s.chars().any(crate::text::is_unsafe_char) {
        return s.to_string();
    }
    s.chars()
        .map(|c| {
            if c == '\r' {
                " ".to_string()
            } else if crate::text::is_unsafe_char(c) {
                "?".repeat(c.len_utf8())
            } else {
                c.to_string()
            }
        })
        .collect()
}
