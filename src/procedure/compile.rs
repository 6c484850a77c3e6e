//! A procedure ready to be laid on records: names turned into indices, expressions compiled when the first record asks for them.

use super::model::*;
use crate::calendar;
use crate::finding::{Finding, Place};
use crate::kind::{EnumId, KindId, Schema, ShapeId, Type};
use crate::rule::{self, Env, Expr, It, NamedSet, Path, RuleError, Template, Ty};
use crate::say;
use crate::text::{Text, nearest};
use std::sync::OnceLock;

/// A field, or a field of a field, by index in each shape.
pub type Chain = Vec<u16>;

/// Those whose approval, signature or copy will do: role or body values.
#[derive(Clone, Debug, Default)]
pub struct OneOf {
    /// By enumeration and index.
    pub values: Vec<(EnumId, u16)>,
    /// As the procedure names them, for messages.
    pub names: Vec<String>,
}

/// What an obligation's parts mean.
#[derive(Debug, Default)]
pub struct Compiled {
    /// What it looks at.
    pub path: Option<Path>,
    /// The kind of the records it looks at.
    pub kind: Option<KindId>,
    /// Applicability.
    pub when: Option<Expr>,
    /// Which of the subjects.
    pub filter: Option<Expr>,
    /// How many.
    pub count: Option<Expr>,
    /// One for each of.
    pub per: Option<Expr>,
    /// Whose.
    pub by: Option<Expr>,
    /// Where a broken rule is mended, if not in the subject.
    pub mend: Option<Path>,
    /// The rule.
    pub require: Option<Expr>,
    /// When it was done.
    pub done: Option<Expr>,
    /// What to say: Chinese, English.
    pub says: Option<(Template, Template)>,
    /// Where a finding points.
    pub at: Option<Chain>,
    /// The field that dates the subject.
    pub date: Option<Chain>,
    /// The field with the sections.
    pub sections: Option<Chain>,
    /// The field with the approvals, and who, in order.
    pub approvals: Option<(Chain, Vec<OneOf>)>,
    /// The field that the last approval must not be later than.
    pub approved_by: Option<Chain>,
    /// The field with the signatures, and whose.
    pub signatures: Option<(Chain, Vec<OneOf>)>,
    /// The field with the copies, and who holds them.
    pub copies: Option<(Chain, Vec<OneOf>)>,
    /// Fields with recipients, and who.
    pub recipients: Vec<(Chain, Vec<OneOf>)>,
    /// Event that must have happened.
    pub event: Option<usize>,
    /// Orders.
    pub before: Vec<usize>,
    /// Orders.
    pub after: Vec<usize>,
    /// Orders.
    pub same_day: Vec<usize>,
    /// The date by which.
    pub due: Option<CompiledDue>,
}

/// A period of the procedure, or one that the office may set.
#[derive(Clone, Debug)]
pub enum Period {
    /// Fixed.
    Rule(calendar::Rule),
    /// A fixed day.
    Day(calendar::Anchor),
    /// A parameter, by index.
    Param(usize),
}

/// The date by which.
#[derive(Clone, Debug, Default)]
pub struct CompiledDue {
    /// Events, the earliest counts; none where the dates are fixed.
    pub from: Vec<usize>,
    /// The period.
    pub rule: Option<Period>,
    /// A window's opening.
    pub opens: Option<Period>,
    /// A window's end.
    pub closes: Option<Period>,
    /// How a day off is moved.
    pub roll: Option<calendar::Roll>,
}

/// Where an event's date comes from.
#[derive(Debug)]
pub enum Source {
    /// Dates in records.
    Path(Path),
    /// Another event.
    Event(usize),
    /// An expression that gives a date or dates.
    Expr(Box<Expr>),
}

/// A procedure with its names resolved against a schema.
pub struct Program<'s> {
    /// The procedure.
    pub procedure: &'s Procedure,
    /// The kinds.
    pub schema: &'s Schema,
    env: Env<'s>,
    obligations: Vec<OnceLock<(Compiled, Vec<Finding>)>>,
    events: Vec<OnceLock<(Vec<Source>, Vec<Finding>)>>,
    conditions: Vec<OnceLock<Vec<Option<Expr>>>>,
    /// What is wrong in sets.
    findings: Vec<Finding>,
}

