//! The heads of all rounds, as rules over the whole casebook ask for them: a round's own record, its teams, its cases' own records, milestones.

use super::ground::{Ground, Known};
use crate::casebook::{Casebook, Folder, subfolders};
use crate::kind::{Home, KindId, Level, Record};
use crate::rule::Below;
use std::rc::Rc;

/// A round of the casebook, as far as its head goes.
pub struct TermRound {
    /// Its folder's name.
    pub name: String,
    /// `round.yaml`, `team/`, `milestone/`.
    folder: Folder,
    /// `case.yaml` and `milestone/` of each case, by name.
    cases: Vec<(String, Folder)>,
}

impl TermRound {
    /// Its own record.
    pub fn record(&self, round: Option<KindId>) -> Option<&Record> {
        self.folder.of(round?).first()
    }

    /// The first file of the head that could not be read.
    pub fn unread(&self) -> Option<&str> {
        let folders = std::iter::once(&self.folder).chain(self.cases.iter().map(|(_, folder)| folder));
        folders.flat_map(|f| &f.unread).map(|u| u.file.as_str()).next()
    }

    fn case(&self, name: &str) -> Option<&Folder> {
        self.cases.iter().find(|(n, _)| n == name).map(|(_, folder)| folder)
    }
}

/// Reads the head of a round. What is wrong in its files is said when the round itself is read.
pub fn read(book: &Casebook, known: &Known, name: &str) -> TermRound {
    let kinds = |all: [Option<KindId>; 3]| -> Vec<KindId> { all.into_iter().flatten().collect() };
    let (own, of_case) = (kinds([known.round, known.team, known.milestone]), kinds([known.case, known.milestone, None]));
    let read = |rel: &str, level, case: &str, only: &[KindId]| {
        let home = Home { round: name.to_string(), case: case.to_string() };
        let Folder { records, unread, .. } = book.read_folder(rel, level, &home, Some(only));
        Folder { records, unread, ..Folder::default() }
    };
    let rel = format!("rounds/{name}");
    let cases = subfolders(&book.root.join("rounds").join(name)).into_iter().filter(|c| book.has_case(name, c));
    let cases = cases.map(|c| {
        let folder = read(&format!("{rel}/{c}"), Level::Case, &c, &of_case);
        (c, folder)
    });
    TermRound { name: name.to_string(), cases: cases.collect(), folder: read(&rel, Level::Round, "", &own) }
}

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
