//! Values on their way into a file, written so that every reader of YAML, old or new, reads them back unchanged; knows no file.

/// What is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Text; dates are text in ISO form.
    Str(String),
    /// A list.
    Seq(Vec<Value>),
    /// Keys and values, in this order.
    Map(Vec<(String, Value)>),
}

impl From<&str> for Value {
    fn from(s: &str) -> Value {
        Value::Str(s.to_string())
    }
}

impl Value {
    /// Whether it stands on the line of its key: a scalar, or a list or map with nothing in it.
    pub(super) fn is_inline(&self) -> bool {
        match self {
            Value::Seq(items) => items.is_empty(),
            Value::Map(entries) => entries.is_empty(),
            _ => true,
        }
    }
}

/// `value` as whole lines in block style, each indented by `indent` spaces and ended by `\n`.
pub fn write(value: &Value, indent: usize) -> String {
    let mut out = String::new();
    block(value, indent, &mut out);
    out
}

fn block(value: &Value, indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    match value {
        Value::Seq(items) if !items.is_empty() => {
            for item in items {
                out.push_str(&pad);
                out.push('-');
                if item.is_inline() {
                    tail(item, indent, out);
                } else {
                    out.push(' ');
                    // The first line of a map or list stands behind the dash, in the column of the others.
                    let mut inner = String::new();
                    block(item, indent + 2, &mut inner);
                    out.push_str(inner.trim_start_matches(' '));
                }
            }
        }
        Value::Map(entries) if !entries.is_empty() => {
            for (key, value) in entries {
                out.push_str(&pad);
                out.push_str(&text(key, false));
                out.push(':');
                tail(value, indent, out);
            }
        }
        scalar => {
            let mut line = String::new();
            tail(scalar, indent, &mut line);
            out.push_str(&pad);
            out.push_str(line.trim_start_matches(' '));
        }
    }
}

/// What follows the `:` or `-` that stands at `indent`.
fn tail(value: &Value, indent: usize, out: &mut String) {
    if !value.is_inline() {
        out.push('\n');
        return block(value, indent + 2, out);
    }
    out.push(' ');
    match value {
        Value::Str(s) => match literal(s, indent + 2) {
            Some((header, lines)) => {
                out.push_str(&header);
                out.push('\n');
                out.push_str(&lines);
            }
            None => {
                out.push_str(&text(s, false));
                out.push('\n');
            }
        },
        other => {
            out.push_str(&flow(other));
            out.push('\n');
        }
    }
}

/// `value` on one line, as it may stand between brackets.
pub(super) fn flow(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(b) => b.to_string(),
        Value::Int(n) => n.to_string(),
        Value::Str(s) => text(s, true),
        Value::Seq(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Map(entries) => {
            let entries: Vec<String> = entries.iter().map(|(k, v)| format!("{}: {}", text(k, true), flow(v))).collect();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

/// Header and indented lines of a literal block, for text of several lines that one can hold.
pub(super) fn literal(s: &str, indent: usize) -> Option<(String, String)> {
    let body = s.trim_end_matches('\n');
    let strange = |c: char| (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}');
    if !s.contains('\n')
        || body.trim().is_empty()
        // Line breaks kept at the end would run into the blank lines that follow in the file.
        || s.len() - body.len() > 1
        || s.contains(strange)
        || body.lines().any(|l| l.starts_with('\t') || (l.trim().is_empty() && !l.is_empty()))
    {
        return None;
    }
    let first = body.lines().find(|l| !l.is_empty())?;
    // Without the number a reader would take the spaces of the first line for the indent.
    let number = if first.starts_with(' ') || body.starts_with('\n') { "2" } else { "" };
    let chomp = if s.len() == body.len() { "-" } else { "" };
    let mut lines = String::new();
    for line in s.strip_suffix('\n').unwrap_or(s).split('\n') {
        if !line.is_empty() {
            lines.push_str(&" ".repeat(indent));
            lines.push_str(line);
        }
        lines.push('\n');
    }
    Some((format!("|{number}{chomp}"), lines))
}

/// One line of text, in quotes where it would otherwise be read as something else.
pub(super) fn text(s: &str, in_flow: bool) -> String {
    if is_plain(s, in_flow) {
        return s.to_string();
    }
    let simple = !s.chars().any(|c| c.is_control() || matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}'));
    if simple && s.contains(['"', '\\']) {
        return format!("'{}'", s.replace('\'', "''"));
    }
    let mut out = String::from("\"");
    for c in s.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Whether `s` without quotes is read as exactly this text by every reader, and by a person.
pub(super) fn is_plain(s: &str, in_flow: bool) -> bool {
    let (Some(first), Some(last)) = (s.chars().next(), s.chars().last()) else { return false };
    let strange = |c: char| c.is_control() || matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}');
    let shape = !first.is_whitespace()
        && !last.is_whitespace()
        && !"-?:,[]{}#&*!|>'\"%@`=<：".contains(first)
        && !matches!(first, '“' | '”' | '‘' | '’' | '„' | '‟' | '＂' | '＇')
        && last != ':'
        && !s.contains(": ")
        && !s.contains(" #")
        && !s.contains(strange)
        && !(in_flow && s.contains([',', '[', ']', '{', '}', ':', '，', '、']));
    let wide = |c: char| ('０'..='９').contains(&c);
    // Nothing but digits, some of them full-width, would be reported as a slip.
    let wide_number = wide(first) && !s.chars().any(|c| !wide(c) && c.is_alphabetic() && !"年月日号时分".contains(c));
    shape && !is_word_of_yaml(s) && !like_number(s) && !wide_number
}

/// The words that YAML 1.1 or 1.2 reads as a truth value or as nothing.
fn is_word_of_yaml(s: &str) -> bool {
    const WORDS: [&str; 11] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", ".nan"];
    WORDS.iter().any(|w| s.eq_ignore_ascii_case(w))
}

/// Whether some reader could take `s` for a number or a time: digits and the signs of numbers only, and no ISO date.
fn like_number(s: &str) -> bool {
    let signs = |b: u8| b.is_ascii_hexdigit() || b"_+-.:,xXoOpP ".contains(&b);
    let number = s.bytes().any(|b| b.is_ascii_digit())
        && s.as_bytes()[0].is_ascii_digit() | b"+.".contains(&s.as_bytes()[0])
        && s.bytes().all(signs);
    (number && !is_date(s)) || matches!(s.trim_start_matches('+').to_ascii_lowercase().as_str(), ".inf")
}

fn is_date(s: &str) -> bool {
    let digits = |r: std::ops::Range<usize>| s.as_bytes()[r].iter().all(u8::is_ascii_digit);
    s.len() == 10 && digits(0..4) && digits(5..7) && digits(8..10) && s.as_bytes()[4] == b'-' && s.as_bytes()[7] == b'-'
}
