//! Layers of a calendar from files: which day each decides, and what is wrong in one.

use super::d;
use crate::calendar::layer::read;
use crate::calendar::{Anchor, Calendar, Layer, Rule, due, import};

fn load(files: &[(&str, &str)]) -> (Calendar, Vec<crate::finding::Finding>) {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    Calendar::load(dir.path(), "calendar/")
}

const LOCAL: &str = "holidays = [{ name = \"州庆\", from = 2026-07-20, to = 2026-07-21 }, 2026-09-20]\n\
    workdays = [2026-07-18, { date = 2026-10-07, weekday_ok = true, name = \"提前上班\" }]\n";

#[test]
fn no_folder_is_no_layer() {
    let (calendar, findings) = Calendar::load(std::path::Path::new("/nonexistent/calendar"), "calendar/");
    assert!(findings.is_empty());
    assert_eq!(calendar.settled_through(), Some(d("2026-12-28")));
}

#[test]
fn the_later_layer_decides_day_by_day() {
    let (calendar, findings) = load(&[("local.toml", LOCAL), ("readme.txt", "nothing")]);
    assert!(findings.is_empty(), "{findings:?}");
    assert!(!calendar.is_working(d("2026-07-20")) && calendar.is_working(d("2026-07-18")));
    assert!(!calendar.is_working(d("2026-09-20")), "a national make-up day taken back");
    assert!(calendar.is_working(d("2026-10-07")) && !calendar.is_working(d("2026-10-06")));
    let day = calendar.day(d("2026-07-20"));
    assert_eq!((day.layer, day.name.as_deref(), day.settled), (Some(Layer::Local), Some("州庆"), true));
    assert!(day.why.zh.contains("calendar/local.toml"), "{}", day.why.zh);
    assert!(calendar.day(d("2026-10-07")).why.zh.contains("照常上班"));
    let table = calendar.year_table(2026);
    assert!(table.workdays.iter().any(|w| w.date == d("2026-10-07") && !w.weekend && w.name.as_deref() == Some("提前上班")));
}

#[test]
fn a_complete_year_takes_the_place_of_a_provisional_one() {
    let year = "year = 2027\nnotice = \"国务院办公厅关于2027年部分节假日安排的通知\"\nholidays = [{ name = \"元旦\", from = 2026-12-31, to = 2027-01-02 }]\nworkdays = [2027-01-09]\n";
    let (calendar, findings) = load(&[("2027.toml", year)]);
    assert!(findings.is_empty(), "{findings:?}");
    assert_eq!(calendar.settled_through(), Some(d("2027-12-28")));
    assert!(calendar.is_working(d("2027-02-08")), "the statute's assumption is gone");
    assert!(!calendar.is_working(d("2026-12-31")));
    assert!(calendar.next_year_missing(d("2026-11-01")).is_none());
    let end = due(&calendar, Anchor::day(d("2026-12-25")), &Rule::parse("+5wd").unwrap(), None).unwrap();
    assert!(end.settled);
    let table = calendar.year_table(2027);
    assert_eq!((table.sources.len(), table.complete, table.sources[0].layer), (1, true, Layer::Casebook));
    // Without a notice's name the same days only lie on top, and settle nothing.
    let (calendar, _) = load(&[("2027.toml", "year = 2027\nworkdays = [2027-01-09]\n")]);
    assert!(calendar.is_working(d("2027-01-09")) && !calendar.is_working(d("2027-02-08")));
    assert_eq!(calendar.settled_through(), Some(d("2026-12-28")));
}

#[test]
fn local_files_come_after_years() {
    let year = "year = 2026\nholidays = [2026-07-20]\n";
    let local = "workdays = [{ date = 2026-07-20, weekday_ok = true }]\n";
    let (calendar, _) = load(&[("2026.toml", year), ("0-local.toml", local)]);
    assert!(calendar.is_working(d("2026-07-20")));
}

