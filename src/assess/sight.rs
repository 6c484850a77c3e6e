//! What a rule can see from one instance of a scope: the visible records of each kind, the case's own, the events, the parameters.

use super::events::{self, EventDate};
use super::ground::Ground;
pub use super::params::{param, read_param};
use super::said::Said;
use super::unread;
use crate::calendar::{Calendar, Cycle};
use crate::kind::{KindId, Record, Schema};
use crate::procedure::Scope;
use crate::rule::{Below, Current, Group, Met, Named, ParamValue, Past, PastCase, World};
use crate::text::Text;
use chrono::{NaiveDate, NaiveTime};
use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

/// What the instance is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    /// The casebook.
    Book,
    /// The round.
    Round,
    /// A team, by index of the round's teams.
    Team(usize),
    /// A case, by index of the round's cases.
    Case(usize),
}

/// The view from one instance.
pub struct Sight<'a> {
    /// What it stands on.
    pub ground: &'a Ground<'a>,
    /// The instance.
    pub spot: Spot,
    /// The period that is looked at, of an obligation that comes back with each.
    pub period: Option<Cycle>,
    lists: RefCell<Vec<Option<Rc<[&'a Record]>>>>,
    events: RefCell<Vec<Option<Dated<'a>>>>,
    pasts: [OnceCell<Rc<[PastCase<'a>]>>; 2],
    /// The views of the team and the round above, made when asked for.
    above: OnceCell<Box<Sight<'a>>>,
    round_above: OnceCell<Box<Sight<'a>>>,
    below: OnceCell<Vec<Sight<'a>>>,
    /// Confirmations and waivers by the obligation that they name.
    pub(super) said: [Said<'a>; 2],
    pub(super) met: Rc<Met<'a>>,
}

/// An event's date, and the file for want of which there may be none.
type Dated<'a> = (Option<EventDate>, Option<&'a str>);

impl<'a> Sight<'a> {
    /// A view; nothing is listed before it is asked for.
    pub fn new(ground: &'a Ground<'a>, spot: Spot) -> Sight<'a> {
        Sight::within(ground, spot, None)
    }

    /// The view from an instance in one period.
    pub fn within(ground: &'a Ground<'a>, spot: Spot, period: Option<Cycle>) -> Sight<'a> {
        Sight::of(ground, spot, period, Rc::default())
    }

    fn of(ground: &'a Ground<'a>, spot: Spot, period: Option<Cycle>, met: Rc<Met<'a>>) -> Sight<'a> {
        let schema = &ground.book.schema;
        Sight {
            ground,
            spot,
            period,
            lists: RefCell::new(vec![None; schema.kinds.len()]),
            events: RefCell::new(vec![None; ground.program.procedure.events.len()]),
            pasts: [OnceCell::new(), OnceCell::new()],
            above: OnceCell::new(),
            round_above: OnceCell::new(),
            below: OnceCell::new(),
            said: [OnceCell::new(), OnceCell::new()],
            met,
        }
    }

    /// The view from elsewhere, for the same question.
    fn other(&self, spot: Spot) -> Sight<'a> {
        Sight::of(self.ground, spot, self.period, self.met.clone())
    }

    /// The scope of the instance.
    pub fn scope(&self) -> Scope {
        match self.spot {
            Spot::Book => Scope::Casebook,
            Spot::Round => Scope::Round,
            Spot::Team(_) => Scope::Team,
            Spot::Case(_) => Scope::Case,
        }
    }

    /// The team in sight.
    pub fn team(&self) -> Option<&'a Record> {
        match self.spot {
            Spot::Team(i) => self.ground.teams().get(i),
            Spot::Case(i) => self.ground.team_of(i),
            _ => None,
        }
    }

    /// The cases of this instance, by index of the round's cases.
    pub fn cases(&self) -> Vec<usize> {
        let all = 0..self.ground.round.cases.len();
        match self.spot {
            Spot::Case(i) => vec![i],
            Spot::Team(_) => all.filter(|c| self.ground.team_of(*c).map(|t| &t.id) == self.team().map(|t| &t.id)).collect(),
            _ => all.collect(),
        }
    }

    /// The view from the round.
    pub fn round_view(&self) -> &Sight<'a> {
        if self.spot == Spot::Round {
            return self;
        }
        self.round_above.get_or_init(|| Box::new(self.other(Spot::Round)))
    }

    /// The view from the case's team; from the round where the case has none.
    pub fn team_view(&self) -> &Sight<'a> {
        if matches!(self.spot, Spot::Team(_) | Spot::Round | Spot::Book) {
            return self;
        }
        self.above.get_or_init(|| {
            let id = self.team().map(|t| &t.id);
            let index = self.ground.teams().iter().position(|t| Some(&t.id) == id);
            Box::new(self.other(index.map_or(Spot::Round, Spot::Team)))
        })
    }

    /// The views from the cases below.
    pub fn case_views(&self) -> &[Sight<'a>] {
        self.below.get_or_init(|| self.cases().into_iter().map(|c| self.other(Spot::Case(c))).collect())
    }

    /// The date of an event: of its own scope, or the first and last of the cases below.
    pub fn event_date(&self, index: usize) -> Option<EventDate> {
        if let Some((date, met)) = &self.events.borrow()[index] {
            met.inspect(|file| self.met.note(file));
            return date.clone();
        }
        let (date, met) = self.apart(|| events::date(self, index));
        // What is known to have happened waits for no file.
        let met = met.filter(|_| date.is_none());
        met.inspect(|file| self.met.note(file));
        self.events.borrow_mut()[index] = Some((date.clone(), met));
        date
    }

    /// Answers a question, with the file that could not be read and may answer it otherwise.
    pub fn apart<T>(&self, ask: impl FnOnce() -> T) -> (T, Option<&'a str>) {
        let before = self.met.take();
        let answer = ask();
        let met = self.met.take();
        self.met.reset(before);
        (answer, met)
    }

    /// Notes a file in sight of this kind that could not be read.
    fn unread(&self, kind: Option<KindId>) {
        if let (true, Some(kind)) = (self.ground.unread, kind) {
            unread::in_sight(self, kind).inspect(|file| self.met.note(file));
        }
    }

    fn visible(&self, kind: KindId) -> Rc<[&'a Record]> {
        let g = self.ground;
        let mut out: Vec<&'a Record> = Vec::new();
        match self.spot {
            Spot::Book => {}
            Spot::Round => {
                out.extend(g.round.folder.of(kind));
                out.extend(g.round.cases.iter().flat_map(|c| c.folder.of(kind)));
            }
            Spot::Team(_) => {
                let team = self.team();
                let cases = self.cases();
                let concerns = |r: &&'a Record| {
                    self.of_team(r, team) && g.text(r, "target").is_none_or(|t| cases.iter().any(|c| g.round.cases[*c].name == t))
                };
                out.extend(g.round.folder.of(kind).iter().filter(concerns));
                out.extend(cases.iter().flat_map(|c| g.round.cases[*c].folder.of(kind)));
            }
            Spot::Case(i) => {
                let case = &g.round.cases[i];
                let team = self.team();
                out.extend(case.folder.of(kind));
                let concerns = |r: &&'a Record| self.of_team(r, team) && g.text(r, "target").is_none_or(|t| t == case.name);
                out.extend(g.round.folder.of(kind).iter().filter(concerns));
            }
        }
        out.extend(g.workspace.of(kind));
        out.into()
    }

    /// Whether a record of the round is this team's or nobody's. A team's own record is its own.
    fn of_team(&self, record: &'a Record, team: Option<&'a Record>) -> bool {
        if Some(record.kind) == self.ground.known.team {
            return team.is_none_or(|t| t.id == record.id);
        }
        match self.ground.text(record, "team") {
            Some(id) => team.is_none_or(|t| t.id == id || self.ground.team_named(id).is_some_and(|n| n.id == t.id)),
            None => true,
        }
    }
}

