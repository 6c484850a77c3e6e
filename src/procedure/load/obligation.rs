//! `[[obligation]]` and `strike`: what is added to the list of obligations, put in another's place, or taken out.

use super::Reader;
use crate::calendar::Every;
use crate::data::Table;
use crate::finding::{Finding, Place};
use crate::procedure::*;
use crate::say;

impl Reader<'_> {
    pub(super) fn strike(&mut self) {
        for (id, range) in self.t.strs("strike") {
            match self.p.obligations.iter().position(|o| o.id == id) {
                Some(i) => {
                    self.p.obligations.remove(i);
                }
                None => {
                    let known: Vec<String> = self.p.obligations.iter().map(|o| o.id.clone()).collect();
                    self.unknown(
                        "procedure-strike",
                        id,
                        range,
                        say!("要取消的事项 `{id}` 不存在", "the obligation to strike, `{id}`, does not exist"),
                        known.iter().map(String::as_str),
                    );
                }
            }
        }
    }

    /// Adds an obligation, or puts it in the place of the one with its id.
    pub(super) fn replace(&mut self, o: Obligation, t: &Table) {
        match self.p.obligations.iter().position(|old| old.id == o.id) {
            Some(i) if self.p.obligations[i].place.file == *self.file => {
                let id = &o.id;
                t.error("procedure-duplicate", t.place("id"), say!("事项 `{id}` 写了两次", "the obligation `{id}` is given twice"));
            }
            Some(i) => self.p.obligations[i] = o,
            None => self.p.obligations.push(o),
        }
    }

    /// One obligation as its table says; with `old`, what every obligation must say may be left to that one.
    pub(super) fn obligation(&self, t: &Table, old: Option<&Obligation>) -> Obligation {
        let id = old.map_or_else(|| t.need_str("id").to_string(), |o| o.id.clone());
        let stage = match old {
            Some(o) if !t.has("stage") => o.stage,
            _ => {
                let name = t.need_str("stage");
                let stage = if t.has("stage") { self.p.stage(name) } else { Some(0) };
                stage.unwrap_or_else(|| {
                    self.unknown(
                        "procedure-stage",
                        name,
                        t.place("stage"),
                        say!("没有阶段 `{name}`", "there is no stage `{name}`"),
                        self.p.stages.iter().map(|s| s.id.as_str()),
                    );
                    0
                })
            }
        };
        let dateless = t.type_of("date") == Some("boolean") && t.bool("date") == Some(false);
        let gate = match t.type_of("gate") {
            Some("boolean") if t.bool("gate") == Some(false) => Gate::None,
            Some(_) => match t.str_at("gate") {
                Some((name, range)) => match self.p.stage(name) {
                    Some(i) => Gate::Stage(i),
                    None => {
                        self.unknown(
                            "procedure-stage",
                            name,
                            range,
                            say!("没有阶段 `{name}`", "there is no stage `{name}`"),
                            self.p.stages.iter().map(|s| s.id.as_str()),
                        );
                        Gate::Stage(stage)
                    }
                },
                None => Gate::Stage(stage),
            },
            None => Gate::Stage(stage),
        };
        let subject = match (self.src(t, "artifact"), self.src(t, "each")) {
            (Some(a), None) => Subject::Artifact(a),
            (None, Some(e)) => Subject::Each(e),
            (Some(a), Some(e)) => {
                t.report(Finding::error(
                    "procedure-subject",
                    e.whole(),
                    say!("`artifact` 和 `each` 只能用一个", "give `artifact` or `each`, not both"),
                ));
                Subject::Artifact(a)
            }
            (None, None) => Subject::Scope,
        };
        const SCOPES: [(&str, Scope); 4] =
            [("casebook", Scope::Casebook), ("round", Scope::Round), ("team", Scope::Team), ("case", Scope::Case)];
        let strength = t.word("strength", &[("must", Strength::Must), ("should", Strength::Should), ("may", Strength::May)]);
        if strength.is_none() && !t.has("strength") && old.is_none() {
            t.missing("strength");
        }
        let origin = t
            .word("origin", &[("binding", Origin::Binding), ("derived", Origin::Derived), ("local", Origin::Local)])
            .unwrap_or(Origin::Binding);
        let due = t.table_at("due").map(|d| {
            let due = DueRule {
                from: self.srcs(&d, "from"),
                rule: self.src(&d, "rule"),
                opens: self.src(&d, "opens"),
                closes: self.src(&d, "closes"),
                roll: d.word("roll", &[("next", "next"), ("prev", "prev"), ("none", "none")]).map(str::to_string),
                done: self.src(&d, "done").or_else(|| self.src(t, "done")),
            };
            d.finish();
            due
        });
        t.has("done");
        let says = t.table_at("says").and_then(|s| {
            let pair = self.src(&s, "zh").zip(self.src(&s, "en"));
            if pair.is_none() {
                s.missing(if s.has("zh") { "en" } else { "zh" });
            }
            s.finish();
            pair
        });
        let archive = t.table_at("archive").and_then(|a| {
            let pair = a.str("list").map(str::to_string).zip(a.int("no"));
            a.finish();
            pair
        });
        let count = match t.type_of("count") {
            Some("integer") => t.int("count").map(|n| {
                let r = t.place("count");
                Src { text: n.to_string(), file: self.file.clone(), range: (r.start, r.end) }
            }),
            Some(_) => self.src(t, "count"),
            None => None,
        };
        let range = t.range();
        let (cite, text) = match old {
            Some(o) => (t.str("cite").unwrap_or(&o.cite).to_string(), t.text("text").unwrap_or_else(|| o.text.clone())),
            None => (t.need_str("cite").to_string(), t.need_text("text")),
        };
        Obligation {
            cite,
            stage,
            text,
            strength: strength.unwrap_or(Strength::Must),
            origin,
            scope: t.word("scope", &SCOPES).unwrap_or(Scope::Case),
            every: t.word("every", &Every::WORDS),
            actor: t.str("actor").unwrap_or("").to_string(),
            gate,
            when: self.src(t, "when"),
            help: t.text("help"),
            subject,
            filter: self.src(t, "where"),
            count,
            per: self.src(t, "per"),
            by: self.src(t, "by"),
            mend: self.src(t, "mend"),
            made_by: t.word("made_by", &Maker::WORDS),
            nil: t.flag("nil"),
            event: self.src(t, "event"),
            require: self.src(t, "require"),
            at: self.srcs(t, "at"),
            says,
            sections: t.names("sections"),
            sections_at: t.str("sections_at").unwrap_or("sections").to_string(),
            approvals: t.names("approvals").iter().map(|a| alternatives(a)).collect(),
            approvals_at: t.str("approvals_at").unwrap_or("approvals").to_string(),
            approved_by: self.src(t, "approved_by"),
            signatures: t.table_at("signatures").map(|s| {
                let rule = SignaturesRule {
                    at: s.str("at").unwrap_or("signatures").to_string(),
                    roles: s.names("roles").iter().map(|a| alternatives(a)).collect(),
                };
                s.finish();
                rule
            }),
            copies: copies(t),
            recipients: recipients(t),
            date: if dateless { None } else { self.src(t, "date") },
            dateless,
            before: self.srcs(t, "before"),
            after: self.srcs(t, "after"),
            same_day: self.srcs(t, "same_day"),
            due,
            confirm: t.str("confirm").map(str::to_string),
            archive,
            place: Place::at(t.file(), range),
            names_at: NAMED.into_iter().filter(|key| t.has(key)).map(|key| (key, self.value_at(t, key))).collect(),
            id,
        }
    }
}

