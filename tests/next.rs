//! What to do now: for somebody who joined yesterday.

mod common;

use common::Book;
use serde_json::Value;

fn running() -> Book {
    let book = Book::new("demo");
    for gone in ["rectification.yaml", "archive.yaml", "rectification_item", "evaluation.yaml"] {
        book.remove(&format!("rounds/2020-r2/zhixiao/{gone}"));
    }
    for gone in ["rounds/2020-r2/zhixiao/milestone/2021-01-29-jieshu.yaml", "rounds/2020-r2/milestone/2021-01-29-round-end.yaml"] {
        book.remove(gone);
    }
    book
}

/// The same round before its teams go out.
fn beginning() -> Book {
    let book = running();
    for gone in
        ["feedback.yaml", "report", "document", "transfer", "milestone", "clue", "issue", "interview", "confirmation", "meeting", "plan"]
    {
        book.remove(&format!("rounds/2020-r2/zhixiao/{gone}"));
    }
    book.remove("rounds/2020-r2/plan");
    book
}

fn todo(book: &Book, args: &[&str], today: &str) -> Value {
    let all: Vec<&str> = ["next", "--format", "json"].iter().chain(args).copied().collect();
    let ran = book.run(&all, today);
    serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {} {}", ran.out, ran.err))
}

fn command(list: &Value, obligation: &str) -> String {
    let found = list["todo"].as_array().unwrap().iter().find(|t| t["obligation"] == obligation);
    let found = found.unwrap_or_else(|| panic!("{obligation} is not to be done"));
    found["command"].as_str().or(found["file"].as_str()).unwrap().to_string()
}

#[test]
fn overdue_first_then_by_date() {
    let book = running();
    insta::assert_snapshot!("running_zh", book.run(&["next", "2020-r2/zhixiao"], "2020-11-20").out);
    let list = todo(&book, &["2020-r2/zhixiao"], "2020-11-20");
    let states: Vec<&str> = list["todo"].as_array().unwrap().iter().map(|t| t["state"].as_str().unwrap()).collect();
    let last = states.iter().rposition(|s| *s == "overdue").unwrap();
    assert!(states[..=last].iter().all(|s| *s == "overdue"), "{states:?}");
}

#[test]
fn each_thing_has_its_command() {
    let list = todo(&beginning(), &["2020-r2/zhixiao"], "2020-08-03");
    // A record of the round, of the case, an event that is only recorded, a confirmation.
    assert_eq!(command(&list, "XH-01-2a"), "xuncha add plan 2020-r2 type=round_work");
    assert_eq!(command(&list, "XH-05-2a"), "xuncha add document 2020-r2/zhixiao type=focus_list");
    assert_eq!(command(&list, "XH-R40-entry"), "xuncha event 2020-r2/zhixiao entry YYYY-MM-DD");
    assert_eq!(command(&list, "XH-03-3e"), "xuncha confirm 2020-r2/zhixiao XH-03-3e --by leader");
    assert_eq!(list["cases"][0]["advance"], "xuncha advance 2020-r2/zhixiao");
    assert!(!list["waiting"].as_array().unwrap().is_empty());
}

#[test]
fn a_field_of_a_record_is_filled_in_that_record() {
    let book = running();
    book.write("rounds/2020-r2/zhixiao/archive.yaml", "{}\n");
    let list = todo(&book, &["2020-r2/zhixiao"], "2020-11-20");
    assert_eq!(command(&list, "XH-46-03"), "rounds/2020-r2/zhixiao/archive.yaml");
}

#[test]
fn short_at_first_and_in_both_languages() {
    let book = beginning();
    insta::assert_snapshot!("beginning_zh", book.run(&["next", "2020-r2/zhixiao"], "2020-08-03").out);
    insta::assert_snapshot!("beginning_en", book.run(&["next", "--lang", "en"], "2020-08-03").out);
    let (short, long) = (book.run(&["next"], "2020-08-03").out, book.run(&["next", "--all"], "2020-08-03").out);
    assert!(short.contains("xuncha next --all") && !long.contains("xuncha next") && long.len() > short.len());
}

#[test]
fn nothing_to_do_is_one_line() {
    let out = Book::new("demo").run(&["next"], "2021-02-01").out;
    assert!(out.contains("眼下没有要办的事"), "{out}");
    let book = Book::new("none");
    assert_eq!(book.run(&["next"], "2021-02-01").code, 2);
    book.write("xuncha.toml", "");
    assert_eq!(book.run(&["next"], "2021-02-01").code, 0);
}

#[test]
fn what_is_wrong_names_the_file() {
    let book = Book::new("demo");
    let file = "rounds/2020-r2/zhixiao/interview/2020-08-07-44cf.yaml";
    let text = std::fs::read_to_string(book.path().join(file)).unwrap();
    assert!(text.contains("谈话人员: [zu-01, zu-03]"));
    book.write(file, text.replace("[zu-01, zu-03]", "[zu-03]"));
    let list = todo(&book, &[], "2021-02-01");
    assert_eq!(command(&list, "XH-12-3b"), file);
    book.remove("rounds/2020-r2/zhixiao/evaluation.yaml");
    assert_eq!(command(&todo(&book, &[], "2021-02-01"), "XH-34-4a"), "xuncha add evaluation 2020-r2/zhixiao");
}

