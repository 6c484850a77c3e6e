//! Teams proposed for a round: which cases go together, who sits where and why; and, where it cannot be, which rules stand in the way of whom.

use super::bars::{Bar, Context, Target};
use super::history::{Person, Pool};
use super::rules::{MEMBER, Strength, Test};
use super::seats::{self, Seat, Trait, Wish};
use crate::kind::Schema;
use crate::say;
use crate::text::Text;
use std::collections::{BTreeMap, BTreeSet};

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Teams for the cases that name none; one a case where it is not said.
    pub teams: Option<usize>,
    /// Members of a team, posts included.
    pub size: usize,
    /// Decides where all else is equal.
    pub seed: u64,
}

/// A team that is to be made.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Its id, the name of its file.
    pub id: String,
    /// Its number.
    pub no: i64,
    /// Whether its record is there, and its members are proposed anew.
    pub again: bool,
    /// Its cases.
    pub cases: Vec<String>,
    /// Their units.
    pub units: Vec<String>,
    /// Those who sit in it.
    pub members: Vec<Placed>,
    /// What is to be thought of.
    pub cautions: Vec<Text>,
}

/// Somebody on a seat.
#[derive(Clone, Debug)]
pub struct Placed {
    /// Index of the person.
    pub person: usize,
    /// Code of the role.
    pub role: String,
    /// Why.
    pub why: Vec<Text>,
    /// Soft rules that are met all the same.
    pub bars: Vec<Bar>,
}

/// What a hard rule does to a proposal that cannot be.
#[derive(Clone, Debug)]
pub struct Effect {
    /// Index of the rule.
    pub rule: usize,
    /// Seats that stay empty when it alone is dropped.
    pub without: usize,
    /// Those whom nothing else keeps from some seat that stays empty.
    pub removes: Vec<(usize, Bar)>,
}

/// Why there is no proposal.
#[derive(Clone, Debug)]
pub struct Impossible {
    /// Seats in all.
    pub seats: usize,
    /// Those that nobody can take: team, role; none where there are more seats than people, and nothing else is looked at.
    pub empty: Vec<(String, String)>,
    /// Each rule that keeps somebody out.
    pub effects: Vec<Effect>,
    /// Sets of rules without which all seats can be filled: each rule that suffices alone, else one set of which none can be missed. Empty where
    /// there are too few people.
    pub relax: Vec<Vec<usize>>,
}

/// What came of it.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Every case of the round has its team already.
    Nothing,
    /// More teams than cases to give them: so many cases.
    TooMany(usize),
    /// The teams.
    Teams(Vec<Plan>),
    /// The rules cannot all be kept.
    Impossible(Impossible),
}

/// Proposes teams for the round of the context.
pub fn propose(ctx: &Context, round: usize, o: &Options, schema: &Schema) -> Outcome {
    let mut plans = match plans(ctx.pool, round, o) {
        Ok(plans) if plans.is_empty() => return Outcome::Nothing,
        Ok(plans) => plans,
        Err(cases) => return Outcome::TooMany(cases),
    };
    let seats = plans.len() * o.size;
    if seats > ctx.pool.people.len() {
        return Outcome::Impossible(Impossible { seats, empty: Vec::new(), effects: Vec::new(), relax: Vec::new() });
    }
    let board = Board::new(ctx, &plans, o);
    let found = board.fill();
    if found.contains(&None) {
        return Outcome::Impossible(board.why(&plans, &found));
    }
    for (seat, person) in board.seats.iter().zip(found) {
        let Some(person) = person else { continue };
        let bars: Vec<Bar> = board.bars(seat, person).cloned().collect();
        let why = board.reasons(seat, person, schema);
        plans[seat.team].members.push(Placed { person, role: seat.role.clone(), why, bars });
    }
    Outcome::Teams(plans)
}

