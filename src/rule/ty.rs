//! The types of expressions; knows the kinds, not how an expression is written.

use super::world::ParamType;
use crate::kind::{EnumId, Field, KindId, Schema, Secrecy, ShapeId, Type};
use crate::say;
use crate::text::Text;

/// What an expression gives.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Ty {
    /// Of any type: an item of `[]`.
    Any,
    /// `null`.
    Null,
    /// Yes or no.
    Bool,
    /// A whole number.
    Int,
    /// A number.
    Number,
    /// A text.
    Text,
    /// A day.
    Date,
    /// A day, perhaps with an hour.
    Time,
    /// A period such as `7d`.
    Duration,
    /// A value of an enumeration.
    Enum(EnumId),
    /// A kind, from `.kind`.
    Kind,
    /// A reference to a record of one of these kinds; of any where there are none.
    Ref(Vec<KindId>),
    /// A record.
    Record(KindId),
    /// A map inside a record.
    Map(ShapeId),
    /// A map of free names to text.
    Texts,
    /// A list.
    List(Box<Ty>),
    /// A case of another round: `.round`, `.case`, `.team`.
    Past,
    /// Sealed: may only be asked for with `has()`.
    Sealed,
}

impl Ty {
    /// A list of these.
    pub fn list(self) -> Ty {
        Ty::List(Box::new(self))
    }

    /// The type of an item, if it is a list.
    pub fn item(&self) -> Option<&Ty> {
        match self {
            Ty::List(item) => Some(item),
            _ => None,
        }
    }

    /// The type of a field's value. Of a sealed map or list of maps the keys are sealed, each by its own secrecy.
    pub fn field(field: &Field) -> Ty {
        let ty = Ty::of(&field.ty);
        if field.secrecy < Secrecy::Sealed {
            return ty;
        }
        match &ty {
            Ty::Map(_) => ty,
            Ty::List(item) if matches!(**item, Ty::Map(_)) => ty,
            Ty::List(_) => Ty::Sealed.list(),
            _ => Ty::Sealed,
        }
    }

    /// The type in rules of a type of the kinds.
    pub fn of(ty: &Type) -> Ty {
        match ty {
            Type::Text | Type::Slug | Type::Code => Ty::Text,
            Type::Date => Ty::Date,
            Type::Time => Ty::Time,
            Type::Int => Ty::Int,
            Type::Number => Ty::Number,
            Type::Bool => Ty::Bool,
            Type::Duration => Ty::Duration,
            Type::Enum(e) => Ty::Enum(*e),
            Type::Ref(kinds) => Ty::Ref(kinds.clone()),
            Type::List(item) => Ty::of(item).list(),
            Type::Map(shape) => Ty::Map(*shape),
            Type::Texts => Ty::Texts,
        }
    }

    /// The type of a parameter.
    pub fn param(ty: ParamType) -> Ty {
        match ty {
            ParamType::Int => Ty::Int,
            ParamType::Number => Ty::Number,
            ParamType::Bool => Ty::Bool,
            ParamType::Date => Ty::Date,
            ParamType::Duration => Ty::Duration,
            ParamType::Text => Ty::Text,
        }
    }

    /// A date or time.
    pub fn is_day(&self) -> bool {
        matches!(self, Ty::Date | Ty::Time | Ty::Any | Ty::Null)
    }

    /// A number of either sort.
    pub fn is_number(&self) -> bool {
        matches!(self, Ty::Int | Ty::Number | Ty::Any | Ty::Null)
    }

    /// Whether a value of this type can stand where `want` is asked for.
    pub fn fits(&self, want: &Ty) -> bool {
        match (self, want) {
            (Ty::Any | Ty::Null, _) | (_, Ty::Any) => true,
            (Ty::Date | Ty::Time, Ty::Date | Ty::Time) | (Ty::Int, Ty::Number) => true,
            (Ty::List(a), Ty::List(b)) => a.fits(b),
            (Ty::Ref(a), Ty::Ref(b)) => b.is_empty() || a.iter().any(|k| b.contains(k)),
            (a, b) => a == b,
        }
    }

    /// The type of both, where one value or the other is given.
    pub fn join(&self, other: &Ty) -> Option<Ty> {
        match (self, other) {
            (Ty::Any | Ty::Null, t) | (t, Ty::Any | Ty::Null) => Some(t.clone()),
            (Ty::Int, Ty::Number) | (Ty::Number, Ty::Int) => Some(Ty::Number),
            (Ty::Date, Ty::Time) | (Ty::Time, Ty::Date) => Some(Ty::Time),
            (Ty::List(a), Ty::List(b)) => Some(a.join(b)?.list()),
            (Ty::Ref(a), Ty::Ref(b)) => {
                let mut kinds = a.clone();
                kinds.extend(b.iter().filter(|k| !a.contains(k)));
                Some(Ty::Ref(if a.is_empty() || b.is_empty() { vec![] } else { kinds }))
            }
            (a, b) => (a == b).then(|| a.clone()),
        }
    }

    /// The type in words.
    pub fn title(&self, schema: &Schema) -> Text {
        let plain = match self {
            Ty::Bool => Type::Bool,
            Ty::Int => Type::Int,
            Ty::Number => Type::Number,
            Ty::Text => Type::Text,
            Ty::Date => Type::Date,
            Ty::Time => Type::Time,
            Ty::Duration => Type::Duration,
            Ty::Enum(e) => Type::Enum(*e),
            Ty::Ref(kinds) => Type::Ref(kinds.clone()),
            Ty::Map(shape) => Type::Map(*shape),
            Ty::Texts => Type::Texts,
            Ty::Any => return say!("任意类型", "any type"),
            Ty::Null => return say!("空值", "null"),
            Ty::Kind => return say!("记录的种类", "a kind"),
            Ty::Record(kind) => {
                let t = &schema.kind(*kind).title;
                return Text::new(format!("“{}”的记录", t.zh), format!("a record of \"{}\"", t.en));
            }
            Ty::List(item) => {
                let t = item.title(schema);
                return Text::new(format!("列表（每项为{}）", t.zh), format!("a list (each item {})", t.en));
            }
            Ty::Past => return say!("其他轮次的巡察对象", "a case of another round"),
            Ty::Sealed => return say!("密封内容", "sealed content"),
        };
        schema.type_title(&plain)
    }
}
