//! How counted numbers are printed: measures down and groups across, or, where the groups are many, a line a number.

use super::{csv, json, md, table};
use crate::kind::Schema;
use crate::say;
use crate::tally::cube::{By, Cube};
use crate::tally::fold::{Cell, Class, Key, SCALE};
use crate::tally::measure::{Measure, fill};
use crate::text::{Format, Lang, Text, safe};
use anyhow::Result;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashSet};
use std::io::Write;

/// More groups than these stand one below the other.
const ACROSS: usize = 6;
/// Cells that the name of a measure needs, and the gap behind it.
const MEASURE: usize = 24;
/// What stands in place of a number that is withheld.
const HIDDEN: &str = "*";

/// What is shown.
pub struct View<'v> {
    /// The numbers.
    pub cube: &'v Cube,
    /// What was counted.
    pub measures: &'v [Measure],
    /// Which of them are shown, in this order.
    pub shown: &'v [usize],
    /// The kinds.
    pub schema: &'v Schema,
    /// What the groups are.
    pub by: By,
    /// The groups.
    pub groups: &'v [usize],
    /// The group that holds all of them, if it is shown.
    pub whole: Option<usize>,
    /// Whether it is for the public, and the numbers withheld then.
    pub public: Option<&'v HashSet<(usize, Key)>>,
    /// Below this a number is withheld.
    pub below: i64,
    /// The reader's language.
    pub lang: Lang,
}

/// A line of the table: a measure, a class of one, or the classes of which nothing may be shown.
struct Line {
    key: Key,
    title: Text,
    class: Option<Text>,
    rest: Vec<Key>,
}

