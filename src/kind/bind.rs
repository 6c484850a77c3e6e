//! Binds a tree to a kind: which field each key means, which typed value each node is, and what is wrong with it.

mod bounds;

use super::record::{Gap, Home, Record, Slip, Val};
use super::schema::*;
use crate::finding::{Finding, Place, Severity};
use crate::say;
use crate::text::{Text, meant, nearest};
use crate::yaml::{self, NodeId, Shape as Form, Tree};
use chrono::{NaiveDate, NaiveTime};

/// The set that names the parts of plans, documents and reports, so that a part may be called in Chinese.
pub const PART_NAMES: &str = "section";

/// Binds `tree` to `kind`. What is missing is kept as the record's gaps, for the assessor to weigh; what is wrong comes back as findings.
pub fn bind(schema: &Schema, kind: KindId, id: &str, file: &str, home: Home, tree: Tree) -> (Record, Vec<Finding>) {
    let shape = schema.kind(kind).shape;
    let vals = vec![Val::Bad; tree.len()];
    let mut b = Binder { schema, file, tree: &tree, vals, gaps: Vec::new(), findings: Vec::new(), slips: Vec::new() };
    let root = tree.root();
    match tree.shape(root) {
        Form::Map => b.map(root, shape),
        Form::Null => {
            b.vals[root.0 as usize] = Val::Map(shape);
            b.gaps(root, shape, &[]);
        }
        // The reader of the text has said that this is no map.
        _ => {}
    }
    let Binder { vals, gaps, findings, slips, .. } = b;
    let mut record = Record {
        kind,
        id: id.to_string(),
        file: file.to_string(),
        home,
        tree,
        vals,
        shape,
        gaps,
        nil: false,
        odd: !findings.is_empty(),
        slips,
    };
    let fields = schema.shape(shape);
    let nil = fields.find("nil").filter(|i| fields.fields[*i as usize].header);
    record.nil = nil.and_then(|i| record.root().field(i)).is_some_and(|p| p.val() == Val::Bool(true));
    (record, findings)
}

struct Binder<'a> {
    schema: &'a Schema,
    file: &'a str,
    tree: &'a Tree,
    vals: Vec<Val>,
    gaps: Vec<Gap>,
    findings: Vec<Finding>,
    slips: Vec<Slip>,
}

