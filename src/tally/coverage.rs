//! How far the inspection of the units of a term's plan has come: inspected and as what, planned, left; the pace kept and the pace needed.

use super::fold;
use super::inspected::{self, Done, How, Visit, refs};
use super::quota::{self, Quota};
use super::terms::{self, Term};
use crate::casebook::{Casebook, Folder};
use crate::kind::{EnumId, Home, KindId, Level, Part, Record, Schema, Val};
use chrono::{Datelike, NaiveDate};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The level at which a unit counts as covered when the inspection of another reached it, where the office names no other.
const EXTENDED: &str = "village";

/// How a unit of the plan stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// An inspection of it has begun.
    Inspected,
    /// It is in a round that has not begun there, or in the plan of this year or a later one.
    Planned,
    /// Neither.
    Left,
}

/// A unit.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its level.
    pub level: Option<(EnumId, u16)>,
    /// Its category.
    pub category: Option<(EnumId, u16)>,
    /// The unit above it.
    pub parent: Option<String>,
    /// Whether the plan names it.
    pub in_plan: bool,
    /// Years whose plan names it.
    pub years: Vec<i64>,
    /// Its inspections within the term, by day.
    pub visits: Vec<Visit>,
    /// How it stands.
    pub standing: Standing,
    /// When it was first covered.
    pub since: Option<NaiveDate>,
}

impl Unit {
    /// Whether it was reached from the inspection of another and nothing else, which does not count as inspected at its level.
    pub fn only_reached(&self) -> bool {
        self.standing != Standing::Inspected && self.visits.iter().any(|v| v.how == How::Extended && v.on.is_some())
    }
}

/// Counts of units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// In the plan.
    pub units: usize,
    /// Inspected.
    pub inspected: usize,
    /// Planned.
    pub planned: usize,
    /// Left.
    pub left: usize,
    /// Of the planned and left: reached from the inspection of another.
    pub reached: usize,
}

impl Count {
    fn add(&mut self, unit: &Unit) {
        self.units += 1;
        self.inspected += usize::from(unit.standing == Standing::Inspected);
        self.planned += usize::from(unit.standing == Standing::Planned);
        self.left += usize::from(unit.standing == Standing::Left);
        self.reached += usize::from(unit.only_reached());
    }

    /// The share inspected, in tenths of a percent.
    pub fn share(&self) -> Option<usize> {
        let share = (self.inspected * 1000 + self.units / 2).checked_div(self.units)?;
        // All is said only of all.
        Some(if self.inspected < self.units { share.min(999) } else { share })
    }
}

/// A year of a term.
#[derive(Clone, Debug, PartialEq)]
pub struct Year {
    /// The year.
    pub year: i32,
    /// Units that its plan names.
    pub planned: usize,
    /// Units first inspected in it.
    pub inspected: usize,
    /// Units inspected by its end.
    pub total: usize,
    /// Units that should be inspected by its end at an even pace.
    pub line: f64,
    /// Rounds of the year.
    pub rounds: usize,
}

/// The pace of a term, in units a year.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pace {
    /// The share of the term that has passed.
    pub elapsed: f64,
    /// Units that should be inspected by now at an even pace.
    pub line: f64,
    /// What the plan asks for from the beginning.
    pub planned: f64,
    /// What was kept so far; none on the term's first day.
    pub kept: Option<f64>,
    /// What is needed from now; none when the term is over.
    pub needed: Option<f64>,
    /// Units inspected by the term's end at the pace kept.
    pub forecast: Option<usize>,
    /// When all will be inspected at the pace kept.
    pub complete: Option<NaiveDate>,
}

