//! Checks a whole procedure: every expression, path, name and period in it, as if records had asked for them.

mod limits;

use super::compile::{Compiled, Program};
use super::model::*;
use crate::finding::{Finding, Severity};
use crate::kind::Schema;
use crate::say;
use crate::text::{Text, meant, nearest};

/// All that is wrong with a procedure, in the order of its file.
pub fn lint(p: &Procedure, schema: &Schema) -> Vec<Finding> {
    lint_program(&Program::new(p, schema))
}

/// The same of a procedure that is in use.
pub fn lint_program(program: &Program) -> Vec<Finding> {
    let (p, schema) = (program.procedure, program.schema);
    let mut findings: Vec<Finding> = program.set_findings().to_vec();
    for i in 0..p.events.len() {
        findings.extend(program.event(i).1.iter().cloned());
    }
    for (i, o) in p.obligations.iter().enumerate() {
        findings.extend(program.obligation(i).1.iter().cloned().map(|f| Finding { obligation: Some(o.id.clone()), ..f }));
        findings.extend(sense(p, o));
        findings.extend(actors(p, schema, o));
        findings.extend(limits::of(p, o));
        findings.extend(periodless(&program.obligation(i).0, o));
    }
    for s in &p.stages {
        for src in s.kinds.iter().filter(|src| schema.find_kind(&src.text).is_none()) {
            let (id, kind) = (&s.id, &src.text);
            let what = say!("阶段 `{id}` 列出的类型 `{kind}` 不存在", "the stage `{id}` lists the unknown kind `{kind}`");
            findings.push(Finding { help: near_kind(schema, kind), ..Finding::error("procedure-kind", src.whole(), what) });
        }
    }
    for src in p.not_required.iter().filter(|src| schema.find_field(&src.text).is_none()) {
        findings.push(no_field(schema, src));
    }
    findings.sort_by(|a, b| a.key().cmp(&b.key()));
    findings
}

fn near_kind(schema: &Schema, kind: &str) -> Option<Text> {
    nearest(kind, schema.kinds.iter().map(|k| k.id.as_str())).map(meant)
}

/// A name in `not_required` that means no field.
fn no_field(schema: &Schema, src: &Src) -> Finding {
    let name = &src.text;
    let (kind, field) = name.split_once('.').unwrap_or((name, ""));
    let Some(id) = schema.find_kind(kind) else {
        let what = say!("没有类型 `{kind}`（写作 类型.字段）", "there is no kind `{kind}` (write KIND.FIELD)");
        return Finding { help: near_kind(schema, kind), ..Finding::error("procedure-kind", src.whole(), what) };
    };
    let title = &schema.kind(id).title;
    let (zh, en) = (&title.zh, &title.en);
    let near = nearest(field, schema.shape_of(id).spellings()).map(|n| say!("是否指 `{kind}.{n}`？", "did you mean `{kind}.{n}`?"));
    let what = say!("“{zh}”没有字段 `{field}`", "“{en}” has no field `{field}`");
    Finding { help: near, ..Finding::error("procedure-field", src.whole(), what) }
}

/// Rules that ask for a period where the obligation comes back with none.
fn periodless(c: &Compiled, o: &Obligation) -> Vec<Finding> {
    let rules =
        [(&c.when, &o.when), (&c.filter, &o.filter), (&c.count, &o.count), (&c.per, &o.per), (&c.by, &o.by), (&c.require, &o.require)];
    let asks = rules.into_iter().filter(|(e, _)| o.every.is_none() && e.as_ref().is_some_and(|e| e.uses().period));
    asks.filter_map(|(_, src)| {
        let message = say!("规则用到 `period`，事项却没有 every", "the rule asks for `period`, but the obligation has no `every`");
        let help = say!("写明 every = \"quarter\"、\"half_year\" 或 \"year\"", "give every = \"quarter\", \"half_year\" or \"year\"");
        let finding = Finding::error("procedure-period", src.as_ref()?.whole(), message).help(help);
        Some(Finding { obligation: Some(o.id.clone()), ..finding })
    })
    .collect()
}

