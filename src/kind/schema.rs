//! The model of kinds: fields, labels, types, enumerations, secrecy; knows neither YAML nor where files lie.

use crate::text::Text;
use rustc_hash::FxHashMap as HashMap;

/// Index of a kind in its [`Schema`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KindId(pub u16);
/// Index of an enumeration in its [`Schema`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EnumId(pub u16);
/// Index of a shape (the fields of a record, a map, a structure) in its [`Schema`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ShapeId(pub u16);

/// What a field may hold.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// Free text.
    Text,
    /// A day.
    Date,
    /// A day, or a day with hour and minute.
    Time,
    /// A whole number.
    Int,
    /// A number.
    Number,
    /// Yes or no.
    Bool,
    /// A name that can be a file name.
    Slug,
    /// The code of a person, never a name.
    Code,
    /// A period such as `7d`.
    Duration,
    /// One of a set of values.
    Enum(EnumId),
    /// The id of a record of one of these kinds; of any kind where the list is empty.
    Ref(Vec<KindId>),
    /// A list.
    List(Box<Type>),
    /// A map with known fields.
    Map(ShapeId),
    /// A map of free names to text.
    Texts,
}

/// Who may see a field, and in which form it may stand in a file (docs/kinds.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Secrecy {
    /// 可公开: may be printed anywhere.
    Open,
    /// 内部: hidden in public output.
    Internal,
    /// 限知: masked unless revealed.
    Restricted,
    /// 密封: a paper number or ciphertext.
    Sealed,
    /// 不得录入: refused by the reader.
    Never,
}

impl Secrecy {
    /// The words of a data file.
    pub const WORDS: [(&'static str, Secrecy); 5] = [
        ("open", Secrecy::Open),
        ("internal", Secrecy::Internal),
        ("restricted", Secrecy::Restricted),
        ("sealed", Secrecy::Sealed),
        ("never", Secrecy::Never),
    ];

    /// The code in data files.
    pub fn code(self) -> &'static str {
        Self::WORDS[self as usize].0
    }

    /// The name in both languages.
    pub fn title(self) -> Text {
        match self {
            Secrecy::Open => Text::new("可公开", "open"),
            Secrecy::Internal => Text::new("内部", "internal"),
            Secrecy::Restricted => Text::new("限知", "restricted"),
            Secrecy::Sealed => Text::new("密封", "sealed"),
            Secrecy::Never => Text::new("不得录入", "never recorded"),
        }
    }
}

/// When a field must be filled.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Required {
    /// It may be left out.
    #[default]
    No,
    /// Always.
    Always,
    /// Where this expression over `it` holds; the byte range says where it stands in the kind's file.
    When(String, (usize, usize)),
}

/// One field of a shape.
#[derive(Clone, Debug)]
pub struct Field {
    /// The key in a record and in rules.
    pub key: String,
    /// The label; the Chinese one is an alias of the key.
    pub label: Text,
    /// Other names that are read.
    pub aliases: Vec<String>,
    /// What it holds.
    pub ty: Type,
    /// When it must be filled.
    pub required: Required,
    /// Who may see it.
    pub secrecy: Secrecy,
    /// How to fill it.
    pub note: Option<Text>,
    /// The key of the field beside it that it must not be less, or earlier, than.
    pub not_below: Option<String>,
    /// Whether every record may carry it (the common header).
    pub header: bool,
}

/// The fields of a record or of a map inside one.
#[derive(Clone, Debug, Default)]
pub struct Shape {
    /// The structure's, kind's or field's name, for messages.
    pub title: Text,
    /// In the order of the data file; the header's last.
    pub fields: Vec<Field>,
    /// Key, label and aliases to the index of the field.
    pub names: HashMap<String, u16>,
}

impl Shape {
    /// The field that a key, Chinese label or alias means.
    pub fn find(&self, name: &str) -> Option<u16> {
        self.names.get(name).copied()
    }

    /// The names a person may write, own fields first.
    pub fn spellings(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().flat_map(|f| [f.key.as_str(), f.label.zh.as_ref()])
    }
}

/// One value of an enumeration.
#[derive(Clone, Debug)]
pub struct EnumValue {
    /// The code in records and rules.
    pub code: String,
    /// The label; the Chinese one is read as well.
    pub label: Text,
    /// Other names that are read.
    pub aliases: Vec<String>,
}

/// A set of values.
#[derive(Clone, Debug, Default)]
pub struct Enum {
    /// Its name in data files.
    pub name: String,
    /// Its name for people.
    pub title: Text,
    /// Whether other values are allowed.
    pub open: bool,
    /// The values, in order.
    pub values: Vec<EnumValue>,
    /// Code, label and aliases to the index of the value.
    pub names: HashMap<String, u16>,
}

impl Enum {
    /// The value that a code, Chinese label or alias means; brackets of either width are the same.
    pub fn find(&self, name: &str) -> Option<u16> {
        let found = self.names.get(name).copied();
        // A Chinese keyboard types the wide ones.
        match found.is_none() && name.contains(['（', '）']) {
            true => self.names.get(name.replace('（', "(").replace('）', ")").as_str()).copied(),
            false => found,
        }
    }
}