/// The teams to be made, and which cases each takes; the number of cases where there are fewer than teams.
fn plans(pool: &Pool, round: usize, o: &Options) -> Result<Vec<Plan>, usize> {
    let r = &pool.rounds[round];
    let there = |t: &str| r.teams.iter().find(|x| x.id == t || x.no.is_some_and(|n| n.to_string() == t));
    let mut named: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut free = Vec::new();
    for (i, c) in r.cases.iter().enumerate() {
        match c.team.as_deref().filter(|t| !t.is_empty()) {
            Some(t) => match there(t) {
                Some(team) if !team.dissolved => {}
                Some(team) => named.entry(&team.id).or_default().push(i),
                None => named.entry(t).or_default().push(i),
            },
            None => free.push(i),
        }
    }
    let count = o.teams.unwrap_or(free.len());
    if count > free.len() || (count == 0 && !free.is_empty()) {
        return Err(free.len());
    }
    let plan = |id: String, no: i64| Plan {
        id,
        no,
        again: false,
        cases: Vec::new(),
        units: Vec::new(),
        members: Vec::new(),
        cautions: Vec::new(),
    };
    let mut used: BTreeSet<i64> = r.teams.iter().filter_map(|t| t.no).collect();
    let tail = |id: &str| -> Option<i64> {
        let digits = id.rsplit(|c: char| !c.is_ascii_digit()).next()?;
        digits.parse().ok().filter(|n| *n > 0)
    };
    used.extend(named.keys().filter_map(|id| tail(id)));
    let mut next = (1..).filter(|n| !used.contains(n) && !r.teams.iter().any(|t| t.id == format!("team-{n}")));
    let mut groups: Vec<(Plan, Vec<usize>)> = Vec::new();
    for (id, cases) in named {
        let team = r.teams.iter().find(|t| t.id == id);
        let no = team.and_then(|t| t.no).or_else(|| tail(id)).or_else(|| next.next()).unwrap_or(1);
        let id = if id.bytes().all(|b| b.is_ascii_digit()) { format!("team-{id}") } else { id.to_string() };
        groups.push((Plan { again: team.is_some(), ..plan(id, no) }, cases));
    }
    let first = groups.len();
    for no in next.take(count) {
        groups.push((plan(format!("team-{no}"), no), Vec::new()));
    }
    // Which case goes to which team: not to the number that had the unit before.
    let earlier = |no: i64, case: usize| {
        let before = pool.rounds[..round].iter().flat_map(|r| r.teams.iter().map(move |t| (r, t)));
        before
            .filter(|(_, t)| t.no == Some(no) && t.units.iter().any(|u| r.cases[case].units.contains(u)))
            .map(|(r, _)| r.name.clone())
            .next_back()
    };
    let cost = |row: usize, slot: usize| Some(i64::from(earlier(groups[first + slot % count].0.no, free[row]).is_some()));
    let dealt = seats::solve(free.len(), free.len(), o.seed, cost);
    for (row, slot) in dealt.into_iter().enumerate() {
        groups[first + slot.unwrap_or(row) % count].1.push(free[row]);
    }
    for (p, cases) in &mut groups {
        cases.sort_unstable();
        for c in cases {
            p.cases.push(r.cases[*c].name.clone());
            p.units.extend(r.cases[*c].units.iter().cloned());
            if let Some(name) = earlier(p.no, *c) {
                let (no, unit) = (p.no, pool.unit_name(&r.cases[*c].units[0]).to_string());
                p.cautions
                    .push(say!("{name} 也由第{no}组巡察{unit}（三个不固定）", "team {no} went to {unit} in {name}, too (three-not-fixed)"));
            }
        }
    }
    Ok(groups.into_iter().map(|(p, _)| p).collect())
}

/// All seats, all people, and what stands between them.
struct Board<'c, 'p> {
    ctx: &'c Context<'p>,
    seats: Vec<Seat>,
    /// By team and role: for each person what it meets.
    met: BTreeMap<(usize, String), Vec<Vec<Bar>>>,
    /// For each seat and person the hard rules met, as indices.
    hard: Vec<Vec<Vec<usize>>>,
    young: Vec<Option<bool>>,
    seed: u64,
}

