//! Names of the staff register, found in texts.

use rustc_hash::FxHashMap;
use std::ops::Range;

/// Names by their first letter, so that a text is gone through once however many there are.
#[derive(Default)]
pub struct Names {
    by_first: FxHashMap<char, Vec<String>>,
}

/// A name found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Its bytes.
    pub at: Range<usize>,
    /// Whether it may be part of a longer word: two characters with Chinese ones on both sides.
    pub doubtful: bool,
}

impl Names {
    /// Adds a name as the register has it; what is shorter than two letters, or no name but a code, is left out.
    pub fn add(&mut self, name: &str) {
        let name = name.trim();
        let letters = name.chars().filter(|c| c.is_alphabetic()).count();
        // A code such as `zu-01` stands wherever its bearer does.
        if letters < 2 || name.chars().any(|c| c.is_numeric()) {
            return;
        }
        let Some(first) = name.chars().next() else { return };
        let of = self.by_first.entry(first).or_default();
        if !of.iter().any(|n| n == name) {
            of.push(name.to_string());
            of.sort_by_key(|n| std::cmp::Reverse(n.len()));
        }
    }

    /// The names in a text, in its order; of two that begin at one place, the longer.
    pub fn find(&self, text: &str) -> Vec<Hit> {
        let mut found = Vec::new();
        let mut from = 0;
        for (at, c) in text.char_indices() {
            if at < from {
                continue;
            }
            let Some(name) = self.by_first.get(&c).and_then(|of| of.iter().find(|n| text[at..].starts_with(n.as_str()))) else { continue };
            let end = at + name.len();
            let (before, after) = (text[..at].chars().next_back(), text[end..].chars().next());
            let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
            // `Lin` is not in `Linux`.
            if name.is_ascii() && (latin(before) || latin(after)) {
                continue;
            }
            let han = |c: Option<char>| c.is_some_and(|c| c.is_alphabetic() && !c.is_ascii());
            found.push(Hit { at: at..end, doubtful: name.chars().count() == 2 && han(before) && han(after) });
            from = end;
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_and_words_are_not() {
        let mut names = Names::default();
        for n in ["高原", "欧阳甲乙", "Lin Yi", "zu-01", "巡察干部甲/01", "王"] {
            names.add(n);
        }
        let found = |text: &str| names.find(text).iter().map(|h| (text[h.at.clone()].to_string(), h.doubtful)).collect::<Vec<_>>();
        assert_eq!(found("与高原谈话"), [("高原".to_string(), true)]);
        assert_eq!(found("谈话人：高原，"), [("高原".to_string(), false)]);
        assert_eq!(found("由欧阳甲乙负责"), [("欧阳甲乙".to_string(), false)]);
        assert_eq!(found("Lin Yixing, zu-01, 巡察干部甲/01, 王"), []);
        assert_eq!(found("by Lin Yi."), [("Lin Yi".to_string(), false)]);
    }
}
