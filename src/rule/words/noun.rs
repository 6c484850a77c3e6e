//! What gives a value, said as a noun: fields, records, lists, sums, literals.

use super::Words;
use super::sort::{field, is_dated};
use crate::rule::ir::{Lit, Loop, MarkKind, OfList as Of, Op, Period, Sum};
use crate::rule::world::{Below, Current, Group, OfPeriod, Past};
use crate::say;

impl Words<'_> {
    /// A noun where one must stand: an item that needs no name elsewhere is “it” here.
    pub(super) fn named(&mut self, op: &Op) -> String {
        let said = self.noun(op);
        if said.is_empty() { self.pick(say!("其", "it")) } else { said }
    }

    pub(super) fn noun(&mut self, op: &Op) -> String {
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
                Group::Rounds => say!("本案卷各轮次", "the rounds of the casebook"),
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
            Op::Below(of, what) => {
                let owner = self.owner(of);
                let thing = match what {
                    Below::Cases => say!("各被巡察对象", "cases"),
                    Below::Teams => say!("各巡察组", "teams"),
                    Below::Milestones => say!("各节点", "milestones"),
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
                let dated = is_dated(list, self.names.schema);
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
            Op::Draw(three) => {
                let (size, n, seed) = (self.noun(&three[0]), self.noun(&three[1]), self.noun(&three[2]));
                self.pick(say!("按种子{seed}从{size}个中抽取{n}个的结果", "the draw of {n} out of {size} with the seed {seed}"))
            }
            Op::Year(of) => {
                let of = self.noun(of);
                self.pick(say!("{of}的年份", "the year of {of}"))
            }
            clause => self.clause(clause),
        }
    }

    /// The owner of a field: nothing where it is plainly the record itself.
    fn owner(&mut self, op: &Op) -> String {
        match op {
            Op::It if self.vars.is_empty() => String::new(),
            _ => self.noun(op),
        }
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
}
