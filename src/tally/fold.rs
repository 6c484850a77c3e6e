//! Adds up the measures over the records of a casebook, a case at a time: what is read is counted and let go; knows no groups.

use super::measure::{Dim, Measure};
use crate::calendar::{Calendar, Cycle};
use crate::casebook::names::Where;
use crate::casebook::{Casebook, Folder};
use crate::kind::{EnumId, Home, KindId, Level, Part, Record, Schema, Val};
use crate::rule::{Below, Current, Group, Named, ParamValue, Past, PastCase, Stop, Value, World};
use crate::text::Text;
use chrono::{NaiveDate, NaiveTime};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A class of a breakdown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// All classes together.
    All,
    /// A value of an enumeration, in its order.
    Enum(EnumId, u16),
    /// A whole number.
    Int(i64),
    /// Yes or no.
    Bool(bool),
    /// A kind of record.
    Kind(KindId),
    /// A text, or the id of a record.
    Text(String),
    /// Not filled in.
    None,
}

/// Which number: the measure, the breakdown (none for the whole), the class.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Index of the measure.
    pub measure: usize,
    /// Index of the breakdown in the measure.
    pub dim: Option<usize>,
    /// The class.
    pub class: Class,
}

/// Parts of one: numbers are kept exactly, whatever the order they are added in.
pub const SCALE: i128 = 1_000_000;

/// A number and the records it was made from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// In millionths.
    pub value: i128,
    /// Records, or parts of records, that it was made from.
    pub records: u64,
}

/// Numbers by key.
pub type Cells = BTreeMap<Key, Cell>;

/// What one place adds: a case, the records of a round or of one of its teams, the records at the root.
#[derive(Clone, Debug, Default)]
pub struct Leaf {
    /// The round; empty for the root.
    pub round: String,
    /// The team's id; empty where there is none.
    pub team: String,
    /// The team's number, if it has one.
    pub team_no: Option<i64>,
    /// The case; empty above the cases.
    pub case: String,
    /// The name of the case's unit.
    pub title: String,
    /// What was counted.
    pub cells: Cells,
    /// Records that could not be counted for want of what a measure asks, by measure.
    pub undecided: BTreeMap<usize, u64>,
}

/// A round as far as counting asks.
#[derive(Clone, Debug, Default)]
pub struct RoundOf {
    /// Its folder's name.
    pub name: String,
    /// Its year, if it says one.
    pub year: Option<i64>,
    /// Its number.
    pub no: i64,
    /// Its first day, if it says one.
    pub from: Option<NaiveDate>,
}

/// All that was counted, in the order of rounds.
#[derive(Debug, Default)]
pub struct Counted {
    /// The rounds, by year and number.
    pub rounds: Vec<RoundOf>,
    /// The leaves; the root first, then each round's.
    pub leaves: Vec<Leaf>,
}

/// Counts what the places hold; the root is counted with the whole casebook only.
pub fn run(book: &Casebook, measures: &[Measure], places: &Where, today: NaiveDate) -> Counted {
    let schema = &book.schema;
    let own = ["round", "case", "team", "unit"].map(|k| schema.find_kind(k));
    let mut kinds: Vec<KindId> = own.into_iter().flatten().chain(measures.iter().flat_map(Measure::kinds)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let workspace = book.read_folder("", Level::Workspace, &Home::default(), Some(&kinds));
    let base = Base { book, workspace: &workspace, measures, kinds: &kinds, today };
    let mut names = book.rounds();
    names.retain(|n| places.round().is_none_or(|r| r == n));
    let only = match places {
        Where::Case(_, case) => Some(case.as_str()),
        _ => None,
    };
    let mut done: Vec<(RoundOf, Vec<Leaf>)> = names.par_iter().map(|n| base.round(n, only)).collect();
    done.sort_by(|(a, _), (b, _)| (a.year, a.no, &a.name).cmp(&(b.year, b.no, &b.name)));
    let mut out = Counted::default();
    if *places == Where::Book {
        let sight = Sight { base: &base, round: None, case: None, team: None };
        let mut leaf = Leaf::default();
        base.count(&sight, workspace.records.iter(), &mut leaf);
        out.leaves.push(leaf);
    }
    for (round, leaves) in done {
        out.rounds.push(round);
        out.leaves.extend(leaves);
    }
    out
}

/// What all places share.
struct Base<'a> {
    book: &'a Casebook,
    workspace: &'a Folder,
    measures: &'a [Measure],
    kinds: &'a [KindId],
    today: NaiveDate,
}