impl Binder<'_> {
    fn error(&mut self, code: &'static str, range: std::ops::Range<usize>, message: Text) {
        self.findings.push(Finding::new(Severity::Error, code, Place::at(self.file, range), message));
    }

    fn map(&mut self, node: NodeId, shape_id: ShapeId) {
        self.vals[node.0 as usize] = Val::Map(shape_id);
        let (schema, tree) = (self.schema, self.tree);
        let shape = schema.shape(shape_id);
        let mut seen: Vec<u16> = Vec::with_capacity(16);
        for entry in tree.entries(node) {
            let Some(index) = shape.find(entry.key) else {
                self.unknown(entry.key, tree.span(entry.key_id), shape);
                if let Some(means) = field_meant(entry.key, shape) {
                    self.slips.push(Slip { node, means });
                }
                continue;
            };
            self.vals[entry.key_id.0 as usize] = Val::Key(index);
            let field = &shape.fields[index as usize];
            if seen.contains(&index) {
                let (key, label) = (&field.key, &field.label.zh);
                self.error(
                    "duplicate-key",
                    tree.span(entry.key_id),
                    say!(
                        "字段“{label}”写了两次（`{key}` 与中文名同义）",
                        "the field `{key}` is given twice (its Chinese name “{label}” means the same)"
                    ),
                );
                self.vals[entry.key_id.0 as usize] = Val::Bad;
                continue;
            }
            if field.secrecy == Secrecy::Never {
                self.never(field, tree.span(entry.key_id), entry.value);
                continue;
            }
            self.value(entry.value, field, &field.ty);
            // A list written as empty says that there are none; a key without a value says nothing.
            if self.vals[entry.value.0 as usize] != Val::Empty || tree.shape(entry.value) == Form::Seq {
                seen.push(index);
            }
        }
        self.gaps(node, shape_id, &seen);
        self.bounds(node, shape);
    }

    fn gaps(&mut self, map: NodeId, shape: ShapeId, seen: &[u16]) {
        for (i, field) in self.schema.shape(shape).fields.iter().enumerate() {
            if field.required != Required::No && !seen.contains(&(i as u16)) {
                self.gaps.push(Gap { map, shape, field: i as u16 });
            }
        }
    }

    fn unknown(&mut self, key: &str, range: std::ops::Range<usize>, shape: &Shape) {
        let title = &shape.title;
        let (zh, en) = (&title.zh, &title.en);
        let shown = crate::text::cut(key, 40);
        let mut f =
            Finding::error("unknown-field", Place::at(self.file, range), say!("“{zh}”没有字段 `{shown}`", "“{en}” has no field `{shown}`"));
        f = match nearest(key, shape.spellings()) {
            Some(near) => f.help(meant(near)),
            None => {
                let own = || shape.fields.iter().filter(|f| !f.header);
                let zh = own().map(|f| f.label.zh.as_ref()).collect::<Vec<_>>().join("、");
                let en = own().map(|f| f.key.as_str()).collect::<Vec<_>>().join(", ");
                f.help(say!("可用的字段：{zh}", "its fields: {en}"))
            }
        };
        self.findings.push(f);
    }

    fn never(&mut self, field: &Field, range: std::ops::Range<usize>, value: NodeId) {
        if self.tree.shape(value) == Form::Null {
            self.vals[value.0 as usize] = Val::Empty;
            return;
        }
        let (zh, key) = (&field.label.zh, &field.key);
        self.findings.push(
            Finding::error("never-field", Place::at(self.file, range), say!("“{zh}”不得录入：请从文件中删去", "`{key}` must never be recorded: take it out of the file"))
                .help(say!("姓名和径送件内容只留在密封的纸件上，记录里写代码或登记号；若已提交到 git，历史中仍会留存", "names and direct-delivery content stay on sealed paper; a record holds a code or a registry number. If it was committed, git's history still holds it")),
        );
    }

    fn value(&mut self, node: NodeId, field: &Field, ty: &Type) {
        let tree = self.tree;
        let form = tree.shape(node);
        let scalar = matches!(form, Form::Plain | Form::Quoted | Form::Block);
        let text = if scalar { tree.str(node).trim() } else { "" };
        if form == Form::Null || (scalar && text.is_empty()) || (form == Form::Plain && matches!(text, "~" | "null")) {
            self.vals[node.0 as usize] = Val::Empty;
            return;
        }
        if scalar && sealed_form(text) && field.secrecy >= Secrecy::Restricted {
            self.vals[node.0 as usize] = Val::Sealed;
            return;
        }
        let val = match ty {
            Type::List(inner) => return self.list(node, form, field, inner),
            Type::Map(shape) => {
                if form == Form::Map {
                    return self.map(node, *shape);
                }
                // An attachment may be given by its paper number alone.
                if scalar && sealed_form(text) {
                    self.vals[node.0 as usize] = Val::Sealed;
                    return;
                }
                return self.mismatch(node, field, ty);
            }
            Type::Texts => return self.texts(node, form, field),
            _ if !scalar => return self.mismatch(node, field, ty),
            Type::Text => Some(Val::Text),
            Type::Code => Some(Val::Text),
            Type::Slug => slug(text).then_some(Val::Text),
            Type::Duration => Some(Val::Text),
            Type::Ref(_) => Some(Val::Ref),
            Type::Int => text.parse::<i64>().ok().map(Val::Int),
            Type::Number => text.parse::<f64>().ok().filter(|n| n.is_finite()).map(Val::Number),
            Type::Bool => truth(text).map(Val::Bool),
            Type::Date => date(text).map(Val::Date),
            Type::Time => time(text).map(|(d, t)| t.map_or(Val::Date(d), |t| Val::Time(d, t))),
            Type::Enum(e) => {
                let set = self.schema.en(*e);
                match set.find(text) {
                    Some(i) => Some(Val::Enum(*e, i)),
                    None if set.open => Some(Val::Text),
                    None => return self.unknown_value(node, text, field, set),
                }
            }
        };
        let Some(val) = val else { return self.mismatch(node, field, ty) };
        if field.secrecy == Secrecy::Sealed && matches!(ty, Type::Text | Type::Code) {
            return self.plain(node, field);
        }
        self.vals[node.0 as usize] = val;
    }

    fn list(&mut self, node: NodeId, form: Form, field: &Field, inner: &Type) {
        if form != Form::Seq {
            // One value standing alone is a slip that keeps its meaning; say how it is written.
            return self.mismatch(node, field, &Type::List(Box::new(inner.clone())));
        }
        self.vals[node.0 as usize] = Val::List;
        let mut any = false;
        for item in self.tree.items(node) {
            self.value(item, field, inner);
            any |= self.vals[item.0 as usize] != Val::Empty;
        }
        if !any {
            self.vals[node.0 as usize] = if self.tree.items(node).next().is_none() { Val::Empty } else { Val::List };
        }
    }

    fn texts(&mut self, node: NodeId, form: Form, field: &Field) {
        if form != Form::Map {
            return self.mismatch(node, field, &Type::Texts);
        }
        self.vals[node.0 as usize] = Val::Texts;
        let names = self.schema.find_enum(PART_NAMES);
        for entry in self.tree.entries(node) {
            if let Some((set, i)) = names.and_then(|e| self.schema.en(e).find(entry.key).map(|i| (e, i))) {
                self.vals[entry.key_id.0 as usize] = Val::Enum(set, i);
            }
            let (form, text) = (self.tree.shape(entry.value), self.tree.str(entry.value).trim());
            let val = match form {
                Form::Null => Val::Empty,
                Form::Plain | Form::Quoted | Form::Block if text.is_empty() => Val::Empty,
                Form::Plain | Form::Quoted | Form::Block if sealed_form(text) => Val::Sealed,
                Form::Plain | Form::Quoted | Form::Block if field.secrecy == Secrecy::Sealed => {
                    self.plain(entry.value, field);
                    continue;
                }
                Form::Plain | Form::Quoted | Form::Block => Val::Text,
                Form::Seq | Form::Map => Val::Texts,
            };
            self.vals[entry.value.0 as usize] = val;
        }
    }

    fn plain(&mut self, node: NodeId, field: &Field) {
        let (zh, key) = (&field.label.zh, &field.key);
        let range = self.tree.span(node);
        self.findings.push(
            Finding::error(
                "sealed-plain",
                Place::at(self.file, range),
                say!("密封字段“{zh}”写成了明文", "the sealed field `{key}` stands in plain text"),
            )
            .help(say!(
                "改写为 `paper:登记号`，内容留在纸件上；登记了公钥的，也可用 `xuncha seal` 密封",
                "write `paper:<registry number>` and keep the content on paper; where public keys are entered, `xuncha seal` seals it"
            )),
        );
    }

    fn mismatch(&mut self, node: NodeId, field: &Field, ty: &Type) {
        let (tree, range) = (self.tree, self.tree.span(node));
        let (zh, key) = (&field.label.zh, &field.key);
        let want = self.schema.type_title(ty);
        let (want_zh, want_en) = (&want.zh, &want.en);
        let scalar = matches!(tree.shape(node), Form::Plain | Form::Quoted | Form::Block);
        // A text in the place of sealed parts is a sealed text, and not to be repeated.
        let parts = match ty {
            Type::List(inner) => !matches!(**inner, Type::Ref(_) | Type::Enum(_) | Type::Date),
            ty => matches!(ty, Type::Map(_) | Type::Texts),
        };
        if scalar && parts && field.secrecy == Secrecy::Sealed {
            return self.plain(node, field);
        }
        let (got_zh, got_en) = if scalar {
            let s = crate::text::cut(tree.str(node).trim().lines().next().unwrap_or(""), 40);
            (format!("`{s}`"), format!("`{s}`"))
        } else if tree.shape(node) == Form::Seq {
            ("一个列表".to_string(), "a list".to_string())
        } else {
            ("一组键值".to_string(), "a map".to_string())
        };
        let dated = matches!(ty, Type::Date | Type::Time);
        let code = if dated { "bad-date" } else { "wrong-type" };
        let mut f = Finding::error(
            code,
            Place::at(self.file, range),
            say!("“{zh}”应为{want_zh}，现为{got_zh}", "`{key}` should be {want_en}, not {got_en}"),
        );
        if dated && scalar {
            let hint = yaml::date_hint(tree.str(node).trim()).filter(|d| time(d).is_some());
            let hint = hint.map(|d| if *ty == Type::Date { d.chars().take(10).collect() } else { d });
            f = match hint {
                Some(iso) => f.help(say!("请写成 `{iso}`", "write `{iso}`")),
                None => {
                    f.help(say!("写作 `2020-09-04`，且须是日历上有的一天", "a date is written `2020-09-04` and must exist in the calendar"))
                }
            };
        } else if let Type::List(_) = ty {
            f = f.help(say!("每项一行，以 `- ` 开头；只有一项也这样写", "one line each, starting with `- `, even for a single item"));
        } else if let Type::Bool = ty {
            f = f.help(say!("写 `true` 或 `false`（`是` 或 `否`）", "write `true` or `false`"));
        } else if let Type::Slug = ty {
            f = f.help(say!("只用字母、数字、汉字、`-`、`_`、`.`", "use letters, digits, `-`, `_`, `.` only"));
        }
        self.findings.push(f);
    }

    fn unknown_value(&mut self, node: NodeId, text: &str, field: &Field, set: &Enum) {
        let (zh, key) = (&field.label.zh, &field.key);
        let shown = crate::text::cut(text, 40);
        let mut f = Finding::error(
            "unknown-value",
            Place::at(self.file, self.tree.span(node)),
            say!("“{zh}”不能是 `{shown}`", "`{key}` cannot be `{shown}`"),
        );
        let spellings = set.values.iter().flat_map(|v| [v.code.as_str(), v.label.zh.as_ref()]);
        f = match nearest(text, spellings) {
            Some(near) => {
                self.slips.extend(set.find(near).map(|means| Slip { node, means }));
                f.help(meant(near))
            }
            None => {
                let zh = set.values.iter().map(|v| v.label.zh.as_ref()).collect::<Vec<_>>().join("、");
                let en = set.values.iter().map(|v| v.code.as_str()).collect::<Vec<_>>().join(", ");
                f.help(say!("可用的值：{zh}", "one of: {en}"))
            }
        };
        self.findings.push(f);
    }
}

