//! The pure heart: `assess(procedure, casebook, calendar, today) -> assessments`; every command is a view of its result, none computes the truth again.
//!
//! To be read in this order: `model` (what comes out), `known`, `term`, `ground` (one round and what it needs), `sight` (the records as the rules of one
//! case see them; its events, promises and unread files — `events`, `said`, `unread` — look through it and are asked by it), `across`, `refs`; then one
//! obligation on one instance: `subject`, `demand`, `signed`, `due`, `flaw`, and `one`, which puts them together; then `stage` and `gate`; last this file,
//! which does it for every round, and the views of the result: `todo`, `moved`.

mod across;
pub mod approved;
pub mod begin;
pub mod cache;
pub mod cycles;
pub mod demand;
pub mod doubles;
pub mod due;
pub mod events;
pub mod flaw;
mod folders;
pub mod frames;
pub mod gaps;
pub mod gate;
pub mod ground;
pub mod known;
pub mod model;
pub mod moved;
pub mod one;
pub mod params;
pub mod refs;
mod said;
pub mod shelf;
pub mod sight;
pub mod signed;
pub mod stage;
pub mod subject;
mod target;
pub mod term;
pub mod todo;
pub mod unread;
pub mod waivers;

pub use model::*;
pub use one::rule_words;

use crate::calendar::Every;
use crate::casebook::names::Where;
use crate::casebook::{Casebook, Folder, Round};
use crate::finding::{Finding, Place};
use crate::procedure::compile::Program;
use crate::procedure::{Procedure, Scope};
use cache::{Above, Cache};
use chrono::NaiveDate;
use folders::{case_place, read_findings, record_findings, round_place};
use ground::Ground;
use one::Stand;
use rayon::prelude::*;
use sight::{Sight, Spot};
use std::sync::OnceLock;

/// What to assess, and on which day.
#[derive(Clone, Debug)]
pub struct Request {
    /// The whole casebook, some rounds, some cases.
    pub places: Vec<Where>,
    /// The day of the run.
    pub today: NaiveDate,
    /// Whether what was assessed before may be used, and kept.
    pub cache: bool,
}

/// From how many days before a due date it is near, where the office does not say.
pub const DUE_SOON: i64 = 7;

/// Assesses what is asked. Rounds are read, assessed and dropped one by one, on as many threads as there are.
pub fn run(book: &Casebook, request: &Request) -> Report {
    let whole = request.places.contains(&Where::Book);
    let names = wanted_rounds(book, request);
    let (shelf, shelf_findings) = shelf::load(book, names.iter().map(|(n, _)| n.as_str()));
    let programs: Vec<Program> = shelf.procedures.iter().map(|p| Program::new(p, &book.schema)).collect();
    let wanted: Vec<&str> = names.iter().map(|(n, _)| n.as_str()).collect();
    let cache = if request.cache { Cache::open(book, &wanted, request.today) } else { None };
    let workspace = OnceLock::new();
    let workspace = || workspace.get_or_init(|| book.read_workspace());
    let history = ground::History::default();
    let mut rounds: Vec<RoundReport> = names
        .par_iter()
        .map(|(name, cases)| {
            let procedure = shelf.of(name);
            // What is kept is of all cases.
            let all = || book.cases(name).iter().all(|c| cases.as_ref().is_none_or(|wanted| wanted.contains(c)));
            let cache = cache.as_ref().filter(|_| all());
            if let Some(kept) = cache.and_then(|c| c.round(name)) {
                return RoundReport { procedure, ..kept };
            }
            // Every case is read, whichever are asked for: what the round demands, and what its records name, reaches into all of them.
            let round = book.read_round(name, None);
            let ground = Ground::new(book, workspace(), &round, &programs[procedure], &history, request.today);
            let report = round_report(&ground, procedure, cases.as_deref());
            if let Some(cache) = cache {
                cache.keep_round(&report, ground.looked_at());
            }
            report
        })
        .collect();
    let mut above = cache.as_ref().and_then(|c| c.above(&names, whole)).unwrap_or_else(|| {
        let mut above = Above { findings: shelf_findings, records: workspace().records.len(), ..Above::default() };
        above_rounds(book, workspace(), &programs, &history, request, &rounds, &mut above);
        if let Some(cache) = &cache {
            cache.keep_above(&names, whole, &above);
        }
        above
    });
    if let Some(last) = rounds.last_mut() {
        last.assessments.extend(above.assessments);
    }
    drop(programs);
    unread::procedures(&mut rounds, &mut above.findings, &shelf.procedures);
    Report { procedures: shelf.procedures, rounds, findings: above.findings, records: above.records, unread: above.unread }
}