/// A term.
#[derive(Clone, Debug)]
pub struct Report {
    /// Its plan and period.
    pub term: Term,
    /// The units of its plan, and those below them and above them in the register, by id.
    pub units: BTreeMap<String, Unit>,
    /// All units of the plan.
    pub all: Count,
    /// By level.
    pub levels: BTreeMap<Option<(EnumId, u16)>, Count>,
    /// By category.
    pub categories: BTreeMap<Option<(EnumId, u16)>, Count>,
    /// How many units of the plan were inspected as what; one may be there several times.
    pub ways: BTreeMap<How, usize>,
    /// By year.
    pub years: Vec<Year>,
    /// The pace.
    pub pace: Pace,
    /// The plan's own numbers.
    pub quotas: Vec<Quota>,
    /// Units that were inspected in the term and that the plan does not name.
    pub outside: Vec<String>,
    /// Units of the plan that the register does not have.
    pub unknown: Vec<String>,
    /// Rounds that have begun.
    pub rounds: usize,
}

/// Works out every term, or the one of that plan.
pub fn run(book: &Casebook, only: Option<&str>, today: NaiveDate) -> Vec<Report> {
    let schema = &book.schema;
    let kinds: Vec<KindId> = ["unit", "coverage_plan"].into_iter().filter_map(|k| schema.find_kind(k)).collect();
    let workspace = book.read_folder("", Level::Workspace, &Home::default(), Some(&kinds));
    let done = inspected::rounds(book, &workspace, today);
    let Some(kind) = schema.find_kind("coverage_plan") else { return Vec::new() };
    let mut out: Vec<Report> = workspace
        .of(kind)
        .iter()
        .filter(|p| only.is_none_or(|o| o == p.id))
        .filter_map(|plan| terms::of_plan(book, plan).map(|t| report(book, &workspace, plan, t, &done, today)))
        .collect();
    out.sort_by(|a, b| (a.term.from, &a.term.id).cmp(&(b.term.from, &b.term.id)));
    out
}

/// The plans there are, by id.
pub fn plans(book: &Casebook) -> Vec<String> {
    let Some(kind) = book.schema.find_kind("coverage_plan") else { return Vec::new() };
    let folder = book.read_folder("", Level::Workspace, &Home::default(), Some(&[kind]));
    folder.of(kind).iter().map(|p| p.id.clone()).collect()
}

fn field<'r>(schema: &Schema, record: &'r Record, key: &str) -> Option<Part<'r>> {
    record.root().field(schema.shape(record.shape).find(key)?).filter(|p| p.filled())
}

fn value(schema: &Schema, record: &Record, key: &str) -> Option<(EnumId, u16)> {
    match field(schema, record, key)?.val() {
        Val::Enum(e, i) => Some((e, i)),
        _ => None,
    }
}

