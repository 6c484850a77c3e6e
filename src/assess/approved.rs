//! Records that were changed after their last approval, as git's history has it. What was empty then and is filled in now is no change.

use crate::casebook::Casebook;
use crate::casebook::git::Git;
use crate::casebook::history::{self, APPROVALS, Commit, altered};
use crate::casebook::names::Where;
use crate::finding::{Finding, Place};
use crate::kind::Record;
use crate::say;
use anyhow::Result;
use std::collections::{BTreeMap, HashMap};

/// The findings below some places. Refuses where there is no git or no repository.
pub fn changed(book: &Casebook, places: &[Where]) -> Result<Vec<Finding>> {
    let git = Git::of(&book.root)?;
    let mut files: BTreeMap<String, Record> = BTreeMap::new();
    for round in book.rounds() {
        if !places.iter().any(|p| p.round().is_none_or(|r| *r == *round)) {
            continue;
        }
        let read = book.read_round(&round, None);
        let all = read.folder.records.into_iter().chain(read.cases.into_iter().flat_map(|c| c.folder.records));
        files.extend(all.map(|r| (r.file.clone(), r)));
    }
    let root = book.read_workspace();
    files.extend(root.records.into_iter().map(|r| (r.file.clone(), r)));
    let within = |r: &Record| {
        places.iter().any(|p| match p {
            Where::Book => true,
            Where::Round(round) => r.home.round == *round,
            Where::Case(round, case) => r.home.round == *round && r.home.case == *case,
        })
    };
    files.retain(|_, r| within(r) && !book.approvals(r).is_empty());
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let commits = history::commits(&git, "")?;
    // Who changed a file when, the oldest first.
    let mut touched: HashMap<&str, Vec<(&Commit, &str)>> = HashMap::new();
    for commit in &commits {
        for change in commit.changes.iter().filter(|c| files.contains_key(&c.file)) {
            if let Some(after) = &change.after {
                touched.entry(&change.file).or_default().push((commit, after));
            }
        }
    }
    let mut out = Vec::new();
    for (file, now) in &files {
        let Some(list) = touched.get(file.as_str()) else { continue };
        let objects: Vec<String> = list.iter().map(|(_, o)| o.to_string()).collect();
        let texts = git.objects(&objects)?;
        let past: Vec<(&Commit, Record)> =
            list.iter().zip(texts).filter_map(|((commit, _), bytes)| Some((*commit, book.past_record(file, bytes?)?))).collect();
        out.extend(one(book, now, &past));
    }
    Ok(out)
}

/// Compares a record with what it was when its last approval was committed.
fn one(book: &Casebook, now: &Record, past: &[(&Commit, Record)]) -> Option<Finding> {
    let approvals = book.approvals(now);
    // An approval that is not yet committed was given to what stands there now.
    let first = past.iter().position(|(_, r)| book.approvals(r).len() >= approvals.len())?;
    let (approved, then) = &past[first];
    let (before, after) = (book.contents(then), book.contents(now));
    let fields = altered(&before, &after);
    if fields.is_empty() {
        return None;
    }
    // The commit since which it stands as it does now.
    let stands = |r: &Record| {
        let then = book.contents(r);
        fields.iter().all(|k| then.get(*k) == after.get(*k))
    };
    let by = past[first + 1..].iter().find(|(_, r)| stands(r)).map(|(c, _)| *c);
    let shape = book.schema.shape(now.shape);
    let part = shape.find(APPROVALS).and_then(|i| now.root().field(i))?;
    let last = approvals.last()?;
    let role = book.schema.value_label("role", last.get("role").map_or("", String::as_str));
    let on = last.get("date").cloned().unwrap_or_default();
    let label = |path: &&str| {
        let head = path.split('.').next().unwrap_or(path);
        shape.find(head).map_or_else(|| crate::text::Text::same(head), |i| shape.fields[i as usize].label.clone())
    };
    let mut labels: Vec<crate::text::Text> = fields.iter().map(label).collect();
    labels.dedup();
    let zh = labels.iter().map(|t| t.zh.as_ref()).collect::<Vec<_>>().join("、");
    let en = labels.iter().map(|t| t.en.as_ref()).collect::<Vec<_>>().join(", ");
    let (role_zh, role_en, committed) = (role.zh, role.en, approved.day());
    let message = match by {
        Some(c) => {
            let (who, day) = (crate::text::safe(&c.who).into_owned(), c.day());
            say!(
                "{role_zh} {on} 审批（{committed} 提交）以后，{who} 于 {day} 改了：{zh}",
                "after the approval by {role_en} on {on} (committed {committed}), {who} changed on {day}: {en}"
            )
        }
        None => say!(
            "{role_zh} {on} 审批（{committed} 提交）以后又改了，还没有提交：{zh}",
            "changed after the approval by {role_en} on {on} (committed {committed}), and not committed: {en}"
        ),
    };
    let mut f = Finding::warning("changed-after-approval", Place::at(&now.file, now.tree.span(part.node)), message).help(say!(
        "改动须经批准的，重新报批后用 `xuncha approve` 再记一条；不该改的，改回去（`xuncha log` 看经过）",
        "have it approved again and record that with `xuncha approve`, or take the change back (`xuncha log` tells how it came)"
    ));
    f.case = Some([now.home.round.as_str(), now.home.case.as_str()].into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>().join("/"));
    f.case = f.case.filter(|c| !c.is_empty());
    Some(f)
}
