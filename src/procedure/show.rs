//! A procedure as loaded, as a value with the keys of its data file: for JSON, for pinning, for comparing.

use super::model::*;
use crate::text::Text;
use serde_json::{Map, Value, json};

/// The whole procedure.
pub fn to_value(p: &Procedure) -> Value {
    let mut m = Map::new();
    m.insert("id".into(), json!(p.id));
    m.insert("title".into(), text(&p.title));
    put_str(&mut m, "issuer", &p.issuer);
    put_str(&mut m, "issued", &p.issued);
    if !p.basis.is_empty() {
        m.insert("basis".into(), json!(p.basis));
    }
    if let Some(s) = &p.superseded {
        m.insert("superseded".into(), text(s));
    }
    put_srcs(&mut m, "not_required", &p.not_required);
    let stage = |i: &usize| p.stages[*i].id.clone();
    m.insert(
        "stage".into(),
        p.stages
            .iter()
            .map(|s| json!({ "id": s.id, "title": text(&s.title), "next": s.next.iter().map(stage).collect::<Vec<_>>(), "kinds": srcs(&s.kinds) }))
            .collect(),
    );
    m.insert("role".into(), p.roles.iter().map(|r| json!({ "id": r.id, "title": text(&r.title) })).collect());
    m.insert(
        "set".into(),
        p.sets.iter().map(|s| json!({ "id": s.id, "enum": s.of.text, "title": text(&s.title), "values": srcs(&s.values) })).collect(),
    );
    m.insert("param".into(), p.params.iter().map(param).collect());
    m.insert("event".into(), p.events.iter().map(event).collect());
    m.insert("obligation".into(), p.obligations.iter().map(|o| Value::Object(obligation(p, o))).collect());
    Value::Object(m)
}

/// The procedure for people and programs: like [`to_value`], its obligations under `obligations`.
pub fn to_json(p: &Procedure) -> Value {
    let Value::Object(mut m) = to_value(p) else { return Value::Null };
    for (from, to) in
        [("stage", "stages"), ("role", "roles"), ("set", "sets"), ("param", "params"), ("event", "events"), ("obligation", "obligations")]
    {
        if let Some(v) = m.remove(from) {
            m.insert(to.into(), v);
        }
    }
    if let Some(e) = &p.extends {
        m.insert("extends".into(), json!(e));
    }
    Value::Object(m)
}

fn text(t: &Text) -> Value {
    json!({ "zh": t.zh, "en": t.en })
}

fn put_str(m: &mut Map<String, Value>, key: &str, s: &str) {
    if !s.is_empty() {
        m.insert(key.into(), json!(s));
    }
}

fn put(m: &mut Map<String, Value>, key: &str, s: &Option<Src>) {
    if let Some(s) = s {
        m.insert(key.into(), json!(s.text));
    }
}

fn srcs(s: &[Src]) -> Vec<&str> {
    s.iter().map(|s| s.text.as_str()).collect()
}

fn put_srcs(m: &mut Map<String, Value>, key: &str, s: &[Src]) {
    if !s.is_empty() {
        m.insert(key.into(), json!(srcs(s)));
    }
}

fn words(list: &[Vec<String>]) -> Vec<String> {
    list.iter().map(|a| a.join("|")).collect()
}

/// A parameter with the keys of its data file.
pub fn param(p: &Param) -> Value {
    let mut m = Map::new();
    m.insert("id".into(), json!(p.id));
    m.insert("title".into(), text(&p.title));
    m.insert("type".into(), json!(p.ty));
    for (key, v) in [("value", &p.value), ("suggest", &p.suggest)] {
        if let Some(v) = v {
            m.insert(key.into(), json!(v));
        }
    }
    Value::Object(m)
}

fn event(e: &Event) -> Value {
    let mut m = Map::new();
    m.insert("id".into(), json!(e.id));
    m.insert("title".into(), text(&e.title));
    m.insert("scope".into(), json!(e.scope));
    put_srcs(&mut m, "from", &e.from);
    if e.last {
        m.insert("pick".into(), json!("last"));
    }
    if e.whole {
        m.insert("whole".into(), json!(true));
    }
    Value::Object(m)
}