/// Keys whose values name roles, bodies, a command.
const NAMED: [&str; 10] = ["made_by", "actor", "confirm", "approvals", "signatures", "copies", "filings", "submit_to", "cc", "sent_to"];

fn alternatives(s: &str) -> Vec<String> {
    s.split('|').map(|a| a.trim().to_string()).collect()
}

fn copies(t: &Table) -> Option<CopiesRule> {
    match t.type_of("copies")? {
        "integer" => t.int("copies").map(|total| CopiesRule { at: "copies".into(), total: Some(total), holders: Vec::new() }),
        _ => t.table_at("copies").map(|c| {
            let rule = CopiesRule { at: c.str("at").unwrap_or("copies").to_string(), total: c.int("total"), holders: c.names("holders") };
            c.finish();
            rule
        }),
    }
}

fn recipients(t: &Table) -> Vec<Recipients> {
    [
        ("filings", "filings", "filings_at"),
        ("submit_to", "submitted_to", "submit_to_at"),
        ("cc", "cc", "cc_at"),
        ("sent_to", "sent_to", "sent_to_at"),
    ]
    .into_iter()
    .filter_map(|(key, default, at_key)| {
        let at = t.str(at_key).unwrap_or(default).to_string();
        let to: Vec<Vec<String>> = t.names(key).iter().map(|a| alternatives(a)).collect();
        (!to.is_empty()).then_some(Recipients { at, key, to })
    })
    .collect()
}
