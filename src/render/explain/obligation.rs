//! An obligation, explained: what it demands of whom, by when, on what grounds, which records show it, how it is confirmed or waived.

use super::{View, library};
use crate::calendar;
use crate::casebook::Config;
use crate::kind::{Field, Level, Schema, Type};
use crate::procedure::compile::{Program, actor_title};
use crate::procedure::*;
use crate::render::procedures::gate;
use crate::rule::{Expr, Names, Path};
use crate::say;
use crate::text::{Lang, Text};
use serde_json::{Value, json};

/// One thing that is asked: a key of the data file, in words and as it stands there.
struct Demand {
    key: &'static str,
    title: Text,
    words: Vec<String>,
    expression: Option<String>,
}

struct Teller<'a> {
    p: &'a Procedure,
    schema: &'a Schema,
    config: Option<&'a Config>,
    o: &'a Obligation,
    lang: Lang,
    names: Names<'a>,
}

/// Explains one obligation of a procedure. `config` says which of the office's own numbers are set.
pub fn view(p: &Procedure, schema: &Schema, config: Option<&Config>, o: &Obligation, lang: Lang) -> View {
    let t = Teller { p, schema, config, o, lang, names: names(p, schema) };
    let program = Program::new(p, schema);
    let index = p.obligations.iter().position(|x| std::ptr::eq(x, o)).or_else(|| p.obligation_names.get(&o.id).copied()).unwrap_or(0);
    let compiled = &program.obligation(index).0;
    let demands = t.demands(compiled);
    let due = t.due();
    let todo = t.todo(compiled);
    let confirm = t.confirm();
    let readings = library::touching(o);
    let (strength, origin) = (o.strength.title(), o.origin.title());

    let heading = format!("{}  {}  {}", o.id, o.cite, strength.get(lang));
    let mut parts: Vec<(Text, Vec<String>)> = Vec::new();
    let mut add = |zh: &'static str, en: &'static str, lines: Vec<String>| {
        if !lines.is_empty() {
            parts.push((Text::new(zh, en), lines));
        }
    };
    add("责任", "who", vec![t.actor(&o.actor)]);
    let title = p.title.get(lang);
    let source = match lang {
        Lang::Zh => format!("{title}{},{}{}", o.cite, p.issuer, p.issued),
        Lang::En => format!("{title} {}, {} {}", o.cite, p.issuer, p.issued),
    };
    add(
        "出处",
        "source",
        [Some(source), Some(origin.get(lang).to_string()), p.superseded.as_ref().map(|s| s.get(lang).to_string())]
            .into_iter()
            .flatten()
            .collect(),
    );
    let stage = &p.stages[o.stage].title;
    let (zh, en, gate_text) = (&stage.zh, &stage.en, gate(p, o));
    add("阶段", "stage", vec![say!("{zh}", "{en}").get(lang).to_string(), gate_text.get(lang).to_string()]);
    let each = o.every.map(|e| e.title());
    add("范围", "scope", [Some(o.scope.title()), each].into_iter().flatten().map(|t| t.get(lang).to_string()).collect());
    let looks = t.looks(compiled.path.as_ref());
    add("看什么", "looks at", looks.0.clone());
    for d in &demands {
        let mut lines = d.words.clone();
        // The expression itself is what the program goes by.
        lines.extend(d.expression.iter().map(|e| format!("`{e}`")));
        parts.push((d.title.clone(), lines));
    }
    let mut add = |zh: &'static str, en: &'static str, lines: Vec<String>| {
        if !lines.is_empty() {
            parts.push((Text::new(zh, en), lines));
        }
    };
    add("期限", "due", due.clone());
    add("归档", "archive", t.archive());
    add("怎样办", "how", todo.clone());
    add("确认", "confirmed by", confirm.clone());
    let waive = format!(
        "xuncha waive {} {} --by {} --reason {}",
        t.place(),
        o.id,
        Text::new("角色", "ROLE").get(lang),
        Text::new("理由", "REASON").get(lang)
    );
    add("不能照办", "if it cannot be done", vec![waive.clone()]);
    if let Some(help) = &o.help {
        add("提示", "help", vec![help.get(lang).to_string()]);
    }
    add("读法", "readings", readings.iter().map(|r| r.text.get(lang).to_string()).collect());
    let conditions: Vec<Value> = demands.iter().map(|d| json!({ "key": d.key, "words": d.words, "expression": d.expression })).collect();
    let json = json!({
        "type": "obligation",
        "id": o.id,
        "cite": o.cite,
        "procedure": p.id,
        "source": p.title.get(lang),
        "title": o.text.get(lang),
        "strength": o.strength,
        "origin": o.origin,
        "stage": p.stages[o.stage].id,
        "gate": match o.gate { Gate::Stage(i) => json!(p.stages[i].id), Gate::None => json!(false) },
        "blocks": matches!(o.gate, Gate::Stage(i) if o.blocks(i)),
        "scope": o.scope,
        "every": o.every,
        "actor": o.actor,
        "actor_title": t.actor(&o.actor),
        "looks_at": { "path": crate::render::procedures::subject(o), "files": looks.1, "words": looks.0 },
        "conditions": conditions,
        "due": due,
        "how": todo,
        "confirm": confirm,
        "waive": waive,
        "help": o.help.as_ref().map(|h| h.get(lang)),
        "readings": readings.iter().map(|r| json!({ "id": r.id, "text": r.text.get(lang) })).collect::<Vec<_>>(),
        "obligation": show::obligation(p, o),
    });
    View { heading, lead: o.text.get(lang).to_string(), parts, json }
}

