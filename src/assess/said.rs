//! What people said about obligations: the confirmations and waivers in sight of an instance.

use super::sight::Sight;
use super::unread;
use crate::calendar::Cycle;
use crate::kind::{KindId, Record};
use crate::rule::World;
use rustc_hash::FxHashMap as HashMap;
use std::cell::OnceCell;

/// By the obligation that they name.
pub(super) type Said<'a> = OnceCell<HashMap<String, Vec<&'a Record>>>;

impl<'a> Sight<'a> {
    /// The confirmations in sight that name an obligation.
    pub fn confirmations(&self, obligation: &str) -> &[&'a Record] {
        about(self, &self.said[0], self.ground.known.confirmation, obligation, true)
    }

    /// Notes a confirmation or waiver that could not be read and may name this obligation.
    pub fn unread_about(&self, kind: Option<KindId>, obligation: &str) {
        if let Some(kind) = kind {
            unread::about(self, kind, obligation).inspect(|file| self.met.note(file));
        }
    }

    /// The waivers in sight that name an obligation.
    pub fn waivers(&self, obligation: &str) -> &[&'a Record] {
        about(self, &self.said[1], self.ground.known.waiver, obligation, false)
    }
}

/// The records of a kind that name an obligation; sorted by obligation when first asked for.
///
/// Where one period is looked at, those of other periods are left out; one that names none is of every period, unless it must name one.
fn about<'s, 'a>(sight: &'s Sight<'a>, said: &'s Said<'a>, kind: Option<KindId>, obligation: &str, named: bool) -> &'s [&'a Record] {
    let all = said.get_or_init(|| {
        let mut all: HashMap<String, Vec<&'a Record>> = HashMap::default();
        let Some(kind) = kind else { return all };
        for record in sight.list(kind).iter() {
            let of = sight.ground.text(record, "period").map(Cycle::parse);
            let meant = match (sight.period, of) {
                (None, _) => true,
                (Some(period), Some(of)) => of == Some(period),
                (Some(_), None) => !named,
            };
            if let Some(o) = sight.ground.text(record, "obligation").filter(|_| meant) {
                all.entry(o.to_uppercase()).or_default().push(record);
            }
        }
        all
    });
    all.get(&obligation.to_uppercase()).map_or(&[], Vec::as_slice)
}
