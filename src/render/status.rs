//! Where every case stands: a row a case and one for what is demanded of each round; of one case, its events, stages and waivers.

use super::due::settled;
use crate::assess::{Assessment, CaseReport, Progress, Report, RoundReport, State, Waived};
use crate::casebook::names::Where;
use crate::procedure::{Procedure, Scope};
use crate::say;
use crate::text::{Lang, Text, safe};
use anyhow::Result;
use chrono::NaiveDate;
use serde_json::{Map, Value, json};
use std::io::Write;

/// What is shown.
pub struct View<'v> {
    /// The whole assessment.
    pub report: &'v Report,
    /// What was asked about.
    pub place: &'v Where,
    /// The day of the run.
    pub today: NaiveDate,
    /// The reader's language.
    pub lang: Lang,
}

/// One row: a case, or what is demanded of a round and its teams.
struct Row<'v> {
    round: &'v RoundReport,
    case: Option<&'v CaseReport>,
    procedure: &'v Procedure,
    assessments: Vec<&'v Assessment>,
}

const STATES: [State; 10] = [
    State::Violated,
    State::Overdue,
    State::Late,
    State::DueSoon,
    State::Open,
    State::Waiting,
    State::Met,
    State::Confirmed,
    State::Waived,
    State::NotApplicable,
];

fn count(list: &[&Assessment], states: &[State]) -> usize {
    list.iter().filter(|a| states.contains(&a.state)).count()
}

impl<'v> Row<'v> {
    fn name(&self) -> String {
        match self.case {
            Some(c) => format!("{}/{}", self.round.name, c.name),
            None => self.round.name.clone(),
        }
    }

    fn stages(&self, lang: Lang) -> String {
        let titles = self.case.map(|c| c.here().map(|s| self.procedure.stages[s].title.get(lang)).collect::<Vec<_>>());
        titles.map_or_else(String::new, |t| t.join(if lang == Lang::Zh { "、" } else { ", " }))
    }

    /// The next date that is still to be kept: an overdue one first.
    fn next(&self) -> Option<&'v Assessment> {
        let pending = self.assessments.iter().filter(|a| a.is_pending() && a.due_date().is_some());
        pending.min_by_key(|a| (a.due_date(), a.obligation)).copied()
    }

    /// Its own, its round's and the casebook's: all that it can see.
    fn waivers(&self) -> Vec<&'v Waived> {
        let (name, round) = (self.name(), &self.round.name);
        self.round.waivers.iter().filter(|w| w.case == name || w.case == *round || w.case.is_empty()).collect()
    }
}

impl<'v> View<'v> {
    fn get(&self, text: Text) -> String {
        safe(text.get(self.lang)).into_owned()
    }

