//! Where a broken rule points: a field of its subject, of the scope's own record, or of another record.

use super::flaw::place_of;
use super::sight::Sight;
use crate::finding::Place;
use crate::kind::Part;
use crate::procedure::Scope;
use crate::procedure::compile::{Compiled, Target};
use crate::rule::{Current, Expr, World};

/// Where a broken rule points: of several targets at the first that its broken part reads; without any at the first field that it reads.
pub fn rule_place<'a>(sight: &Sight<'a>, c: &Compiled, it: Option<Part<'a>>, scope: &Place, rule: &Expr) -> Place {
    let own = |chain: &[u16]| it.map_or_else(|| scope.clone(), |it| place_of(it, chain));
    let target = match c.at.as_slice() {
        [] => return own(rule.first_field().unwrap_or_default()),
        [Target::Field(chain)] if it.is_none() => {
            let of_scope = match sight.scope() {
                Scope::Casebook => None,
                Scope::Round => sight.current(Current::Round),
                Scope::Team => sight.current(Current::Team),
                Scope::Case => sight.current(Current::Case),
            };
            return of_scope.map_or_else(|| scope.clone(), |record| place_of(record.root(), chain));
        }
        [only] => only,
        several => {
            let read = rule.broken(sight, it);
            let reads = |t: &&Target| match t {
                Target::Field(chain) => read.fields.iter().any(|f| f.starts_with(chain) || chain.starts_with(f)),
                Target::Records(path) => read.kinds.contains(&path.kind()),
            };
            several.iter().find(reads).unwrap_or(&several[0])
        }
    };
    match target {
        Target::Field(chain) => own(chain),
        // Of several records the last is the one at hand, as where a rule is mended elsewhere.
        Target::Records(path) => {
            let chain: Vec<u16> = path.fields().iter().map(|(_, index)| *index).collect();
            path.records(sight).last().map_or_else(|| own(&[]), |r| place_of(*r, &chain))
        }
    }
}
