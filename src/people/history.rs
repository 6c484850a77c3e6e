//! The people of a casebook, and what its rounds say of them: where each served, was trained, declared a recusal, declined.

use super::look::Look;
use crate::casebook::{Casebook, Folder};
use crate::kind::{Home, KindId, Level, Record};
use chrono::NaiveDate;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// One tie of a person to a unit or a place.
#[derive(Clone, Debug)]
pub struct Tie {
    /// Code of the relation.
    pub relation: String,
    /// The unit.
    pub unit: Option<String>,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day; none while it lasts.
    pub to: Option<NaiveDate>,
    /// A place.
    pub place: Option<String>,
}

/// A round in which a person sat in a team.
#[derive(Clone, Debug)]
pub struct Service {
    /// Index of the round.
    pub round: usize,
    /// The team's id.
    pub team: String,
    /// Code of the role.
    pub role: String,
    /// The units that the team inspected.
    pub units: Vec<String>,
    /// Whether the person left the team before its end.
    pub left: bool,
    /// The team's file.
    pub file: String,
}

/// A day in a round, and the file that says so.
#[derive(Clone, Debug)]
pub struct Mark {
    /// Index of the round.
    pub round: usize,
    /// The day.
    pub day: Option<NaiveDate>,
    /// The file.
    pub file: String,
}

/// A recusal that has been declared or asked for and was not refused.
#[derive(Clone, Debug)]
pub struct Recusal {
    /// Where and when.
    pub mark: Mark,
    /// The unit; none where it is every one of its round.
    pub unit: Option<String>,
    /// Code of the ground.
    pub ground: Option<String>,
    /// Whether the inspected unit asked for it.
    pub objected: bool,
    /// Whether it was decided that the person stays.
    pub kept: bool,
    /// Who stands in, by the decision.
    pub replacement: Option<String>,
    /// Who decided: the role as it is written.
    pub decided_by: Option<String>,
}

/// Somebody who took another's place in a team.
#[derive(Clone, Debug)]
pub struct Swap {
    /// Where and when.
    pub mark: Mark,
    /// Code of the reason.
    pub reason: String,
    /// Who came.
    pub replacement: Option<String>,
}

/// A person.
#[derive(Clone, Debug, Default)]
pub struct Person {
    /// Its id.
    pub id: String,
    /// Its name or code.
    pub name: String,
    /// Its file.
    pub file: String,
    /// Code of the pool.
    pub pool: String,
    /// In the pool at present.
    pub active: Option<bool>,
    /// Qualified.
    pub qualified: Option<bool>,
    /// Whether a line of the vetting says no; none without a vetting.
    pub vetted: Option<bool>,
    /// Where it works.
    pub unit: String,
    /// Code of the source system.
    pub system: String,
    /// Code of the staffing.
    pub staffing: String,
    /// Free of the home unit's work.
    pub detached: Option<bool>,
    /// Birth year.
    pub birth: Option<i64>,
    /// Specialties.
    pub specialty: Vec<String>,
    /// Ties.
    pub ties: Vec<Tie>,
    /// Rounds served, in their order.
    pub served: Vec<Service>,
    /// Trainings attended.
    pub trained: Vec<Mark>,
    /// Recusals.
    pub recusals: Vec<Recusal>,
    /// Times it was taken out of a team.
    pub swaps: Vec<Swap>,
}

/// A unit.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Its name.
    pub name: String,
    /// The unit above it.
    pub parent: Option<String>,
}

/// A case of a round.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its folder.
    pub name: String,
    /// Its unit, and those bundled with it.
    pub units: Vec<String>,
    /// The team that it names, by id.
    pub team: Option<String>,
}

/// A team of a round.
#[derive(Clone, Debug)]
pub struct Team {
    /// Its id.
    pub id: String,
    /// Its number.
    pub no: Option<i64>,
    /// Its file.
    pub file: String,
    /// Who sits in it: id, role, whether they left.
    pub members: Vec<(String, String, bool)>,
    /// The units that it inspects.
    pub units: Vec<String>,
    /// Whether its members are to be found anew.
    pub dissolved: bool,
}

/// A round.
#[derive(Clone, Debug, Default)]
pub struct Round {
    /// Its folder.
    pub name: String,
    /// Year and number.
    pub order: (i64, i64),
    /// Its first day.
    pub from: Option<NaiveDate>,
    /// Its cases.
    pub cases: Vec<Case>,
    /// Its teams.
    pub teams: Vec<Team>,
    /// Whether a training is recorded in it.
    pub trainings: bool,
}

