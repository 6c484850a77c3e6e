//! What to do now: by who acts, the most urgent first, with the command that does it.

use super::due::settled;
use crate::assess::todo::{self, Act, Todo};
use crate::assess::{Assessment, CaseReport, Entry, Report, RoundReport, State, due, stage};
use crate::casebook::names::Where;
use crate::finding::{Finding, Severity};
use crate::kind::Schema;
use crate::procedure::Strength;
use crate::procedure::compile::actor_title;
use crate::say;
use crate::text::{Lang, Text, cut, list, safe};
use anyhow::Result;
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;

/// Who acts, and the steps.
type Group<'s, 'v> = (Text, Vec<&'s [&'v Todo<'v>]>);

/// Everything that is shown.
#[derive(Clone, Copy)]
pub struct View<'v> {
    /// The whole assessment.
    pub report: &'v Report,
    /// The kinds, for titles of who acts.
    pub schema: &'v Schema,
    /// What was asked about.
    pub place: &'v Where,
    /// What there is to do, in order.
    pub todos: &'v [Todo<'v>],
    /// How many steps are shown to people; all where it is none.
    pub limit: Option<usize>,
    /// What waits.
    pub waiting: &'v [Entry<'v>],
    /// The day of the run.
    pub today: NaiveDate,
    /// The reader's language.
    pub lang: Lang,
}

impl<'v> View<'v> {
    fn get(&self, text: Text) -> String {
        safe(text.get(self.lang)).into_owned()
    }

    /// The cases in the place, with their rounds.
    fn cases(&self) -> Vec<(&'v RoundReport, &'v CaseReport)> {
        let of = |r: &'v RoundReport| r.cases.iter().map(move |c| (r, c));
        self.report
            .rounds
            .iter()
            .flat_map(of)
            .filter(|(r, c)| match self.place {
                Where::Book => true,
                Where::Round(name) => r.name == *name,
                Where::Case(name, case) => r.name == *name && c.name == *case,
            })
            .collect()
    }

    /// For people.
    pub fn print(&self, out: &mut dyn Write) -> Result<()> {
        let cases = self.cases();
        if cases.len() <= 3 {
            for (round, case) in &cases {
                writeln!(out, "{}", self.get(self.about(round, case)))?;
            }
        }
        let steps = self.steps();
        let steps = &steps[..steps.len().min(self.limit.unwrap_or(usize::MAX))];
        let (total, shown) = (self.todos.len(), steps.iter().map(Vec::len).sum::<usize>());
        let overdue = self.todos.iter().filter(|t| t.entry.assessment.state == State::Overdue).count();
        let line = match (total, shown < total) {
            (0, _) => say!("眼下没有要办的事", "there is nothing to do now"),
            (_, false) => say!("要办{total}项，逾期{overdue}项", "{total} things to do, {overdue} overdue"),
            (_, true) => say!(
                "要办{total}项，逾期{overdue}项；先列最急的{shown}项",
                "{total} things to do, {overdue} overdue; the {shown} most urgent first"
            ),
        };
        writeln!(out, "{}", self.get(line))?;
        let several = cases.len() > 1;
        let mut number = 0;
        for (actor, steps) in self.by_actor(steps) {
            writeln!(out, "\n{}", self.get(actor))?;
            for step in steps {
                self.step(out, step, number + 1, several)?;
                number += step.len();
            }
        }
        self.foot(out, &cases, total - shown)
    }

    fn about(&self, round: &RoundReport, case: &CaseReport) -> Text {
        let p = &self.report.procedures[round.procedure];
        let (name, title) = (&round.name, &case.title);
        let unit = &case.name;
        let stages: Vec<&Text> = case.here().map(|s| &p.stages[s].title).collect();
        let zh = stages.iter().map(|t| t.zh.as_ref()).collect::<Vec<_>>().join("、");
        let en = stages.iter().map(|t| t.en.as_ref()).collect::<Vec<_>>().join(", ");
        match &case.team {
            Some(team) => say!("{name}/{unit}  {title}（{team}）  阶段：{zh}", "{name}/{unit}  {title} ({team})  stage: {en}"),
            None => say!("{name}/{unit}  {title}  阶段：{zh}", "{name}/{unit}  {title}  stage: {en}"),
        }
    }

