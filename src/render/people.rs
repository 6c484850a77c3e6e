//! How the pool of people is printed: turns, facts against a unit, one person, what came again over the rounds.

use super::{facts, json, md, table, whole_rows};
use crate::kind::Schema;
use crate::people::bars::{Bar, Context, Target};
use crate::people::history::Person;
use crate::people::propose::turns;
use crate::people::rotation::{Repeat, What};
use crate::people::rules::Strength;
use crate::say;
use crate::text::{Format, Lang, Text};
use anyhow::Result;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;

/// What is shown.
pub struct View<'v> {
    /// People, rounds, rules.
    pub ctx: &'v Context<'v>,
    /// The kinds.
    pub schema: &'v Schema,
    /// Code of the only pool that is shown.
    pub pool: Option<&'v str>,
    /// The reader's language.
    pub lang: Lang,
}

impl View<'_> {
    fn word(&self, text: Text) -> String {
        text.get(self.lang).to_string()
    }

    fn label(&self, set: &str, code: &str) -> String {
        if code.is_empty() {
            return String::new();
        }
        self.word(self.schema.value_label(set, code))
    }

    fn join(&self, parts: &[String]) -> String {
        parts.join(if self.lang == Lang::Zh { "、" } else { ", " })
    }

    fn people(&self) -> impl Iterator<Item = &Person> {
        self.ctx.pool.people.iter().filter(|p| self.pool.is_none_or(|c| p.pool == c))
    }

    /// The difficulties of a person: code and words.
    fn flags(&self, p: &Person) -> Vec<(&'static str, String)> {
        let mut out = Vec::new();
        let mut add = |is: bool, code: &'static str, text: Text| {
            if is {
                out.push((code, text.get(self.lang).to_string()));
            }
        };
        add(p.active == Some(false), "inactive", say!("不在库", "not in the pool"));
        add(p.qualified == Some(false), "unqualified", say!("不胜任", "not qualified"));
        add(p.vetted.is_none(), "unvetted", say!("无入库审查", "no vetting"));
        add(p.vetted == Some(false), "vetting_failed", say!("入库审查不合格", "vetting failed"));
        add(p.staffing == "borrowed", "borrowed", say!("借用", "borrowed"));
        add(p.detached == Some(false), "not_detached", say!("未脱产", "not detached"));
        add(p.trained.is_empty(), "untrained", say!("未培训", "untrained"));
        out
    }

    fn last(&self, p: &Person) -> String {
        let last = p.served.last().map(|s| self.ctx.pool.rounds[s.round].name.clone());
        match (last, turns(self.ctx, p).1) {
            (Some(name), Some(n)) => self.word(say!("{name}（{n} 轮前）", "{name} ({n} ago)")),
            _ => String::new(),
        }
    }

    fn declined(p: &Person) -> usize {
        p.swaps.iter().filter(|s| s.reason == "declined").count()
    }

    /// The whole pool.
    pub fn all(&self, out: &mut dyn Write, format: Format, width: usize) -> Result<()> {
        let zh = self.lang == Lang::Zh;
        let head = match zh {
            true => ["编号", "姓名", "入库类别", "所在单位", "来源系统", "参加轮次", "上次", "推辞", "培训", "情况"],
            false => ["person", "name", "pool", "unit", "system", "rounds", "last", "declined", "trainings", "difficulties"],
        };
        let row = |p: &Person| {
            let flags: Vec<String> = self.flags(p).into_iter().map(|f| f.1).collect();
            vec![
                p.id.clone(),
                p.name.clone(),
                self.label("person_pool", &p.pool),
                self.ctx.pool.unit_name(&p.unit).to_string(),
                self.label("source_system", &p.system),
                turns(self.ctx, p).0.to_string(),
                self.last(p),
                Self::declined(p).to_string(),
                p.trained.len().to_string(),
                self.join(&flags),
            ]
        };
        if matches!(format, Format::Table | Format::Md) {
            let about = self.about();
            match format {
                Format::Md => {
                    for (name, value) in &about {
                        writeln!(out, "- {}: {}", name.get(self.lang), md::inline(value))?;
                    }
                }
                _ => write!(out, "{}", facts(&about, self.lang))?,
            }
            writeln!(out)?;
        }
        if format == Format::Table {
            let text = table::sparing(&head, self.people().map(row).collect(), width, &[0, 1, 2, 4, 6], &[4, 3, 2, 7, 8], self.lang);
            return Ok(writeln!(out, "{text}")?);
        }
        let value = || json!({"pools": self.counts().1, "difficulties": self.counts().0, "people": self.people().map(|p| self.json(p)).collect::<Vec<_>>()});
        whole_rows(format, out, &head, self.people().map(row).collect(), value, width, &[0, 1, 2, 4, 6])
    }

    /// How many have each difficulty, and how many each pool has at present; of those in the pool.
    fn counts(&self) -> (BTreeMap<&'static str, usize>, BTreeMap<String, usize>) {
        let (mut flags, mut pools) = (BTreeMap::new(), BTreeMap::new());
        for p in self.people().filter(|p| p.active != Some(false)) {
            *pools.entry(p.pool.clone()).or_default() += 1;
            self.flags(p).into_iter().for_each(|(code, _)| *flags.entry(code).or_default() += 1);
        }
        (flags, pools)
    }

    fn about(&self) -> Vec<(Text, String)> {
        let (flags, pools) = self.counts();
        let codes = ["leader", "deputy", "liaison", "staff"];
        let pools: Vec<String> =
            codes.iter().filter_map(|c| Some(format!("{} {}", self.label("person_pool", c), pools.get(*c)?))).collect();
        let of = |code: &str| flags.get(code).copied().unwrap_or(0);
        let (borrowed, attached, untrained) = (of("borrowed"), of("not_detached"), of("untrained"));
        let difficulties = self.word(say!(
            "借用 {borrowed}（HA-08-01），未脱产 {attached}（HA-08-05），未培训 {untrained}（HA-08-04）",
            "borrowed {borrowed} (HA-08-01), not detached {attached} (HA-08-05), untrained {untrained} (HA-08-04)"
        ));
        vec![(say!("在库", "in the pool"), self.join(&pools)), (say!("困难", "difficulties"), difficulties)]
    }

    fn json(&self, p: &Person) -> Value {
        let round = |n: usize| self.ctx.pool.rounds[n].name.clone();
        let day = |d: Option<chrono::NaiveDate>| d.map(|d| d.to_string());
        let served: Vec<Value> = p
            .served
            .iter()
            .map(|s| json!({"round": round(s.round), "team": s.team, "role": s.role, "units": s.units, "left": s.left, "file": s.file}))
            .collect();
        let trained: Vec<Value> = p.trained.iter().map(|m| json!({"round": round(m.round), "on": day(m.day), "file": m.file})).collect();
        let recusals: Vec<Value> = p
            .recusals
            .iter()
            .map(|r| {
                json!({
                    "round": round(r.mark.round), "on": day(r.mark.day), "unit": r.unit, "ground": r.ground, "objected": r.objected,
                    "kept": r.kept, "replacement": r.replacement, "decided_by": r.decided_by, "file": r.mark.file,
                })
            })
            .collect();
        let swaps: Vec<Value> = p
            .swaps
            .iter()
            .map(|s| json!({"round": round(s.mark.round), "on": day(s.mark.day), "reason": s.reason, "replacement": s.replacement, "file": s.mark.file}))
            .collect();
        let flags: Vec<&str> = self.flags(p).into_iter().map(|f| f.0).collect();
        let (n, ago) = turns(self.ctx, p);
        json!({
            "person": p.id, "name": p.name, "pool": p.pool, "unit": p.unit, "system": p.system, "staffing": p.staffing, "birth_year": p.birth,
            "specialty": p.specialty, "rounds": n, "rounds_ago": ago, "declined": Self::declined(p), "served": served, "trainings": trained,
            "recusals": recusals, "changes": swaps, "difficulties": flags, "file": p.file,
        })
    }

    /// Who may not go to a unit; gives how many.
    pub fn unit(&self, out: &mut dyn Write, format: Format, unit: &str, width: usize) -> Result<usize> {
        let target = Target::new(self.ctx.pool, &[unit.to_string()]);
        let (mut lines, mut values, mut out_of) = (Vec::new(), Vec::new(), 0);
        for p in self.people().filter(|p| p.active != Some(false)) {
            // The same bar for several posts is one line.
            let mut met: Vec<(Bar, Vec<&str>)> = Vec::new();
            for seat in self.ctx.rules.seats.iter().filter(|s| s.pools.contains(&p.pool)) {
                for bar in self.ctx.of_unit(p, &seat.role, &target) {
                    match met.iter_mut().find(|(b, _)| b.rule == bar.rule && b.fact == bar.fact) {
                        Some((_, roles)) => roles.push(&seat.role),
                        None => met.push((bar, vec![&seat.role])),
                    }
                }
            }
            // A weaker rule adds nothing where a hard one speaks.
            if met.iter().any(|(b, _)| self.ctx.hard(b)) {
                out_of += 1;
                met.retain(|(b, _)| self.ctx.hard(b));
            }
            for (bar, roles) in met {
                let rule = &self.ctx.rules.rules[bar.rule];
                let said: Vec<String> = roles.iter().map(|r| self.label("member_role", r)).collect();
                let hard = rule.strength == Strength::Hard;
                let verdict = if hard { say!("不能去", "may not go") } else { say!("宜避免", "better not") };
                let cells = [self.word(verdict), self.join(&said), self.word(rule.title.clone()), self.word(bar.fact.clone())];
                lines.push(
                    [vec![p.id.clone(), p.name.clone()], cells.to_vec(), vec![bar.file.clone(), self.word(rule.cite.clone())]].concat(),
                );
                values.push(json!({
                    "person": p.id, "name": p.name, "hard": hard, "roles": roles, "rule": rule.id, "fact": bar.fact.get(self.lang),
                    "file": bar.file, "cite": rule.cite.get(self.lang),
                }));
            }
        }
        let head = match self.lang {
            Lang::Zh => ["编号", "姓名", "结论", "职务", "规则", "事实", "文件", "依据"],
            Lang::En => ["person", "name", "verdict", "posts", "rule", "fact", "file", "cite"],
        };
        let value = || json!({"unit": unit, "name": self.ctx.pool.unit_name(unit), "on": self.ctx.on.to_string(), "bars": values});
        if format != Format::Table {
            whole_rows(format, out, &head, lines, value, width, &[])?;
            return Ok(out_of);
        }
        // In a terminal the citations stand below, once each.
        let mut cites: Vec<(Text, String)> = Vec::new();
        for line in &mut lines {
            let cite = line.pop().unwrap_or_default();
            let rule = Text::same(line[4].clone());
            if !cites.iter().any(|(r, _)| *r == rule) {
                cites.push((rule, cite));
            }
        }
        // A path is folded before words are torn.
        let wide = table::needs(&head[..7], &lines, &[0, 1, 2, 6]) <= width;
        let whole: &[usize] = if wide { &[0, 1, 2, 6] } else { &[0, 1, 2] };
        writeln!(out, "{}", table::sparing(&head[..7], lines, width, whole, &[1], self.lang))?;
        if !cites.is_empty() {
            write!(out, "\n{}", facts(&cites, self.lang))?;
        }
        Ok(out_of)
    }

    /// What came again over the rounds.
    pub fn rotation(&self, out: &mut dyn Write, format: Format, list: &[Repeat], width: usize) -> Result<()> {
        let head = match self.lang {
            Lang::Zh => ["重复", "组长或组", "单位", "轮次", "程度", "文件"],
            Lang::En => ["what", "leader or team", "unit", "rounds", "weight", "files"],
        };
        let what = |w: What| match w {
            What::LeaderUnit => say!("组长与单位", "leader and unit"),
            What::LeaderRunning => say!("组长连任", "leader in rounds running"),
            What::TeamUnit => say!("组与单位", "team and unit"),
        };
        let weight = |w: What| if w == What::LeaderUnit { say!("不得", "error") } else { say!("提醒", "warning") };
        let row = |r: &Repeat| {
            let unit = if r.unit.is_empty() { String::new() } else { self.ctx.pool.unit_name(&r.unit).to_string() };
            let (rounds, files): (Vec<String>, Vec<String>) = r.times.iter().cloned().unzip();
            vec![self.word(what(r.what)), r.who.clone(), unit, self.join(&rounds), self.word(weight(r.what)), self.join(&files)]
        };
        let code = |w: What| match w {
            What::LeaderUnit => "leader_unit",
            What::LeaderRunning => "leader_running",
            What::TeamUnit => "team_unit",
        };
        let one = |r: &Repeat| {
            let times: Vec<Value> = r.times.iter().map(|(n, f)| json!({"round": n, "file": f})).collect();
            json!({"what": code(r.what), "who": r.who, "unit": r.unit, "error": r.what == What::LeaderUnit, "times": times})
        };
        let value = || json!({"repeats": list.iter().map(one).collect::<Vec<_>>(), "cite": "XH-01-1c"});
        whole_rows(format, out, &head, list.iter().map(row).collect(), value, width, &[1, 3])
    }

    /// One person, with all facts and their files.
    pub fn one(&self, out: &mut dyn Write, format: Format, p: &Person, width: usize) -> Result<()> {
        if format == Format::Json {
            return json::write(out, &self.json(p));
        }
        let round = |n: usize| self.ctx.pool.rounds[n].name.as_str();
        let day = |d: Option<chrono::NaiveDate>| d.map(|d| d.to_string()).unwrap_or_default();
        let mut lines: Vec<Vec<String>> = Vec::new();
        let mut add = |what: Text, when: String, text: String, file: &str| lines.push(vec![self.word(what), when, text, file.to_string()]);
        let who = [self.label("person_pool", &p.pool), self.label("source_system", &p.system), self.label("person_staffing", &p.staffing)];
        add(say!("入库", "pool"), String::new(), self.join(&who), &p.file);
        for (_, flag) in self.flags(p) {
            add(say!("困难", "difficulty"), String::new(), flag, &p.file);
        }
        for s in &p.served {
            let units: Vec<String> = s.units.iter().map(|u| self.ctx.pool.unit_name(u).to_string()).collect();
            let text = format!("{} {} {}", s.team, self.label("member_role", &s.role), self.join(&units));
            add(say!("参加", "served"), round(s.round).into(), text, &s.file);
        }
        for t in &p.trained {
            add(say!("培训", "training"), round(t.round).into(), day(t.day), &t.file);
        }
        for r in &p.recusals {
            let unit = r.unit.as_deref().map(|u| self.ctx.pool.unit_name(u)).unwrap_or_default().to_string();
            let ground = self.label("recusal_ground", r.ground.as_deref().unwrap_or(""));
            let (by, place) = (
                if r.objected { say!("被巡察单位提出", "raised by the unit") } else { say!("本人申报", "declared") },
                r.replacement.clone(),
            );
            let place = place.map(|p| self.word(say!("，接替 {p}", ", replaced by {p}"))).unwrap_or_default();
            let kept = if r.kept { self.word(say!("，不作调整", ", kept")) } else { String::new() };
            let text = format!("{} {unit} {ground}{kept}{place} {}", self.word(by), day(r.mark.day));
            add(say!("回避", "recusal"), round(r.mark.round).into(), text.trim().to_string(), &r.mark.file);
        }
        for s in &p.swaps {
            let text = format!(
                "{} {} {}",
                self.label("team_changes_reason", &s.reason),
                s.replacement.clone().unwrap_or_default(),
                day(s.mark.day)
            );
            add(say!("离组", "left a team"), round(s.mark.round).into(), text.trim().to_string(), &s.mark.file);
        }
        for t in &p.ties {
            let unit = t.unit.as_deref().map(|u| self.ctx.pool.unit_name(u)).or(t.place.as_deref()).unwrap_or_default().to_string();
            let text = format!("{} {unit} {} {}", self.label("recusal_ground", &t.relation), day(t.from), day(t.to));
            add(say!("关系", "tie"), String::new(), text.trim().to_string(), &p.file);
        }
        let head = match self.lang {
            Lang::Zh => ["事实", "轮次", "内容", "文件"],
            Lang::En => ["fact", "round", "what", "file"],
        };
        whole_rows(format, out, &head, lines, || Value::Null, width, &[0, 1])
    }
}
