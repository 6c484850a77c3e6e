//! Coverage of a term: done, planned, left, pace and forecast; villages from a list; bundled, extended, special, cross.

mod common;

use common::Book;
use serde_json::Value;

fn json(book: &Book, today: &str) -> Value {
    let ran = book.run(&["coverage", "--format", "json"], today);
    let all: Value = serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {} {}", ran.out, ran.err));
    all[0].clone()
}

fn unit<'v>(term: &'v Value, id: &str) -> &'v Value {
    term["units"].as_array().unwrap().iter().find(|u| u["unit"] == id).unwrap_or_else(|| panic!("no {id}"))
}

#[test]
fn ninety_six_units_in_five_years() {
    let book = Book::example("huaian-2017");
    let term = json(&book, "2017-03-10");
    let all = &term["all"];
    assert_eq!((&all["units"], &all["inspected"], &all["left"]), (&96.into(), &4.into(), &92.into()));
    // 96 in five years; 4 in 190 days, and the rest in what is left.
    assert_eq!(term["pace"]["planned_per_year"], 19.2);
    assert_eq!((&term["pace"]["kept_per_year"], &term["pace"]["needed_per_year"]), (&7.7.into(), &20.5.into()));
    assert_eq!(term["pace"]["forecast"], 38);
    let levels: Vec<&Value> = term["levels"].as_array().unwrap().iter().map(|l| &l["units"]).collect();
    assert_eq!(levels, [70, 26]);
    insta::assert_snapshot!("term_zh", book.run(&["coverage"], "2017-03-10").out);
    insta::assert_snapshot!("term_en", book.run(&["coverage", "--lang", "en", "--by", "year", "--format", "md"], "2017-03-10").out);
}

#[test]
fn before_entry_a_unit_is_planned_and_a_bundled_body_counts_once() {
    let book = Book::example("huaian-2017");
    let before = json(&book, "2017-02-05");
    assert_eq!((&before["all"]["inspected"], &before["all"]["planned"]), (&0.into(), &4.into()));
    assert!(before["pace"]["forecast"] == 0 && before["pace"]["complete_on"].is_null());
    let after = json(&book, "2017-03-10");
    assert_eq!(unit(&after, "nongwei")["visits"].as_array().unwrap().len(), 1);
    // A body of the unit that the plan also names is no unit of its own.
    let plan = std::fs::read_to_string(book.path().join("coverage_plan/2016-2021.yaml")).unwrap();
    book.write("coverage_plan/2016-2021.yaml", plan.replace("  - nongwei\n", "  - nongwei\n  - linye\n"));
    assert_eq!(json(&book, "2017-03-10")["all"]["units"], 96);
}

#[test]
fn villages_from_a_list_reached_from_their_township_and_as_what() {
    let book = Book::example("huaian-2017");
    let mut list = String::from("编号,名称\n");
    for i in 1..=200 {
        list.push_str(&format!("cun-{i:03},第{i:03}村\n"));
    }
    book.write("cun.csv", &list);
    let ran = book.run(&["add", "unit", "--from", "cun.csv", "level=village", "category=township", "parent=xz-01"], "2017-03-10");
    assert_eq!((ran.code, ran.out.lines().count()), (0, 200), "{}", ran.err);
    let again = book.run(&["add", "unit", "--from", "cun.csv", "level=village", "parent=xz-01"], "2017-03-10");
    assert!(again.code == 0 && again.err.contains("200 份原来就有"), "{}", again.err);
    let plan = std::fs::read_to_string(book.path().join("coverage_plan/2016-2021.yaml")).unwrap();
    book.write("coverage_plan/2016-2021.yaml", plan.replace("  - nongwei\n", "  - nongwei\n  - cun-001\n  - cun-002\n  - cun-003\n"));
    let round = |name: &str, no: u8, ty: &str| {
        book.write(
            &format!("rounds/{name}/round.yaml"),
            format!("轮次序号: {no}\n年度: 2017\n轮次类型: {ty}\n巡察时间: {{ 起: 2017-04-10, 止: 2017-05-31 }}\n规程: huaian-2017\n"),
        );
        book.write(&format!("rounds/{name}/procedure.toml"), "id = \"p\"\nextends = \"huaian-2017\"\n");
    };
    let case = |name: &str, unit: &str, extra: &str| {
        book.write(&format!("rounds/{name}/{unit}/case.yaml"), format!("被巡察单位: {unit}\n{extra}"));
        book.write(&format!("rounds/{name}/{unit}/milestone/m.yaml"), "节点名称: entry\n发生时间: 2017-04-12\n记录人: 巡察办\n");
    };
    round("2017-2", 2, "交叉");
    case("2017-2", "xz-01", "延伸巡察单位: [cun-001, cun-004, dw-01]\n");
    round("2017-3", 3, "专项");
    case("2017-3", "cun-002", "");
    round("2017-4", 4, "回访");
    case("2017-4", "dw-02", "");
    let term = json(&book, "2017-06-01");
    let ways = &term["as"];
    assert_eq!(
        (&ways["cross"], &ways["special"], &ways["extended"], &ways["revisit"], &ways["regular"]),
        (&1.into(), &1.into(), &2.into(), &1.into(), &4.into())
    );
    let standing = |id: &str| unit(&term, id)["standing"].as_str().unwrap().to_string();
    assert_eq!([standing("xz-01"), standing("cun-001"), standing("cun-002")], ["inspected", "inspected", "inspected"]);
    // Reached is not inspected where the unit is no village; nor is a revisit an inspection.
    assert_eq!([standing("dw-01"), standing("dw-02"), standing("cun-003")], ["left", "left", "left"]);
    assert_eq!((&unit(&term, "dw-01")["only_reached"], &unit(&term, "cun-004")["in_plan"]), (&true.into(), &false.into()));
    let tree = book.run(&["coverage", "--by", "unit"], "2017-06-01").out;
    assert!(tree.contains("\nxz-01 ") && tree.contains("\n　cun-001 ") && tree.contains("不在规划"), "{tree}");
    book.write("xuncha.toml", "[defaults]\nprocedure = \"huaian-2017\"\nlanguage = \"zh\"\n[coverage]\nextended = [\"村\", \"county\"]\n");
    assert_eq!(unit(&json(&book, "2017-06-01"), "dw-01")["standing"], "inspected");
}

