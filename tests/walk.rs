//! A newcomer led by `next` alone brings a round from nothing to its end; the demo's records are the papers on the desk.

mod common;

use chrono::NaiveDate;
use common::{Book, day, root, run_in};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use xuncha::casebook::{Casebook, Folder};
use xuncha::kind::{Level, Schema, Val};

const ROUND: &str = "2020-r2";
const CASE: &str = "2020-r2/zhixiao";
/// What comes in day by day: nobody is told to interview a ninth person or to receive a letter.
const DAILY: &[&str] = &[
    "interview",
    "petition",
    "loan",
    "clue",
    "worksheet",
    "issue",
    "escalation",
    "prompt_action",
    "recusal",
    "survey",
    "visit",
    "verification",
    "inquiry",
    "assistance",
    "special_check",
    "meeting.team",
    "meeting.symposium",
    "meeting.observed",
    "meeting.topical_report",
    "meeting.midterm",
    "meeting.pre_withdrawal_talk",
    "report.unit_discipline",
    "report.unit_personnel",
    "report.deep_inquiry",
    "transfer.target",
    "transfer.department",
];
/// What happens to a case without being asked for.
const INCIDENTS: &[&str] = &["petition_incident", "incident", "secondment", "round_end"];

/// A paper on the desk: a record of the demo.
struct Paper {
    kind: String,
    ty: Option<String>,
    place: String,
    file: String,
    id: String,
    text: String,
    fields: BTreeMap<String, String>,
    day: NaiveDate,
    at: Option<String>,
}

struct Desk {
    book: Book,
    papers: Vec<Paper>,
    days: BTreeSet<NaiveDate>,
    /// Ids in the demo, and what they are called here.
    ids: BTreeMap<String, String>,
    steps: BTreeMap<String, usize>,
    asked: BTreeSet<(String, String)>,
    stuck: BTreeMap<String, String>,
    calls: usize,
}

fn papers(book: &Casebook, folder: &Folder, place: &str, days: &mut BTreeSet<NaiveDate>, out: &mut Vec<Paper>) {
    let schema: &Schema = &book.schema;
    for r in &folder.records {
        let kind = schema.kind(r.kind);
        let field = |key: &str| {
            let part = schema.shape(r.shape).find(key).and_then(|i| r.root().field(i))?;
            Some(match part.val() {
                Val::Enum(e, i) => schema.en(e).values[i as usize].code.clone(),
                Val::Bool(b) => b.to_string(),
                _ => part.str().trim().to_string(),
            })
        };
        let dates: Vec<NaiveDate> =
            r.vals.iter().filter_map(|v| if let Val::Date(d) | Val::Time(d, _) = v { Some(*d) } else { None }).collect();
        days.extend(&dates);
        let own = kind.date.and_then(|i| r.root().field(i)).map(|p| p.val());
        let named = r.id.get(..10).and_then(|d| d.parse().ok());
        let day = match own {
            Some(Val::Date(d) | Val::Time(d, _)) => Some(d),
            _ => named.or(dates.into_iter().min()),
        };
        let shape = schema.shape(r.shape);
        let fields = shape.fields.iter().filter_map(|f| Some((f.key.clone(), field(&f.key)?))).collect();
        out.push(Paper {
            kind: kind.id.clone(),
            ty: field("type"),
            place: place.to_string(),
            file: r.file.clone(),
            id: r.id.clone(),
            text: fs::read_to_string(book.root.join(&r.file)).expect("a record"),
            fields,
            day: day.unwrap_or(NaiveDate::MIN),
            at: None,
        });
    }
}

impl Desk {
    fn new() -> Desk {
        let demo = Casebook::open(&root().join("examples/demo"));
        let round = demo.read_round(ROUND, None);
        let (mut list, mut days) = (Vec::new(), BTreeSet::new());
        papers(&demo, &demo.read_folder("", Level::Workspace, &Default::default(), None), "", &mut BTreeSet::new(), &mut list);
        list.retain(|p| p.kind == "confirmation");
        papers(&demo, &round.folder, ROUND, &mut days, &mut list);
        papers(&demo, &round.cases[0].folder, CASE, &mut days, &mut list);
        list.sort_by(|a, b| (a.day, &a.file).cmp(&(b.day, &b.file)));
        Desk {
            book: Book::new("none"),
            papers: list,
            days,
            ids: BTreeMap::new(),
            steps: BTreeMap::new(),
            asked: BTreeSet::new(),
            stuck: BTreeMap::new(),
            calls: 0,
        }
    }

