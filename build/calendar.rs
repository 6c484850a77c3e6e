//! Turns the holiday notices into a sorted table of days; knows the file's form, not how periods are counted.

use std::fmt::Write as _;
use std::path::Path;

const SOURCE: &str = "templates/calendar/china-holidays.toml";

/// Writes `calendar_table.rs` into `out`. A file that contradicts itself stops the build.
pub fn generate(out: &Path) {
    println!("cargo::rerun-if-changed={SOURCE}");
    let text = std::fs::read_to_string(SOURCE).unwrap_or_else(|e| panic!("{SOURCE}: {e}"));
    let table: toml::Table = text.parse().unwrap_or_else(|e| panic!("{SOURCE}: {e}"));
    let mut names = vec!["调休上班".to_string()];
    let mut notices = String::new();
    let mut days: Vec<(i32, bool, usize, usize)> = Vec::new();
    for (source, block) in array(&table, "year").iter().enumerate() {
        let block = block.as_table().expect("[[year]] is a table");
        notice(&mut notices, block);
        for holiday in array(block, "holidays") {
            let holiday = holiday.as_table().expect("a holiday is a table");
            let (from, to) = (date(&holiday["from"]), date(&holiday["to"]));
            assert!(from <= to, "{SOURCE}: {holiday:?} ends before it begins");
            let name = holiday["name"].as_str().expect("a holiday has a name");
            let index = names.iter().position(|n| n == name).unwrap_or_else(|| {
                names.push(name.to_string());
                names.len() - 1
            });
            days.extend((from..=to).map(|day| (day, true, index, source)));
        }
        for day in array(block, "workdays") {
            let day = date(day);
            // Day 1 of the common era is a Monday, so Saturday leaves 6 and Sunday 0.
            assert!(matches!(day.rem_euclid(7), 6 | 0), "{SOURCE}: a make-up day ({day}) is not on a weekend");
            days.push((day, false, 0, source));
        }
    }
    days.sort_unstable();
    for pair in days.windows(2) {
        assert!(pair[0].0 < pair[1].0, "{SOURCE}: day {} is listed twice", pair[0].0);
    }
    let mut code = String::new();
    let _ = writeln!(code, "pub(super) const FROM: i32 = {};", date(&table["from"]));
    let _ = writeln!(code, "pub(super) const SETTLED_THROUGH: i32 = {};", date(&table["settled_through"]));
    let _ = writeln!(code, "pub(super) static NAMES: &[&str] = &{names:?};");
    let _ = writeln!(code, "pub(super) static NOTICES: &[BuiltinNotice] = &[{notices}];");
    let _ = writeln!(code, "pub(super) static DAYS: &[Mark] = &[");
    for (day, off, name, source) in days {
        let _ = writeln!(code, "Mark {{ day: {day}, off: {off}, name: {name}, source: {source} }},");
    }
    let _ = writeln!(code, "];");
    std::fs::write(out.join("calendar_table.rs"), code).expect("OUT_DIR can be written");
}

fn notice(code: &mut String, block: &toml::Table) {
    let text = |key: &str| block.get(key).and_then(|v| v.as_str()).unwrap_or("").to_string();
    let flag = |key: &str| block.get(key).and_then(|v| v.as_bool()).unwrap_or(false);
    let _ = writeln!(
        code,
        "BuiltinNotice {{ year: {}, complete: {}, provisional: {}, title: {:?}, number: {:?}, issued: {}, source: {:?}, gov: {:?}, statute: {:?}, amended: &[",
        block["year"].as_integer().expect("a block has a year"),
        flag("complete"),
        flag("provisional"),
        text("notice"),
        text("number"),
        block.get("issued").map_or(0, date),
        text("source"),
        text("gov"),
        text("statute"),
    );
    for amendment in array(block, "amended_by") {
        let text = |key: &str| amendment.get(key).and_then(|v| v.as_str()).unwrap_or("");
        let _ = write!(code, "({:?}, {:?}, {}),", text("notice"), text("number"), amendment.get("issued").map_or(0, date));
    }
    let _ = write!(code, "], superseded: &[");
    for sentence in array(block, "superseded") {
        let _ = write!(code, "{:?},", sentence.as_str().expect("a superseded sentence is text"));
    }
    let _ = writeln!(code, "] }},");
}

fn array<'a>(table: &'a toml::Table, key: &str) -> &'a [toml::Value] {
    table.get(key).and_then(|v| v.as_array()).map_or(&[], |a| a.as_slice())
}

/// A date as the number of days since the common era began, 0001-01-01 being 1.
fn date(value: &toml::Value) -> i32 {
    let date = value.as_datetime().and_then(|d| d.date).unwrap_or_else(|| panic!("{SOURCE}: {value:?} is not a date"));
    let (month, day) = (i32::from(date.month), i32::from(date.day));
    let leap = |y: i32| (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    let before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334][month as usize - 1];
    let year = i32::from(date.year);
    let past = year - 1;
    past * 365 + past / 4 - past / 100 + past / 400 + before + i32::from(month > 2 && leap(year)) + day
}
