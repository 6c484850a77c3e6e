//! What a rule can see from one instance of a scope: the visible records of each kind, the case's own, the events, the parameters.

use super::events::{self, EventDate};
use super::ground::Ground;
use crate::calendar::{Anchor, Calendar, Cycle};
use crate::kind::{KindId, Record, Schema};
use crate::procedure::{ParamType, Scope};
use crate::rule::{Current, Group, Named, ParamValue, Past, PastCase, World};
use crate::text::Text;
use chrono::{NaiveDate, NaiveTime};
use rustc_hash::FxHashMap as HashMap;
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
    events: RefCell<Vec<Option<Option<EventDate>>>>,
    pasts: [OnceCell<Rc<[PastCase<'a>]>>; 2],
    /// The views of the team and the round above, made when asked for.
    above: OnceCell<Box<Sight<'a>>>,
    round_above: OnceCell<Box<Sight<'a>>>,
    below: OnceCell<Vec<Sight<'a>>>,
    /// Confirmations and waivers by the obligation that they name.
    said: [Said<'a>; 2],
}

impl<'a> Sight<'a> {
    /// A view; nothing is listed before it is asked for.
    pub fn new(ground: &'a Ground<'a>, spot: Spot) -> Sight<'a> {
        Sight::within(ground, spot, None)
    }

    /// The view from an instance in one period.
    pub fn within(ground: &'a Ground<'a>, spot: Spot, period: Option<Cycle>) -> Sight<'a> {
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
        }
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
        self.round_above.get_or_init(|| Box::new(Sight::within(self.ground, Spot::Round, self.period)))
    }

    /// The view from the case's team; from the round where the case has none.
    pub fn team_view(&self) -> &Sight<'a> {
        if matches!(self.spot, Spot::Team(_) | Spot::Round | Spot::Book) {
            return self;
        }
        self.above.get_or_init(|| {
            let id = self.team().map(|t| &t.id);
            let index = self.ground.teams().iter().position(|t| Some(&t.id) == id);
            Box::new(Sight::within(self.ground, index.map_or(Spot::Round, Spot::Team), self.period))
        })
    }

    /// The views from the cases below.
    pub fn case_views(&self) -> &[Sight<'a>] {
        self.below.get_or_init(|| self.cases().into_iter().map(|c| Sight::within(self.ground, Spot::Case(c), self.period)).collect())
    }

    /// The date of an event: of its own scope, or the first and last of the cases below.
    pub fn event_date(&self, index: usize) -> Option<EventDate> {
        if let Some(known) = &self.events.borrow()[index] {
            return known.clone();
        }
        let date = events::date(self, index);
        self.events.borrow_mut()[index] = Some(date.clone());
        date
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

    /// The confirmations in sight that name an obligation.
    pub fn confirmations(&self, obligation: &str) -> &[&'a Record] {
        about(self, &self.said[0], self.ground.known.confirmation, obligation, true)
    }

    /// The waivers in sight that name an obligation.
    pub fn waivers(&self, obligation: &str) -> &[&'a Record] {
        about(self, &self.said[1], self.ground.known.waiver, obligation, false)
    }
}

type Said<'a> = OnceCell<HashMap<String, Vec<&'a Record>>>;

/// The records of a kind that name an obligation; sorted by obligation when first asked for.
///
/// Where one period is looked at, those of other periods are left out; one that names none is of every period, unless it must name one.
fn about<'s, 'a>(sight: &'s Sight<'a>, said: &'s Said<'a>, kind: Option<KindId>, obligation: &str, named: bool) -> &'s [&'a Record] {
    let all = said.get_or_init(|| {
        let mut all: HashMap<String, Vec<&'a Record>> = HashMap::default();
        let Some(kind) = kind else { return all };
        for record in sight.list(kind).iter() {
            let of = sight.ground.text(record, "period").map(Cycle::parse);
            let meant = match (sight.period, of) {
                (None, _) => true,
                (Some(period), Some(of)) => of == Some(period),
                (Some(_), None) => !named,
            };
            if let Some(o) = sight.ground.text(record, "obligation").filter(|_| meant) {
                all.entry(o.to_uppercase()).or_default().push(record);
            }
        }
        all
    });
    all.get(&obligation.to_uppercase()).map_or(&[], Vec::as_slice)
}

impl<'a> World<'a> for Sight<'a> {
    fn schema(&self) -> &'a Schema {
        &self.ground.book.schema
    }

    fn list(&self, kind: KindId) -> Rc<[&'a Record]> {
        if let Some(list) = &self.lists.borrow()[kind.0 as usize] {
            return list.clone();
        }
        let list = self.visible(kind);
        self.lists.borrow_mut()[kind.0 as usize] = Some(list.clone());
        list
    }

    fn single(&self, kind: KindId) -> Option<&'a Record> {
        match self.spot {
            Spot::Case(i) => self.ground.round.cases[i].folder.of(kind).first(),
            // Above the cases there is no one record, but for the round's own.
            Spot::Book => None,
            _ if Some(kind) == self.ground.known.round => self.ground.round_record(),
            _ => None,
        }
    }

    fn current(&self, which: Current) -> Option<&'a Record> {
        let g = self.ground;
        match (which, self.spot) {
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
        }
    }

    fn group(&self, which: Group) -> Rc<[&'a Record]> {
        let g = self.ground;
        match which {
            Group::Cases => (0..g.round.cases.len()).filter_map(|i| g.case_record(i)).collect(),
            Group::Teams => g.teams().iter().collect(),
            Group::Units => g.known.unit.map_or_else(|| Rc::from([]), |k| g.workspace.of(k).iter().collect()),
            Group::Persons => g.known.person.map_or_else(|| Rc::from([]), |k| g.workspace.of(k).iter().collect()),
        }
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
        super::refs::resolve(self.ground, from, kinds, id.trim())
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

/// The value of a parameter: the office's, else the procedure's; none where neither sets it or where it is not of its type.
pub fn param(g: &Ground, index: usize) -> Option<ParamValue> {
    let p = &g.program.procedure.params[index];
    read_param(p.ty, g.book.config.params.get(&p.id).map(|(v, _)| v.as_str()).or(p.value.as_deref())?)
}

/// A parameter's value from its text; none where it is not of that type.
pub fn read_param(ty: ParamType, text: &str) -> Option<ParamValue> {
    match ty {
        ParamType::Duration => {
            let signed = if text.starts_with(['+', '-']) { text.to_string() } else { format!("+{text}") };
            crate::calendar::Rule::parse(&signed).ok().map(|_| ParamValue::Duration(signed.into()))
        }
        ParamType::Number => text.parse::<i64>().map(ParamValue::Int).or_else(|_| text.parse().map(ParamValue::Number)).ok(),
        ParamType::Text => Some(ParamValue::Text(text.into())),
    }
}

/// A day without an hour.
pub fn day(date: NaiveDate) -> Anchor {
    Anchor::day(date)
}