    fn run(&mut self, command: &str, today: NaiveDate) -> String {
        let words: Vec<&str> = command.split_whitespace().skip(1).collect();
        let ran = run_in(self.book.path(), &words, &today.to_string());
        assert_eq!(ran.code, 0, "{today} {command}\n{}{}", ran.out, ran.err);
        ran.out
    }

    fn next(&mut self, today: NaiveDate) -> Vec<Value> {
        self.calls += 1;
        let out = self.run(&format!("xuncha next {CASE} --all --format json"), today);
        let v: Value = serde_json::from_str(&out).expect("JSON");
        let mut items = v["todo"].as_array().expect("a list").clone();
        // What a record itself lacks is filled in there.
        for f in v["records"].as_array().expect("a list") {
            items.push(serde_json::json!({ "act": "edit", "file": f["file"], "obligation": f["code"], "case": f["message"] }));
        }
        items
    }

    /// A paper as it lies on the desk on that day, with this casebook's ids.
    fn text(&self, paper: usize, today: NaiveDate) -> String {
        let p = &self.papers[paper];
        let mut text = as_of(&p.text, today);
        for (old, new) in &self.ids {
            text = rename(&text, old, new);
        }
        text
    }

    fn fill(&mut self, paper: usize, rel: &str, today: NaiveDate) -> bool {
        let id = rel.rsplit('/').next().unwrap().trim_end_matches(".yaml").to_string();
        let old = self.papers[paper].id.clone();
        self.papers[paper].at = Some(rel.to_string());
        if id != old && self.ids.get(&old) != Some(&id) {
            self.ids.insert(old.clone(), id.clone());
            // What was written before it is put right.
            for p in &self.papers {
                let Some(at) = p.at.as_ref().filter(|at| !at.is_empty()) else { continue };
                let path = self.book.path().join(at);
                let Ok(text) = fs::read_to_string(&path) else { panic!("{at}") };
                let new = rename(&text, &old, &id);
                if new != text {
                    fs::write(&path, new).expect("a record");
                }
            }
        }
        let text = self.text(paper, today);
        let path = self.book.path().join(rel);
        if fs::read_to_string(&path).ok().as_deref() == Some(&text) {
            return false;
        }
        fs::write(path, text).expect("a record can be written");
        true
    }

    fn step(&mut self, item: &Value, today: NaiveDate) -> bool {
        let text = |k: &str| item[k].as_str().unwrap_or_default().to_string();
        let (act, obligation, command, file) = (text("act"), text("obligation"), text("command"), text("file"));
        let done = match act.as_str() {
            "add" => {
                let words: Vec<&str> = command.split_whitespace().collect();
                let place = words.get(3).filter(|w| !w.contains('=')).copied().unwrap_or("").to_string();
                let kind = words[2];
                let given: Vec<(&str, &str)> = words.iter().filter_map(|w| w.split_once('=')).collect();
                let mine = |value: &str| self.ids.iter().find(|(_, new)| *new == value).map_or(value.to_string(), |(old, _)| old.clone());
                let fits = |p: &Paper| {
                    p.at.is_none()
                        && p.kind == kind
                        && p.day <= today
                        && given.iter().all(|(k, v)| p.fields.get(*k).is_some_and(|f| f == v || *f == mine(v)))
                };
                let found = self.papers.iter().position(|p| fits(p) && p.place == place).or_else(|| self.papers.iter().position(fits));
                match found {
                    Some(i) => {
                        let rel = self.run(&command, today).trim().to_string();
                        self.fill(i, &rel, today);
                        true
                    }
                    None => false,
                }
            }
            "confirm" | "event" => {
                let words: Vec<&str> = command.split_whitespace().collect();
                let key = if act == "confirm" { "obligation" } else { "event" };
                let kind = if act == "confirm" { "confirmation" } else { "milestone" };
                let place = if words[2] == "." { "" } else { words[2] };
                let found = self.papers.iter().position(|p| {
                    p.kind == kind
                        && p.place.starts_with(place.split('/').next().unwrap_or_default())
                        && p.fields.get(key).is_some_and(|f| f == words[3])
                        && p.at.is_none()
                });
                match found {
                    Some(i) if self.papers[i].day <= today => {
                        let on = self.papers[i].day.to_string();
                        let mut command = command.replace("YYYY-MM-DD", &on);
                        if act == "event" {
                            command = format!("{command} --by {}", self.papers[i].fields["by"]);
                        }
                        let out = self.run(&command, today);
                        self.papers[i].at = Some(written(&out));
                        true
                    }
                    Some(_) => false,
                    None => {
                        self.stuck.entry(format!("{obligation} {command}")).or_insert_with(|| format!("{today} no paper: {item}"));
                        false
                    }
                }
            }
            "edit" => {
                let found = self.papers.iter().position(|p| p.at.as_deref() == Some(&file) || (p.at.is_none() && p.file == file));
                match found {
                    Some(i) => self.fill(i, &file, today),
                    None => {
                        self.stuck.entry(format!("{obligation} {file}")).or_insert_with(|| format!("{today} no paper: {item}"));
                        false
                    }
                }
            }
            _ => {
                self.stuck.entry(format!("{obligation} {command}")).or_insert_with(|| format!("{today} {item}"));
                false
            }
        };
        if done {
            *self.steps.entry(act).or_default() += 1;
        }
        done
    }