impl Base<'_> {
    fn kind(&self, id: &str) -> Option<KindId> {
        self.book.schema.find_kind(id)
    }

    fn round(&self, name: &str, only: Option<&str>) -> (RoundOf, Vec<Leaf>) {
        let home = Home { round: name.to_string(), case: String::new() };
        let folder = self.book.read_folder(&format!("rounds/{name}"), Level::Round, &home, Some(self.kinds));
        let record = self.kind("round").and_then(|k| folder.of(k).first());
        let number = |key| record.and_then(|r| number(&self.book.schema, r, key));
        let from = record.and_then(|r| date(&self.book.schema, r, "period", "from"));
        let of = RoundOf { name: name.to_string(), year: number("year"), no: number("no").unwrap_or(0), from };
        let wanted: Vec<&String> = folder.others.iter().filter(|c| only.is_none_or(|o| o == c.as_str())).collect();
        let mut leaves: Vec<Leaf> = wanted.par_iter().map(|case| self.case(name, case, &folder)).collect();
        if only.is_none() {
            leaves.extend(self.above(name, &folder));
        }
        leaves.sort_by(|a, b| (a.team_no, &a.team, &a.case).cmp(&(b.team_no, &b.team, &b.case)));
        (of, leaves)
    }

    /// One case, read, counted and let go.
    fn case(&self, round: &str, case: &str, above: &Folder) -> Leaf {
        let home = Home { round: round.to_string(), case: case.to_string() };
        let folder = self.book.read_folder(&format!("rounds/{round}/{case}"), Level::Case, &home, Some(self.kinds));
        let schema = &self.book.schema;
        let record = self.kind("case").and_then(|k| folder.of(k).first());
        let team = record.and_then(|r| text(schema, r, "team")).and_then(|id| self.team(above, id));
        let sight = Sight { base: self, round: Some(above), case: Some((&folder, case)), team };
        let unit = sight.current(Current::Unit);
        let title = unit.and_then(|u| text(schema, u, "name")).unwrap_or(case).to_string();
        let mut leaf = Leaf { round: round.into(), case: case.into(), title, ..team_of(schema, team) };
        self.count(&sight, folder.records.iter(), &mut leaf);
        leaf
    }

    /// The records of the round itself: each team's own, then nobody's.
    fn above(&self, round: &str, folder: &Folder) -> Vec<Leaf> {
        let schema = &self.book.schema;
        let teams = self.kind("team").map_or(&[][..], |k| folder.of(k));
        let mut out = Vec::new();
        for team in teams.iter().map(Some).chain([None]) {
            let sight = Sight { base: self, round: Some(folder), case: None, team };
            let mut leaf = Leaf { round: round.into(), ..team_of(schema, team) };
            let own = folder.records.iter().filter(|r| self.owner(folder, r).map(|t| &t.id) == team.map(|t| &t.id));
            self.count(&sight, own, &mut leaf);
            out.push(leaf);
        }
        out
    }

    /// The team that a record of the round belongs to.
    fn owner<'r>(&self, folder: &'r Folder, record: &'r Record) -> Option<&'r Record> {
        match Some(record.kind) == self.kind("team") {
            true => Some(record),
            false => text(&self.book.schema, record, "team").and_then(|id| self.team(folder, id)),
        }
    }

    /// The team with that id or number.
    fn team<'r>(&self, folder: &'r Folder, id: &str) -> Option<&'r Record> {
        let teams = folder.of(self.kind("team")?);
        teams.iter().find(|t| t.id == id).or_else(|| teams.iter().find(|t| text(&self.book.schema, t, "no") == Some(id)))
    }

    fn count<'r>(&self, sight: &Sight<'_, 'r>, records: impl Iterator<Item = &'r Record>, leaf: &mut Leaf) {
        for record in records.filter(|r| !r.nil) {
            for (i, m) in self.measures.iter().enumerate().filter(|(_, m)| m.each.kind() == record.kind) {
                let root = record.root();
                let typed = m.each.type_filter();
                if typed.is_some_and(|(field, of, value)| root.field(field).is_none_or(|p| p.val() != Val::Enum(of, value))) {
                    continue;
                }
                for part in m.each.select_in(root) {
                    if one(sight, i, m, part, &mut leaf.cells).is_none() {
                        *leaf.undecided.entry(i).or_default() += 1;
                    }
                }
            }
        }
        // What is counted by cases is one in each case, however many there are in it.
        for (key, cell) in leaf.cells.iter_mut().filter(|(k, _)| self.measures[k.measure].over_cases) {
            let _ = key;
            cell.value = if leaf.case.is_empty() { 0 } else { SCALE };
        }
    }
}

/// Adds one thing; none where it cannot be decided whether it counts, or how much.
fn one<'r>(sight: &Sight<'_, 'r>, index: usize, m: &Measure, part: Part<'r>, cells: &mut Cells) -> Option<()> {
    if let Some(filter) = &m.filter
        && !filter.holds(sight, Some(part)).ok()?
    {
        return Some(());
    }
    let value = match &m.sum {
        None => SCALE,
        Some(sum) => match sum.eval(sight, Some(part)).ok()? {
            Value::Int(n) => n as i128 * SCALE,
            Value::Number(n) if n.is_finite() && n.abs() < 1e18 => (n * SCALE as f64).round() as i128,
            _ => return None,
        },
    };
    let mut add = |dim: Option<usize>, class: Class| {
        let cell = cells.entry(Key { measure: index, dim, class }).or_default();
        cell.value += value;
        cell.records += 1;
    };
    add(None, Class::All);
    for (d, dim) in m.by.iter().enumerate() {
        add(Some(d), class(sight, dim, part));
    }
    Some(())
}

