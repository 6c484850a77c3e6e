//! Two procedures side by side, to be printed on paper: what is new, struck and changed, with old and new text, strength and rule in words.

pub mod html;
pub mod md;
mod side;
mod words;

pub use words::{Piece, pieces};

use crate::casebook::Config;
use crate::kind::Schema;
use crate::procedure::Procedure;
use crate::procedure::diff::{Change, Entry, Section};
use crate::say;
use crate::text::{Lang, Text};

/// A fact of one side: what it is called, and its lines. The first of an obligation is what it demands, without a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// `期限`; empty for the text itself.
    pub name: String,
    /// As people read them.
    pub lines: Vec<String>,
}

/// One entry in which the two differ.
#[derive(Debug)]
pub struct Row {
    /// Its id.
    pub id: String,
    /// Its citation on each side; one where they agree.
    pub cite: Vec<String>,
    /// What became of it.
    pub change: Change,
    /// The first procedure's side; empty where it is new.
    pub old: Vec<Fact>,
    /// The second's; empty where it is struck.
    pub new: Vec<Fact>,
}

/// Entries under one heading.
#[derive(Debug)]
pub struct Part {
    /// A stage of obligations, or another list of the procedure.
    pub title: String,
    /// In the order of the first procedure, then of the second.
    pub rows: Vec<Row>,
}

/// The whole comparison.
#[derive(Debug)]
pub struct Page {
    /// `规程对照`.
    pub title: String,
    /// What each procedure is: its title, then issuer, date, basis.
    pub sides: [(String, Vec<(String, String)>); 2],
    /// How much is different.
    pub summary: Vec<String>,
    /// What is different.
    pub parts: Vec<Part>,
}

/// Lays two procedures beside each other. `config` says which of the office's own numbers are set.
pub fn page(a: &Procedure, b: &Procedure, diff: &[Entry], schema: &Schema, config: Option<&Config>, lang: Lang) -> Page {
    let pick = |zh: &'static str, en: &'static str| Text::new(zh, en).get(lang).to_string();
    // What is demanded comes first; what it leans on stands behind it.
    let mut parts = by_stage(a, b, diff, schema, config, lang);
    for section in [Section::Param, Section::Event, Section::Stage, Section::Set, Section::Role] {
        let rows: Vec<Row> = diff.iter().filter(|e| e.section == section).map(|e| side::plain(a, b, e, schema, lang)).collect();
        if !rows.is_empty() {
            parts.push(Part { title: section.title().get(lang).to_string(), rows });
        }
    }
    let about = |p: &Procedure| {
        let facts = [
            (pick("编号", "id"), p.id.clone()),
            (pick("发布", "issuer"), format!("{} {}", p.issuer, p.issued).trim().to_string()),
            (pick("依据", "basis"), p.basis.join(&pick("；", "; "))),
            (pick("沿用", "extends"), p.extends.clone().unwrap_or_default()),
            (pick("现状", "status"), p.superseded.as_ref().map_or(String::new(), |s| s.get(lang).to_string())),
            (pick("事项", "obligations"), p.obligations.len().to_string()),
        ];
        (p.title.get(lang).to_string(), facts.into_iter().filter(|(_, v)| !v.is_empty()).collect::<Vec<_>>())
    };
    Page { title: pick("规程对照", "Two procedures compared"), sides: [about(a), about(b)], summary: summary(diff, lang), parts }
}

fn summary(diff: &[Entry], lang: Lang) -> Vec<String> {
    let count = |obligations: bool, change| {
        let of = |e: &&Entry| (e.section == Section::Obligation) == obligations && e.section != Section::Head && e.change == change;
        diff.iter().filter(of).count()
    };
    let line = |obligations: bool| {
        let [new, struck, changed] = [Change::Added, Change::Struck, Change::Changed].map(|c| count(obligations, c));
        match obligations {
            _ if new + struck + changed == 0 && obligations => say!("事项没有不同。", "The obligations do not differ."),
            true => {
                say!("事项：增加{new}项，删去{struck}项，改动{changed}项。", "Obligations: {new} new, {struck} struck, {changed} changed.")
            }
            false => say!(
                "阶段、角色、集合、参数、事件：增加{new}项，删去{struck}项，改动{changed}项。",
                "Stages, roles, sets, parameters, events: {new} new, {struck} struck, {changed} changed."
            ),
        }
    };
    [true, false].map(|o| line(o).get(lang).to_string()).into()
}

/// Obligations under the stages of the second procedure; those of stages that it no longer has come last.
fn by_stage(a: &Procedure, b: &Procedure, diff: &[Entry], schema: &Schema, config: Option<&Config>, lang: Lang) -> Vec<Part> {
    let obligations = diff.iter().filter(|e| e.section == Section::Obligation);
    let mut parts: Vec<(usize, Part)> = Vec::new();
    for e in obligations {
        let (old, new) = (a.obligation(&e.id), b.obligation(&e.id));
        let stage = match (new, old) {
            (Some(o), _) => &b.stages[o.stage],
            (None, Some(o)) => &a.stages[o.stage],
            (None, None) => continue,
        };
        let row = side::obligation((a, old), (b, new), e, schema, config, lang);
        let title = stage.title.get(lang).to_string();
        match parts.iter_mut().find(|(_, p)| p.title == title) {
            Some((_, part)) => part.rows.push(row),
            None => {
                let at = b.stages.iter().position(|s| s.id == stage.id).unwrap_or(usize::MAX);
                parts.push((at, Part { title, rows: vec![row] }));
            }
        }
    }
    parts.sort_by_key(|(at, _)| *at);
    parts.into_iter().map(|(_, p)| p).collect()
}