impl<'s> Program<'s> {
    /// Resolves names; compiles nothing yet.
    pub fn new(procedure: &'s Procedure, schema: &'s Schema) -> Program<'s> {
        let mut findings = Vec::new();
        let sets = procedure.sets.iter().filter_map(|s| named_set(s, schema, &mut findings)).collect();
        let params = procedure
            .params
            .iter()
            .map(|p| {
                let ty = match p.ty {
                    ParamType::Duration => rule::ParamType::Duration,
                    ParamType::Number => rule::ParamType::Number,
                    ParamType::Text => rule::ParamType::Text,
                };
                (p.id.clone(), ty)
            })
            .collect();
        let env = Env { schema, events: procedure.events.iter().map(|e| e.id.clone()).collect(), params, sets };
        Program {
            procedure,
            schema,
            env,
            obligations: procedure.obligations.iter().map(|_| OnceLock::new()).collect(),
            events: procedure.events.iter().map(|_| OnceLock::new()).collect(),
            conditions: schema.shapes.iter().map(|_| OnceLock::new()).collect(),
            findings,
        }
    }

    /// What an obligation means, and what is wrong with it.
    pub fn obligation(&self, index: usize) -> &(Compiled, Vec<Finding>) {
        self.obligations[index]
            .get_or_init(|| Compiler { program: self, findings: Vec::new() }.obligation(&self.procedure.obligations[index]))
    }

    /// Where an event's date comes from, and what is wrong with it.
    pub fn event(&self, index: usize) -> &(Vec<Source>, Vec<Finding>) {
        self.events[index].get_or_init(|| Compiler { program: self, findings: Vec::new() }.event(&self.procedure.events[index], index))
    }

    /// The conditions of a kind's own fields (`required = "…"`), by field; only those of the record's root.
    pub fn conditions(&self, kind: KindId) -> &[Option<Expr>] {
        let shape = self.schema.kind(kind).shape;
        self.conditions[shape.0 as usize].get_or_init(|| {
            let env = Env::of(self.schema);
            let it = It::record(kind);
            let fields = &self.schema.shape(shape).fields;
            fields
                .iter()
                .map(|f| match &f.required {
                    crate::kind::Required::When(src, _) => rule::compile(src, &env, Some(&it), Some(&Ty::Bool)).ok(),
                    _ => None,
                })
                .collect()
        })
    }

    /// What is wrong in the procedure's sets.
    pub fn set_findings(&self) -> &[Finding] {
        &self.findings
    }
}

fn named_set(s: &Set, schema: &Schema, findings: &mut Vec<Finding>) -> Option<NamedSet> {
    let Some(of) = schema.find_enum(&s.of.text) else {
        let name = &s.of.text;
        let near = nearest(name, schema.enum_names.keys().map(String::as_str)).map(|n| say!("是否指 `{n}`？", "did you mean `{n}`?"));
        let mut f = Finding::error("procedure-enum", s.of.whole(), say!("没有枚举 `{name}`", "there is no enumeration `{name}`"));
        f.help = near;
        findings.push(f);
        return None;
    };
    let mut values = Vec::new();
    for v in &s.values {
        match schema.en(of).find(&v.text) {
            Some(i) => values.push(i),
            None => findings.push(unknown_value(v, &v.text, schema, of)),
        }
    }
    Some(NamedSet { id: s.id.clone(), of, values })
}

fn unknown_value(src: &Src, name: &str, schema: &Schema, of: EnumId) -> Finding {
    let set = schema.en(of);
    let title = &set.title;
    let (zh, en) = (&title.zh, &title.en);
    let near = nearest(name, set.values.iter().flat_map(|v| [v.code.as_str(), v.label.zh.as_ref()]))
        .map(|n| say!("是否指 `{n}`？", "did you mean `{n}`?"));
    let mut f = Finding::error("procedure-value", src.whole(), say!("“{zh}”中没有 `{name}`", "“{en}” has no value `{name}`"));
    f.help = near;
    f
}

struct Compiler<'p, 's> {
    program: &'p Program<'s>,
    findings: Vec<Finding>,
}

