//! Printed notices give the built-in years; every way of being wrong is an error.

use super::d;
use crate::calendar::Calendar;
use crate::calendar::import::{Year, parse};
use chrono::{Datelike, NaiveDate};
use std::path::PathBuf;

pub(super) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/notices")
}

fn read(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// The built-in year as days: name and range of the days off, and the worked days.
fn builtin(year: i32) -> (Vec<(String, NaiveDate, NaiveDate)>, Vec<NaiveDate>) {
    let table = Calendar::builtin().year_table(year);
    let own = |source: usize| table.sources[source].year == Some(year);
    let holidays = table.holidays.iter().filter(|h| own(h.source)).map(|h| (h.name.clone(), h.from, h.to)).collect();
    (holidays, table.workdays.iter().filter(|w| own(w.source)).map(|w| w.date).collect())
}

fn days(year: &Year) -> (Vec<(String, NaiveDate, NaiveDate)>, Vec<NaiveDate>) {
    (year.holidays.iter().map(|h| (h.name.clone(), h.from, h.to)).collect(), year.workdays.clone())
}

#[test]
fn printed_notices_give_the_built_in_years() {
    for year in [2007, 2008, 2009, 2010, 2012, 2015, 2021, 2023, 2024, 2025, 2026] {
        let read = parse(&read(&format!("{year}.txt"))).unwrap_or_else(|e| panic!("{year}: {e:#?}"));
        let (mut holidays, mut workdays) = builtin(year);
        if year == 2015 {
            // The notice of May 2015 added these; the one of December 2014 does not know them.
            holidays.retain(|(_, from, _)| *from != d("2015-09-03"));
            workdays.retain(|day| *day != d("2015-09-06"));
        }
        assert_eq!(days(&read), (holidays, workdays), "{year}");
        let source = Calendar::builtin().sources().iter().find(|s| s.year == Some(year)).cloned().unwrap();
        assert_eq!((read.number.as_deref(), read.title.as_str()), (Some(source.number.as_ref()), source.title.as_ref()));
        assert_eq!(read.issued.or(source.issued), source.issued, "{year}");
        assert_eq!(read.issued.is_none(), year == 2009, "{year}");
    }
    assert_eq!(parse(&read("2024.txt")).unwrap().advice.len(), 1);
}

/// Every built-in year as it would be printed today, in several spellings, reads back as it is.
#[test]
fn every_year_survives_printing() {
    for year in 2007..=2026 {
        let (holidays, workdays) = builtin(year);
        let text = print(year, &holidays, &workdays);
        let wrapped: String =
            text.chars().enumerate().flat_map(|(i, c)| if i % 37 == 36 && c != '、' { vec!['\r', '\n', c] } else { vec![c] }).collect();
        let wide: String = text.chars().map(|c| char::from_u32(c as u32 + 0xfee0).filter(|_| c.is_ascii_digit()).unwrap_or(c)).collect();
        for text in [
            &text,
            &wrapped,
            &wide,
            &text.replace('至', "—"),
            &text.replace('（', "(").replace('）', ")").replace('：', ":").replace('，', ","),
        ] {
            let read = parse(text).unwrap_or_else(|e| panic!("{year}: {e:#?}\n{text}"));
            assert_eq!(days(&read), (holidays.clone(), workdays.clone()), "{year}");
        }
    }
}

fn print(year: i32, holidays: &[(String, NaiveDate, NaiveDate)], workdays: &[NaiveDate]) -> String {
    let week = |d: NaiveDate| ["一", "二", "三", "四", "五", "六", "日"][d.weekday().num_days_from_monday() as usize];
    let day = |d: NaiveDate| {
        let year = if d.year() == year { String::new() } else { format!("{}年", d.year()) };
        format!("{year}{}月{}日（周{}）", d.month(), d.day(), week(d))
    };
    let mut text = format!("国务院办公厅关于{year}年部分节假日安排的通知\n通知如下：\n");
    for (i, (name, from, to)) in holidays.iter().enumerate() {
        let numeral = ["一", "二", "三", "四", "五", "六", "七", "八"][i];
        let count = (*to - *from).num_days() + 1;
        let until = if from == to {
            String::new()
        } else {
            format!("至{}{}", if to.year() == year && from.year() != year { format!("{year}年") } else { String::new() }, day(*to))
        };
        text.push_str(&format!("{numeral}、{name}：{}{until}放假调休，共{count}天。", day(*from)));
        let nearest = |w: &NaiveDate| {
            holidays.iter().enumerate().min_by_key(|(_, h)| (h.1 - *w).num_days().abs().min((*w - h.2).num_days().abs())).map(|(i, _)| i)
        };
        let worked: Vec<String> = workdays.iter().filter(|w| nearest(w) == Some(i)).map(|w| day(*w)).collect();
        if !worked.is_empty() {
            text.push_str(&format!("{}上班。", worked.join("、")));
        }
        text.push('\n');
    }
    text
}

/// One file a way of being wrong: what the message says, and which words are quoted.
const BAD: &[(&str, &str, &str)] = &[
    ("amendment", "调整", "假期安排的通知"),
    ("bare-exchange", "两可", "5月9日（周六）调休"),
    ("both", "既放假又上班", ""),
    ("clause-missing", "条号不连续", "四、劳动节"),
    ("count", "共8天", "共8天"),
    ("cut", "缺少国庆节", ""),
    ("date-line", "落款日期", "2015年11月4日"),
    ("day-without-month", "没有月份", "1日（周四）至3日"),
    ("far", "距元旦假期过远", "一、元旦"),
    ("legal-outside", "不在本节假期之内", "4月7日(清明节)"),
    ("makeup-weekday", "不在周末", "5月8日（周五）上班"),
    ("moved-not-worked", "没有写明上班", "两个公休日"),
    ("moved-number", "个数不一致", "两个公休日"),
    ("no-clauses", "没有找到", ""),
    ("no-name", "没有节日名称", "四、5月1日"),
    ("no-such-day", "没有2026年2月30日", "2月30日上班"),
    ("no-title", "标题", ""),
    ("no-weekday-of-that-name", "周八", "5月9日（周八）上班"),
    ("not-by-weekend", "不与周末相连", "与周末连休"),
    ("nothing-off", "没有写明哪几天放假", "5月9日（周六）上班"),
    ("number-year", "文号年份2019", "〔2019〕7号"),
    ("open-bracket", "括号", "5月9日（周六上班"),
    ("outside", "分条安排之外", "10月11日（周日）上班"),
    ("overlap", "既属于", ""),
    ("reversed", "颠倒", "4月6日（周一）至4日"),
    ("twice", "出现两次", "六、端午节"),
    ("two-titles", "两个标题年份", "2025年部分节假日安排"),
    ("unread", "无法识别", "5月9日（周六）视情上班"),
    ("weekday", "2026-01-04是星期日", "1月4日（周六）上班"),
    ("year", "与标题年份2026不符", "2024年1月1日"),
];

#[test]
fn every_way_of_being_wrong_is_an_error() {
    let mut files: Vec<String> = std::fs::read_dir(folder().join("bad"))
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().trim_end_matches(".txt").to_string())
        .collect();
    files.sort();
    assert_eq!(files, BAD.iter().map(|b| b.0.to_string()).collect::<Vec<_>>(), "every file has its line here");
    assert_eq!(parse(&read("bad/clause-missing.txt")).unwrap_err().len(), 1, "one slip is reported once");
    for (name, message, quoted) in BAD {
        let text = read(&format!("bad/{name}.txt"));
        let errors = parse(&text).expect_err(name);
        let error = errors.iter().find(|e| e.message.zh.contains(message)).unwrap_or_else(|| panic!("{name}: {errors:#?}"));
        assert!(error.sentence.contains(quoted), "{name}: {error:#?}");
        let there = text.get(error.range.clone()).unwrap_or_else(|| panic!("{name}: {error:#?}"));
        assert!(there.contains(quoted) || quoted.is_empty(), "{name}: {there}");
        let finding = error.finding("通知.txt");
        assert!(finding.message.zh.contains(quoted) && finding.place.range.is_some());
    }
}

