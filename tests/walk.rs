//! A newcomer led by `next` alone brings a round from nothing to its end. The demo's records are the papers on the desk: what a person knows.

mod common;
#[path = "walk/papers.rs"]
mod papers;

use chrono::NaiveDate;
use common::{Book, day, lay, root};
use papers::{Paper, as_of, rename};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use xuncha::assess::{self, Request, gate, todo};
use xuncha::casebook::{Casebook, names::Where};

const ROUND: &str = "2020-r2";
const CASE: &str = "2020-r2/zhixiao";
const START: &str = "2020-06-28";
const END: &str = "2021-02-01";

/// What comes in or is decided day by day: nobody is told to receive a letter, to call for papers or to hold one more meeting.
const DAILY: &[&str] = &[
    "interview",
    "petition",
    "loan",
    "issue",
    "clue",
    "worksheet",
    "visit",
    "survey",
    "inquiry",
    "verification",
    "assistance",
    "special_check",
    "prompt_action",
    "escalation",
    "recusal",
    "meeting.team",
    "meeting.topical_report",
    "meeting.symposium",
    "meeting.observed",
    "meeting.midterm",
    "meeting.pre_withdrawal_talk",
    "report.unit_discipline",
    "report.unit_personnel",
    "report.deep_inquiry",
    "transfer.target",
    "transfer.department",
];
/// What happens, or is the office's own note.
const HAPPENS: &[&str] = &["petition_incident", "incident", "secondment", "round_end"];
/// Papers that nothing asks for: a checklist for the team's own use, and confirmations of what the text only permits.
const NEVER_ASKED: &[&str] =
    &["2020-07-27-anquan", "2020-09-11-xh-12-1c", "2020-09-27-xh-29-3d", "2020-10-22-xh-33-1f", "2020-10-22-xh-33-1i"];

#[derive(Default)]
struct Steps {
    by_act: BTreeMap<String, usize>,
    looks: usize,
    /// What `next` has asked for since the last gate: obligation and instance.
    asked: BTreeSet<(String, String)>,
    /// What it asked for without a command or file that does it.
    helpless: BTreeSet<String>,
}

struct Desk {
    book: Book,
    papers: Vec<Paper>,
    /// Ids in the demo, and what they are called here.
    ids: BTreeMap<String, String>,
    steps: Steps,
}

fn text(item: &Value, key: &str) -> String {
    item[key].as_str().unwrap_or_default().to_string()
}

/// The path that a command prints.
fn written(out: &str) -> String {
    let found = out.split(|c: char| !(c.is_ascii_alphanumeric() || "-_./".contains(c))).find(|w| w.ends_with(".yaml"));
    found.unwrap_or_else(|| panic!("no path in {out}")).to_string()
}

impl Desk {
    fn run(&self, command: &str, today: NaiveDate) -> String {
        let words: Vec<&str> = command.split_whitespace().skip(1).collect();
        let ran = self.book.run(&words, &today.to_string());
        assert_eq!(ran.code, 0, "{today} {command}\n{}{}", ran.out, ran.err);
        ran.out
    }

    /// What is to be done, and what records lack in themselves.
    fn next(&mut self, place: &str, today: NaiveDate) -> Vec<Value> {
        self.steps.looks += 1;
        let out = self.run(&format!("xuncha next {place} --all --format json"), today);
        let v: Value = serde_json::from_str(&out).expect("JSON");
        let items = v["todo"].as_array().expect("a list");
        self.steps.asked.extend(items.iter().map(|i| (text(i, "obligation"), text(i, "case"))));
        let record = |f: &Value| serde_json::json!({ "act": "edit", "file": f["file"], "code": f["code"], "message": f["message"] });
        items.iter().cloned().chain(v["records"].as_array().expect("a list").iter().map(record)).collect()
    }

    fn find(&self, fits: impl Fn(&Paper) -> bool) -> Option<usize> {
        self.papers.iter().position(|p| p.at.is_none() && fits(p))
    }

    /// Writes a paper into a file; false where it stood there already.
    fn fill(&mut self, paper: usize, rel: &str, today: NaiveDate) -> bool {
        let id = rel.rsplit('/').next().unwrap_or(rel).trim_end_matches(".yaml").to_string();
        let old = self.papers[paper].id.clone();
        self.papers[paper].at = Some(rel.to_string());
        if id != old && self.ids.insert(old.clone(), id.clone()).as_ref() != Some(&id) {
            // What was written before under the paper's own name is put right.
            for at in self.papers.iter().filter_map(|p| p.at.as_ref()).filter(|at| !at.is_empty()) {
                let path = self.book.path().join(at);
                let text = fs::read_to_string(&path).expect("a record");
                fs::write(&path, rename(&text, &old, &id)).expect("a record");
            }
        }
        let mut text = as_of(&self.papers[paper].text, today);
        for (old, new) in &self.ids {
            text = rename(&text, old, new);
        }
        let path = self.book.path().join(rel);
        let same = fs::read_to_string(&path).is_ok_and(|now| now == text);
        fs::write(path, text).expect("a record");
        !same
    }

