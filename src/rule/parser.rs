//! The grammar of `docs/rules.md`: from words to a tree; knows no meaning.

use super::ast::{Ast, Node};
use super::error::RuleError;
use super::lexer::{Token, Word, words};
use crate::say;
use std::ops::Range;

/// How deep expressions may stand in one another; everything that walks a tree relies on it.
const MAX_DEPTH: u16 = 64;

/// The longest expression, in bytes.
const MAX_LENGTH: usize = 16 * 1024;

const COMPARISONS: [&str; 6] = ["==", "!=", "<=", ">=", "<", ">"];

pub(super) fn parse(src: &str) -> Result<Ast, RuleError> {
    if src.len() > MAX_LENGTH {
        let n = src.len();
        return Err(RuleError::new(
            0..src.len(),
            say!("表达式有 {n} 字节，上限为 {MAX_LENGTH}", "the expression has {n} bytes; {MAX_LENGTH} are allowed"),
        ));
    }
    let mut parser = Parser { src, words: words(src)?, at: 0, depth: 0 };
    if parser.peek() == &Token::End {
        return Err(RuleError::new(0..src.len(), say!("表达式是空的", "the expression is empty")));
    }
    let out = parser.expr()?;
    match parser.peek() {
        Token::End => Ok(out),
        _ => Err(parser.unexpected(say!("这里应当结束", "the expression should end here"))),
    }
}

struct Parser<'s> {
    src: &'s str,
    words: Vec<Word>,
    at: usize,
    depth: u16,
}

