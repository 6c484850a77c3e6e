//! What an assessment of one round stands on: the casebook's records above it, the round, its cases, its past, the day.

use super::known::Known;
use super::term::{self, TermRound};
use crate::calendar::Calendar;
use crate::casebook::{Casebook, Folder, Round};
use crate::kind::{Home, KindId, Level, Part, Record, Val};
use crate::procedure::compile::Program;
use chrono::NaiveDate;
use std::sync::OnceLock;

/// One round and all around it.
pub struct Ground<'a> {
    /// The casebook.
    pub book: &'a Casebook,
    /// The records at its root.
    pub workspace: &'a Folder,
    /// The round.
    pub round: &'a Round,
    /// The procedure.
    pub program: &'a Program<'a>,
    /// The working days.
    pub calendar: &'a Calendar,
    /// The day of the run.
    pub today: NaiveDate,
    /// Kinds by name.
    pub known: Known,
    /// Whether any file of the round or above could not be read.
    pub unread: bool,
    history: &'a History,
    past: OnceLock<PastStore>,
}

/// The rounds of the casebook in their order, and what stands at the head of each: read once for all of them and only if a rule asks.
#[derive(Default)]
pub struct History {
    order: OnceLock<Vec<((i64, i64), String)>>,
    term: OnceLock<Vec<TermRound>>,
}

/// Rounds before this one, as far as rules ask for them.
pub struct PastStore {
    /// The rounds in which a unit of this round was inspected before, and the round just before this one.
    pub rounds: Vec<PastRound>,
}

/// A round of the past: its own records of teams, and its cases' own records.
pub struct PastRound {
    /// Its folder's name.
    pub name: String,
    /// `round.yaml` and `team/`.
    pub folder: Folder,
    /// `case.yaml` of each case that was read.
    pub cases: Vec<(String, Folder)>,
    /// Whether it is the round just before.
    pub previous: bool,
}