/// What is wrong above the rounds: settings, calendar, procedures, records at the root, what the casebook itself owes.
fn above_rounds(
    book: &Casebook,
    workspace: &Folder,
    programs: &[Program],
    history: &ground::History,
    request: &Request,
    rounds: &[RoundReport],
    above: &mut Above,
) {
    let whole = request.places.contains(&Where::Book);
    let findings = &mut above.findings;
    findings.extend(book.findings.iter().cloned());
    findings.extend(book.calendar().1.iter().cloned());
    findings.extend(workspace.findings.iter().cloned());
    if whole {
        findings.extend(doubles::workspace(book, workspace));
    }
    findings.extend(crate::procedure::conditions::own(&book.schema));
    findings.extend(params::check(book, programs, whole));
    for (i, program) in programs.iter().enumerate() {
        if rounds.iter().any(|r| r.procedure == i) {
            findings.extend(crate::procedure::lint::lint_program(program));
        }
    }
    if whole {
        above.assessments = book_level(book, workspace, programs, history, request, rounds, findings);
    }
    unread::follow(findings);
    findings.sort_by(|a, b| a.key().cmp(&b.key()));
    findings.dedup();
    above.unread = workspace.unread.iter().map(|u| u.file.clone()).chain(rounds.iter().flat_map(|r| r.unread.clone())).collect();
    above.unread.sort();
    above.unread.dedup();
}

/// The rounds to read, and of each the cases if not all.
fn wanted_rounds(book: &Casebook, request: &Request) -> Vec<(String, Option<Vec<String>>)> {
    let mut out: Vec<(String, Option<Vec<String>>)> = Vec::new();
    for place in &request.places {
        let (round, case) = match place {
            Where::Book => {
                return book.rounds().into_iter().map(|r| (r, None)).collect();
            }
            Where::Round(r) => (r, None),
            Where::Case(r, c) => (r, Some(c)),
        };
        match (out.iter_mut().find(|(n, _)| n == round), case) {
            (None, case) => out.push((round.clone(), case.map(|c| vec![c.clone()]))),
            (Some((_, all)), None) => *all = None,
            (Some((_, Some(cases))), Some(c)) => cases.push(c.clone()),
            (Some((_, None)), Some(_)) => {}
        }
    }
    out.sort();
    out
}

fn round_report(ground: &Ground, procedure: usize, only: Option<&[String]>) -> RoundReport {
    let g = ground;
    let p = g.program.procedure;
    let round = g.round;
    let due_soon = g.book.config.due_soon.unwrap_or(DUE_SOON);
    let progress: Vec<Vec<Progress>> = (0..round.cases.len()).map(|i| stage::of_case(g, i)).collect();
    let together = stage::of_all(p, &progress);
    let mut findings = read_findings(g, only);
    let mut assessments = Vec::new();

    // One view per case: rayon splits the cases, the wider scopes are few.
    let wanted: Vec<usize> = (0..round.cases.len()).filter(|i| only.is_none_or(|o| o.contains(&round.cases[*i].name))).collect();
    let case_parts: Vec<(Vec<Assessment>, Vec<Finding>, CaseReport)> = wanted
        .par_iter()
        .copied()
        .map(|i| {
            let sight = Sight::new(g, Spot::Case(i));
            let name = format!("{}/{}", round.name, round.cases[i].name);
            let stand = Stand {
                progress: &progress[i],
                due_soon,
                place: case_place(g, i),
                instance: Instance { scope: Scope::Case, case: name.clone(), team: None, period: None, reach: name },
            };
            let mut out = assess_scope(&sight, Scope::Case, &stand);
            let mut findings = Vec::new();
            record_findings(&sight, &round.cases[i].folder, &progress[i], &mut findings);
            findings.extend(events::conflicts(&sight));
            for f in &mut findings {
                f.case.get_or_insert_with(|| stand.instance.case.clone());
            }
            let report = case_report(&sight, i, &progress[i]);
            out.shrink_to_fit();
            (out, findings, report)
        })
        .collect();

    let round_view = Sight::new(g, Spot::Round);
    let round_stand = Stand {
        progress: &together,
        due_soon,
        place: round_place(g),
        instance: Instance { scope: Scope::Round, case: round.name.clone(), team: None, period: None, reach: round.name.clone() },
    };
    assessments.extend(assess_scope(&round_view, Scope::Round, &round_stand));
    for (t, team) in g.teams().iter().enumerate() {
        let view = Sight::new(g, Spot::Team(t));
        let of_team: Vec<Vec<Progress>> = view.cases().into_iter().map(|c| progress[c].clone()).collect();
        if !view.cases().iter().any(|c| wanted.contains(c)) {
            continue;
        }
        // Of several teams, a command finds each through one of its cases.
        let reach = match view.cases().first().filter(|_| g.teams().len() > 1) {
            Some(case) => format!("{}/{}", round.name, round.cases[*case].name),
            None => round.name.clone(),
        };
        let stand = Stand {
            progress: &stage::of_all(p, &of_team),
            due_soon,
            place: Place::file(&team.file),
            instance: Instance { scope: Scope::Team, case: round.name.clone(), team: Some(team.id.clone()), period: None, reach },
        };
        assessments.extend(assess_scope(&view, Scope::Team, &stand));
        findings.extend(events::conflicts(&view));
    }
    record_findings(&round_view, &round.folder, &together, &mut findings);
    doubles::members(g, &mut findings);
    findings.extend(events::conflicts(&round_view));
    let mut cases = Vec::new();
    for (a, f, report) in case_parts {
        assessments.extend(a);
        findings.extend(f);
        cases.push(report);
    }
    for f in &mut findings {
        f.case.get_or_insert_with(|| round.name.clone());
    }
    assessments.sort_by(|a, b| (a.obligation, &a.instance).cmp(&(b.obligation, &b.instance)));
    unread::follow(&mut findings);
    findings.sort_by(|a, b| a.key().cmp(&b.key()));
    findings.dedup();
    let records = round.folder.records.len() + wanted.iter().map(|c| round.cases[*c].folder.records.len()).sum::<usize>();
    let waivers = waivers::of_round(g);
    RoundReport { name: round.name.clone(), procedure, cases, assessments, findings, waivers, records, unread: unread::files(g) }
}