    fn daily(&mut self, today: NaiveDate) -> bool {
        let mut done = false;
        for i in 0..self.papers.len() {
            let p = &self.papers[i];
            let typed = format!("{}.{}", p.kind, p.ty.as_deref().unwrap_or_default());
            if p.at.is_none() && p.day <= today && p.fields.get("event").is_some_and(|e| INCIDENTS.contains(&e.as_str())) {
                let command = format!("xuncha event {} {} {} --by {}", p.place, p.fields["event"], p.day, p.fields["by"]);
                let out = self.run(&command, today);
                self.papers[i].at = Some(written(&out));
                done = true;
                continue;
            }
            if !(DAILY.contains(&p.kind.as_str()) || DAILY.contains(&typed.as_str())) || p.day > today {
                continue;
            }
            let (kind, place, at) = (p.kind.clone(), p.place.clone(), p.at.clone());
            let rel = match at {
                Some(rel) => rel,
                None => {
                    *self.steps.entry("daily".into()).or_default() += 1;
                    self.run(&format!("xuncha add {kind} {place}"), today).trim().to_string()
                }
            };
            done |= self.fill(i, &rel, today);
        }
        done
    }

    fn advance(&mut self, today: NaiveDate) -> bool {
        let due =
            self.papers.iter().position(|p| p.at.is_none() && p.fields.get("event").is_some_and(|e| e == "advance") && p.day <= today);
        let Some(i) = due else { return false };
        let words = ["advance", CASE, "--format", "json"];
        let ran = run_in(self.book.path(), &words, &today.to_string());
        let v: Value = serde_json::from_str(&ran.out).expect("JSON");
        let stage = self.papers[i].fields["stage"].clone();
        if ran.code != 0 {
            for b in v["blocking"].as_array().unwrap() {
                let key = (b["obligation"].as_str().unwrap().to_string(), b["case"].as_str().unwrap().to_string());
                let shown = if self.asked.contains(&key) { "" } else { "NEVER ASKED " };
                println!("{today} SHUT {shown}{b}");
            }
            println!("{today} forced to {stage}");
            let words = ["advance", CASE, "--format", "json", "--force", "--reason", "walk"];
            let ran = run_in(self.book.path(), &words, &today.to_string());
            assert_eq!(ran.code, 0);
        } else {
            println!("{today} entered {}", v["to"]);
        }
        for p in &mut self.papers {
            if p.at.is_none() && p.fields.get("event").is_some_and(|e| e == "advance") && p.day <= today {
                p.at = Some(String::new());
            }
        }
        self.asked.clear();
        true
    }
}

/// The path that a command names.
fn written(out: &str) -> String {
    let inside = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    let found = out.split(|c: char| !inside(c)).find(|w| w.ends_with(".yaml"));
    found.unwrap_or_else(|| panic!("no path in {out}")).to_string()
}