impl Compiler<'_, '_> {
    fn fault(&mut self, src: &Src, e: RuleError) {
        let mut f = Finding::error("rule-error", src.place(e.range), e.message);
        f.help = e.help;
        self.findings.push(f);
    }

    fn expr(&mut self, src: &Option<Src>, it: Option<&It>, want: Option<&Ty>) -> Option<Expr> {
        let src = src.as_ref()?;
        match rule::compile(&src.text, &self.program.env, it, want) {
            Ok(e) => Some(e),
            Err(e) => {
                self.fault(src, e);
                None
            }
        }
    }

    fn path(&mut self, src: &Src) -> Option<Path> {
        match Path::parse(&src.text, self.program.schema) {
            Ok(p) => Some(p),
            Err(e) => {
                self.fault(src, e);
                None
            }
        }
    }

    fn event_index(&mut self, src: &Src) -> Option<usize> {
        let p = self.program.procedure;
        let found = p.event(&src.text);
        if found.is_none() {
            let name = &src.text;
            let near = nearest(name, p.events.iter().map(|e| e.id.as_str())).map(|n| say!("是否指 `{n}`？", "did you mean `{n}`?"));
            let mut f = Finding::error("procedure-event", src.whole(), say!("没有事件 `{name}`", "there is no event `{name}`"));
            f.help = near;
            self.findings.push(f);
        }
        found
    }

    fn events(&mut self, list: &[Src]) -> Vec<usize> {
        list.iter().filter_map(|s| self.event_index(s)).collect()
    }

    fn event(mut self, e: &Event, index: usize) -> (Vec<Source>, Vec<Finding>) {
        let mut sources = Vec::new();
        for src in &e.from {
            let p = self.program.procedure;
            if let Some(other) = p.event(&src.text) {
                if other == index || self.leads_to(other, index, 0) {
                    let id = &e.id;
                    self.findings.push(Finding::error(
                        "procedure-circle",
                        src.whole(),
                        say!("事件 `{id}` 由自己推出", "the event `{id}` is derived from itself"),
                    ));
                } else {
                    sources.push(Source::Event(other));
                }
                continue;
            }
            let word = !src.text.starts_with("period.") && src.text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-'));
            if word {
                sources.extend(self.path(src).map(Source::Path));
            } else {
                sources.extend(self.expr(&Some(src.clone()), None, None).map(|e| Source::Expr(Box::new(e))));
            }
        }
        (sources, self.findings)
    }

    fn leads_to(&self, from: usize, to: usize, depth: usize) -> bool {
        let p = self.program.procedure;
        depth < 20 && p.events[from].from.iter().filter_map(|s| p.event(&s.text)).any(|e| e == to || self.leads_to(e, to, depth + 1))
    }