impl<'a> World<'a> for Sight<'a> {
    fn schema(&self) -> &'a Schema {
        &self.ground.book.schema
    }

    fn list(&self, kind: KindId) -> Rc<[&'a Record]> {
        self.unread(Some(kind));
        if let Some(list) = &self.lists.borrow()[kind.0 as usize] {
            return list.clone();
        }
        let list = self.visible(kind);
        self.lists.borrow_mut()[kind.0 as usize] = Some(list.clone());
        list
    }

    fn single(&self, kind: KindId) -> Option<&'a Record> {
        let found = match self.spot {
            Spot::Case(i) => self.ground.round.cases[i].folder.of(kind).first(),
            // Above the cases there is no one record, but for the round's own and the casebook's.
            Spot::Book => None,
            _ if Some(kind) == self.ground.known.round => self.ground.round_record(),
            _ => None,
        }
        .or_else(|| self.ground.workspace.of(kind).first());
        if found.is_none() {
            self.unread(Some(kind));
        }
        found
    }

    fn current(&self, which: Current) -> Option<&'a Record> {
        let g = self.ground;
        let found = match (which, self.spot) {
            (Current::Round, Spot::Book) => None,
            (Current::Round, _) => g.round_record(),
            (Current::Case, Spot::Case(i)) => g.case_record(i),
            (Current::Case, _) => None,
            (Current::Team, _) => self.team(),
            (Current::Unit, Spot::Case(i)) => {
                let named = g.case_record(i).and_then(|c| g.text(c, "unit"));
                g.workspace.get(g.known.unit?, named.unwrap_or(&g.round.cases[i].name))
            }
            (Current::Unit, _) => None,
        };
        if found.is_none() && g.unread {
            let kinds = match which {
                Current::Round => [g.known.round, None],
                Current::Case => [g.known.case, None],
                // A case names its team and its unit.
                Current::Team => [g.known.case, g.known.team],
                Current::Unit => [g.known.case, g.known.unit],
            };
            kinds.into_iter().for_each(|kind| self.unread(kind));
        }
        found
    }

    fn group(&self, which: Group) -> Rc<[&'a Record]> {
        let g = self.ground;
        if g.unread || which == Group::Rounds {
            let all = match which {
                Group::Cases => unread::of_cases(g, g.known.case),
                Group::Teams => g.known.team.and_then(|k| unread::of(&g.round.folder, k)),
                Group::Units => g.known.unit.and_then(|k| unread::of(g.workspace, k)),
                Group::Persons => g.known.person.and_then(|k| unread::of(g.workspace, k)),
                Group::Rounds => g.term().iter().find_map(|r| r.unread()),
            };
            all.inspect(|file| self.met.note(file));
        }
        match which {
            Group::Cases => (0..g.round.cases.len()).filter_map(|i| g.case_record(i)).collect(),
            Group::Teams => g.teams().iter().collect(),
            Group::Units => g.known.unit.map_or_else(|| Rc::from([]), |k| g.workspace.of(k).iter().collect()),
            Group::Persons => g.known.person.map_or_else(|| Rc::from([]), |k| g.workspace.of(k).iter().collect()),
            // The round at hand is itself, and not what was read of it once more.
            Group::Rounds => {
                let own = |name: &str| (name == g.round.name).then(|| g.round_record())?;
                g.term().iter().filter_map(|r| own(&r.name).or_else(|| r.record(g.known.round))).collect()
            }
        }
    }

    fn below(&self, of: &'a Record, which: Below) -> Rc<[&'a Record]> {
        super::across::below(self.ground, of, which)
    }

    fn past(&self, which: Past) -> Rc<[PastCase<'a>]> {
        let g = self.ground;
        let cell = &self.pasts[usize::from(which == Past::Previous)];
        cell.get_or_init(|| {
            let own: Vec<&str> = self.cases().into_iter().map(|c| g.round.cases[c].name.as_str()).collect();
            let mut out = Vec::new();
            for round in &g.past().rounds {
                if which == Past::Previous && !round.previous {
                    continue;
                }
                let record = g.known.round.and_then(|k| round.folder.of(k).first());
                for (name, folder) in &round.cases {
                    if which == Past::Earlier && !own.contains(&name.as_str()) {
                        continue;
                    }
                    let case = g.known.case.and_then(|k| folder.of(k).first());
                    let team = case.and_then(|c| g.text(c, "team")).and_then(|id| {
                        let teams = g.known.team.map_or(&[][..], |k| round.folder.of(k));
                        teams.iter().find(|t| t.id == id || g.text(t, "no") == Some(id))
                    });
                    out.push(PastCase { round: record, case, team });
                }
            }
            out.into()
        })
        .clone()
    }

    fn resolve(&self, from: &'a Record, kinds: &[KindId], id: &str) -> Option<&'a Record> {
        let found = super::refs::resolve(self.ground, from, kinds, id.trim());
        if found.is_none() && self.ground.unread {
            unread::named(self.ground, from, kinds, id.trim()).inspect(|file| self.met.note(file));
        }
        found
    }

    fn met(&self) -> Option<&Met<'a>> {
        Some(&self.met)
    }

    fn event(&self, index: usize) -> Option<(NaiveDate, Option<NaiveTime>)> {
        self.event_date(index).map(|e| (e.first.date, e.first.time))
    }

    fn param(&self, index: usize) -> Option<ParamValue> {
        param(self.ground, index)
    }

    fn period(&self) -> Option<Cycle> {
        self.period
    }

    fn today(&self) -> NaiveDate {
        self.ground.today
    }

    fn calendar(&self) -> &'a Calendar {
        self.ground.calendar
    }

    fn title(&self, named: Named) -> Text {
        let p = self.ground.program.procedure;
        match named {
            Named::Event(i) => p.events[i].title.clone(),
            Named::Param(i) => p.params[i].title.clone(),
        }
    }
}
