//! The numbers that a term plan sets for itself, laid beside what was done; an item that is no count known here stays uncounted.

use crate::kind::{Part, Record, Schema, Val};

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

/// The quotas of a plan; `count` tells how many there are of an item, if it is a count known to it.
pub fn of(schema: &Schema, plan: &Record, count: impl Fn(&str) -> Option<usize>) -> Vec<Quota> {
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
        let have = count(&name);
        let note = of("note").map(|p| p.str().trim().to_string());
        out.push(Quota { have, min: number("min"), max: number("max"), note, item: name });
    }
    out
}