/// Who acts and who confirms, where nobody is called that.
fn actors(p: &Procedure, schema: &Schema, o: &Obligation) -> Vec<Finding> {
    let (mut out, id) = (Vec::new(), &o.id);
    let codes = |set: &str| schema.find_enum(set).map_or(Vec::new(), |e| schema.en(e).values.iter().map(|v| v.code.as_str()).collect());
    let mut tell = |key, name: &str, known: Vec<&str>, message| {
        let own = || say!("写角色或机构的代码；自己的角色用 [[role]] 定义", "give the code of a role or body, or define one with [[role]]");
        let help = nearest(name, known).map(meant).or_else(|| (key == "actor").then(own));
        let finding = Finding::error("procedure-role", o.at_key(key).whole(), message);
        out.push(Finding { obligation: Some(id.clone()), help, ..finding });
    };
    if let Some(who) = &o.confirm
        && schema.find_enum("role").is_some_and(|e| schema.en(e).find(who).is_none())
    {
        let what = say!(
            "`{id}` 的 confirm `{who}` 不是角色，确认记录填不了",
            "the confirm `{who}` of `{id}` is no role, so that no confirmation could name it"
        );
        tell("confirm", who, codes("role"), what);
    }
    let who = &o.actor;
    let own: Vec<&str> = p.roles.iter().map(|r| r.id.as_str()).chain(p.sets.iter().map(|s| s.id.as_str())).collect();
    if !who.is_empty() && !own.contains(&who.as_str()) && schema.actor(who).is_none() {
        let what = say!("`{id}` 的 actor `{who}` 不是已知的角色或机构", "the actor `{who}` of `{id}` is no known role or body");
        tell("actor", who, [own, codes("role"), codes("body")].concat(), what);
    }
    out
}

/// What parses but says nothing, or contradicts itself.
fn sense(p: &Procedure, o: &Obligation) -> Vec<Finding> {
    let mut out = Vec::new();
    let id = &o.id;
    let mut say_so = |severity, code, message| {
        out.push(Finding { obligation: Some(id.clone()), ..Finding::new(severity, code, o.place.clone(), message) })
    };
    // One without an id is told of that first.
    if !o.looks_at_records() && o.confirm.is_none() && !id.is_empty() {
        say_so(
            Severity::Error,
            "procedure-empty",
            say!(
                "`{id}` 没有说明怎样查：缺 artifact、each、require、event、due 或 confirm",
                "`{id}` says nothing that could be checked: give artifact, each, require, event, due or confirm"
            ),
        );
    }
    if o.due.as_ref().is_some_and(|d| d.rule.is_none() && d.opens.is_none() && d.closes.is_none()) {
        say_so(
            Severity::Error,
            "procedure-due",
            say!("`{id}` 的 due 缺少 rule，或 opens、closes", "the due of `{id}` lacks a rule, or opens and closes"),
        );
    }
    let needs_from = |d: &DueRule| {
        [&d.rule, &d.opens, &d.closes].into_iter().flatten().any(|s| !s.text.starts_with(|c: char| c.is_ascii_digit() && c != '0'))
    };
    if o.due.as_ref().is_some_and(|d| d.from.is_empty() && needs_from(d)) {
        say_so(
            Severity::Error,
            "procedure-due",
            say!("`{id}` 的 due 没有写从哪个事件起算", "the due of `{id}` does not say from which event"),
        );
    }
    if let Gate::Stage(g) = o.gate
        && g < o.stage
        && p.before(o.stage).contains(&g)
    {
        let stage = &p.stages[g].id;
        say_so(
            Severity::Warning,
            "procedure-gate",
            say!("`{id}` 的关口 `{stage}` 早于它的阶段", "the gate `{stage}` of `{id}` comes before its stage"),
        );
    }
    out
}
