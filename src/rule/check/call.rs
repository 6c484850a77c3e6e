//! Calls: which functions there are, what they take and give; knows no values.

use super::super::ast::{Ast, Node};
use super::super::functions::read_period;
use super::super::ir::{Loop, Mark, MarkKind, OfList, Op, Period};
use super::super::ty::Ty;
use super::FIXED;
use super::{Checked, Checker, RuleError, Typed, meant, typed};
use crate::kind::ShapeId;
use crate::say;
use crate::text::{Text, nearest};
use std::ops::Range;

/// How a function is written.
pub(super) struct Function {
    pub name: &'static str,
    form: &'static str,
    /// Number of arguments in brackets.
    takes: usize,
    /// Written behind a dot.
    dotted: bool,
}

/// What they are called elsewhere.
const OTHERS: [(&str, &str); 6] =
    [("len", "size"), ("length", "size"), ("count", "size"), ("any", "exists"), ("every", "all"), ("includes", "contains")];

const fn plain(name: &'static str, form: &'static str, takes: usize) -> Function {
    Function { name, form, takes, dotted: false }
}

const fn dotted(name: &'static str, form: &'static str) -> Function {
    Function { name, form, takes: 2, dotted: true }
}

pub(super) const FUNCTIONS: [Function; 27] = [
    plain("has", "has(x.y)", 1),
    plain("size", "size(x)", 1),
    dotted("all", "l.all(x, e)"),
    dotted("exists", "l.exists(x, e)"),
    dotted("exists_one", "l.exists_one(x, e)"),
    dotted("filter", "l.filter(x, e)"),
    dotted("map", "l.map(x, e)"),
    plain("covers", "covers(a, b)", 2),
    plain("distinct", "distinct(l)", 1),
    plain("min", "min(l)", 1),
    plain("max", "max(l)", 1),
    plain("sum", "sum(l)", 1),
    plain("first", "first(l)", 1),
    plain("last", "last(l)", 1),
    plain("flat", "flat(l)", 1),
    plain("ordered", "ordered(l)", 1),
    plain("agreed", "agreed(x, 'leader')", 2),
    plain("signed", "signed(l, 'leader')", 2),
    plain("filed", "filed(x, 'office')", 2),
    plain("add", "add(date, '+10wd')", 2),
    plain("days", "days(a, b)", 2),
    plain("workdays", "workdays(a, b)", 2),
    plain("draw", "draw(size, n, seed)", 3),
    plain("date", "date('2020-09-04')", 1),
    plain("year", "year(d)", 1),
    plain("contains", "contains(s, t)", 2),
    plain("startsWith", "startsWith(s, t)", 2),
];

