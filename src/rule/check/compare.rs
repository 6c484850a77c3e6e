//! Operators between two sides: comparisons, membership, arithmetic; knows no names.

use super::super::ast::{Ast, Node};
use super::super::ir::{Cmp, Op, Sum};
use super::super::ty::Ty;
use super::{Checked, Checker, RuleError, Typed, typed};
use crate::say;
use crate::text::Text;
use std::ops::Range;

impl Checker<'_> {
    pub(super) fn operator(&mut self, sign: &'static str, at: &Range<usize>, a: &Ast, b: &Ast) -> Checked {
        let op = match sign {
            "in" => return self.membership(at, a, b),
            "==" => Cmp::Eq,
            "!=" => Cmp::Ne,
            "<" => Cmp::Lt,
            "<=" => Cmp::Le,
            ">" => Cmp::Gt,
            ">=" => Cmp::Ge,
            _ => return self.arithmetic(sign, at, a, b),
        };
        for side in [a, b] {
            if matches!(side.node, Node::Null) {
                let error = RuleError::new(side.range.clone(), say!("不能与 null 比较", "nothing compares with null"));
                return Err(
                    error.help(say!("问是否已填写用 has(…)，未填写用 !has(…)", "write has(…) for filled in, !has(…) for not filled in"))
                );
            }
        }
        let (left, right) = self.pair(a, b, None)?;
        self.readable(a, &left)?;
        self.readable(b, &right)?;
        let fine = match op {
            Cmp::Eq | Cmp::Ne => self.comparable(&left.ty, &right.ty),
            _ => (left.ty.is_number() && right.ty.is_number()) || (left.ty.is_day() && right.ty.is_day()),
        };
        if fine {
            return typed(Op::Cmp(op, Box::new((left.op, right.op))), Ty::Bool);
        }
        Err(self.apart(sign, at, &left.ty, &right.ty))
    }

    pub(super) fn readable(&self, ast: &Ast, part: &Typed) -> Result<(), RuleError> {
        self.sealed(ast, &part.ty).map_or(Ok(()), Err)
    }

    /// Two types that do not compare by this sign.
    fn apart(&self, sign: &str, at: &Range<usize>, a: &Ty, b: &Ty) -> RuleError {
        let (ta, tb) = (a.title(self.schema), b.title(self.schema));
        let message =
            Text::new(format!("`{sign}` 不能比较{}与{}", ta.zh, tb.zh), format!("`{sign}` does not compare {} with {}", ta.en, tb.en));
        let help = match (a, b) {
            (Ty::List(item), other) | (other, Ty::List(item)) if self.comparable(item, other) => {
                Some(say!("属于列表用 in", "membership in a list is written with `in`"))
            }
            (Ty::Duration, _) | (_, Ty::Duration) => Some(say!(
                "期间用 add 从日期算起再比较，如 b <= add(a, '7d')",
                "count a period from a date and compare that: b <= add(a, '7d')"
            )),
            (Ty::Record(_), Ty::Text) | (Ty::Text, Ty::Record(_)) => Some(say!("比较编号用 .id", "compare the id: .id")),
            _ => None,
        };
        RuleError::new(at.clone(), message).maybe(help)
    }

    /// Whether two types can be equal.
    pub(super) fn comparable(&self, a: &Ty, b: &Ty) -> bool {
        match (a, b) {
            (Ty::Sealed | Ty::Map(_) | Ty::Texts | Ty::Past, _) | (_, Ty::Sealed | Ty::Map(_) | Ty::Texts | Ty::Past) => false,
            (Ty::Any | Ty::Null, _) | (_, Ty::Any | Ty::Null) => true,
            (Ty::Int | Ty::Number, Ty::Int | Ty::Number) | (Ty::Date | Ty::Time, Ty::Date | Ty::Time) => true,
            (Ty::Text, Ty::Duration | Ty::Enum(_) | Ty::Ref(_)) | (Ty::Duration | Ty::Enum(_) | Ty::Ref(_), Ty::Text) => true,
            (Ty::Enum(a), Ty::Enum(b)) if a != b => {
                let (a, b) = (self.schema.en(*a), self.schema.en(*b));
                a.open || b.open || a.values.iter().any(|v| b.values.iter().any(|w| w.code == v.code))
            }
            (Ty::Ref(a), Ty::Ref(b)) => a.is_empty() || b.is_empty() || a.iter().any(|k| b.contains(k)),
            (Ty::Ref(kinds), Ty::Record(kind)) | (Ty::Record(kind), Ty::Ref(kinds)) => kinds.is_empty() || kinds.contains(kind),
            (Ty::List(a), Ty::List(b)) => self.comparable(a, b),
            (a, b) => a == b,
        }
    }

    fn membership(&mut self, at: &Range<usize>, a: &Ast, b: &Ast) -> Checked {
        let (left, right) = if b.is_loose() {
            let left = self.expr(a, None)?;
            let right = self.expr(b, Some(&left.ty.clone().list()))?;
            (left, right)
        } else {
            let right = self.expr(b, None)?;
            let left = self.expr(a, right.ty.item())?;
            (left, right)
        };
        self.readable(a, &left)?;
        self.readable(b, &right)?;
        let fine = match &right.ty {
            Ty::List(item) => self.comparable(&left.ty, item),
            Ty::Texts => left.ty.fits(&Ty::Text),
            _ => false,
        };
        if fine {
            return typed(Op::In(Box::new((left.op, right.op))), Ty::Bool);
        }
        if matches!(right.ty, Ty::List(_) | Ty::Texts) {
            return Err(self.apart("in", at, &left.ty, right.ty.item().unwrap_or(&Ty::Text)));
        }
        let title = right.ty.title(self.schema);
        let message =
            Text::new(format!("`in` 的右边要是列表，这里是{}", title.zh), format!("`in` needs a list on its right, not {}", title.en));
        let help = (right.ty == Ty::Text).then(|| say!("文本里有没有某段文字用 contains(…)", "for a text in a text write contains(…)"));
        Err(RuleError::new(b.range.clone(), message).maybe(help))
    }

    fn arithmetic(&mut self, sign: &'static str, at: &Range<usize>, a: &Ast, b: &Ast) -> Checked {
        let left = self.expr(a, None)?;
        let right = self.expr(b, None)?;
        let op = match sign {
            "+" => Sum::Add,
            "-" => Sum::Sub,
            "*" => Sum::Mul,
            "/" => Sum::Div,
            _ => Sum::Rem,
        };
        let days = |t: &Ty| matches!(t, Ty::Date | Ty::Time);
        if days(&left.ty) || days(&right.ty) {
            let error = RuleError::new(at.clone(), say!("日期不能用 `{sign}` 计算", "dates are not reckoned with `{sign}`"));
            return Err(error.help(say!(
                "推算日期用 add(a, '7d')，两日相距用 days(a, b) 或 workdays(a, b)",
                "write add(a, '7d') for a later day, days(a, b) or workdays(a, b) for a distance"
            )));
        }
        for (side, part) in [(a, &left), (b, &right)] {
            if !part.ty.is_number() {
                return Err(self.wrong(side, &part.ty, &Ty::Number));
            }
            if op == Sum::Rem && part.ty == Ty::Number {
                return Err(self.wrong(side, &part.ty, &Ty::Int));
            }
        }
        // A share such as `size(a) / size(b) >= 0.3` would never hold if whole numbers divided to whole numbers.
        let ty = if left.ty == Ty::Int && right.ty == Ty::Int && op != Sum::Div { Ty::Int } else { Ty::Number };
        typed(Op::Sum(op, Box::new((left.op, right.op))), ty)
    }
}