    fn add(&mut self, paper: Option<usize>, command: &str, today: NaiveDate) -> bool {
        let Some(paper) = paper else { return false };
        let rel = written(&self.run(command, today));
        self.fill(paper, &rel, today);
        true
    }

    /// Does what an item says, as far as the papers of the day go; false where nothing could be done yet.
    fn step(&mut self, item: &Value, today: NaiveDate) -> bool {
        let (act, command, file) = (text(item, "act"), text(item, "command"), text(item, "file"));
        let words: Vec<&str> = command.split_whitespace().collect();
        let done = match act.as_str() {
            "add" => {
                let place = words.get(3).filter(|w| !w.contains('=')).copied().unwrap_or("");
                let given: Vec<(&str, &str)> = words.iter().filter_map(|w| w.split_once('=')).collect();
                let mine = |v: &str| self.ids.iter().find(|(_, new)| *new == v).map_or(v.to_string(), |(old, _)| old.clone());
                let has = |p: &Paper, k: &str, v: &str| p.fields.get(k).map_or(k == "team", |f| f == v || *f == mine(v));
                let fits = |p: &Paper| p.kind == words[2] && p.day <= today && given.iter().all(|(k, v)| has(p, k, v));
                let found = self.find(|p| fits(p) && p.place == place).or_else(|| self.find(fits));
                self.add(found, &command, today)
            }
            "confirm" | "event" => {
                let key = if act == "event" { "event" } else { "obligation" };
                let round = words[2].split('/').next().unwrap_or_default().trim_matches('.');
                let Some(i) = self.find(|p| p.is(key, words[3]) && p.place.starts_with(round)) else {
                    panic!("{today} nobody can do this: {item}");
                };
                let on = self.papers[i].day;
                if on <= today {
                    let by = if act == "event" { format!(" --by {}", self.papers[i].fields["by"]) } else { String::new() };
                    let out = self.run(&format!("{}{by}", command.replace("YYYY-MM-DD", &on.to_string())), today);
                    self.papers[i].at = Some(written(&out));
                }
                on <= today
            }
            // A record names another that is not there: it is written, if it lies on the desk.
            "edit" if text(item, "code") == "dangling-ref" => {
                let message = text(item, "message");
                let named = message.split('`').nth(1).and_then(|n| n.rsplit('/').next()).unwrap_or_default();
                let found = self.find(|p| p.id == named && p.day <= today);
                let command = found.map(|i| format!("xuncha add {} {}", self.papers[i].kind, self.papers[i].place));
                self.add(found, &command.unwrap_or_default(), today)
            }
            "edit" => {
                let ours = |p: &Paper| p.at.as_deref() == Some(&file) || (p.at.is_none() && p.file == file);
                let found = self.papers.iter().position(ours).unwrap_or_else(|| panic!("{today} whose file is this? {item}"));
                self.fill(found, &file, today)
            }
            _ => {
                self.steps.helpless.insert(format!("{today} {item}"));
                false
            }
        };
        if done {
            *self.steps.by_act.entry(act).or_default() += 1;
        }
        done
    }

    /// The day's work that nobody has to be told.
    fn daily(&mut self, today: NaiveDate) -> bool {
        let mut done = false;
        for i in 0..self.papers.len() {
            let p = &self.papers[i];
            if p.day > today {
                continue;
            }
            let fresh = p.at.is_none();
            if fresh && HAPPENS.iter().any(|e| p.is("event", e)) {
                let command = format!("xuncha event {} {} {} --by {}", p.place, p.fields["event"], p.day, p.fields["by"]);
                let out = self.run(&command, today);
                self.papers[i].at = Some(written(&out));
                done = true;
            } else if DAILY.iter().any(|d| p.is_of(d)) {
                let rel = match &p.at {
                    Some(rel) => rel.clone(),
                    None => written(&self.run(&format!("xuncha add {} {}", p.kind, p.place), today)),
                };
                done |= self.fill(i, &rel, today);
            } else {
                continue;
            }
            if fresh {
                *self.steps.by_act.entry("daily".into()).or_default() += 1;
            }
        }
        done
    }

