//! `add`, `event`, `confirm`, `waive`, `approve`, `number`, `advance`: what they write beside what is there, and what they refuse.

mod common;

use common::{Book, Ran};
use std::fs;

const TODAY: &str = "2020-09-20";
const CASE: &str = "2020-1/jiaoyuju";

/// Two stages that lead into two tracks, which join in an end.
const PROCEDURE: &str = r#"
id = "small"
title = { zh = "小规程", en = "Small" }
issuer = "office"
issued = 2020-01-01
[[stage]]
id = "inquire"
title = { zh = "巡察了解", en = "Inquiry" }
next = ["rectify", "archive"]
[[stage]]
id = "rectify"
title = { zh = "巡察整改", en = "Rectification" }
next = ["closed"]
[[stage]]
id = "archive"
title = { zh = "立卷归档", en = "Archiving" }
next = ["closed"]
[[stage]]
id = "closed"
title = { zh = "结束", en = "Closed" }
[[event]]
id = "withdrawal"
title = { zh = "撤离驻地", en = "Withdrawal" }
scope = "case"
[[event]]
id = "round_end"
title = { zh = "本轮结束", en = "End of the round" }
scope = "round"
[[obligation]]
id = "S-1"
cite = "1"
stage = "inquire"
strength = "must"
event = "withdrawal"
actor = "team"
text = { zh = "撤离驻地", en = "Withdraw" }
[[obligation]]
id = "S-2"
cite = "2"
stage = "inquire"
strength = "must"
scope = "round"
artifact = "plan.task_assignment"
approvals = ["executive_deputy_head", "head"]
actor = "office"
text = { zh = "任务分工方案", en = "Assignment plan" }
[[obligation]]
id = "S-3"
cite = "3"
stage = "inquire"
strength = "should"
artifact = "interview"
actor = "team"
text = { zh = "一般应谈话", en = "Interviews as a rule" }
[[obligation]]
id = "S-4"
cite = "4"
stage = "archive"
strength = "must"
confirm = "liaison"
actor = "liaison"
text = { zh = "资料清点无误", en = "The files are complete" }
"#;

fn book() -> Book {
    let book = Book::new("none");
    book.write("xuncha.toml", "[defaults]\nprocedure = \"small\"\nlanguage = \"zh\"\n");
    book.write("procedures/small.toml", PROCEDURE);
    book.write("rounds/2020-1/procedure.toml", PROCEDURE);
    book.write("rounds/2020-1/round.yaml", "年度: 2020\n轮次序号: 1\n");
    book.write("rounds/2020-1/jiaoyuju/case.yaml", "被巡察单位: jiaoyuju\n");
    book.write("unit/jiaoyuju.yaml", "单位名称: 教育局\n");
    book
}

fn run(book: &Book, args: &[&str]) -> Ran {
    book.run(args, TODAY)
}

fn ok(book: &Book, args: &[&str]) -> Ran {
    let ran = run(book, args);
    assert_eq!(ran.code, 0, "{args:?} {ran:?}");
    ran
}

fn no(book: &Book, args: &[&str], words: &str) {
    let ran = run(book, args);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?} {ran:?}");
    assert!(ran.err.contains(words), "{args:?} {}", ran.err);
}

fn text(book: &Book, rel: &str) -> String {
    fs::read_to_string(book.path().join(rel)).unwrap_or_else(|e| panic!("{rel}: {e}"))
}

#[test]
fn add_prints_the_path_of_a_skeleton_with_the_given_values() {
    let book = book();
    let fields = ["谈话日期=2020-09-04", "no=3", "inspectors=zu-01,zu-02", "reviewed_by.role=leader", "subject.code=P-017"];
    let mut args = vec!["add", "谈话", CASE];
    args.extend(fields);
    let path = ok(&book, &args).out.trim().to_string();
    assert!(path.starts_with("rounds/2020-1/jiaoyuju/interview/2020-09-04-") && path.ends_with(".yaml"), "{path}");
    let written = text(&book, &path);
    assert!(written.contains("谈话编号: 3\n谈话日期: 2020-09-04\n谈话人员:\n  - zu-01\n  - zu-02\n"), "{written}");
    assert!(written.contains("  签字人角色: 巡察组组长\n"), "{written}");
    // Two of one day do not meet; a team and a unit have names of their own.
    assert_ne!(ok(&book, &args).out.trim(), path);
    assert_eq!(ok(&book, &["add", "team", "2020-1", "no=2"]).out.trim(), "rounds/2020-1/team/team-2.yaml");
    assert_eq!(ok(&book, &["add", "unit", "code=caizheng", "name=财政局"]).out.trim(), "unit/caizheng.yaml");
    assert_eq!(ok(&book, &["add", "feedback", CASE]).out.trim(), "rounds/2020-1/jiaoyuju/feedback.yaml");
    // A kind of the round goes to the round, a kind of the casebook to its root.
    assert!(ok(&book, &["add", "recusal", CASE]).out.starts_with("rounds/2020-1/recusal/"));
    assert!(ok(&book, &["add", "person", CASE, "id=zu-01"]).out.starts_with("person/zu-01.yaml"));
}

