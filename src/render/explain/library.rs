//! The program's own explanations, as data: codes of findings, and how unclear places of a source are read; knows no records.

use crate::data;
use crate::finding::Finding;
use crate::procedure::{Obligation, Origin, Strength};
use crate::text::Text;
use std::sync::OnceLock;

/// The file of the codes.
pub const CODES: &str = "templates/codes.toml";
/// The file of the readings.
pub const READINGS: &str = "templates/readings.toml";

/// What a finding's code means.
#[derive(Clone, Debug)]
pub struct Code {
    /// The code.
    pub id: String,
    /// Its name.
    pub title: Text,
    /// What it means.
    pub meaning: Text,
    /// How it comes about.
    pub example: Option<Text>,
    /// How to mend it.
    pub remedy: Text,
}

/// How an unclear place of a source is read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// Its name, for tests and links.
    pub id: String,
    /// The obligations that it touches.
    pub obligations: Vec<String>,
    /// Groups of obligations that it touches: `due`, `should`, `may`, `derived`, `local`.
    pub applies: Vec<Group>,
    /// What is unclear, and how it is read.
    pub text: Text,
}

/// A group of obligations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// With a date by which.
    Due,
    /// With a date counted in months or years.
    Months,
    /// Worded as a rule with exceptions.
    Should,
    /// Worded as a permission.
    May,
    /// That follow from the document.
    Derived,
    /// That the office sets.
    Local,
}

impl Group {
    const WORDS: [(&'static str, Group); 6] = [
        ("due", Group::Due),
        ("months", Group::Months),
        ("should", Group::Should),
        ("may", Group::May),
        ("derived", Group::Derived),
        ("local", Group::Local),
    ];

    fn holds(self, o: &Obligation) -> bool {
        match self {
            Group::Due => o.due.is_some(),
            Group::Months => o.due.as_ref().is_some_and(|d| {
                [&d.rule, &d.opens, &d.closes].into_iter().flatten().any(|r| !r.text.starts_with("param.") && r.text.contains(['m', 'y']))
            }),
            Group::Should => o.strength == Strength::Should,
            Group::May => o.strength == Strength::May,
            Group::Derived => o.origin == Origin::Derived,
            Group::Local => o.origin == Origin::Local,
        }
    }
}

/// All codes, and what is wrong in their file.
pub fn codes() -> (Vec<Code>, Vec<Finding>) {
    let text = crate::builtin::file(CODES).unwrap_or("");
    data::parse(CODES, text, |t| {
        let codes = t
            .tables("code")
            .into_iter()
            .map(|c| {
                let code = Code {
                    id: c.need_str("id").to_string(),
                    title: c.need_text("title"),
                    meaning: c.need_text("meaning"),
                    example: c.text("example"),
                    remedy: c.need_text("remedy"),
                };
                c.finish();
                code
            })
            .collect();
        t.finish();
        codes
    })
}

/// All readings, and what is wrong in their file.
pub fn readings() -> (Vec<Reading>, Vec<Finding>) {
    let text = crate::builtin::file(READINGS).unwrap_or("");
    data::parse(READINGS, text, |t| {
        let readings = t
            .tables("reading")
            .into_iter()
            .map(|r| {
                let applies = r.names("applies");
                let group = |w: &String| {
                    let found = Group::WORDS.iter().find(|(word, _)| word == w).map(|(_, g)| *g);
                    if found.is_none() {
                        r.missing("applies");
                    }
                    found
                };
                let reading = Reading {
                    id: r.need_str("id").to_string(),
                    obligations: r.names("obligations"),
                    applies: applies.iter().filter_map(group).collect(),
                    text: r.need_text("text"),
                };
                r.finish();
                reading
            })
            .collect();
        t.finish();
        readings
    })
}

/// The readings that touch an obligation: its own first, then those of its groups.
pub fn touching(o: &Obligation) -> Vec<Reading> {
    static ALL: OnceLock<Vec<Reading>> = OnceLock::new();
    let all = ALL.get_or_init(|| readings().0);
    let own = |r: &&Reading| r.obligations.contains(&o.id);
    let group = |r: &&Reading| !r.obligations.contains(&o.id) && r.applies.iter().any(|g| g.holds(o));
    all.iter().filter(own).chain(all.iter().filter(group)).cloned().collect()
}