/// The people, the units, the rounds in their order.
#[derive(Clone, Debug, Default)]
pub struct Pool {
    /// People, by id.
    pub people: Vec<Person>,
    /// Units, by id.
    pub units: BTreeMap<String, Unit>,
    /// Rounds, the earliest first.
    pub rounds: Vec<Round>,
    /// Ids that a round names and the register does not have.
    pub unknown: BTreeSet<String>,
}

impl Pool {
    /// Reads it: of each round only what speaks of people.
    pub fn read(book: &Casebook) -> Pool {
        let s = &book.schema;
        let kind = |k: &str| s.find_kind(k);
        let kinds = |names: &[&str]| -> Vec<KindId> { names.iter().filter_map(|k| kind(k)).collect() };
        let root = book.read_folder("", Level::Workspace, &Home::default(), Some(&kinds(&["person", "unit"])));
        let of = |f: &'_ Folder, k: &str| -> Vec<usize> {
            let id = kind(k);
            f.records.iter().enumerate().filter(|(_, r)| Some(r.kind) == id && !r.nil).map(|(i, _)| i).collect()
        };
        let mut pool = Pool::default();
        for i in of(&root, "unit") {
            let r = &root.records[i];
            let look = Look::at(s, r);
            let unit = Unit { name: look.text("name").unwrap_or(&r.id).into(), parent: look.text("parent").map(str::to_string) };
            pool.units.insert(r.id.clone(), unit);
        }
        pool.people = of(&root, "person").into_iter().map(|i| person(Look::at(s, &root.records[i]), &root.records[i])).collect();
        pool.people.sort_by(|a, b| a.id.cmp(&b.id));
        let wanted = kinds(&["round", "case", "team", "training", "recusal"]);
        let names = book.rounds();
        let mut read: Vec<(Round, Vec<Folder>)> = names
            .par_iter()
            .map(|name| {
                let home = Home { round: name.clone(), case: String::new() };
                let top = book.read_folder(&format!("rounds/{name}"), Level::Round, &home, Some(&wanted));
                let mut folders: Vec<Folder> = Vec::new();
                let mut cases = Vec::new();
                for case in &top.others {
                    let home = Home { round: name.clone(), case: case.clone() };
                    let f = book.read_folder(&format!("rounds/{name}/{case}"), Level::Case, &home, Some(&wanted));
                    if let Some(i) = of(&f, "case").first() {
                        let look = Look::at(s, &f.records[*i]);
                        let mut units = vec![look.text("unit").unwrap_or(case).to_string()];
                        units.extend(look.list("units").into_iter().map(str::to_string));
                        cases.push(Case { name: case.clone(), units, team: look.text("team").map(str::to_string) });
                    }
                    folders.push(f);
                }
                let mut round = Round { name: name.clone(), cases, ..Round::default() };
                if let Some(i) = of(&top, "round").first() {
                    let look = Look::at(s, &top.records[*i]);
                    round.order = (look.int("year").unwrap_or(0), look.int("no").unwrap_or(0));
                    round.from = look.map("period").and_then(|p| p.day("from"));
                }
                folders.insert(0, top);
                (round, folders)
            })
            .collect();
        read.sort_by(|(a, _), (b, _)| (a.order, &a.name).cmp(&(b.order, &b.name)));
        let index: HashMap<String, usize> = pool.people.iter().enumerate().map(|(i, p)| (p.id.clone(), i)).collect();
        for (n, (mut round, folders)) in read.into_iter().enumerate() {
            for f in &folders {
                for i in of(f, "team") {
                    pool.team(n, &mut round, Look::at(s, &f.records[i]), &f.records[i], &index);
                }
                for i in of(f, "training") {
                    round.trainings = true;
                    let (look, r) = (Look::at(s, &f.records[i]), &f.records[i]);
                    let mark = Mark { round: n, day: look.day("date"), file: r.file.clone() };
                    let there: HashSet<&str> = look.list("attendees").into_iter().collect();
                    for id in there {
                        match index.get(id) {
                            Some(p) => pool.people[*p].trained.push(mark.clone()),
                            None => drop(pool.unknown.insert(id.to_string())),
                        }
                    }
                }
                for i in of(f, "recusal") {
                    recusal(&mut pool, n, Look::at(s, &f.records[i]), &f.records[i], &index);
                }
            }
            pool.rounds.push(round);
        }
        for p in &mut pool.people {
            p.trained.sort_by(|a, b| (a.round, a.day, &a.file).cmp(&(b.round, b.day, &b.file)));
        }
        pool
    }

    /// The index of the round of that name.
    pub fn round(&self, name: &str) -> Option<usize> {
        self.rounds.iter().position(|r| r.name == name)
    }

    /// Frees those who sit in the round's teams that a case names: their seats are to be filled anew.
    pub fn dissolve(&mut self, round: usize) {
        let r = &mut self.rounds[round];
        for team in &mut r.teams {
            let no = team.no.map(|n| n.to_string());
            let names = |c: &Case| c.team.as_ref().is_some_and(|t| *t == team.id || Some(t) == no.as_ref());
            if r.cases.iter().any(names) {
                team.dissolved = true;
                team.members.clear();
            }
        }
        for p in &mut self.people {
            p.served.retain(|s| s.round != round || !r.teams.iter().any(|t| t.dissolved && t.id == s.team));
        }
    }

    /// The name of a unit; its id where the register has none.
    pub fn unit_name<'p>(&'p self, id: &'p str) -> &'p str {
        self.units.get(id).map_or(id, |u| &u.name)
    }

    fn team(&mut self, n: usize, round: &mut Round, look: Look, r: &Record, index: &HashMap<String, usize>) {
        let no = look.int("no");
        let named = |c: &&Case| c.team.as_deref().is_some_and(|t| t == r.id || no.is_some_and(|n| t == n.to_string()));
        let units: Vec<String> = round.cases.iter().filter(named).flat_map(|c| c.units.iter().cloned()).collect();
        let mut members = Vec::new();
        for m in look.maps("members") {
            let Some(id) = m.text("person") else { continue };
            let (role, left) = (m.code("role").unwrap_or(super::rules::MEMBER).to_string(), m.day("left_on").is_some());
            members.push((id.to_string(), role.clone(), left));
            match index.get(id) {
                Some(p) => {
                    let service = Service { round: n, team: r.id.clone(), role, units: units.clone(), left, file: r.file.clone() };
                    self.people[*p].served.push(service);
                }
                None => drop(self.unknown.insert(id.to_string())),
            }
        }
        for c in look.maps("changes") {
            let Some(p) = c.text("person").and_then(|id| index.get(id)) else { continue };
            let mark = Mark { round: n, day: c.day("date"), file: r.file.clone() };
            let reason = c.code("reason").or(c.text("reason")).unwrap_or("other").to_string();
            self.people[*p].swaps.push(Swap { mark, reason, replacement: c.text("replacement").map(str::to_string) });
        }
        round.teams.push(Team { id: r.id.clone(), no, file: r.file.clone(), members, units, dissolved: false });
    }
}

