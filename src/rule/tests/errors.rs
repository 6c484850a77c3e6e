//! Expressions that are wrong: where, and what is said.

use super::fixture::env;
use crate::rule::*;

/// The expression over an interview, the words it points at, a part of the English message, a part of the help.
const TABLE: &[(&str, &str, &str, &str)] = &[
    ("", "", "is empty", ""),
    ("it.inspecters == 1", "inspecters", "has no field `inspecters`", "`inspectors`"),
    ("it.谈化人员 == 1", "谈化人员", "no field", "谈话人员"),
    ("it.subject.categori == 'x'", "categori", "no field", "`category`"),
    ("it.subject.category == 'leading_membr'", "'leading_membr'", "no value", "leading_member"),
    ("it.subject.category in ['leading_member', 'xyzzy']", "'xyzzy'", "no value", "there are: "),
    ("it.date == 'soon'", "'soon'", "no date", ""),
    ("it.date == '2020.9.4'", "'2020.9.4'", "no date", "2020-09-04"),
    ("it.date >= 2020-09-04", "2020-09-04", "quotes", "date('2020-09-04')"),
    ("intervew.size() > 1", "intervew", "unknown name", "`interview`"),
    ("event.withdrawl < today", "withdrawl", "no event", "`withdrawal`"),
    ("withdrawal < today", "withdrawal", "unknown name", "event.withdrawal"),
    ("param.intervall == 1", "intervall", "no parameter", "`interval`"),
    ("inspectors == 1", "inspectors", "unknown name", "it.inspectors"),
    ("it.inspectors", "it.inspectors", "where true or false is needed", "size(it.inspectors) > 0"),
    ("it.date", "it.date", "where true or false is needed", "has(it.date)"),
    ("it.inspectors >= 2", ">=", "does not compare", ""),
    ("it.inspectors == 'p1'", "==", "does not compare", "`in`"),
    ("it.inspectors.active", "active", "no fields", "it.inspectors.map(x, x.active)"),
    ("it.issues.exists(i, i.text == 'x')", "i.text", "sealed", "has(i.text)"),
    ("it.issues.exists(i, has(i.text) && size(i.text) > 3)", "i.text", "sealed", "has(i.text)"),
    ("contains(it.issues[0].text, 'x')", "it.issues[0].text", "sealed", "has("),
    ("it.issues.map(i, i.text) == ['x']", "it.issues.map(i, i.text)", "sealed", ""),
    ("it.date == null", "null", "null", "has("),
    ("it.date + 3 > today", "+", "dates are not reckoned", "add("),
    ("add(it.date, '10 fortnights') > today", "'10 fortnights'", "", ""),
    ("param.interval < 3", "<", "does not compare", "add(a, '7d')"),
    ("siz(it.inspectors) > 1", "siz", "no function", "`size`"),
    ("size(it.inspectors, 2) > 1", "size(it.inspectors, 2)", "takes 1", "size(x)"),
    ("all(it.inspectors, x, x == 'p1')", "all", "not written", "l.all(x, e)"),
    ("it.place.contains('a')", "contains", "not written", "contains(s, t)"),
    ("it.inspectors.all(it, true)", "it", "new name", ""),
    ("it.inspectors.all(x, x)", "x", "where true or false is needed", "has(x)"),
    ("has(1 + 1)", "1 + 1", "has asks for", "has(it.date)"),
    ("it.place = 'a'", "=", "two signs", "`==`"),
    ("has(it.date) & true", "&", "twice", "`&&`"),
    ("has(it.date) and true", "and", "unexpected", "`&&`"),
    ("has（it.date）", "（", "no place", "`(`"),
    ("it.place == ‘a’", "‘", "no place", "`'`"),
    ("it.place == 'a", "'a", "not closed", ""),
    ("1 < 2 < 3", "<", "chained", "&&"),
    ("true ? 1", "", "needs a `:`", ""),
    ("true ? 1 : 'a'", "1 : 'a'", "different types", ""),
    ("(true", "", "`)` should stand here", ""),
    ("it.", "", "name should follow", ""),
    ("it.team == unit", "==", "does not compare", ""),
    ("it == case", "==", "does not compare", ""),
    ("it.place in 'abc'", "'abc'", "needs a list", "contains("),
    ("agreed(it.inspectors, 'leader') > today", "it.inspectors", "cannot be asked", "approvals"),
    ("agreed(it, 'leader') > today", "agreed", "no field `approvals`", ""),
    ("agreed(feedback, 'leadr') > today", "'leadr'", "no value", "`leader`"),
    ("5wd == 5", "5wd", "no number", "quotes"),
    ("it.persons == '3'", "'3'", "does not belong", "without quotes: 3"),
    ("it.place[0] == 'a'", "0", "is for lists", ""),
    ("it.kind == 'intervew'", "'intervew'", "no kind", "`interview`"),
    ("previous.exists(p, p.unit == 'a')", "unit", "no `unit`", ".case"),
    ("rounds.exists(r, r.teams.exists(t, t.citi == 'a'))", "citi", "no field `citi`", "city"),
    ("rounds.exists(r, size(r.persons) > 0)", "persons", "no field `persons`", ""),
    ("99999999999999999999 == 1", "99999999999999999999", "too large", ""),
    ("007 == 7", "007", "start with 0", ""),
    ("sum(it.inspectors) > 1", "it.inspectors", "is a list", ""),
    ("event == 1", "event", "needs a name", "event.NAME"),
];

