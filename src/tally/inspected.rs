//! What the rounds of a casebook inspected: which unit, as what, since when; reads of each round only what says so.

use super::fold::{self, RoundOf};
use crate::assess::ground::{Ground, History};
use crate::assess::shelf;
use crate::assess::sight::{Sight, Spot};
use crate::casebook::{Case, Casebook, Folder, Round};
use crate::kind::{EnumId, Home, KindId, Level, Part, Record, Val};
use crate::procedure::compile::{Program, Source};
use chrono::NaiveDate;
use rayon::prelude::*;

/// The event with which an inspection begins; a procedure without it begins with the round.
const BEGINS: &str = "entry";
/// As what a unit was inspected.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum How {
    /// By the type of the round.
    Round(EnumId, u16),
    /// In a round that says no type.
    Untyped,
    /// As one of several bodies inspected together.
    Bundled,
    /// Reached from the inspection of another.
    Extended,
}

/// One inspection of a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// `ROUND/UNIT`.
    pub case: String,
    /// As what.
    pub how: How,
    /// The day on which it began; none where it has not.
    pub on: Option<NaiveDate>,
}

/// What a round inspected.
pub struct Done {
    /// The round.
    pub round: RoundOf,
    /// Unit, visit.
    pub visits: Vec<(String, Visit)>,
}

/// What every round inspected, read one by one and only as far as the day of entry asks.
pub fn rounds(book: &Casebook, workspace: &Folder, today: NaiveDate) -> Vec<Done> {
    let names = book.rounds();
    let (shelf, _) = shelf::load(book, names.iter().map(String::as_str));
    let programs: Vec<Program> = shelf.procedures.iter().map(|p| Program::new(p, &book.schema)).collect();
    let history = History::default();
    let mut out: Vec<Done> = names
        .par_iter()
        .map(|name| {
            let program = &programs[shelf.of(name)];
            let round = light(book, name, program);
            let ground = Ground::new(book, workspace, &round, program, &history, today);
            one(&ground)
        })
        .collect();
    out.sort_by(|a, b| (a.round.year, a.round.no, &a.round.name).cmp(&(b.round.year, b.round.no, &b.round.name)));
    out
}

/// A round with only the records that say what was inspected, by whom and since when.
fn light(book: &Casebook, name: &str, program: &Program) -> Round {
    let mut kinds: Vec<KindId> = ["round", "case", "team", "milestone"].iter().filter_map(|k| book.schema.find_kind(k)).collect();
    if let Some(event) = program.procedure.event(BEGINS) {
        sources(program, event, &mut kinds, 0);
    }
    let home = Home { round: name.to_string(), case: String::new() };
    let folder = book.read_folder(&format!("rounds/{name}"), Level::Round, &home, Some(&kinds));
    let cases = folder.others.par_iter().map(|case| {
        let home = Home { round: name.to_string(), case: case.clone() };
        Case { name: case.clone(), folder: book.read_folder(&format!("rounds/{name}/{case}"), Level::Case, &home, Some(&kinds)) }
    });
    let cases = cases.collect();
    Round { name: name.to_string(), folder, cases }
}

/// The kinds from which an event's date comes.
fn sources(program: &Program, event: usize, kinds: &mut Vec<KindId>, depth: usize) {
    for source in program.event(event).0.iter().filter(|_| depth < 20) {
        match source {
            Source::Path(path) => kinds.push(path.kind()),
            Source::Event(other) => sources(program, *other, kinds, depth + 1),
            Source::Expr(e) => kinds.extend(e.uses().kinds.iter().chain(&e.uses().follows)),
        }
    }
}

fn one(g: &Ground) -> Done {
    let schema = &g.book.schema;
    let record = g.round_record();
    let number = |key| record.and_then(|r| fold::number(schema, r, key));
    let from = record.and_then(|r| fold::date(schema, r, "period", "from"));
    let round = RoundOf { name: g.round.name.clone(), year: number("year"), no: number("no").unwrap_or(0), from };
    let how = match record.and_then(|r| g.part(r, "type")).map(Part::val) {
        Some(Val::Enum(e, i)) => How::Round(e, i),
        _ => How::Untyped,
    };
    let event = g.program.procedure.event(BEGINS);
    let mut visits = Vec::new();
    for (i, case) in g.round.cases.iter().enumerate() {
        let Some(record) = g.case_record(i) else { continue };
        let begun = match event {
            Some(e) => Sight::new(g, Spot::Case(i)).event_date(e).map(|d| d.first.date),
            None => from,
        };
        let on = begun.filter(|d| *d <= g.today);
        let name = format!("{}/{}", g.round.name, case.name);
        let mut add = |unit: &str, how: How| visits.push((unit.to_string(), Visit { case: name.clone(), how, on }));
        let unit = g.text(record, "unit").unwrap_or(&case.name);
        let lines = supervision(g, record);
        match lines.is_empty() {
            true => add(unit, how.clone()),
            // A case of several inspections, tours or revisits says each of them.
            false => visits.extend(lines.into_iter().map(|(how, from)| {
                let on = from.filter(|d| *d <= g.today);
                (unit.to_string(), Visit { case: name.clone(), how, on })
            })),
        }
        let mut add = |unit: &str, how: How| visits.push((unit.to_string(), Visit { case: name.clone(), how, on }));
        for (key, how) in [("units", How::Bundled), ("extended_units", How::Extended)] {
            refs(g.part(record, key)).iter().for_each(|u| add(u, how.clone()));
        }
    }
    Done { round, visits }
}

/// The lines of a case that was supervised more than once: as what, and since when.
fn supervision<'a>(g: &Ground<'a>, case: &'a Record) -> Vec<(How, Option<NaiveDate>)> {
    let schema = &g.book.schema;
    let mut out = Vec::new();
    for item in g.part(case, "supervision").into_iter().flat_map(Part::items) {
        let Val::Map(shape) = item.val() else { continue };
        let of = |key| schema.shape(shape).find(key).and_then(|i| item.field(i)).map(Part::val);
        let how = match of("form") {
            Some(Val::Enum(e, i)) => How::Round(e, i),
            _ => How::Untyped,
        };
        let from = match of("from") {
            Some(Val::Date(d) | Val::Time(d, _)) => Some(d),
            _ => None,
        };
        out.push((how, from));
    }
    out
}

/// The ids in a list of references.
pub fn refs(part: Option<Part>) -> Vec<String> {
    part.into_iter().flat_map(Part::items).filter(|p| p.val() == Val::Ref && p.filled()).map(|p| p.str().trim().to_string()).collect()
}
