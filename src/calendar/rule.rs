//! How a period is written (`+10wd`, `-5wd`, `+30d`, `+2m`, `+1y`, `+hm`, `+12h`, `0d`, chains with commas); knows no dates.

use super::suggest::suggest;
use crate::say;
use crate::text::Text;
use std::fmt;
use std::ops::Range;

/// What a step counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// 工作日.
    WorkingDay,
    /// 日.
    Day,
    /// 半个月: fifteen days each.
    HalfMonth,
    /// 月.
    Month,
    /// 年.
    Year,
    /// 小时, counted from the given time.
    Hour,
}

/// One step of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Step {
    /// How many, negative for backwards.
    pub n: i32,
    /// Of what.
    pub unit: Unit,
    /// Where it stands in the rule as written, in bytes.
    pub range: Range<usize>,
}

/// A period as written: one step or several, each counted from the result of the one before.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Rule {
    steps: Vec<Step>,
}

/// What is wrong with a rule, where in it, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError {
    /// What is wrong.
    pub message: Text,
    /// Byte range in the rule as written.
    pub range: Range<usize>,
    /// A rule that would be read.
    pub suggestion: Option<String>,
}

/// The most working days one rule may count, all steps together; more than eighty years.
pub const MAX_WORKING_DAYS: i32 = 20_000;
const MAX_STEPS: usize = 16;
const MAX_LENGTH: usize = 200;

impl Rule {
    /// Reads a rule. Spaces around a comma are allowed, nothing else is guessed: an error says what was probably meant.
    pub fn parse(text: &str) -> Result<Rule, RuleError> {
        let fail = |message: Text, range: Range<usize>| RuleError { message, range, suggestion: suggest(text, |s| Rule::parse(s).is_ok()) };
        if text.len() > MAX_LENGTH {
            return Err(fail(
                say!("期限规则过长（上限{MAX_LENGTH}字节）", "the rule is too long (at most {MAX_LENGTH} bytes)"),
                0..text.len(),
            ));
        }
        if text.trim().is_empty() {
            let message = say!("期限规则为空，应写作 +10wd、+2m、-5wd 等", "the rule is empty; write +10wd, +2m, -5wd or the like");
            return Err(fail(message, 0..text.len()));
        }
        let mut steps: Vec<Step> = Vec::new();
        let mut at = 0;
        for part in text.split(',') {
            let lead = part.len() - part.trim_start_matches([' ', '\t']).len();
            let range = at + lead..at + lead + part.trim_matches([' ', '\t']).len();
            at += part.len() + 1;
            let step = parse_step(&text[range.clone()], range.clone()).map_err(|(message, r)| fail(message, r))?;
            if steps.len() == MAX_STEPS {
                let message = say!("一条规则最多{MAX_STEPS}步", "a rule has at most {MAX_STEPS} steps");
                return Err(fail(message, range));
            }
            steps.push(step);
            let total: i32 = steps.iter().filter(|s| s.unit == Unit::WorkingDay).map(|s| s.n.abs()).sum();
            if total > MAX_WORKING_DAYS {
                return Err(RuleError { message: too_many(), range, suggestion: None });
            }
        }
        Ok(Rule { steps })
    }

    /// The steps, in order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Whether working days are counted anywhere in it.
    pub fn counts_working_days(&self) -> bool {
        self.steps.iter().any(|s| s.unit == Unit::WorkingDay)
    }

    /// The rule in words: `10个工作日`, `提前5个工作日`, `2个月再半个月`.
    pub fn describe(&self) -> Text {
        let parts: Vec<Text> = self.steps.iter().map(Step::describe).collect();
        let zh: Vec<&str> = parts.iter().map(|t| t.zh.as_ref()).collect();
        let en: Vec<&str> = parts.iter().map(|t| t.en.as_ref()).collect();
        Text::new(zh.join("，再"), en.join(", then "))
    }
}

impl Step {
    fn describe(&self) -> Text {
        let n = self.n.unsigned_abs();
        let plural = if n == 1 { "" } else { "s" };
        let length = match self.unit {
            Unit::Day if n == 0 => return Text::new("当日", "the same day"),
            Unit::WorkingDay => say!("{n}个工作日", "{n} working day{plural}"),
            Unit::Day => say!("{n}日", "{n} day{plural}"),
            Unit::HalfMonth => Text::new("半个月（15日）", "half a month (15 days)"),
            Unit::Month => say!("{n}个月", "{n} month{plural}"),
            Unit::Year => say!("{n}年", "{n} year{plural}"),
            Unit::Hour => say!("{n}小时", "{n} hour{plural}"),
        };
        let (zh, en) = (&length.zh, &length.en);
        if self.n < 0 { say!("提前{zh}", "{en} before") } else { say!("{zh}", "{en} after") }
    }
}