    fn rows(&self) -> Vec<Row<'v>> {
        let mut out = Vec::new();
        for round in &self.report.rounds {
            let procedure = &self.report.procedures[round.procedure];
            let of = |case: &str| -> Vec<&'v Assessment> {
                round.assessments.iter().filter(|a| a.instance.case == case && a.instance.scope != Scope::Casebook).collect()
            };
            if !matches!(self.place, Where::Case(..)) {
                out.push(Row { round, case: None, procedure, assessments: of(&round.name) });
            }
            for case in &round.cases {
                let wanted = match self.place {
                    Where::Case(_, name) => case.name == *name,
                    _ => true,
                };
                if wanted {
                    let assessments = of(&format!("{}/{}", round.name, case.name));
                    out.push(Row { round, case: Some(case), procedure, assessments });
                }
            }
        }
        out
    }

    fn head(&self) -> [&'static str; 11] {
        match self.lang {
            Lang::Zh => ["轮次/案卷", "单位", "巡察组", "阶段", "待办", "逾期", "不符", "已办", "豁免", "确认", "最近期限"],
            Lang::En => ["round/case", "unit", "team", "stage", "open", "overdue", "violated", "done", "waived", "confirmed", "next due"],
        }
    }

    fn cells(&self, r: &Row) -> Vec<String> {
        let n = |states: &[State]| count(&r.assessments, states).to_string();
        let unit = r.case.map_or_else(|| self.get(say!("（轮次与巡察组）", "(round and teams)")), |c| c.title.clone());
        vec![
            r.name(),
            unit,
            r.case.and_then(|c| c.team.clone()).unwrap_or_default(),
            r.stages(self.lang),
            n(&[State::Open, State::DueSoon]),
            n(&[State::Overdue]),
            n(&[State::Violated]),
            self.done(&r.assessments),
            n(&[State::Waived]),
            n(&[State::Confirmed]),
            self.next_due(r),
        ]
    }

    /// How many are done, and how many of them late.
    fn done(&self, list: &[&Assessment]) -> String {
        let (all, late) = (count(list, &[State::Met, State::Late]), count(list, &[State::Late]));
        match late {
            0 => all.to_string(),
            _ => self.get(say!("{all}（其中逾期{late}）", "{all} ({late} late)")),
        }
    }

    fn next_due(&self, r: &Row) -> String {
        let Some((date, due)) = r.next().and_then(|a| Some((a.due_date()?, a.due.as_ref()?))) else { return String::new() };
        if due.settled { date.to_string() } else { format!("{date} {}", settled(false).get(self.lang)) }
    }

    /// For people: all cases.
    pub fn print(&self, out: &mut dyn Write, width: usize) -> Result<()> {
        let rows = self.rows();
        if rows.is_empty() {
            writeln!(
                out,
                "{}",
                self.get(say!("还没有轮次；用 xuncha new-round 新建", "there is no round yet; make one with xuncha new-round"))
            )?;
            return Ok(());
        }
        // On a narrow screen what is done gives way to what is not.
        let kept: Vec<usize> = (0..11).filter(|c| width >= 100 || !(7..=9).contains(c)).collect();
        let pick = |all: Vec<String>| -> Vec<String> { kept.iter().map(|c| all[*c].clone()).collect() };
        let head: Vec<&str> = kept.iter().map(|c| self.head()[*c]).collect();
        let whole: Vec<usize> = (0..kept.len()).filter(|i| ![1, 3].contains(&kept[*i])).collect();
        writeln!(out, "{}", super::table::folding(&head, rows.iter().map(|r| pick(self.cells(r))), width, &whole))?;
        Ok(())
    }

    /// For spreadsheets.
    pub fn csv(&self, out: &mut dyn Write) -> Result<()> {
        let rows = self.rows();
        let head =
            ["case", "unit", "team", "stages", "open", "overdue", "violated", "done", "waived", "confirmed", "next_due", "next_settled"];
        super::csv::write(
            out,
            &head,
            rows.iter().map(|r| {
                let mut cells = self.cells(r);
                let next = r.next();
                cells[7] = count(&r.assessments, &[State::Met, State::Late]).to_string();
                cells[1] = r.case.map(|c| c.title.clone()).unwrap_or_default();
                cells[10] = next.and_then(|a| a.due_date()).map(|d| d.to_string()).unwrap_or_default();
                cells.push(next.and_then(|a| a.due.as_ref()).map(|d| d.settled.to_string()).unwrap_or_default());
                cells
            }),
        )
    }

    /// For documents.
    pub fn md(&self, out: &mut dyn Write) -> Result<()> {
        let rows = self.rows();
        super::md::write(out, &self.head(), rows.iter().map(|r| self.cells(r)))?;
        let (Where::Case(..), Some(row)) = (self.place, rows.first()) else { return Ok(()) };
        writeln!(out)?;
        super::md::write(out, &self.stage_head(), self.stage_rows(row).into_iter())?;
        writeln!(out)?;
        super::md::write(out, &self.event_head(), self.event_rows(row).into_iter())?;
        let waivers = self.waiver_rows(row);
        if !waivers.is_empty() {
            writeln!(out)?;
            super::md::write(out, &self.waiver_head(), waivers.into_iter())?;
        }
        Ok(())
    }

    /// For people: one case.
    pub fn print_case(&self, out: &mut dyn Write, width: usize) -> Result<()> {
        let rows = self.rows();
        let Some(r) = rows.first() else { return Ok(()) };
        let (name, stages, title) = (r.name(), r.stages(self.lang), r.case.map(|c| c.title.clone()).unwrap_or_default());
        let team = r.case.and_then(|c| c.team.clone()).unwrap_or_default();
        let head = match team.is_empty() {
            true => say!("{name}  {title}  阶段：{stages}", "{name}  {title}  stage: {stages}"),
            false => say!("{name}  {title}（{team}）  阶段：{stages}", "{name}  {title} ({team})  stage: {stages}"),
        };
        writeln!(out, "{}", self.get(head))?;
        let n = |states: &[State]| count(&r.assessments, states);
        let (open, overdue, violated) = (n(&[State::Open, State::DueSoon]), n(&[State::Overdue]), n(&[State::Violated]));
        let (done, confirmed, waived) = (n(&[State::Met, State::Late]), n(&[State::Confirmed]), n(&[State::Waived]));
        let late = match n(&[State::Late]) {
            0 => Text::default(),
            late => say!("（其中逾期{late}项）", " ({late} of them late)"),
        };
        let (late_zh, late_en) = (late.zh, late.en);
        let line = say!(
            "待办{open}项，逾期{overdue}项，不符{violated}项，已办{done}项{late_zh}，人工确认{confirmed}项，豁免{waived}项",
            "{open} open, {overdue} overdue, {violated} violated, {done} done{late_en}, {confirmed} confirmed, {waived} waived"
        );
        writeln!(out, "{}", self.get(line))?;
        if let Some(next) = r.next() {
            let (o, on) = (&r.procedure.obligations[next.obligation], self.next_due(r));
            let (zh, en) = (&o.text.zh, &o.text.en);
            let left = crate::assess::due::left(next.due_date().map_or(0, |d| (d - self.today).num_days()));
            let (left_zh, left_en) = (left.zh, left.en);
            let cite = &o.cite;
            writeln!(out, "{}", self.get(say!("最近期限 {on}（{left_zh}）：{cite} {zh}", "next due {on} ({left_en}): {cite} {en}")))?;
        }
        writeln!(out, "\n{}", super::table::table(&self.stage_head(), self.stage_rows(r).into_iter(), width))?;
        let events = self.event_rows(r);
        if !events.is_empty() {
            writeln!(out, "\n{}", self.get(say!("经过", "Events")))?;
            for event in events {
                writeln!(out, "  {}  {}", event[0], safe(&event[1]))?;
            }
        }
        let waivers = self.waiver_rows(r);
        if !waivers.is_empty() {
            writeln!(
                out,
                "\n{}\n{}",
                self.get(say!("豁免", "Waivers")),
                super::table::table(&self.waiver_head(), waivers.into_iter(), width)
            )?;
        }
        Ok(())
    }

    fn stage_head(&self) -> [&'static str; 8] {
        match self.lang {
            Lang::Zh => ["阶段", "进度", "待办", "逾期", "不符", "已办", "确认", "豁免"],
            Lang::En => ["stage", "progress", "open", "overdue", "violated", "done", "confirmed", "waived"],
        }
    }

    fn stage_rows(&self, r: &Row) -> Vec<Vec<String>> {
        let Some(case) = r.case else { return Vec::new() };
        r.procedure
            .stages
            .iter()
            .enumerate()
            .map(|(i, stage)| {
                let mine = of_stage(r, i);
                let n = |states: &[State]| count(&mine, states).to_string();
                vec![
                    stage.title.get(self.lang).to_string(),
                    self.get(progress(case.stages[i])),
                    n(&[State::Open, State::DueSoon]),
                    n(&[State::Overdue]),
                    n(&[State::Violated]),
                    self.done(&mine),
                    n(&[State::Confirmed]),
                    n(&[State::Waived]),
                ]
            })
            .collect()
    }

    fn event_head(&self) -> [&'static str; 2] {
        match self.lang {
            Lang::Zh => ["日期", "经过"],
            Lang::En => ["date", "event"],
        }
    }

    fn event_rows(&self, r: &Row) -> Vec<Vec<String>> {
        let events = r.case.map(|c| c.events.as_slice()).unwrap_or_default();
        events.iter().map(|e| vec![e.on.to_string(), r.procedure.events[e.event].title.get(self.lang).to_string()]).collect()
    }

    fn waiver_head(&self) -> [&'static str; 6] {
        match self.lang {
            Lang::Zh => ["事项", "要求", "批准人", "日期", "理由", "所在文件"],
            Lang::En => ["obligation", "demand", "by", "date", "reason", "file"],
        }
    }

    fn waiver_rows(&self, r: &Row) -> Vec<Vec<String>> {
        let row = |w: &&Waived| {
            let o = r.procedure.obligation(&w.obligation);
            vec![
                o.map_or_else(|| w.obligation.clone(), |o| format!("{} {}", o.id, o.cite)),
                o.map(|o| o.text.get(self.lang).to_string()).unwrap_or_default(),
                w.by.as_ref().map(|b| b.get(self.lang).to_string()).unwrap_or_default(),
                w.date.map(|d| d.to_string()).unwrap_or_default(),
                w.reason.clone(),
                w.file.clone(),
            ]
        };
        r.waivers().iter().map(row).collect()
    }

    fn row_json(&self, r: &Row) -> Map<String, Value> {
        let stages: Vec<&str> = r.case.map(|c| c.here().map(|s| r.procedure.stages[s].id.as_str()).collect()).unwrap_or_default();
        let next = r.next().map(|a| {
            let o = &r.procedure.obligations[a.obligation];
            json!({
                "obligation": o.id, "cite": o.cite, "title": o.text.get(self.lang), "state": a.state.code(),
                "nominal": a.due.as_ref().and_then(|d| d.nominal), "due": a.due.as_ref().and_then(|d| d.due),
                "settled": a.due.as_ref().map(|d| d.settled),
                "days_left": a.due_date().map(|d| (d - self.today).num_days()),
            })
        });
        let value = json!({
            "case": r.name(),
            "unit": r.case.map(|c| &c.title),
            "team": r.case.and_then(|c| c.team.as_ref()),
            "procedure": r.procedure.id,
            "stages": stages,
            "counts": counts(&r.assessments),
            "next": next,
        });
        match value {
            Value::Object(map) => map,
            _ => Map::new(),
        }
    }

    /// For programs: all cases, a row each; a round's own comes before its cases.
    pub fn json(&self) -> Value {
        Value::Array(self.rows().iter().map(|r| Value::Object(self.row_json(r))).collect())
    }

    /// For programs: one case.
    pub fn case_json(&self) -> Value {
        let rows = self.rows();
        let Some(r) = rows.first() else { return Value::Null };
        let mut map = self.row_json(r);
        let p = r.procedure;
        let progress = r.case.map(|c| c.stages.as_slice()).unwrap_or_default();
        let stages: Vec<Value> = progress
            .iter()
            .enumerate()
            .map(|(i, done)| {
                json!({ "stage": p.stages[i].id, "title": p.stages[i].title.get(self.lang), "progress": done, "counts": counts(&of_stage(r, i)) })
            })
            .collect();
        let events: Vec<Value> = r
            .case
            .map(|c| c.events.as_slice())
            .unwrap_or_default()
            .iter()
            .map(|e| json!({ "event": p.events[e.event].id, "title": p.events[e.event].title.get(self.lang), "date": e.on }))
            .collect();
        let waivers: Vec<Value> = r
            .waivers()
            .iter()
            .map(|w| {
                let by = w.by.as_ref().map(|b| b.get(self.lang));
                json!({ "obligation": w.obligation, "record": w.record, "by": by, "date": w.date, "reason": w.reason, "file": w.file })
            })
            .collect();
        map.insert("progress".into(), Value::Array(stages));
        map.insert("events".into(), Value::Array(events));
        map.insert("waivers".into(), Value::Array(waivers));
        Value::Object(map)
    }
}

fn of_stage<'v>(r: &Row<'v>, stage: usize) -> Vec<&'v Assessment> {
    r.assessments.iter().filter(|a| r.procedure.obligations[a.obligation].stage == stage).copied().collect()
}

fn counts(list: &[&Assessment]) -> Value {
    Value::Object(STATES.iter().map(|s| (s.code().to_string(), json!(count(list, &[*s])))).collect())
}

fn progress(p: Progress) -> Text {
    match p {
        Progress::Ahead => say!("未开始", "ahead"),
        Progress::Here => say!("进行中", "here"),
        Progress::Left => say!("已转出", "left"),
    }
}
