//! What an expression says about itself, what is missing, and texts with expressions in them.

use super::fixture::{View, desk, env};
use crate::kind::Part;
use crate::rule::*;
use crate::text::Lang;

#[test]
fn an_expression_knows_what_it_looks_at() {
    let env = env();
    let plan = env.schema.find_kind("plan").expect("plan");
    let shape = env.schema.shape_of(plan);
    let index = |name: &str| shape.find(name).expect(name);
    let src = "agreed(it, 'leader') < event.entry || size(interview) > param.unset && has(it.date) || it.date < today";
    let expr = compile(src, &env, Some(&It::record(plan)), None).expect("compiles");
    assert_eq!(expr.uses().fields, vec![vec![index("approvals")], vec![index("date")]]);
    assert_eq!(expr.first_field(), Some(&[index("approvals")][..]));
    assert_eq!((expr.uses().events.as_slice(), expr.uses().params.as_slice()), (&[1][..], &[2][..]));
    assert_eq!(expr.uses().kinds, vec![env.schema.find_kind("interview").expect("interview")]);
}

#[test]
fn what_is_missing_has_a_place() {
    let desk = desk();
    let i3 = desk.get("i3");
    let expr = compile("size(it.inspectors) > 1", &env(), Some(&It::record(i3.kind)), None).expect("compiles");
    let Err(Stop::Missing(m)) = expr.eval(&View(&desk), Some(i3.root())) else { panic!("it is missing") };
    let part: Part = m.part.expect("a place");
    assert_eq!((part.record.id.as_str(), part.node), ("i3", i3.tree.root()));
    let shape = env().schema.kind(i3.kind).shape;
    assert_eq!(m.field(), Some((shape, env().schema.shape(shape).find("inspectors").expect("inspectors"))));
    assert_eq!(m.what(&View(&desk)).zh, "字段“谈话人员”");
}

#[test]
fn texts_show_values_in_their_language() {
    let desk = desk();
    let i1 = desk.get("i1");
    let it = It::record(i1.kind);
    for (src, lang, want) in [
        ("现有 {size(it.inspectors)} 人", Lang::Zh, "现有 2 人"),
        ("{it.subject.category}、{it.date}、{it.inspectors}", Lang::Zh, "班子成员、2020-09-04、p1和p2"),
        ("{it.one_on_one_approval.date}", Lang::Zh, "未填"),
        ("{it.one_on_one_approval.date}", Lang::En, "not filled in"),
        ("{{{1 == 1 ? '}' : 'b'}}}", Lang::En, "{}}"),
        ("{1 / 3}", Lang::En, "0.33"),
        ("", Lang::En, ""),
    ] {
        let template = Template::compile(src, &env(), Some(&it)).unwrap_or_else(|e| panic!("{src}: {e:?}"));
        assert_eq!(template.render(&View(&desk), Some(i1.root()), lang), want, "{src}");
    }
    for (src, at) in [("有 {it.inspecters} 人", "inspecters"), ("{it", "{it"), ("a } b", "}"), ("{}", ""), ("{it.subject}", "it.subject")]
    {
        let e = Template::compile(src, &env(), Some(&it)).expect_err(src);
        assert_eq!(&src[e.range], at, "{src}");
    }
}