fn too_many() -> Text {
    say!(
        "工作日数过大，一条规则合计不超过{MAX_WORKING_DAYS}个工作日",
        "too many working days: a rule counts at most {MAX_WORKING_DAYS} in all"
    )
}

fn parse_step(text: &str, range: Range<usize>) -> Result<Step, (Text, Range<usize>)> {
    let shown: String = crate::text::safe(text).chars().take(30).collect();
    let start = range.start;
    let whole = range.clone();
    if text.is_empty() {
        return Err((say!("逗号前后缺少一步", "a step is missing beside the comma"), whole));
    }
    let (sign, body) = match text.as_bytes()[0] {
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => (0, text),
    };
    if body == "hm" && sign != 0 {
        return Ok(Step { n: sign, unit: Unit::HalfMonth, range });
    }
    let digits = body.bytes().take_while(u8::is_ascii_digit).count();
    let tail = text.len() - body.len() + digits;
    if digits == 0 {
        let message = say!(
            "“{shown}”不是期限，应写作 +10wd、-5wd、+30d、+2m、+1y、+hm",
            "\"{shown}\" is no period; write +10wd, -5wd, +30d, +2m, +1y or +hm"
        );
        return Err((message, whole));
    }
    let unit = match &body[digits..] {
        "wd" => Unit::WorkingDay,
        "d" => Unit::Day,
        "m" => Unit::Month,
        "y" => Unit::Year,
        "h" => Unit::Hour,
        "" => {
            let number = &body[..digits.min(12)];
            let sign = if sign < 0 { "-" } else { "+" };
            let message = say!(
                "“{shown}”缺少单位：{sign}{number}wd 为工作日，{sign}{number}d 为日，{sign}{number}m 为月",
                "\"{shown}\" lacks a unit: {sign}{number}wd for working days, {sign}{number}d for days, {sign}{number}m for months"
            );
            return Err((message, whole));
        }
        other => {
            let other: String = crate::text::safe(other).chars().take(20).collect();
            let message = say!(
                "不认识的单位“{other}”，可用 wd（工作日）、d（日）、m（月）、y（年）、hm（半个月）、h（小时）",
                "unknown unit \"{other}\"; use wd (working days), d (days), m (months), y (years), hm (half a month) or h (hours)"
            );
            return Err((message, start + tail..whole.end));
        }
    };
    let n: i32 = match body[..digits].parse::<i32>() {
        Ok(n) if n <= 99_999_999 => n,
        _ if unit == Unit::WorkingDay => return Err((too_many(), whole)),
        _ => return Err((say!("数字过大：“{shown}”", "the number is too large: \"{shown}\""), whole)),
    };
    if sign == 0 && n != 0 {
        let message = say!("“{shown}”缺少正负号：之后写 +，提前写 -", "\"{shown}\" lacks a sign: + for after, - for before");
        return Err((message, whole));
    }
    if n == 0 && unit != Unit::Day {
        return Err((say!("“{shown}”没有长度；当日写作 0d", "\"{shown}\" has no length; write 0d for the same day"), whole));
    }
    Ok(Step { n: if sign < 0 { -n } else { n }, unit, range })
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, step) in self.steps.iter().enumerate() {
            if i > 0 {
                f.write_str(",")?;
            }
            let unit = match step.unit {
                Unit::WorkingDay => "wd",
                Unit::Day if step.n == 0 => {
                    f.write_str("0d")?;
                    continue;
                }
                Unit::Day => "d",
                Unit::HalfMonth => {
                    f.write_str(if step.n < 0 { "-hm" } else { "+hm" })?;
                    continue;
                }
                Unit::Month => "m",
                Unit::Year => "y",
                Unit::Hour => "h",
            };
            write!(f, "{:+}{unit}", step.n)?;
        }
        Ok(())
    }
}

impl std::str::FromStr for Rule {
    type Err = RuleError;
    fn from_str(s: &str) -> Result<Rule, RuleError> {
        Rule::parse(s)
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} / {}", self.message.zh, self.message.en)
    }
}

impl std::error::Error for RuleError {}

impl serde::Serialize for Rule {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Rule {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Rule, D::Error> {
        let text = <std::borrow::Cow<'_, str>>::deserialize(d)?;
        Rule::parse(&text).map_err(serde::de::Error::custom)
    }
}
