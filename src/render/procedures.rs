//! Procedures as they are printed: the list, one with its stages and obligations, the differences of two.

use crate::casebook::Config;
use crate::kind::Schema;
use crate::procedure::compile::actor_title as actor;
use crate::procedure::diff::{Change, Entry, Key};
use crate::procedure::{Gate, Obligation, Origin, Param, Procedure, Scope, Strength, Subject};
use crate::say;
use crate::text::{Lang, Text, safe};
use serde_json::Value;

impl Strength {
    /// The name in both languages.
    pub fn title(self) -> Text {
        match self {
            Strength::Must => Text::new("必须", "must"),
            Strength::Should => Text::new("一般应", "should"),
            Strength::May => Text::new("可以", "may"),
        }
    }
}

impl Origin {
    /// The name in both languages.
    pub fn title(self) -> Text {
        match self {
            Origin::Binding => Text::new("文件明文", "the document says so"),
            Origin::Derived => Text::new("由文件推出", "it follows from the document"),
            Origin::Local => Text::new("本办自定", "the office says so"),
        }
    }
}

impl Scope {
    /// The name in both languages.
    pub fn title(self) -> Text {
        match self {
            Scope::Casebook => Text::new("整个案卷", "the casebook"),
            Scope::Round => Text::new("每轮次", "each round"),
            Scope::Team => Text::new("每巡察组", "each team"),
            Scope::Case => Text::new("每个被巡察对象", "each case"),
        }
    }
}

/// The headings of the list.
pub fn list_head(lang: Lang) -> [&'static str; 6] {
    match lang {
        Lang::Zh => ["编号", "名称", "发布", "日期", "事项", "出处"],
        Lang::En => ["id", "title", "issuer", "issued", "obligations", "file"],
    }
}

/// A row a procedure.
pub fn list_rows(list: &[Procedure], lang: Lang) -> Vec<Vec<String>> {
    let row = |p: &Procedure| {
        let n = p.obligations.len().to_string();
        vec![p.id.clone(), p.title.get(lang).into(), p.issuer.clone(), p.issued.clone(), n, p.file.clone()]
    };
    list.iter().map(row).collect()
}

/// The list for programs.
pub fn list_json(list: &[Procedure], lang: Lang) -> Value {
    let one = |p: &Procedure| {
        serde_json::json!({
            "id": p.id, "title": p.title.get(lang), "issuer": p.issuer, "issued": p.issued, "extends": p.extends,
            "superseded": p.superseded.as_ref().map(|s| s.get(lang)), "obligations": p.obligations.len(), "file": p.file,
        })
    };
    list.iter().map(one).collect()
}

/// The headings of obligations.
pub fn head(lang: Lang) -> [&'static str; 9] {
    match lang {
        Lang::Zh => ["事项", "依据", "阶段", "强度", "来源", "范围", "责任", "要求", "期限"],
        Lang::En => ["id", "cite", "stage", "strength", "origin", "scope", "who", "what", "due"],
    }
}

/// A row an obligation.
pub fn row(p: &Procedure, schema: &Schema, o: &Obligation, lang: Lang) -> Vec<String> {
    let due = o.due.as_ref().map(|d| {
        let from: Vec<&str> = d.from.iter().map(|s| s.text.as_str()).collect();
        let parts =
            [from.join("|"), [&d.rule, &d.opens, &d.closes].into_iter().flatten().map(|s| s.text.as_str()).collect::<Vec<_>>().join("..")];
        parts.into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>().join(" ")
    });
    vec![
        o.id.clone(),
        o.cite.clone(),
        p.stages[o.stage].title.get(lang).into(),
        o.strength.title().get(lang).into(),
        o.origin.title().get(lang).into(),
        o.scope.title().get(lang).into(),
        actor(p, schema, &o.actor).get(lang).into(),
        o.text.get(lang).into(),
        due.unwrap_or_default(),
    ]
}

/// What an office has made of a parameter.
fn setting(param: &Param, config: Option<&Config>) -> Text {
    let own = config.and_then(|c| c.params.get(&param.id)).map(|(v, _)| v.clone());
    match (own, &param.value, &param.suggest) {
        (Some(v), ..) => say!("本办设为 {v}", "set to {v} by the office"),
        (None, Some(v), _) => say!("规程设为 {v}", "set to {v} by the procedure"),
        (None, None, Some(s)) => say!("未设（可参考 {s}）", "not set (others use {s})"),
        (None, None, None) => say!("未设", "not set"),
    }
}

