//! Rules and anchors as they are written: what reads, what prints, what is suggested for a slip.

use crate::calendar::{Anchor, Rule};

#[test]
fn rules_read_and_print() {
    for rule in ["+10wd", "-5wd", "+30d", "-1d", "0d", "+2m", "+1y", "+hm", "-hm", "+12h", "+2m,+hm", "+20000wd"] {
        assert_eq!(Rule::parse(rule).unwrap().to_string(), rule);
    }
    assert_eq!(Rule::parse(" +2m , +hm ").unwrap().to_string(), "+2m,+hm");
    assert_eq!(Rule::parse("+0d").unwrap().to_string(), "0d");
    let json = serde_json::to_string(&Rule::parse("+2m,+hm").unwrap()).unwrap();
    assert_eq!(json, "\"+2m,+hm\"");
    assert_eq!(serde_json::from_str::<Rule>(&json).unwrap().to_string(), "+2m,+hm");
    assert_eq!(Rule::parse("+2m,-5wd").unwrap().describe().zh, "2个月，再提前5个工作日");
    assert_eq!(Rule::parse("-1d").unwrap().describe().en, "1 day before");
}

#[test]
fn slips_get_a_place_and_a_suggestion() {
    for (text, range, suggestion) in [
        ("10wd", 0..4, Some("+10wd")),
        ("10 工作日", 2..12, Some("+10wd")),
        ("10个工作日内", 2..17, Some("+10wd")),
        ("提前5个工作日", 0..19, Some("-5wd")),
        ("+10工作日", 3..12, Some("+10wd")),
        ("+10WD", 3..5, Some("+10wd")),
        ("+10", 0..3, None),
        ("+10x", 3..4, None),
        ("+10wd10", 3..7, None),
        ("+10 wd", 3..6, Some("+10wd")),
        ("\u{ff0b}\u{ff11}\u{ff10}\u{ff57}\u{ff44}", 0..15, Some("+10wd")),
        ("+1\u{ff10}wd", 2..7, Some("+10wd")),
        ("−5wd", 0..6, Some("-5wd")),
        ("within:2m", 0..9, Some("+2m")),
        ("+2m15d", 2..6, Some("+2m,+15d")),
        ("+2m\u{ff0c}+hm", 2..9, Some("+2m,+hm")),
        ("两个月", 0..9, Some("+2m")),
        ("半个月", 0..9, Some("+hm")),
        ("十五个工作日", 0..18, Some("+15wd")),
        ("30天", 2..5, Some("+30d")),
        ("+2w", 2..3, Some("+14d")),
        ("0wd", 0..3, Some("0d")),
        ("+0m", 0..3, None),
        ("+2m,,+1d", 4..4, Some("+2m,+1d")),
        ("+2m,", 4..4, Some("+2m")),
        ("hm", 0..2, Some("+hm")),
        ("", 0..0, None),
        ("   ", 0..3, None),
        ("+-5wd", 0..5, None),
        ("+1.5m", 2..5, None),
        ("+999999999wd", 0..12, None),
        ("+20001wd", 0..8, None),
        ("+15000wd,-15000wd", 9..17, None),
        ("+99999999999999999999999d", 0..25, None),
    ] {
        let error = Rule::parse(text).expect_err(text);
        assert_eq!((error.range.clone(), error.suggestion.as_deref()), (range, suggestion), "{text}: {}", error.message.zh);
        assert!(text.get(error.range.clone()).is_some(), "{text}: the range is on character borders");
        assert!(!error.message.zh.is_empty() && !error.message.en.is_empty());
    }
    let error = Rule::parse("+10").unwrap_err().message.zh;
    assert!(error.contains("缺少单位") && error.contains("+10wd"), "{error}");
    assert!(Rule::parse(&"+1d,".repeat(1000)).is_err());
    assert!(Rule::parse(&format!("+1d{}", ",+1d".repeat(16))).is_err());
}

#[test]
fn anchors_read_and_print() {
    for text in ["2025-08-22", "2025-08-22T12:00", "2025-08-22T23:59:59", "0001-01-01", "9999-12-31"] {
        assert_eq!(Anchor::parse(text).unwrap().to_string(), text);
    }
    assert_eq!(Anchor::parse("2025-08-22 12:00").unwrap().to_string(), "2025-08-22T12:00");
    for (text, suggestion) in [
        ("2025.8.22", Some("2025-08-22")),
        ("2025年8月22日", Some("2025-08-22")),
        ("２０２５－０８－２２", Some("2025-08-22")),
        ("2025年8月22日12时", Some("2025-08-22T12:00")),
        ("20250822", Some("2025-08-22")),
        ("2025-8-2", Some("2025-08-02")),
        ("2025-08-22T9:30", Some("2025-08-22T09:30")),
        ("2025-02-30", None),
        ("2025-08-22T24:00", None),
        ("0000-01-01", None),
        ("2025-08-22T12:00Z", None),
        ("22.8.2025", None),
        ("明天", None),
        ("", None),
    ] {
        let error = Anchor::parse(text).expect_err(text);
        if suggestion.is_some() || !text.ends_with('Z') {
            assert_eq!(error.suggestion.as_deref(), suggestion, "{text}");
        }
    }
    assert!(Anchor::parse("2025-02-30").unwrap_err().message.zh.contains("没有"));
}
