//! The comments of a skeleton: what may stand in a field, when it is needed, which values a set has.

use super::{Writer, name_of, spelling};
use crate::kind::schema::*;
use crate::text::{Lang, width};

/// An enumeration with more values than this is listed once at the end of the file.
const SHORT: usize = 8;
/// Comment lines are broken at this many cells.
const LINE: usize = 100;

impl Writer<'_> {
    pub(super) fn comment(&mut self, shape: &Shape, field: &Field, needed: bool) -> String {
        let zh = self.lang == Lang::Zh;
        let mut parts: Vec<String> = Vec::new();
        if let (Required::When(rule, _), false) = (&field.required, needed) {
            let rule = self.rule(shape, rule);
            parts.push(if zh { format!("当 {rule} 时必填") } else { format!("required when {rule}") });
        }
        let paper = field.secrecy == Secrecy::Sealed && !matches!(field.ty, Type::List(_) | Type::Map(_) | Type::Texts);
        let number = matches!(field.ty, Type::Map(s) if self.by_number(field, s));
        if paper || number {
            parts.push(
                if zh {
                    "密封：只写 paper:登记号，内容留在纸件上"
                } else {
                    "sealed: write paper:<registry number>, the content stays on paper"
                }
                .to_string(),
            );
        } else {
            parts.extend(self.hint(&field.ty));
        }
        parts.extend(field.note.as_ref().map(|n| n.get(self.lang).replace('\n', " ")));
        parts.join(if zh { "；" } else { "; " })
    }

    /// What may stand in a field of this type; nothing for plain text.
    fn hint(&mut self, ty: &Type) -> Option<String> {
        let zh = self.lang == Lang::Zh;
        let word = |a: &str, b: &str| Some(if zh { a } else { b }.to_string());
        match ty {
            Type::Text | Type::Map(_) => None,
            Type::Date => word("日期，如 2020-09-04", "a date like 2020-09-04"),
            Type::Time => word("日期或时间，如 2020-09-04 或 2020-09-04T12:00", "a date or time like 2020-09-04 or 2020-09-04T12:00"),
            Type::Int => word("整数", "a whole number"),
            Type::Number => word("数字", "a number"),
            Type::Bool => word("是 或 否", "true or false"),
            Type::Slug => word("标识：字母、数字、汉字、-", "letters, digits, -"),
            Type::Code => word("人员代码，如 P-017，不写姓名", "a person's code like P-017, never a name"),
            Type::Duration => word("期间，如 7d", "a period like 7d"),
            Type::Texts => word("每行一段：名称: 内容", "one line each: name: text"),
            Type::Ref(_) => {
                let title = self.schema.type_title(ty);
                word(&title.zh, &title.en)
            }
            Type::Enum(e) => {
                let set = self.schema.en(*e);
                if set.values.len() <= SHORT {
                    return Some(self.values(set));
                }
                if !self.long.contains(e) {
                    self.long.push(*e);
                }
                let (title, title_en) = (&set.title.zh, &set.title.en);
                word(&format!("{title}，可填的见文末"), &format!("{title_en}: see the end of the file"))
            }
            Type::List(inner) => {
                let inner = self.hint(inner);
                let list = if zh { "可多项，每行以 - 开头" } else { "several: one a line behind a -" };
                Some(match inner {
                    Some(hint) if zh => format!("{list}：{hint}"),
                    Some(hint) => format!("{list}: {hint}"),
                    None => list.to_string(),
                })
            }
        }
    }

    fn values(&self, set: &Enum) -> String {
        let list: Vec<&str> = (0..set.values.len()).map(|i| spelling(set, i as u16, self.lang)).collect();
        let open = match (set.open, self.lang) {
            (false, _) => "",
            (true, Lang::Zh) => " 等",
            (true, Lang::En) => " or other",
        };
        format!("{}{open}", list.join(" | "))
    }

    /// The values of a long enumeration as comment lines.
    pub(super) fn legend(&self, e: EnumId) -> Vec<String> {
        let set = self.schema.en(e);
        let mut line = match self.lang {
            Lang::Zh => format!("# {}:", set.title.zh),
            Lang::En => format!("# {}:", set.title.en),
        };
        let mut out = Vec::new();
        for word in self.values(set).split(" | ") {
            if width(&line) + width(word) + 3 > LINE {
                out.push(std::mem::replace(&mut line, "#  ".to_string()));
            }
            line.push(' ');
            line.push_str(word);
            line.push_str(" |");
        }
        out.push(line.trim_end_matches(" |").to_string());
        out
    }

    /// A condition in the names of the language: fields by label, values of an enumeration by theirs.
    fn rule(&self, shape: &Shape, rule: &str) -> String {
        let mut out = rule.replace('\n', " ");
        let mut fields: Vec<u16> = (0..shape.fields.len() as u16).collect();
        fields.sort_by_key(|i| std::cmp::Reverse(shape.fields[*i as usize].key.len()));
        for i in fields {
            let field = &shape.fields[i as usize];
            let name = format!("it.{}", field.key);
            if !out.contains(&name) {
                continue;
            }
            out = out.replace(&name, name_of(shape, i, self.lang));
            let ty = match &field.ty {
                Type::List(inner) => inner,
                ty => ty,
            };
            if let Type::Enum(e) = ty {
                let set = self.schema.en(*e);
                for (v, value) in set.values.iter().enumerate() {
                    out = out.replace(&format!("'{}'", value.code), &format!("'{}'", spelling(set, v as u16, self.lang)));
                }
            }
        }
        out
    }
}
