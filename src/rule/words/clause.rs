//! What says yes or no, said as a clause: and, or, not, comparisons, membership, “for each” and “there is”.

use super::Words;
use super::sort::{is_dated, short};
use crate::rule::ir::{Cmp, Lit, Loop, MarkKind, OfList as Of, Op};
use crate::say;
use crate::text::Text;

impl Words<'_> {
    pub(super) fn clause(&mut self, op: &Op) -> String {
        match op {
            Op::And(all) => {
                let mut all: Vec<String> = all.iter().map(|o| self.part(o)).collect();
                self.once(&mut all);
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
                let (a, b) = (self.named(&two.0), self.noun(&two.1));
                self.pick(say!("{a}含有{b}", "{a} contains {b}"))
            }
            Op::StartsWith(two) => {
                let (a, b) = (self.named(&two.0), self.noun(&two.1));
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

    /// Leaves out that something is given where it is said beside it what it is.
    pub(super) fn once(&self, all: &mut Vec<String>) {
        let (head, tail, is) = if self.zh() { ("填有", "", "为") } else { ("", " is given", " is ") };
        let others = all.clone();
        all.retain(|said| {
            let name = said.strip_prefix(head).and_then(|s| s.strip_suffix(tail));
            !name.is_some_and(|n| others.iter().any(|o| o != said && o.starts_with(&format!("{n}{is}"))))
        });
    }

    /// A part of a larger clause, in brackets where it would run into its neighbours.
    fn part(&mut self, op: &Op) -> String {
        let said = self.clause(op);
        match op {
            Op::Or(_) | Op::And(_) | Op::If(_) => self.pick(say!("（{said}）", "({said})")),
            _ => said,
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
        all.join(if self.zh() { "，或者" } else { ", or " })
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
                self.pick(say!("并非（{said}）", "it is not so that {said}"))
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
        let dated = is_dated(a, self.names.schema) || is_dated(b, self.names.schema);
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