#[test]
fn the_plans_own_numbers() {
    let book = Book::example("huaian-2017");
    let plan = std::fs::read_to_string(book.path().join("coverage_plan/2016-2021.yaml")).unwrap();
    let quotas = "任务指标:\n  - { 指标: units, 下限: 96 }\n  - { 指标: rounds_per_year, 下限: 4, 上限: 5, 说明: 每年四到五轮 }\n  - { 指标: township, 上限: 26 }\n  - { 指标: mubiao }\n";
    book.write("coverage_plan/2016-2021.yaml", plan + quotas);
    let term = json(&book, "2017-03-10");
    let have: Vec<(&Value, &Value)> = term["quotas"].as_array().unwrap().iter().map(|q| (&q["have"], &q["kept"])).collect();
    let none = &Value::Null;
    assert_eq!(have, [(&4.into(), &false.into()), (&1.into(), &false.into()), (&0.into(), &true.into()), (none, none)]);
    let out = book.run(&["coverage"], "2017-03-10").out;
    assert!(
        out.contains("rounds_per_year（每年四到五轮）：要求 4-5，现有 1，未达到") && out.contains("mubiao：要求 -，本工具不会计数"),
        "{out}"
    );
}

#[test]
fn without_a_plan_it_says_how_to_make_one() {
    let book = Book::example("huaian-2017");
    assert!(book.run(&["coverage", "--term", "2016-2020"], "2017-03-10").err.contains("是否指 `2016-2021`？"));
    book.write("coverage_plan/2016-2021.yaml", "规划单位: [nongwei]\n");
    let ran = book.run(&["coverage"], "2017-03-10");
    assert!(ran.code == 2 && ran.err.contains("没有完整的规划期"), "{}", ran.err);
    book.remove("coverage_plan");
    let ran = book.run(&["coverage"], "2017-03-10");
    assert!(ran.code == 2 && ran.err.contains("xuncha add coverage_plan"), "{}", ran.err);
}

#[test]
fn a_wrong_line_of_a_list_is_named_and_nothing_is_written() {
    let book = Book::example("huaian-2017");
    let add = |list: &str| {
        book.write("list.csv", list);
        let ran = book.run(&["add", "unit", "--from", "list.csv", "level=village", "category=township"], "2017-03-10");
        assert!(ran.code == 2 && ran.err.contains("没有写入任何文件"), "{}", ran.err);
        ran.err
    };
    assert!(add("id,名称,上级单伍\na,甲,xz-01\n").contains("是否指 `上级单位`？"));
    assert!(add("id,名称\na-1,甲\na-1,乙\n").contains("`a-1` 在第2行已经有了"));
    assert!(add("id,名称,上级\na-1,甲,xz-99\n").contains("list.csv:2"));
    assert!(add("id,名称,层级\na-1,甲,村庄\n").contains("list.csv:2"));
    assert!(add("id,名称\na-1,\"甲\n").contains("第2行的引号没有结束"));
    assert!(add("id,名称\n").contains("没有内容"));
    assert!(!book.path().join("unit/a-1.yaml").exists());
}