    fn obligation(mut self, o: &Obligation) -> (Compiled, Vec<Finding>) {
        let schema = self.program.schema;
        let mut c = Compiled::default();
        let mut it: Option<It> = None;
        if let Subject::Artifact(src) | Subject::Each(src) = &o.subject
            && let Some(path) = self.path(src)
        {
            c.kind = Some(path.kind());
            it = Some(path.it());
            c.path = Some(path);
        }
        let scoped = matches!(o.subject, Subject::Scope);
        if !scoped && it.is_none() {
            return (c, self.findings);
        }
        c.when = self.expr(&o.when, None, Some(&Ty::Bool));
        c.filter = self.expr(&o.filter, it.as_ref(), Some(&Ty::Bool));
        c.count = self.expr(&o.count, None, Some(&Ty::Int));
        c.per = self.expr(&o.per, None, None);
        c.by = self.expr(&o.by, it.as_ref(), None);
        c.mend = o.mend.as_ref().and_then(|src| self.path(src));
        c.require = self.expr(&o.require, it.as_ref(), Some(&Ty::Bool));
        if let Some((zh, en)) = &o.says {
            c.says = self.template(zh, it.as_ref()).zip(self.template(en, it.as_ref()));
        }
        let shape = it.as_ref().and_then(|i| shape_of(schema, &i.ty));
        let root = it.as_ref().map(|i| schema.kind(i.record).shape);
        c.at = o.at.as_ref().and_then(|src| match shape {
            Some(shape) => self.chain(src, &src.text, shape, None),
            None => None,
        });
        c.date = o.date.as_ref().and_then(|src| shape.and_then(|s| self.chain(src, &src.text, s, root)));
        let whole = Src { text: String::new(), file: std::sync::Arc::from(o.place.file.as_str()), range: o.place.range.unwrap_or((0, 0)) };
        if let Some(shape) = shape {
            if !o.sections.is_empty() {
                c.sections = self.chain(&whole, &o.sections_at, shape, root);
            }
            if !o.approvals.is_empty()
                && let Some(chain) = self.chain(&whole, &o.approvals_at, shape, root)
            {
                c.approvals = Some((chain, self.all_of(&whole, &o.approvals)));
            }
            c.approved_by = o.approved_by.as_ref().and_then(|s| self.chain(s, &s.text, shape, root));
            if let Some(s) = &o.signatures
                && let Some(chain) = self.chain(&whole, &s.at, shape, root)
            {
                c.signatures = Some((chain, self.all_of(&whole, &s.roles)));
            }
            if let Some(r) = &o.copies
                && let Some(chain) = self.chain(&whole, &r.at, shape, root)
            {
                let holders: Vec<Vec<String>> = r.holders.iter().map(|h| vec![h.clone()]).collect();
                c.copies = Some((chain, self.all_of(&whole, &holders)));
            }
            for r in &o.recipients {
                if let Some(chain) = self.chain(&whole, &r.at, shape, root) {
                    c.recipients.push((chain, self.all_of(&whole, &r.to)));
                }
            }
        }
        c.event = o.event.as_ref().and_then(|e| self.event_index(e));
        c.before = self.events(&o.before);
        c.after = self.events(&o.after);
        c.same_day = self.events(&o.same_day);
        if let Some(d) = &o.due {
            c.done = self.expr(&d.done, it.as_ref(), None);
            c.due = Some(CompiledDue {
                from: self.events(&d.from),
                rule: self.period(&d.rule),
                opens: self.period(&d.opens),
                closes: self.period(&d.closes),
                roll: d.roll.as_deref().and_then(calendar::Roll::parse),
            });
        }
        (c, self.findings)
    }

    fn template(&mut self, src: &Src, it: Option<&It>) -> Option<Template> {
        match Template::compile(&src.text, &self.program.env, it) {
            Ok(t) => Some(t),
            Err(e) => {
                self.fault(src, e);
                None
            }
        }
    }

    fn period(&mut self, src: &Option<Src>) -> Option<Period> {
        let src = src.as_ref()?;
        if let Some(name) = src.text.strip_prefix("param.") {
            let params = &self.program.procedure.params;
            let found = params.iter().position(|p| p.id == name);
            if found.is_none() {
                let near =
                    nearest(name, params.iter().map(|p| p.id.as_str())).map(|n| say!("是否指 `param.{n}`？", "did you mean `param.{n}`?"));
                let mut f = Finding::error("procedure-param", src.whole(), say!("没有参数 `{name}`", "there is no parameter `{name}`"));
                f.help = near;
                self.findings.push(f);
            }
            return found.map(Period::Param);
        }
        match calendar::Bound::parse(&src.text) {
            Ok(calendar::Bound::Rule(r)) => Some(Period::Rule(r)),
            Ok(calendar::Bound::Date(d)) => Some(Period::Day(d)),
            Err(e) => {
                let mut f = Finding::error("rule-period", src.place(e.range), e.message);
                f.help = e.suggestion.map(|s| say!("是否指 `{s}`？", "did you mean `{s}`?"));
                self.findings.push(f);
                None
            }
        }
    }

