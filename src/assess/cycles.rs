//! The periods that an instance's time touches: of a round by its dates, of the casebook by its plan.

use super::ground::Ground;
use super::sight::{Sight, Spot};
use crate::calendar::{Cycle, Every};
use crate::kind::{Record, Val};
use chrono::NaiveDate;

/// The periods in order; none where the records give no span yet.
pub fn of(sight: &Sight<'_>, every: Every) -> Vec<Cycle> {
    span(sight).map(|(from, to)| Cycle::touching(every, from, to.unwrap_or(sight.ground.today))).unwrap_or_default()
}

/// Whether the last day of the instance's time is past: false where it is not given.
pub fn ended(sight: &Sight<'_>) -> bool {
    span(sight).and_then(|(_, to)| to).is_some_and(|to| to < sight.ground.today)
}

/// The first and last day, if given: `period` of the round, or from the first to the last of the plans.
fn span(sight: &Sight<'_>) -> Option<(NaiveDate, Option<NaiveDate>)> {
    let g = sight.ground;
    let records: Vec<&Record> = match sight.spot {
        Spot::Book => g.book.schema.find_kind("coverage_plan").map(|k| g.workspace.of(k).iter().collect()).unwrap_or_default(),
        _ => g.round_record().into_iter().collect(),
    };
    let day = |r: &Record, key: &str| inside(g, r, key);
    let from = records.iter().filter_map(|r| day(r, "from")).min()?;
    let to = records.iter().map(|r| day(r, "to")).collect::<Option<Vec<_>>>().and_then(|all| all.into_iter().max());
    Some((from, to))
}

/// A day of `period` in a record.
fn inside(g: &Ground<'_>, record: &Record, key: &str) -> Option<NaiveDate> {
    let schema = &g.book.schema;
    let period = schema.shape(record.shape).find("period").and_then(|i| record.root().field(i))?;
    let Val::Map(shape) = period.val() else { return None };
    let part = schema.shape(shape).find(key).and_then(|i| period.field(i))?;
    super::events::anchor(part).map(|a| a.date)
}
