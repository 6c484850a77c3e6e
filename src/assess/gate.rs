//! The gates between stages: which may be entered next, and what keeps one shut.

use super::model::{Assessment, CaseReport, Progress, RoundReport, State};
use super::stage;
use super::unread;
use crate::procedure::{Procedure, Scope};

/// A step from the stages being worked in to the next.
#[derive(Clone, Debug)]
pub struct Gate<'r> {
    /// The stages that are entered, all together.
    pub enter: Vec<usize>,
    /// The stages that are left, by which their gates are asked.
    pub leave: Vec<usize>,
    /// What keeps it shut.
    pub shut: Vec<&'r Assessment>,
    /// What is open and does not keep it shut.
    pub reminders: Vec<&'r Assessment>,
    /// Files that cannot be read: what they hold may keep it shut.
    pub unread: Vec<&'r str>,
}

/// The gate before a case: the stages it may enter next. Empty `enter`: nothing follows, or what follows waits for another stage.
pub fn next<'r>(p: &Procedure, round: &'r RoundReport, case: &CaseReport) -> Gate<'r> {
    let enter = stage::next(p, &case.stages);
    let leave: Vec<usize> =
        (0..p.stages.len()).filter(|s| case.stages[*s] == Progress::Here && p.stages[*s].next.iter().any(|n| enter.contains(n))).collect();
    let name = format!("{}/{}", round.name, case.name);
    let mine = |a: &&Assessment| match a.instance.scope {
        Scope::Case => a.instance.case == name,
        Scope::Team => a.instance.team.is_some() && a.instance.team == case.team,
        Scope::Round => true,
        Scope::Casebook => false,
    };
    let undone = |a: &&Assessment| a.state.is_open() || a.state == State::Late;
    let mut gate = Gate { enter, leave, shut: Vec::new(), reminders: Vec::new(), unread: Vec::new() };
    let cases: Vec<&str> = round.cases.iter().map(|c| c.name.as_str()).collect();
    gate.unread = unread::of_case(&round.unread, &round.name, &case.name, &cases);
    for a in round.assessments.iter().filter(mine).filter(undone) {
        let o = &p.obligations[a.obligation];
        if gate.leave.iter().any(|s| o.blocks(*s)) {
            gate.shut.push(a);
        } else if gate.leave.contains(&o.stage) {
            gate.reminders.push(a);
        }
    }
    gate
}