    /// A field path in a shape; `record.` or a field that only the whole record has starts from the record.
    fn chain(&mut self, src: &Src, path: &str, shape: ShapeId, root: Option<ShapeId>) -> Option<Chain> {
        let schema = self.program.schema;
        let mut chain = Chain::new();
        let mut at = shape;
        let names: Vec<&str> = path.strip_prefix("it.").unwrap_or(path).split('.').collect();
        for (i, name) in names.iter().enumerate() {
            let fields = schema.shape(at);
            let Some(index) = fields.find(name) else {
                if i == 0 && root.is_some_and(|r| r != shape && schema.shape(r).find(name).is_some()) {
                    return self.chain(src, path, root?, None);
                }
                let near = nearest(name, fields.spellings()).map(|n| say!("是否指 `{n}`？", "did you mean `{n}`?"));
                let title = &fields.title;
                let (zh, en) = (&title.zh, &title.en);
                let mut f = Finding::error("procedure-field", src.whole(), say!("“{zh}”没有字段 `{name}`", "“{en}” has no field `{name}`"));
                f.help = near;
                self.findings.push(f);
                return None;
            };
            chain.push(index);
            let mut ty = &fields.fields[index as usize].ty;
            while let Type::List(inner) = ty {
                ty = inner;
            }
            match ty {
                Type::Map(next) => at = *next,
                Type::Texts => break,
                _ if i + 1 < names.len() => {
                    self.findings.push(Finding::error(
                        "procedure-field",
                        src.whole(),
                        say!("`{name}` 下面没有字段", "`{name}` has no fields"),
                    ));
                    return None;
                }
                _ => {}
            }
        }
        Some(chain)
    }

    fn all_of(&mut self, src: &Src, list: &[Vec<String>]) -> Vec<OneOf> {
        list.iter().map(|names| self.one_of(src, names)).collect()
    }

    /// Roles, bodies and sets of them by name.
    fn one_of(&mut self, src: &Src, names: &[String]) -> OneOf {
        let schema = self.program.schema;
        let mut out = OneOf { values: Vec::new(), names: names.to_vec() };
        for name in names {
            if let Some(set) = self.program.env.sets.iter().find(|s| s.id == *name) {
                out.values.extend(set.values.iter().map(|v| (set.of, *v)));
                continue;
            }
            let mut known = false;
            for (i, e) in schema.enums.iter().enumerate() {
                if let Some(v) = e.find(name) {
                    out.values.push((EnumId(i as u16), v));
                    known = true;
                }
            }
            if !known {
                let roles =
                    schema.find_enum("role").map(|e| schema.en(e)).into_iter().chain(schema.find_enum("body").map(|e| schema.en(e)));
                let all: Vec<&str> = roles.flat_map(|e| e.values.iter().map(|v| v.code.as_str())).collect();
                let near = nearest(name, all).map(|n| say!("是否指 `{n}`？", "did you mean `{n}`?"));
                let mut f =
                    Finding::error("procedure-role", src.whole(), say!("没有角色或机构 `{name}`", "there is no role or body `{name}`"));
                f.help = near;
                self.findings.push(f);
            }
        }
        out
    }
}

/// The shape of a map, a record, or the items of a list.
pub fn shape_of(schema: &Schema, ty: &Ty) -> Option<ShapeId> {
    match ty {
        Ty::Record(k) => Some(schema.kind(*k).shape),
        Ty::Map(s) => Some(*s),
        Ty::List(inner) => shape_of(schema, inner),
        _ => None,
    }
}

/// The titles of alternatives, for messages: `组长或常务副组长`.
pub fn titles(p: &Procedure, schema: &Schema, one: &OneOf) -> Text {
    let all: Vec<Text> = one.names.iter().map(|n| actor_title(p, schema, n)).collect();
    let zh = all.iter().map(|t| t.zh.as_ref()).collect::<Vec<_>>().join("或");
    let en = all.iter().map(|t| t.en.as_ref()).collect::<Vec<_>>().join(" or ");
    Text::new(zh, en)
}

/// The title of a role, body, set or own role by code.
pub fn actor_title(p: &Procedure, schema: &Schema, code: &str) -> Text {
    let own = p.roles.iter().find(|r| r.id == code).map(|r| r.title.clone());
    let set = || p.sets.iter().find(|s| s.id == code && !s.title.is_empty()).map(|s| s.title.clone());
    own.or_else(set).or_else(|| schema.actor(code)).unwrap_or_else(|| Text::same(code))
}

/// Where an obligation stands, for findings about the procedure itself.
pub fn place(o: &Obligation) -> Place {
    o.place.clone()
}
