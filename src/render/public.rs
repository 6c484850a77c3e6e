//! Assessments and findings for the public: what is demanded and how it stands, and nothing of what records say.

use super::explain::library;
use crate::assess::Report;
use crate::casebook::Casebook;
use crate::finding::{Finding, Place};
use crate::procedure::Procedure;
use crate::public::Names;
use crate::say;
use crate::text::{Lang, Text};
use std::collections::BTreeMap;

/// What stands where something is withheld.
pub fn withheld() -> Text {
    Text::new("〔不公开〕", "[withheld]")
}

/// Turns what was assessed into what may be published.
pub struct Veil<'b> {
    book: &'b Casebook,
    names: &'b Names,
    codes: BTreeMap<String, (Text, Text)>,
    lang: Lang,
}

impl<'b> Veil<'b> {
    /// Over a casebook, with the names that stand for its own.
    pub fn new(book: &'b Casebook, names: &'b Names, lang: Lang) -> Veil<'b> {
        let codes = library::codes().0.into_iter().map(|c| (c.id, (c.title, c.remedy))).collect();
        Veil { book, names, codes, lang }
    }

    /// A finding: its code or obligation, how much it weighs, its case and the new name of its file. What is wrong is said as the procedure or
    /// the list of codes says it, not with what stands in the record.
    pub fn finding(&self, f: &Finding, procedures: &[Procedure]) -> Finding {
        let demand = f.obligation.as_deref().and_then(|id| procedures.iter().find_map(|p| p.obligation(id)));
        let code = self.codes.get(f.code.as_ref());
        let message = match (demand, code) {
            (Some(o), _) => {
                let Text { zh, en } = &o.text;
                say!("未达到：{zh}", "not met: {en}")
            }
            (None, Some((title, _))) => title.clone(),
            (None, None) => withheld(),
        };
        let help = code.filter(|_| demand.is_none()).map(|(_, remedy)| remedy.clone());
        let place = Place::file(self.names.path(&f.place.file, self.book));
        let waits = f.waits.as_ref().map(|w| self.names.path(w, self.book));
        Finding { place, message, help, waits, ..f.clone() }
    }

    fn is_role(&self, title: &Text) -> bool {
        let schema = &self.book.schema;
        schema.find_enum("role").is_some_and(|e| schema.en(e).values.iter().any(|v| v.label.zh == title.zh))
    }

    /// A whole report, of which any view may then be printed. States, due dates and counts stay as they are.
    pub fn report(&self, mut report: Report) -> Report {
        let Report { procedures, rounds, findings, unread, .. } = &mut report;
        let path = |p: &mut String| *p = self.names.path(p, self.book);
        let team = |t: &mut Option<String>| {
            if let Some(t) = t {
                *t = self.names.id(t).unwrap_or("team-0").to_string();
            }
        };
        findings.iter_mut().for_each(|f| *f = self.finding(f, procedures));
        unread.iter_mut().for_each(path);
        for round in rounds {
            round.findings.iter_mut().for_each(|f| *f = self.finding(f, procedures));
            round.unread.iter_mut().for_each(path);
            round.cases.iter_mut().for_each(|c| team(&mut c.team));
            for w in &mut round.waivers {
                // What is no obligation and no role is a text.
                if !procedures.iter().any(|p| p.obligation(&w.obligation).is_some()) {
                    w.obligation = withheld().get(self.lang).to_string();
                }
                w.by = w.by.take().filter(|by| self.is_role(by));
                w.reason = withheld().get(self.lang).to_string();
                path(&mut w.file);
                w.record = w.record.as_ref().map(|r| self.names.id(r).map_or_else(|| "…".to_string(), str::to_string));
            }
            for a in &mut round.assessments {
                let demand = withheld();
                a.findings.iter_mut().for_each(|f| *f = Finding { message: demand.clone(), ..self.finding(f, procedures) });
                a.lacking.iter_mut().for_each(|l| *l = demand.clone());
                a.given.clear();
                a.done_on = a.done_on.filter(|_| false);
                a.file.iter_mut().for_each(path);
                a.waits.iter_mut().for_each(path);
                team(&mut a.instance.team);
            }
        }
        report
    }
}