/// One obligation with the keys of its data file; what is at its default is left out.
pub fn obligation(p: &Procedure, o: &Obligation) -> Map<String, Value> {
    let mut m = Map::new();
    m.insert("id".into(), json!(o.id));
    m.insert("cite".into(), json!(o.cite));
    m.insert("stage".into(), json!(p.stages[o.stage].id));
    m.insert("strength".into(), json!(o.strength));
    if o.origin != Origin::Binding {
        m.insert("origin".into(), json!(o.origin));
    }
    m.insert("scope".into(), json!(o.scope));
    if let Some(every) = o.every {
        m.insert("every".into(), json!(every));
    }
    m.insert("text".into(), text(&o.text));
    put_str(&mut m, "actor", &o.actor);
    match o.gate {
        Gate::None => {
            m.insert("gate".into(), json!(false));
        }
        Gate::Stage(i) if i != o.stage => {
            m.insert("gate".into(), json!(p.stages[i].id));
        }
        Gate::Stage(_) => {}
    }
    put(&mut m, "when", &o.when);
    if let Some(h) = &o.help {
        m.insert("help".into(), text(h));
    }
    match &o.subject {
        Subject::Scope => {}
        Subject::Artifact(a) => put(&mut m, "artifact", &Some(a.clone())),
        Subject::Each(a) => put(&mut m, "each", &Some(a.clone())),
    }
    put(&mut m, "where", &o.filter);
    put(&mut m, "count", &o.count);
    put(&mut m, "per", &o.per);
    put(&mut m, "by", &o.by);
    put(&mut m, "mend", &o.mend);
    if let Some(by) = o.made_by {
        m.insert("made_by".into(), json!(by.code()));
    }
    if o.nil {
        m.insert("nil".into(), json!(true));
    }
    put(&mut m, "event", &o.event);
    put(&mut m, "require", &o.require);
    match o.at.as_slice() {
        [at] => put_str(&mut m, "at", &at.text),
        several => put_srcs(&mut m, "at", several),
    }
    if let Some((zh, en)) = &o.says {
        m.insert("says".into(), json!({ "zh": zh.text, "en": en.text }));
    }
    if !o.sections.is_empty() {
        m.insert("sections".into(), json!(o.sections));
        if o.sections_at != "sections" {
            m.insert("sections_at".into(), json!(o.sections_at));
        }
    }
    if !o.approvals.is_empty() {
        m.insert("approvals".into(), json!(words(&o.approvals)));
        if o.approvals_at != "approvals" {
            m.insert("approvals_at".into(), json!(o.approvals_at));
        }
    }
    put(&mut m, "approved_by", &o.approved_by);
    if let Some(s) = &o.signatures {
        m.insert("signatures".into(), json!({ "at": s.at, "roles": words(&s.roles) }));
    }
    if let Some(c) = &o.copies {
        let mut t = Map::new();
        t.insert("at".into(), json!(c.at));
        if let Some(n) = c.total {
            t.insert("total".into(), json!(n));
        }
        if !c.holders.is_empty() {
            t.insert("holders".into(), json!(c.holders));
        }
        m.insert("copies".into(), Value::Object(t));
    }
    for r in &o.recipients {
        m.insert(r.key.into(), json!(words(&r.to)));
        let default = if r.key == "submit_to" { "submitted_to" } else { r.key };
        if r.at != default {
            m.insert(format!("{}_at", r.key), json!(r.at));
        }
    }
    put(&mut m, "date", &o.date);
    if o.dateless {
        m.insert("date".into(), json!(false));
    }
    put_srcs(&mut m, "before", &o.before);
    put_srcs(&mut m, "after", &o.after);
    put_srcs(&mut m, "same_day", &o.same_day);
    if let Some(d) = &o.due {
        m.insert("due".into(), due(d));
    }
    if let Some(c) = &o.confirm {
        m.insert("confirm".into(), json!(c));
    }
    if let Some((list, no)) = &o.archive {
        m.insert("archive".into(), json!({ "list": list, "no": no }));
    }
    m
}

fn due(d: &DueRule) -> Value {
    let mut m = Map::new();
    match d.from.as_slice() {
        [] => {}
        [one] => {
            m.insert("from".into(), json!(one.text));
        }
        several => put_srcs(&mut m, "from", several),
    }
    put(&mut m, "rule", &d.rule);
    put(&mut m, "opens", &d.opens);
    put(&mut m, "closes", &d.closes);
    if let Some(r) = &d.roll {
        m.insert("roll".into(), json!(r));
    }
    put(&mut m, "done", &d.done);
    Value::Object(m)
}
