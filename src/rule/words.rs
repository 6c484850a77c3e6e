//! A checked expression in words, for people who do not read formulas; knows labels, not records.

use super::Expr;
use super::ir::{At, Cmp, Lit, Loop, MarkKind, OfList as Of, Op, Period, Sum};
use super::world::{Current, Group, OfPeriod, Past};
use crate::kind::{EnumId, Schema, Type};
use crate::say;
use crate::text::{Lang, Text};

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

/// Whether an expression says yes or no.
fn is_clause(op: &Op, schema: &Schema) -> bool {
    match op {
        Op::Or(_)
        | Op::And(_)
        | Op::Not(_)
        | Op::Cmp(..)
        | Op::In(_)
        | Op::Has(_)
        | Op::Covers(_)
        | Op::Contains(_)
        | Op::StartsWith(_) => true,
        Op::Loop(l, ..) => matches!(l, Loop::All | Loop::Exists | Loop::ExistsOne),
        Op::OfList(of, _) => *of == Of::Ordered,
        Op::Lit(Lit::Bool(_)) => true,
        Op::If(three) => is_clause(&three.1, schema) || is_clause(&three.2, schema),
        Op::Field(_, at) => field(schema, at).is_some_and(|f| f.ty == Type::Bool),
        _ => false,
    }
}