impl Checker<'_> {
    pub(super) fn call(&mut self, ast: &Ast, of: Option<&Ast>, name: &str, at: &Range<usize>, args: &[Ast]) -> Checked {
        let Some(function) = FUNCTIONS.iter().find(|f| f.name == name) else {
            let error = RuleError::new(at.clone(), say!("没有函数 `{name}`", "there is no function `{name}`"));
            let known = || FUNCTIONS.iter().map(|f| f.name);
            let near = OTHERS.iter().find(|(n, _)| *n == name).map(|(_, ours)| *ours).or_else(|| nearest(name, known()));
            return Err(error.help(near.map_or_else(
                || {
                    let list = known().collect::<Vec<_>>().join(" ");
                    say!("可用的有：{list}", "there are: {list}")
                },
                meant,
            )));
        };
        let form = function.form;
        let write = || say!("写作 {form}", "write {form}");
        if name == "size"
            && let Some(of) = of
            && args.is_empty()
        {
            return self.size(of);
        }
        if of.is_some() != function.dotted {
            let error = RuleError::new(at.clone(), say!("`{name}` 的写法不对", "`{name}` is not written like this"));
            return Err(error.help(write()));
        }
        if args.len() != function.takes {
            let (n, takes) = (args.len(), function.takes);
            let error = RuleError::new(
                at.start..ast.range.end,
                say!("`{name}` 要 {takes} 个参数，这里有 {n} 个", "`{name}` takes {takes} arguments, not {n}"),
            );
            return Err(error.help(write()));
        }
        match (of, args) {
            (Some(of), [var, body]) => self.go_through(of, name, var, body),
            (None, [one]) => self.of_one(name, one),
            (None, [a, b]) => self.of_two(name, at, a, b),
            (None, [size, n, seed]) => {
                let three = [self.whole(size)?, self.whole(n)?, self.whole(seed)?];
                typed(Op::Draw(Box::new(three)), Ty::Int.list())
            }
            _ => Err(RuleError::new(ast.range.clone(), say!("`{name}` 的写法不对", "`{name}` is not written like this")).help(write())),
        }
    }

    fn go_through(&mut self, of: &Ast, name: &str, var: &Ast, body: &Ast) -> Checked {
        let list = self.expr(of, None)?;
        let Ty::List(item) = list.ty else { return Err(self.need_list(of, &list.ty)) };
        let var = match &var.node {
            Node::Name(name) if !FIXED.contains(&name.as_str()) => name.clone(),
            _ => {
                let error = RuleError::new(var.range.clone(), say!("这里要一个新的变量名", "a new name for the item should stand here"));
                return Err(error.help(say!("如 {name}（x, x.…）", "as in {name}(x, x.…)")));
            }
        };
        let what = match name {
            "all" => Loop::All,
            "exists" => Loop::Exists,
            "exists_one" => Loop::ExistsOne,
            "filter" => Loop::Filter,
            _ => Loop::Map,
        };
        let slot = self.vars.len() as u16;
        self.vars.push((var, (*item).clone()));
        let body = match what {
            Loop::Map => self.expr(body, None),
            _ => self.bool(body).map(|op| Typed { op, ty: Ty::Bool }),
        };
        self.vars.pop();
        let Typed { op, ty } = body?;
        let ty = match what {
            Loop::Filter => item.list(),
            Loop::Map => ty.list(),
            _ => Ty::Bool,
        };
        typed(Op::Loop(what, slot, Box::new((list.op, op))), ty)
    }

    fn need_list(&self, ast: &Ast, ty: &Ty) -> RuleError {
        if let Some(error) = self.sealed(ast, ty) {
            return error;
        }
        let (title, text) = (ty.title(self.schema), crate::text::cut(self.at(&ast.range), 60));
        let message =
            Text::new(format!("`{text}` 是{}，这里需要列表", title.zh), format!("`{text}` is {}, where a list is needed", title.en));
        RuleError::new(ast.range.clone(), message)
    }

    fn size(&mut self, of: &Ast) -> Checked {
        let out = self.expr(of, None)?;
        match out.ty {
            Ty::List(_) | Ty::Text | Ty::Texts | Ty::Map(_) | Ty::Any => typed(Op::Size(Box::new(out.op)), Ty::Int),
            ty => Err(self.need_list(of, &ty)),
        }
    }

    fn of_one(&mut self, name: &str, one: &Ast) -> Checked {
        match name {
            "has" => {
                if !matches!(one.node, Node::Member(..) | Node::Index(..) | Node::Name(_)) {
                    let error = RuleError::new(
                        one.range.clone(),
                        say!("has 只能问一个字段、事件或记录", "has asks for a field, an event or a record"),
                    );
                    return Err(error.help(say!("如 has(it.date)", "as in has(it.date)")));
                }
                typed(Op::Has(Box::new(self.expr(one, None)?.op)), Ty::Bool)
            }
            "size" => self.size(one),
            "date" => match &one.node {
                Node::Text(text) => self.text(text, &one.range, Some(&Ty::Date)),
                _ => {
                    let error = RuleError::new(one.range.clone(), say!("date 里要写带引号的日期", "date takes a day in quotes"));
                    Err(error.help(say!("如 date('2020-09-04')", "as in date('2020-09-04')")))
                }
            },
            "year" => typed(Op::Year(Box::new(self.date(one)?.op)), Ty::Int),
            _ => self.of_list(name, one),
        }
    }

    /// A part that must give a date.
    fn date(&mut self, ast: &Ast) -> Checked {
        let out = self.expr(ast, Some(&Ty::Date))?;
        if out.ty.is_day() { Ok(out) } else { Err(self.wrong(ast, &out.ty, &Ty::Date)) }
    }

    fn of_list(&mut self, name: &str, one: &Ast) -> Checked {
        let list = self.expr(one, None)?;
        let Ty::List(item) = list.ty else { return Err(self.need_list(one, &list.ty)) };
        let item = *item;
        let ordered = item.is_number() || item.is_day();
        let wrong = |want: &Ty| Err(self.wrong(one, &item.clone().list(), &want.clone().list()));
        let (what, ty) = match name {
            "distinct" if self.comparable(&item, &item) => (OfList::Distinct, item.clone().list()),
            "min" if ordered => (OfList::Min, item),
            "max" if ordered => (OfList::Max, item),
            "ordered" if ordered => (OfList::Ordered, Ty::Bool),
            "sum" if item.is_number() => (OfList::Sum, if item == Ty::Number { Ty::Number } else { Ty::Int }),
            "first" => (OfList::First, item),
            "last" => (OfList::Last, item),
            "flat" => match item {
                Ty::List(inner) => (OfList::Flat, Ty::List(inner)),
                Ty::Any => (OfList::Flat, Ty::Any.list()),
                _ => return wrong(&Ty::Any.list()),
            },
            "sum" => return wrong(&Ty::Number),
            "distinct" => return wrong(&Ty::Text),
            _ => return wrong(&Ty::Date),
        };
        typed(Op::OfList(what, Box::new(list.op)), ty)
    }

    fn of_two(&mut self, name: &str, at: &Range<usize>, a: &Ast, b: &Ast) -> Checked {
        match name {
            "covers" => {
                let (left, right) = self.pair(a, b, None)?;
                for (ast, part) in [(a, &left), (b, &right)] {
                    if !matches!(part.ty, Ty::List(_)) {
                        return Err(self.need_list(ast, &part.ty));
                    }
                    self.readable(ast, part)?;
                }
                if !self.comparable(&left.ty, &right.ty) {
                    return Err(self.wrong(b, &right.ty, &left.ty));
                }
                typed(Op::Covers(Box::new((left.op, right.op))), Ty::Bool)
            }
            "days" | "workdays" => {
                let two = Box::new((self.date(a)?.op, self.date(b)?.op));
                typed(if name == "days" { Op::Days(two) } else { Op::Workdays(two) }, Ty::Int)
            }
            "contains" | "startsWith" => {
                let two = Box::new((self.plain_text(a)?, self.plain_text(b)?));
                typed(if name == "contains" { Op::Contains(two) } else { Op::StartsWith(two) }, Ty::Bool)
            }
            "add" => {
                let date = self.date(a)?;
                let period = self.period(b)?;
                typed(Op::Add(Box::new(date.op), period), date.ty)
            }
            "agreed" => self.mark(MarkKind::Approval, at, a, b),
            "signed" => self.mark(MarkKind::Signature, at, a, b),
            _ => self.mark(MarkKind::Filing, at, a, b),
        }
    }

    fn whole(&mut self, ast: &Ast) -> Result<Op, RuleError> {
        let out = self.expr(ast, None)?;
        if out.ty.fits(&Ty::Int) {
            return Ok(out.op);
        }
        Err(self.wrong(ast, &out.ty, &Ty::Int))
    }

    fn plain_text(&mut self, ast: &Ast) -> Result<Op, RuleError> {
        let out = self.expr(ast, None)?;
        if out.ty.fits(&Ty::Text) {
            return Ok(out.op);
        }
        let help = matches!(out.ty, Ty::List(_)).then(|| say!("属于列表用 in", "membership in a list is written with `in`"));
        let error = self.wrong(ast, &out.ty, &Ty::Text);
        Err(if error.help.is_some() { error } else { error.maybe(help) })
    }

    fn period(&mut self, ast: &Ast) -> Result<Period, RuleError> {
        if let Node::Text(text) = &ast.node {
            return match read_period(text) {
                Ok(rule) => Ok(Period::Fixed(Box::new(rule))),
                Err(e) => Err(RuleError::new(ast.range.clone(), e.message).maybe(e.suggestion.map(|s| say!("写作 '{s}'", "write '{s}'")))),
            };
        }
        let out = self.expr(ast, None)?;
        match out.ty {
            Ty::Duration | Ty::Text | Ty::Any | Ty::Null => Ok(Period::Of(Box::new(out.op))),
            ty => Err(self.wrong(ast, &ty, &Ty::Duration)),
        }
    }

    /// `agreed`, `signed`, `filed`: of a record or map by its usual field, or of the list itself.
    fn mark(&mut self, what: MarkKind, at: &Range<usize>, of: &Ast, who: &Ast) -> Checked {
        let (field, actor, name) = match what {
            MarkKind::Approval => ("approvals", "role", "agreed"),
            MarkKind::Signature => ("signatures", "role", "signed"),
            MarkKind::Filing => ("filings", "to", "filed"),
        };
        let mut base = self.expr(of, None)?;
        let mut list = None;
        let whole = match &base.ty {
            Ty::Record(_) | Ty::Ref(_) => true,
            Ty::Map(shape) => self.schema.shape(*shape).find(field).is_some(),
            _ => false,
        };
        if whole {
            let Typed { op, ty } = self.field(of, base, field, at)?;
            let Op::Field(inner, place) = op else { return Err(self.need_list(of, &ty)) };
            (base, list) = (Typed { op: *inner, ty }, Some(place));
        }
        self.readable(of, &base)?;
        let shape = match &base.ty {
            Ty::List(item) => match **item {
                Ty::Map(shape) => shape,
                _ => return Err(self.no_marks(of, &base.ty, name)),
            },
            Ty::Map(shape) => *shape,
            _ => return Err(self.no_marks(of, &base.ty, name)),
        };
        let (who_at, date, decision) = match self.mark_fields(what, shape, actor) {
            Some(found) => found,
            None => return Err(self.no_marks(of, &base.ty, name)),
        };
        let fields = &self.schema.shape(shape).fields;
        let (who_ty, date_ty) = (Ty::field(&fields[who_at as usize]), Ty::field(&fields[date as usize]));
        let hint = if matches!(who.node, Node::List(_)) { who_ty.clone().list() } else { who_ty.clone() };
        let person = self.expr(who, Some(&hint))?;
        if !self.comparable(&who_ty, person.ty.item().unwrap_or(&person.ty)) {
            return Err(self.wrong(who, &person.ty, &who_ty));
        }
        let mark = Mark { what, list, who: who_at, decision, date, shape };
        typed(Op::Mark(Box::new((base.op, person.op, mark))), date_ty)
    }

    /// Who, when, and the decision that agrees.
    #[allow(clippy::type_complexity)]
    fn mark_fields(&self, what: MarkKind, shape: ShapeId, actor: &str) -> Option<(u16, u16, Option<(u16, crate::kind::EnumId, u16)>)> {
        let shape = self.schema.shape(shape);
        let (who, date) = (shape.find(actor)?, shape.find("date")?);
        if !Ty::field(&shape.fields[date as usize]).is_day() {
            return None;
        }
        if what != MarkKind::Approval {
            return Some((who, date, None));
        }
        let decision = shape.find("decision")?;
        let Ty::Enum(e) = Ty::field(&shape.fields[decision as usize]) else { return None };
        Some((who, date, Some((decision, e, self.schema.en(e).find("agreed")?))))
    }

    fn no_marks(&self, of: &Ast, ty: &Ty, name: &str) -> RuleError {
        let title = ty.title(self.schema);
        let message = Text::new(format!("`{name}` 不能用于{}", title.zh), format!("`{name}` cannot be asked of {}", title.en));
        RuleError::new(of.range.clone(), message).help(say!(
            "agreed 用于审批（approvals），signed 用于签字列表，filed 用于报备（filings）",
            "agreed is for approvals, signed for a list of signatures, filed for filings"
        ))
    }
}
