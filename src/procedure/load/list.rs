//! What obligations refer to by id: stages, roles, sets, parameters, events; an item takes the place of an extended one with its id.

use super::Reader;
use crate::procedure::*;
use crate::say;
use crate::text::Text;

impl Reader<'_> {
    pub(super) fn stages(&mut self) {
        let tables = self.t.tables("stage");
        let mut nexts = Vec::new();
        for s in &tables {
            let id = s.need_str("id").to_string();
            nexts.push((id.clone(), s.strs("next").into_iter().map(|(n, r)| (n.to_string(), r)).collect::<Vec<_>>()));
            let stage = Stage { id, title: s.need_text("title"), next: Vec::new(), kinds: self.srcs(s, "kinds") };
            put(&mut self.p.stages, stage, |a| a.id.clone());
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

    pub(super) fn roles(&mut self) {
        for r in self.t.tables("role") {
            let role = Role { id: r.need_str("id").to_string(), title: r.need_text("title") };
            put(&mut self.p.roles, role, |a| a.id.clone());
            r.finish();
        }
    }

    pub(super) fn sets(&mut self) {
        for s in self.t.tables("set") {
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
    }

    pub(super) fn params(&mut self) {
        for p in self.t.tables("param") {
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
    }

    pub(super) fn events(&mut self) {
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
}

/// Puts an item in the place of the one with its id, or at the end.
fn put<T>(list: &mut Vec<T>, item: T, id: impl Fn(&T) -> String) {
    let key = id(&item);
    match list.iter().position(|old| id(old) == key) {
        Some(i) => list[i] = item,
        None => list.push(item),
    }
}