/// A section of the whole: its heading, and a table.
struct Part {
    title: String,
    head: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

fn facts(p: &Procedure, lang: Lang) -> Vec<(Text, String)> {
    let comma = if lang == Lang::Zh { "；" } else { "; " };
    let (id, title) = (&p.id, p.title.get(lang));
    let mut facts = vec![(Text::new("名称", "title"), format!("{title} ({id})"))];
    let mut add = |zh: &'static str, en: &'static str, s: &str| {
        if !s.is_empty() {
            facts.push((Text::new(zh, en), s.to_string()));
        }
    };
    add("发布", "issuer", &p.issuer);
    add("日期", "issued", &p.issued);
    add("依据", "basis", &p.basis.join(comma));
    add("沿用", "extends", p.extends.as_deref().unwrap_or(""));
    add("现状", "status", p.superseded.as_ref().map_or("", |s| s.get(lang)));
    add("出处", "file", &p.file);
    let (n, e) = (p.obligations.len(), p.events.len());
    add("规模", "size", say!("{n}个事项，{e}个事件", "{n} obligations, {e} events").get(lang));
    facts
}

fn parts(p: &Procedure, schema: &Schema, config: Option<&Config>, lang: Lang) -> Vec<Part> {
    let pick = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    let mut out = vec![
        Part {
            title: pick("阶段", "Stages").into(),
            head: vec![
                pick("编号", "id"),
                pick("名称", "title"),
                pick("之后", "next"),
                pick("事项", "obligations"),
                pick("关口", "gate"),
                pick("记录种类", "kinds"),
            ],
            rows: p.stages.iter().enumerate().map(|(i, _)| stage(p, schema, i, lang)).collect(),
        },
        Part {
            title: pick("事件", "Events").into(),
            head: vec![pick("编号", "id"), pick("名称", "title"), pick("范围", "scope"), pick("日期来自", "dated by")],
            rows: p
                .events
                .iter()
                .map(|e| {
                    let from: Vec<&str> = e.from.iter().map(|s| s.text.as_str()).collect();
                    let mut from = from.join(" | ");
                    if from.is_empty() {
                        from = pick("用 xuncha event 记录", "recorded with xuncha event").into();
                    }
                    if e.last {
                        from.push_str(pick("（取最晚）", " (the last)"));
                    }
                    vec![e.id.clone(), e.title.get(lang).into(), e.scope.title().get(lang).into(), from]
                })
                .collect(),
        },
    ];
    if !p.params.is_empty() {
        out.push(Part {
            title: pick("参数", "Parameters").into(),
            head: vec![pick("编号", "id"), pick("名称", "title"), pick("值", "value")],
            rows: p.params.iter().map(|x| vec![x.id.clone(), x.title.get(lang).into(), setting(x, config).get(lang).into()]).collect(),
        });
    }
    for (i, s) in p.stages.iter().enumerate() {
        let rows: Vec<Vec<String>> = p
            .obligations
            .iter()
            .filter(|o| o.stage == i)
            .map(|o| {
                let who = actor(p, schema, &o.actor);
                vec![o.id.clone(), o.cite.clone(), o.strength.title().get(lang).into(), who.get(lang).into(), o.text.get(lang).into()]
            })
            .collect();
        if rows.is_empty() {
            continue;
        }
        let (title, n) = (s.title.get(lang), rows.len());
        out.push(Part {
            title: say!("事项：{title}（{n}）", "Obligations: {title} ({n})").get(lang).into(),
            head: vec![pick("事项", "id"), pick("依据", "cite"), pick("强度", "strength"), pick("责任", "who"), pick("要求", "what")],
            rows,
        });
    }
    out
}

fn stage(p: &Procedure, schema: &Schema, i: usize, lang: Lang) -> Vec<String> {
    let s = &p.stages[i];
    let titles: Vec<&str> = s.next.iter().map(|n| p.stages[*n].title.get(lang)).collect();
    let mut next = titles.join(if lang == Lang::Zh { "、" } else { ", " });
    if titles.len() > 1 {
        next.push_str(if lang == Lang::Zh { "（并行）" } else { " (side by side)" });
    }
    let kinds: Vec<&str> =
        s.kinds.iter().map(|k| schema.find_kind(&k.text).map_or(k.text.as_str(), |id| schema.kind(id).title.get(lang))).collect();
    let gated = p.obligations.iter().filter(|o| o.stage == i).count().to_string();
    let blocking = p.obligations.iter().filter(|o| o.blocks(i)).count().to_string();
    vec![s.id.clone(), s.title.get(lang).into(), next, gated, blocking, kinds.join(if lang == Lang::Zh { "、" } else { ", " })]
}

/// The whole procedure for a terminal.
pub fn text(p: &Procedure, schema: &Schema, config: Option<&Config>, lang: Lang, width: usize) -> String {
    let mut out = super::facts(&facts(p, lang), lang);
    for part in parts(p, schema, config, lang) {
        out.push_str(&format!("\n{}\n\n{}\n", safe(&part.title), super::table::table(&part.head, part.rows.into_iter(), width)));
    }
    out
}

/// The whole procedure as Markdown.
pub fn markdown(out: &mut dyn std::io::Write, p: &Procedure, schema: &Schema, config: Option<&Config>, lang: Lang) -> anyhow::Result<()> {
    writeln!(out, "# {}\n", super::md::inline(p.title.get(lang)))?;
    for (name, value) in facts(p, lang) {
        writeln!(out, "- {}: {}", name.get(lang), super::md::inline(&value))?;
    }
    for part in parts(p, schema, config, lang) {
        writeln!(out, "\n## {}\n", super::md::inline(&part.title))?;
        super::md::write(out, &part.head, part.rows.into_iter())?;
    }
    Ok(())
}

/// Where an obligation's gate stands, in words.
pub fn gate(p: &Procedure, o: &Obligation) -> Text {
    match o.gate {
        Gate::None => Text::new("不设关口", "no gate waits for it"),
        Gate::Stage(i) => {
            let title = &p.stages[i].title;
            let (zh, en) = (&title.zh, &title.en);
            if o.blocks(i) {
                say!("办结之前不能离开“{zh}”", "“{en}” cannot be left before it is done")
            } else {
                say!("离开“{zh}”时提醒，不阻止", "said when “{en}” is left; it stops nobody")
            }
        }
    }
}

/// What an obligation looks at, as its data file says it.
pub fn subject(o: &Obligation) -> Option<&str> {
    match &o.subject {
        Subject::Scope => None,
        Subject::Artifact(s) | Subject::Each(s) => Some(&s.text),
    }
}

/// A value on one line: texts without quotes.
fn plain(v: &Option<Value>) -> String {
    match v {
        None => String::new(),
        Some(Value::String(s)) => s.clone(),
        Some(Value::Array(a)) => a.iter().map(|v| plain(&Some(v.clone()))).collect::<Vec<_>>().join(", "),
        Some(v) => v.to_string(),
    }
}

/// The headings of differences.
pub fn diff_head(lang: Lang) -> [&'static str; 7] {
    match lang {
        Lang::Zh => ["类别", "编号", "依据", "变化", "键", "旧", "新"],
        Lang::En => ["section", "id", "cite", "change", "key", "old", "new"],
    }
}

/// A row a changed key; one for what is added or struck.
pub fn diff_rows(diff: &[Entry], lang: Lang) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for e in diff {
        let row = |key: &str, old: String, new: String| {
            let cite = e.cite.clone().unwrap_or_default();
            let (section, change) = (e.section.title(), e.change.title());
            vec![section.get(lang).into(), e.id.clone(), cite, change.get(lang).into(), key.to_string(), old, new]
        };
        match e.change {
            Change::Added => rows.push(row("", String::new(), e.title.get(lang).into())),
            Change::Struck => rows.push(row("", e.title.get(lang).into(), String::new())),
            Change::Changed => rows.extend(e.keys.iter().map(|k| row(&k.key, plain(&k.old), plain(&k.new)))),
        }
    }
    rows
}