fn word(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

/// Replaces an id where it stands as a whole word.
fn rename(text: &str, old: &str, new: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(old) {
        let (head, tail) = (&rest[..at], &rest[at + old.len()..]);
        let whole = !word(head.chars().last().or(out.chars().last())) && !word(tail.chars().next());
        out.push_str(head);
        out.push_str(if whole { new } else { old });
        rest = tail;
    }
    out + rest
}

/// What was written in a paper by that day: entries of later days are not there yet.
fn as_of(text: &str, today: NaiveDate) -> String {
    let mut v: serde_yaml::Value = serde_yaml::from_str(text).expect("YAML");
    if later(&v, today) {
        prune(&mut v, today, true);
        serde_yaml::to_string(&v).expect("YAML")
    } else {
        text.to_string()
    }
}

/// What a status says while entries are still to come.
const UNDER_WAY: &[(&str, &str)] = &[("督办状态", "办理中"), ("线索状态", "待办"), ("整改状态", "整改中")];

/// Keys whose dates are set beforehand.
fn planned(key: &str) -> bool {
    ["计划", "时限", "期限", "起", "止"].iter().any(|w| key.contains(w))
}

fn date_in(v: &serde_yaml::Value) -> Option<NaiveDate> {
    v.as_str()?.get(..10)?.parse().ok()
}

fn later(v: &serde_yaml::Value, today: NaiveDate) -> bool {
    match v {
        serde_yaml::Value::Mapping(m) => m.iter().any(|(k, v)| !planned(k.as_str().unwrap_or_default()) && later(v, today)),
        serde_yaml::Value::Sequence(s) => s.iter().any(|v| later(v, today)),
        v => date_in(v).is_some_and(|d| d > today),
    }
}

/// Takes out what is later; false where nothing of an entry is left.
fn prune(v: &mut serde_yaml::Value, today: NaiveDate, top: bool) -> bool {
    match v {
        serde_yaml::Value::Mapping(m) => {
            let dates = |m: &serde_yaml::Mapping| {
                m.iter()
                    .filter(|(k, v)| !planned(k.as_str().unwrap_or_default()) && k.as_str() != Some("完成日期") && date_in(v).is_some())
                    .count()
            };
            let before = dates(m);
            let keys: Vec<serde_yaml::Value> = m.keys().cloned().collect();
            for key in keys {
                let name = key.as_str().unwrap_or_default().to_string();
                if let (true, Some(status)) = (top, UNDER_WAY.iter().find(|(k, _)| *k == name)) {
                    m.insert(key, status.1.into());
                    continue;
                }
                let drop = top && name == "办理结果" || (!planned(&name) && !prune(m.get_mut(&key).unwrap(), today, false));
                if drop {
                    m.remove(&key);
                }
            }
            top || (!m.is_empty() && (before == 0 || dates(m) > 0))
        }
        serde_yaml::Value::Sequence(s) => {
            let before = s.len();
            s.retain_mut(|v| prune(v, today, false));
            before == 0 || !s.is_empty()
        }
        v => date_in(v).is_none_or(|d| d <= today),
    }
}

#[test]
fn next_alone_leads_from_nothing_to_the_end() {
    let mut desk = Desk::new();
    let start = day("2020-06-28");
    desk.run("xuncha init --office 澄溪县委巡察办", start);
    for folder in ["unit", "person", "coverage_plan", "regulation"] {
        common::lay(
            &root().join("examples/demo").join(folder),
            &desk.book.path().join({
                fs::create_dir_all(desk.book.path().join(folder)).unwrap();
                folder
            }),
        );
    }
    fs::copy(root().join("examples/demo/xuncha.toml"), desk.book.path().join("xuncha.toml")).unwrap();
    desk.run(&format!("xuncha new-round {ROUND} --unit zhixiao=澄溪县职业技术学校"), start);
    let days: Vec<NaiveDate> = desk.days.range(start..=day("2021-02-01")).copied().chain([day("2021-02-01")]).collect();
    for today in days {
        loop {
            let mut done = false;
            let mut seen = BTreeSet::new();
            for item in desk.next(today) {
                let text = |k: &str| item[k].as_str().unwrap_or_default().to_string();
                desk.asked.insert((text("obligation"), text("case")));
                if seen.insert(format!("{}{}", text("command"), text("file"))) {
                    done |= desk.step(&item, today);
                }
            }
            done |= desk.daily(today);
            if !done {
                done |= desk.advance(today);
            }
            if !done {
                break;
            }
        }
    }
    println!("steps {:?}, {} calls", desk.steps, desk.calls);
    for (k, v) in &desk.stuck {
        println!("STUCK {k}: {v}");
    }
    for p in desk.papers.iter().filter(|p| p.at.is_none()) {
        println!("UNUSED {} {}", p.day, p.file);
    }
    let last = day("2021-02-01");
    for item in desk.next(last) {
        println!("LEFT {item}");
    }
    let ran = run_in(desk.book.path(), &["check"], "2021-02-01");
    println!("{}{}", ran.out, ran.err);
    panic!("see above");
}