/// The field that a mistyped key probably means: `标题：纪要` and `标题:纪要` are keys to YAML, as `标提` is.
fn field_meant(key: &str, shape: &Shape) -> Option<u16> {
    let word = key.split(['：', ':']).next().unwrap_or(key).trim_matches(|c: char| c.is_whitespace() || c == '-');
    shape.find(word).or_else(|| shape.find(nearest(word, shape.spellings())?))
}

/// Whether a value is a paper's number or ciphertext, the two forms a sealed field may hold.
pub fn sealed_form(text: &str) -> bool {
    let paper = text.strip_prefix("paper:").or_else(|| text.strip_prefix("纸件:")).or_else(|| text.strip_prefix("纸件："));
    paper.is_some_and(|no| !no.trim().is_empty()) || crate::seal::is_ciphertext(text)
}

/// Whether a text can be a file name and a reference.
pub fn slug(s: &str) -> bool {
    !s.is_empty()
        && s.chars().count() <= 100
        && !s.starts_with('.')
        && s.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '+'))
}

fn truth(s: &str) -> Option<bool> {
    match s {
        "true" | "True" | "TRUE" | "是" | "有" => Some(true),
        "false" | "False" | "FALSE" | "否" | "无" => Some(false),
        _ => None,
    }
}

/// An ISO date of the years 1900 to 9999.
pub fn date(s: &str) -> Option<NaiveDate> {
    let b = s.as_bytes();
    if b.len() != 10 || b[4] != b'-' || b[7] != b'-' {
        return None;
    }
    let num = |r: std::ops::Range<usize>| -> Option<u32> {
        b[r].iter().try_fold(0, |n, c| c.is_ascii_digit().then(|| n * 10 + u32::from(c - b'0')))
    };
    let year = num(0..4)?;
    (year >= 1900).then_some(())?;
    NaiveDate::from_ymd_opt(year as i32, num(5..7)?, num(8..10)?)
}

/// An ISO date, or a date with hour and minute (`2025-08-22T12:00`, a space instead of `T` is read).
pub fn time(s: &str) -> Option<(NaiveDate, Option<NaiveTime>)> {
    if let Some(d) = date(s) {
        return Some((d, None));
    }
    let (day, clock) = s.split_at_checked(10)?;
    let clock = clock.strip_prefix(['T', ' '])?;
    let t = NaiveTime::parse_from_str(clock, "%H:%M").or_else(|_| NaiveTime::parse_from_str(clock, "%H:%M:%S")).ok()?;
    Some((date(day)?, Some(t)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_of_the_calendar_are_dates() {
        assert!(date("2020-02-29").is_some());
        for bad in ["2021-02-30", "99999-01-01", "2020-2-1", "0000-01-01", "２０２０-01-01", "2020-13-01", ""] {
            assert!(date(bad).is_none(), "{bad}");
        }
        assert_eq!(time("2025-08-22T12:00").unwrap().1, NaiveTime::from_hms_opt(12, 0, 0));
        assert!(time("2025-08-22T25:00").is_none());
    }
}
