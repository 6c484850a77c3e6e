//! Reads a procedure from its data file, with what it extends.

mod change;

use super::model;
use super::model::*;
use crate::calendar::Every;
use crate::data::{self, Table};
use crate::finding::{Finding, Place};
use crate::say;
use crate::text::{Text, nearest};
use std::ops::Range;
use std::sync::Arc;

/// Where the text of a procedure is got from, by id: (path for messages, text).
pub type Library<'a> = dyn Fn(&str) -> Option<(String, String)> + 'a;

/// A chain of `extends` longer than this is a circle or a joke.
const DEPTH: usize = 8;

/// Reads one procedure; `None` where nothing of it can be used. Findings have places in the file they belong to.
pub fn load(file: &str, text: &str, library: &Library) -> (Option<Procedure>, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut chain = Vec::new();
    let p = load_in(file, text, library, &mut chain, &mut findings);
    (p, findings)
}

fn load_in(file: &str, text: &str, library: &Library, chain: &mut Vec<String>, findings: &mut Vec<Finding>) -> Option<Procedure> {
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
    library: &Library,
    chain: &mut Vec<String>,
    findings: &mut Vec<Finding>,
) -> Option<Procedure> {
    let own = t.str("id").unwrap_or("").to_string();
    chain.push(own.clone());
    if chain.iter().any(|c| c == id) || chain.len() > DEPTH {
        let circle = format!("{} → {id}", chain.join(" → "));
        t.error("procedure-circle", range, say!("规程绕成了一圈：{circle}", "the procedures extend each other in a circle: {circle}"));
        return None;
    }
    let Some((path, text)) = library(id) else {
        let known: Vec<String> = super::builtin_ids();
        let near = nearest(id, known.iter().map(String::as_str)).map(|n| say!("是否指 `{n}`？", "did you mean `{n}`?"));
        let list = known.join("、");
        let help = near.unwrap_or_else(|| say!("内置规程：{list}", "built-in procedures: {list}"));
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
        self.stages();
        for r in t.tables("role") {
            let role = Role { id: r.need_str("id").to_string(), title: r.need_text("title") };
            put(&mut self.p.roles, role, |a| a.id.clone());
            r.finish();
        }
        for s in t.tables("set") {
            let of = self.src(&s, "enum").unwrap_or_else(|| {
                s.missing("enum");
                Src::default()
            });
            let values = self.srcs(&s, "values");
            put(&mut self.p.sets, Set { id: s.need_str("id").to_string(), of, values, title: s.text("title").unwrap_or_default() }, |a| {
                a.id.clone()
            });
            s.finish();
        }
        for p in t.tables("param") {
            let words = [
                ("duration", ParamType::Duration),
                ("number", ParamType::Number),
                ("int", ParamType::Number),
                ("text", ParamType::Text),
                ("enum", ParamType::Text),
            ];
            let ty = p.word("type", &words).unwrap_or(ParamType::Text);
            let text = |key: &str| match p.type_of(key) {
                Some("integer") => p.int(key).map(|n| n.to_string()),
                _ => p.str(key).map(str::to_string),
            };
            let param =
                Param { id: p.need_str("id").to_string(), title: p.need_text("title"), ty, value: text("value"), suggest: text("suggest") };
            put(&mut self.p.params, param, |a| a.id.clone());
            p.finish();
        }
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
                let near = nearest(key, known).map(|n| say!("是否指 `{n}`？", "did you mean `{n}`?"));
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

    fn srcs(&self, t: &Table, key: &str) -> Vec<Src> {
        t.strs(key).into_iter().map(|(s, r)| self.piece(s, r)).collect()
    }

    fn stages(&mut self) {
        let tables = self.t.tables("stage");
        let mut nexts = Vec::new();
        for s in &tables {
            let id = s.need_str("id").to_string();
            nexts.push((id.clone(), s.strs("next").into_iter().map(|(n, r)| (n.to_string(), r)).collect::<Vec<_>>()));
            put(&mut self.p.stages, Stage { id, title: s.need_text("title"), next: Vec::new(), kinds: s.names("kinds") }, |a| a.id.clone());
        }
        for (id, next) in nexts {
            let mut found = Vec::new();
            for (name, range) in next {
                match self.p.stage(&name) {
                    Some(i) => found.push(i),
                    None => self.unknown(
                        "procedure-stage",
                        &name,
                        range,
                        say!("没有阶段 `{name}`", "there is no stage `{name}`"),
                        self.p.stages.iter().map(|s| s.id.as_str()),
                    ),
                }
            }
            if let Some(i) = self.p.stage(&id) {
                self.p.stages[i].next = found;
            }
        }
        for s in tables {
            s.finish();
        }
        if self.p.stages.is_empty() {
            self.t.missing("stage");
            self.p.stages.push(Stage { id: "all".into(), title: Text::new("全程", "whole"), next: Vec::new(), kinds: Vec::new() });
        }
    }

    fn unknown<'n>(&self, code: &'static str, name: &str, range: Range<usize>, message: Text, known: impl Iterator<Item = &'n str>) {
        let mut f = Finding::error(code, Place::at(self.t.file(), range), message);
        let known: Vec<&str> = known.collect();
        f.help = match nearest(name, known.iter().copied()) {
            Some(near) => Some(say!("是否指 `{near}`？", "did you mean `{near}`?")),
            None if known.len() <= 20 => {
                let list = known.join("、");
                Some(say!("可用：{list}", "known: {list}"))
            }
            None => None,
        };
        self.t.report(f);
    }

    fn events(&mut self) {
        const SCOPES: [(&str, Scope); 5] =
            [("casebook", Scope::Casebook), ("round", Scope::Round), ("team", Scope::Team), ("case", Scope::Case), ("target", Scope::Case)];
        for e in self.t.tables("event") {
            let last = e.word("pick", &[("first", false), ("last", true)]).unwrap_or(false);
            let event = Event {
                id: e.need_str("id").to_string(),
                title: e.need_text("title"),
                scope: e.word("scope", &SCOPES).unwrap_or(Scope::Case),
                from: self.srcs(&e, "from"),
                last,
                whole: e.flag("whole"),
            };
            put(&mut self.p.events, event, |a| a.id.clone());
            e.finish();
        }
    }

    fn strike(&mut self) {
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
    fn replace(&mut self, o: Obligation, t: &Table) {
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
    fn obligation(&self, t: &Table, old: Option<&Obligation>) -> Obligation {
        let id = old.map_or_else(|| t.need_str("id").to_string(), |o| o.id.clone());
        let stage = match old {
            Some(o) if !t.has("stage") => o.stage,
            _ => {
                let name = t.need_str("stage");
                self.p.stage(name).unwrap_or_else(|| {
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
            nil: t.flag("nil"),
            event: self.src(t, "event"),
            require: self.src(t, "require"),
            at: self.src(t, "at"),
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
            date: self.src(t, "date"),
            before: self.srcs(t, "before"),
            after: self.srcs(t, "after"),
            same_day: self.srcs(t, "same_day"),
            due,
            confirm: t.str("confirm").map(str::to_string),
            archive,
            place: Place::at(t.file(), range),
            id,
        }
    }
}

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

/// Puts an item in the place of the one with its id, or at the end.
fn put<T>(list: &mut Vec<T>, item: T, id: impl Fn(&T) -> String) {
    let key = id(&item);
    match list.iter().position(|old| id(old) == key) {
        Some(i) => list[i] = item,
        None => list.push(item),
    }
}
