//! What a date or a number written in Chinese typing habits probably means; knows no calendar.

/// `s` with full-width digits, letters, punctuation and spaces as their ASCII forms.
pub fn half_width(s: &str) -> String {
    s.chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            '\u{3000}' => ' ',
            _ => c,
        })
        .collect()
}

/// The ISO form (`2020-03-01`, with ` 09:30` if a time follows) of a date written in another way: `2020年3月1日`, `2020/3/1`, `2020.3.1`,
/// `２０２０-０３-０１`, `20200301`, `二〇二〇年三月一日`, in curly quotes or not. Nothing for text that is no date, and for what is in ISO form already.
/// Whether the day exists is for the caller to say.
pub fn date_hint(s: &str) -> Option<String> {
    let trimmed = s.trim_matches(|c: char| c.is_whitespace() || matches!(c, '“' | '”' | '‘' | '’' | '＂' | '"' | '\''));
    let plain = half_width(&arabic(trimmed));
    let (date, time) = split_time(&plain);
    let [year, month, day] = date_parts(date)?;
    let mut iso = format!("{year:04}-{month:02}-{day:02}");
    if let Some(time) = time {
        let (hour, minute) = time_parts(time)?;
        iso.push_str(&format!(" {hour:02}:{minute:02}"));
    }
    (iso != s).then_some(iso)
}

fn split_time(s: &str) -> (&str, Option<&str>) {
    let end = s.find('日').map(|i| i + '日'.len_utf8()).or_else(|| s.find([' ', 'T']));
    match end {
        Some(i) if !s[i..].trim().is_empty() => (s[..i].trim_end(), Some(s[i..].trim_start_matches([' ', 'T']))),
        _ => (s.trim_end(), None),
    }
}

fn date_parts(s: &str) -> Option<[u32; 3]> {
    let parts: Vec<&str> = if s.len() == 8 && s.bytes().all(|b| b.is_ascii_digit()) {
        vec![&s[..4], &s[4..6], &s[6..]]
    } else {
        s.trim_end_matches(['日', '号']).split(['年', '月', '/', '.', '-', '－', '—', '–', '−', '。', '、']).map(str::trim).collect()
    };
    let [year, month, day] = parts[..] else { return None };
    let (year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
    ((1900..=2199).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day)).then_some([year, month, day])
}

fn time_parts(s: &str) -> Option<(u32, u32)> {
    let (afternoon, s) = match s.strip_prefix("下午").or_else(|| s.strip_prefix("晚上")) {
        Some(rest) => (true, rest),
        None => (false, s.strip_prefix("上午").unwrap_or(s)),
    };
    let (hour, minute) = s.trim_end_matches('分').split_once([':', '时', '点'])?;
    let minute = match minute.trim() {
        "" | "整" => 0,
        "半" => 30,
        m => number(m, 2)?,
    };
    let hour = number(hour.trim(), 2)?;
    let hour = if afternoon && hour < 12 { hour + 12 } else { hour };
    (hour < 24 && minute < 60).then_some((hour, minute))
}

fn number(s: &str, digits: usize) -> Option<u32> {
    let fits = !s.is_empty() && s.len() <= digits && s.bytes().all(|b| b.is_ascii_digit()) && (digits < 4 || s.len() == digits);
    fits.then(|| s.parse().ok())?
}

/// Chinese numerals of years, months and days as digits: `二〇二〇` is 2020, `十二` 12, `二十一` 21.
fn arabic(s: &str) -> String {
    const DIGITS: &str = "〇一二三四五六七八九";
    let digit = |c: char| match c {
        '零' | '○' => Some(0),
        _ => DIGITS.chars().position(|d| d == c),
    };
    let mut out = String::new();
    let mut chars = s.chars().peekable();
    while let Some(c) = chars.next() {
        match digit(c) {
            Some(d) => out.push_str(&d.to_string()),
            None if c == '十' => {
                let tens = out.chars().last().is_some_and(|c| c.is_ascii_digit());
                let ones = chars.peek().copied().and_then(digit).is_some();
                match (tens, ones) {
                    (false, _) if ones => out.push('1'),
                    (false, _) => out.push_str("10"),
                    (true, false) => out.push('0'),
                    (true, true) => {}
                }
            }
            None => out.push(c),
        }
    }
    out
}
