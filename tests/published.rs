//! The published rounds of `examples/published`: entered anew by its script, and judged as an independent calendar judges them.

mod common;

use common::{Book, day, files, lay, root, run_in};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use xuncha::calendar;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    obligations: BTreeMap<String, String>,
    round: Vec<Round>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Round {
    case: String,
    entry: String,
    exit: String,
    feedback: Option<String>,
    /// How many of the obligations have a value below.
    deadlines: usize,
    expect: BTreeMap<String, toml::Value>,
}

impl Round {
    fn number(&self, key: &str) -> Option<i64> {
        self.expect.get(key).and_then(toml::Value::as_integer)
    }

    fn date(&self, key: &str) -> Option<&str> {
        self.expect.get(key).and_then(toml::Value::as_str)
    }

    /// The day that a period ends, and the day in force.
    fn period(&self, key: &str) -> Option<(&str, &str)> {
        let nominal = self.date(key)?;
        Some((nominal, self.date(&format!("{key}_rolled")).unwrap_or(nominal)))
    }

    /// Every period below: key, anchor, rule.
    fn periods(&self) -> Vec<(&str, &str, String)> {
        let from = |key: &str| match key {
            "exit" => self.exit.as_str(),
            "feedback" => self.feedback.as_deref().expect("a feedback date"),
            other => panic!("{other} is no anchor"),
        };
        let parts = self.expect.keys().filter(|k| !k.ends_with("_rolled")).filter_map(|k| Some((k, k.split_once("_plus_")?)));
        parts.map(|(key, (anchor, rule))| (key.as_str(), from(anchor), format!("+{rule}"))).collect()
    }
}

fn data() -> Data {
    let path = root().join("tests/data/published.toml");
    toml::from_str(&fs::read_to_string(&path).expect("tests/data/published.toml")).expect("the data can be read")
}

fn example() -> Book {
    let book = Book::new("none");
    lay(&root().join("examples/published"), book.path());
    book
}

/// Relative path to bytes of every file but the program's own lock.
fn contents(dir: &Path) -> BTreeMap<String, String> {
    let rel = |p: &Path| p.strip_prefix(dir).expect("below the folder").to_string_lossy().replace('\\', "/");
    let text = |p: &Path| fs::read_to_string(p).unwrap_or_else(|e| panic!("{}: {e}", p.display()));
    files(dir).iter().map(|p| (rel(p), p)).filter(|(r, _)| !r.starts_with(".xuncha/")).map(|(r, p)| (r, text(p))).collect()
}

#[test]
#[cfg(unix)]
fn the_script_enters_what_is_committed() {
    let new = tempfile::tempdir().expect("a temporary folder");
    let ran = std::process::Command::new("sh")
        .arg(root().join("examples/published/enter.sh"))
        .arg(new.path().join("book"))
        .env("XUNCHA", env!("CARGO_BIN_EXE_xuncha"))
        .output()
        .expect("sh runs");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let mut entered = contents(&new.path().join("book"));
    // What `init` writes for editors belongs to the program, not to the example.
    entered.retain(|rel, _| !rel.starts_with(".vscode/"));
    let mut kept = contents(&root().join("examples/published"));
    kept.remove("enter.sh").expect("the script is kept with what it enters");
    assert_eq!(entered.keys().collect::<Vec<_>>(), kept.keys().collect::<Vec<_>>());
    for (rel, text) in &kept {
        assert_eq!(text, &entered[rel], "{rel}: run examples/published/enter.sh anew");
    }
}

#[test]
fn stays_count_both_ends() {
    for round in data().round {
        let stay = calendar::stay(day(&round.entry), day(&round.exit));
        assert_eq!(stay, round.number("stay_days_inclusive"), "{}", round.case);
        if let Some(feedback) = &round.feedback {
            assert_eq!(Some((day(feedback) - day(&round.exit)).num_days()), round.number("exit_to_feedback_days"), "{}", round.case);
        }
    }
}

#[test]
fn due_gives_the_periods_nominal_and_rolled() {
    let mut seen = 0;
    for round in data().round {
        for (key, anchor, rule) in round.periods() {
            let (nominal, due) = round.period(key).expect("a period has a date");
            for (roll, wanted) in [("none", nominal), ("next", due)] {
                let args = ["due", anchor, &rule, "--roll", roll, "--format", "json", "--strict"];
                let ran = run_in(root(), &args, "2026-03-01");
                let out: Value = serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {} {}", ran.out, ran.err));
                let row = out.get(0).unwrap_or(&out);
                assert_eq!(
                    (row["nominal"].as_str(), row["due"].as_str(), row["settled"].as_bool(), ran.code),
                    (Some(nominal), Some(wanted), Some(true), 0),
                    "{} {key} {roll}: {}",
                    round.case,
                    ran.out
                );
                seen += 1;
            }
        }
    }
    assert_eq!(seen, 2 * 12);
}

