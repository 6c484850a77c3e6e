//! Files that are there and cannot be read: which of them a question may have been about, and what is held back until they can be.

use super::ground::Ground;
use super::model::{Report, RoundReport};
use super::sight::{Sight, Spot};
use crate::casebook::{Folder, Unread};
use crate::finding::{Finding, Place, Severity};
use crate::kind::{KindId, Record};
use crate::procedure::Procedure;
use crate::rule::World;
use crate::say;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// A file of a folder, of that kind.
pub fn of(folder: &Folder, kind: KindId) -> Option<&str> {
    folder.unread.iter().find(|u| u.kind == kind).map(|u| u.file.as_str())
}

/// A file of any case of the round, of that kind.
pub fn of_cases<'a>(g: &Ground<'a>, kind: Option<KindId>) -> Option<&'a str> {
    g.round.cases.iter().find_map(|c| of(&c.folder, kind?))
}

/// The folders in sight, as records are.
fn folders<'a>(sight: &Sight<'a>) -> Vec<&'a Folder> {
    let g = sight.ground;
    let mut out = Vec::new();
    match sight.spot {
        Spot::Book => {}
        Spot::Case(i) => out.push(&g.round.cases[i].folder),
        _ => out.extend(sight.cases().into_iter().map(|i| &g.round.cases[i].folder)),
    }
    if sight.spot != Spot::Book {
        out.push(&g.round.folder);
    }
    out.push(g.workspace);
    out
}

/// A file in sight of that kind; the file of a case that hides whose the records of that kind are.
pub fn in_sight<'a>(sight: &Sight<'a>, kind: KindId) -> Option<&'a str> {
    let g = sight.ground;
    let found = folders(sight).into_iter().find_map(|f| of(f, kind));
    let case = g.known.case;
    let hidden = |folder: &'a Folder, records: &Folder| case.filter(|_| !records.of(kind).is_empty()).and_then(|k| of(folder, k));
    found.or_else(|| match sight.spot {
        // Which of the round's records concern the case, its team says; which cases are the team's, they say.
        Spot::Case(i) => hidden(&g.round.cases[i].folder, &g.round.folder),
        Spot::Team(_) => g.round.cases.iter().find_map(|c| {
            hidden(&c.folder, &c.folder).or_else(|| of(&c.folder, kind).filter(|_| case.is_some_and(|k| of(&c.folder, k).is_some())))
        }),
        _ => None,
    })
}

/// Notes a milestone of this very level that could not be read: it may be that of any event.
pub fn milestone(sight: &Sight<'_>) {
    let g = sight.ground;
    let (true, Some(kind), Some(met)) = (g.unread, g.known.milestone, sight.met()) else { return };
    let found = match sight.spot {
        Spot::Case(i) => of(&g.round.cases[i].folder, kind),
        Spot::Team(_) => in_sight(sight, kind),
        _ => of(&g.round.folder, kind),
    };
    found.inspect(|file| met.note(file));
}

/// The file that a reference names, if it is one that could not be read.
pub fn named<'a>(g: &Ground<'a>, from: &Record, kinds: &[KindId], id: &str) -> Option<&'a str> {
    let mut places: Vec<(&str, &'a Folder)> = g.round.cases.iter().map(|c| (c.name.as_str(), &c.folder)).collect();
    if !from.home.case.is_empty() && !id.contains('/') {
        places.retain(|(name, _)| *name == from.home.case || kinds.iter().any(|k| Some(*k) == g.known.case));
    }
    places.extend([(g.round.name.as_str(), &g.round.folder), ("", g.workspace)]);
    let (path, last) = id.trim_end_matches(".yaml").rsplit_once('/').unwrap_or(("", id));
    let means = |u: &Unread, home: &str| {
        let kind = kinds.is_empty() || kinds.contains(&u.kind);
        match Some(u.kind) {
            // A case and a round are named by their folders, a team by its number too.
            k if k == g.known.case || k == g.known.round => kind && home == last,
            k if k == g.known.team => kind,
            _ => kind && u.id == last,
        }
    };
    let inside = |file: &str| {
        path.split('/').all(|p| p.is_empty() || p == "rounds" || g.book.schema.find_kind(p).is_some() || file.split('/').any(|f| f == p))
    };
    places
        .into_iter()
        .flat_map(|(home, f)| f.unread.iter().map(move |u| (home, u)))
        .find(|(home, u)| means(u, home) && inside(&u.file))
        .map(|(_, u)| u.file.as_str())
}

/// A confirmation or waiver in sight that could not be read and may name this obligation: its file name says which, unless a person named it.
pub fn about<'a>(sight: &Sight<'a>, kind: KindId, obligation: &str) -> Option<&'a str> {
    let p = sight.ground.program.procedure;
    let says = |u: &Unread, id: &str| u.id.to_uppercase().contains(&id.to_uppercase());
    let waiver = Some(kind) == sight.ground.known.waiver;
    let may = |u: &&Unread| u.kind == kind && (says(u, obligation) || (!waiver && !p.obligations.iter().any(|o| says(u, &o.id))));
    let found = folders(sight).into_iter().flat_map(|f| &f.unread).find(may).map(|u| u.file.as_str());
    found.or_else(|| sight.list(kind).iter().filter(|r| r.odd).find(|r| misnamed(sight, r, obligation)).map(|r| r.file.as_str()))
}

