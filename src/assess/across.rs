//! From the round at hand to the heads of the others: what stands below a record there, and which record an id means there.

use super::ground::Ground;
use super::term::TermRound;
use crate::casebook::Folder;
use crate::kind::{KindId, Record};
use crate::rule::Below;
use std::rc::Rc;

/// What stands below a round or a case: of the round at hand as it was read, of any other its head.
pub fn below<'a>(g: &'a Ground<'a>, of: &Record, which: Below) -> Rc<[&'a Record]> {
    let kind = match which {
        Below::Cases => g.known.case,
        Below::Teams => g.known.team,
        Below::Milestones => g.known.milestone,
    };
    let Some(kind) = kind else { return Rc::from([]) };
    let own = of.home.round == g.round.name;
    let head = if own { None } else { g.term().iter().find(|r| r.name == of.home.round) };
    let folder = if own { Some(&g.round.folder) } else { head.map(|r| &r.folder) };
    let cases: Vec<(&str, &'a Folder)> = match head {
        Some(round) => round.cases.iter().map(|(name, folder)| (name.as_str(), folder)).collect(),
        None if own => g.round.cases.iter().map(|c| (c.name.as_str(), &c.folder)).collect(),
        None => Vec::new(),
    };
    let case = of.home.case.as_str();
    let folder = folder.filter(|_| case.is_empty() && which != Below::Cases);
    let cases = cases.into_iter().filter(|(name, _)| which != Below::Teams && (case.is_empty() || *name == case));
    folder.into_iter().chain(cases.map(|(_, folder)| folder)).flat_map(|folder| folder.of(kind)).collect()
}

/// The record that `id`, written in a record of the head of another round, names: there, or at the root.
pub fn resolve<'a>(g: &Ground<'a>, round: &'a TermRound, from: &Record, kinds: &[KindId], id: &str) -> Option<&'a Record> {
    let by_number = |t: &&'a Record| g.text(t, "no") == Some(id);
    kinds.iter().find_map(|kind| match Some(*kind) {
        k if k == g.known.case => round.case(id).and_then(|folder| folder.of(*kind).first()),
        k if k == g.known.round => g.term_round(id).and_then(|r| r.record(k)),
        k if k == g.known.team => round.folder.get(*kind, id).or_else(|| round.folder.of(*kind).iter().find(by_number)),
        _ => {
            let case = round.case(&from.home.case).and_then(|folder| folder.get(*kind, id));
            case.or_else(|| round.folder.get(*kind, id)).or_else(|| g.workspace.get(*kind, id))
        }
    })
}