impl Parser<'_> {
    fn peek(&self) -> &Token {
        &self.words[self.at].token
    }

    fn range(&self) -> Range<usize> {
        self.words[self.at].range.clone()
    }

    /// Where the last word ended.
    fn end(&self) -> usize {
        self.at.checked_sub(1).map_or(0, |i| self.words[i].range.end)
    }

    fn bump(&mut self) -> Range<usize> {
        let range = self.range();
        if self.at + 1 < self.words.len() {
            self.at += 1;
        }
        range
    }

    fn is(&self, sign: &str) -> bool {
        matches!(self.peek(), Token::Sign(s) if *s == sign)
    }

    fn eat(&mut self, sign: &str) -> bool {
        let found = self.is(sign);
        if found {
            self.bump();
        }
        found
    }

    fn unexpected(&self, wanted: crate::text::Text) -> RuleError {
        let range = self.range();
        let found = &self.src[range.clone()];
        let (zh, en) = (wanted.zh, wanted.en);
        let message = match self.peek() {
            Token::End => say!("表达式没有写完：{zh}", "the expression stops too early: {en}"),
            _ => say!("多出了 `{found}`：{zh}", "`{found}` is unexpected: {en}"),
        };
        let sign = match found {
            "and" | "AND" | "且" | "并且" => Some("&&"),
            "or" | "OR" | "或" | "或者" => Some("||"),
            "not" | "NOT" | "非" => Some("!"),
            "is" | "等于" => Some("=="),
            _ => None,
        };
        let help = match (self.peek(), sign) {
            (_, Some(s)) => say!("写作 `{s}`", "write `{s}`"),
            (Token::End, None) => say!("把后面补全", "complete it"),
            (_, None) => say!("删去它；两个条件之间写 `&&` 或 `||`", "take it out; between two conditions write `&&` or `||`"),
        };
        RuleError::new(range, message).help(help)
    }

    /// The same where a value is wanted.
    fn no_value(&self) -> RuleError {
        let error = self.unexpected(say!("这里应有一个值", "a value should stand here"));
        match self.peek() {
            Token::End => {
                error.help(say!("补上要比的值，如 3、'文字'、it.字段", "add what it is compared with, as in 3, 'text', it.field"))
            }
            _ => error,
        }
    }

    fn node(&self, node: Node, range: Range<usize>, below: u16) -> Result<Ast, RuleError> {
        if below >= MAX_DEPTH {
            return Err(too_deep(range));
        }
        Ok(Ast { node, range, depth: below + 1 })
    }

    fn expr(&mut self) -> Result<Ast, RuleError> {
        if self.depth >= MAX_DEPTH {
            return Err(too_deep(self.range()));
        }
        self.depth += 1;
        let out = self.choice();
        self.depth -= 1;
        out
    }

    fn choice(&mut self) -> Result<Ast, RuleError> {
        let test = self.chain("||")?;
        if !self.eat("?") {
            return Ok(test);
        }
        let yes = self.expr()?;
        if !self.eat(":") {
            return Err(self.unexpected(say!("`?` 之后要有 `:`", "`?` needs a `:`")));
        }
        let no = self.expr()?;
        let (range, below) = (test.range.start..no.range.end, test.depth.max(yes.depth).max(no.depth));
        self.node(Node::If(Box::new((test, yes, no))), range, below)
    }

    /// `a || b || c` or `a && b && c`: one node however long, so that a long chain is not a deep tree.
    fn chain(&mut self, sign: &'static str) -> Result<Ast, RuleError> {
        let next = |p: &mut Self| if sign == "||" { p.chain("&&") } else { p.relation() };
        let first = next(self)?;
        if !self.is(sign) {
            return Ok(first);
        }
        let mut all = vec![first];
        while self.eat(sign) {
            all.push(next(self)?);
        }
        let below = all.iter().map(|a| a.depth).max().unwrap_or(0);
        let range = all[0].range.start..all[all.len() - 1].range.end;
        self.node(if sign == "||" { Node::Or(all) } else { Node::And(all) }, range, below)
    }

    fn comparison(&self) -> Option<&'static str> {
        match self.peek() {
            Token::Sign(s) => COMPARISONS.iter().find(|c| *c == s).copied(),
            Token::Name(n) if n == "in" => Some("in"),
            _ => None,
        }
    }

    fn relation(&mut self) -> Result<Ast, RuleError> {
        let left = self.sum()?;
        let Some(sign) = self.comparison() else { return Ok(left) };
        let at = self.bump();
        let right = self.sum()?;
        let out = self.pair(sign, at, left, right)?;
        if self.comparison().is_some() {
            return Err(self
                .unexpected(say!("比较不能连写", "comparisons cannot be chained"))
                .help(say!("写作 a <= b && b <= c", "write a <= b && b <= c")));
        }
        Ok(out)
    }

    fn pair(&self, sign: &'static str, at: Range<usize>, left: Ast, right: Ast) -> Result<Ast, RuleError> {
        let (range, below) = (left.range.start..right.range.end, left.depth.max(right.depth));
        self.node(Node::Pair(sign, at, Box::new((left, right))), range, below)
    }

    fn sum(&mut self) -> Result<Ast, RuleError> {
        let mut left = self.term()?;
        while let Some(sign) = self.one_of(&["+", "-"]) {
            let at = self.bump();
            let right = self.term()?;
            left = self.pair(sign, at, left, right)?;
        }
        Ok(left)
    }

    fn term(&mut self) -> Result<Ast, RuleError> {
        let mut left = self.unary()?;
        while let Some(sign) = self.one_of(&["*", "/", "%"]) {
            let at = self.bump();
            let right = self.unary()?;
            left = self.pair(sign, at, left, right)?;
        }
        Ok(left)
    }

    fn one_of(&self, signs: &[&'static str]) -> Option<&'static str> {
        signs.iter().find(|s| self.is(s)).copied()
    }

    fn unary(&mut self) -> Result<Ast, RuleError> {
        let start = self.range().start;
        let not = self.is("!");
        if !not && !self.is("-") {
            return self.member();
        }
        self.bump();
        let inner = self.member()?;
        let (range, below) = (start..inner.range.end, inner.depth);
        let inner = Box::new(inner);
        self.node(if not { Node::Not(inner) } else { Node::Neg(inner) }, range, below)
    }

    fn member(&mut self) -> Result<Ast, RuleError> {
        let mut out = self.primary()?;
        loop {
            let start = out.range.start;
            if self.eat(".") {
                let at = self.range();
                let Token::Name(name) = self.peek().clone() else {
                    return Err(self.unexpected(say!("`.` 之后要有名称", "a name should follow `.`")));
                };
                self.bump();
                let below = out.depth;
                out = if self.is("(") {
                    let args = self.args()?;
                    let below = args.iter().map(|a| a.depth).fold(below, u16::max);
                    self.node(Node::Call(Some(Box::new(out)), name, at, args), start..self.end(), below)?
                } else {
                    self.node(Node::Member(Box::new(out), name, at), start..self.end(), below)?
                };
            } else if self.is("[") {
                self.bump();
                let index = self.expr()?;
                self.close("]")?;
                let below = out.depth.max(index.depth);
                out = self.node(Node::Index(Box::new(out), Box::new(index)), start..self.end(), below)?;
            } else {
                return Ok(out);
            }
        }
    }

    fn close(&mut self, sign: &str) -> Result<(), RuleError> {
        if self.eat(sign) {
            return Ok(());
        }
        let error = self.unexpected(say!("这里应有 `{sign}`", "`{sign}` should stand here"));
        Err(match self.peek() {
            Token::End => error.help(say!("补上 `{sign}`", "add `{sign}`")),
            _ => error,
        })
    }

    /// What stands in brackets, from the opening to the closing one.
    fn args(&mut self) -> Result<Vec<Ast>, RuleError> {
        self.bump();
        self.items(")")
    }

    fn items(&mut self, end: &str) -> Result<Vec<Ast>, RuleError> {
        let mut out = Vec::new();
        if self.eat(end) {
            return Ok(out);
        }
        loop {
            out.push(self.expr()?);
            if !self.eat(",") {
                self.close(end)?;
                return Ok(out);
            }
        }
    }

    fn primary(&mut self) -> Result<Ast, RuleError> {
        let range = self.range();
        let node = match self.peek().clone() {
            Token::Int(n) => Node::Int(n),
            Token::Number(n) => Node::Number(n),
            Token::Text(s) => Node::Text(s),
            Token::Name(name) => match name.as_str() {
                "true" => Node::Bool(true),
                "false" => Node::Bool(false),
                "null" => Node::Null,
                "in" => return Err(self.no_value()),
                _ => {
                    self.bump();
                    if self.is("(") {
                        let args = self.args()?;
                        let below = args.iter().map(|a| a.depth).max().unwrap_or(0);
                        return self.node(Node::Call(None, name, range.clone(), args), range.start..self.end(), below);
                    }
                    return self.node(Node::Name(name), range, 0);
                }
            },
            Token::Sign("[") => {
                self.bump();
                let items = self.items("]")?;
                let below = items.iter().map(|a| a.depth).max().unwrap_or(0);
                return self.node(Node::List(items), range.start..self.end(), below);
            }
            Token::Sign("(") => {
                self.bump();
                let mut inner = self.expr()?;
                self.close(")")?;
                inner.range = range.start..self.end();
                return Ok(inner);
            }
            _ => return Err(self.no_value()),
        };
        self.bump();
        self.node(node, range, 0)
    }
}

fn too_deep(range: Range<usize>) -> RuleError {
    RuleError::new(range, say!("表达式嵌套过深（上限 {MAX_DEPTH} 层）", "the expression is nested too deep (at most {MAX_DEPTH} levels)"))
}
