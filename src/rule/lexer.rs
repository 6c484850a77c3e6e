//! From the text of an expression to its words and signs, with their places; knows no grammar.

use super::error::RuleError;
use crate::say;
use std::ops::Range;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Name(String),
    Int(i64),
    Number(f64),
    Text(String),
    Sign(&'static str),
    End,
}

#[derive(Debug, Clone)]
pub(super) struct Word {
    pub token: Token,
    pub range: Range<usize>,
}

/// Longer ones first, so that `<=` is not read as `<`.
const SIGNS: [&str; 24] =
    ["||", "&&", "==", "!=", "<=", ">=", "<", ">", "!", "+", "-", "*", "/", "%", "?", ":", ".", ",", "(", ")", "[", "]", "{", "}"];

/// What people type instead, and what it should be.
const SLIPS: [(char, &str); 26] = [
    ('（', "("),
    ('）', ")"),
    ('，', ","),
    ('、', ","),
    ('。', "."),
    ('．', "."),
    ('：', ":"),
    ('？', "?"),
    ('！', "!"),
    ('＞', ">"),
    ('＜', "<"),
    ('＝', "=="),
    ('≥', ">="),
    ('≤', "<="),
    ('≠', "!="),
    ('＋', "+"),
    ('－', "-"),
    ('＊', "*"),
    ('／', "/"),
    ('％', "%"),
    ('【', "["),
    ('】', "]"),
    ('‘', "'"),
    ('’', "'"),
    ('“', "'"),
    ('”', "'"),
];

/// Whether a name may hold this character, at another place than its start.
fn in_name(c: char) -> bool {
    c == '_' || c.is_ascii_alphanumeric() || (!c.is_ascii() && c.is_alphanumeric() && !('０'..='ｚ').contains(&c))
}

pub(super) fn words(src: &str) -> Result<Vec<Word>, RuleError> {
    let mut out = Vec::with_capacity(src.len() / 3 + 2);
    let mut at = 0;
    while let Some(c) = src[at..].chars().next() {
        let rest = &src[at..];
        let (token, len) = if c.is_whitespace() {
            at += c.len_utf8();
            continue;
        } else if c.is_ascii_digit() {
            number(src, at)?
        } else if in_name(c) {
            let len = rest.find(|c| !in_name(c)).unwrap_or(rest.len());
            (Token::Name(rest[..len].to_string()), len)
        } else if c == '\'' || c == '"' {
            string(src, at, c)?
        } else if let Some(sign) = SIGNS.iter().find(|s| rest.starts_with(**s)) {
            (Token::Sign(sign), sign.len())
        } else {
            return Err(unknown(c, rest, at));
        };
        out.push(Word { token, range: at..at + len });
        at += len;
    }
    out.push(Word { token: Token::End, range: src.len()..src.len() });
    Ok(out)
}

fn unknown(c: char, rest: &str, at: usize) -> RuleError {
    let range = at..at + c.len_utf8();
    if c == '=' {
        return RuleError::new(range, say!("相等要写两个等号", "equality is written with two signs")).help(say!("写作 `==`", "write `==`"));
    }
    if (c == '&' || c == '|') && !rest[1..].starts_with(c) {
        return RuleError::new(range, say!("`{c}` 要写两个", "`{c}` is written twice")).help(say!("写作 `{c}{c}`", "write `{c}{c}`"));
    }
    let shown = crate::text::safe(&c.to_string()).into_owned();
    let error = RuleError::new(range, say!("表达式里不能用“{shown}”", "`{shown}` has no place in an expression"));
    let wide = ('！'..='～').contains(&c).then(|| char::from_u32(c as u32 - 0xfee0)).flatten();
    match SLIPS.iter().find(|(slip, _)| *slip == c).map(|(_, sign)| sign.to_string()).or(wide.map(String::from)) {
        Some(sign) => error.help(say!("用半角符号：`{sign}`", "use the half-width sign: `{sign}`")),
        None => error,
    }
}

fn number(src: &str, at: usize) -> Result<(Token, usize), RuleError> {
    let rest = &src[at..];
    let digits = |s: &str| s.find(|c: char| !c.is_ascii_digit()).unwrap_or(s.len());
    let whole = digits(rest);
    let fraction = match rest[whole..].strip_prefix('.') {
        Some(tail) if digits(tail) > 0 => 1 + digits(tail),
        _ => 0,
    };
    let len = whole + fraction;
    let (text, range) = (&rest[..len], at..at + len);
    // 2020-09-04 without quotes would be read as a difference; nobody means that.
    let date = crate::rule::check::day(rest.get(..10).unwrap_or("")).is_some();
    if date {
        let day = &rest[..10];
        return Err(RuleError::new(at..at + 10, say!("日期要加引号", "a date needs quotes"))
            .help(say!("写作 date('{day}')", "write date('{day}')")));
    }
    if whole > 1 && rest.starts_with('0') {
        return Err(RuleError::new(range, say!("数字不能以 0 开头", "a number cannot start with 0"))
            .help(say!("日期写作 date('2020-09-04')", "a date is written date('2020-09-04')")));
    }
    if rest[len..].chars().next().is_some_and(in_name) {
        let tail = &rest[len..];
        let end = len + tail.find(|c| !in_name(c)).unwrap_or(tail.len());
        let word = &rest[..end];
        return Err(RuleError::new(at..at + end, say!("`{word}` 不是数字", "`{word}` is no number"))
            .help(say!("期间要加引号，如 '10wd'", "a period needs quotes, as in '10wd'")));
    }
    let token = if fraction > 0 { text.parse().ok().map(Token::Number) } else { text.parse().ok().map(Token::Int) };
    token.map(|t| (t, len)).ok_or_else(|| RuleError::new(range, say!("数字太大", "the number is too large")))
}

fn string(src: &str, at: usize, quote: char) -> Result<(Token, usize), RuleError> {
    let mut out = String::new();
    let mut chars = src[at + 1..].char_indices();
    while let Some((i, c)) = chars.next() {
        match c {
            c if c == quote => return Ok((Token::Text(out), i + 2)),
            '\\' => match chars.next() {
                Some((_, c @ ('\\' | '\'' | '"'))) => out.push(c),
                Some((_, 'n')) => out.push('\n'),
                Some((_, 't')) => out.push('\t'),
                other => {
                    let from = at + 1 + i;
                    let to = other.map_or(src.len(), |(j, c)| at + 1 + j + c.len_utf8());
                    let message = say!("引号里的 `\\` 后面只能是 \\ ' \" n t", "in quotes, `\\` goes before \\ ' \" n t only");
                    return Err(RuleError::new(from..to, message));
                }
            },
            c => out.push(c),
        }
    }
    let error = RuleError::new(at..src.len(), say!("引号没有结束", "the quote is not closed"));
    Err(error.help(say!("在文字末尾补上 {quote}", "put {quote} at the end of the text")))
}
