//! The office's own numbers in `xuncha.toml` against the parameters that the procedures in use offer.

use super::ground::Ground;
use crate::casebook::{Casebook, MARKER};
use crate::finding::{Finding, Place};
use crate::procedure::ParamType;
use crate::procedure::compile::Program;
use crate::rule::ParamValue;
use crate::say;
use crate::text::{meant, nearest};

/// Numbers of the wrong form, and, where all rounds are in sight (`whole`), numbers that no procedure asks for.
pub fn check(book: &Casebook, programs: &[Program], whole: bool) -> Vec<Finding> {
    let mut out = Vec::new();
    let offered = || programs.iter().flat_map(|p| &p.procedure.params);
    for (id, (value, place)) in &book.config.params {
        let place = Place::at(MARKER, place.0..place.1);
        let shown = crate::text::safe(&crate::text::cut(value, 40)).into_owned();
        match offered().find(|p| p.id == *id) {
            Some(p) if read_param(p.ty, value).is_none() => {
                let (zh, en) = (&p.title.zh, &p.title.en);
                let (want, want_en) = match p.ty {
                    ParamType::Duration => ("期间，如 \"7d\"、\"10wd\"、\"3m\"", "a period such as \"7d\", \"10wd\", \"3m\""),
                    ParamType::Number => ("数字", "a number"),
                    ParamType::Text => ("文本", "a text"),
                };
                out.push(Finding::error(
                    "param-value",
                    place,
                    say!(
                        "“{zh}”应为{want}，现为 `{shown}`；按未设置处理",
                        "“{en}” should be {want_en}, not `{shown}`; it counts as not set"
                    ),
                ));
            }
            None if whole => {
                let message = say!("所用规程没有参数 `{id}`", "no procedure in use has a parameter `{id}`");
                let mut f = Finding::warning("param-unknown", place, message);
                f.help = nearest(id, offered().map(|p| p.id.as_str())).map(meant);
                out.push(f);
            }
            _ => {}
        }
    }
    out
}

/// The value of a parameter: the office's, else the procedure's; none where neither sets it or where it is not of its type.
pub fn param(g: &Ground, index: usize) -> Option<ParamValue> {
    let p = &g.program.procedure.params[index];
    read_param(p.ty, g.book.config.params.get(&p.id).map(|(v, _)| v.as_str()).or(p.value.as_deref())?)
}

/// A parameter's value from its text; none where it is not of that type.
pub fn read_param(ty: ParamType, text: &str) -> Option<ParamValue> {
    match ty {
        ParamType::Duration => {
            let signed = if text.starts_with(['+', '-']) { text.to_string() } else { format!("+{text}") };
            crate::calendar::Rule::parse(&signed).ok().map(|_| ParamValue::Duration(signed.into()))
        }
        ParamType::Number => text.parse::<i64>().map(ParamValue::Int).or_else(|_| text.parse().map(ParamValue::Number)).ok(),
        ParamType::Text => Some(ParamValue::Text(text.into())),
    }
}
