//! The procedures of rounds: each round's pinned copy, read once however many rounds share it.

use crate::casebook::Casebook;
use crate::finding::{Finding, Place};
use crate::procedure::{self, Procedure};
use crate::say;
use rayon::prelude::*;
use std::collections::HashMap;

/// The procedures in use, and which round uses which.
pub struct Shelf {
    /// The procedures.
    pub procedures: Vec<Procedure>,
    by_round: HashMap<String, usize>,
}

impl Shelf {
    /// The index of a round's procedure.
    pub fn of(&self, round: &str) -> usize {
        self.by_round.get(round).copied().unwrap_or(0)
    }
}

/// Reads the procedures of some rounds. A pinned copy that cannot be used is reported, and the casebook's own procedure takes its place.
pub fn load<'n>(book: &Casebook, rounds: impl Iterator<Item = &'n str>) -> (Shelf, Vec<Finding>) {
    let mut shelf = Shelf { procedures: Vec::new(), by_round: HashMap::new() };
    let mut by_text = Texts::default();
    let mut findings = Vec::new();
    let rounds: Vec<&str> = rounds.collect();
    // Some side by side, never all of them in memory.
    let read_some = |some: &[&'n str]| some.par_iter().map(|round| (*round, read(book, round))).collect::<Vec<_>>();
    for (round, (rel, pinned)) in rounds.chunks(16).flat_map(read_some) {
        let index = match pinned {
            Some(Ok(text)) => match by_text.get(&text) {
                Some(i) => Some(i),
                None => {
                    let found = pinned_procedure(book, &rel, &text, &mut findings).map(|p| add(&mut shelf, p));
                    if let Some(i) = found {
                        by_text.0.push((text, i));
                    }
                    found
                }
            },
            Some(Err(f)) => {
                findings.push(*f);
                None
            }
            None => {
                findings.push(
                    Finding::new(
                        crate::finding::Severity::Info,
                        "procedure-not-pinned",
                        Place::file(format!("rounds/{round}")),
                        say!(
                            "轮次没有固定的规程（procedure.toml），按案卷现用规程检查",
                            "the round has no pinned procedure.toml; it is judged by the casebook's present one"
                        ),
                    )
                    .help(say!("`xuncha new-round` 会把规程固定进轮次", "`xuncha new-round` pins the procedure into the round")),
                );
                None
            }
        };
        let index = index.unwrap_or_else(|| default(book, &mut shelf, &mut by_text, &mut findings));
        shelf.by_round.insert(round.to_string(), index);
    }
    if shelf.procedures.is_empty() {
        default(book, &mut shelf, &mut by_text, &mut findings);
    }
    (shelf, findings)
}

/// Texts that were read already, and which procedure each is. There are few: comparing them costs less than hashing each.
#[derive(Default)]
struct Texts(Vec<(String, usize)>);

impl Texts {
    fn get(&self, text: &str) -> Option<usize> {
        self.0.iter().find(|(t, _)| t == text).map(|(_, i)| *i)
    }
}

/// The text pinned into a round, if there is one, and its path.
fn read(book: &Casebook, round: &str) -> (String, Option<Result<String, Box<Finding>>>) {
    let rel = format!("rounds/{round}/procedure.toml");
    let path = book.root.join(&rel);
    let text = std::fs::symlink_metadata(&path).is_ok().then(|| crate::casebook::file::read_text(&path, &rel));
    (rel, text)
}

fn add(shelf: &mut Shelf, p: Procedure) -> usize {
    shelf.procedures.push(p);
    shelf.procedures.len() - 1
}

/// A pinned copy; where it is the built-in text to the letter, the findings keep the pinned file's name all the same.
fn pinned_procedure(book: &Casebook, rel: &str, text: &str, findings: &mut Vec<Finding>) -> Option<Procedure> {
    let (p, f) = procedure::load::load(rel, text, &procedure::Shelves(Some(book)));
    let failed = p.is_none();
    findings.extend(f);
    if failed {
        findings.push(Finding::error(
            "procedure-unusable",
            Place::file(rel),
            say!(
                "固定的规程用不了，改按案卷现用规程检查",
                "the pinned procedure cannot be used; the casebook's present one is used instead"
            ),
        ));
    }
    p
}

/// The casebook's present procedure, or the first built-in one.
fn default(book: &Casebook, shelf: &mut Shelf, by_text: &mut Texts, findings: &mut Vec<Finding>) -> usize {
    const KEY: &str = "";
    if let Some(i) = by_text.get(KEY) {
        return i;
    }
    let id = book.config.procedure.clone().unwrap_or_else(|| procedure::DEFAULT.to_string());
    let p = match procedure::by_id(&id, Some(book)) {
        Ok((p, f)) => {
            findings.extend(f);
            p
        }
        Err(e) => {
            let message = e.downcast_ref::<crate::text::Bilingual>().map(|b| b.0.clone()).unwrap_or_default();
            findings.push(Finding::error("procedure-unknown", Place::file(crate::casebook::MARKER), message));
            procedure::by_id(procedure::DEFAULT, None).map(|(p, _)| p).unwrap_or_default()
        }
    };
    let index = add(shelf, p);
    by_text.0.push((KEY.to_string(), index));
    index
}