/// Obligations of the casebook itself, laid on its records once: shown with the last round's procedure.
fn book_level(
    book: &Casebook,
    workspace: &Folder,
    programs: &[Program],
    history: &ground::History,
    request: &Request,
    rounds: &[RoundReport],
    findings: &mut Vec<Finding>,
) -> Vec<Assessment> {
    let Some(procedure) = rounds.last().map(|r| r.procedure) else { return Vec::new() };
    let program = &programs[procedure];
    let empty = Round::default();
    let g = Ground::new(book, workspace, &empty, program, history, request.today);
    let view = Sight::new(&g, Spot::Book);
    // The casebook is as far as its rounds under this procedure are.
    let of_cases: Vec<Vec<Progress>> =
        rounds.iter().filter(|r| r.procedure == procedure).flat_map(|r| r.cases.iter().map(|c| c.stages.clone())).collect();
    let progress = stage::of_all(program.procedure, &of_cases);
    let stand = Stand {
        progress: &progress,
        due_soon: book.config.due_soon.unwrap_or(DUE_SOON),
        place: Place::file(crate::casebook::MARKER),
        instance: Instance { scope: Scope::Casebook, case: String::new(), team: None, period: None, reach: String::new() },
    };
    let assessments = assess_scope(&view, Scope::Casebook, &stand);
    record_findings(&view, workspace, &progress, findings);
    assessments
}

fn assess_scope<'a>(sight: &Sight<'a>, scope: Scope, stand: &Stand) -> Vec<Assessment> {
    let p: &Procedure = sight.ground.program.procedure;
    let mut out = Vec::new();
    // The views of each kind of period, made with the first obligation that comes back with it.
    let mut periods: Vec<(Every, Vec<Sight<'a>>)> = Vec::new();
    for (i, o) in p.obligations.iter().enumerate().filter(|(_, o)| o.scope == scope) {
        let Some(every) = o.every else {
            out.extend(one::assess(sight, i, stand));
            continue;
        };
        let at = periods.iter().position(|(e, _)| *e == every).unwrap_or_else(|| {
            let views = cycles::of(sight, every).into_iter().map(|c| Sight::within(sight.ground, sight.spot, Some(c))).collect();
            periods.push((every, views));
            periods.len() - 1
        });
        out.extend(periods[at].1.iter().filter_map(|view| one::assess(view, i, stand)));
    }
    out
}

fn case_report(sight: &Sight<'_>, index: usize, progress: &[Progress]) -> CaseReport {
    let g = sight.ground;
    let case = &g.round.cases[index];
    let unit = crate::rule::World::current(sight, crate::rule::Current::Unit);
    let title = unit.and_then(|u| g.text(u, "name")).unwrap_or(&case.name).to_string();
    let named = || g.case_record(index).and_then(|c| g.text(c, "team")).map(str::to_string);
    let team = g.team_of(index).map(|t| t.id.clone()).or_else(named);
    let mut events: Vec<Happened> =
        (0..g.program.procedure.events.len()).filter_map(|e| sight.event_date(e).map(|d| Happened { event: e, on: d.first })).collect();
    events.sort_by_key(|h| (h.on.date, h.on.time, h.event));
    CaseReport { name: case.name.clone(), title, team, stages: progress.to_vec(), events }
}
