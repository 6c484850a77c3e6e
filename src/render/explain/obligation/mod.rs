//! An obligation, explained: what it demands of whom, by when, on what grounds, which records show it, how it is confirmed or waived.

mod demand;
mod due;
mod how;

use super::{View, library};
use crate::casebook::Config;
use crate::kind::Schema;
use crate::procedure::compile::{Program, actor_title};
use crate::procedure::*;
use crate::render::procedures::gate;
use crate::rule::Names;
use crate::say;
use crate::text::{Lang, Text};
use serde_json::{Value, json};

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
        Lang::Zh => format!("{title}{}，{} {}", o.cite, p.issuer, p.issued).trim_end().to_string(),
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

/// Whether a line says only that the expression behind it is too long for a sentence.
pub fn points_at_expression(line: &str) -> bool {
    let long = demand::too_long();
    line == long.zh || line == long.en
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
}
