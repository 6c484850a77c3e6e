//! Reads a procedure from its data file, with what it extends.

mod change;
mod list;
mod obligation;

use super::model::*;
use crate::data::{self, Table};
use crate::finding::{Finding, Place};
use crate::say;
use crate::text::{Text, list_text, meant, nearest};
use std::ops::Range;
use std::sync::Arc;

/// Where procedures are got from by id.
pub trait Library {
    /// Its path, for messages, and its text.
    fn text(&self, id: &str) -> Option<(String, String)>;
    /// The ids that can be named.
    fn ids(&self) -> Vec<String>;
}

/// Beside the built-in ones those that a function gives.
impl<F: Fn(&str) -> Option<(String, String)>> Library for F {
    fn text(&self, id: &str) -> Option<(String, String)> {
        self(id)
    }

    fn ids(&self) -> Vec<String> {
        crate::procedure::builtin_ids()
    }
}

/// A chain of `extends` longer than this is a circle or a joke.
const DEPTH: usize = 8;

/// Reads one procedure; `None` where nothing of it can be used. Findings have places in the file they belong to.
pub fn load(file: &str, text: &str, library: &dyn Library) -> (Option<Procedure>, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut chain = Vec::new();
    let p = load_in(file, text, library, &mut chain, &mut findings);
    (p, findings)
}

fn load_in(file: &str, text: &str, library: &dyn Library, chain: &mut Vec<String>, findings: &mut Vec<Finding>) -> Option<Procedure> {
    let (p, mut f) = data::parse(file, text, |t| {
        let extends = t.str_at("extends");
        let base = extends.clone().and_then(|(id, range)| base(&t, id, range, library, chain, findings));
        if extends.is_some() && base.is_none() {
            return None;
        }
        Some(Reader { t: &t, file: Arc::from(file), p: base.unwrap_or_default() }.read(extends.map(|(id, _)| id.to_string())))
    });
    findings.append(&mut f);
    p
}

fn base(
    t: &Table,
    id: &str,
    range: Range<usize>,
    library: &dyn Library,
    chain: &mut Vec<String>,
    findings: &mut Vec<Finding>,
) -> Option<Procedure> {
    let own = t.str("id").unwrap_or("").to_string();
    chain.push(own.clone());
    if chain.iter().any(|c| c == id) || chain.len() > DEPTH {
        let circle = format!("{} → {id}", chain.join(" → "));
        let what = say!("规程绕成了一圈：{circle}", "the procedures extend each other in a circle: {circle}");
        let help =
            say!("去掉其中一部的 extends，或改为沿用圈外的一部", "take out one `extends`, or let it name a procedure outside the circle");
        t.report(Finding::error("procedure-circle", Place::at(t.file(), range), what).help(help));
        return None;
    }
    let Some((path, text)) = library.text(id) else {
        let known = library.ids();
        let near = nearest(id, known.iter().map(String::as_str)).map(meant);
        let Text { zh, en } = list_text(&known);
        let help = near.unwrap_or_else(|| say!("现有规程：{zh}", "there are: {en}"));
        t.report(
            Finding::error("procedure-unknown", Place::at(t.file(), range), say!("没有规程 `{id}`", "there is no procedure `{id}`"))
                .help(help),
        );
        return None;
    };
    load_in(&path, &text, library, chain, findings)
}

struct Reader<'a> {
    t: &'a Table<'a>,
    file: Arc<str>,
    p: Procedure,
}

impl Reader<'_> {
    fn read(mut self, extends: Option<String>) -> Procedure {
        let t = self.t;
        self.p.extends = extends;
        self.p.file = self.file.to_string();
        self.p.id = t.need_str("id").to_string();
        if let Some(title) = t.text("title") {
            self.p.title = title;
        } else if self.p.extends.is_none() {
            t.missing("title");
        }
        if let Some(issuer) = t.str("issuer") {
            self.p.issuer = issuer.to_string();
        }
        if let Some(issued) = t.date_or_str("issued") {
            self.p.issued = issued;
        }
        if t.has("basis") {
            self.p.basis = t.names("basis");
        }
        self.p.superseded = t.text("superseded");
        self.p.not_required.extend(self.srcs(t, "not_required"));
        self.stages();
        self.roles();
        self.sets();
        self.params();
        self.events();
        self.strike();
        self.changes();
        for o in t.tables("obligation") {
            let obligation = self.obligation(&o, None);
            self.replace(obligation, &o);
            o.finish();
        }
        self.p.event_names.clear();
        for (i, e) in self.p.events.iter().enumerate() {
            self.p.event_names.insert(e.title.zh.to_string(), i);
        }
        for (i, e) in self.p.events.iter().enumerate() {
            self.p.event_names.insert(e.id.clone(), i);
        }
        self.p.obligation_names = self.p.obligations.iter().enumerate().map(|(i, o)| (o.id.clone(), i)).collect();
        self.finish()
    }

    fn finish(self) -> Procedure {
        let t = self.t;
        // `Table::finish` takes the table; the caller still holds it, so unknown keys are asked for here.
        let known = [
            "id",
            "title",
            "issuer",
            "issued",
            "basis",
            "not_required",
            "superseded",
            "extends",
            "strike",
            "stage",
            "role",
            "set",
            "param",
            "event",
            "change",
            "obligation",
            "note",
        ];
        for (key, range) in t.keys() {
            if !known.contains(&key) {
                let near = nearest(key, known).map(meant);
                let mut f =
                    Finding::error("data-unknown-key", Place::at(t.file(), range), say!("不认识的键 `{key}`", "unknown key `{key}`"));
                f.help = near;
                t.report(f);
            }
        }
        self.p
    }

    fn src(&self, t: &Table, key: &str) -> Option<Src> {
        t.str_at(key).map(|(s, r)| self.piece(s, r))
    }

    /// A text of the data file without its quotes.
    fn piece(&self, s: &str, r: Range<usize>) -> Src {
        let quote = (r.len().saturating_sub(s.len())) / 2;
        Src { text: s.to_string(), file: self.file.clone(), range: (r.start + quote, r.end.saturating_sub(quote).max(r.start + quote)) }
    }

    /// The place of a key's value, whatever it is.
    fn value_at(&self, t: &Table, key: &str) -> Src {
        let r = t.place(key);
        Src { text: String::new(), file: self.file.clone(), range: (r.start, r.end) }
    }

    fn srcs(&self, t: &Table, key: &str) -> Vec<Src> {
        t.strs(key).into_iter().map(|(s, r)| self.piece(s, r)).collect()
    }

    fn unknown<'n>(&self, code: &'static str, name: &str, range: Range<usize>, message: Text, known: impl Iterator<Item = &'n str>) {
        let mut f = Finding::error(code, Place::at(self.t.file(), range), message);
        let known: Vec<&str> = known.collect();
        f.help = match nearest(name, known.iter().copied()) {
            Some(near) => Some(meant(near)),
            None if known.len() <= 20 => {
                let Text { zh, en } = list_text(&known);
                Some(say!("可用：{zh}", "known: {en}"))
            }
            None => None,
        };
        self.t.report(f);
    }
}