#[test]
fn what_is_wrong_has_a_place() {
    for (text, code, at) in [
        ("holidays = [2026-07-18]\nworkdays = [2026-07-18]\n", "calendar-conflict", "2026-07-18]\n"),
        ("workdays = [2026-07-20]\n", "calendar-workday", "2026-07-20"),
        ("holidays = [{ from = 2026-07-20, to = 2026-07-19 }]\n", "calendar-range", "{ from = 2026-07-20, to = 2026-07-19 }"),
        ("holidays = [{ from = 1026-07-20, to = 2026-07-19 }]\n", "calendar-range", "{ from"),
        ("holiday = [2026-07-20]\n", "calendar-unknown-key", "holiday"),
        ("holidays = [{ from = 2026-07-20, till = 2026-07-21 }]\n", "calendar-unknown-key", "till"),
        ("holidays = [\"2026-07-20\"]\n", "calendar-value", "\"2026-07-20\""),
        ("holidays = 2026-07-20\n", "calendar-value", "2026-07-20"),
        ("holidays = [{ name = \"州庆\" }]\n", "calendar-value", "{ name"),
        ("holidays = [2026-02-30]\n", "calendar-syntax", ""),
        ("year = 2026\nholidays = [2027-07-20]\n", "calendar-year", "2027-07-20"),
        ("year = \"2026\"\n", "calendar-value", "\"2026\""),
        ("[[year]]\nyear = 2026\n[[year]]\nyear = 2026\n", "calendar-year", "2026"),
        ("holidays = [2026-07-20\n", "calendar-syntax", ""),
        ("holidays = [“2026-07-20”]\n", "calendar-syntax", ""),
        ("year = [1]\n", "calendar-value", "1"),
        ("complete = 1\n", "calendar-value", "1"),
    ] {
        for (bom, skip) in [("", 0), ("\u{feff}", 3)] {
            let text = format!("{bom}{text}");
            let (blocks, findings) = read(&text, "calendar/x.toml");
            assert!(blocks.is_empty(), "{text}: a file with an error is left out");
            let finding = findings.iter().find(|f| f.code == code).unwrap_or_else(|| panic!("{text}: {findings:?}"));
            let (start, end) = finding.place.range.expect("a range");
            assert!(text.get(start..end).is_some() && start >= skip, "{text}");
            assert!(at.is_empty() || text[start..].starts_with(at), "{text}: {}", &text[start..]);
            assert!(finding.message.zh.chars().any(|c| c > '\u{4e00}') && finding.help.is_some());
        }
    }
    let (_, findings) = read("holidays = [“2026-07-20”]\n", "calendar/x.toml");
    assert!(findings[0].message.zh.contains('“'), "{}", findings[0].message.zh);
}

#[test]
fn a_broken_file_stops_nothing() {
    let (calendar, findings) = load(&[("2028.toml", "year = 2027\n"), ("a.toml", "x ="), ("b.toml", LOCAL)]);
    let files: Vec<&str> = findings.iter().map(|f| f.place.file.as_str()).collect();
    assert_eq!(files, ["calendar/2028.toml", "calendar/a.toml"]);
    assert!(!calendar.is_working(d("2026-07-20")));
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("gbk.toml"), b"# \xd6\xdd\xc7\xec\n").unwrap();
    std::fs::create_dir(dir.path().join("folder.toml")).unwrap();
    let (_, findings) = Calendar::load(dir.path(), "calendar/");
    assert_eq!(findings.iter().filter(|f| f.code == "calendar-unreadable").count(), 2);
}

#[test]
fn an_imported_year_reads_back_from_its_file() {
    let text = std::fs::read_to_string(super::notices::folder().join("2024.txt")).unwrap();
    let year = import::parse(&text).unwrap();
    let (calendar, findings) = load(&[("2024.toml", &import::to_toml(&year))]);
    assert!(findings.is_empty(), "{findings:?}");
    let (builtin, with) = (Calendar::builtin(), Calendar::builtin().with_year(&year, "calendar/2024.toml"));
    for date in d("2023-12-01").iter_days().take(400) {
        assert_eq!(calendar.is_working(date), builtin.is_working(date), "{date}");
        assert_eq!(calendar.day(date), with.day(date));
    }
    assert_eq!(calendar.day(d("2024-02-12")).layer, Some(Layer::Casebook));
}
