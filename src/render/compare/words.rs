//! Which words of two texts differ: the longest common run of words kept, the others marked.

/// A run of words of one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The words.
    pub text: String,
    /// Whether the other side has them too.
    pub same: bool,
}

/// More words than this are not laid side by side word for word: time grows with their product.
const MOST: usize = 600;

/// Both texts in pieces. Where hardly anything is common, each is one piece: marks on every other word are no help.
pub fn pieces(old: &str, new: &str) -> (Vec<Piece>, Vec<Piece>) {
    let whole = |s: &str| vec![Piece { text: s.to_string(), same: old == new }];
    let (a, b) = (words(old), words(new));
    if old == new || a.len() > MOST || b.len() > MOST {
        return (whole(old), whole(new));
    }
    let keep = common(&a, &b);
    let kept: usize = keep.iter().map(|(i, _)| a[*i].chars().count()).sum();
    let most = old.chars().count().max(new.chars().count());
    if kept * 5 < most * 2 {
        return (whole(old), whole(new));
    }
    let side = |words: &[&str], kept: Vec<usize>| {
        let mut out: Vec<Piece> = Vec::new();
        let differs = |i: usize| i < words.len() && kept.binary_search(&i).is_err();
        for (i, w) in words.iter().enumerate() {
            // A blank between two marked words is marked with them.
            let joint = w.trim().is_empty() && i > 0 && differs(i - 1) && differs(i + 1);
            let same = !differs(i) && !joint;
            match out.last_mut() {
                Some(p) if p.same == same => p.text.push_str(w),
                _ => out.push(Piece { text: w.to_string(), same }),
            }
        }
        out
    };
    (side(&a, keep.iter().map(|k| k.0).collect()), side(&b, keep.iter().map(|k| k.1).collect()))
}

/// Chinese characters one by one; Latin words and numbers whole; everything else by character.
fn words(s: &str) -> Vec<&str> {
    let latin = |c: char| c.is_ascii_alphanumeric();
    let mut out = Vec::new();
    let mut start = 0;
    let mut chars = s.char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        let end = i + c.len_utf8();
        if latin(c) && chars.peek().is_some_and(|(_, n)| latin(*n)) {
            continue;
        }
        out.push(&s[start..end]);
        start = end;
    }
    out
}

/// The longest common subsequence, as pairs of positions.
fn common(a: &[&str], b: &[&str]) -> Vec<(usize, usize)> {
    let (n, m) = (a.len(), b.len());
    let mut best = vec![0u16; (n + 1) * (m + 1)];
    let at = |i: usize, j: usize| i * (m + 1) + j;
    for i in (0..n).rev() {
        for j in (0..m).rev() {
            best[at(i, j)] = if a[i] == b[j] { best[at(i + 1, j + 1)] + 1 } else { best[at(i + 1, j)].max(best[at(i, j + 1)]) };
        }
    }
    let (mut i, mut j, mut out) = (0, 0, Vec::new());
    while i < n && j < m {
        // Of two that fit the later one is taken: what is put in stands before it.
        if a[i] == b[j] && best[at(i, j + 1)] < best[at(i, j)] {
            out.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if best[at(i + 1, j)] > best[at(i, j + 1)] {
            i += 1;
        } else {
            j += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked((old, new): (Vec<Piece>, Vec<Piece>)) -> (String, String) {
        let show =
            |pieces: Vec<Piece>| pieces.into_iter().map(|p| if p.same { p.text } else { format!("[{}]", p.text) }).collect::<String>();
        (show(old), show(new))
    }

    #[test]
    fn only_what_differs_is_marked() {
        assert_eq!(marked(pieces("反馈2个月内报送", "反馈3个月内报送")), ("反馈[2]个月内报送".into(), "反馈[3]个月内报送".into()));
        assert_eq!(
            marked(pieces("within 10 days", "within 15 working days")),
            ("within [10] days".into(), "within[ 15 working] days".into())
        );
        assert_eq!(marked(pieces("同", "同")), ("同".into(), "同".into()));
    }

    #[test]
    fn texts_with_little_in_common_are_not_shredded() {
        assert_eq!(marked(pieces("甲乙丙丁", "戊己庚辛")), ("[甲乙丙丁]".into(), "[戊己庚辛]".into()));
        assert_eq!(marked(pieces("", "新")), ("[]".into(), "[新]".into()));
    }
}