fn field<'s>(schema: &'s Schema, at: &At) -> Option<&'s crate::kind::Field> {
    let (shape, index) = match at {
        At::One(shape, index) => (*shape, *index),
        At::Kinds(all) => all.first().map(|(_, s, i)| (*s, *i))?,
    };
    schema.shape(shape).fields.get(index as usize)
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

    /// The owner of a field: nothing where it is plainly the record itself.
    fn owner(&mut self, op: &Op) -> String {
        match op {
            Op::It if self.vars.is_empty() => String::new(),
            _ => self.noun(op),
        }
    }

    fn noun(&mut self, op: &Op) -> String {
        match op {
            Op::Lit(lit) => self.lit(lit),
            Op::It => self.pick(say!("本项", "the item at hand")),
            Op::Record => self.pick(say!("所在记录", "its record")),
            Op::Var(n) => match self.vars.iter().rev().position(|(v, _)| v == n) {
                // The innermost needs no name: what is said is said of it.
                Some(0) => {
                    self.vars.last().filter(|(_, name)| name.starts_with('=')).map(|(_, name)| name[1..].to_string()).unwrap_or_default()
                }
                Some(i) => {
                    let name = self.vars[self.vars.len() - 1 - i].1.trim_start_matches('=').to_string();
                    self.pick(say!("该{name}", "that of {name}"))
                }
                None => String::new(),
            },
            Op::Current(c) => self.pick(match c {
                Current::Case => say!("本案卷", "the case"),
                Current::Round => say!("本轮次", "the round"),
                Current::Team => say!("本巡察组", "the team"),
                Current::Unit => say!("被巡察单位", "the unit"),
            }),
            Op::Single(k) | Op::Kind(k) => {
                let title = &self.names.schema.kind(*k).title;
                if self.zh() { title.zh.to_string() } else { title.en.to_lowercase() }
            }
            Op::Group(g) => self.pick(match g {
                Group::Cases => say!("本轮各被巡察对象", "the round's cases"),
                Group::Teams => say!("本轮各巡察组", "the round's teams"),
                Group::Units => say!("名录中各单位", "the units on file"),
                Group::Persons => say!("人才库各人员", "the persons on file"),
            }),
            Op::Past(p) => self.pick(match p {
                Past::Earlier => say!("该单位以往的巡察", "earlier inspections of the unit"),
                Past::Previous => say!("上一轮的各案卷", "the cases of the round before"),
            }),
            Op::Event(i) => {
                let title = self.names.events.get(*i).cloned().unwrap_or_default();
                let (zh, en) = (title.zh, title.en);
                self.pick(say!("“{zh}”之日", "the day of “{en}”"))
            }
            Op::Param(i) => {
                let title = self.names.params.get(*i).cloned().unwrap_or_default();
                let (zh, en) = (title.zh, title.en);
                self.pick(say!("参数“{zh}”", "the parameter “{en}”"))
            }
            Op::Today => self.pick(say!("今天", "today")),
            Op::OfPeriod(OfPeriod::From) => self.pick(say!("本期第一天", "the first day of the period")),
            Op::OfPeriod(OfPeriod::To) => self.pick(say!("本期最后一天", "the last day of the period")),
            Op::OfPeriod(OfPeriod::Name) => self.pick(say!("本期", "the period")),
            Op::Field(of, at) => {
                let label = field(self.names.schema, at).map(|f| self.label(&f.label)).unwrap_or_default();
                let owner = self.owner(of);
                self.owned(owner, label)
            }
            Op::Follow(of, _) => self.noun(of),
            Op::Name(of, name) => {
                let owner = self.owner(of);
                let name = self.quoted(name);
                self.owned(owner, name)
            }
            Op::PastField(of, what) => {
                let owner = self.owner(of);
                let thing = match what {
                    Current::Round => say!("轮次", "round"),
                    Current::Team => say!("巡察组", "team"),
                    _ => say!("案卷", "case"),
                };
                let thing = self.pick(thing);
                self.owned(owner, thing)
            }
            Op::RecordId(of) => {
                let owner = self.owner(of);
                let thing = self.pick(say!("标识", "id"));
                self.owned(owner, thing)
            }
            Op::RecordKind(of) => {
                let owner = self.owner(of);
                let thing = self.pick(say!("种类", "kind"));
                self.owned(owner, thing)
            }
            Op::Index(of, i) => {
                let (of, i) = (self.noun(of), self.noun(i));
                self.pick(say!("{of}的第{i}项", "item {i} of {of}"))
            }
            Op::List(all) => {
                let all: Vec<String> = all.iter().map(|o| self.noun(o)).collect();
                all.join(if self.zh() { "、" } else { ", " })
            }
            Op::If(three) => {
                let c = self.clause(&three.0);
                let (a, b) = (self.noun(&three.1), self.noun(&three.2));
                self.pick(say!("{a}（{c}时）或{b}（否则）", "{a} (where {c}) or {b} (otherwise)"))
            }
            Op::Sum(sum, two) => {
                let (a, b) = (self.noun(&two.0), self.noun(&two.1));
                let (zh, en) = match sum {
                    Sum::Add => ("加", "plus"),
                    Sum::Sub => ("减", "minus"),
                    Sum::Mul => ("乘", "times"),
                    Sum::Div => ("除以", "divided by"),
                    Sum::Rem => ("除后余数，除数", "modulo"),
                };
                self.pick(say!("{a}{zh}{b}", "{a} {en} {b}"))
            }
            Op::Neg(a) => {
                let a = self.noun(a);
                format!("-{a}")
            }
            Op::Size(of) => {
                let of = self.noun(of);
                self.pick(say!("{of}的数量", "the number of {of}"))
            }
            Op::Loop(Loop::Filter, var, two) => self.filtered(*var, &two.0, &two.1),
            Op::Loop(_, var, two) => {
                let list = self.noun(&two.0);
                self.vars.push((*var, format!("={list}")));
                let said = self.noun(&two.1);
                self.vars.pop();
                said
            }
            Op::OfList(of, list) => {
                let dated = self.dated(list);
                let list = self.noun(list);
                let (zh, en) = match (of, dated) {
                    (Of::Distinct | Of::Flat, _) => return list,
                    (Of::Min, true) => ("中最早的", "the earliest of"),
                    (Of::Max, true) => ("中最晚的", "the latest of"),
                    (Of::Min, false) => ("中最小的", "the least of"),
                    (Of::Max, false) => ("中最大的", "the greatest of"),
                    (Of::Sum, _) => ("之和", "the sum of"),
                    (Of::First, _) => ("的第一项", "the first of"),
                    (Of::Last, _) => ("的最后一项", "the last of"),
                    (Of::Ordered, _) => ("的次序", "the order of"),
                };
                self.pick(say!("{list}{zh}", "{en} {list}"))
            }
            Op::Mark(m) => {
                let who = self.noun(&m.1);
                let owner = self.owner(&m.0);
                let (zh, en) = match m.2.what {
                    MarkKind::Approval => (format!("{who}同意之日"), format!("the day on which {who} agreed")),
                    MarkKind::Signature => (format!("{who}签字之日"), format!("the day on which {who} signed")),
                    MarkKind::Filing => (format!("报{who}备案之日"), format!("the day of filing with {who}")),
                };
                let said = if self.zh() { zh } else { en };
                if matches!(m.0, Op::It) { said } else { self.owned(owner, said) }
            }
            Op::Add(of, period) => {
                let of = self.noun(of);
                let how = match period {
                    Period::Fixed(rule) => rule.describe(),
                    Period::Of(p) => {
                        let p = self.noun(p);
                        say!("{p}", "{p} after")
                    }
                };
                let (zh, en) = (how.zh, how.en);
                self.pick(say!("{of}起{zh}", "{en} {of}"))
            }
            Op::Days(two) => {
                let (a, b) = (self.noun(&two.0), self.noun(&two.1));
                self.pick(say!("{a}到{b}的日数", "the days from {a} to {b}"))
            }
            Op::Workdays(two) => {
                let (a, b) = (self.noun(&two.0), self.noun(&two.1));
                self.pick(say!("{a}到{b}的工作日数", "the working days from {a} to {b}"))
            }
            Op::Year(of) => {
                let of = self.noun(of);
                self.pick(say!("{of}的年份", "the year of {of}"))
            }
            clause => self.clause(clause),
        }
    }

    fn label(&self, label: &Text) -> String {
        if self.zh() { label.zh.to_string() } else { lower_first(&label.en) }
    }

    /// A list with a condition on its items: `类型为“线索”的移交`.
    fn filtered(&mut self, var: u16, list: &Op, cond: &Op) -> String {
        let name = short(list, self.names.schema, self.lang);
        let list = self.noun(list);
        let cond = self.within(var, cond, name);
        if self.zh() { format!("{cond}的{list}") } else { format!("{list} where {cond}") }
    }

    fn within(&mut self, var: u16, body: &Op, noun: String) -> String {
        self.vars.push((var, noun));
        let said = self.clause(body);
        self.vars.pop();
        said
    }

    fn lit(&mut self, lit: &Lit) -> String {
        match lit {
            Lit::Null => self.pick(say!("空", "nothing")),
            Lit::Bool(b) => self.pick(if *b { say!("是", "yes") } else { say!("否", "no") }),
            Lit::Int(n) => n.to_string(),
            Lit::Number(n) => n.to_string(),
            Lit::Text(t) => self.quoted(t),
            Lit::Date(d) => d.to_string(),
            Lit::Time(d, t) => format!("{d} {}", t.format("%H:%M")),
            Lit::Enum(e, v) => {
                let label = self.names.schema.en(*e).values.get(*v as usize).map(|v| v.label.clone()).unwrap_or_default();
                self.quoted(label.get(self.lang))
            }
            Lit::Kind(k) => self.names.schema.kind(*k).title.get(self.lang).to_string(),
            Lit::Set(set) => {
                let title = self.names.sets.iter().find(|(e, v, _)| *e == set.of && *v == set.values).map(|(.., t)| t.clone());
                match title {
                    Some(t) => t.get(self.lang).to_string(),
                    None => {
                        let all = self.names.schema.en(set.of);
                        let labels: Vec<&str> = set.values.iter().map(|v| all.values[*v as usize].label.get(self.lang)).collect();
                        labels.join(if self.zh() { "、" } else { ", " })
                    }
                }
            }
        }
    }

    /// Whether it gives a day, so that “earlier” is said and not “less”.
    fn dated(&self, op: &Op) -> bool {
        match op {
            Op::Event(_)
            | Op::OfPeriod(OfPeriod::From | OfPeriod::To)
            | Op::Today
            | Op::Mark(_)
            | Op::Add(..)
            | Op::Lit(Lit::Date(_) | Lit::Time(..)) => true,
            Op::Field(_, at) => field(self.names.schema, at).is_some_and(|f| {
                let mut ty = &f.ty;
                while let Type::List(inner) = ty {
                    ty = inner;
                }
                matches!(ty, Type::Date | Type::Time)
            }),
            Op::OfList(_, list) => self.dated(list),
            Op::Loop(Loop::Map, _, two) => self.dated(&two.1),
            Op::If(three) => self.dated(&three.1) || self.dated(&three.2),
            _ => false,
        }
    }

    /// A part of a larger clause, in brackets where it would run into its neighbours.
    fn part(&mut self, op: &Op) -> String {
        let said = self.clause(op);
        if matches!(op, Op::Or(_) | Op::And(_) | Op::If(_)) { format!("({said})") } else { said }
    }

    fn clause(&mut self, op: &Op) -> String {
        match op {
            Op::And(all) => {
                let all: Vec<String> = all.iter().map(|o| self.part(o)).collect();
                all.join(if self.zh() { "且" } else { " and " })
            }
            Op::Or(all) => self.or(all),
            Op::Not(inner) => self.not(inner),
            Op::If(three) => {
                let (c, a, b) = (self.part(&three.0), self.part(&three.1), self.part(&three.2));
                self.pick(say!("{c}的，{a}；否则{b}", "where {c}: {a}; otherwise {b}"))
            }
            Op::Cmp(cmp, two) => self.compare(*cmp, &two.0, &two.1),
            Op::In(two) => self.member(&two.0, &two.1, true),
            Op::Has(of) => self.has(of, true),
            Op::Covers(two) => {
                let (a, b) = (self.noun(&two.0), self.noun(&two.1));
                self.pick(say!("{a}包括全部{b}", "{a} include all of {b}"))
            }
            Op::Contains(two) => {
                let (a, b) = (self.noun(&two.0), self.noun(&two.1));
                self.pick(say!("{a}含有{b}", "{a} contains {b}"))
            }
            Op::StartsWith(two) => {
                let (a, b) = (self.noun(&two.0), self.noun(&two.1));
                self.pick(say!("{a}以{b}开头", "{a} begins with {b}"))
            }
            Op::OfList(Of::Ordered, list) => {
                let list = self.noun(list);
                self.pick(say!("{list}依次不倒退", "{list} never go back"))
            }
            Op::Loop(Loop::All, var, two) => {
                let name = short(&two.0, self.names.schema, self.lang);
                let list = self.noun(&two.0);
                let body = self.within(*var, &two.1, name);
                self.pick(say!("每项{list}都满足：{body}", "for each of {list}: {body}"))
            }
            Op::Loop(Loop::Exists, var, two) => {
                let found = self.filtered(*var, &two.0, &two.1);
                self.pick(say!("有{found}", "there is one of {found}"))
            }
            Op::Loop(Loop::ExistsOne, var, two) => {
                let found = self.filtered(*var, &two.0, &two.1);
                self.pick(say!("恰有一项{found}", "there is exactly one of {found}"))
            }
            Op::Lit(Lit::Bool(b)) => self.pick(if *b { say!("总是", "always") } else { say!("从不", "never") }),
            value => {
                let value = self.noun(value);
                self.pick(say!("{value}为“是”", "{value} is “yes”"))
            }
        }
    }

    /// `!has(x) || …` reads as a condition.
    fn or(&mut self, all: &[Op]) -> String {
        let given = all.iter().take_while(|o| matches!(o, Op::Not(inner) if matches!(**inner, Op::Has(_)))).count();
        if given > 0 && given < all.len() {
            let ifs: Vec<String> = all[..given]
                .iter()
                .filter_map(|o| match o {
                    Op::Not(inner) => Some(self.clause(inner)),
                    _ => None,
                })
                .collect();
            let rest = if all.len() - given == 1 { self.part(&all[given]) } else { self.or(&all[given..]) };
            let ifs = ifs.join(if self.zh() { "且" } else { " and " });
            return self.pick(say!("{ifs}的，{rest}", "where {ifs}: {rest}"));
        }
        let all: Vec<String> = all.iter().map(|o| self.part(o)).collect();
        all.join(if self.zh() { ",或者" } else { ", or " })
    }

    fn not(&mut self, op: &Op) -> String {
        match op {
            Op::Has(of) => self.has(of, false),
            Op::In(two) => self.member(&two.0, &two.1, false),
            Op::Not(inner) => self.clause(inner),
            Op::Loop(Loop::Exists, var, two) => {
                let found = self.filtered(*var, &two.0, &two.1);
                self.pick(say!("没有{found}", "there is none of {found}"))
            }
            Op::Field(..) => {
                let of = self.noun(op);
                self.pick(say!("{of}为“否”", "{of} is “no”"))
            }
            _ => {
                let said = self.clause(op);
                self.pick(say!("并非“{said}”", "it is not so that {said}"))
            }
        }
    }

    fn has(&mut self, of: &Op, yes: bool) -> String {
        if let Op::Event(i) = of {
            let title = self.names.events.get(*i).cloned().unwrap_or_default();
            let (zh, en) = (title.zh, title.en);
            return self.pick(if yes {
                say!("已有“{zh}”", "“{en}” has happened")
            } else {
                say!("尚无“{zh}”", "“{en}” has not happened")
            });
        }
        if let Op::Param(_) = of {
            let of = self.noun(of);
            return self.pick(if yes { say!("已设{of}", "{of} is set") } else { say!("未设{of}", "{of} is not set") });
        }
        if let Op::Mark(m) = of {
            let who = self.noun(&m.1);
            let (zh, en) = match m.2.what {
                MarkKind::Approval => (format!("{who}已同意"), format!("{who} agreed")),
                MarkKind::Signature => (format!("{who}已签字"), format!("{who} signed")),
                MarkKind::Filing => (format!("已报{who}备案"), format!("it is filed with {who}")),
            };
            return match yes {
                true => self.pick(Text::new(zh, en)),
                false => self.pick(say!("并非{zh}", "it is not so that {en}")),
            };
        }
        let of = self.noun(of);
        self.pick(if yes { say!("填有{of}", "{of} is given") } else { say!("未填{of}", "{of} is not given") })
    }

    fn member(&mut self, what: &Op, list: &Op, yes: bool) -> String {
        let fixed = matches!(what, Op::Lit(_));
        let (a, b) = (self.noun(what), self.noun(list));
        self.pick(match (fixed, yes) {
            (true, true) => say!("{b}中有{a}", "{b} include {a}"),
            (true, false) => say!("{b}中没有{a}", "{b} do not include {a}"),
            (false, true) => say!("{a}属于{b}", "{a} is one of {b}"),
            (false, false) => say!("{a}不属于{b}", "{a} is none of {b}"),
        })
    }

    fn compare(&mut self, cmp: Cmp, a: &Op, b: &Op) -> String {
        let dated = self.dated(a) || self.dated(b);
        let zero = matches!(b, Op::Lit(Lit::Int(0)));
        if let (Op::Size(of), true) = (a, zero) {
            let of = self.noun(of);
            match cmp {
                Cmp::Eq | Cmp::Le => return self.pick(say!("没有{of}", "there is no {of}")),
                Cmp::Gt | Cmp::Ne => return self.pick(say!("有{of}", "there is some {of}")),
                _ => {}
            }
        }
        let (a, b) = (self.noun(a), self.noun(b));
        let (zh, en) = match (cmp, dated) {
            (Cmp::Eq, true) => ("即为", "is"),
            (Cmp::Eq, false) => ("为", "is"),
            (Cmp::Ne, _) => ("不为", "is not"),
            (Cmp::Lt, true) => ("早于", "is before"),
            (Cmp::Le, true) => ("不晚于", "is not after"),
            (Cmp::Gt, true) => ("晚于", "is after"),
            (Cmp::Ge, true) => ("不早于", "is not before"),
            (Cmp::Lt, false) => ("少于", "is less than"),
            (Cmp::Le, false) => ("不超过", "is at most"),
            (Cmp::Gt, false) => ("多于", "is more than"),
            (Cmp::Ge, false) => ("不少于", "is at least"),
        };
        self.pick(say!("{a}{zh}{b}", "{a} {en} {b}"))
    }
}