impl<'c, 'p> Board<'c, 'p> {
    fn new(ctx: &'c Context<'p>, plans: &[Plan], o: &Options) -> Board<'c, 'p> {
        let people = &ctx.pool.people;
        let roles = ctx.rules.roles(o.size);
        let mut met = BTreeMap::new();
        for (t, plan) in plans.iter().enumerate() {
            let target = Target::new(ctx.pool, &plan.units);
            for role in roles.iter().copied().collect::<BTreeSet<_>>() {
                let of = |p: &Person| {
                    let mut bars = ctx.of_person(p, role);
                    bars.extend(ctx.of_unit(p, role, &target));
                    bars
                };
                met.insert((t, role.to_string()), people.iter().map(of).collect());
            }
        }
        // The members' seats wish what those have who may sit there.
        let may: Vec<&Person> = people.iter().filter(|p| !ctx.of_person(p, MEMBER).iter().any(|b| ctx.hard(b))).collect();
        let mut births: Vec<i64> = may.iter().filter_map(|p| p.birth).collect();
        births.sort_unstable();
        let middle = births.get(births.len() / 2).copied();
        let half = |p: &Person| Some(p.birth? >= middle?);
        let each = roles.iter().filter(|r| **r == MEMBER).count();
        let n = each * plans.len();
        let systems = seats::deal(&may.iter().map(|p| p.system.clone()).collect::<Vec<_>>(), n, plans.len());
        // Where all are of one system there is nothing to share out.
        let mixed = systems.iter().flatten().any(|s| Some(s) != systems[0].first());
        let ages = seats::deal(&may.iter().map(|p| half(p)).collect::<Vec<_>>(), n, plans.len());
        let skills = seats::deal(&may.iter().map(|p| p.specialty.first().cloned()).collect::<Vec<_>>(), n, plans.len());
        let mut all = Vec::new();
        for t in 0..plans.len() {
            let mut k = 0;
            for role in &roles {
                let mut wish = Wish::default();
                if *role == MEMBER {
                    wish.system = systems[t].get(k).cloned().filter(|s| mixed && !s.is_empty());
                    // Turned by the team, so that one system does not always go with one age.
                    wish.young = ages[t].get((k + t) % each).copied().flatten();
                    wish.specialty = skills[t].get((k + 2 * t + t / each) % each).cloned().flatten();
                    k += 1;
                }
                all.push(Seat { team: t, role: role.to_string(), wish });
            }
        }
        let young = people.iter().map(half).collect();
        let rules = |bars: &Vec<Bar>| -> Vec<usize> {
            let mut rules: Vec<usize> = bars.iter().filter(|b| ctx.hard(b)).map(|b| b.rule).collect();
            rules.dedup();
            rules
        };
        let of = |s: &Seat| -> Vec<Vec<usize>> { met.get(&(s.team, s.role.clone())).into_iter().flatten().map(rules).collect() };
        let hard = all.iter().map(of).collect();
        Board { ctx, seats: all, met, hard, young, seed: o.seed }
    }

    fn bars(&self, seat: &Seat, person: usize) -> impl Iterator<Item = &Bar> {
        self.met.get(&(seat.team, seat.role.clone())).into_iter().flat_map(move |m| m[person].iter())
    }

    /// The best filling.
    fn fill(&self) -> Vec<Option<usize>> {
        let cost = |s: usize, p: usize| self.hard[s][p].is_empty().then(|| self.cost(&self.seats[s], p));
        seats::solve(self.seats.len(), self.ctx.pool.people.len(), self.seed, cost)
    }

    /// How many seats stay empty when these rules are dropped, whatever it costs.
    fn empty(&self, dropped: &BTreeSet<usize>) -> usize {
        let cost = |s: usize, p: usize| self.hard[s][p].iter().all(|r| dropped.contains(r)).then_some(0);
        seats::solve(self.seats.len(), self.ctx.pool.people.len(), self.seed, cost).iter().filter(|p| p.is_none()).count()
    }

    fn cost(&self, seat: &Seat, person: usize) -> i64 {
        let (w, p) = (&self.ctx.rules.weights, &self.ctx.pool.people[person]);
        let soft: i64 = self.bars(seat, person).filter(|b| !self.ctx.hard(b)).map(|b| self.ctx.rules.rules[b.rule].cost).sum();
        let pool = self.ctx.rules.pools(&seat.role).iter().position(|c| *c == p.pool).unwrap_or(0) as i64;
        let (turns, last) = turns(self.ctx, p);
        let known = Trait { system: &p.system, young: self.young[person], specialty: &p.specialty };
        soft + pool * w.pool + turns.min(5) as i64 * w.turn + i64::from(last == Some(1)) * w.last + seats::unmet(&seat.wish, &known, w)
    }