fn class<'r>(sight: &Sight<'_, 'r>, dim: &Dim, part: Part<'r>) -> Class {
    match dim.value.eval(sight, Some(part)) {
        Ok(Value::Enum(e, i)) => Class::Enum(e, i),
        Ok(Value::Int(n)) => Class::Int(n),
        Ok(Value::Bool(b)) => Class::Bool(b),
        Ok(Value::Kind(k)) => Class::Kind(k),
        Ok(Value::Text(t)) => Class::Text(t.trim().to_string()),
        Ok(Value::Ref(p)) => Class::Text(p.str().trim().to_string()),
        Ok(Value::Record(r)) => Class::Text(r.id.clone()),
        Ok(_) | Err(Stop::Missing(_)) | Err(Stop::TooLong) => Class::None,
    }
}

fn team_of(schema: &Schema, team: Option<&Record>) -> Leaf {
    let no = team.and_then(|t| number(schema, t, "no"));
    Leaf { team: team.map(|t| t.id.clone()).unwrap_or_default(), team_no: no, ..Leaf::default() }
}

fn field<'r>(schema: &Schema, record: &'r Record, key: &str) -> Option<Part<'r>> {
    record.root().field(schema.shape(record.shape).find(key)?).filter(|p| p.filled())
}

/// The text of a field.
pub fn text<'r>(schema: &Schema, record: &'r Record, key: &str) -> Option<&'r str> {
    let part = field(schema, record, key)?;
    matches!(part.val(), Val::Text | Val::Ref | Val::Int(_) | Val::Enum(..)).then(|| part.str().trim())
}

/// The number in a field.
pub fn number(schema: &Schema, record: &Record, key: &str) -> Option<i64> {
    match field(schema, record, key)?.val() {
        Val::Int(n) => Some(n),
        _ => None,
    }
}

/// The day in a field of a field.
pub fn date(schema: &Schema, record: &Record, key: &str, inner: &str) -> Option<NaiveDate> {
    let map = field(schema, record, key)?;
    let Val::Map(shape) = map.val() else { return None };
    match map.field(schema.shape(shape).find(inner)?)?.val() {
        Val::Date(d) | Val::Time(d, _) => Some(d),
        _ => None,
    }
}

/// What a rule of a measure can see: the case, its round, the root; no events, no other rounds.
struct Sight<'s, 'r> {
    base: &'s Base<'r>,
    round: Option<&'r Folder>,
    case: Option<(&'r Folder, &'r str)>,
    team: Option<&'r Record>,
}

impl<'r> Sight<'_, 'r> {
    fn folders(&self) -> impl Iterator<Item = &'r Folder> {
        self.case.map(|(f, _)| f).into_iter().chain(self.round).chain([self.base.workspace])
    }
}

impl<'r> World<'r> for Sight<'_, 'r> {
    fn schema(&self) -> &'r Schema {
        &self.base.book.schema
    }

    fn list(&self, kind: KindId) -> Rc<[&'r Record]> {
        self.folders().flat_map(|f| f.of(kind)).collect()
    }

    fn single(&self, kind: KindId) -> Option<&'r Record> {
        self.case.and_then(|(f, _)| f.of(kind).first())
    }

    fn current(&self, which: Current) -> Option<&'r Record> {
        let first = |f: Option<&'r Folder>| f.and_then(|f| f.of(self.base.kind(which.kind())?).first());
        match which {
            Current::Case => first(self.case.map(|(f, _)| f)),
            Current::Round => first(self.round),
            Current::Team => self.team,
            Current::Unit => {
                let (_, name) = self.case?;
                let named = self.current(Current::Case).and_then(|c| text(&self.base.book.schema, c, "unit"));
                self.base.workspace.get(self.base.kind("unit")?, named.unwrap_or(name))
            }
        }
    }

    fn group(&self, which: Group) -> Rc<[&'r Record]> {
        self.base.kind(which.kind()).map_or_else(|| Rc::from([]), |k| self.list(k))
    }

    fn below(&self, _: &'r Record, _: Below) -> Rc<[&'r Record]> {
        Rc::from([])
    }

    fn past(&self, _: Past) -> Rc<[PastCase<'r>]> {
        Rc::from([])
    }

    fn resolve(&self, _: &'r Record, kinds: &[KindId], id: &str) -> Option<&'r Record> {
        let id = id.trim();
        let team = |k: &KindId| Some(*k) == self.base.kind("team");
        kinds.iter().find_map(|k| match self.round {
            Some(round) if team(k) => self.base.team(round, id),
            _ => self.folders().find_map(|f| f.get(*k, id)),
        })
    }

    fn event(&self, _: usize) -> Option<(NaiveDate, Option<NaiveTime>)> {
        None
    }

    fn param(&self, _: usize) -> Option<ParamValue> {
        None
    }

    fn period(&self) -> Option<Cycle> {
        None
    }

    fn today(&self) -> NaiveDate {
        self.base.today
    }

    fn calendar(&self) -> &'r Calendar {
        &self.base.book.calendar().0
    }

    fn title(&self, _: Named) -> Text {
        Text::default()
    }
}
