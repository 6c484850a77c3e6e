//! Names that stand alone, and `event.ID`, `param.NAME`; knows no fields.

use super::super::ir::{Lit, Op};
use super::super::ty::Ty;
use super::super::value::ValueSet;
use super::super::world::{Current, Group, OfPeriod, Past};
use super::FIXED;
use super::call::FUNCTIONS;
use super::{Checked, Checker, RuleError, meant, some_of, typed};
use crate::kind::KindId;
use crate::say;
use crate::text::nearest;
use std::ops::Range;
use std::sync::Arc;

impl Checker<'_> {
    pub(super) fn name(&mut self, name: &str, range: &Range<usize>) -> Checked {
        if let Some(slot) = self.vars.iter().rposition(|(n, _)| n == name) {
            return typed(Op::Var(slot as u16), self.vars[slot].1.clone());
        }
        match name {
            "it" | "record" => {
                let Some(it) = self.it else {
                    return Err(RuleError::new(
                        range.clone(),
                        say!("这里没有所看的记录，不能用 `{name}`", "nothing is looked at here: `{name}` means nothing"),
                    )
                    .help(say!("`{name}` 只用于有 each 或 artifact 的事项", "`{name}` is for obligations with `each` or `artifact`")));
                };
                return match name {
                    "it" => typed(Op::It, it.ty.clone()),
                    _ => typed(Op::Record, Ty::Record(it.record)),
                };
            }
            "case" => return self.current(Current::Case, range),
            "round" => return self.current(Current::Round, range),
            "team" => return self.current(Current::Team, range),
            "unit" => return self.current(Current::Unit, range),
            "cases" => return self.group(Group::Cases, range),
            "teams" => return self.group(Group::Teams, range),
            "units" => return self.group(Group::Units, range),
            "persons" => return self.group(Group::Persons, range),
            "rounds" => return self.group(Group::Rounds, range),
            "earlier" => return typed(Op::Past(Past::Earlier), Ty::Past.list()),
            "previous" => return typed(Op::Past(Past::Previous), Ty::Past.list()),
            "today" => return typed(Op::Today, Ty::Date),
            "event" | "param" | "period" => {
                let error = RuleError::new(range.clone(), say!("`{name}` 之后要有名称", "`{name}` needs a name"));
                return Err(error.help(say!("写作 {name}.名称", "write {name}.NAME")));
            }
            _ => {}
        }
        if let Some(kind) = self.schema.find_kind(name) {
            return match self.schema.kind(kind).single {
                true => typed(Op::Single(kind), Ty::Record(kind)),
                false => typed(Op::Kind(kind), Ty::Record(kind).list()),
            };
        }
        if let Some(set) = self.env.sets.iter().find(|s| s.id == name) {
            let values = ValueSet { of: set.of, values: set.values.clone() };
            return typed(Op::Lit(Lit::Set(Arc::new(values))), Ty::Enum(set.of).list());
        }
        Err(self.unknown_name(name, range))
    }

    fn kind_of(&self, id: &str, range: &Range<usize>) -> Result<KindId, RuleError> {
        self.schema.find_kind(id).ok_or_else(|| self.unknown_kind(id, range))
    }

    fn current(&self, which: Current, range: &Range<usize>) -> Checked {
        typed(Op::Current(which), Ty::Record(self.kind_of(which.kind(), range)?))
    }

    fn group(&self, which: Group, range: &Range<usize>) -> Checked {
        typed(Op::Group(which), Ty::Record(self.kind_of(which.kind(), range)?).list())
    }

    /// `.round`, `.case`, `.team` of a case of another round.
    pub(super) fn past_field(&self, op: Op, name: &str, at: &Range<usize>) -> Checked {
        let which = match name {
            "round" => Current::Round,
            "case" => Current::Case,
            "team" => Current::Team,
            _ => {
                let message = say!("其他轮次的巡察对象没有 `{name}`", "a case of another round has no `{name}`");
                let help = say!("可用的有：.round、.case、.team", "there are: .round, .case, .team");
                return Err(RuleError::new(at.clone(), message).help(help));
            }
        };
        typed(Op::PastField(Box::new(op), which), Ty::Record(self.kind_of(which.kind(), at)?))
    }

    pub(super) fn event(&self, name: &str, at: &Range<usize>) -> Checked {
        if let Some(index) = self.env.events.iter().position(|e| e == name) {
            return typed(Op::Event(index), Ty::Time);
        }
        let error = RuleError::new(at.clone(), say!("没有事件 `{name}`", "there is no event `{name}`"));
        Err(error.help(self.near_or_some(name, self.env.events.iter().map(|e| e.as_str()))))
    }

    pub(super) fn param(&self, name: &str, at: &Range<usize>) -> Checked {
        if let Some(index) = self.env.params.iter().position(|(p, _)| p == name) {
            return typed(Op::Param(index), Ty::param(self.env.params[index].1));
        }
        let error = RuleError::new(at.clone(), say!("没有参数 `{name}`", "there is no parameter `{name}`"));
        Err(error.help(self.near_or_some(name, self.env.params.iter().map(|(p, _)| p.as_str()))))
    }

    pub(super) fn of_period(&self, name: &str, at: &Range<usize>) -> Checked {
        match name {
            "from" => typed(Op::OfPeriod(OfPeriod::From), Ty::Date),
            "to" => typed(Op::OfPeriod(OfPeriod::To), Ty::Date),
            "name" => typed(Op::OfPeriod(OfPeriod::Name), Ty::Text),
            _ => {
                let error = RuleError::new(at.clone(), say!("期间没有 `{name}`", "a period has no `{name}`"));
                Err(error.help(say!("可用的有：.from、.to、.name", "there are: .from, .to, .name")))
            }
        }
    }

    fn near_or_some<'t>(&self, name: &str, all: impl Iterator<Item = &'t str> + Clone) -> crate::text::Text {
        match nearest(name, all.clone()) {
            Some(near) => meant(near),
            None if all.clone().next().is_none() => say!("这里一个也没有定义", "none is defined here"),
            None => some_of(all.map(|n| (n, n))),
        }
    }

    pub(super) fn unknown_kind(&self, name: &str, range: &Range<usize>) -> RuleError {
        let shown = crate::text::safe(name);
        let error = RuleError::new(range.clone(), say!("没有“{shown}”这种记录", "there is no kind \"{shown}\""));
        let names = self.schema.kinds.iter().flat_map(|k| [k.id.as_str(), k.title.zh.as_ref()]);
        error.maybe(nearest(name, names).map(meant))
    }

    fn unknown_name(&self, name: &str, range: &Range<usize>) -> RuleError {
        let error = RuleError::new(range.clone(), say!("不认识的名称 `{name}`", "unknown name `{name}`"));
        let shape = self.it.and_then(|it| self.shape(&it.ty));
        if shape.is_some_and(|s| s.find(name).is_some()) {
            return error.help(say!("字段要写明属于哪里：it.{name}", "say whose field it is: it.{name}"));
        }
        if self.env.events.iter().any(|e| e == name) {
            return error.help(say!("事件写作 event.{name}", "an event is written event.{name}"));
        }
        if self.env.params.iter().any(|(p, _)| p == name) {
            return error.help(say!("参数写作 param.{name}", "a parameter is written param.{name}"));
        }
        if FUNCTIONS.iter().any(|f| f.name == name) {
            return error.help(say!("`{name}` 是函数，要带括号", "`{name}` is a function and needs brackets"));
        }
        let kinds = self.schema.kinds.iter().flat_map(|k| [k.id.as_str(), k.title.zh.as_ref()]);
        let sets = self.env.sets.iter().map(|s| s.id.as_str());
        let vars = self.vars.iter().map(|(n, _)| n.as_str());
        let near = nearest(name, FIXED.into_iter().chain(vars).chain(kinds).chain(sets));
        let value = say!("文字要加引号：'{name}'", "a text needs quotes: '{name}'");
        error.help(near.map(meant).unwrap_or(value))
    }
}