/// Whether a record's obligation stands under a mistyped key, and the record may be about this one.
fn misnamed(sight: &Sight<'_>, record: &Record, obligation: &str) -> bool {
    let schema = &sight.ground.book.schema;
    let field = schema.shape(record.shape).find("obligation").filter(|i| record.root().field(*i).is_none());
    let misread = field.is_some_and(|i| record.root().misread(i));
    misread && record.tree.text().to_uppercase().contains(&obligation.to_uppercase())
}

/// The files of a round and above it of which nothing could be read.
pub fn files(g: &Ground) -> Vec<String> {
    let cases = g.round.cases.iter().map(|c| &c.folder);
    [g.workspace, &g.round.folder].into_iter().chain(cases).flat_map(|f| &f.unread).map(|u| u.file.clone()).collect()
}

/// The unread files that a case works with: its own, its round's, those above.
pub fn of_case<'r>(files: &'r [String], round: &str, case: &str, cases: &[&str]) -> Vec<&'r str> {
    let other = |file: &str| cases.iter().any(|c| *c != case && file.starts_with(&format!("rounds/{round}/{c}/")));
    files.iter().map(String::as_str).filter(|f| !other(f)).collect()
}

/// A reference that stands in a value that was typed wrongly waits for that.
pub fn follow(findings: &mut [Finding]) {
    let slips: Vec<Place> = findings
        .iter()
        .filter(|f| crate::yaml::CODES.contains(&f.code.as_ref()) && f.place.range.is_some())
        .map(|f| f.place.clone())
        .collect();
    for f in findings.iter_mut().filter(|f| f.code == "dangling-ref" && f.waits.is_none()) {
        let Some((start, end)) = f.place.range else { continue };
        let meets = |s: &&Place| s.file == f.place.file && s.range.is_some_and(|(a, b)| a < end && start < b);
        f.waits = slips.iter().find(meets).map(|s| s.file.clone());
    }
}

/// A confirmation or waiver of an obligation that is not there waits for a procedure of which not all could be read: it may stand in what was not.
pub fn procedures(rounds: &mut [RoundReport], above: &mut [Finding], procedures: &[Procedure]) {
    let wrong = |p: &&Procedure| above.iter().any(|f| f.severity == Severity::Error && f.place.file == p.file);
    let flawed: BTreeSet<String> = procedures.iter().filter(wrong).map(|p| p.file.clone()).collect();
    let hold = |findings: &mut [Finding], file: Option<&String>| {
        findings.iter_mut().filter(|f| f.code == "unknown-obligation").for_each(|f| f.waits = file.cloned());
    };
    for r in rounds.iter_mut() {
        hold(&mut r.findings, flawed.get(&procedures[r.procedure].file));
    }
    hold(above, flawed.first());
}

/// How many of what waits are named.
const NAMED: usize = 6;

/// The findings that are wanted, in the order in which they are shown: first the files that keep something else from being judged, then all
/// others by file. What waits for such a file is not among them; its number stands with the file, as heavy as the heaviest of them.
pub fn shown<'r>(report: &'r Report, wanted: impl Fn(&Finding) -> bool) -> Vec<Cow<'r, Finding>> {
    let all = report.all_findings();
    let mut held: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    let mut out: Vec<Cow<Finding>> = Vec::new();
    let mut causes: BTreeSet<&str> = report.unread.iter().map(String::as_str).collect();
    for f in all {
        match &f.waits {
            Some(file) => {
                causes.insert(file);
                if wanted(f) {
                    held.entry(file).or_default().push(f);
                }
            }
            None if wanted(f) => out.push(Cow::Borrowed(f)),
            None => {}
        }
    }
    out.extend(held.into_iter().map(|(file, list)| Cow::Owned(summary(file, &list, report.unread.iter().any(|u| u == file)))));
    let key = |f: &Finding| (!causes.contains(f.place.file.as_str()), f.place.file.clone(), f.code == "held-back");
    out.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| a.key().cmp(&b.key())));
    out
}

fn summary(file: &str, list: &[&Finding], whole: bool) -> Finding {
    let severity = list.iter().map(|f| f.severity).max().unwrap_or(Severity::Info);
    let n = list.len();
    let message = match whole {
        true => say!(
            "这个文件读不了，{n}处问题要等它能读了才能判断，暂不列出",
            "this file cannot be read; what waits for it is not shown ({n})"
        ),
        false => say!(
            "这个文件没有全部读懂，{n}处问题要等改正后才能判断，暂不列出",
            "not all of this file is understood; what waits for it is not shown ({n})"
        ),
    };
    let mut ids: Vec<String> = list.iter().map(|f| f.obligation.clone().unwrap_or_else(|| format!("`{}`", f.code))).collect();
    ids.sort_unstable_by_key(|id| (id.starts_with('`'), id.clone()));
    ids.dedup();
    let more = ids.len().saturating_sub(NAMED);
    let shown = crate::text::list_text(&ids[..ids.len() - more]);
    let (zh, en, total) = (shown.zh, shown.en, ids.len());
    let help = match more {
        0 => say!(
            "先改正这个文件里的错误，再运行 `xuncha check`。涉及 {zh}",
            "mend this file first, then run `xuncha check` again. It concerns {en}"
        ),
        _ => say!(
            "先改正这个文件里的错误，再运行 `xuncha check`。涉及 {zh}等{total}项",
            "mend this file first, then run `xuncha check` again. It concerns {en} and {more} more"
        ),
    };
    let mut f = Finding::error("held-back", Place::file(file), message).help(help);
    f.severity = severity;
    f.case = list.iter().find_map(|f| f.case.clone());
    f
}
