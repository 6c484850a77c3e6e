//! Where a day's state comes from: the layers, the notices, and how an explanation names them; and the week, which no notice decides; knows no calendar.

use crate::say;
use crate::text::Text;
use chrono::{NaiveDate, Weekday};
use std::borrow::Cow;

/// Where a day's state comes from; a later layer decides over an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Layer {
    /// Compiled into the program.
    Builtin,
    /// `calendar/<year>.toml` of the casebook.
    Casebook,
    /// Any other `calendar/*.toml`: days of a locality.
    Local,
}

impl Layer {
    /// The name in both languages.
    pub fn title(self) -> Text {
        match self {
            Layer::Builtin => Text::new("内置", "built in"),
            Layer::Casebook => Text::new("案卷库日历", "casebook calendar"),
            Layer::Local => Text::new("本地日历", "local calendar"),
        }
    }
}

/// A later notice that changed an earlier one.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Amendment {
    /// Title of the later notice.
    pub title: String,
    /// Its number.
    pub number: String,
    /// Its date.
    pub issued: Option<NaiveDate>,
}

/// One notice, or one block of a calendar file.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Source {
    /// The layer it belongs to.
    pub layer: Layer,
    /// The file, relative to the casebook; none for what is built in.
    pub file: Option<String>,
    /// The year in the notice's title; none for a local overlay without one.
    pub year: Option<i32>,
    /// A later layer brought the whole year anew, and nothing of this one is left.
    pub replaced: bool,
    /// The notice of that year is here with every sentence.
    pub complete: bool,
    /// No notice yet: the statute's days and assumed days in lieu.
    pub provisional: bool,
    /// Title.
    pub title: Cow<'static, str>,
    /// Number, such as `国办发明电〔2025〕7号`.
    pub number: Cow<'static, str>,
    /// Date line.
    pub issued: Option<NaiveDate>,
    /// The page the text was read from.
    pub url: Cow<'static, str>,
    /// The government's own address.
    pub gov: Cow<'static, str>,
    /// The provision that stands in for a missing notice.
    pub statute: Cow<'static, str>,
    /// Later notices that changed this one.
    pub amended: Vec<Amendment>,
    /// Sentences of the notice that no longer hold.
    pub superseded: Vec<String>,
}

impl Source {
    /// How an explanation names it: the number, or the title, the statute or the file.
    pub fn label(&self) -> Text {
        let layer = self.layer.title();
        let (zh, en) = (&layer.zh, &layer.en);
        let name = [&self.number, &self.title, &self.statute].into_iter().find(|s| !s.is_empty());
        let mut text = match (name, &self.file) {
            (Some(name), Some(file)) => say!("{name}，{zh} {file}", "{name}, {en} {file}"),
            (Some(name), None) => say!("{name}，{zh}", "{name}, {en}"),
            (None, Some(file)) => say!("{zh} {file}", "{en} {file}"),
            (None, None) => layer.clone(),
        };
        if let Some(last) = self.amended.last() {
            let by = &last.number;
            let (zh, en) = (&text.zh, &text.en);
            text = say!("{zh}，经{by}调整", "{en}, amended by {by}");
        }
        text
    }
}

/// Saturday or Sunday; day 1 of the common era is a Monday.
pub(super) fn is_weekend(day: i32) -> bool {
    matches!(day.rem_euclid(7), 6 | 0)
}

/// A weekday's name.
pub fn weekday(day: Weekday) -> Text {
    match day {
        Weekday::Mon => Text::new("星期一", "Monday"),
        Weekday::Tue => Text::new("星期二", "Tuesday"),
        Weekday::Wed => Text::new("星期三", "Wednesday"),
        Weekday::Thu => Text::new("星期四", "Thursday"),
        Weekday::Fri => Text::new("星期五", "Friday"),
        Weekday::Sat => Text::new("星期六", "Saturday"),
        Weekday::Sun => Text::new("星期日", "Sunday"),
    }
}

/// A festival's name in English, several joined; a name that is not one of the statute's stays as it is.
pub fn festival_en(name: &str) -> String {
    let names: Vec<&str> = name
        .split('、')
        .map(|n| match n {
            "元旦" => "New Year's Day",
            "春节" => "Spring Festival",
            "清明节" => "Qingming Festival",
            "劳动节" => "Labour Day",
            "端午节" => "Dragon Boat Festival",
            "中秋节" => "Mid-Autumn Festival",
            "国庆节" => "National Day",
            "抗战胜利70周年纪念日" => "the 70th anniversary of victory in 1945",
            other => other,
        })
        .collect();
    names.join(" and ")
}
