//! Paths, and what they select.

use super::fixture::{SCHEMA, View, desk, env};
use crate::rule::*;

#[test]
fn paths_select_records_and_values() {
    let desk = desk();
    for (src, want) in [
        ("interview", "i1 i2 i3"),
        ("个别谈话", "i1 i2 i3"),
        ("interview.date", "2020-09-04 2020-09-05"),
        ("interview.inspectors", "p1 p2 p1"),
        ("interview.subject.code", "P-017"),
        ("interview.place", "三楼会议室"),
        ("team.members.person", "p1 p2 gone"),
        ("plan.team_work", "w1"),
        ("plan.巡察组工作方案.date", "2020-08-20"),
        ("plan.round_work", ""),
        ("feedback.receipt.signatures.date", "2020-12-01 2020-12-03"),
        ("case", "case"),
        ("case.unit", "u1"),
        ("rectification", ""),
    ] {
        let path = Path::parse(src, &SCHEMA).unwrap_or_else(|e| panic!("{src}: {e:?}"));
        let expr = compile("it", &env(), Some(&path.it()), None).expect("it");
        let got: Vec<String> = path.select(&View(&desk)).into_iter().map(|p| desk.shown(&expr, Some(p))).collect();
        assert_eq!(got.join(" "), want, "{src}");
    }
}

#[test]
fn the_items_of_a_list_are_looked_at_one_by_one() {
    let desk = desk();
    let path = Path::parse("team.members", &SCHEMA).expect("a path");
    let expr = compile("it.role == 'leader' && record.id == 't1'", &env(), Some(&path.it()), Some(&Ty::Bool)).expect("compiles");
    let got: Vec<bool> = path.select(&View(&desk)).into_iter().map(|p| expr.holds(&View(&desk), Some(p)).expect("decided")).collect();
    assert_eq!(got, [true, false, false]);
}

#[test]
fn wrong_paths_are_told() {
    for (src, at, help) in [
        ("meetin.deployment", "meetin", "meeting"),
        ("plan.team_wrk", "team_wrk", "team_work"),
        ("interview.subject.cod", "cod", "code"),
        ("interview.date.year", "year", ""),
        ("interview.recorder.active", "active", "references"),
        ("", "", ""),
        ("plan..date", "", ""),
    ] {
        let e = Path::parse(src, &SCHEMA).expect_err(src);
        assert_eq!(&src[e.range], at, "{src}");
        assert!(e.help.map_or(String::new(), |h| h.en.to_string()).contains(help), "{src}");
    }
}