impl View<'_> {
    fn nodes(&self) -> Vec<usize> {
        self.groups.iter().copied().chain(self.whole).collect()
    }

    fn cell(&self, node: usize, key: &Key) -> Cell {
        self.cube.get(self.measures, node, key)
    }

    fn withheld(&self, node: usize, key: &Key) -> bool {
        self.public.is_some_and(|h| h.contains(&(node, key.clone())))
    }

    fn hidden(&self, node: usize, line: &Line) -> bool {
        if line.rest.is_empty() { self.withheld(node, &line.key) } else { line.rest.iter().any(|k| self.withheld(node, k)) }
    }

    /// The number of a line in a group, as it is known to be not withheld.
    fn value(&self, node: usize, line: &Line) -> i128 {
        if line.rest.is_empty() { self.cell(node, &line.key).value } else { 0 }
    }

    fn word(&self, node: usize, line: &Line) -> String {
        if self.hidden(node, line) { HIDDEN.into() } else { number(self.value(node, line)) }
    }

    /// The lines: every measure, and below it the classes that occur in some group.
    fn lines(&self) -> Vec<Line> {
        let nodes = self.nodes();
        let mut out = Vec::new();
        for m in self.shown.iter().copied() {
            let measure = &self.measures[m];
            let whole = Key { measure: m, dim: None, class: Class::All };
            // What is counted by cases is told by class alone: all classes together say nothing.
            if !measure.over_cases || measure.by.is_empty() {
                out.push(Line { key: whole, title: measure.title.clone(), class: None, rest: Vec::new() });
            }
            for (d, dim) in measure.by.iter().enumerate().filter(|(_, d)| self.public.is_none() || d.public) {
                let of = |n: &usize| self.cube.nodes[*n].cells.keys().filter(|k| k.measure == m && k.dim == Some(d)).cloned();
                let keys: BTreeSet<Key> = nodes.iter().flat_map(of).collect();
                let title = Text::new(format!("{}·{}", measure.title.zh, dim.title.zh), format!("{}: {}", measure.title.en, dim.title.en));
                let mut rest = Vec::new();
                for key in keys {
                    let shown = |n: &usize| !self.withheld(*n, &key) && self.cell(*n, &key).value != 0;
                    if nodes.iter().any(shown) {
                        out.push(Line { class: Some(self.class(&key.class)), key, title: title.clone(), rest: Vec::new() });
                    } else if nodes.iter().any(|n| self.withheld(*n, &key)) {
                        rest.push(key);
                    }
                }
                // That a class occurs at all may say too much.
                if let Some(key) = rest.first().cloned() {
                    out.push(Line { class: Some(say!("（其余各类）", "(all others)")), key, title, rest });
                }
            }
        }
        out
    }

    fn class(&self, class: &Class) -> Text {
        match class {
            Class::All => say!("合计", "all"),
            Class::Enum(e, i) => self.schema.en(*e).values[*i as usize].label.clone(),
            Class::Int(n) => Text::same(n.to_string()),
            Class::Bool(true) => say!("是", "yes"),
            Class::Bool(false) => say!("否", "no"),
            Class::Kind(k) => self.schema.kind(*k).title.clone(),
            Class::Text(t) => Text::same(t.clone()),
            Class::None => say!("未填写", "not given"),
        }
    }

    fn code(&self, line: &Line) -> Value {
        if !line.rest.is_empty() {
            return json!("*");
        }
        match &line.key.class {
            Class::All => Value::Null,
            Class::Enum(e, i) => json!(self.schema.en(*e).values[*i as usize].code),
            Class::Int(n) => json!(n),
            Class::Bool(b) => json!(b),
            Class::Kind(k) => json!(self.schema.kind(*k).id),
            Class::Text(t) => json!(t),
            Class::None => json!(""),
        }
    }

    /// Prints it.
    pub fn print(&self, out: &mut dyn Write, format: Format, width: usize) -> Result<()> {
        let lines = self.lines();
        match format {
            Format::Json => json::write(out, &self.json(&lines)),
            Format::Csv => csv::write(out, &self.long_head(true), self.long(&lines, true).into_iter()),
            _ => {
                let (head, rows) = self.across(&lines);
                let heads: Vec<&str> = head.iter().map(String::as_str).collect();
                let numbers: Vec<usize> = (1..head.len()).collect();
                // Numbers are not torn: where the groups have no room side by side, they stand one below the other.
                let room = format == Format::Md || table::needs(&heads[1..], &tails(&rows), &numbers) + MEASURE <= width;
                if self.nodes().len() <= ACROSS && room {
                    return self.table(out, format, &heads, rows, width, &numbers);
                }
                self.table(out, format, &self.long_head(false), self.long(&lines, false), width, &[3])
            }
        }
    }

    /// Measures down, groups across.
    fn across(&self, lines: &[Line]) -> (Vec<String>, Vec<Vec<String>>) {
        let lang = self.lang;
        let first = match lang {
            Lang::Zh => ["指标", "单位"],
            Lang::En => ["measure", "unit"],
        };
        let titles = self.nodes().into_iter().map(|n| self.cube.nodes[n].title.get(lang).to_string());
        let head: Vec<String> = first.into_iter().map(str::to_string).chain(titles).collect();
        let row = |l: &Line| {
            let name = match &l.class {
                None => l.title.get(lang).to_string(),
                Some(class) => format!("　{}", class.get(lang)),
            };
            let unit = if l.class.is_none() { self.measures[l.key.measure].unit.get(lang) } else { "" };
            [name, unit.to_string()].into_iter().chain(self.nodes().iter().map(|n| self.word(*n, l))).collect()
        };
        let rows = self.headed(lines.iter().map(row).collect(), lines, head.len());
        (head, rows)
    }

    /// Prints a sentence of each group.
    pub fn sentences(&self, out: &mut dyn Write, sentence: &Text) -> Result<()> {
        for n in self.nodes() {
            let number = |id: &str| match self.measures.iter().position(|m| m.id == id) {
                Some(m) => {
                    let key = Key { measure: m, dim: None, class: Class::All };
                    if self.withheld(n, &key) { HIDDEN.to_string() } else { number(self.cell(n, &key).value) }
                }
                None => "?".into(),
            };
            let (title, text) = (self.cube.nodes[n].title.get(self.lang), fill(sentence.get(self.lang), number));
            let colon = if self.lang == Lang::Zh { "：" } else { ": " };
            writeln!(out, "{}{colon}{}", safe(title), safe(&text))?;
        }
        Ok(())
    }

    /// Above the classes of a breakdown, its name.
    fn headed(&self, rows: Vec<Vec<String>>, lines: &[Line], width: usize) -> Vec<Vec<String>> {
        let mut out = Vec::new();
        let mut last = None;
        for (row, line) in rows.into_iter().zip(lines) {
            let here = (line.key.measure, line.key.dim);
            if line.key.dim.is_some() && last != Some(here) {
                let mut head = vec![String::new(); width];
                head[0] = line.title.get(self.lang).to_string();
                out.push(head);
            }
            last = Some(here);
            out.push(row);
        }
        out
    }

    fn table(
        &self,
        out: &mut dyn Write,
        format: Format,
        head: &[&str],
        rows: Vec<Vec<String>>,
        width: usize,
        whole: &[usize],
    ) -> Result<()> {
        match format {
            Format::Md => md::write(out, head, rows.into_iter()),
            _ => Ok(writeln!(out, "{}", table::folding(head, rows.into_iter(), width, whole))?),
        }
    }

    fn long_head(&self, codes: bool) -> Vec<&'static str> {
        match (self.lang, codes) {
            (Lang::Zh, true) => vec!["分组编号", "分组", "指标编号", "指标", "分类编号", "分类", "数量", "单位"],
            (Lang::En, true) => vec!["group_id", "group", "measure_id", "measure", "class_id", "class", "value", "unit"],
            (Lang::Zh, false) => vec!["分组", "指标", "分类", "数量", "单位"],
            (Lang::En, false) => vec!["group", "measure", "class", "value", "unit"],
        }
    }

    /// A row a number. For people, without those that are zero.
    fn long(&self, lines: &[Line], codes: bool) -> Vec<Vec<String>> {
        let lang = self.lang;
        let mut out = Vec::new();
        for n in self.nodes() {
            let node = &self.cube.nodes[n];
            for l in lines {
                if !codes && !self.hidden(n, l) && self.value(n, l) == 0 {
                    continue;
                }
                let measure = &self.measures[l.key.measure];
                let class = l.class.as_ref().map(|c| c.get(lang).to_string()).unwrap_or_default();
                let (title, unit) = (l.title.get(lang).to_string(), measure.unit.get(lang).to_string());
                let group = node.title.get(lang).to_string();
                let value = self.word(n, l);
                let code = match self.code(l) {
                    Value::String(s) => s,
                    Value::Null => String::new(),
                    other => other.to_string(),
                };
                out.push(match codes {
                    true => vec![node.id.clone(), group, self.measure_id(l), title, code, class, value, unit],
                    false => vec![group, title, class, value, unit],
                });
            }
        }
        out
    }

    /// `petitions`, `petitions.channel`.
    fn measure_id(&self, l: &Line) -> String {
        let m = &self.measures[l.key.measure];
        match l.key.dim {
            Some(d) => format!("{}.{}", m.id, m.by[d].id),
            None => m.id.clone(),
        }
    }

    fn json(&self, lines: &[Line]) -> Value {
        let lang = self.lang;
        let mut rows = Vec::new();
        for n in self.nodes() {
            let node = &self.cube.nodes[n];
            for l in lines {
                let m = &self.measures[l.key.measure];
                let hidden = self.hidden(n, l);
                rows.push(json!({
                    "group": node.id,
                    "group_title": node.title.get(lang),
                    "whole": Some(n) == self.whole,
                    "measure": m.id,
                    "title": m.title.get(lang),
                    "by": l.key.dim.map(|d| &m.by[d].id),
                    "class": self.code(l),
                    "class_title": l.class.as_ref().map(|c| c.get(lang)),
                    "value": if hidden { Value::Null } else { amount(self.value(n, l)) },
                    "masked": hidden,
                    "unit": m.unit.get(lang),
                }));
            }
        }
        json!({
            "by": format!("{:?}", self.by).to_lowercase(),
            "public": self.public.is_some(),
            "mask_below": self.public.map(|_| self.below),
            "rows": rows,
        })
    }
}

/// The rows without their first cell.
fn tails(rows: &[Vec<String>]) -> Vec<Vec<String>> {
    rows.iter().map(|r| r[1..].to_vec()).collect()
}

/// A number as it is written: no more digits than it has.
fn number(value: i128) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let (whole, rest) = (value.abs() / SCALE, value.abs() % SCALE);
    let rest = format!("{rest:06}");
    match rest.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        digits => format!("{sign}{whole}.{digits}"),
    }
}

fn amount(value: i128) -> Value {
    match i64::try_from(value / SCALE) {
        Ok(whole) if value % SCALE == 0 => json!(whole),
        _ => json!(value as f64 / SCALE as f64),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_have_no_more_digits_than_they_need() {
        let of = |n: i128| super::number(n);
        assert_eq!([of(0), of(105_000_000), of(12_500_000), of(-300_000)], ["0", "105", "12.5", "-0.3"]);
    }
}
