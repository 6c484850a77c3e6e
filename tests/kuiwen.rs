//! A district's round of 2011, `examples/kuiwen-2011`: clean when it is over, its dates, its draw that anybody can repeat, its forms.

mod common;

use common::{Book, findings, root};
use serde_json::Value;

/// The day on which the round is over, and one in the middle of the inquiry.
const OVER: &str = "2011-12-01";
const MIDDLE: &str = "2011-08-22";
const CASE: &str = "2011-1/chengguan";
const DIR: &str = "rounds/2011-1/chengguan";

fn book() -> Book {
    Book::example("kuiwen-2011")
}

/// The example as it was on the fifteenth day of the inquiry, before the covert visits.
fn middle() -> Book {
    let book = book();
    for rel in ["archive.yaml", "feedback.yaml", "rectification.yaml", "rectification_item", "revisit", "review_sheet", "publication"] {
        book.remove(&format!("{DIR}/{rel}"));
    }
    for rel in ["report", "confirmation", "escalation"] {
        book.remove(&format!("{DIR}/{rel}"));
    }
    book.remove("rounds/2011-1/meeting");
    book.remove("rounds/2011-1/confirmation");
    let later = |name: &str| name.get(..10).is_some_and(|day| ("2011-08-22".."2012").contains(&day));
    for path in common::files(&book.path().join(DIR)) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if later(&name) {
            std::fs::remove_file(path).unwrap();
        }
    }
    book
}

#[test]
fn the_finished_round_is_clean() {
    assert_eq!(findings(&book(), OVER, "zh"), Vec::<Value>::new());
}

#[test]
fn the_middle_of_the_inquiry_is_clean_too() {
    let got = findings(&middle(), MIDDLE, "zh");
    let after: Vec<&Value> = got.iter().filter(|f| f["code"] != "dangling-ref").collect();
    assert!(after.is_empty(), "{after:?}");
}

#[test]
fn its_pinned_procedure_is_the_built_in_one() {
    let text = |rel: &str| std::fs::read_to_string(root().join(rel)).unwrap();
    assert!(text("examples/kuiwen-2011/rounds/2011-1/procedure.toml") == text("templates/procedures/kuiwen-2011.toml"));
}

#[test]
fn what_the_views_print() {
    for lang in ["zh", "en"] {
        let shown = |book: &Book, args: &[&str], today: &str| {
            let ran = book.run(&[args, &["--lang", lang]].concat(), today);
            assert_eq!(ran.err, "", "{args:?}");
            ran.out
        };
        insta::assert_snapshot!(format!("deadlines_{lang}"), shown(&book(), &["deadlines", "--all"], OVER));
        insta::assert_snapshot!(format!("status_{lang}"), shown(&book(), &["status"], OVER));
        insta::assert_snapshot!(format!("next_{lang}"), shown(&middle(), &["next", "--all"], MIDDLE));
    }
}

/// The end on 2 September 2011, a Friday before the Mid-Autumn holiday.
#[test]
fn its_periods_end_on_the_days_of_the_text() {
    let ran = book().run(&["deadlines", "--all", "--format", "json"], OVER);
    let rows: Vec<Value> = serde_json::from_str(&ran.out).unwrap();
    let of = |id: &str| rows.iter().find(|r| r["obligation"] == id).unwrap_or_else(|| panic!("no {id}"));
    for (id, from, rule, due) in [
        ("KW-13-3a", "onsite_end", "+10wd", "2011-09-19"),
        ("KW-14-0e", "feedback", "+30d", "2011-11-09"),
        ("KW-15-0a", "onsite_end", "+2m,+hm", "2011-11-17"),
        ("KW-15-0b", "revisit_held", "-5wd", "2011-11-08"),
        ("KW-15-0c", "revisit_held", "-5wd", "2011-11-08"),
    ] {
        let row = of(id);
        assert_eq!((row["from"].as_str(), row["due"].as_str()), (Some(from), Some(due)), "{id}");
        assert!(row["rule"].as_str().unwrap().contains(rule), "{id}: {}", row["rule"]);
    }
}

#[test]
fn the_draw_of_the_example_can_be_repeated() {
    let list = format!("{DIR}/files/duixiang-2009-2011.csv");
    let args = ["sample", CASE, "--frame", &list, "-n", "20", "--seed", "20110822", "--dry-run"];
    let ran = book().run(&args, OVER);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let codes: Vec<&str> = ran.out.lines().filter_map(|l| Some(l.split_once('\t')?.1)).collect();
    let record = std::fs::read_to_string(book().path().join(DIR).join("visit/2011-08-22-anfang.yaml")).unwrap();
    assert!(record.contains(&format!("[{}]", codes.join(", "))), "{codes:?}");
}

