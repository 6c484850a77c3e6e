//! The numbers that a term plan sets for itself, laid beside what was done; an item that is no count known here stays uncounted.

use super::coverage::Report;
use super::inspected::How;
use crate::kind::{EnumId, Part, Record, Schema, Val};
use chrono::{Datelike, NaiveDate};

/// A number of the plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Quota {
    /// What is counted, as the plan calls it.
    pub item: String,
    /// At least.
    pub min: Option<f64>,
    /// At most.
    pub max: Option<f64>,
    /// How many there are; none where the item is no count known here.
    pub have: Option<usize>,
    /// What the plan says of it.
    pub note: Option<String>,
}

impl Quota {
    /// Whether it is kept so far; none where it is not counted.
    pub fn kept(&self) -> Option<bool> {
        let have = self.have? as f64;
        Some(self.min.is_none_or(|m| have >= m) && self.max.is_none_or(|m| have <= m))
    }
}

/// The quotas of a plan.
pub fn of(schema: &Schema, plan: &Record, r: &Report, today: NaiveDate) -> Vec<Quota> {
    let list = schema.shape(plan.shape).find("quotas").and_then(|i| plan.root().field(i));
    let mut out = Vec::new();
    for item in list.into_iter().flat_map(Part::items) {
        let Val::Map(shape) = item.val() else { continue };
        let of = |key| schema.shape(shape).find(key).and_then(|i| item.field(i)).filter(|p| p.filled());
        let number = |key| match of(key).map(Part::val) {
            Some(Val::Int(n)) => Some(n as f64),
            Some(Val::Number(n)) => Some(n),
            _ => None,
        };
        let Some(name) = of("item").map(|p| p.str().trim().to_string()) else { continue };
        let have = count(schema, r, &name, today);
        let note = of("note").map(|p| p.str().trim().to_string());
        out.push(Quota { have, min: number("min"), max: number("max"), note, item: name });
    }
    out
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