fn report(book: &Casebook, workspace: &Folder, plan: &Record, term: Term, done: &[Done], today: NaiveDate) -> Report {
    let schema = &book.schema;
    let kind = schema.find_kind("unit");
    let register = kind.map_or(&[][..], |k| workspace.of(k));
    // A body that is inspected together with another counts with it.
    let mut with: HashMap<String, String> = HashMap::new();
    for unit in register {
        refs(field(schema, unit, "affiliates")).into_iter().for_each(|a| drop(with.insert(a, unit.id.clone())));
    }
    let named = refs(field(schema, plan, "units"));
    let all: HashSet<&String> = named.iter().collect();
    let planned: HashSet<&String> = named.iter().filter(|u| with.get(*u).is_none_or(|w| !all.contains(w))).collect();
    let years = plan_years(schema, plan);
    let mut units: BTreeMap<String, Unit> = register.iter().map(|r| (r.id.clone(), unit(schema, r, planned.contains(&r.id)))).collect();
    let unknown: Vec<String> = named.iter().filter(|u| !units.contains_key(*u)).cloned().collect();
    for (year, list) in &years {
        for u in list {
            let main = with.get(u).filter(|w| planned.contains(w)).unwrap_or(u);
            if let Some(unit) = units.get_mut(main).filter(|unit| !unit.years.contains(year)) {
                unit.years.push(*year);
            }
        }
    }
    let mine: Vec<&Done> = done.iter().filter(|d| term.holds(&d.round)).collect();
    let mut outside = Vec::new();
    for (id, visit) in mine.iter().flat_map(|d| &d.visits) {
        let main = with.get(id).filter(|w| planned.contains(w) && visit.how != How::Extended).unwrap_or(id);
        let bundled = main != id;
        let visit = if bundled { Visit { how: How::Bundled, ..visit.clone() } } else { visit.clone() };
        match units.get_mut(main) {
            // The body and what is bundled with it are one inspection.
            Some(unit) if bundled && unit.visits.iter().any(|v| v.case == visit.case) => {}
            Some(unit) => unit.visits.push(visit.clone()),
            None => {}
        }
        let part = visit.how == How::Extended || visit.how == How::Bundled;
        if !planned.contains(main) && !part && visit.on.is_some() && !outside.contains(id) {
            outside.push(id.clone());
        }
    }
    let counts = |unit: &Unit, visit: &Visit| match &visit.how {
        How::Extended => unit.level.is_some_and(|(e, i)| {
            let level = &schema.en(e).values[i as usize];
            match &book.config.covered_by_extension {
                None => level.code == EXTENDED,
                Some(levels) => levels.iter().any(|l| level.code == *l || level.label.zh == *l),
            }
        }),
        // A tour or a revisit looks in again; it is no inspection.
        How::Round(e, i) => !["tour", "revisit"].contains(&schema.en(*e).values[*i as usize].code.as_str()),
        How::Untyped | How::Bundled => true,
    };
    for unit in units.values_mut() {
        unit.visits.sort_by(|a, b| (a.on.is_none(), a.on, &a.case).cmp(&(b.on.is_none(), b.on, &b.case)));
        unit.since = unit.visits.iter().filter(|v| counts(unit, v)).find_map(|v| v.on);
        let ahead =
            unit.visits.iter().any(|v| v.on.is_none() && counts(unit, v)) || unit.years.iter().any(|y| *y >= i64::from(today.year()));
        unit.standing = match (unit.since, ahead) {
            (Some(_), _) => Standing::Inspected,
            (None, true) => Standing::Planned,
            (None, false) => Standing::Left,
        };
    }
    let begun = |d: &&&Done| d.visits.iter().any(|(_, v)| v.on.is_some());
    let rounds = mine.iter().filter(begun).count();
    let mut r = Report {
        units: BTreeMap::new(),
        all: Count::default(),
        levels: BTreeMap::new(),
        categories: BTreeMap::new(),
        ways: BTreeMap::new(),
        years: Vec::new(),
        pace: Pace::default(),
        quotas: Vec::new(),
        outside,
        unknown,
        rounds,
        term,
    };
    for unit in units.values().filter(|u| u.in_plan) {
        r.all.add(unit);
        r.levels.entry(unit.level).or_default().add(unit);
        r.categories.entry(unit.category).or_default().add(unit);
        let ways: HashSet<&How> = unit.visits.iter().filter(|v| v.on.is_some()).map(|v| &v.how).collect();
        ways.into_iter().for_each(|w| *r.ways.entry(w.clone()).or_default() += 1);
    }
    r.pace = pace(&r.term, &r.all, today);
    r.years = by_year(&r, units.values().filter(|u| u.in_plan).collect(), &mine);
    r.units = family(units);
    r.quotas = quota::of(schema, plan, |item| count(schema, &r, item, today));
    r
}

/// `units`, `rounds`, either with `_per_year` for this year's; a level or category of units inspected; a type of round, `bundled`, `extended`.
fn count(schema: &Schema, r: &Report, item: &str, today: NaiveDate) -> Option<usize> {
    let year = r.years.iter().find(|y| y.year == today.year());
    match item {
        "units" => return Some(r.all.inspected),
        "rounds" => return Some(r.rounds),
        "units_per_year" => return year.map(|y| y.inspected),
        "rounds_per_year" => return year.map(|y| y.rounds),
        "bundled" => return Some(r.ways.get(&How::Bundled).copied().unwrap_or(0)),
        "extended" => return Some(r.ways.get(&How::Extended).copied().unwrap_or(0)),
        _ => {}
    }
    let find = |set: &str| -> Option<(EnumId, u16)> {
        let e = schema.find_enum(set)?;
        schema.en(e).find(item).map(|i| (e, i))
    };
    if let Some((e, i)) = find("round_type") {
        return Some(r.ways.get(&How::Round(e, i)).copied().unwrap_or(0));
    }
    if let Some(level) = find("unit_level") {
        return Some(r.levels.get(&Some(level)).map_or(0, |c| c.inspected));
    }
    find("unit_category").map(|c| r.categories.get(&Some(c)).map_or(0, |c| c.inspected))
}