fn names<'a>(p: &Procedure, schema: &'a Schema) -> Names<'a> {
    let sets = p.sets.iter().filter_map(|s| {
        let of = schema.find_enum(&s.of.text)?;
        let values = s.values.iter().filter_map(|v| schema.en(of).find(&v.text)).collect();
        Some((of, values, if s.title.is_empty() { Text::same(&s.id) } else { s.title.clone() }))
    });
    Names {
        schema,
        events: p.events.iter().map(|e| e.title.clone()).collect(),
        params: p.params.iter().map(|x| x.title.clone()).collect(),
        sets: sets.collect(),
    }
}

impl Teller<'_> {
    fn pick(&self, t: Text) -> String {
        t.get(self.lang).to_string()
    }

    fn comma(&self) -> &'static str {
        if self.lang == Lang::Zh { "、" } else { ", " }
    }

    fn actor(&self, code: &str) -> String {
        actor_title(self.p, self.schema, code).get(self.lang).to_string()
    }

    /// Alternatives of one stand together.
    fn actors(&self, list: &[Vec<String>]) -> String {
        let or = if self.lang == Lang::Zh { "或" } else { " or " };
        let each: Vec<String> = list.iter().map(|a| a.iter().map(|c| self.actor(c)).collect::<Vec<_>>().join(or)).collect();
        each.join(self.comma())
    }

    fn event(&self, id: &str) -> String {
        let title = self.p.event(id).map_or_else(|| Text::same(id), |i| self.p.events[i].title.clone());
        let (zh, en) = (title.zh, title.en);
        self.pick(say!("“{zh}”", "“{en}”"))
    }

    fn events(&self, list: &[Src]) -> String {
        list.iter().map(|s| self.event(&s.text)).collect::<Vec<_>>().join(self.comma())
    }

    /// What a command calls the instance.
    fn place(&self) -> &'static str {
        match (self.o.scope, self.lang) {
            (Scope::Casebook, _) => ".",
            // A team is found through any of its cases.
            (Scope::Case | Scope::Team, Lang::Zh) => "轮次/单位",
            (Scope::Case | Scope::Team, Lang::En) => "ROUND/UNIT",
            (_, Lang::Zh) => "轮次",
            (_, Lang::En) => "ROUND",
        }
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

    /// What it looks at: in words, and the files.
    fn looks(&self, path: Option<&Path>) -> (Vec<String>, Vec<String>) {
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
            what = self.pick(say!("{what}({zh})", "{what} ({en})"));
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

    fn rule(&self, expr: Option<&Expr>) -> Vec<String> {
        let long = self.pick(say!("（条件较长，见下面的表达式）", "(too long for a sentence: see the expression)"));
        let Some(expr) = expr else { return Vec::new() };
        let mut said: Vec<String> = expr.words(&self.names, self.lang).into_iter().map(|w| w.unwrap_or_else(|| long.clone())).collect();
        said.dedup();
        said
    }

    fn demands(&self, c: &compile::Compiled) -> Vec<Demand> {
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
        rule("count", "几份", "how many", &o.count, &c.count);
        rule("per", "逐一对应", "one for each of", &o.per, &c.per);
        rule("by", "按此对应", "told apart by", &o.by, &c.by);
        rule("require", "须符合", "must hold", &o.require, &c.require);
        let mut put = |key, zh: &'static str, en: &'static str, words: String| {
            out.push(Demand { key, title: Text::new(zh, en), words: vec![words], expression: None });
        };
        if o.nil {
            let words = self.pick(say!(
                "没有的，可登记“无此情形”(nil: true)并写明原因",
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

    /// A period, a day or a parameter in words, after an event.
    fn period(&self, src: &Src, from: &str) -> Text {
        if let Some(id) = src.text.strip_prefix("param.") {
            let param = self.p.params.iter().find(|p| p.id == id);
            let title = param.map_or_else(|| Text::same(id), |p| p.title.clone());
            let value = self.config.and_then(|c| c.params.get(id)).map(|(v, _)| v.clone()).or_else(|| param.and_then(|p| p.value.clone()));
            let (zh, en) = (title.zh, title.en);
            return match value {
                Some(v) => say!("自{from}起，参数“{zh}”（{v}）", "{from}, the parameter “{en}” ({v})"),
                None => {
                    let suggest = param.and_then(|p| p.suggest.clone()).unwrap_or_default();
                    say!(
                        "参数“{zh}”未设，因而不计期限；要计，在 xuncha.toml 的 [params] 中设 {id} = \"{suggest}\"(仅供参考)",
                        "the parameter “{en}” is not set, so no date is counted; to count one, set {id} = \"{suggest}\" (only a suggestion) in [params] of xuncha.toml"
                    )
                }
            };
        }
        match calendar::Rule::parse(&src.text) {
            Ok(rule) => {
                let words = rule.describe();
                let back = rule.steps().first().is_some_and(|s| s.n < 0);
                let same = rule.steps().len() == 1 && rule.steps()[0].n == 0;
                let (zh, en) = (words.zh, words.en);
                match (back, same) {
                    (_, true) => say!("{from}{zh}", "{en} as {from}"),
                    (true, _) => say!("{from}{zh}", "{en} {from}"),
                    _ => say!("自{from}起{zh}内", "within {en} {from}"),
                }
            }
            Err(_) => Text::same(&src.text),
        }
    }

    fn due(&self) -> Vec<String> {
        let Some(d) = &self.o.due else { return Vec::new() };
        let or = if self.lang == Lang::Zh { "或" } else { " or " };
        let mut from = d.from.iter().map(|s| self.event(&s.text)).collect::<Vec<_>>().join(or);
        if d.from.len() > 1 {
            from = self.pick(say!("{from}（先发生的）", "{from} (whichever is first)"));
        }
        let mut out = Vec::new();
        if let Some(rule) = &d.rule {
            let words = self.pick(self.period(rule, &from));
            out.push(format!("{words}  `{}`", rule.text));
        }
        let edge = |src: &Option<Src>, zh: &str, en: &str| {
            src.as_ref().map(|s| {
                let words = self.period(s, &from);
                let (z, e) = (words.zh, words.en);
                format!("{}  `{}`", self.pick(say!("{zh}:{z}", "{en}: {e}")), s.text)
            })
        };
        out.extend(edge(&d.opens, "最早", "opens"));
        out.extend(edge(&d.closes, "最晚", "closes"));
        if let Some(done) = &d.done {
            out.push(self.pick(say!("办结之日取自", "done on the day of")) + &format!(" `{}`", done.text));
        }
        out
    }

    fn archive(&self) -> Vec<String> {
        let Some((list, no)) = &self.o.archive else { return Vec::new() };
        let label = match list.as_str() {
            "office" => Text::new("巡察办", "the office"),
            "team" => Text::new("巡察组", "the team"),
            other => Text::same(other),
        };
        let (zh, en) = (label.zh, label.en);
        vec![self.pick(say!("{zh}归档清单第{no}项", "item {no} of the archive list of {en}"))]
    }

    /// The command or file that does it.
    fn todo(&self, c: &compile::Compiled) -> Vec<String> {
        let place = self.place();
        let mut out = Vec::new();
        if let Some(path) = &c.path {
            let kind = self.schema.kind(path.kind());
            let each = matches!(self.o.subject, Subject::Each(_));
            if kind.single {
                let id = &kind.id;
                let file = match kind.levels.first() {
                    Some(Level::Case) => say!("rounds/轮次/单位/{id}.yaml", "rounds/ROUND/UNIT/{id}.yaml"),
                    _ => say!("rounds/轮次/{id}.yaml", "rounds/ROUND/{id}.yaml"),
                };
                let file = self.pick(file);
                out.push(self.pick(say!("在 {file} 中填写", "fill in {file}")));
            } else if !each {
                let ty = path.type_filter().map(|(_, e, v)| &self.schema.en(e).values[v as usize]);
                let ty = ty.map(|v| match self.lang {
                    Lang::Zh => format!(" 类型={}", v.label.zh),
                    Lang::En => format!(" type={}", v.code),
                });
                let place = if kind.levels == [Level::Workspace] { "" } else { place };
                out.push(format!("xuncha add {} {place}{}", kind.id, ty.unwrap_or_default()).trim_end().to_string());
            }
        }
        if let Some(e) = &self.o.event
            && let Some(i) = self.p.event(&e.text)
        {
            let e = &self.p.events[i];
            let id = &e.id;
            if e.from.is_empty() {
                out.push(self.pick(say!("xuncha event {place} {id} 日期", "xuncha event {place} {id} DATE")));
            } else {
                let from = e.from.iter().map(|s| s.text.as_str()).collect::<Vec<_>>().join(self.comma());
                out.push(self.pick(say!("日期由 `{from}` 得出", "the date comes from `{from}`")));
            }
        }
        if let (Some(path), false) = (&c.path, self.o.approvals.is_empty()) {
            let file = crate::kind::json_schema::globs(self.schema, path.kind()).first().cloned().unwrap_or_default();
            let role = self.o.approvals.last().and_then(|a| a.first()).map(String::as_str).unwrap_or("");
            // A set stands for any of its roles.
            let role = self.p.sets.iter().find(|s| s.id == role).and_then(|s| s.values.first()).map_or(role, |v| v.text.as_str());
            let file = file.trim_start_matches('/');
            out.push(self.pick(say!(
                "xuncha approve {file} --role {role} --decision agreed --date 日期",
                "xuncha approve {file} --role {role} --decision agreed --date DATE"
            )));
        }
        out
    }

    fn confirm(&self) -> Vec<String> {
        let (o, place) = (self.o, self.place());
        let Some(who) = &o.confirm else {
            return vec![self.pick(say!("由记录证明，不用人工确认", "the records show it; nobody needs to confirm"))];
        };
        let title = self.actor(who);
        let first = match o.looks_at_records() {
            true => say!("记录核对之后，还须由{title}确认", "once the records are right, {title} confirms"),
            false => say!("记录看不出来，由{title}核实后确认", "no record shows it: {title} confirms"),
        };
        let id = &o.id;
        vec![self.pick(first), format!("xuncha confirm {place} {id} --by {who}")]
    }
}

fn inner(field: &Field) -> Option<crate::kind::ShapeId> {
    let mut ty = &field.ty;
    while let Type::List(item) = ty {
        ty = item;
    }
    if let Type::Map(shape) = ty { Some(*shape) } else { None }
}