#[test]
fn add_refuses_what_the_reader_would_refuse() {
    let book = book();
    no(&book, &["add", "intervew", CASE], "`interview`");
    no(&book, &["add", "interview", "2020-1"], "2020-1/单位");
    no(&book, &["add", "interview", "2020-2/x"], "2020-2/x");
    no(&book, &["add", "interview", CASE, "plase=x"], "`place`");
    no(&book, &["add", "interview", CASE, "date=2020-13-01"], "日期");
    no(&book, &["add", "interview", CASE, "subject.category=班子成因"], "`班子成员`");
    no(&book, &["add", "interview", CASE, "record_ref=谈话内容全文"], "谈话记录");
    no(&book, &["add", "petition", CASE, "petitioner_name=某人"], "");
    no(&book, &["add", "feedback", CASE, "x"], "`x`");
    no(&book, &["add", "unit", "code=jiaoyuju"], "unit/jiaoyuju.yaml");
    assert!(!book.path().join("rounds/2020-1/jiaoyuju/interview").exists());
}

#[test]
fn events_go_where_their_scope_is_and_never_twice() {
    let book = book();
    let ran = ok(&book, &["event", CASE, "撤离驻地", "2020-09-18", "--by", "联络员"]);
    assert!(ran.out.contains("rounds/2020-1/jiaoyuju/milestone/2020-09-18-withdrawal.yaml"), "{}", ran.out);
    assert_eq!(
        text(&book, "rounds/2020-1/jiaoyuju/milestone/2020-09-18-withdrawal.yaml"),
        "节点名称: withdrawal\n发生时间: 2020-09-18\n记录人: 联络员\n"
    );
    no(&book, &["event", CASE, "withdrawal", "2020-09-18"], "已经记过");
    let other = ok(&book, &["event", CASE, "withdrawal", "2020-09-17"]);
    assert!(other.err.contains("2020-09-18"), "{}", other.err);
    assert!(ok(&book, &["event", CASE, "round_end", "2020-09-19"]).out.contains("rounds/2020-1/milestone/"));
    assert!(ok(&book, &["-C", "rounds/2020-1/jiaoyuju", "event", "round_end", "2020-09-21"]).err.contains("还没有到"));
    no(&book, &["event", "2020-1", "withdrawal", "2020-09-18"], "2020-1/单位");
    no(&book, &["event", CASE, "withdrawl", "2020-09-18"], "`withdrawal`");
    no(&book, &["event", CASE, "withdrawal", "2020年9月18日"], "`2020-09-18`");
    no(&book, &["event", CASE, "withdrawal", "2020-02-30"], "2020-02-30");
    no(&book, &["event", CASE, "withdrawal", "2020-09-16", "--by", "组长"], "巡察组组长");
    no(&book, &["event", CASE, "advance", "2020-09-18"], "xuncha advance");
}

#[test]
fn what_a_person_says_is_recorded_once() {
    let book = book();
    ok(&book, &["confirm", CASE, "s-4", "--by", "liaison", "--note", "已核对 # 全部"]);
    let said = text(&book, "rounds/2020-1/jiaoyuju/confirmation/2020-09-20-s-4.yaml");
    assert_eq!(said, "事项编号: S-4\n确认人: 联络员\n确认日期: 2020-09-20\n说明: \"已核对 # 全部\"\n");
    no(&book, &["confirm", CASE, "S-4", "--by", "liaison"], "已经确认");
    no(&book, &["confirm", CASE, "S-1", "--by", "liaison"], "xuncha waive");
    no(&book, &["confirm", CASE, "S-9", "--by", "liaison"], "S-9");
    let ran = ok(&book, &["waive", CASE, "S-2", "--by", "head", "--reason", "紧急任务"]);
    assert!(ran.out.contains("rounds/2020-1/waiver/2020-09-20-s-2.yaml"), "a round's obligation is waived at the round: {}", ran.out);
    no(&book, &["waive", CASE, "S-2", "--by", "head", "--reason", "再次"], "已经豁免");
    no(&book, &["waive", CASE, "S-1", "--by", "head", "--reason", " "], "理由");
    book.write("rounds/2020-1/jiaoyuju/interview/a.yaml", "谈话编号: 1\n");
    ok(&book, &["waive", CASE, "S-3", "--by", "head", "--reason", "x", "--record", "rounds/2020-1/jiaoyuju/interview/a.yaml"]);
    assert!(text(&book, "rounds/2020-1/jiaoyuju/waiver/2020-09-20-s-3.yaml").contains("所涉记录: interview/a\n"));
}

