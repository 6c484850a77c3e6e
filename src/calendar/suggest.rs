//! What was probably meant by a period written in another way: full-width signs, Chinese words, a missing sign; never used to compute.

/// The half-width form of a full-width digit, letter or sign; anything else as it is.
pub(super) fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        '\u{2212}' | '\u{2010}'..='\u{2015}' => '-',
        '、' | '。' => ',',
        _ => c,
    }
}

/// A rule that parses, if the text can be read as one in only one way; `parses` tells whether a text is a rule.
pub(super) fn suggest(text: &str, parses: impl Fn(&str) -> bool) -> Option<String> {
    if text.chars().count() > 60 {
        return None;
    }
    let plain: String = text.chars().map(half_width).filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
    let mut out = Vec::new();
    for part in plain.split(',').filter(|p| !p.is_empty()) {
        steps(part, &mut out)?;
    }
    let joined = out.join(",");
    (joined != text && parses(&joined)).then_some(joined)
}

const UNITS: &[(&str, &str)] = &[
    ("个工作日", "wd"),
    ("工作日", "wd"),
    ("个工作天", "wd"),
    ("工作天", "wd"),
    ("workingdays", "wd"),
    ("workingday", "wd"),
    ("workdays", "wd"),
    ("workday", "wd"),
    ("bd", "wd"),
    ("wd", "wd"),
    ("个自然日", "d"),
    ("自然日", "d"),
    ("天", "d"),
    ("日", "d"),
    ("days", "d"),
    ("day", "d"),
    ("d", "d"),
    ("个月", "m"),
    ("月", "m"),
    ("months", "m"),
    ("month", "m"),
    ("mo", "m"),
    ("m", "m"),
    ("周年", "y"),
    ("年", "y"),
    ("years", "y"),
    ("year", "y"),
    ("y", "y"),
    ("个小时", "h"),
    ("小时", "h"),
    ("hours", "h"),
    ("hour", "h"),
    ("h", "h"),
    ("个星期", "w"),
    ("星期", "w"),
    ("周", "w"),
    ("weeks", "w"),
    ("week", "w"),
    ("w", "w"),
];

/// The steps in one part, `2m15d` being two.
fn steps(part: &str, out: &mut Vec<String>) -> Option<()> {
    let mut rest = part.strip_prefix("within:").unwrap_or(part);
    let mut back = false;
    for word in ["之后", "以内", "之内", "内", "后"] {
        rest = rest.strip_suffix(word).unwrap_or(rest);
    }
    for word in ["提前", "之前"] {
        if let Some(r) = rest.strip_prefix(word).or_else(|| rest.strip_suffix(word)) {
            (rest, back) = (r, true);
        }
    }
    if let Some(r) = rest.strip_suffix('前') {
        (rest, back) = (r, true);
    }
    while !rest.is_empty() {
        let mut sign = if back { '-' } else { '+' };
        if let Some(r) = rest.strip_prefix(['+', '-']) {
            if rest.starts_with('-') {
                sign = '-';
            }
            rest = r;
        }
        if let Some(r) = rest.strip_prefix("半个月").or_else(|| rest.strip_prefix("hm")).or_else(|| rest.strip_prefix("半月")) {
            out.push(format!("{sign}hm"));
            rest = r;
            continue;
        }
        let (n, after) = number(rest)?;
        let (word, unit) = UNITS.iter().find(|(w, _)| after.starts_with(w))?;
        rest = &after[word.len()..];
        out.push(match *unit {
            "w" => format!("{sign}{}d", n.checked_mul(7)?),
            "d" | "wd" if n == 0 => "0d".to_string(),
            unit => format!("{sign}{n}{unit}"),
        });
    }
    Some(())
}

/// A number in digits or in Chinese below one hundred, and what follows it.
fn number(text: &str) -> Option<(u32, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 {
        return Some((text[..digits].parse().ok()?, &text[digits..]));
    }
    let end = text.char_indices().find(|(_, c)| chinese_digit(*c).is_none() && *c != '十').map_or(text.len(), |(i, _)| i);
    Some((chinese_number(&text[..end])?, &text[end..]))
}

/// `三`, `十五`, `二十`, `两`; below one hundred.
pub(super) fn chinese_number(text: &str) -> Option<u32> {
    let chars: Vec<char> = text.chars().collect();
    let digit = |c: char| chinese_digit(c);
    match chars.as_slice() {
        ['十'] => Some(10),
        [a] => digit(*a),
        ['十', b] => Some(10 + digit(*b)?),
        [a, '十'] => Some(digit(*a)? * 10),
        [a, '十', b] => Some(digit(*a)? * 10 + digit(*b)?),
        _ => None,
    }
}

/// One Chinese digit, `〇` and `两` among them.
pub(super) fn chinese_digit(c: char) -> Option<u32> {
    let value = match c {
        '〇' | '○' | '零' => 0,
        '一' => 1,
        '二' | '两' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    };
    Some(value)
}