/// What one item of a list is called where it must be told apart.
fn short(list: &Op, schema: &Schema, lang: Lang) -> String {
    let title = match list {
        Op::Kind(k) | Op::Single(k) => schema.kind(*k).title.clone(),
        Op::Group(g) => schema.find_kind(g.kind()).map(|k| schema.kind(k).title.clone()).unwrap_or_default(),
        Op::Past(_) => say!("案卷", "case"),
        Op::Field(_, at) => field(schema, at).map(|f| f.label.clone()).unwrap_or_default(),
        Op::Loop(Loop::Filter, _, two) => return short(&two.0, schema, lang),
        Op::Loop(Loop::Map, _, two) => return short(&two.1, schema, lang),
        Op::OfList(_, list) => return short(list, schema, lang),
        _ => say!("项", "item"),
    };
    if lang == Lang::Zh { title.zh.to_string() } else { title.en.to_lowercase() }
}

/// How many loops lie in one another.
fn loops(op: &Op) -> usize {
    match op {
        Op::Loop(_, _, two) => loops(&two.0).max(1 + loops(&two.1)),
        Op::And(all) | Op::Or(all) => all.iter().map(loops).max().unwrap_or(0),
        Op::List(all) => all.iter().map(loops).max().unwrap_or(0),
        Op::Not(a) | Op::Has(a) | Op::Size(a) | Op::OfList(_, a) | Op::Field(a, _) | Op::Follow(a, _) => loops(a),
        Op::Cmp(_, two) | Op::In(two) | Op::Covers(two) | Op::Sum(_, two) => loops(&two.0).max(loops(&two.1)),
        Op::If(three) => loops(&three.0).max(loops(&three.1)).max(loops(&three.2)),
        _ => 0,
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
