//! What an expression gives: values on the records' own trees, and why there is none; knows no syntax.

use super::world::{Current, Named, PastCase, World};
use crate::kind::{EnumId, KindId, Part, Record, Schema, ShapeId, Val};
use crate::say;
use crate::text::{self, Text};
use crate::yaml::Shape;
use chrono::{NaiveDate, NaiveTime};
use std::ops::Deref;
use std::rc::Rc;
use std::sync::Arc;

/// A text from a record, or one from the rule itself.
#[derive(Clone, Debug)]
pub enum Str<'a> {
    /// Of a record.
    Of(&'a str),
    /// Of the rule or a parameter.
    Own(Arc<str>),
}

impl Deref for Str<'_> {
    type Target = str;
    fn deref(&self) -> &str {
        match self {
            Str::Of(s) => s,
            Str::Own(s) => s,
        }
    }
}

/// Values of one enumeration.
#[derive(Debug, PartialEq, Eq)]
pub struct ValueSet {
    /// The enumeration.
    pub of: EnumId,
    /// Its values, by index.
    pub values: Vec<u16>,
}

/// What an expression gives.
#[derive(Clone, Debug)]
pub enum Value<'a> {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Number(f64),
    /// A text.
    Text(Str<'a>),
    /// A day.
    Date(NaiveDate),
    /// A day with an hour.
    Time(NaiveDate, NaiveTime),
    /// A value of an enumeration.
    Enum(EnumId, u16),
    /// A kind, from `.kind`.
    Kind(KindId),
    /// A reference: the node with the id.
    Ref(Part<'a>),
    /// A record.
    Record(&'a Record),
    /// A map, a map of free names, or a list inside a record.
    Part(Part<'a>),
    /// A case of another round.
    Past(PastCase<'a>),
    /// A set of the procedure.
    Set(Arc<ValueSet>),
    /// Records of a kind.
    Records(Rc<[&'a Record]>),
    /// Cases of other rounds.
    Pasts(Rc<[PastCase<'a>]>),
    /// A list that was worked out.
    List(Rc<[Value<'a>]>),
    /// A sealed value: there, and not to be read.
    Sealed(Part<'a>),
}

impl<'a> Value<'a> {
    /// The value that a node stands for; missing where nothing is filled in or where it is not of its type.
    pub fn of(part: Part<'a>) -> Result<Value<'a>, Stop<'a>> {
        Ok(match part.val() {
            Val::Bad | Val::Key(_) => return Err(Missing { part: Some(part), why: Why::Unreadable }.into()),
            Val::Empty if part.record.tree.shape(part.node) == Shape::Seq => Value::Part(part),
            Val::Empty => return Err(Missing { part: Some(part), why: Why::Empty }.into()),
            Val::Text => Value::Text(Str::Of(part.str())),
            Val::Ref => Value::Ref(part),
            Val::Bool(b) => Value::Bool(b),
            Val::Int(n) => Value::Int(n),
            Val::Number(n) => Value::Number(n),
            Val::Date(d) => Value::Date(d),
            Val::Time(d, t) => Value::Time(d, t),
            Val::Enum(e, i) => Value::Enum(e, i),
            Val::Sealed => Value::Sealed(part),
            Val::Map(_) | Val::Texts if part.node == part.record.tree.root() => Value::Record(part.record),
            Val::List | Val::Map(_) | Val::Texts => Value::Part(part),
        })
    }

    /// The day of a date or time.
    pub fn date(&self) -> Option<NaiveDate> {
        match self {
            Value::Date(d) | Value::Time(d, _) => Some(*d),
            _ => None,
        }
    }

    /// The hour of a time.
    pub fn time(&self) -> Option<NaiveTime> {
        match self {
            Value::Time(_, t) => Some(*t),
            _ => None,
        }
    }

    /// The days in a date or a list of dates, in its order; what cannot be read is left out.
    pub fn dates(&self) -> Vec<NaiveDate> {
        let mut out = Vec::new();
        match self.date() {
            Some(day) => out.push(day),
            None => self.each(&mut |item| {
                out.extend(item.ok().and_then(|v| v.date()));
                true
            }),
        }
        out
    }

    /// The items of a list; of anything else nothing.
    pub fn items(&self) -> Vec<Value<'a>> {
        let mut out = Vec::new();
        self.each(&mut |item| {
            out.extend(item.ok());
            true
        });
        out
    }

    /// Whether it is a list.
    pub fn is_list(&self) -> bool {
        match self {
            Value::Set(_) | Value::Records(_) | Value::Pasts(_) | Value::List(_) => true,
            Value::Part(p) => p.val() == Val::List || is_none_list(*p),
            _ => false,
        }
    }

    /// Gives the items of a list one by one, those of a record's list only where they are filled in, until `f` says no.
    pub(super) fn each(&self, f: &mut dyn FnMut(Result<Value<'a>, Stop<'a>>) -> bool) {
        match self {
            Value::Set(set) => {
                let _ = set.values.iter().all(|i| f(Ok(Value::Enum(set.of, *i))));
            }
            Value::Records(l) => {
                let _ = l.iter().all(|r| f(Ok(Value::Record(r))));
            }
            Value::Pasts(l) => {
                let _ = l.iter().all(|p| f(Ok(Value::Past(*p))));
            }
            Value::List(l) => {
                let _ = l.iter().all(|v| f(Ok(v.clone())));
            }
            Value::Part(p) => {
                let _ = p.items().filter(|i| i.filled()).all(|i| f(Value::of(i)));
            }
            _ => {}
        }
    }
}

/// Whether a list says that there are none: `[]`, as against a key with nothing behind it.
pub(super) fn is_none_list(part: Part<'_>) -> bool {
    part.val() == Val::Empty && part.record.tree.shape(part.node) == Shape::Seq
}

/// The label of the field that a node is the value of, or an item of.
fn label(schema: &Schema, part: Part<'_>) -> Option<Text> {
    let tree = &part.record.tree;
    let mut node = part.node;
    while let Some(above) = tree.parent(node) {
        if let Val::Map(shape) = part.record.vals[above.0 as usize] {
            let key = tree.entries(above).find(|e| e.value == node)?.key_id;
            let Val::Key(index) = part.record.vals[key.0 as usize] else { return None };
            return schema.shape(shape).fields.get(index as usize).map(|f| f.label.clone());
        }
        node = above;
    }
    None
}

/// Why there is no value.
#[derive(Clone, Debug)]
pub enum Stop<'a> {
    /// Something is missing: the answer is undecided. Boxed, so that what does answer stays small.
    Missing(Box<Missing<'a>>),
    /// More steps than an expression may take.
    TooLong,
}

impl<'a> From<Missing<'a>> for Stop<'a> {
    fn from(missing: Missing<'a>) -> Stop<'a> {
        Stop::Missing(Box::new(missing))
    }
}

/// What is missing, and where.
#[derive(Clone, Debug)]
pub struct Missing<'a> {
    /// The map or record in which a field is absent, or the node that cannot be read.
    pub part: Option<Part<'a>>,
    /// What is missing.
    pub why: Why,
}

/// What is missing.
#[derive(Clone, Debug, PartialEq)]
pub enum Why {
    /// A field of the part's shape is absent or empty.
    Field(ShapeId, u16),
    /// A field of a record that records of this kind do not have.
    NoSuchField(KindId),
    /// A free name of the part.
    Name(Arc<str>),
    /// The part holds nothing.
    Empty,
    /// The part is not of its type.
    Unreadable,
    /// The part is sealed.
    Sealed,
    /// The part names a record that is not there.
    Reference,
    /// The record of a single kind.
    Single(KindId),
    /// One of the case's own records.
    Current(Current),
    /// An event has not happened.
    Event(usize),
    /// A parameter is not set.
    Param(usize),
    /// An agreed, dated approval.
    Approval(Who),
    /// A dated signature.
    Signature(Who),
    /// A dated filing.
    Filing(Who),
    /// The first, last, least or greatest of an empty list, or an index that it does not have.
    Item,
    /// `null`.
    Null,
    /// A number that is out of range, or a division by zero.
    Range,
    /// No period is looked at: the obligation does not come back.
    NoPeriod,
    /// A text that is no period.
    Period(Arc<str>),
}

/// Whose approval or signature, a filing to whom.
#[derive(Clone, Debug, PartialEq)]
pub enum Who {
    /// One of these.
    Any(Arc<ValueSet>),
    /// By name.
    Name(Arc<str>),
}

impl Who {
    fn title(&self, schema: &Schema) -> Text {
        let set = match self {
            Who::Any(set) => set,
            Who::Name(name) => return Text::same(name.as_ref()),
        };
        let values = &schema.en(set.of).values;
        let labels = || set.values.iter().filter_map(|i| values.get(*i as usize)).map(|v| &v.label);
        let zh: Vec<&str> = labels().map(|l| l.zh.as_ref()).collect();
        let en: Vec<&str> = labels().map(|l| l.en.as_ref()).collect();
        Text::new(zh.join("或"), en.join(" or "))
    }
}

impl<'a> Missing<'a> {
    /// The field that is absent: the shape and its index.
    pub fn field(&self) -> Option<(ShapeId, u16)> {
        match self.why {
            Why::Field(shape, index) => Some((shape, index)),
            _ => None,
        }
    }

    /// The event that has not happened.
    pub fn event(&self) -> Option<usize> {
        match self.why {
            Why::Event(index) => Some(index),
            _ => None,
        }
    }

    /// The parameter that is not set.
    pub fn param(&self) -> Option<usize> {
        match self.why {
            Why::Param(index) => Some(index),
            _ => None,
        }
    }

    /// Whether it is there and cannot be read.
    pub fn misread(&self) -> bool {
        match (&self.why, self.part) {
            (Why::Field(_, index), Some(part)) => part.misread(*index),
            (Why::Unreadable, Some(_)) => true,
            (Why::Approval(_) | Why::Signature(_) | Why::Filing(_) | Why::Item | Why::Empty, Some(part)) => part.garbled(),
            _ => false,
        }
    }

    /// What is missing, as a noun phrase: `字段“组长审阅”`, `事件“撤离驻地”`.
    pub fn what(&self, world: &dyn World<'a>) -> Text {
        let schema = world.schema();
        let raw = text::cut(&text::safe(self.part.map_or("", |p| p.str())), 40);
        let (of_zh, of_en) = match self.part.and_then(|p| label(schema, p)) {
            Some(label) => (format!("字段“{}”", label.zh), format!("the field \"{}\"", label.en)),
            None => ("这里".to_string(), "this place".to_string()),
        };
        match &self.why {
            Why::Field(shape, index) => match schema.shape(*shape).fields.get(*index as usize) {
                Some(f) => Text::new(format!("字段“{}”", f.label.zh), format!("the field \"{}\"", f.label.en)),
                None => say!("字段", "a field"),
            },
            Why::NoSuchField(kind) => {
                let t = &schema.kind(*kind).title;
                Text::new(format!("“{}”所没有的字段", t.zh), format!("a field that \"{}\" does not have", t.en))
            }
            Why::Name(name) => say!("“{name}”一项", "the entry \"{name}\""),
            Why::Empty => Text::new(format!("{of_zh}的内容"), format!("the content of {of_en}")),
            Why::Unreadable => say!("{of_zh}的可读内容（“{raw}”类型不对）", "readable content of {of_en} (\"{raw}\" is of the wrong type)"),
            Why::Sealed => Text::new(of_zh, of_en),
            Why::Reference => say!("{of_zh}所指的记录“{raw}”", "the record \"{raw}\" that {of_en} names"),
            Why::Single(kind) => {
                let t = &schema.kind(*kind).title;
                Text::new(format!("“{}”", t.zh), format!("\"{}\"", t.en))
            }
            Why::Current(which) => match schema.find_kind(which.kind()) {
                Some(kind) => Text::new(format!("所属的{}", schema.kind(kind).title.zh), format!("its {}", schema.kind(kind).title.en)),
                None => Text::same(which.kind()),
            },
            Why::Event(index) => {
                let t = world.title(Named::Event(*index));
                Text::new(format!("事件“{}”", t.zh), format!("the event \"{}\"", t.en))
            }
            Why::Param(index) => {
                let t = world.title(Named::Param(*index));
                Text::new(format!("参数“{}”的值", t.zh), format!("a value of the parameter \"{}\"", t.en))
            }
            Why::Approval(who) => {
                let t = who.title(schema);
                Text::new(format!("{}的同意意见及其日期", t.zh), format!("a dated approval by {}", t.en))
            }
            Why::Signature(who) => {
                let t = who.title(schema);
                Text::new(format!("{}的签字及其日期", t.zh), format!("a dated signature of {}", t.en))
            }
            Why::Filing(who) => {
                let t = who.title(schema);
                Text::new(format!("向{}的报备及其日期", t.zh), format!("a dated filing to {}", t.en))
            }
            Why::NoPeriod => say!("所在的期间", "the period it falls in"),
            Why::Item => say!("列表中的这一项", "that item of the list"),
            Why::Null => say!("值", "a value"),
            Why::Range => say!("可计算的数值（除数为零或超出范围）", "a number that can be worked out (division by zero, or out of range)"),
            Why::Period(text) => say!("可读的期间（“{text}”不是期间）", "a readable period (\"{text}\" is none)"),
        }
    }
}