/// Whether a key is for readers of that language: a wording in the other one is left out where both changed.
fn spoken(k: &Key, all: &[Key], lang: Lang) -> bool {
    let (own, other) = match lang {
        Lang::Zh => (".zh", ".en"),
        Lang::En => (".en", ".zh"),
    };
    let Some(stem) = k.key.strip_suffix(other) else { return true };
    !all.iter().any(|x| x.key.strip_suffix(own) == Some(stem))
}

/// The differences for a terminal, to be printed on paper as well: no colour, no table wider than the words.
pub fn diff_text(a: &Procedure, b: &Procedure, diff: &[Entry], lang: Lang) -> String {
    let name = |p: &Procedure| format!("{} ({})", p.title.get(lang), p.file);
    let mut out = super::facts(&[(Text::new("旧", "old"), name(a)), (Text::new("新", "new"), name(b))], lang);
    let count = |c| diff.iter().filter(|e| e.change == c).count();
    let (added, struck, changed) = (count(Change::Added), count(Change::Struck), count(Change::Changed));
    let line = match diff.is_empty() {
        true => say!("两者没有不同", "the two do not differ"),
        false => say!("增加{added}项，删去{struck}项，改动{changed}项", "{added} added, {struck} struck, {changed} changed"),
    };
    out.push_str(&format!("\n{}\n", line.get(lang)));
    let mut section = None;
    for e in diff {
        if section != Some(e.section) {
            section = Some(e.section);
            out.push_str(&format!("\n{}\n", e.section.title().get(lang)));
        }
        let sign = match e.change {
            Change::Added => '+',
            Change::Struck => '-',
            Change::Changed => '~',
        };
        let parts = [e.id.as_str(), e.cite.as_deref().unwrap_or(""), e.title.get(lang)];
        let line: Vec<&str> = parts.into_iter().filter(|s| !s.is_empty()).collect();
        out.push_str(&format!("{sign} {}\n", safe(&line.join("  "))));
        for k in e.keys.iter().filter(|k| spoken(k, &e.keys, lang)) {
            let none = Text::new("（无）", "(none)");
            let side = |v: &Option<Value>| if v.is_none() { none.get(lang).to_string() } else { plain(v) };
            let (old, new) = (side(&k.old), side(&k.new));
            let (was, is) = (Text::new("旧", "old"), Text::new("新", "new"));
            if crate::text::width(&old) + crate::text::width(&new) <= 50 {
                out.push_str(&format!("    {}: {} → {}\n", k.key, safe(&old), safe(&new)));
            } else {
                out.push_str(&format!("    {}\n      {} {}\n      {} {}\n", k.key, was.get(lang), safe(&old), is.get(lang), safe(&new)));
            }
        }
    }
    out
}
