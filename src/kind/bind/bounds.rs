//! Two fields of a map that bound each other: the upper one must not lie below the lower.

use super::Binder;
use crate::finding::{Finding, Place};
use crate::kind::record::Val;
use crate::kind::schema::Shape;
use crate::say;
use crate::yaml::NodeId;
use std::cmp::Ordering;

impl Binder<'_> {
    /// Reports fields that lie below the one that they must not lie below; what is not filled in bounds nothing.
    pub(super) fn bounds(&mut self, map: NodeId, shape: &Shape) {
        for (upper, field) in shape.fields.iter().enumerate() {
            let Some(lower) = field.not_below.as_deref().and_then(|key| shape.find(key)) else { continue };
            let value = |index: u16| {
                let mut entries = self.tree.entries(map);
                entries.find(|e| self.vals[e.key_id.0 as usize] == Val::Key(index)).map(|e| e.value)
            };
            let (Some(low), Some(high)) = (value(lower), value(upper as u16)) else { continue };
            if order(self.vals[high.0 as usize], self.vals[low.0 as usize]) != Some(Ordering::Less) {
                continue;
            }
            let (under, over) = (&shape.fields[lower as usize], field);
            let (from, to) = (self.tree.str(low).trim(), self.tree.str(high).trim());
            let (zh, zh_low, en, en_low) = (&over.label.zh, &under.label.zh, &over.key, &under.key);
            let message = match self.vals[high.0 as usize] {
                Val::Int(_) | Val::Number(_) => say!("“{zh}”{to}，小于“{zh_low}”{from}", "`{en}` {to} is less than `{en_low}` {from}"),
                _ => say!("“{zh}”{to}，早于“{zh_low}”{from}", "`{en}` {to} is before `{en_low}` {from}"),
            };
            let help = say!(
                "两个写反了的，对调；否则对照原件改正其中一个",
                "exchange the two if they were mixed up, or correct one from the paper"
            );
            self.findings.push(Finding::error("crossed-bounds", Place::at(self.file, self.tree.span(high)), message).help(help));
        }
    }
}

/// How two values compare; nothing where they are not both numbers or both days.
fn order(a: Val, b: Val) -> Option<Ordering> {
    let number = |v: Val| match v {
        Val::Int(n) => Some(n as f64),
        Val::Number(n) => Some(n),
        _ => None,
    };
    match (a, b) {
        (Val::Date(a) | Val::Time(a, _), Val::Date(b) | Val::Time(b, _)) if a != b => Some(a.cmp(&b)),
        (Val::Time(_, a), Val::Time(_, b)) => Some(a.cmp(&b)),
        _ => number(a)?.partial_cmp(&number(b)?),
    }
}