#[test]
fn what_is_missing_begins_with_what_is_known_of_it() {
    // What the rule fixes, the first that is missing of several, the paper that is the whole round's.
    let book = running();
    book.remove("rounds/2020-r2/document/2020-07-27-jianghua-zuzhang.yaml");
    book.remove("rounds/2020-r2/pledge/2020-07-27-baomi-zu-05.yaml");
    book.remove("rounds/2020-r2/meeting/2020-10-15-shuji.yaml");
    book.remove("rounds/2020-r2/confirmation/2020-08-03-xh-03-3c.yaml");
    let gone = todo(&book, &["2020-r2/zhixiao"], "2020-11-20");
    assert_eq!(command(&gone, "XH-06-1a"), "xuncha add document 2020-r2 type=speech for=leader generic=true");
    assert_eq!(command(&gone, "XH-03-3b"), "xuncha add pledge 2020-r2 type=confidentiality team=team-2 person=zu-05");
    assert_eq!(command(&gone, "XH-32-3a"), "xuncha add meeting 2020-r2 type=secretary");
    // A team is named by one of its cases.
    assert_eq!(command(&gone, "XH-03-3c"), "xuncha confirm 2020-r2/zhixiao XH-03-3c --by leader");
}

#[test]
fn a_rule_that_is_mended_elsewhere_names_that_record() {
    let book = running();
    let file = "rounds/2020-r2/document/2020-10-15-shuji-jianghua.yaml";
    let text = std::fs::read_to_string(book.path().join(file)).unwrap();
    let filing = "报备:\n  - { 报送单位: 州委巡察办, 日期: 2020-10-30, 编号: 澄巡办密〔2020〕6号, 报送方式: 机要 }\n";
    assert!(text.contains(filing));
    book.write(file, text.replace(filing, ""));
    let list = todo(&book, &["2020-r2"], "2020-11-20");
    assert_eq!(command(&list, "XH-32-3c"), file);
    // One of several records lacks something: it is the one that is named.
    let report = "rounds/2020-r2/zhixiao/report/2020-09-25-tanhua.yaml";
    let text = std::fs::read_to_string(book.path().join(report)).unwrap();
    let start = text.find("审核:").unwrap();
    let end = start + text[start..].find("\n报告版本:").unwrap() + 1;
    book.write(report, format!("{}{}", &text[..start], &text[end..]));
    assert_eq!(command(&todo(&book, &["2020-r2/zhixiao"], "2020-11-20"), "XH-30-0a"), report);
}

#[test]
fn what_was_done_late_keeps_the_gate_shut_and_comes_last() {
    let book = Book::new("none");
    common::lay(&common::root().join("examples/midway"), book.path());
    let list = todo(&book, &[], "2021-05-12");
    let last = list["todo"].as_array().unwrap().last().unwrap();
    assert_eq!((last["obligation"].as_str(), last["state"].as_str()), (Some("XH-11-1a"), Some("late")));
    assert_eq!(last["command"], "xuncha waive 2021-r1/qinghe XH-11-1a --by ROLE --reason TEXT");
    assert_eq!(
        book.run(&["waive", "2021-r1/qinghe", "XH-11-1a", "--by", "executive_deputy_head", "--reason", "雨雪封路"], "2021-05-12").code,
        0
    );
    assert!(!todo(&book, &[], "2021-05-12")["todo"].as_array().unwrap().iter().any(|t| t["obligation"] == "XH-11-1a"));
}

#[test]
fn what_is_drawn_by_lot_begins_with_the_draw() {
    let book = Book::example("kuiwen-2011");
    let (case, today) = ("rounds/2011-1/chengguan", "2011-08-31");
    for gone in ["visit", "revisit", "milestone/2011-09-02-onsite-end.yaml", "milestone/2011-11-30-zhuan-closed.yaml"] {
        book.remove(&format!("{case}/{gone}"));
    }
    let list = todo(&book, &["2011-1/chengguan"], today);
    for id in ["KW-10-2a", "KW-10-2b"] {
        assert_eq!(command(&list, id), "xuncha sample 2011-1/chengguan --frame LIST -n N");
    }
    assert!(command(&list, "KW-10-1a").starts_with("xuncha add visit "));
    let shown = book.run(&["next", "2011-1/chengguan", "--all"], today).out;
    assert_eq!(shown.matches("xuncha sample 2011-1/chengguan --frame 名单 -n 个数").count(), 1, "{shown}");
    // The command does it.
    book.write("list.csv", "code,date\nA1,2011-03-01\nA2,2011-04-01\nA3,2011-05-01\n");
    let args = ["sample", "2011-1/chengguan", "--frame", "list.csv", "-n", "2", "method=walk_in", "--date", "2011-08-25"];
    assert_eq!(book.run(&args, today).code, 0);
    let list = todo(&book, &["2011-1/chengguan"], today);
    let open = |id: &str| list["todo"].as_array().unwrap().iter().any(|t| t["obligation"] == id);
    assert!(!open("KW-10-2a") && !open("KW-10-2b"));
}
