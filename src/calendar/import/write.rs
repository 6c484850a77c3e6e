//! Writes an imported year as a calendar file; knows the file's form, not where it goes.

use super::Year;
use std::fmt::Write as _;

/// The year's file, as `calendar/<year>.toml` holds it; reading it back gives the same days.
pub fn to_toml(year: &Year) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "year = {}", year.year);
    let _ = writeln!(out, "complete = true");
    let _ = writeln!(out, "notice = {}", quoted(&year.title));
    if let Some(number) = &year.number {
        let _ = writeln!(out, "number = {}", quoted(number));
    }
    if let Some(issued) = year.issued {
        let _ = writeln!(out, "issued = {issued}");
    }
    if !year.advice.is_empty() {
        let _ = writeln!(out, "note = {}", quoted(&year.advice.join(" ")));
    }
    let _ = writeln!(out, "holidays = [");
    for holiday in &year.holidays {
        let _ = writeln!(out, "  {{ name = {}, from = {}, to = {} }},", quoted(&holiday.name), holiday.from, holiday.to);
    }
    let _ = writeln!(out, "]");
    let days: Vec<String> = year.workdays.iter().map(|d| d.to_string()).collect();
    let _ = writeln!(out, "workdays = [{}]", days.join(", "));
    out
}

/// A basic TOML string.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
