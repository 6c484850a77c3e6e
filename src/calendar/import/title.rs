//! What frames a notice: the title's year, the heads of its clauses, the festivals' names; knows no dates.

use super::super::suggest::chinese_number;
use super::has_day;
use super::normal::Normal;
use crate::say;
use crate::text::Text;
use std::ops::Range;

/// Where each numbered clause begins (its numeral), where its body begins, and its number.
pub(super) fn heads(normal: &Normal<'_>) -> Vec<(usize, usize, u32)> {
    let chars = &normal.chars;
    let mut heads = Vec::new();
    for i in 0..chars.len() {
        if i > 0 && !matches!(chars[i - 1], '\n' | '。' | '：') {
            continue;
        }
        for length in [1, 2] {
            if chars.get(i + length) == Some(&'、') {
                let numeral: String = chars[i..i + length].iter().collect();
                if let Some(n) = chinese_number(&numeral).filter(|n| *n > 0 && !numeral.contains('两')) {
                    heads.push((i, i + length + 1, n));
                }
            }
        }
    }
    heads
}

pub(super) fn title_year(normal: &Normal<'_>, end: usize) -> Result<i32, (Text, Option<Range<usize>>)> {
    let mut found: Vec<(i32, Range<usize>)> = Vec::new();
    let mut from = 0;
    while let Some(range) = normal.find("年部分节假日安排", from).filter(|r| r.start < end) {
        let mut start = range.start;
        while start > 0 && (normal.chars[start - 1].is_ascii_digit() || normal.chars[start - 1] == '\n') && range.start - start < 5 {
            start -= 1;
        }
        let digits: String = normal.chars[start..range.start].iter().filter(|c| c.is_ascii_digit()).collect();
        if digits.len() == 4 {
            found.push((digits.parse().unwrap_or(0), start..range.end));
        }
        from = range.end;
    }
    let Some((year, _)) = found.first().cloned() else {
        let amends = ["假期安排的通知", "春节假期的通知", "调休放假的通知"].iter().find_map(|w| normal.find(w, 0));
        return Err(match amends {
            Some(at) => (
                Text::new(
                    "这是对某个假期的调整通知，不是全年安排：请在 calendar/<年>.toml 中手工修改",
                    "this notice changes one holiday and does not arrange a year: edit calendar/<year>.toml by hand",
                ),
                Some(at),
            ),
            None => (
                Text::new(
                    "没有找到标题“关于……年部分节假日安排的通知”，无法确定年份",
                    "the title \"关于…年部分节假日安排的通知\" was not found, so the year is unknown",
                ),
                None,
            ),
        });
    };
    if let Some((other, range)) = found.iter().find(|(y, _)| *y != year) {
        return Err((say!("文中有两个标题年份：{year}和{other}", "the text has two titles, for {year} and {other}"), Some(range.clone())));
    }
    if !(2000..=9998).contains(&year) {
        return Err((say!("标题年份{year}不合理", "the title's year {year} makes no sense"), Some(found[0].1.clone())));
    }
    Ok(year)
}

/// The festival's usual name; `None` if there is none.
pub(super) fn festival(printed: &str) -> Option<String> {
    let plain: String = printed.chars().filter(|c| !matches!(c, '“' | '”' | '‘' | '’' | '"' | '\'' | '「' | '」' | '\n')).collect();
    if plain.is_empty() || plain.chars().count() > 30 || has_day(&plain) {
        return None;
    }
    let names: Vec<&str> = plain
        .split(['、', '和'])
        .map(|name| match name {
            "五一" | "五一国际劳动节" | "国际劳动节" | "五一劳动节" => "劳动节",
            "十一" | "十一国庆节" => "国庆节",
            "新年" | "元旦节" => "元旦",
            "清明" => "清明节",
            "端午" => "端午节",
            "中秋" => "中秋节",
            other => other,
        })
        .collect();
    names.iter().all(|n| !n.is_empty()).then(|| names.join("、"))
}