impl<'a> Ground<'a> {
    /// Nothing is looked up before it is asked for.
    pub fn new(
        book: &'a Casebook,
        workspace: &'a Folder,
        round: &'a Round,
        program: &'a Program<'a>,
        history: &'a History,
        today: NaiveDate,
    ) -> Ground<'a> {
        let calendar = &book.calendar().0;
        let kind = |name: &str| book.schema.find_kind(name);
        let known = Known {
            case: kind("case"),
            round: kind("round"),
            team: kind("team"),
            unit: kind("unit"),
            person: kind("person"),
            milestone: kind("milestone"),
            confirmation: kind("confirmation"),
            waiver: kind("waiver"),
        };
        let cases = round.cases.iter().map(|c| &c.folder);
        let unread = [workspace, &round.folder].into_iter().chain(cases).any(|f| !f.unread.is_empty());
        Ground { book, workspace, round, program, calendar, today, known, unread, history, past: OnceLock::new() }
    }

    /// The round's own record.
    pub fn round_record(&self) -> Option<&'a Record> {
        self.round.folder.of(self.known.round?).first()
    }

    /// A case's own record.
    pub fn case_record(&self, case: usize) -> Option<&'a Record> {
        self.round.cases[case].folder.of(self.known.case?).first()
    }

    /// The case of that name.
    pub fn case_named(&self, name: &str) -> Option<usize> {
        self.round.cases.iter().position(|c| c.name == name)
    }

    /// The teams of the round.
    pub fn teams(&self) -> &'a [Record] {
        self.known.team.map_or(&[], |k| self.round.folder.of(k))
    }

    /// The team of a case, by what `case.yaml` says.
    pub fn team_of(&self, case: usize) -> Option<&'a Record> {
        let id = self.text(self.case_record(case)?, "team")?;
        self.team_named(id)
    }

    /// The team with that id or number.
    pub fn team_named(&self, id: &str) -> Option<&'a Record> {
        let id = id.trim();
        self.teams().iter().find(|t| t.id == id).or_else(|| self.teams().iter().find(|t| self.text(t, "no") == Some(id)))
    }

    /// The text of a record's field by key, if it is filled.
    pub fn text(&self, record: &'a Record, key: &str) -> Option<&'a str> {
        let part = self.part(record, key)?;
        matches!(part.val(), Val::Text | Val::Ref | Val::Int(_) | Val::Enum(..) | Val::Date(_) | Val::Time(..)).then(|| part.str().trim())
    }

    /// A record's field by key, if it is filled.
    pub fn part(&self, record: &'a Record, key: &str) -> Option<Part<'a>> {
        let index = self.book.schema.shape(record.shape).find(key)?;
        record.root().field(index).filter(|p| p.filled())
    }

    /// What is known of earlier rounds, read when first asked for.
    pub fn past(&'a self) -> &'a PastStore {
        self.past.get_or_init(|| self.read_past())
    }

    /// The rounds that were looked at for rules about the past and about the term.
    pub fn looked_at(&self) -> Vec<String> {
        // Whichever round asked for the heads first: they stand for all.
        if let Some(term) = self.history.term.get() {
            return term.iter().map(|r| r.name.clone()).collect();
        }
        self.past.get().map(|p| p.rounds.iter().map(|r| r.name.clone()).collect()).unwrap_or_default()
    }

    /// The heads of all rounds of the casebook, read when first asked for.
    pub fn term(&self) -> &'a [TermRound] {
        self.history.term.get_or_init(|| {
            let names = self.all_rounds().iter().map(|(_, name)| name.as_str());
            names.map(|name| term::read(self.book, &self.known, name)).collect()
        })
    }

    /// The head of a round by name, if the heads were read.
    pub fn term_round(&self, name: &str) -> Option<&'a TermRound> {
        self.history.term.get()?.iter().find(|r| r.name == name)
    }

    /// All rounds of the casebook by year and number.
    fn all_rounds(&self) -> &'a [((i64, i64), String)] {
        self.history.order.get_or_init(|| {
            let only: Vec<KindId> = self.known.round.into_iter().collect();
            let mut keys: Vec<((i64, i64), String)> = Vec::new();
            for name in self.book.rounds() {
                let home = Home { round: name.clone(), case: String::new() };
                let folder = self.book.read_folder(&format!("rounds/{name}"), Level::Round, &home, Some(&only));
                let key = self.known.round.and_then(|k| folder.of(k).first().map(|r| self.order(r)));
                keys.extend(key.map(|k| (k, name)));
            }
            keys.sort();
            keys
        })
    }

    fn read_past(&self) -> PastStore {
        let kinds: Vec<KindId> = [self.known.round, self.known.team].into_iter().flatten().collect();
        let own = self.round_record().map_or((i64::MAX, i64::MAX), |r| self.order(r));
        let keys: Vec<&((i64, i64), String)> = self.all_rounds().iter().filter(|(k, name)| *k < own && *name != self.round.name).collect();
        let last = keys.last().map(|(_, n)| n);
        let mut rounds = Vec::new();
        for (_, name) in &keys {
            let previous = Some(name) == last;
            let wanted: Vec<String> = if previous {
                crate::casebook::subfolders(&self.book.root.join("rounds").join(name))
                    .into_iter()
                    .filter(|c| self.book.has_case(name, c))
                    .collect()
            } else {
                self.round.cases.iter().map(|c| c.name.clone()).filter(|c| self.book.has_case(name, c)).collect()
            };
            if wanted.is_empty() && !previous {
                continue;
            }
            let home = Home { round: name.clone(), case: String::new() };
            let folder = self.book.read_folder(&format!("rounds/{name}"), Level::Round, &home, Some(&kinds));
            let case_kind: Vec<KindId> = self.known.case.into_iter().collect();
            let cases = wanted
                .into_iter()
                .map(|case| {
                    let home = Home { round: name.clone(), case: case.clone() };
                    let folder = self.book.read_folder(&format!("rounds/{name}/{case}"), Level::Case, &home, Some(&case_kind));
                    (case, folder)
                })
                .collect();
            rounds.push(PastRound { name: name.clone(), folder, cases, previous });
        }
        PastStore { rounds }
    }

    /// The order of rounds: year, then number.
    fn order(&self, round: &Record) -> (i64, i64) {
        let number = |key: &str| {
            let index = self.book.schema.shape(round.shape).find(key)?;
            match round.root().field(index)?.val() {
                Val::Int(n) => Some(n),
                _ => None,
            }
        };
        (number("year").unwrap_or(0), number("no").unwrap_or(0))
    }
}