#[test]
fn an_approval_is_inserted_and_the_rest_stays_to_the_byte() {
    let book = book();
    let rel = "rounds/2020-1/plan/a.yaml";
    let before = "\u{feff}# 首行说明\r\n方案类型: 任务分工方案   # 保留\r\n\r\n审批:\r\n- 审批人角色: 常务副组长\r\n  审批意见: 同意\r\n  日期: 2020-09-05\r\n# 尾注\r\n";
    book.write(rel, before);
    let ran = ok(&book, &["approve", rel, "--role", "head", "--decision", "同意", "--date", "2020-09-04", "--opinion-paper", "2020-11"]);
    assert!(ran.err.contains("早于"), "{}", ran.err);
    let added = "- 审批人角色: 领导小组组长\r\n  审批意见: 同意\r\n  日期: 2020-09-04\r\n  批示内容: paper:2020-11\r\n";
    assert_eq!(text(&book, rel), before.replace("# 尾注", &format!("{added}# 尾注")));
    no(&book, &["approve", rel, "--role", "head", "--decision", "agreed", "--date", "2020-09-04"], "已经有了");
    no(&book, &["approve", rel, "--role", "head", "--decision", "agree", "--date", "2020-09-06"], "`agreed`");
    book.write("rounds/2020-1/plan/b.yaml", "# 只有说明\ntype: task_assignment\n");
    ok(&book, &["approve", "rounds/2020-1/plan/b.yaml", "--role", "head", "--decision", "agreed", "--date", "2020-09-06"]);
    let b = text(&book, "rounds/2020-1/plan/b.yaml");
    assert_eq!(b, "# 只有说明\ntype: task_assignment\napprovals:\n  - role: head\n    decision: agreed\n    date: 2020-09-06\n");
    book.write("rounds/2020-1/plan/c.yaml", "方案类型： 任务分工方案\n日期 2020\n");
    no(&book, &["approve", "rounds/2020-1/plan/c.yaml", "--role", "head", "--decision", "agreed", "--date", "2020-09-06"], "没有写入");
    no(&book, &["approve", "unit/jiaoyuju.yaml", "--role", "head", "--decision", "agreed", "--date", "2020-09-06"], "审批");
    no(&book, &["approve", "xuncha.toml", "--role", "head", "--decision", "agreed", "--date", "2020-09-06"], "不是");
}

#[test]
fn numbers_follow_the_dates_and_never_move() {
    let book = book();
    let put = |id: &str, text: &str| book.write(&format!("rounds/2020-1/jiaoyuju/interview/{id}.yaml"), text);
    put("a", "谈话日期: 2020-09-03\n# 保留\n");
    put("b", "谈话编号:   # 整数\n谈话日期: 2020-09-01\n");
    put("c", "no: 4\ndate: 2020-09-09\n");
    put("d", "备注: 还没有日期\n");
    let ran = ok(&book, &["number", "谈话", CASE]);
    assert!(ran.err.contains("interview/d.yaml"), "{}", ran.err);
    let read = |id: &str| text(&book, &format!("rounds/2020-1/jiaoyuju/interview/{id}.yaml"));
    assert_eq!(read("b"), "谈话编号: 5   # 整数\n谈话日期: 2020-09-01\n");
    assert_eq!(read("a"), "谈话日期: 2020-09-03\n谈话编号: 6\n# 保留\n");
    assert_eq!(read("c"), "no: 4\ndate: 2020-09-09\n");
    put("e", "谈话日期: 2020-08-01\n");
    ok(&book, &["number", "interview", CASE]);
    assert!(read("e").contains("谈话编号: 7") && read("b").contains("谈话编号: 5"));
    put("f", "谈话日期: [\n");
    no(&book, &["number", "interview", CASE], "interview/f.yaml");
    no(&book, &["number", "meeting", CASE], "没有流水编号");
}