fn person(look: Look, r: &Record) -> Person {
    let owned = |s: Option<&str>| s.unwrap_or("").to_string();
    let vetting = look.map("vetting");
    let lines = ["politics", "ability", "conduct", "discipline"];
    let ties = look.maps("ties");
    Person {
        id: r.id.clone(),
        name: look.text("name").unwrap_or(&r.id).to_string(),
        file: r.file.clone(),
        pool: owned(look.code("pool")),
        active: look.flag("active"),
        qualified: look.flag("qualified"),
        vetted: vetting.map(|v| lines.iter().all(|l| v.flag(l) != Some(false))),
        unit: owned(look.text("unit")),
        system: owned(look.code("source_system")),
        staffing: owned(look.code("staffing")),
        detached: look.flag("detached"),
        birth: look.int("birth_year"),
        specialty: look.list("specialty").into_iter().map(str::to_string).collect(),
        ties: ties
            .into_iter()
            .map(|t| Tie {
                relation: owned(t.code("relation")),
                unit: t.text("unit").map(str::to_string),
                from: t.day("from"),
                to: t.day("to"),
                place: t.text("place").filter(|p| !p.is_empty()).map(str::to_string),
            })
            .collect(),
        ..Person::default()
    }
}

fn recusal(pool: &mut Pool, n: usize, look: Look, r: &Record, index: &HashMap<String, usize>) {
    let Some(id) = look.text("person") else { return };
    let Some(p) = index.get(id) else {
        pool.unknown.insert(id.to_string());
        return;
    };
    let decision = look.map("decision");
    if look.code("ground").is_none() && look.flag("nil") != Some(false) {
        return;
    }
    let of = |key: &str| decision.and_then(|d| d.text(key).or(d.code(key))).map(str::to_string);
    let recusal = Recusal {
        mark: Mark { round: n, day: look.day("filed_on"), file: r.file.clone() },
        unit: look.text("unit").map(str::to_string),
        ground: look.code("ground").map(str::to_string),
        objected: look.code("raised_by") == Some("inspected"),
        kept: of("result").as_deref() == Some("kept"),
        replacement: of("replacement"),
        decided_by: of("decided_by"),
    };
    pool.people[*p].recusals.push(recusal);
}