    /// What one record does stands together: same command, or same file and date, and the same actor.
    fn steps(&self) -> Vec<Vec<&'v Todo<'v>>> {
        let mut steps: Vec<Vec<&'v Todo<'v>>> = Vec::new();
        for todo in self.todos {
            let at_once = |other: &Todo| other.due() == todo.due() && other.entry.assessment.state == todo.entry.assessment.state;
            let same = |other: &Todo| {
                let one = other.act == todo.act && other.entry.obligation().actor == todo.entry.obligation().actor;
                match todo.act {
                    // One new record serves all; the most urgent of them comes first and gives its date.
                    Act::Add { .. } | Act::Make { .. } => one,
                    Act::Edit { .. } => one && at_once(other),
                    _ => false,
                }
            };
            match steps.iter_mut().find(|s| same(s[0])) {
                Some(step) => step.push(todo),
                None => steps.push(vec![todo]),
            }
        }
        steps
    }

    /// Groups in the order of their most urgent step.
    fn by_actor<'s>(&self, steps: &'s [Vec<&'v Todo<'v>>]) -> Vec<Group<'s, 'v>> {
        let mut groups: Vec<(&str, Group<'s, 'v>)> = Vec::new();
        for step in steps {
            let actor = step[0].entry.obligation().actor.as_str();
            match groups.iter_mut().find(|g| g.0 == actor) {
                Some(group) => group.1.1.push(step),
                None => groups.push((actor, (self.actor(step[0]), vec![step]))),
            }
        }
        groups.into_iter().map(|(_, group)| group).collect()
    }

    fn actor(&self, todo: &Todo) -> Text {
        let actor = &todo.entry.obligation().actor;
        if actor.is_empty() { say!("未写明由谁办", "nobody named") } else { actor_title(todo.entry.procedure, self.schema, actor) }
    }

    fn step(&self, out: &mut dyn Write, step: &[&Todo], number: usize, several: bool) -> Result<()> {
        let shown = if self.limit.is_some() && step.len() > 4 { 3 } else { step.len() };
        for (i, todo) in step[..shown].iter().enumerate() {
            self.title(out, todo, number + i, several)?;
        }
        if shown < step.len() {
            let more = step.len() - shown;
            writeln!(out, "     {}", self.get(say!("……以及同一份记录里的另外{more}项", "… and {more} more in the same record")))?;
        }
        let (todo, a) = (step[0], step[0].entry.assessment);
        if let Some(when) = self.when(a) {
            writeln!(out, "     {}", self.get(when))?;
        }
        let mut said: Vec<Text> = Vec::new();
        for (text, more) in step[..shown].iter().flat_map(|t| self.lacking(t.entry.assessment)) {
            if said.contains(&text) {
                continue;
            }
            let line = cut(&self.get(text.clone()), 160);
            said.push(text);
            let more = if more > 0 { self.get(say!("（另有{more}处）", " (and {more} more)")) } else { String::new() };
            writeln!(out, "     {line}{more}")?;
        }
        let how = match (todo.act.file(), todo.act.shown(self.lang)) {
            (Some(file), _) => self.get(say!("补正 {file}", "mend {file}")),
            (None, Some(command)) => safe(&command).into_owned(),
            (None, None) => String::new(),
        };
        writeln!(out, "     → {how}")?;
        Ok(())
    }

    fn title(&self, out: &mut dyn Write, todo: &Todo, number: usize, several: bool) -> Result<()> {
        let (o, a) = (todo.entry.obligation(), todo.entry.assessment);
        let mut head = vec![format!("{number:>3}. {}", safe(o.text.get(self.lang))), o.cite.clone()];
        if several || a.instance.team.is_some() || a.instance.period.is_some() || !a.instance.case.contains('/') {
            head.push(a.instance.place(self.lang));
        }
        if o.strength != Strength::Must {
            head.push(self.get(say!("一般应办", "as a rule")));
        }
        writeln!(out, "{}", head.iter().filter(|h| !h.is_empty()).cloned().collect::<Vec<_>>().join("  "))?;
        Ok(())
    }

    fn when(&self, a: &Assessment) -> Option<Text> {
        let d = a.due.as_ref()?;
        let Some(on) = d.due else {
            let opens = d.opens?;
            return Some(say!("{opens} 起可办", "from {opens} on"));
        };
        let left = due::left((on.date - self.today).num_days());
        let mut text = say!("期限 {on}", "by {on}");
        if let Some(nominal) = d.nominal.filter(|n| *n != on) {
            let (zh, en) = (text.zh, text.en);
            text = say!("{zh}（推算期满 {nominal}）", "{en} (nominal {nominal})");
        }
        let (zh, en) = (text.zh, text.en);
        let (left_zh, left_en) = (left.zh, left.en);
        let firm = if d.settled { Text::default() } else { settled(false) };
        let (firm_zh, firm_en) = (firm.zh, firm.en);
        let gap = if firm_zh.is_empty() { "" } else { "，" };
        let gap_en = if firm_en.is_empty() { "" } else { ", " };
        Some(say!("{zh}，{left_zh}{gap}{firm_zh}", "{en}, {left_en}{gap_en}{firm_en}"))
    }

    /// What is lacking and what is wrong, the first two, and how many more there are.
    fn lacking(&self, a: &Assessment) -> Vec<(Text, usize)> {
        let mut all: Vec<&Text> = a.lacking.iter().collect();
        for f in &a.findings {
            // The finding of what is lacking says the same, with its days.
            if !all.iter().any(|l| f.message.zh.contains(l.zh.as_ref())) {
                all.push(&f.message);
            }
        }
        all.dedup();
        let more = all.len().saturating_sub(2);
        let mut out: Vec<(Text, usize)> = all.into_iter().take(2).map(|t| (t.clone(), 0)).collect();
        out.last_mut().into_iter().for_each(|last| last.1 = more);
        out
    }

    fn foot(&self, out: &mut dyn Write, cases: &[(&RoundReport, &CaseReport)], rest: usize) -> Result<()> {
        let mut lines = Vec::new();
        let name = self.place.name();
        let gap = if name.is_empty() { "" } else { " " };
        if rest > 0 {
            lines.push(say!("还有{rest}项：xuncha next{gap}{name} --all", "{rest} more: xuncha next{gap}{name} --all"));
        }
        let files = self.in_files();
        let wrong = files.iter().filter(|f| f.severity == Severity::Error).count();
        let lacking = files.len() - wrong;
        let check = match self.place {
            Where::Case(round, _) => format!(" {round}"),
            _ => format!("{gap}{name}"),
        };
        if !files.is_empty() {
            lines.push(say!(
                "记录本身有错误{wrong}处、警告{lacking}处：xuncha check{check}",
                "in the records themselves: {wrong} errors, {lacking} warnings: xuncha check{check}"
            ));
        }
        for (file, n) in todo::held(self.report, std::slice::from_ref(self.place)) {
            lines.push(say!("另有{n}项要等 {file} 改正后才能判断", "{n} more cannot be told before {file} is mended"));
        }
        if !self.waiting.is_empty() {
            lines.push(self.waits());
        }
        for command in self.awaited().into_iter().take(4) {
            lines.push(say!("发生后记录：{command}", "once it has happened: {command}"));
        }
        for (round, case, next) in self.gates(cases).into_iter().take(6) {
            let p = &self.report.procedures[round.procedure];
            let titles: Vec<&str> = next.iter().map(|s| p.stages[*s].title.get(self.lang)).collect();
            let stages = list(&titles, self.lang);
            let (round, case) = (&round.name, &case.name);
            lines.push(say!(
                "本阶段都办完后：xuncha advance {round}/{case}（进入{stages}）",
                "when this stage is done: xuncha advance {round}/{case} (to {stages})"
            ));
        }
        if !lines.is_empty() {
            writeln!(out)?;
        }
        for line in lines {
            writeln!(out, "{}", self.get(line))?;
        }
        Ok(())
    }

    /// What is wrong or lacking in files of the place, apart from obligations.
    fn in_files(&self) -> Vec<&'v Finding> {
        let name = self.place.name();
        let mine = |f: &&Finding| {
            let case = f.case.as_deref().unwrap_or_default();
            let inside = name.is_empty() || case == name || case.strip_prefix(name.as_str()).is_some_and(|c| c.starts_with('/'));
            // A case works with its round's records too.
            let above = matches!(self.place, Where::Case(round, _) if case == round);
            (inside || above) && f.severity != Severity::Info && f.waits.is_none()
        };
        self.report.findings.iter().chain(self.report.rounds.iter().flat_map(|r| &r.findings)).filter(mine).collect()
    }

    /// The stages that each case enters next.
    fn gates<'c>(&self, cases: &[(&'c RoundReport, &'c CaseReport)]) -> Vec<(&'c RoundReport, &'c CaseReport, Vec<usize>)> {
        let next = |r: &RoundReport, c: &CaseReport| stage::next(&self.report.procedures[r.procedure], &c.stages);
        cases.iter().map(|(r, c)| (*r, *c, next(r, c))).filter(|(.., n)| !n.is_empty()).collect()
    }

    /// The commands that record events for which something waits and that nothing else asks for.
    fn awaited(&self) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        for waiting in self.waiting {
            let Some(act @ Act::Event { .. }) = todo::awaited(*waiting, self.schema) else { continue };
            let command = act.shown(self.lang).unwrap_or_default();
            if !out.contains(&command) && !self.todos.iter().any(|t| t.act == act) {
                out.push(command);
            }
        }
        out
    }

    /// What waits, by the event that it waits for.
    fn waits(&self) -> Text {
        let n = self.waiting.len();
        let mut by: BTreeMap<String, (Text, usize)> = BTreeMap::new();
        for waiting in self.waiting {
            let Some(event) = waiting.assessment.awaits else { continue };
            let e = &waiting.procedure.events[event];
            by.entry(e.id.clone()).or_insert_with(|| (e.title.clone(), 0)).1 += 1;
        }
        let mut named: Vec<&(Text, usize)> = by.values().collect();
        named.sort_by_key(|(t, n)| (std::cmp::Reverse(*n), t.zh.clone()));
        let zh: Vec<String> = named.iter().take(5).map(|(t, n)| format!("{}{n}项", t.zh)).collect();
        let en: Vec<String> = named.iter().take(5).map(|(t, n)| format!("{} ({n})", t.en)).collect();
        let (zh, en) = (zh.join("、"), en.join(", "));
        if zh.is_empty() {
            return say!("另有{n}项等前一步发生后再办", "{n} more once what comes first has happened");
        }
        say!("另有{n}项等前一步发生后再办：{zh}", "{n} more once what comes first has happened: {en}")
    }

    /// For programs: everything, whatever is shown to people.
    pub fn json(&self) -> Value {
        let lang = self.lang;
        let cases = self.cases();
        let about: Vec<Value> = cases
            .iter()
            .map(|(r, c)| {
                let p = &self.report.procedures[r.procedure];
                let stages: Vec<&str> = c.here().map(|s| p.stages[s].id.as_str()).collect();
                let next: Vec<&str> = stage::next(p, &c.stages).into_iter().map(|s| p.stages[s].id.as_str()).collect();
                let name = format!("{}/{}", r.name, c.name);
                let advance = (!next.is_empty()).then(|| format!("xuncha advance {name}"));
                json!({ "case": name, "unit": c.title, "team": c.team, "stages": stages, "next": next, "advance": advance })
            })
            .collect();
        let todo: Vec<Value> = self.todos.iter().map(|t| self.todo(t)).collect();
        let waiting: Vec<Value> = self
            .waiting
            .iter()
            .map(|e| {
                let (o, a) = (e.obligation(), e.assessment);
                let act = todo::awaited(*e, self.schema);
                json!({
                    "obligation": o.id,
                    "cite": o.cite,
                    "case": a.instance.case,
                    "team": a.instance.team,
                    "title": o.text.get(lang),
                    "event": a.awaits.map(|i| &e.procedure.events[i].id),
                    "command": act.as_ref().and_then(Act::command),
                    "file": act.as_ref().and_then(Act::file),
                })
            })
            .collect();
        let records: Vec<Value> = self
            .in_files()
            .into_iter()
            .map(|f| json!({ "code": f.code, "severity": f.severity.code(), "file": f.place.file, "message": f.message.get(lang) }))
            .collect();
        json!({ "cases": about, "todo": todo, "records": records, "waiting": waiting })
    }

    fn todo(&self, t: &Todo) -> Value {
        let (o, a, lang) = (t.entry.obligation(), t.entry.assessment, self.lang);
        let lacking: Vec<String> = a.lacking.iter().map(|l| l.get(lang).to_string()).collect();
        let findings: Vec<&str> = a.findings.iter().map(|f| f.message.get(lang)).collect();
        json!({
            "obligation": o.id,
            "cite": o.cite,
            "case": a.instance.case,
            "team": a.instance.team,
            "stage": t.entry.procedure.stages[o.stage].id,
            "title": o.text.get(lang),
            "strength": o.strength,
            "actor": o.actor,
            "actor_title": self.actor(t).get(lang),
            "state": a.state.code(),
            "nominal": a.due.as_ref().and_then(|d| d.nominal),
            "due": a.due.as_ref().and_then(|d| d.due),
            "settled": a.due.as_ref().map(|d| d.settled),
            "days_left": a.due_date().map(|d| (d - self.today).num_days()),
            "lacking": lacking,
            "findings": findings,
            "act": t.act.code(),
            "command": t.act.command(),
            "file": t.act.file(),
        })
    }
}
