//! Why a person may not go to a unit, or into a team at all: the rule, the fact, and the file that says it.

use super::history::{Person, Pool, Tie};
use super::rules::{Rule, Rules, Strength, Test};
use crate::say;
use crate::text::Text;
use chrono::{Months, NaiveDate};
use std::collections::{BTreeSet, HashMap};

/// A rule that a person meets.
#[derive(Clone, Debug)]
pub struct Bar {
    /// Index of the rule.
    pub rule: usize,
    /// What is so.
    pub fact: Text,
    /// The file that says it.
    pub file: String,
}

/// Where a team goes.
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// The units themselves, those bundled with them, and all below them.
    pub units: BTreeSet<String>,
    /// Those above.
    pub above: BTreeSet<String>,
}

impl Target {
    /// The target that these units make.
    pub fn new(pool: &Pool, units: &[String]) -> Target {
        let mut t = Target { units: units.iter().cloned().collect(), above: BTreeSet::new() };
        loop {
            let below = |p: &Option<String>| p.as_ref().is_some_and(|p| t.units.contains(p));
            let more: Vec<String> =
                pool.units.iter().filter(|(id, u)| below(&u.parent) && !t.units.contains(*id)).map(|(id, _)| id.clone()).collect();
            if more.is_empty() {
                break;
            }
            t.units.extend(more);
        }
        for id in units {
            let mut at = pool.units.get(id).and_then(|u| u.parent.clone());
            while let Some(p) = at.filter(|p| !t.units.contains(p) && t.above.insert(p.clone())) {
                at = pool.units.get(&p).and_then(|u| u.parent.clone());
            }
        }
        t
    }
}

/// What the rules are applied to.
pub struct Context<'p> {
    /// The people and the rounds.
    pub pool: &'p Pool,
    /// The rules.
    pub rules: &'p Rules,
    /// The round that teams are made for, if any.
    pub round: Option<usize>,
    /// The day from which years are counted back.
    pub on: NaiveDate,
    /// Who sits in a team of the round: team, file.
    pub taken: HashMap<String, (String, String)>,
}

