//! Numbers that lead to one person, found in free text: mobile phones, identity cards, bank cards; told from other numbers by form and check digit.

use crate::text::Text;
use std::ops::Range;

/// What a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// A mobile phone: eleven digits from 13 to 19, `+86` before it or not.
    Phone,
    /// A resident identity number of eighteen characters: date of birth and check character are right (GB 11643).
    Identity,
    /// A bank card: sixteen to nineteen digits with a right check digit (Luhn).
    Card,
}

impl Number {
    /// The name in both languages.
    pub fn title(self) -> Text {
        match self {
            Number::Phone => Text::new("手机号码", "a mobile phone number"),
            Number::Identity => Text::new("身份证号码", "an identity card number"),
            Number::Card => Text::new("银行卡号", "a bank card number"),
        }
    }
}

/// Digits that stand together.
struct Group {
    at: Range<usize>,
    digits: String,
    /// Whether one space or hyphen joins it to the group before.
    joined: bool,
}

/// The numbers in a text with their bytes, in its order. Digits may be full-width, and grouped as people write them.
pub fn find(text: &str) -> Vec<(Number, Range<usize>)> {
    let groups = groups(text);
    let mut found = Vec::new();
    let mut i = 0;
    while i < groups.len() {
        // The longest reading first: the groups of a card are no other number each.
        let most = (i + 1..groups.len()).take_while(|j| groups[*j].joined).take(4).count() + 1;
        let hit = (1..=most).rev().find_map(|n| Some((n, whole(text, &groups[i..i + n])?)));
        match hit {
            Some((n, hit)) => {
                found.push(hit);
                i += n;
            }
            None => i += 1,
        }
    }
    found
}

/// The number that the groups are together, where nothing else touches them.
fn whole(text: &str, groups: &[Group]) -> Option<(Number, Range<usize>)> {
    let mut at = groups[0].at.start..groups[groups.len() - 1].at.end;
    let mut digits: String = groups.iter().map(|g| g.digits.as_str()).collect();
    if let (17, Some(x @ ('X' | 'x' | 'Ｘ' | 'ｘ'))) = (digits.len(), text[at.end..].chars().next()) {
        digits.push('X');
        at.end += x.len_utf8();
    }
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let before = text[..at.start].chars().next_back();
    let decimal = before == Some('.') && text[..at.start - 1].ends_with(|c: char| c.is_ascii_digit());
    if before.is_some_and(word) || decimal || text[at.end..].starts_with(word) {
        return None;
    }
    let lengths: Vec<usize> = groups.iter().map(|g| g.digits.len()).collect();
    let number = match lengths.as_slice() {
        [11] | [3, 4, 4] => phone(&digits).then_some(Number::Phone),
        [13] | [2, 11] | [2, 3, 4, 4] if digits.starts_with("86") => phone(&digits[2..]).then_some(Number::Phone),
        [17 | 18] | [6, 8, 3 | 4] if identity(&digits) => Some(Number::Identity),
        [16..=19] | [4, 4, 4, 4] | [4, 4, 4, 4, 1..=3] | [6, 10..=13] => card(&digits).then_some(Number::Card),
        _ => None,
    };
    number.map(|n| (n, at))
}

fn groups(text: &str) -> Vec<Group> {
    let mut out: Vec<Group> = Vec::new();
    for (at, c) in text.char_indices() {
        let Some(d) = digit(c) else { continue };
        let end = at + c.len_utf8();
        match out.last_mut() {
            Some(g) if g.at.end == at => {
                g.digits.push(d);
                g.at.end = end;
            }
            last => {
                let joined = last.is_some_and(|g| matches!(&text[g.at.end..at], " " | "-" | "－" | "\u{3000}"));
                out.push(Group { at: at..end, digits: d.to_string(), joined });
            }
        }
    }
    out
}

fn digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '０'..='９' => char::from_u32(c as u32 - '０' as u32 + '0' as u32),
        _ => None,
    }
}

fn phone(d: &str) -> bool {
    d.len() == 11 && d.starts_with('1') && d.as_bytes()[1] >= b'3'
}

fn identity(d: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    if d.len() != 18 {
        return false;
    }
    let born = format!("{}-{}-{}", &d[6..10], &d[10..12], &d[12..14]);
    let sum: u32 = d.bytes().zip(WEIGHTS).map(|(b, w)| u32::from(b - b'0') * w).sum();
    let check = b"10X98765432"[sum as usize % 11];
    crate::kind::bind::date(&born).is_some() && d.as_bytes()[17] == check
}

fn card(d: &str) -> bool {
    let luhn = |(i, b): (usize, u8)| {
        let n = u32::from(b - b'0') * if i % 2 == 1 { 2 } else { 1 };
        if n > 9 { n - 9 } else { n }
    };
    (16..=19).contains(&d.len())
        && d.bytes().all(|b| b.is_ascii_digit())
        && matches!(d.as_bytes()[0], b'3'..=b'6')
        && d.bytes().rev().enumerate().map(luhn).sum::<u32>() % 10 == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_told_by_its_form_and_its_check_digit() {
        use Number::*;
        // The numbers are made up; none of the identity numbers has a district that exists.
        for (text, want) in [
            ("电话13800138000。", Some(Phone)),
            ("电话 138 0013 8000", Some(Phone)),
            ("+86-138-0013-8000", Some(Phone)),
            ("８６１３８００１３８０００", Some(Phone)),
            ("12800138000", None),
            ("138001380001", None),
            ("a13800138000f", None),
            ("0.13800138000", None),
            ("2020-09-04", None),
            ("990000199001010017", Some(Identity)),
            ("身份证990000 19900101 0017", Some(Identity)),
            ("99000019900101005X", Some(Identity)),
            ("990000199001010015", None),
            ("990000199013010013", None),
            ("6222020000000000000", Some(Card)),
            ("6222 0200 0000 0000 000", Some(Card)),
            ("4111111111111111", Some(Card)),
            ("4111111111111112", None),
            ("4111111111111111abc", None),
        ] {
            assert_eq!(find(text).first().map(|f| f.0), want, "{text}");
        }
        assert_eq!(find("甲13800138000，乙139 0013 9000").len(), 2);
    }
}
