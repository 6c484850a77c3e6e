//! How proposed teams are printed, and why none can be proposed.

use super::{json, md, rows, table};
use crate::kind::Schema;
use crate::people::bars::Context;
use crate::people::propose::{Effect, Impossible, Placed, Plan};
use crate::say;
use crate::text::{Format, Lang, Text};
use anyhow::Result;
use serde_json::{Value, json};
use std::io::Write;

/// What is shown.
pub struct View<'v> {
    /// People, rounds, rules.
    pub ctx: &'v Context<'v>,
    /// The kinds.
    pub schema: &'v Schema,
    /// The seed.
    pub seed: u64,
    /// The reader's language.
    pub lang: Lang,
}

/// So many names of people a rule keeps out fit a table; programs get all.
const NAMED: usize = 12;

impl View<'_> {
    fn word(&self, text: Text) -> String {
        text.get(self.lang).to_string()
    }

    fn label(&self, set: &str, code: &str) -> String {
        self.word(self.schema.value_label(set, code))
    }

    fn join(&self, parts: &[String]) -> String {
        parts.join(if self.lang == Lang::Zh { "、" } else { ", " })
    }

    /// The teams.
    pub fn teams(&self, out: &mut dyn Write, format: Format, plans: &[Plan], width: usize) -> Result<()> {
        let members = || plans.iter().flat_map(|p| p.members.iter().map(move |m| (p, m)));
        match format {
            Format::Json => json::write(out, &json!({"seed": self.seed, "teams": plans.iter().map(|p| self.json(p)).collect::<Vec<_>>()})),
            Format::Csv => {
                let lines = members().map(|(p, m)| [vec![p.id.clone(), p.cases.join(" ")], self.row(m)].concat()).collect();
                let head = self.head();
                let team = if self.lang == Lang::Zh { ["巡察组", "案卷"] } else { ["team", "cases"] };
                let head: Vec<&str> = team.into_iter().chain(head).collect();
                rows(format, out, &head, lines, || Value::Null, width)
            }
            _ => {
                for (i, p) in plans.iter().enumerate() {
                    if i > 0 {
                        writeln!(out)?;
                    }
                    let units: Vec<String> = p.units.iter().map(|u| self.ctx.pool.unit_name(u).to_string()).collect();
                    let title = format!("{}  {}", p.id, self.join(&units));
                    let lines = p.members.iter().map(|m| self.row(m));
                    match format {
                        Format::Md => {
                            writeln!(out, "## {}\n", md::inline(&title))?;
                            md::write(out, &self.head(), lines)?;
                        }
                        _ => {
                            let text = table::sparing(&self.head(), lines.collect(), width, &[0, 1, 2, 3, 4], &[5, 4, 3], self.lang);
                            writeln!(out, "{}\n\n{text}", crate::text::safe(&title))?;
                        }
                    }
                    for c in &p.cautions {
                        writeln!(out, "\n{}", md::inline(c.get(self.lang)))?;
                    }
                }
                Ok(())
            }
        }
    }

    fn head(&self) -> [&'static str; 8] {
        match self.lang {
            Lang::Zh => ["职务", "编号", "姓名", "来源系统", "出生年份", "专业特长", "理由", "提醒"],
            Lang::En => ["post", "person", "name", "system", "born", "specialty", "why", "caution"],
        }
    }

    fn row(&self, m: &Placed) -> Vec<String> {
        let p = &self.ctx.pool.people[m.person];
        let sep = if self.lang == Lang::Zh { "；" } else { "; " };
        let said = |list: Vec<&Text>| list.into_iter().map(|t| t.get(self.lang)).collect::<Vec<_>>().join(sep);
        vec![
            self.label("member_role", &m.role),
            p.id.clone(),
            p.name.clone(),
            if p.system.is_empty() { String::new() } else { self.label("source_system", &p.system) },
            p.birth.map(|b| b.to_string()).unwrap_or_default(),
            self.join(&p.specialty),
            said(m.why.iter().collect()),
            said(m.bars.iter().map(|b| &b.fact).collect()),
        ]
    }

    fn json(&self, plan: &Plan) -> Value {
        let member = |m: &Placed| {
            let p = &self.ctx.pool.people[m.person];
            let why: Vec<&str> = m.why.iter().map(|t| t.get(self.lang)).collect();
            let cautions: Vec<Value> = m
                .bars
                .iter()
                .map(|b| json!({"rule": self.ctx.rules.rules[b.rule].id, "fact": b.fact.get(self.lang), "file": b.file}))
                .collect();
            json!({"person": p.id, "name": p.name, "role": m.role, "system": p.system, "birth_year": p.birth, "specialty": p.specialty, "why": why, "cautions": cautions})
        };
        let cautions: Vec<&str> = plan.cautions.iter().map(|t| t.get(self.lang)).collect();
        json!({
            "team": plan.id, "no": plan.no, "cases": plan.cases, "units": plan.units,
            "members": plan.members.iter().map(member).collect::<Vec<_>>(), "cautions": cautions,
        })
    }

    /// Why there are none.
    pub fn impossible(&self, out: &mut dyn Write, format: Format, why: &Impossible, width: usize) -> Result<()> {
        let rule = |i: usize| &self.ctx.rules.rules[i];
        let people = self.ctx.pool.people.len();
        if why.empty.is_empty() && matches!(format, Format::Table | Format::Md) {
            let seats = why.seats;
            let text = say!(
                "组不成：{seats} 个席位，人才库一共 {people} 人。减少组数或每组人数，或补充人才库。",
                "Not possible: {seats} seats, and {people} people in the register. Fewer or smaller teams, or more people."
            );
            return Ok(writeln!(out, "{}", self.word(text))?);
        }
        let names = |e: &Effect, most: usize| -> Vec<String> {
            e.removes.iter().take(most).map(|(p, _)| self.ctx.pool.people[*p].id.clone()).collect()
        };
        if matches!(format, Format::Table | Format::Md) {
            let mut groups: Vec<(&(String, String), usize)> = Vec::new();
            for seat in &why.empty {
                match groups.last_mut() {
                    Some((last, n)) if *last == seat => *n += 1,
                    _ => groups.push((seat, 1)),
                }
            }
            let empty: Vec<String> = groups.iter().map(|((t, r), n)| format!("{t} {} {n}", self.label("member_role", r))).collect();
            let (all, n, list) = (why.seats, why.empty.len(), self.join(&empty));
            writeln!(
                out,
                "{}",
                self.word(say!(
                    "组不成：{all} 个席位至少有 {n} 个没有人可坐，如 {list}。",
                    "Not possible: at least {n} of {all} seats stay empty, as {list}."
                ))
            )?;
            let titles = |zh: bool| {
                let title = |r: &usize| if zh { format!("“{}”", rule(*r).title.zh) } else { format!("“{}”", rule(*r).title.en) };
                let set = |set: &Vec<usize>| set.iter().map(title).collect::<Vec<_>>().join(if zh { "和" } else { " and " });
                why.relax.iter().map(set).collect::<Vec<_>>().join(if zh { "，或" } else { ", or " })
            };
            let (zh, en) = (titles(true), titles(false));
            let told = match why.relax.is_empty() {
                true => say!(
                    "全部规则都放开，人也不够：减少组数或每组人数，或补充人才库。",
                    "Even with every rule dropped there are too few people: fewer or smaller teams, or more people."
                ),
                false => say!(
                    "放开{zh}才组得成；不能放开的，补充人才库，或减少组数、人数。",
                    "It becomes possible without {en}; where that cannot be: more people, or fewer or smaller teams."
                ),
            };
            writeln!(out, "{}\n", self.word(told))?;
        }
        let head = match self.lang {
            Lang::Zh => ["规则", "放开后的空席", "只因它不能来的人", "依据"],
            Lang::En => ["rule", "empty without it", "whom only it keeps out", "cite"],
        };
        let row = |e: &Effect| {
            let mut people = self.join(&names(e, NAMED));
            let n = e.removes.len();
            if n > NAMED {
                people.push_str(&self.word(say!(" 等 {n} 人", " and others, {n} in all")));
            }
            vec![self.word(rule(e.rule).title.clone()), e.without.to_string(), people, self.word(rule(e.rule).cite.clone())]
        };
        let one = |e: &Effect| {
            let removes: Vec<Value> = e
                .removes
                .iter()
                .map(|(p, b)| json!({"person": self.ctx.pool.people[*p].id, "fact": b.fact.get(self.lang), "file": b.file}))
                .collect();
            json!({"rule": rule(e.rule).id, "empty_without": e.without, "removes": removes, "cite": rule(e.rule).cite.get(self.lang)})
        };
        let value = || {
            let relax: Vec<Vec<&str>> = why.relax.iter().map(|l| l.iter().map(|r| rule(*r).id.as_str()).collect()).collect();
            let empty: Vec<Value> = why.empty.iter().map(|(t, r)| json!({"team": t, "role": r})).collect();
            json!({"possible": false, "seats": why.seats, "people": people, "empty": empty, "rules": why.effects.iter().map(one).collect::<Vec<_>>(), "relax": relax})
        };
        rows(format, out, &head, why.effects.iter().map(row).collect(), value, width)
    }
}
