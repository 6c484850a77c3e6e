//! Random expressions: nothing panics, nothing runs on.

use super::fixture::{Desk, View, desk, env};
use crate::rule::*;
use proptest::prelude::*;

const SEEDS: &[&str] = &[
    "size(it.inspectors) >= 2 || has(it.one_on_one_approval)",
    "interview.exists(i, i.date <= event.withdrawal && i.team == team)",
    "agreed(record, 'leader') <= add(it.date, '+10wd')",
    "it.subject.category in ['leading_member'] ? it.date : null",
    "covers(it.谈话人员, ['p1']) && !(it.place == \"甲\")",
    "flat(previous.map(p, [p.case.unit, 'x'])).size() * 2 - 1 > param.share",
];

fn run(desk: &Desk, src: &str) {
    let it = It::record(desk.get("i1").kind);
    match compile(src, &env(), Some(&it), None) {
        Ok(expr) => {
            for id in ["i1", "i2", "i3"] {
                if let Ok(value) = expr.eval(&View(desk), Some(desk.get(id).root())) {
                    show(&View(desk), &value, crate::text::Lang::Zh);
                }
            }
        }
        Err(e) => {
            assert!(e.range.end <= src.len() && e.range.start <= e.range.end, "{src}: {:?}", e.range);
            assert!(src.is_char_boundary(e.range.start) && src.is_char_boundary(e.range.end), "{src}: {:?}", e.range);
            assert!(!e.message.zh.is_empty() && !e.message.en.is_empty());
        }
    }
    let _ = Template::compile(src, &env(), Some(&it));
    let _ = Path::parse(src, env().schema);
}

/// Expressions of a type, most of them right.
fn of(ty: &'static str, depth: u32) -> BoxedStrategy<String> {
    let leaf = |all: &'static [&'static str]| proptest::sample::select(all).prop_map(String::from).boxed();
    let base = match ty {
        "bool" => leaf(&["true", "has(it.date)", "it.nil", "'p1' in it.inspectors", "it.recorder.active", "case.team == team"]),
        "int" => leaf(&["0", "3", "9223372036854775807", "it.persons", "size(interview)", "param.unset", "year(today)"]),
        "date" => leaf(&["it.date", "event.entry", "event.never_happened", "today", "date('2020-02-29')", "agreed(plan[0], lg_person)"]),
        "ints" => leaf(&["[1, 2, 3]", "[]", "interview.map(i, i.persons)", "[it.persons]"]),
        _ => leaf(&["interview", "units.map(u, u.id)", "it.inspectors", "it.team", "it.subject.category", "it.place", "it.issues"]),
    };
    if depth == 0 {
        return base;
    }
    let d = depth - 1;
    let more = match ty {
        "bool" => prop_oneof![
            (of("bool", d), of("bool", d)).prop_map(|(a, b)| format!("({a} && {b})")),
            (of("bool", d), of("bool", d)).prop_map(|(a, b)| format!("({a} || !{b})")),
            (of("int", d), of("int", d)).prop_map(|(a, b)| format!("({a} <= {b})")),
            (of("date", d), of("date", d)).prop_map(|(a, b)| format!("({a} != {b})")),
            (of("ints", d), of("bool", d)).prop_map(|(a, b)| format!("{a}.exists_one(x, x > 1 && {b})")),
            (of("ints", d), of("ints", d)).prop_map(|(a, b)| format!("(covers({a}, {b}) || {a} == {b})")),
            of("any", d).prop_map(|a| format!("({a} == {a})")),
        ]
        .boxed(),
        "int" => prop_oneof![
            (of("int", d), of("int", d)).prop_map(|(a, b)| format!("({a} * {b} - {a})")),
            (of("int", d), of("int", d)).prop_map(|(a, b)| format!("({a} % {b})")),
            (of("date", d), of("date", d)).prop_map(|(a, b)| format!("workdays({a}, {b})")),
            of("ints", d).prop_map(|a| format!("sum({a})")),
            of("ints", d).prop_map(|a| format!("{a}[1]")),
        ]
        .boxed(),
        "date" => prop_oneof![
            of("date", d).prop_map(|a| format!("add({a}, '-5wd')")),
            of("date", d).prop_map(|a| format!("add({a}, '9000y')")),
            (of("bool", d), of("date", d), of("date", d)).prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
            (of("date", d), of("date", d)).prop_map(|(a, b)| format!("max([{a}, {b}])")),
        ]
        .boxed(),
        "ints" => prop_oneof![
            (of("ints", d), of("int", d)).prop_map(|(a, b)| format!("{a}.map(x, {b} + x)")),
            (of("ints", d), of("bool", d)).prop_map(|(a, b)| format!("{a}.filter(x, {b})")),
            of("ints", d).prop_map(|a| format!("flat({a}.map(x, {a}))")),
            of("ints", d).prop_map(|a| format!("distinct({a})")),
        ]
        .boxed(),
        _ => prop_oneof![of("bool", d), of("date", d), of("ints", d), of("any", d).prop_map(|a| format!("[{a}]"))].boxed(),
    };
    prop_oneof![1 => base, 3 => more].boxed()
}

thread_local! {
    static DESK: Desk = desk();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_refused_or_read(src in "\\PC{0,60}") {
        DESK.with(|d| run(d, &src));
    }

    #[test]
    fn any_signs_are_refused_or_read(src in "[a-z0-9'\"\\\\.,()\\[\\]{}<>=!&|?:+*/% 甲（“-]{0,60}") {
        DESK.with(|d| run(d, &src));
    }

    #[test]
    fn a_changed_expression_is_refused_or_read(seed in 0..SEEDS.len(), cuts in proptest::collection::vec((any::<prop::sample::Index>(), 0..4usize, any::<char>()), 1..5)) {
        let mut chars: Vec<char> = SEEDS[seed].chars().collect();
        for (at, how, c) in cuts {
            let i = at.index(chars.len().max(1)).min(chars.len().saturating_sub(1));
            match how {
                0 if !chars.is_empty() => { chars.remove(i); }
                1 => chars.insert(i, c),
                2 if !chars.is_empty() => { let x = chars[i]; chars.insert(i, x); }
                _ => { let tail = chars.split_off(i); chars.splice(0..0, tail); }
            }
        }
        DESK.with(|d| run(d, &chars.into_iter().collect::<String>()));
    }

    #[test]
    fn a_random_expression_is_evaluated(src in of("bool", 4)) {
        DESK.with(|d| run(d, &src));
    }
}

#[test]
fn the_random_expressions_are_mostly_right() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let it = It::record(env().schema.find_kind("interview").expect("interview"));
    let tries = 200;
    let right = (0..tries)
        .filter(|_| {
            let src = of("bool", 3).new_tree(&mut runner).expect("a tree").current();
            compile(&src, &env(), Some(&it), None).is_ok()
        })
        .count();
    assert!(right * 2 > tries, "{right} of {tries}");
}