#[test]
fn a_draw_is_recorded_and_checked_against_its_list() {
    let book = middle();
    let list = "对象.csv";
    book.write(list, "代码,日期\nS-1,2010-01-04\nS-2,2010-03-01\nS-3,2011-08-01\n");
    let args = ["sample", CASE, "--frame", list, "-n", "2", "--seed", "7", "走访人员=zu-03,zu-05", "走访具体方法=走访"];
    let ran = book.run(&args, MIDDLE);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let of = |book: &Book| -> Vec<String> {
        let all = findings(book, MIDDLE, "zh");
        let text = |f: &Value| format!("{} {}", f["code"].as_str().unwrap(), f["file"].as_str().unwrap());
        all.iter().filter(|f| f["code"] != "dangling-ref").map(text).collect()
    };
    assert_eq!(of(&book), Vec::<String>::new());
    // The same list again is no second copy; another of the same name is refused.
    assert_eq!(book.run(&args, MIDDLE).code, 0);
    book.write(list, "代码\nS-9\n");
    let refused = book.run(&["sample", CASE, "--frame", list, "-n", "1"], MIDDLE);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("内容不同"), "{}", refused.err);
    // Who adds a name to the list afterwards is found out.
    let kept = format!("{DIR}/files/{list}");
    let text = std::fs::read_to_string(book.path().join(&kept)).unwrap();
    book.write(&kept, text + "S-4,2011-08-02\n");
    let found = of(&book);
    for code in ["sample-mismatch", "changed-attachment"] {
        let of = format!("{code} rounds/2011-1/chengguan/visit/");
        assert_eq!(found.iter().filter(|f| f.starts_with(&of)).count(), 2, "{found:?}");
    }
    assert_eq!(found.len(), 4, "{found:?}");
}

#[test]
fn a_list_that_cannot_be_used_is_refused_with_its_remedy() {
    let book = middle();
    for (text, want) in [
        ("", "空的"),
        ("序号,日期\n1,2011-01-01\n", "代码"),
        ("代码,姓名\nS-1,甲\n", "姓名"),
        ("代码\n张三\n", "只能用字母"),
        ("代码\nS-1\nS-1\n", "重复"),
        ("代码,日期\nS-1,2011.1.1\n", "2011-09-02"),
        ("代码\n", "没有一行"),
        ("代码\n\"S-1\n", "引号"),
    ] {
        book.write("l.csv", text);
        let ran = book.run(&["sample", CASE, "--frame", "l.csv", "-n", "1"], MIDDLE);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{text:?}");
        assert!(ran.err.contains(want), "{text:?}: {}", ran.err);
    }
    book.write("l.csv", "代码,日期\nS-1,2009-01-01\n");
    for (more, want) in [
        (vec!["-n", "2"], "抽不出"),
        (vec!["-n", "1", "--from", "2010-01-01"], "早于起始日期"),
        (vec!["-n", "1", "--from", "2009-02-01", "--to", "2010-01-01"], "先整理名单"),
        (vec!["-n", "1", "随机"], "字段=值"),
    ] {
        let ran = book.run(&[&["sample", CASE, "--frame", "l.csv"], more.as_slice()].concat(), MIDDLE);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{more:?}");
        assert!(ran.err.contains(want), "{more:?}: {}", ran.err);
    }
    assert!(!book.path().join(DIR).join("files/l.csv").exists());
}

#[test]
fn records_can_be_drawn_from_too() {
    let book = middle();
    let ran = book.run(&["sample", CASE, "--records", "unit", "-n", "2", "--seed", "5"], MIDDLE);
    assert_eq!((ran.code, ran.out.lines().count()), (0, 4), "{} {}", ran.out, ran.err);
    assert!(!findings(&book, MIDDLE, "zh").iter().any(|f| f["code"] == "sample-mismatch"));
}

#[test]
fn the_ten_forms_blank_and_filled() {
    let book = book();
    let (mut blank, mut filled) = (String::new(), String::new());
    for n in 1..=10 {
        let name = format!("form{n}");
        let ran = book.run(&["form", &name], OVER);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{name}");
        assert_eq!(ran, book.run(&["form", &format!("附件{n}")], OVER));
        blank += &ran.out;
        let ran = book.run(&["form", &name, CASE], OVER);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{name}");
        filled += &ran.out;
    }
    insta::assert_snapshot!("forms_blank", blank);
    insta::assert_snapshot!("forms_filled", filled);
    insta::assert_snapshot!("form_html", book.run(&["form", "form9", CASE, "--format", "html"], OVER).out);
}

#[test]
fn forms_that_are_not_there_or_wrong() {
    let book = book();
    let said = |args: &[&str]| {
        let ran = book.run(args, OVER);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}");
        ran.err
    };
    assert!(said(&["form", "form11"]).contains("form1"));
    assert!(said(&["form", "form7", "2011-1"]).contains("案卷"));
    book.write("templates/documents/kuiwen-2011/mine.md", "# {unit.nmae}\n");
    assert!(said(&["form", "mine"]).contains("nmae"));
    book.write("templates/documents/kuiwen-2011/mine.md", "{each interview}\n{it.no}\n");
    assert!(said(&["form", "mine"]).contains("{end}"));
    // An office's own form comes before the built-in one, and what records say makes no markup.
    book.write("templates/documents/kuiwen-2011/form1.md", "# 本办\n\n{each unit where it.code == 'chengguan'}\n{it.name}\n{end}\n");
    book.write("unit/chengguan.yaml", "单位名称: \"<b>局*|\"\n单位代码: chengguan\n");
    let ran = book.run(&["form", "form1", CASE, "--format", "html"], OVER);
    assert!(ran.out.contains("<h1>本办</h1>") && ran.out.contains("&lt;b&gt;局*|</p>"), "{}", ran.out);
}
