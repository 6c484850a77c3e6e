//! A checked expression in words, for people who do not read formulas; knows labels, not records.

mod clause;
mod noun;
mod sort;

use super::Expr;
use super::ir::Op;
use crate::kind::{EnumId, Schema};
use crate::text::{Lang, Text};
use sort::{is_clause, loops, short};

/// What the words need beyond the expression.
pub struct Names<'n> {
    /// The kinds.
    pub schema: &'n Schema,
    /// Titles of events, by index.
    pub events: Vec<Text>,
    /// Titles of parameters, by index.
    pub params: Vec<Text>,
    /// Titles of sets, by enumeration and values.
    pub sets: Vec<(EnumId, Vec<u16>, Text)>,
}

impl Expr {
    /// What must hold, a sentence a condition: the expression taken apart where it says “and”. `None` stands for a condition
    /// that is too long to be followed in words.
    pub fn words(&self, names: &Names, lang: Lang) -> Vec<Option<String>> {
        let parts: Vec<&Op> = match &self.op {
            Op::And(all) => all.iter().collect(),
            one => vec![one],
        };
        let limit = if lang == Lang::Zh { 90 } else { 220 };
        parts
            .into_iter()
            .map(|op| {
                let mut w = Words { names, lang, vars: Vec::new() };
                let said = if is_clause(op, names.schema) { w.clause(op) } else { w.noun(op) };
                // A list in a list can be followed only where little is said of it.
                let limit = if loops(op) > 1 { limit / 2 } else { limit };
                (said.chars().count() <= limit).then_some(said)
            })
            .collect()
    }
}

struct Words<'n> {
    names: &'n Names<'n>,
    lang: Lang,
    /// What each variable stands for, by its number; with `=` before it where a variable is said in full (`map`).
    vars: Vec<(u16, String)>,
}

impl Words<'_> {
    fn zh(&self) -> bool {
        self.lang == Lang::Zh
    }

    fn pick(&self, t: Text) -> String {
        t.get(self.lang).to_string()
    }

    /// “of” between an owner and what it owns.
    fn owned(&self, owner: String, thing: String) -> String {
        match (owner.is_empty(), self.zh()) {
            (true, _) => thing,
            (_, true) => format!("{owner}的{thing}"),
            (_, false) => format!("{thing} of {owner}"),
        }
    }

    fn quoted(&self, s: &str) -> String {
        if self.zh() { format!("“{s}”") } else { format!("“{}”", s.to_lowercase()) }
    }

    fn label(&self, label: &Text) -> String {
        if self.zh() { label.zh.to_string() } else { lower_first(&label.en) }
    }

    fn within(&mut self, var: u16, body: &Op, noun: String) -> String {
        self.vars.push((var, noun));
        let said = self.clause(body);
        self.vars.pop();
        said
    }

    /// A list with a condition on its items: `类型为“线索”的移交`.
    fn filtered(&mut self, var: u16, list: &Op, cond: &Op) -> String {
        let name = short(list, self.names.schema, self.lang);
        let list = self.noun(list);
        let cond = self.within(var, cond, name);
        if self.zh() { format!("{cond}的{list}") } else { format!("{list} where {cond}") }
    }
}

/// An English label inside a sentence.
fn lower_first(s: &str) -> String {
    let mut chars = s.chars();
    match (chars.next(), chars.next()) {
        // An abbreviation stays as it is.
        (Some(_), Some(second)) if second.is_uppercase() => s.to_string(),
        (Some(first), _) => first.to_lowercase().chain(s.chars().skip(1)).collect(),
        _ => String::new(),
    }
}
