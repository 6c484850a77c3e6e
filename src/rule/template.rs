//! Texts with expressions in braces, such as `现有 {size(it.inspectors)} 人`; knows not where they are shown.

use super::value::{Stop, Value};
use super::world::World;
use super::{Env, Expr, It, RuleError, Ty, compile};
use crate::kind::{Part, Val};
use crate::say;
use crate::text::{Lang, Text, list};

#[derive(Clone, Debug)]
enum Piece {
    Plain(String),
    Of(Expr),
}

/// A compiled text. `{{` and `}}` stand for single braces.
#[derive(Clone, Debug)]
pub struct Template {
    pieces: Vec<Piece>,
}

impl Template {
    /// Compiles a text of one language; places of errors are bytes of `src`.
    pub fn compile(src: &str, env: &Env<'_>, it: Option<&It>) -> Result<Template, RuleError> {
        let (mut pieces, mut plain, mut at) = (Vec::new(), String::new(), 0);
        while let Some(c) = src[at..].chars().next() {
            let rest = &src[at..];
            if rest.starts_with("{{") || rest.starts_with("}}") {
                plain.push(c);
                at += 2;
            } else if c == '}' {
                let error = RuleError::new(at..at + 1, say!("多出了 `}}`", "`}}` is unexpected"));
                return Err(error.help(say!("要印出花括号，写作 }}}}", "for a brace in the text write }}}}")));
            } else if c == '{' {
                let Some(len) = closing(&rest[1..]) else {
                    let error = RuleError::new(at..src.len(), say!("`{{` 没有结束", "`{{` is not closed"));
                    return Err(error.help(say!("在表达式后面补上 }}", "put }} behind the expression")));
                };
                if !plain.is_empty() {
                    pieces.push(Piece::Plain(std::mem::take(&mut plain)));
                }
                let inside = &rest[1..1 + len];
                let expr = compile(inside, env, it, None).map_err(|e| e.shift(at + 1))?;
                if !printable(expr.ty()) {
                    let title = expr.ty().title(env.schema);
                    let message = Text::new(format!("{}不能写进文字", title.zh), format!("{} cannot be put into a text", title.en));
                    return Err(RuleError::new(at + 1..at + 1 + len, message));
                }
                pieces.push(Piece::Of(expr));
                at += len + 2;
            } else {
                plain.push(c);
                at += c.len_utf8();
            }
        }
        if !plain.is_empty() {
            pieces.push(Piece::Plain(plain));
        }
        Ok(Template { pieces })
    }

    /// The text in one language. What is missing reads as not filled in.
    pub fn render<'a>(&self, world: &dyn World<'a>, it: Option<Part<'a>>, lang: Lang) -> String {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Plain(text) => out.push_str(text),
                Piece::Of(expr) => match expr.eval(world, it) {
                    Ok(value) => out.push_str(&show(world, &value, lang)),
                    Err(Stop::Missing(_)) => out.push_str(say!("未填", "not filled in").get(lang)),
                    Err(Stop::TooLong) => out.push_str(say!("无法算出", "too long to work out").get(lang)),
                },
            }
        }
        out
    }

    /// The text with each value put down by `shown`, which gets none for what is missing.
    pub fn render_with<'a>(
        &self,
        world: &dyn World<'a>,
        it: Option<Part<'a>>,
        lang: Lang,
        shown: &dyn Fn(Option<String>) -> String,
    ) -> String {
        let piece = |p: &Piece| match p {
            Piece::Plain(text) => text.clone(),
            Piece::Of(expr) => shown(expr.eval(world, it).ok().map(|v| show(world, &v, lang))),
        };
        self.pieces.iter().map(piece).collect()
    }

    /// The text with the same in the place of every value.
    pub fn blank(&self, blank: &str) -> String {
        let piece = |p: &Piece| match p {
            Piece::Plain(text) => text.clone(),
            Piece::Of(_) => blank.to_string(),
        };
        self.pieces.iter().map(piece).collect()
    }

    /// The expressions in it.
    pub fn exprs(&self) -> impl Iterator<Item = &Expr> {
        self.pieces.iter().filter_map(|p| if let Piece::Of(e) = p { Some(e) } else { None })
    }
}

/// The bytes up to the brace that closes; quoted texts may hold braces.
fn closing(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut escaped = false;
    for (i, c) in text.char_indices() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(q) if c == q => quote = None,
            Some(_) => {}
            None if c == '}' => return Some(i),
            None if c == '\'' || c == '"' => quote = Some(c),
            None => {}
        }
    }
    None
}

fn printable(ty: &Ty) -> bool {
    match ty {
        Ty::Map(_) | Ty::Texts | Ty::Past | Ty::Sealed => false,
        Ty::List(item) => !matches!(**item, Ty::List(_)) && printable(item),
        _ => true,
    }
}

/// A value in words of one language: labels of enumerations, ids of records, dates as in ISO 8601, lists joined; a list in a list is `…`.
pub fn show<'a>(world: &dyn World<'a>, value: &Value<'a>, lang: Lang) -> String {
    let schema = world.schema();
    match value {
        Value::Bool(true) => say!("是", "yes").get(lang).into(),
        Value::Bool(false) => say!("否", "no").get(lang).into(),
        Value::Int(n) => n.to_string(),
        Value::Number(n) => number(*n),
        Value::Text(s) => s.trim().to_string(),
        Value::Date(d) => d.to_string(),
        Value::Time(d, t) => format!("{d} {}", t.format("%H:%M")),
        Value::Enum(e, i) => schema.en(*e).values.get(*i as usize).map_or_else(String::new, |v| v.label.get(lang).to_string()),
        Value::Kind(kind) => schema.kind(*kind).title.get(lang).to_string(),
        Value::Ref(part) => part.str().trim().to_string(),
        Value::Record(record) => record.id.clone(),
        Value::Sealed(_) => say!("密封", "sealed").get(lang).into(),
        Value::Part(part) if part.val() != Val::List => String::new(),
        Value::Past(past) => past.case.map_or_else(String::new, |c| c.id.clone()),
        // A list of lists can stand for more items than memory holds; nobody reads one.
        _ => list(&value.items().iter().map(|v| if v.is_list() { "…".into() } else { show(world, v, lang) }).collect::<Vec<_>>(), lang),
    }
}

/// At most two digits behind the point.
fn number(n: f64) -> String {
    let text = format!("{n:.2}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_string(),
        false => text,
    }
}
