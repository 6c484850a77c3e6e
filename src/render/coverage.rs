//! How the coverage of a term is printed: what is done, planned and left, the pace, the units as a tree.

use super::{csv, facts, json, md, table};
use crate::kind::{EnumId, Schema};
use crate::say;
use crate::tally::coverage::{Count, Report, Standing, Unit, Year};
use crate::tally::inspected::{How, Visit};
use crate::text::{Format, Lang, Text, list};
use anyhow::Result;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;

/// What a table has a line for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum By {
    /// 层级.
    Level,
    /// 类别.
    Category,
    /// 年度.
    Year,
    /// 单位，按隶属关系.
    Unit,
}

/// What is shown.
pub struct View<'v> {
    /// The terms.
    pub reports: &'v [Report],
    /// The kinds.
    pub schema: &'v Schema,
    /// One sort of lines only.
    pub by: Option<By>,
    /// The reader's language.
    pub lang: Lang,
}

impl View<'_> {
    /// Prints it.
    pub fn print(&self, out: &mut dyn Write, format: Format, width: usize) -> Result<()> {
        match format {
            Format::Json => json::write(out, &Value::Array(self.reports.iter().map(|r| self.json(r)).collect())),
            Format::Csv => {
                let head = self.head(true);
                let rows: Vec<Vec<String>> = self
                    .reports
                    .iter()
                    .flat_map(|r| self.rows(r, true).into_iter().map(|row| [vec![r.term.id.clone()], row].concat()))
                    .collect();
                let term = self.word(say!("规划", "term"));
                let head: Vec<&str> = std::iter::once(term.as_str()).chain(head.iter().copied()).collect();
                csv::write(out, &head, rows.into_iter())
            }
            _ => {
                for (i, r) in self.reports.iter().enumerate() {
                    if i > 0 {
                        writeln!(out)?;
                    }
                    self.one(out, format, r, width)?;
                }
                Ok(())
            }
        }
    }

    fn one(&self, out: &mut dyn Write, format: Format, r: &Report, width: usize) -> Result<()> {
        let title = self.word({
            let (id, from, to) = (&r.term.id, r.term.from, r.term.to);
            say!("规划 {id}（{from} 至 {to}）", "term {id} ({from} to {to})")
        });
        match format {
            Format::Md => writeln!(out, "## {}\n", md::inline(&title))?,
            _ => writeln!(out, "{title}\n")?,
        }
        let about = self.about(r);
        match format {
            Format::Md => {
                for (name, value) in &about {
                    let colon = if self.lang == Lang::Zh { "：" } else { ": " };
                    writeln!(out, "- {}{colon}{}", name.get(self.lang), md::inline(value))?;
                }
            }
            _ => write!(out, "{}", facts(&about, self.lang))?,
        }
        let mut sorts = vec![By::Level, By::Category, By::Year];
        if let Some(by) = self.by {
            sorts = vec![by];
        }
        for by in sorts {
            writeln!(out)?;
            let view = View { by: Some(by), ..*self };
            let (head, rows) = (view.head(false), view.rows(r, false));
            match format {
                Format::Md => md::write(out, &head, rows.into_iter())?,
                _ => {
                    // Of units the words may be folded; the others are numbers.
                    let (whole, spare): (Vec<usize>, &[usize]) = match by {
                        By::Unit => (vec![0, 4, 6], &[3, 2, 8, 5]),
                        By::Level | By::Category => ((0..head.len()).collect(), &[5, 3]),
                        By::Year => ((0..head.len()).collect(), &[2]),
                    };
                    writeln!(out, "{}", table::sparing(&head, rows, width, &whole, spare, self.lang))?
                }
            }
        }
        Ok(())
    }

    fn word(&self, text: Text) -> String {
        text.get(self.lang).to_string()
    }

    fn about(&self, r: &Report) -> Vec<(Text, String)> {
        let (c, p) = (&r.all, &r.pace);
        let one = |n: f64| format!("{n:.1}");
        let mut out = Vec::new();
        let (units, done, planned, left, share) = (c.units, c.inspected, c.planned, c.left, share(c));
        out.push((
            say!("单位", "units"),
            self.word(say!(
                "应巡察 {units}，已巡察 {done}（{share}），已安排 {planned}，未安排 {left}",
                "{units} in the plan, {done} inspected ({share}), {planned} planned, {left} left"
            )),
        ));
        let ways: Vec<String> = r.ways.iter().map(|(w, n)| format!("{} {n}", self.how(w))).collect();
        if !ways.is_empty() {
            out.push((say!("方式", "inspected as"), ways.join(if self.lang == Lang::Zh { "，" } else { ", " })));
        }
        let (passed, line) = (one(p.elapsed * 100.0), one(p.line));
        out.push((
            say!("时间", "time"),
            self.word(say!(
                "已过 {passed}%，按均匀进度应巡察 {line} 个",
                "{passed}% of the term has passed; {line} units would be inspected at an even pace"
            )),
        ));
        let (plan, rounds) = (one(p.planned), r.rounds);
        let kept = p.kept.map_or_else(|| "-".to_string(), one);
        let needed = p.needed.map_or_else(|| "-".to_string(), one);
        out.push((
            say!("进度", "pace"),
            self.word(say!(
                "规划每年 {plan} 个，实际每年 {kept} 个，余下每年需 {needed} 个；已开展 {rounds} 轮",
                "{plan} units a year in the plan, {kept} kept, {needed} needed from now; rounds begun: {rounds}"
            )),
        ));
        if let Some(f) = p.forecast.filter(|_| c.units > 0) {
            let text = match p.complete {
                Some(day) if day <= r.term.to => {
                    say!("按现在进度，{day} 完成全覆盖", "at the pace kept all are inspected by {day}")
                }
                Some(day) => {
                    let short = units - f;
                    say!(
                        "按现在进度，期满时 {f} 个，还差 {short} 个；全部完成要到 {day}",
                        "at the pace kept {f} by the end of the term, {short} short; all by {day}"
                    )
                }
                None => say!("还没有开始", "nothing has begun"),
            };
            out.push((say!("预计", "forecast"), self.word(text)));
        }
        for q in &r.quotas {
            let name = match &q.note {
                Some(note) => format!("{}（{note}）", q.item),
                None => q.item.clone(),
            };
            let range = match (q.min, q.max) {
                (Some(a), Some(b)) if a == b => format!("{a}"),
                (Some(a), Some(b)) => format!("{a}-{b}"),
                (Some(a), None) => format!("≥{a}"),
                (None, Some(b)) => format!("≤{b}"),
                (None, None) => "-".into(),
            };
            let text = match (q.have, q.kept()) {
                (Some(have), Some(true)) => say!("{name}：要求 {range}，现有 {have}", "{name}: {range} asked for, {have} so far"),
                (Some(have), _) => say!("{name}：要求 {range}，现有 {have}，未达到", "{name}: {range} asked for, {have} so far, not kept"),
                (None, _) => say!("{name}：要求 {range}，本工具不会计数", "{name}: {range} asked for; not a count known here"),
            };
            out.push((say!("指标", "quota"), self.word(text)));
        }
        if !r.outside.is_empty() {
            out.push((say!("规划外已巡察", "inspected, not in the plan"), list(&r.outside, self.lang)));
        }
        if !r.unknown.is_empty() {
            out.push((say!("名录没有", "not in the register"), list(&r.unknown, self.lang)));
        }
        out
    }

    fn how(&self, how: &How) -> String {
        match how {
            How::Round(e, i) => self.schema.en(*e).values[*i as usize].label.get(self.lang).to_string(),
            How::Untyped => self.word(say!("未注明", "untyped")),
            How::Bundled => self.word(say!("合并", "bundled")),
            How::Extended => self.word(say!("延伸", "extended")),
        }
    }

    fn value(&self, v: &Option<(EnumId, u16)>) -> String {
        match v {
            Some((e, i)) => self.schema.en(*e).values[*i as usize].label.get(self.lang).to_string(),
            None => self.word(say!("未填写", "not given")),
        }
    }

    fn head(&self, long: bool) -> Vec<&'static str> {
        let zh = self.lang == Lang::Zh;
        match (self.by, long) {
            (Some(By::Unit), _) if zh => vec!["单位", "名称", "层级", "类别", "情况", "方式", "首次巡察", "轮次", "计划年度"],
            (Some(By::Unit), _) => vec!["unit", "name", "level", "category", "standing", "as", "first inspected", "case", "planned for"],
            (Some(By::Year), false) if zh => vec!["年度", "计划", "轮次", "已巡察", "累计", "均匀进度"],
            (Some(By::Year), false) => vec!["year", "planned", "rounds", "inspected", "in all", "even pace"],
            (Some(By::Level), false) if zh => vec!["层级", "应巡察", "已巡察", "已安排", "未安排", "仅延伸", "覆盖率"],
            (Some(By::Level), false) => vec!["level", "units", "inspected", "planned", "left", "only reached", "share"],
            (Some(By::Category), false) if zh => vec!["类别", "应巡察", "已巡察", "已安排", "未安排", "仅延伸", "覆盖率"],
            (Some(By::Category), false) => vec!["category", "units", "inspected", "planned", "left", "only reached", "share"],
            (Some(By::Year), true) if zh => vec!["分组", "名称", "计划", "轮次", "已巡察", "累计", "均匀进度"],
            (Some(By::Year), true) => vec!["by", "name", "planned", "rounds", "inspected", "in_all", "even_pace"],
            _ if zh => vec!["分组", "名称", "应巡察", "已巡察", "已安排", "未安排", "仅延伸", "覆盖率"],
            _ => vec!["by", "name", "units", "inspected", "planned", "left", "only_reached", "share"],
        }
    }

    fn rows(&self, r: &Report, long: bool) -> Vec<Vec<String>> {
        let counts = |by: &str, map: &BTreeMap<Option<(EnumId, u16)>, Count>| -> Vec<Vec<String>> {
            map.iter().map(|(v, c)| self.count(long.then_some(by), self.value(v), c)).collect()
        };
        let word = |t: Text| self.word(t);
        match self.by {
            Some(By::Level) => counts(&word(say!("层级", "level")), &r.levels),
            Some(By::Category) => counts(&word(say!("类别", "category")), &r.categories),
            Some(By::Year) => {
                let by = word(say!("年度", "year"));
                r.years.iter().map(|y| [long.then(|| by.clone()).into_iter().collect(), year(y)].concat()).collect()
            }
            Some(By::Unit) => self.tree(r, long),
            None => {
                let mut out = vec![self.count(Some(&word(say!("全部", "all"))), String::new(), &r.all)];
                out.extend(counts(&word(say!("层级", "level")), &r.levels));
                out.extend(counts(&word(say!("类别", "category")), &r.categories));
                out
            }
        }
    }

    fn count(&self, by: Option<&str>, name: String, c: &Count) -> Vec<String> {
        let numbers = [c.units, c.inspected, c.planned, c.left, c.reached].map(|n| n.to_string());
        by.map(str::to_string).into_iter().chain([name]).chain(numbers).chain([share(c)]).collect()
    }

    /// Units below the unit that they belong to; one whose superior is not shown stands at the top.
    fn tree(&self, r: &Report, flat: bool) -> Vec<Vec<String>> {
        let mut below: BTreeMap<Option<&str>, Vec<&Unit>> = BTreeMap::new();
        for unit in r.units.values() {
            let parent = unit.parent.as_deref().filter(|p| r.units.contains_key(*p) && !circle(r, unit));
            below.entry(parent).or_default().push(unit);
        }
        let mut out = Vec::new();
        let mut stack: Vec<(&Unit, usize)> = below.get(&None).into_iter().flatten().rev().map(|u| (*u, 0)).collect();
        while let Some((unit, depth)) = stack.pop() {
            let indent = if flat { String::new() } else { "　".repeat(depth) };
            out.push(self.unit(unit, &indent));
            stack.extend(below.get(&Some(unit.id.as_str())).into_iter().flatten().rev().map(|u| (*u, depth + 1)));
        }
        out
    }

    fn unit(&self, u: &Unit, indent: &str) -> Vec<String> {
        let begun: Vec<&Visit> = u.visits.iter().filter(|v| v.on.is_some()).collect();
        let mut ways: Vec<String> = begun.iter().map(|v| self.how(&v.how)).collect();
        ways.dedup();
        let cases: Vec<&str> = u.visits.iter().map(|v| v.case.as_str()).collect();
        let first = u.since.or_else(|| begun.first().and_then(|v| v.on));
        let years: Vec<String> = u.years.iter().map(i64::to_string).collect();
        vec![
            format!("{indent}{}", u.id),
            u.name.clone(),
            u.level.map(|l| self.value(&Some(l))).unwrap_or_default(),
            u.category.map(|c| self.value(&Some(c))).unwrap_or_default(),
            self.standing(u),
            self.joined(&ways),
            first.map(|d| d.to_string()).unwrap_or_default(),
            self.joined(&cases),
            self.joined(&years),
        ]
    }

    /// What stands together in a cell.
    fn joined<S: AsRef<str>>(&self, items: &[S]) -> String {
        let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
        items.join(if self.lang == Lang::Zh { "、" } else { ", " })
    }

    fn standing(&self, u: &Unit) -> String {
        self.word(match u.standing {
            Standing::Inspected => say!("已巡察", "inspected"),
            _ if u.only_reached() => say!("仅延伸", "only reached"),
            _ if !u.in_plan => say!("不在规划", "not in the plan"),
            Standing::Planned => say!("已安排", "planned"),
            Standing::Left => say!("未安排", "left"),
        })
    }

    fn json(&self, r: &Report) -> Value {
        let code = |v: &Option<(EnumId, u16)>| v.map(|(e, i)| self.schema.en(e).values[i as usize].code.clone());
        let how = |h: &How| match h {
            How::Round(e, i) => self.schema.en(*e).values[*i as usize].code.clone(),
            How::Untyped => "untyped".into(),
            How::Bundled => "bundled".into(),
            How::Extended => "extended".into(),
        };
        let count = |c: &Count| {
            json!({
                "units": c.units, "inspected": c.inspected, "planned": c.planned, "left": c.left, "only_reached": c.reached,
                "share": c.share().map(|s| s as f64 / 10.0),
            })
        };
        let group = |map: &BTreeMap<Option<(EnumId, u16)>, Count>| -> Vec<Value> {
            map.iter()
                .map(|(v, c)| {
                    let mut row = count(c);
                    row["code"] = json!(code(v));
                    row["title"] = json!(self.value(v));
                    row
                })
                .collect()
        };
        let tenth = |n: f64| (n * 10.0).round() / 10.0;
        let p = &r.pace;
        let units: Vec<Value> = r
            .units
            .values()
            .map(|u| {
                let visits: Vec<Value> =
                    u.visits.iter().map(|v| json!({"case": v.case, "as": how(&v.how), "on": v.on.map(|d| d.to_string())})).collect();
                json!({
                    "unit": u.id, "name": u.name, "level": code(&u.level), "category": code(&u.category), "parent": u.parent,
                    "in_plan": u.in_plan, "years": u.years, "standing": format!("{:?}", u.standing).to_lowercase(),
                    "only_reached": u.only_reached(), "since": u.since.map(|d| d.to_string()), "visits": visits,
                })
            })
            .collect();
        let ways: BTreeMap<String, usize> = r.ways.iter().map(|(h, n)| (how(h), *n)).collect();
        let years: Vec<Value> = r
            .years
            .iter()
            .map(|y| json!({"year": y.year, "planned": y.planned, "rounds": y.rounds, "inspected": y.inspected, "in_all": y.total, "even_pace": tenth(y.line)}))
            .collect();
        let quotas: Vec<Value> = r
            .quotas
            .iter()
            .map(|q| json!({"item": q.item, "min": q.min, "max": q.max, "have": q.have, "kept": q.kept(), "note": q.note}))
            .collect();
        json!({
            "term": r.term.id, "from": r.term.from.to_string(), "to": r.term.to.to_string(),
            "all": count(&r.all), "as": ways, "rounds": r.rounds,
            "pace": {
                "elapsed": tenth(p.elapsed * 100.0), "even_pace": tenth(p.line), "planned_per_year": tenth(p.planned),
                "kept_per_year": p.kept.map(tenth), "needed_per_year": p.needed.map(tenth),
                "forecast": p.forecast, "complete_on": p.complete.map(|d| d.to_string()),
            },
            "levels": group(&r.levels), "categories": group(&r.categories), "years": years, "quotas": quotas,
            "outside": r.outside, "unknown": r.unknown, "units": units,
        })
    }
}

/// Whether a unit is its own superior by some way round.
fn circle(r: &Report, unit: &Unit) -> bool {
    let mut at = unit.parent.as_ref();
    for _ in 0..=r.units.len() {
        match at {
            Some(p) if *p == unit.id => return true,
            Some(p) => at = r.units.get(p).and_then(|u| u.parent.as_ref()),
            None => return false,
        }
    }
    true
}

fn share(c: &Count) -> String {
    c.share().map_or_else(|| "-".into(), |s| format!("{}.{}%", s / 10, s % 10))
}

fn year(y: &Year) -> Vec<String> {
    let numbers = [y.planned, y.rounds, y.inspected, y.total].map(|n| n.to_string());
    std::iter::once(y.year.to_string()).chain(numbers).chain([format!("{:.1}", y.line)]).collect()
}