    fn reasons(&self, seat: &Seat, person: usize, schema: &Schema) -> Vec<Text> {
        let p = &self.ctx.pool.people[person];
        let label = |set: &str, code: &str| schema.value_label(set, code);
        let mut out = Vec::new();
        let Text { zh, en } = label("person_pool", &p.pool);
        out.push(say!("入库类别：{zh}", "pool: {en}"));
        let wish = &seat.wish;
        if let Some(s) = &wish.system {
            let Text { zh, en } = label("source_system", s);
            out.push(match *s == p.system {
                true => say!("按来源系统的比例，此席属{zh}", "this seat falls to {en} by the shares of the systems"),
                false => say!("此席按比例属{zh}，没有可去的人", "this seat falls to {en}, where nobody is left"),
            });
        }
        if let (Some(wished), Some(own)) = (wish.young, self.young[person])
            && wished == own
        {
            out.push(if own {
                say!("年龄搭配：较轻的一半", "ages: the younger half")
            } else {
                say!("年龄搭配：较长的一半", "ages: the older half")
            });
        }
        if let Some(s) = wish.specialty.as_ref().filter(|s| p.specialty.contains(s)) {
            out.push(say!("专业特长：{s}", "specialty: {s}"));
        }
        out.push(match turns(self.ctx, p) {
            (0, _) => say!("还没有参加过", "has not served yet"),
            (n, Some(ago)) => say!("参加过 {n} 轮，上次在 {ago} 轮前", "served {n} times, last {ago} rounds ago"),
            (n, None) => say!("参加过 {n} 轮", "served {n} times"),
        });
        out
    }

    fn why(&self, plans: &[Plan], found: &[Option<usize>]) -> Impossible {
        let count = |d: &BTreeSet<usize>| self.empty(d);
        let empty: Vec<&Seat> = self.seats.iter().zip(found).filter(|(_, p)| p.is_none()).map(|(s, _)| s).collect();
        let roles: BTreeSet<&str> = empty.iter().map(|s| s.role.as_str()).collect();
        let mut alike: Vec<(usize, &Seat)> = self.seats.iter().enumerate().filter(|(_, s)| roles.contains(s.role.as_str())).collect();
        alike.dedup_by_key(|(_, s)| (s.team, s.role.as_str()));
        let seated: BTreeSet<usize> = found.iter().flatten().copied().collect();
        let hard: Vec<usize> = (0..self.ctx.rules.rules.len()).filter(|r| self.ctx.rules.rules[*r].strength == Strength::Hard).collect();
        let mut effects = Vec::new();
        for rule in &hard {
            let only = BTreeSet::from([*rule]);
            let mut removes: BTreeMap<usize, Bar> = BTreeMap::new();
            for (s, seat) in &alike {
                for p in (0..self.ctx.pool.people.len()).filter(|p| !seated.contains(p)) {
                    if self.hard[*s][p] == [*rule]
                        && let Some(bar) = self.bars(seat, p).find(|b| b.rule == *rule)
                    {
                        removes.entry(p).or_insert_with(|| bar.clone());
                    }
                }
            }
            // Dropping what nowhere stands alone opens no seat.
            let alone = self.hard.iter().flatten().any(|h| h[..] == [*rule]);
            let without = if alone { count(&only) } else { empty.len() };
            if without < empty.len() || !removes.is_empty() {
                effects.push(Effect { rule: *rule, without, removes: removes.into_iter().collect() });
            }
        }
        // That a person of any pool may take any post is the last thing to be thought of.
        let rules = &self.ctx.rules.rules;
        effects.sort_by_key(|e| (rules[e.rule].test == Test::Pool, e.without, e.rule));
        let mut relax: Vec<Vec<usize>> = effects.iter().filter(|e| e.without == 0).map(|e| vec![e.rule]).collect();
        let mut all: BTreeSet<usize> = hard.iter().copied().collect();
        if relax.is_empty() && count(&all) == 0 {
            // What is given back first is kept if it can be: the pools, then the facts against a unit, then what a person lacks.
            let class = |r: &usize| (rules[*r].test != Test::Pool, !rules[*r].test.of_unit(), *r);
            let mut order = hard.clone();
            order.sort_by_key(class);
            for rule in order {
                all.remove(&rule);
                if count(&all) > 0 {
                    all.insert(rule);
                }
            }
            relax.push(all.into_iter().collect());
        }
        Impossible {
            seats: self.seats.len(),
            empty: empty.iter().map(|s| (plans[s.team].id.clone(), s.role.clone())).collect(),
            effects,
            relax,
        }
    }
}

/// Rounds served before the one in hand, and how many rounds ago the last was.
pub fn turns(ctx: &Context, p: &Person) -> (usize, Option<usize>) {
    let now = ctx.round.unwrap_or(ctx.pool.rounds.len());
    let rounds: BTreeSet<usize> = p.served.iter().map(|s| s.round).filter(|r| *r < now).collect();
    (rounds.len(), rounds.last().map(|r| now - r))
}
