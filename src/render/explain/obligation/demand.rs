//! What an obligation looks at and what it asks, condition by condition: in words, and as the data file has it.

use super::Teller;
use crate::kind::{Field, ShapeId, Type};
use crate::procedure::compile::Compiled;
use crate::procedure::{Src, Subject};
use crate::rule::{Expr, Path};
use crate::say;
use crate::text::{Lang, Text};

/// One thing that is asked: a key of the data file, in words and as it stands there.
pub(super) struct Demand {
    pub(super) key: &'static str,
    pub(super) title: Text,
    pub(super) words: Vec<String>,
    pub(super) expression: Option<String>,
}

impl Teller<'_> {
    /// What it looks at: in words, and the files.
    pub(super) fn looks(&self, path: Option<&Path>) -> (Vec<String>, Vec<String>) {
        let Some(path) = path else {
            return match &self.o.event {
                Some(e) => {
                    let title = self.event(&e.text);
                    (vec![self.pick(say!("事件{title}的日期", "the date of {title}"))], Vec::new())
                }
                None => (Vec::new(), Vec::new()),
            };
        };
        let kind = self.schema.kind(path.kind());
        let globs = crate::kind::json_schema::globs(self.schema, path.kind());
        // The first glob of each level is the folder's own name.
        let files: Vec<String> = globs
            .iter()
            .filter(|g| g.split('/').any(|w| w.trim_end_matches(".yaml") == kind.id))
            .map(|g| g.trim_start_matches('/').to_string())
            .collect();
        let mut what = kind.title.get(self.lang).to_string();
        if let Some((_, e, v)) = path.type_filter() {
            let label = &self.schema.en(e).values[v as usize].label;
            let (zh, en) = (&label.zh, &label.en);
            what = self.pick(say!("{what}（{zh}）", "{what} ({en})"));
        }
        let labels: Vec<&str> = path.fields().iter().map(|(s, i)| self.schema.shape(*s).fields[*i as usize].label.get(self.lang)).collect();
        if !labels.is_empty() {
            let inside = labels.join(if self.lang == Lang::Zh { "的" } else { " › " });
            what = self.pick(say!("{what}的“{inside}”", "“{inside}” of {what}"));
        }
        let first = match self.o.subject {
            Subject::Each(_) => self.pick(say!("每一份{what}", "every {what} that exists")),
            _ => self.pick(say!("须有{what}", "there must be: {what}")),
        };
        let path = crate::render::procedures::subject(self.o).unwrap_or("");
        (vec![first, format!("`{path}`  {}", files.join(self.comma()))], files)
    }

    pub(super) fn demands(&self, c: &Compiled) -> Vec<Demand> {
        let o = self.o;
        let path = c.path.as_ref();
        let mut out = Vec::new();
        let mut rule = |key, zh: &'static str, en: &'static str, src: &Option<Src>, expr: &Option<Expr>| {
            if let Some(src) = src {
                out.push(Demand { key, title: Text::new(zh, en), words: self.rule(expr.as_ref()), expression: Some(src.text.clone()) });
            }
        };
        rule("when", "何时适用", "applies where", &o.when, &c.when);
        rule("where", "只看", "only those where", &o.filter, &c.filter);
        // None is demanded: what there is has to be right.
        match &o.count {
            Some(n) if n.text.trim() == "0" => {}
            count => rule("count", "几份", "how many", count, &c.count),
        }
        rule("per", "逐一对应", "one for each of", &o.per, &c.per);
        rule("by", "按此对应", "told apart by", &o.by, &c.by);
        rule("require", "须符合", "must hold", &o.require, &c.require);
        let mut put = |key, zh: &'static str, en: &'static str, words: String| {
            out.push(Demand { key, title: Text::new(zh, en), words: vec![words], expression: None });
        };
        if o.nil {
            let words = self.pick(say!(
                "没有的，可登记“无此情形”（nil: true）并写明原因",
                "where there is none, a record with `nil: true` and a reason will do"
            ));
            put("nil", "没有时", "if there is none", words);
        }
        if !o.sections.is_empty() {
            let (at, list) = (self.chain(path, &o.sections_at), o.sections.join(self.comma()));
            put("sections", "内容", "parts", self.pick(say!("“{at}”中填有：{list}", "“{at}” holds: {list}")));
        }
        if !o.approvals.is_empty() {
            let (at, who) = (self.chain(path, &o.approvals_at), self.actors(&o.approvals));
            put(
                "approvals",
                "审批",
                "approvals",
                self.pick(say!("“{at}”中依次有{who}同意，日期不倒退", "“{at}” holds, in this order, the consent of {who}")),
            );
        }
        if let Some(by) = &o.approved_by {
            let field = self.chain(path, &by.text);
            put(
                "approved_by",
                "审批时间",
                "approved by",
                self.pick(say!("审批不晚于“{field}”", "the last consent is no later than “{field}”")),
            );
        }
        if let Some(s) = &o.signatures {
            let (at, who) = (self.chain(path, &s.at), self.actors(&s.roles));
            put(
                "signatures",
                "签字",
                "signatures",
                self.pick(say!("“{at}”中有{who}签字并注明日期", "“{at}” holds the dated signatures of {who}")),
            );
        }
        if let Some(k) = &o.copies {
            let mut words = Vec::new();
            if let Some(n) = k.total {
                words.push(self.pick(say!("一式{n}份", "{n} copies")));
            }
            if !k.holders.is_empty() {
                let who = k.holders.iter().map(|h| self.actor(h)).collect::<Vec<_>>().join(self.comma());
                words.push(self.pick(say!("由{who}各存一份", "one each for {who}")));
            }
            put("copies", "份数", "copies", words.join(self.comma()));
        }
        for r in &o.recipients {
            let who = self.actors(&r.to);
            let words = match r.key {
                "filings" => say!("报{who}备案", "filed with {who}"),
                "submit_to" => say!("报送{who}", "submitted to {who}"),
                "cc" => say!("抄送{who}", "copied to {who}"),
                _ => say!("送{who}", "sent to {who}"),
            };
            put(r.key, "送达", "goes to", self.pick(words));
        }
        for (key, list, words) in [
            ("before", &o.before, ("日期不晚于", "not later than")),
            ("after", &o.after, ("日期不早于", "not earlier than")),
            ("same_day", &o.same_day, ("日期就是", "on the day of")),
        ] {
            if !list.is_empty() {
                let events = self.events(list);
                let (zh, en) = words;
                put(key, "先后", "order", self.pick(say!("{zh}{events}", "{en} {events}")));
            }
        }
        if let Some(d) = &o.date {
            let field = self.chain(path, &d.text);
            put("date", "日期取自", "dated by", self.pick(say!("“{field}”", "“{field}”")));
        }
        out
    }

    fn rule(&self, expr: Option<&Expr>) -> Vec<String> {
        let long = self.pick(too_long());
        let Some(expr) = expr else { return Vec::new() };
        let mut said: Vec<String> = expr.words(&self.names, self.lang).into_iter().map(|w| w.unwrap_or_else(|| long.clone())).collect();
        said.dedup();
        said
    }

    /// The labels of fields on the way from a kind inwards.
    fn chain(&self, path: Option<&Path>, keys: &str) -> String {
        let Some(path) = path else { return keys.to_string() };
        let mut shape = path
            .fields()
            .last()
            .map_or(Some(self.schema.kind(path.kind()).shape), |(s, i)| inner(&self.schema.shape(*s).fields[*i as usize]));
        let mut labels: Vec<String> = Vec::new();
        for key in keys.split('.') {
            // A field that the part does not have is one of the record around it.
            let here = shape.and_then(|s| self.schema.shape(s).find(key).map(|i| &self.schema.shape(s).fields[i as usize]));
            let root = self.schema.shape_of(path.kind());
            let field = here.or_else(|| root.find(key).map(|i| &root.fields[i as usize]));
            let Some(field) = field else { return keys.to_string() };
            labels.push(field.label.get(self.lang).to_string());
            shape = inner(field);
        }
        match self.lang {
            Lang::Zh => labels.join("的"),
            Lang::En => labels.join(" › "),
        }
    }
}

/// What is said of a condition that makes no sentence.
pub(super) fn too_long() -> Text {
    say!("（条件较长，见下面的表达式）", "(too long for a sentence: see the expression)")
}

fn inner(field: &Field) -> Option<ShapeId> {
    let mut ty = &field.ty;
    while let Type::List(item) = ty {
        ty = item;
    }
    if let Type::Map(shape) = ty { Some(*shape) } else { None }
}