#[test]
fn odd_texts_are_refused_quickly() {
    for text in [
        "",
        "一、",
        "。",
        "一、元旦：",
        "一、元旦：1月",
        "国务院办公厅关于2026年部分节假日安排的通知\n一、元旦：99999999999999日放假。",
        "年部分节假日安排一、（（（（",
    ] {
        assert!(parse(text).is_err(), "{text}");
    }
    assert!(parse(&"一、".repeat(400_000)).is_err());
    let long = format!("国务院办公厅关于2026年部分节假日安排的通知\n一、元旦：{}放假。", "1月1日、".repeat(20_000));
    assert!(parse(&long).is_err());
    for unit in ["1月1日放假。", "1月1日放假，", "1月3日（周六）上班。", "1日。", "（", "\n一、元旦：1月1日放假。"]
    {
        let long = format!("国务院办公厅关于2026年部分节假日安排的通知\n一、元旦：{}", unit.repeat(250_000 / unit.len()));
        assert!(parse(&long).is_err());
    }
}

#[test]
fn what_an_import_would_change() {
    let builtin = Calendar::builtin();
    let year = parse(&read("2015.txt")).unwrap();
    // The notice as first printed lacks the days of September that the amendment added.
    let changes = builtin.changes(&builtin.with_year(&year, "calendar/2015.toml"));
    assert_eq!(changes, [d("2015-09-03"), d("2015-09-04"), d("2015-09-06")]);
    let year = parse(&read("2026.txt")).unwrap();
    assert!(builtin.changes(&builtin.with_year(&year, "calendar/2026.toml")).is_empty());
}
