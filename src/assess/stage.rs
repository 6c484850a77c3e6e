//! How far a case is: stages from milestones, several side by side; never stored.

use super::ground::Ground;
use super::model::Progress;
use crate::kind::Val;
use crate::procedure::Procedure;

/// The event of a milestone that says that a stage was entered.
pub const ADVANCE: &str = "advance";

/// The progress of a case in each stage of its procedure.
pub fn of_case(g: &Ground, case: usize) -> Vec<Progress> {
    let p = g.program.procedure;
    let mut entered = vec![false; p.stages.len()];
    if let Some(kind) = g.known.milestone {
        for record in g.round.cases[case].folder.of(kind) {
            if g.text(record, "event") != Some(ADVANCE) {
                continue;
            }
            // One that lies ahead is a plan.
            if g.part(record, "date").and_then(super::events::anchor).is_some_and(|on| on.date > g.today) {
                continue;
            }
            let Some(part) = g.part(record, "stage") else { continue };
            let name = match part.val() {
                Val::Enum(e, i) => g.book.schema.en(e).values[i as usize].code.as_str(),
                _ => part.str().trim(),
            };
            if let Some(stage) = p.stage(name) {
                entered[stage] = true;
            }
        }
    }
    progress(p, &entered)
}

/// Progress from the stages that were entered: what leads to an entered stage is left; without any, the first is being worked in.
pub fn progress(p: &Procedure, entered: &[bool]) -> Vec<Progress> {
    let n = p.stages.len();
    let mut left = vec![false; n];
    // A stage is left when one that follows it was entered; so are all before it, whatever was skipped.
    let mut changed = true;
    while changed {
        changed = false;
        for s in 0..n {
            let follows = p.stages[s].next.iter().any(|t| entered[*t] || left[*t]);
            if follows && !left[s] {
                left[s] = true;
                changed = true;
            }
        }
    }
    let begun = entered.iter().any(|e| *e);
    (0..n)
        .map(|s| match () {
            () if left[s] => Progress::Left,
            () if entered[s] || (!begun && p.before(s).is_empty() && s == 0) => Progress::Here,
            () => Progress::Ahead,
        })
        .collect()
}

/// Whether a stage is over: it was left, or nothing follows it, it was entered, and the time of the instance has `ended`.
pub fn over(p: &Procedure, progress: &[Progress], stage: usize, ended: impl FnOnce() -> bool) -> bool {
    match progress[stage] {
        Progress::Left => true,
        Progress::Here => p.stages[stage].next.is_empty() && ended(),
        Progress::Ahead => false,
    }
}

/// For an instance above the cases: a stage is left when a case has left it, begun when one has begun it.
pub fn of_all(p: &Procedure, cases: &[Vec<Progress>]) -> Vec<Progress> {
    if cases.is_empty() {
        return progress(p, &vec![false; p.stages.len()]);
    }
    (0..p.stages.len())
        .map(|s| {
            if cases.iter().any(|c| c[s] == Progress::Left) {
                Progress::Left
            } else if cases.iter().any(|c| c[s] == Progress::Here) {
                Progress::Here
            } else {
                Progress::Ahead
            }
        })
        .collect()
}

/// The stages that a case may enter next, all at once: those whose every predecessor is here or left, and at least one is here.
pub fn next(p: &Procedure, progress: &[Progress]) -> Vec<usize> {
    (0..p.stages.len())
        .filter(|s| progress[*s] == Progress::Ahead)
        .filter(|s| {
            let before = p.before(*s);
            before.iter().any(|b| progress[*b] == Progress::Here) && before.iter().all(|b| progress[*b] != Progress::Ahead)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::procedure::Stage;
    use crate::text::Text;

    fn procedure() -> Procedure {
        let stage = |id: &str, next: &[usize]| Stage { id: id.into(), title: Text::same(id), next: next.to_vec(), kinds: Vec::new() };
        let stages = vec![stage("a", &[1]), stage("b", &[2, 3]), stage("c", &[4]), stage("d", &[4]), stage("end", &[])];
        Procedure { stages, ..Procedure::default() }
    }

    #[test]
    fn tracks_run_side_by_side_and_join() {
        use Progress::*;
        let p = procedure();
        let start = progress(&p, &[false; 5]);
        assert_eq!(start, [Here, Ahead, Ahead, Ahead, Ahead]);
        assert_eq!(next(&p, &start), [1]);
        let tracks = progress(&p, &[false, true, true, true, false]);
        assert_eq!(tracks, [Left, Left, Here, Here, Ahead]);
        assert_eq!(next(&p, &tracks), [4]);
        let one = progress(&p, &[false, true, true, false, false]);
        assert_eq!(next(&p, &one), [] as [usize; 0]);
        assert_eq!(progress(&p, &[false, false, false, false, true]), [Left, Left, Left, Left, Here]);
    }
}