    /// Goes through the gate on the day on which the demo did; it must be open.
    fn advance(&mut self, today: NaiveDate) -> bool {
        let Some(due) = self.find(|p| p.is("event", "advance") && p.day <= today) else { return false };
        let ran = self.book.run(&["advance", CASE, "--format", "json"], &today.to_string());
        assert_eq!(ran.code, 0, "{today} the gate is shut: {}{}", ran.out, ran.err);
        let v: Value = serde_json::from_str(&ran.out).expect("JSON");
        let entered: Vec<&str> = v["to"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
        assert!(entered.contains(&self.papers[due].fields["stage"].as_str()), "{today} {entered:?}");
        let said = |p: &&mut Paper| p.at.is_none() && p.is("event", "advance") && entered.iter().any(|s| p.is("stage", s));
        self.papers.iter_mut().filter(said).for_each(|p| p.at = Some(String::new()));
        self.steps.asked.clear();
        *self.steps.by_act.entry("advance".into()).or_default() += 1;
        true
    }

    /// Whatever keeps the gate shut, `next` has asked for it since the stage was entered.
    fn nothing_shuts_unasked(&self, today: NaiveDate) {
        let book = Casebook::open(self.book.path());
        let places = [Where::Round(ROUND.into())];
        let report = assess::run(&book, &Request { places: places.to_vec(), today, cache: false });
        let (p, round) = (&report.procedures[0], &report.rounds[0]);
        for a in gate::next(p, round, &round.cases[0]).shut {
            let o = &p.obligations[a.obligation];
            let asked = self.steps.asked.contains(&(o.id.clone(), a.instance.case.clone()));
            assert!(asked, "{today} {} keeps the gate shut and was never asked for", o.id);
            let act = todo::act(p, &book.schema, round, a);
            assert!(act.code() != "explain", "{today} {} keeps the gate shut and nothing does it", o.id);
        }
    }
}

/// An empty folder, then what an office has before any round: its registers and its settings.
fn office() -> Book {
    let book = Book::new("none");
    let demo = root().join("examples/demo");
    assert_eq!(book.run(&["init", "--office", "县委巡察办"], START).code, 0);
    for folder in ["unit", "person", "coverage_plan", "regulation"] {
        fs::create_dir_all(book.path().join(folder)).expect("a folder");
        lay(&demo.join(folder), &book.path().join(folder));
    }
    book.write("xuncha.toml", fs::read(demo.join("xuncha.toml")).expect("settings"));
    assert_eq!(book.run(&["new-round", ROUND, "--unit", "zhixiao=澄溪县职业技术学校"], START).code, 0);
    book
}

#[test]
fn next_alone_leads_from_nothing_to_the_end() {
    let (papers, days) = papers::of_demo(ROUND, CASE);
    let mut desk = Desk { book: office(), papers, ids: BTreeMap::new(), steps: Steps::default() };
    let days = days.range(day(START)..day(END)).copied().chain([day(END)]);
    for (n, today) in days.enumerate() {
        // Before a gate the newcomer looks at the whole casebook too.
        let gate = desk.find(|p| p.is("event", "advance") && p.day == today).is_some();
        let place = if gate { "" } else { CASE };
        loop {
            let mut done = false;
            let mut seen = BTreeSet::new();
            for item in desk.next(place, today) {
                let dangling = text(&item, "code") == "dangling-ref";
                let how = if dangling { text(&item, "message") } else { text(&item, "command") + &text(&item, "file") };
                done |= seen.insert(how) && desk.step(&item, today);
            }
            // One look a day will do, but for the day of a gate, which wants everything settled.
            let done = done | desk.daily(today);
            if done && (gate || today == day(END)) {
                continue;
            }
            if gate || (!done && n % 8 == 0) {
                desk.nothing_shuts_unasked(today);
            }
            if !desk.advance(today) {
                break;
            }
        }
    }
    assert!(desk.steps.helpless.is_empty(), "no usable command or file:\n{:#?}", desk.steps.helpless);
    let unused: Vec<&str> = desk.papers.iter().filter(|p| p.at.is_none()).map(|p| p.id.as_str()).collect();
    assert_eq!(unused, NEVER_ASKED, "papers that `next` never came to");
    let left = desk.next("", day(END));
    assert!(left.is_empty(), "{left:#?}");
    let ran = desk.book.run(&["check"], END);
    assert!(ran.code == 0 && ran.out.contains("没有发现问题"), "{}{}", ran.out, ran.err);
    let steps: usize = desk.steps.by_act.values().sum();
    println!("{steps} steps {:?}, {} looks at `next`", desk.steps.by_act, desk.steps.looks);
    assert!((400..700).contains(&steps), "{steps} steps {:?}", desk.steps.by_act);
    assert_eq!(desk.steps.by_act["advance"], 5);
}