impl<'p> Context<'p> {
    /// The context of a round, or of none.
    pub fn new(pool: &'p Pool, rules: &'p Rules, round: Option<usize>, today: NaiveDate) -> Context<'p> {
        let of = round.map(|r| &pool.rounds[r]);
        let teams = of.map_or(&[][..], |r| &r.teams);
        let sits = teams.iter().flat_map(|t| t.members.iter().filter(|m| !m.2).map(move |m| (m.0.clone(), (t.id.clone(), t.file.clone()))));
        Context { pool, rules, round, on: of.and_then(|r| r.from).unwrap_or(today), taken: sits.collect() }
    }

    /// The rounds before the one in hand; all where there is none.
    fn before(&self) -> usize {
        self.round.unwrap_or(self.pool.rounds.len())
    }

    /// What a person meets for a seat of this role, wherever the team goes.
    pub fn of_person(&self, p: &Person, role: &str) -> Vec<Bar> {
        let mut out = Vec::new();
        for (i, rule) in self.looked_at(role).filter(|(_, r)| !r.test.of_unit()) {
            if let Some((fact, file)) = self.alone(p, rule, role) {
                out.push(Bar { rule: i, fact, file });
            }
        }
        out
    }

    /// What a person meets for a seat of this role in a team that goes to the target.
    pub fn of_unit(&self, p: &Person, role: &str, target: &Target) -> Vec<Bar> {
        let mut out = Vec::new();
        for (i, rule) in self.looked_at(role).filter(|(_, r)| r.test.of_unit()) {
            out.extend(self.there(p, rule, target).into_iter().map(|(fact, file)| Bar { rule: i, fact, file }));
        }
        out
    }

    /// Whether a bar keeps a person out.
    pub fn hard(&self, bar: &Bar) -> bool {
        self.rules.rules[bar.rule].strength == Strength::Hard
    }

    fn looked_at(&self, role: &str) -> impl Iterator<Item = (usize, &Rule)> {
        let role = role.to_string();
        let on = move |r: &Rule| r.strength != Strength::Off && (r.roles.is_empty() || r.roles.contains(&role));
        self.rules.rules.iter().enumerate().filter(move |(_, r)| on(r))
    }

    fn alone(&self, p: &Person, rule: &Rule, role: &str) -> Option<(Text, String)> {
        let own = |fact: Text| Some((fact, p.file.clone()));
        match rule.test {
            Test::Pool if !self.rules.pools(role).contains(&p.pool) => own(say!("入库类别不能任此职", "the pool is none for this post")),
            Test::Inactive if p.active == Some(false) => own(say!("已不在库", "no longer in the pool")),
            Test::Unqualified if p.qualified == Some(false) => own(say!("不胜任", "does not qualify")),
            Test::Vetting if p.vetted == Some(false) => own(say!("入库审查有不合格项", "a line of the vetting says no")),
            Test::Attached if p.detached == Some(false) => own(say!("未脱产", "not detached")),
            Test::Borrowed if p.staffing == "borrowed" => own(say!("借用人员", "borrowed")),
            Test::Untrained => {
                let n = self.round?;
                let round = &self.pool.rounds[n];
                let name = &round.name;
                let missed = round.trainings && !p.trained.iter().any(|t| t.round == n);
                missed.then(|| (say!("没有参加 {name} 的培训", "attended no training of {name}"), format!("rounds/{name}/training")))
            }
            Test::Taken => {
                let (team, file) = self.taken.get(&p.id)?;
                Some((say!("已在 {team}", "sits in {team}"), file.clone()))
            }
            Test::LedLast => {
                let last = self.before().checked_sub(1)?;
                let s = p.served.iter().find(|s| s.round == last && s.role == "leader")?;
                let name = &self.pool.rounds[last].name;
                Some((say!("上一轮 {name} 任组长", "led a team in {name}, the round before"), s.file.clone()))
            }
            _ => None,
        }
    }

    fn there(&self, p: &Person, rule: &Rule, target: &Target) -> Vec<(Text, String)> {
        let named = |id: &str| self.pool.unit_name(id).to_string();
        match rule.test {
            Test::Home if target.units.contains(&p.unit) => {
                let unit = named(&p.unit);
                vec![(say!("在{unit}工作", "works at {unit}"), p.file.clone())]
            }
            Test::Tie => self.ties(p, rule, target),
            Test::Place => {
                let mut out = Vec::new();
                for place in p.ties.iter().filter_map(|t| t.place.as_ref()) {
                    for unit in target.units.iter().map(|u| named(u)).filter(|u| u.contains(place.as_str())) {
                        out.push((say!("与{place}有联系，单位为{unit}", "a tie to {place}; the unit is {unit}"), p.file.clone()));
                    }
                }
                out.truncate(1);
                out
            }
            Test::Declared | Test::Objected => self.recusals(p, rule, target),
            Test::Above => {
                let mut ids: Vec<&str> = p.ties.iter().filter_map(|t| t.unit.as_deref()).chain([p.unit.as_str()]).collect();
                ids.retain(|u| target.above.contains(*u));
                let unit = ids.first().map(|u| named(u));
                unit.map(|unit| (say!("与上级单位{unit}有联系", "a tie to {unit}, the body above"), p.file.clone())).into_iter().collect()
            }
            Test::Led => {
                let led = p.served.iter().filter(|s| s.round < self.before() && s.role == "leader");
                led.filter_map(|s| {
                    let unit = named(s.units.iter().find(|u| target.units.contains(*u))?);
                    let round = &self.pool.rounds[s.round].name;
                    Some((say!("{round} 曾带队到{unit}", "led the team to {unit} in {round}"), s.file.clone()))
                })
                .collect()
            }
            _ => Vec::new(),
        }
    }

    fn ties(&self, p: &Person, rule: &Rule, target: &Target) -> Vec<(Text, String)> {
        let held: Vec<&Tie> = p
            .ties
            .iter()
            .filter(|t| rule.relations.contains(&t.relation) && t.unit.as_ref().is_some_and(|u| target.units.contains(u)))
            .collect();
        let days: i64 = held.iter().filter_map(|t| Some((t.to.unwrap_or(self.on) - t.from?).num_days().max(0) + 1)).sum();
        // Four years have 1461 days.
        let long = rule.longer.is_some_and(|y| days * 4 > y * 1461);
        let since = rule.within.and_then(|y| self.on.checked_sub_months(Months::new(12 * y as u32)));
        let any = rule.within.is_none() && rule.longer.is_none();
        let meets = |t: &&&Tie| any || long || since.is_some_and(|s| t.to.is_none_or(|to| to > s));
        held.iter().filter(meets).map(|t| (self.tie(t), p.file.clone())).collect()
    }

    fn tie(&self, t: &Tie) -> Text {
        let unit = self.pool.unit_name(t.unit.as_deref().unwrap_or("")).to_string();
        let day = |d: Option<NaiveDate>| d.map_or_else(|| "?".to_string(), |d| d.to_string());
        match (t.from, t.to) {
            (None, None) => say!("{unit}，起止未填", "{unit}, no dates given"),
            (from, None) => {
                let from = day(from);
                say!("{unit}，{from} 至今", "{unit}, from {from} on")
            }
            (from, to) => {
                let (from, to) = (day(from), day(to));
                say!("{unit}，{from} 至 {to}", "{unit}, {from} to {to}")
            }
        }
    }

    fn recusals(&self, p: &Person, rule: &Rule, target: &Target) -> Vec<(Text, String)> {
        let objected = rule.test == Test::Objected;
        let mut out = Vec::new();
        for r in p.recusals.iter().filter(|r| r.objected == objected && !r.kept) {
            let round = &self.pool.rounds[r.mark.round];
            // One that names no unit is about the units of the person's own team.
            let own = |u: &String| p.served.iter().any(|s| s.round == r.mark.round && s.units.contains(u));
            let hit = match &r.unit {
                Some(u) => target.units.contains(u),
                None => target.units.iter().any(own),
            };
            if hit {
                let (name, day) = (&round.name, r.mark.day.map(|d| d.to_string()).unwrap_or_default());
                let unit = r.unit.as_ref().map(|u| self.pool.unit_name(u)).unwrap_or_default();
                let fact = match objected {
                    true => say!("{name} 被巡察单位{unit}提出回避 {day}", "{unit} objected in {name} {day}"),
                    false => say!("{name} 申报回避{unit} {day}", "declared a recusal from {unit} in {name} {day}"),
                };
                out.push((fact, r.mark.file.clone()));
            }
        }
        out
    }
}
