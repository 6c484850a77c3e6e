//! Findings for people: an excerpt of the file with the place under-lined, what is wrong, the citation, the remedy.

use super::Sources;
use crate::assess::Report;
use crate::finding::{Finding, Severity};
use crate::say;
use crate::text::{Lang, Text, safe};
use anyhow::Result;
use std::io::Write;

/// The findings of a check, with a closing line of counts; one line when there is nothing.
pub fn print(out: &mut dyn Write, report: &Report, list: &[&Finding], sources: &mut Sources, lang: Lang, color: bool) -> Result<()> {
    self::each(out, list, sources, lang, color)?;
    let records = report.records + report.rounds.iter().map(|r| r.records).sum::<usize>();
    let waived: usize = report.rounds.iter().flat_map(|r| &r.assessments).filter(|a| a.state == crate::assess::State::Waived).count();
    let confirmed = report.rounds.iter().flat_map(|r| &r.assessments).filter(|a| a.state == crate::assess::State::Confirmed).count();
    let unset = report.rounds.iter().flat_map(|r| &r.assessments).filter(|a| a.unset.is_some()).count();
    let mut tail = say!("豁免{waived}项，人工确认{confirmed}项", "{waived} waived, {confirmed} confirmed");
    if unset > 0 {
        let (zh, en) = (tail.zh, tail.en);
        tail = say!("{zh}，{unset}项因参数未设而跳过", "{en}, {unset} skipped for want of a parameter");
    }
    let (tail_zh, tail_en) = (tail.zh, tail.en);
    let checked = format!("{records} record{}", if records == 1 { "" } else { "s" });
    let line = match counts(list) {
        None => say!("核对{records}份记录，没有发现问题（{tail_zh}）", "{checked} checked, nothing found ({tail_en})"),
        Some(text) => {
            let (zh, en) = (text.zh, text.en);
            say!("核对{records}份记录：{zh}（{tail_zh}）", "{checked} checked: {en} ({tail_en})")
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
    let of = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    let (errors, warnings, notes) = (of(e, "error"), of(w, "warning"), of(i, "note"));
    Some(say!("错误{e}处，警告{w}处，提示{i}处", "{errors}, {warnings}, {notes}"))
}

fn each(out: &mut dyn Write, list: &[&Finding], sources: &mut Sources, lang: Lang, color: bool) -> Result<()> {
    for f in list {
        writeln!(out, "{}\n", one(f, sources, lang, color))?;
    }
    Ok(())
}

/// One finding as text.
pub fn one(f: &Finding, sources: &mut Sources, lang: Lang, color: bool) -> String {
    let ink = Ink { on: color };
    let level = match f.severity {
        Severity::Error => RED,
        Severity::Warning => YELLOW,
        Severity::Info => CYAN,
    };
    let id = f.obligation.as_deref().unwrap_or(&f.code);
    let label = format!("{}[{}]", f.severity.title().get(lang), safe(id));
    let mut out = format!("{}{}\n", ink.paint(level, &label), ink.paint(BOLD, &format!(": {}", line(f.message.get(lang)))));
    let lines = sources.lines(f);
    let file = safe(&f.place.file).into_owned();
    let width = sources.width();
    // What must not be in the file must not be in a log either: only the place is given.
    let secret =
        sources.quiet || matches!(f.code.as_ref(), "sealed-plain" | "never-field" | "personal-number" | "person-name" | "private-key");
    let text = f.place.range.filter(|_| !secret).and_then(|range| sources.text(&f.place.file).map(|text| Excerpt::of(text, range, width)));
    let gutter = if text.is_some() { lines.line.to_string().len() } else { 0 };
    let margin = " ".repeat(gutter);
    let place = if lines.line > 0 { format!("{file}:{}:{}", lines.line, lines.column) } else { file };
    out.push_str(&format!("{margin}{} {place}\n", ink.paint(BLUE, "-->")));
    let bar = ink.paint(BLUE, &format!("{margin} |"));
    if let Some(x) = &text {
        let number = ink.paint(BLUE, &format!("{} |", lines.line));
        // A place that ends behind a line break ends on the line before.
        let end = lines.end_line - usize::from(lines.end_column == 1 && lines.end_line > lines.line);
        let until = if end > lines.line { say!(" 至第{end}行", " to line {end}") } else { Text::default() };
        let carets = ink.paint(level, &format!("{}{}", "^".repeat(x.length), until.get(lang)));
        let shown = if x.text.is_empty() { String::new() } else { format!(" {}", x.text) };
        out.push_str(&format!("{bar}\n{number}{shown}\n{bar} {}{carets}\n", " ".repeat(x.before)));
    }
    let notes: Vec<(Text, &Text)> = [(say!("依据", "source"), &f.cite), (say!("办法", "remedy"), &f.help)]
        .into_iter()
        .filter_map(|(name, text)| text.as_ref().map(|t| (name, t)))
        .collect();
    if text.is_some() && !notes.is_empty() {
        out.push_str(&format!("{bar}\n"));
    }
    for (name, text) in notes {
        out.push_str(&format!("{margin} {} {}: {}\n", ink.paint(BLUE, "="), ink.paint(BOLD, name.get(lang)), line(text.get(lang))));
    }
    out.truncate(out.trim_end().len());
    out
}

/// Bytes of a line that are looked at on either side of a place.
const NEAR: usize = 4000;

const RED: &str = "1;31";
const YELLOW: &str = "1;33";
const CYAN: &str = "1;36";
const BLUE: &str = "1;34";
const BOLD: &str = "1";

/// Colours, where they are wanted.
struct Ink {
    on: bool,
}

impl Ink {
    fn paint(&self, code: &str, s: &str) -> String {
        if self.on { format!("\u{1b}[{code}m{s}\u{1b}[0m") } else { s.to_string() }
    }
}

/// A text of records on one line, with nothing in it that a terminal would obey.
fn line(s: &str) -> String {
    safe(&s.split('\n').map(str::trim).collect::<Vec<_>>().join(" ")).into_owned()
}

/// The line on which a place begins, cut to the width that there is, and where in it the place stands, in cells.
struct Excerpt {
    text: String,
    before: usize,
    length: usize,
}

/// Cells of a tab; in YAML it is a slip wherever it stands, and only the caret must be right under it.
const TAB: usize = 4;
/// Cells that the line's number, the bar and the marks of a cut may take.
const FRAME: usize = 16;

impl Excerpt {
    fn of(text: &str, (start, end): (usize, usize), width: usize) -> Excerpt {
        let start = floor(text, start);
        let from = text[..start].rfind('\n').map_or(0, |i| i + 1);
        let rest = &text[from..];
        let whole = rest[..rest.find('\n').unwrap_or(rest.len())].trim_end_matches('\r');
        // Of a line without end only what stands around the place.
        let near = floor(whole, (start - from).min(whole.len()).saturating_sub(NEAR));
        let whole = &whole[near..floor(whole, (start - from).min(whole.len()) + NEAR)];
        let from = from + near;
        // Each character as it is shown, its cells, and whether it belongs to the place.
        let mut shown: Vec<(String, usize, bool)> = Vec::new();
        for (i, c) in whole.char_indices() {
            let (s, cells) = match c {
                '\t' => (" ".repeat(TAB), TAB),
                '\u{feff}' if from + i == 0 => continue,
                c if crate::text::is_unsafe_char(c) => ("?".to_string(), 1),
                c => (c.to_string(), crate::text::width(c.encode_utf8(&mut [0; 4]))),
            };
            shown.push((s, cells, (start..end).contains(&(from + i))));
        }
        let room = width.saturating_sub(FRAME).max(24);
        let first =
            shown.iter().position(|c| c.2).unwrap_or_else(|| whole[..(start - from).min(whole.len())].chars().count().min(shown.len()));
        let cells = |part: &[(String, usize, bool)]| part.iter().map(|c| c.1).sum::<usize>();
        let (mut left, mut right) = (0, shown.len());
        if cells(&shown) > room {
            // A third of the room is kept for what stands before the place, more where little stands behind it.
            let behind = cells(&shown[first..]).min(room * 2 / 3);
            left = first;
            while left > 0 && cells(&shown[left - 1..first]) + behind <= room {
                left -= 1;
            }
            // An indent says nothing where its beginning is cut off.
            while left > 0 && left < first && shown[left].0.trim().is_empty() {
                left += 1;
            }
            right = left;
            while right < shown.len() && cells(&shown[left..=right]) <= room {
                right += 1;
            }
        }
        let mut text: String = shown[left..right].iter().map(|c| c.0.as_str()).collect();
        let mut before = cells(&shown[left..first]);
        if left > 0 {
            text = format!("...{text}");
            before += 3;
        }
        if right < shown.len() {
            text.push_str("...");
        }
        let mut marked: usize = shown[first..right.max(first)].iter().filter(|c| c.2).map(|c| c.1).sum();
        // Spaces at the end of a line are marked only where they are the place.
        if marked == 0 {
            marked = 1;
        }
        Excerpt { text: text.trim_end().to_string(), before, length: marked }
    }
}

fn floor(s: &str, i: usize) -> usize {
    let mut i = i.min(s.len());
    while !s.is_char_boundary(i) {
        i -= 1;
    }
    i
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Place;
    use crate::text::width;

    /// The line of the file and the line of carets, as a terminal of that width would show them.
    fn lines(text: &str, part: &str, at: usize) -> (String, String) {
        let start = text.find(part).unwrap();
        let x = Excerpt::of(text, (start, start + part.len()), at);
        (x.text.clone(), format!("{}{}", " ".repeat(x.before), "^".repeat(x.length)))
    }

    #[test]
    fn the_caret_stands_under_wide_characters() {
        let (text, carets) = lines("标题: 一\n谈话人员: [张三甲, 乙]\n", "张三甲", 80);
        assert_eq!(text, "谈话人员: [张三甲, 乙]");
        assert_eq!(carets, format!("{}{}", " ".repeat(width("谈话人员: [")), "^".repeat(6)));
    }

    #[test]
    fn tabs_and_carriage_returns_do_not_move_it() {
        assert_eq!(lines("a:\tb\t乙 # x\r\n", "乙", 80), ("a:    b    乙 # x".into(), "           ^^".into()));
        assert_eq!(lines("a: 1\r\nb: 2\r\n", "b: 2", 80), ("b: 2".into(), "^^^^".into()));
    }

    #[test]
    fn a_byte_order_mark_takes_no_cell() {
        assert_eq!(lines("\u{feff}日期: x\n", "x", 80), ("日期: x".into(), "      ^".into()));
    }

    #[test]
    fn what_a_terminal_would_obey_is_not_printed() {
        let (text, carets) = lines("a: \u{1b}[31m\u{202e}乙 丙\n", "丙", 80);
        assert_eq!((text.as_str(), carets.as_str()), ("a: ?[31m?乙 丙", "            ^^"));
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let text = format!("备注: {}错{}\n", "前".repeat(200), "后".repeat(200));
        let (shown, carets) = lines(&text, "错", 60);
        assert!(shown.starts_with("...前") && shown.ends_with("后...") && width(&shown) <= 60, "{shown}");
        assert_eq!(width(&shown[..shown.find('错').unwrap()]), carets.find('^').unwrap());
        assert_eq!(carets.trim(), "^^");
    }

    #[test]
    fn a_long_place_is_marked_as_far_as_it_is_shown() {
        let text = format!("a: {}\n", "很长".repeat(100));
        let (shown, carets) = lines(&text, &"很长".repeat(100), 60);
        assert!(width(&carets) <= width(&shown) && carets.ends_with("^^^^"), "{shown}\n{carets}");
    }

    #[test]
    fn an_empty_place_or_one_behind_the_text_has_one_caret() {
        for range in [(3, 3), (4, 4), (99, 120)] {
            let x = Excerpt::of("a: b", range, 80);
            assert_eq!((x.text.as_str(), x.length), ("a: b", 1), "{range:?}");
            assert!(x.before <= 4);
        }
        assert_eq!(Excerpt::of("", (0, 0), 80).length, 1);
    }

    #[test]
    fn a_place_of_several_lines_shows_the_first_and_says_where_it_ends() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("x.yaml"), "谈话人员:\n  甲: 1\n  乙: 2\n  丙: 3\n").unwrap();
        let place = Place::at("x.yaml", 16..41);
        let f = Finding::error("wrong-type", place, Text::new("应为\n列表", "a list\nis wanted"));
        let mut sources = Sources::new(dir.path());
        let text = one(&f, &mut sources, Lang::Zh, false);
        assert_eq!(text, "错误[wrong-type]: 应为 列表\n --> x.yaml:2:3\n  |\n2 |   甲: 1\n  |   ^^^^^ 至第4行");
    }

    #[test]
    fn what_must_not_be_recorded_is_not_repeated() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("x.yaml"), "标题: 一\n信访人: 甲某\n").unwrap();
        for code in ["never-field", "sealed-plain"] {
            let f = Finding::error(code, Place::at("x.yaml", 12..21), Text::new("不得录入", "must not be recorded"));
            let text = one(&f, &mut Sources::new(dir.path()), Lang::Zh, false);
            assert_eq!(text, format!("错误[{code}]: 不得录入\n--> x.yaml:2:1"));
        }
    }

    #[test]
    fn colours_change_no_letter() {
        let f = Finding::warning("stray-file", Place::file("甲/乙.txt"), Text::new("不认识", "unknown")).help(Text::new("改名", "rename"));
        let mut sources = Sources::new(std::path::Path::new("/nonexistent"));
        let plain = one(&f, &mut sources, Lang::Zh, false);
        let mut colored = one(&f, &mut sources, Lang::Zh, true);
        assert_eq!(plain, "警告[stray-file]: 不认识\n--> 甲/乙.txt\n = 办法: 改名");
        assert!(colored.contains("\u{1b}[1;33m"));
        while let Some(i) = colored.find('\u{1b}') {
            let end = i + colored[i..].find('m').unwrap();
            colored.replace_range(i..=end, "");
        }
        assert_eq!(colored, plain);
    }
}
