//! The seats of the teams with what each wishes, and who sits best on which: an assignment problem, solved by the Hungarian method.

use super::rules::Weights;
use crate::draw;
use pathfinding::prelude::{Matrix, kuhn_munkres_min};

/// What a member's seat wishes, so that the teams come out alike.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// Code of a source system.
    pub system: Option<String>,
    /// The younger half (true) or the older.
    pub young: Option<bool>,
    /// A specialty.
    pub specialty: Option<String>,
}

/// A seat.
#[derive(Clone, Debug)]
pub struct Seat {
    /// Index of the team.
    pub team: usize,
    /// Code of the role.
    pub role: String,
    /// What it wishes.
    pub wish: Wish,
}

/// So much more than all costs together that it is paid only where nobody else is left.
const FORBIDDEN: i64 = 100_000_000_000_000;

/// Deals `seats` wishes for the classes of `values` in proportion: no class more than one seat off its share, no team more than one ahead of another.
pub fn deal<T: Ord + Clone>(values: &[T], seats: usize, teams: usize) -> Vec<Vec<T>> {
    let mut classes: Vec<(T, usize)> = Vec::new();
    let mut sorted = values.to_vec();
    sorted.sort();
    for v in sorted {
        match classes.last_mut() {
            Some((last, n)) if *last == v => *n += 1,
            _ => classes.push((v, 1)),
        }
    }
    let mut hands = vec![Vec::new(); teams];
    if values.is_empty() {
        return hands;
    }
    // Largest remainders.
    let mut share: Vec<(usize, usize)> = classes.iter().map(|(_, n)| (n * seats / values.len(), n * seats % values.len())).collect();
    let mut order: Vec<usize> = (0..classes.len()).collect();
    order.sort_by_key(|i| (std::cmp::Reverse(share[*i].1), *i));
    let dealt: usize = share.iter().map(|s| s.0).sum();
    for i in order.into_iter().take(seats - dealt) {
        share[i].0 += 1;
    }
    let cards = classes.iter().zip(&share).flat_map(|((v, _), s)| std::iter::repeat_n(v.clone(), s.0));
    for (i, card) in cards.enumerate() {
        hands[i % teams].push(card);
    }
    hands
}

/// What is known of a person where seats wish something.
pub struct Trait<'p> {
    /// Code of the source system.
    pub system: &'p str,
    /// Of the younger half; none where the birth year is not known.
    pub young: Option<bool>,
    /// Specialties.
    pub specialty: &'p [String],
}

/// The cost of what a seat wishes and the person has not.
pub fn unmet(wish: &Wish, t: &Trait, w: &Weights) -> i64 {
    let system = wish.system.as_deref().is_some_and(|s| s != t.system);
    let age = wish.young.is_some_and(|y| t.young.is_some_and(|own| own != y));
    let specialty = wish.specialty.as_ref().is_some_and(|s| !t.specialty.contains(s));
    i64::from(system) * w.system + i64::from(age) * w.age + i64::from(specialty) * w.specialty
}

/// Who sits where: for each row a column, or none where every one left is forbidden. As many rows as can be are filled, at the least cost; where two are
/// equal, the seed decides. `cost` gives none for what is forbidden.
pub fn solve(rows: usize, columns: usize, seed: u64, cost: impl Fn(usize, usize) -> Option<i64>) -> Vec<Option<usize>> {
    if rows == 0 {
        return Vec::new();
    }
    // More seats than people: the rest go to nobody.
    let width = columns.max(rows);
    let order = draw::draw(columns as u64, columns as u64, seed);
    let at = |c: usize| order.get(c).map(|p| *p as usize - 1);
    let scale = width as i64 + 1;
    let price = |r: usize, c: usize| match at(c).and_then(|p| cost(r, p)) {
        Some(n) => n.clamp(0, 1_000_000) * scale + c as i64,
        None => FORBIDDEN,
    };
    let mut cells = Vec::with_capacity(rows * width);
    for r in 0..rows {
        cells.extend((0..width).map(|c| price(r, c)));
    }
    let Ok(matrix) = Matrix::from_vec(rows, width, cells) else { return vec![None; rows] };
    let (_, found) = kuhn_munkres_min(&matrix);
    found.into_iter().enumerate().map(|(r, c)| (matrix[(r, c)] < FORBIDDEN).then(|| at(c)).flatten()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_are_dealt_evenly() {
        let values: Vec<&str> = std::iter::repeat_n("a", 30).chain(std::iter::repeat_n("b", 20)).chain(["c"]).collect();
        let hands = deal(&values, 12, 4);
        assert!(hands.iter().all(|h| h.len() == 3));
        for class in ["a", "b", "c"] {
            let n: Vec<usize> = hands.iter().map(|h| h.iter().filter(|v| **v == class).count()).collect();
            assert!(n.iter().max().unwrap() - n.iter().min().unwrap() <= 1, "{class}: {n:?}");
        }
        assert!(deal::<&str>(&[], 5, 2).iter().all(Vec::is_empty));
    }

    #[test]
    fn as_many_seats_as_can_be_are_filled() {
        // Both want the first, the second seat takes nobody else.
        let ok = [[true, true], [true, false]];
        let found = solve(2, 2, 1, |r, c| ok[r][c].then_some(if c == 0 { 0 } else { 1000 }));
        assert_eq!(found, [Some(1), Some(0)]);
        assert_eq!(solve(3, 1, 1, |_, _| Some(0)).iter().flatten().count(), 1);
        assert_eq!(solve(2, 0, 1, |_, _| Some(0)), [None, None]);
        assert!(solve(0, 5, 1, |_, _| Some(0)).is_empty());
    }
}
