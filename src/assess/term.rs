//! The heads of all rounds, as rules over the whole casebook ask for them: a round's own record, its teams, its cases' own records, milestones.

use super::known::Known;
use crate::casebook::{Casebook, Folder, subfolders};
use crate::kind::{Home, KindId, Level, Record};

/// A round of the casebook, as far as its head goes.
pub struct TermRound {
    /// Its folder's name.
    pub name: String,
    /// `round.yaml`, `team/`, `milestone/`.
    pub(super) folder: Folder,
    /// `case.yaml` and `milestone/` of each case, by name.
    pub(super) cases: Vec<(String, Folder)>,
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

    /// What was read of a case.
    pub(super) fn case(&self, name: &str) -> Option<&Folder> {
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