#[test]
fn deadlines_of_the_casebook_are_the_same() {
    let data = data();
    let book = example();
    for round in &data.round {
        // The day after the withdrawal: every period counted from it still runs.
        let today = day(&round.exit).succ_opt().expect("a next day").to_string();
        let ran = book.run(&["deadlines", &round.case, "--all", "--format", "json"], &today);
        let rows: Vec<Value> = serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {} {}", ran.out, ran.err));
        let mut seen = 0;
        for row in &rows {
            let id = row["obligation"].as_str().expect("an id");
            let key = data.obligations.get(id).unwrap_or_else(|| panic!("{id} is not in the data"));
            let Some((nominal, due)) = round.period(key) else { continue };
            let (from, rule) = key.split_once("_plus_").expect("a period");
            let (event, on) =
                if from == "exit" { ("withdrawal", &round.exit) } else { ("feedback", round.feedback.as_ref().expect("a date")) };
            let text = |field: &str| row[field].as_str().unwrap_or_default().to_string();
            let got = (text("from"), text("from_date"), text("rule"), text("nominal"), text("due"), row["settled"].as_bool());
            let want = (event.into(), on.clone(), format!("+{rule}"), nominal.into(), due.into(), Some(true));
            assert_eq!(got, want, "{} {id}", round.case);
            seen += 1;
        }
        assert_eq!(seen, round.deadlines, "{}: {}", round.case, ran.out);
    }
}

#[test]
fn lateness_is_recorded_and_reported() {
    let book = example();
    let found = common::findings(&book, "2026-03-01", "en");
    let got: Vec<_> =
        found.iter().map(|f| ["code", "severity", "obligation", "case", "message"].map(|k| f[k].as_str().unwrap_or_default())).collect();
    let case = "2025-xuchang-dongcheng/xuchang-dongcheng";
    let message = "done on 2025-10-21, 8 days after its date 2025-10-13 (within 1 month from Withdrawal 2025-09-12)";
    assert_eq!(got, [["late", "warning", "GB-3", case, message]]);

    // A hundred days late, against the limit of another place: still only recorded.
    let ran = book.run(&["event", "2025-pingyu-13-10/pingyu", "feedback", "2025-11-30"], "2026-03-01");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let ran = book.run(&["check", "rounds/2025-pingyu-13-10"], "2026-03-01");
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert!(ran.out.contains("办结日期 2025-11-30 晚于期限 2025-09-22（撤离驻地2025-08-22起1个月内），迟69天"), "{}", ran.out);
}

#[test]
fn what_nobody_published_is_not_overdue() {
    let ran = example().run(&["deadlines", "--all", "--format", "json", "--fail-overdue"], "2026-03-01");
    assert_eq!(ran.code, 0, "{}", ran.out);
    let rows: Vec<Value> = serde_json::from_str(&ran.out).expect("JSON");
    let states: Vec<_> =
        rows.iter().map(|r| (r["obligation"].as_str().unwrap(), r["state"].as_str().unwrap(), r["done_on"].as_str())).collect();
    let want = [("GB-3", "met", Some("2025-06-20")), ("GB-3", "late", Some("2025-10-21")), ("XC-1", "met", Some("2026-01-21"))];
    assert_eq!(states, want);
}

#[test]
fn petitions_close_before_the_withdrawal() {
    let book = example();
    let milestone = "rounds/2025-tongliao-6-9/tongliao/milestone/2025-05-25-petition_cutoff.yaml";
    let text = fs::read_to_string(book.path().join(milestone)).expect("the milestone");
    book.write(milestone, text.replace("2025-05-25", "2025-05-31"));
    let found = common::findings(&book, "2025-06-01", "zh");
    let messages: Vec<_> = found.iter().filter(|f| f["obligation"] == "GB-1").map(|f| f["message"].as_str().unwrap()).collect();
    assert_eq!(messages, ["2025-05-31 晚于“撤离驻地”（2025-05-30）"]);
}