#[test]
fn a_gate_says_what_keeps_it_shut() {
    for lang in ["zh", "en"] {
        let book = book();
        let ran = run(&book, &["--lang", lang, "advance", CASE]);
        assert_eq!(ran.code, 1);
        insta::assert_snapshot!(format!("shut-{lang}"), format!("{}\n---\n{}", ran.out, ran.err));
    }
    let book = book();
    assert_eq!(run(&book, &["advance", CASE]), run(&book, &["advance", CASE]));
    assert!(!book.path().join("rounds/2020-1/jiaoyuju/milestone").exists());
    no(&book, &["advance", "2020-1"], "2020-1/单位");
    no(&book, &["advance", CASE, "--to", "closed"], "巡察整改");
    no(&book, &["advance", CASE, "--to", "rectfy"], "`rectify`");
    no(&book, &["advance", CASE, "--force"], "--reason");
    no(&book, &["advance", CASE, "--force", "--reason", " "], "理由");
}

#[test]
fn tracks_are_entered_together_and_the_end_waits_for_all() {
    let book = book();
    ok(&book, &["event", CASE, "withdrawal", "2020-09-18"]);
    book.write(
        "rounds/2020-1/plan/a.yaml",
        "type: task_assignment\napprovals:\n- {role: executive_deputy_head, decision: agreed, date: 2020-09-01}\n- {role: head, decision: agreed, date: 2020-09-02}\n",
    );
    let ran = ok(&book, &["advance", CASE, "--to", "整改", "--by", "leader"]);
    assert!(ran.out.contains("“巡察整改”和“立卷归档”") && ran.out.contains("S-3"), "{}", ran.out);
    let said = text(&book, "rounds/2020-1/jiaoyuju/milestone/2020-09-20-advance-rectify.yaml");
    assert_eq!(said, "节点名称: advance\n发生时间: 2020-09-20\n记录人: 巡察组组长\n进入阶段: 整改\n");
    assert!(book.path().join("rounds/2020-1/jiaoyuju/milestone/2020-09-20-advance-archive.yaml").is_file());
    let json: serde_json::Value = serde_json::from_str(&run(&book, &["advance", CASE, "--format", "json"]).out).unwrap();
    assert_eq!((json["from"].to_string(), json["to"].to_string()), (r#"["rectify","archive"]"#.into(), r#"["closed"]"#.into()));
    assert_eq!(json["blocking"][0]["obligation"], "S-4");
    assert_eq!(json["blocking"][0]["command"], format!("xuncha confirm {CASE} S-4 --by liaison"));
    ok(&book, &["confirm", CASE, "S-4", "--by", "liaison"]);
    assert!(ok(&book, &["advance", CASE]).out.contains("“结束”"));
    no(&book, &["advance", CASE], "没有可进入的阶段");
}

#[test]
fn a_forced_gate_leaves_its_reason_on_record() {
    let book = book();
    let ran = ok(&book, &["advance", CASE, "--force", "--reason", "上级要求"]);
    assert!(ran.err.contains("批准人"), "{}", ran.err);
    assert!(text(&book, "rounds/2020-1/jiaoyuju/waiver/2020-09-20-s-1.yaml").contains("理由: 上级要求"));
    assert!(text(&book, "rounds/2020-1/waiver/2020-09-20-s-2.yaml").contains("事项编号: S-2"));
    assert!(
        !book.path().join("rounds/2020-1/jiaoyuju/waiver/2020-09-20-s-3.yaml").exists(),
        "a should keeps no gate shut and needs no waiver"
    );
    let errors = |f: &serde_json::Value| f["severity"] == "error" && (f["obligation"] == "S-1" || f["obligation"] == "S-2");
    assert!(!common::findings(&book, TODAY, "zh").iter().any(errors));
}

#[test]
fn scripts_and_pages_for_the_shell() {
    let book = book();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = ok(&book, &["completions", shell]);
        assert!(ran.out.contains("new-round"), "{shell}");
    }
    no(&book, &["completions", "bsh"], "bash");
    assert!(ok(&book, &["man"]).out.contains(".TH"));
    ok(&book, &["man", "pages"]);
    assert!(text(&book, "pages/xuncha-advance.1").contains("\\-\\-force"));
}