#[test]
fn what_is_wrong_is_said_at_its_place() {
    let interview = env().schema.find_kind("interview").expect("interview");
    let mut wrong = Vec::new();
    for (src, at, message, help) in TABLE {
        match compile(src, &env(), Some(&It::record(interview)), Some(&Ty::Bool)) {
            Ok(expr) => wrong.push(format!("{src}: compiles to {:?}", expr.ty())),
            Err(e) => {
                let (place, said) = (&src[e.range.clone()], e.help.as_ref().map_or("", |h| h.en.as_ref()));
                if place != *at || !e.message.en.contains(message) || !said.contains(help) {
                    wrong.push(format!("{src}\n   at `{place}`: {} / {said}", e.message.en));
                }
                let latin = |s: &str| s.contains(" is ") || s.contains(" the ");
                if latin(&e.message.zh) || e.help.as_ref().is_some_and(|h| latin(&h.zh)) {
                    wrong.push(format!("{src}: English in {}", e.message.zh));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn without_a_subject_it_means_nothing() {
    let e = compile("has(it.date)", &env(), None, None).expect_err("no subject");
    assert_eq!(e.range, 4..6);
}

#[test]
fn the_wanted_type_is_asked_for() {
    let e = compile("'a'", &env(), None, Some(&Ty::Int)).expect_err("no number");
    assert_eq!(e.range, 0..3);
    assert_eq!(compile("'2020-09-04'", &env(), None, Some(&Ty::Date)).expect("a date").ty(), &Ty::Date);
}

#[test]
fn deep_nesting_is_refused_and_long_chains_are_not() {
    let deep = |open: &str, close: &str, n: usize| format!("{}true{}", open.repeat(n), close.repeat(n));
    for src in [deep("(", ")", 5000), deep("[", "]", 5000), deep("size([", "])", 3000), "a.".repeat(5000) + "a", "-".repeat(5000)] {
        assert!(compile(&src, &env(), None, None).is_err());
    }
    let chain = vec!["1 + 1"; 1000].join(" == 2 && ") + " == 2";
    let e = compile(&chain, &env(), None, Some(&Ty::Bool)).expect("a long chain is no deep tree");
    assert_eq!(e.ty(), &Ty::Bool);
    assert!(compile(&vec!["1"; 2000].join(" + "), &env(), None, None).is_err());
    assert!(compile(&" ".repeat(20_000), &env(), None, None).is_err());
}