/// Where records of a kind may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// At the root of the casebook.
    Workspace,
    /// In a round.
    Round,
    /// In a case.
    Case,
}

/// What a record is.
#[derive(Clone, Debug)]
pub struct Kind {
    /// The folder's name, and the name in rules.
    pub id: String,
    /// Its name.
    pub title: Text,
    /// What one record of it holds.
    pub about: Text,
    /// Where it may stand.
    pub levels: Vec<Level>,
    /// Whether there is exactly one, as a file instead of a folder.
    pub single: bool,
    /// Its fields.
    pub shape: ShapeId,
    /// The field that dates a record.
    pub date: Option<u16>,
    /// Other names of the folder.
    pub aliases: Vec<String>,
    /// The data file it was read from, for messages.
    pub file: String,
}

/// All kinds, enumerations and structures of a casebook.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// Kinds, sorted by id.
    pub kinds: Vec<Kind>,
    /// Enumerations.
    pub enums: Vec<Enum>,
    /// Shapes.
    pub shapes: Vec<Shape>,
    /// Kind id, Chinese title and aliases to kind.
    pub kind_names: HashMap<String, KindId>,
    /// Enumeration name to enumeration.
    pub enum_names: HashMap<String, EnumId>,
}

impl Schema {
    /// A kind.
    pub fn kind(&self, id: KindId) -> &Kind {
        &self.kinds[id.0 as usize]
    }

    /// An enumeration.
    pub fn en(&self, id: EnumId) -> &Enum {
        &self.enums[id.0 as usize]
    }

    /// A shape.
    pub fn shape(&self, id: ShapeId) -> &Shape {
        &self.shapes[id.0 as usize]
    }

    /// The shape of a kind.
    pub fn shape_of(&self, id: KindId) -> &Shape {
        self.shape(self.kind(id).shape)
    }

    /// The kind that an id, Chinese title or alias means.
    pub fn find_kind(&self, name: &str) -> Option<KindId> {
        self.kind_names.get(name).copied()
    }

    /// The kind and the field that `KIND.FIELD` means.
    pub fn find_field(&self, name: &str) -> Option<(KindId, u16)> {
        let (kind, field) = name.split_once('.')?;
        let kind = self.find_kind(kind)?;
        Some((kind, self.shape_of(kind).find(field)?))
    }

    /// The enumeration of that name.
    pub fn find_enum(&self, name: &str) -> Option<EnumId> {
        self.enum_names.get(name).copied()
    }

    /// The label of a value of an enumeration, by code; the code itself where there is none.
    pub fn value_label(&self, set: &str, code: &str) -> Text {
        let value = self.find_enum(set).map(|e| self.en(e)).and_then(|e| e.find(code).map(|i| &e.values[i as usize]));
        value.map_or_else(|| Text::same(code), |v| v.label.clone())
    }

    /// The title of a role or body by code, as in `actor` and `by`.
    pub fn actor(&self, code: &str) -> Option<Text> {
        ["role", "body"].iter().find_map(|set| {
            let e = self.en(self.find_enum(set)?);
            e.find(code).map(|i| e.values[i as usize].label.clone())
        })
    }

    /// A type in words, for messages and documentation.
    pub fn type_title(&self, ty: &Type) -> Text {
        match ty {
            Type::Text => Text::new("文本", "text"),
            Type::Date => Text::new("日期", "a date"),
            Type::Time => Text::new("日期或时间", "a date or time"),
            Type::Int => Text::new("整数", "a whole number"),
            Type::Number => Text::new("数字", "a number"),
            Type::Bool => Text::new("是或否", "true or false"),
            Type::Slug => Text::new("标识", "a slug"),
            Type::Code => Text::new("人员代码", "a person's code"),
            Type::Duration => Text::new("期间", "a period"),
            Type::Enum(e) => {
                let t = &self.en(*e).title;
                Text::new(format!("“{}”之一", t.zh), format!("one of “{}”", t.en))
            }
            Type::Ref(kinds) if kinds.is_empty() => Text::new("某份记录的编号", "the id of a record"),
            Type::Ref(kinds) => {
                let names: Vec<&Text> = kinds.iter().map(|k| &self.kind(*k).title).collect();
                let zh = names.iter().map(|t| t.zh.as_ref()).collect::<Vec<_>>().join("或");
                let en = names.iter().map(|t| t.en.as_ref()).collect::<Vec<_>>().join(" or ");
                Text::new(format!("{zh}的编号"), format!("the id of: {en}"))
            }
            Type::List(inner) => {
                let t = self.type_title(inner);
                Text::new(format!("列表，每项为{}", t.zh), format!("a list, each item {}", t.en))
            }
            Type::Map(_) => Text::new("一组键值", "a map"),
            Type::Texts => Text::new("名称到文本的键值", "a map of names to text"),
        }
    }
}
