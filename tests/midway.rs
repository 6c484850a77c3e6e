//! A round in the middle of its work, `examples/midway`: what it is there to show, and how the four views print it in both languages.

mod common;

use common::{Book, findings, lay, root};
use std::collections::BTreeMap;

const TODAY: &str = "2021-05-12";

fn book() -> Book {
    let book = Book::new("none");
    lay(&root().join("examples/midway"), book.path());
    book
}

#[test]
fn it_shows_what_it_is_there_to_show_and_nothing_else() {
    let found = findings(&book(), TODAY, "zh");
    let mut got: BTreeMap<[String; 4], usize> = BTreeMap::new();
    for f in &found {
        let id = f["obligation"].as_str().unwrap_or_else(|| f["code"].as_str().unwrap_or_default());
        let file = f["file"].as_str().unwrap_or_default();
        let key = [id, f["code"].as_str().unwrap_or_default(), f["severity"].as_str().unwrap_or_default(), file].map(str::to_string);
        *got.entry(key).or_default() += 1;
    }
    let want = [
        (["XH-03-3b", "lacking", "error", "rounds/2021-r1/team/team-1.yaml"], 1),
        (["XH-11-1a", "late", "error", "rounds/2021-r1/qinghe/meeting/2021-03-18-huibao.yaml"], 1),
        (["XH-31-1a", "overdue", "warning", "rounds/2021-r1/shuitou/case.yaml"], 1),
        (["missing-field", "missing-field", "warning", "rounds/2021-r1/qinghe/interview/2021-05-11-p-207.yaml"], 5),
    ];
    let want: BTreeMap<[String; 4], usize> = want.into_iter().map(|(k, n)| (k.map(str::to_string), n)).collect();
    assert_eq!(got, want);
}

#[test]
fn what_is_mended_is_no_longer_found() {
    let book = book();
    let pledge = ["add", "pledge", "2021-r1", "type=confidentiality", "team=team-1", "person=zu-14", "signed_on=2021-03-01"];
    assert_eq!(book.run(&pledge, TODAY).code, 0);
    let gone = |id: &str| !findings(&book, TODAY, "zh").iter().any(|f| f["obligation"] == id);
    assert!(gone("XH-03-3b"));
    let waive = ["waive", "2021-r1/qinghe", "XH-11-1a", "--by", "leader", "--reason", "换届考察"];
    assert_eq!(book.run(&waive, TODAY).code, 0);
    assert!(gone("XH-11-1a"));
    book.remove("rounds/2021-r1/shuitou/waiver");
    assert!(!gone("XH-12-1b"), "without its waiver the deviation shows");
}

/// A record that is not written up is not there yet; once the office's own limit has passed it is late.
#[test]
fn a_half_filled_record_waits_until_its_limit() {
    let book = book();
    let settings = std::fs::read_to_string(book.path().join("xuncha.toml")).expect("the settings");
    book.write("xuncha.toml", settings + "prompt_interview_record = \"3wd\"\n");
    let found = |today: &str| findings(&book, today, "zh").iter().any(|f| f["obligation"] == "XH-12-4a" && f["code"] == "violated");
    assert!(!found("2021-05-14"));
    assert!(found("2021-05-17"));
}

/// Every command that `next` prints whole can be run as it stands.
#[test]
fn every_command_of_next_runs() {
    let base = book();
    let ran = base.run(&["next", "--all", "--lang", "en"], TODAY);
    let commands: Vec<Vec<String>> = ran
        .out
        .lines()
        .filter_map(|l| l.trim().strip_prefix("→ xuncha "))
        .filter(|l| !["YYYY", "ROLE", "TEXT"].iter().any(|blank| l.contains(blank)))
        .map(|l| l.split(' ').map(str::to_string).collect())
        .collect();
    assert!(commands.iter().any(|c| c[0] == "confirm") && commands.iter().any(|c| c[0] == "add"), "{}", ran.out);
    for command in &commands {
        let args: Vec<&str> = command.iter().map(String::as_str).collect();
        let ran = book().run(&args, TODAY);
        assert_eq!(ran.code, 0, "{args:?}: {}", ran.err);
    }
}

#[test]
fn the_views_in_both_languages() {
    let book = book();
    for lang in ["zh", "en"] {
        for view in ["check", "next", "status", "deadlines"] {
            let ran = book.run(&[view, "--lang", lang], TODAY);
            assert_eq!(ran.code, u8::from(view == "check"), "{view} {lang}: {}", ran.err);
            insta::assert_snapshot!(format!("{view}_{lang}"), format!("{}{}", ran.out, ran.err));
        }
    }
}