fn unit(schema: &Schema, r: &Record, in_plan: bool) -> Unit {
    Unit {
        id: r.id.clone(),
        name: fold::text(schema, r, "name").unwrap_or(&r.id).to_string(),
        level: value(schema, r, "level"),
        category: value(schema, r, "category"),
        parent: fold::text(schema, r, "parent").map(str::to_string),
        in_plan,
        years: Vec::new(),
        visits: Vec::new(),
        standing: Standing::Left,
        since: None,
    }
}

fn plan_years(schema: &Schema, plan: &Record) -> Vec<(i64, Vec<String>)> {
    let mut out = Vec::new();
    for item in field(schema, plan, "years").into_iter().flat_map(Part::items) {
        let Val::Map(shape) = item.val() else { continue };
        let of = |key| schema.shape(shape).find(key).and_then(|i| item.field(i));
        if let Some(Val::Int(year)) = of("year").map(Part::val) {
            out.push((year, refs(of("units"))));
        }
    }
    out
}

/// The units of the plan, those below them, and those above them.
fn family(units: BTreeMap<String, Unit>) -> BTreeMap<String, Unit> {
    let above = |id: &str| {
        let mut chain = Vec::new();
        let mut at = units.get(id).and_then(|u| u.parent.clone());
        while let Some(p) = at.filter(|p| !chain.contains(p) && units.contains_key(p)) {
            at = units[&p].parent.clone();
            chain.push(p);
        }
        chain
    };
    let mut keep: HashSet<String> = HashSet::new();
    for (id, unit) in &units {
        let chain = above(id);
        if unit.in_plan || chain.iter().any(|p| units[p].in_plan) {
            keep.insert(id.clone());
            keep.extend(chain);
        }
    }
    units.into_iter().filter(|(id, _)| keep.contains(id)).collect()
}

fn pace(term: &Term, all: &Count, today: NaiveDate) -> Pace {
    const YEAR: f64 = 365.25;
    let length = (term.to - term.from).num_days() as f64 + 1.0;
    let passed = ((today - term.from).num_days() as f64).clamp(0.0, length);
    let (units, done) = (all.units as f64, all.inspected as f64);
    let left = length - passed;
    let per_day = (passed > 0.0).then(|| done / passed);
    let days_to_all = per_day.filter(|p| *p > 0.0).map(|p| (units / p).ceil());
    Pace {
        elapsed: passed / length,
        line: units * passed / length,
        planned: units / length * YEAR,
        kept: per_day.map(|p| p * YEAR),
        needed: (left > 0.0).then(|| (units - done) / left * YEAR),
        forecast: per_day.map(|p| ((p * length).floor() as usize).min(all.units)),
        complete: days_to_all.and_then(|d| term.from.checked_add_days(chrono::Days::new(d as u64))),
    }
}

fn by_year(r: &Report, units: Vec<&Unit>, rounds: &[&Done]) -> Vec<Year> {
    let (from, to) = (r.term.from, r.term.to);
    let length = (to - from).num_days() as f64 + 1.0;
    let mut total = 0;
    (from.year()..=to.year())
        .map(|year| {
            let end = NaiveDate::from_ymd_opt(year, 12, 31).map_or(to, |d| d.min(to));
            let inspected = units.iter().filter(|u| u.since.is_some_and(|d| d.year() == year)).count();
            total += inspected;
            Year {
                year,
                planned: units.iter().filter(|u| u.years.contains(&i64::from(year))).count(),
                inspected,
                total,
                line: units.len() as f64 * ((end - from).num_days() as f64 + 1.0) / length,
                rounds: rounds.iter().filter(|d| d.round.year == Some(i64::from(year))).count(),
            }
        })
        .collect()
}
