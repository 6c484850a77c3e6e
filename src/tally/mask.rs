//! Which numbers are withheld from a public table: the small ones, and as many others as it takes that none can be worked out from what is shown.

use super::cube::Cube;
use super::fold::{Key, SCALE};
use super::measure::Measure;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Below this a number is withheld, where the office sets no other: ours, no text names one.
pub const BELOW: i64 = 5;

/// The numbers to withhold, by group and key. They are the same however the table is cut: every sum of the whole casebook is looked at.
pub fn masked(cube: &Cube, measures: &[Measure], below: i64) -> HashSet<(usize, Key)> {
    let mut out = HashSet::new();
    for (m, measure) in measures.iter().enumerate().filter(|(_, m)| m.persons) {
        let mut names: Vec<(usize, &Key)> = Vec::new();
        let mut sizes = Vec::new();
        for (n, node) in cube.nodes.iter().enumerate() {
            for (key, cell) in node.cells.iter().filter(|(k, c)| k.measure == m && c.value != 0) {
                names.push((n, key));
                sizes.push(if measure.records { u128::from(cell.records) * SCALE as u128 } else { cell.value.unsigned_abs() });
            }
        }
        let index: HashMap<(usize, &Key), usize> = names.iter().enumerate().map(|(i, n)| (*n, i)).collect();
        let sums = sums(cube, measure, m, &index);
        for (i, hidden) in protect(&sizes, below as u128 * SCALE as u128, &sums).into_iter().enumerate() {
            if hidden {
                out.insert((names[i].0, names[i].1.clone()));
            }
        }
    }
    out
}

/// Every sum that a reader of the tables knows, as the numbers in it that are not zero: the whole first, then its parts.
fn sums(cube: &Cube, measure: &Measure, m: usize, index: &HashMap<(usize, &Key), usize>) -> Vec<Vec<usize>> {
    let mut out = Vec::new();
    for (whole, parts) in &cube.sums {
        for key in cube.nodes[*whole].cells.keys().filter(|k| k.measure == m) {
            let of = std::iter::once(whole).chain(parts).filter_map(|n| index.get(&(*n, key)));
            out.push(of.copied().collect::<Vec<_>>());
        }
    }
    // Cases are counted once, in however many classes they stand.
    for (n, node) in cube.nodes.iter().enumerate().filter(|_| !measure.over_cases) {
        let mut classes: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
        for key in node.cells.keys().filter(|k| k.measure == m) {
            classes.entry(key.dim).or_default().extend(index.get(&(n, key)));
        }
        let whole = classes.remove(&None).unwrap_or_default();
        out.extend(classes.into_values().map(|parts| whole.iter().copied().chain(parts).collect()));
    }
    out.retain(|s| s.len() > 1);
    out
}

/// Which of some numbers to withhold: those below `below`, and others, as few and as small as a plain search finds, so that the sums do not
/// determine a small one, and that what is withheld of a sum does not come to less than `below` either. A sum is the numbers in it, the whole first.
pub fn protect(values: &[u128], below: u128, sums: &[Vec<usize>]) -> Vec<bool> {
    let small: Vec<bool> = values.iter().map(|v| *v < below).collect();
    let mut hidden = small.clone();
    let mut of: Vec<Vec<usize>> = vec![Vec::new(); values.len()];
    for (s, sum) in sums.iter().enumerate() {
        sum.iter().for_each(|v| of[*v].push(s));
    }
    // The next to withhold in a sum: the smallest part; the whole where all parts are.
    let next = |hidden: &[bool], sum: &[usize]| {
        let part = sum[1..].iter().filter(|v| !hidden[**v]).min_by_key(|v| (values[**v], **v));
        part.or(sum.first().filter(|v| !hidden[**v])).copied()
    };
    let mut queue: BTreeSet<usize> = (0..sums.len()).collect();
    loop {
        // A sum with one number withheld gives it away; one whose whole is shown gives away what the others come to.
        while let Some(s) = queue.pop_first() {
            let gone = || sums[s].iter().filter(|v| hidden[**v]);
            let few = gone().count() > 0 && !hidden[sums[s][0]] && gone().map(|v| values[*v]).sum::<u128>() < below;
            if (few || gone().count() == 1)
                && let Some(v) = next(&hidden, &sums[s])
            {
                hidden[v] = true;
                queue.extend(&of[v]);
            }
        }
        // Several sums together may give one away too: that takes solving them.
        let Some(known) = determined(&hidden, sums).into_iter().find(|v| small[*v]) else { return hidden };
        let around = of[known].iter().filter_map(|s| next(&hidden, &sums[*s])).min_by_key(|v| (values[*v], *v));
        let any = || (0..values.len()).filter(|v| !hidden[*v] && !of[*v].is_empty()).min_by_key(|v| (values[*v], *v));
        let Some(v) = around.or_else(any) else { return hidden };
        hidden[v] = true;
        queue.extend(&of[v]);
    }
}

/// The prime that the sums are solved by.
const P: i128 = (1 << 61) - 1;

/// The withheld numbers that the sums determine.
fn determined(hidden: &[bool], sums: &[Vec<usize>]) -> Vec<usize> {
    // Rows by their leading number, reduced: a number alone in its row is known.
    let mut rows: BTreeMap<usize, BTreeMap<usize, i128>> = BTreeMap::new();
    let mut uses: HashMap<usize, BTreeSet<usize>> = HashMap::new();
    for sum in sums {
        let mut row: BTreeMap<usize, i128> = BTreeMap::new();
        for (i, v) in sum.iter().enumerate().filter(|(_, v)| hidden[**v]) {
            add(&mut row, *v, if i == 0 { P - 1 } else { 1 });
        }
        // Take out the leading numbers of the rows there are.
        let leads: Vec<(usize, i128)> = row.iter().filter(|(v, _)| rows.contains_key(v)).map(|(v, c)| (*v, *c)).collect();
        for (lead, factor) in leads {
            for (v, c) in &rows[&lead] {
                add(&mut row, *v, (P - factor) * c % P);
            }
        }
        let Some((lead, first)) = row.iter().next().map(|(v, c)| (*v, *c)) else { continue };
        let inverse = power(first, P - 2);
        row.values_mut().for_each(|c| *c = *c * inverse % P);
        // Take this row's leading number out of the others.
        for other in uses.get(&lead).cloned().unwrap_or_default() {
            let Some(target) = rows.get_mut(&other) else { continue };
            let Some(factor) = target.get(&lead).copied() else { continue };
            for (v, c) in &row {
                add(target, *v, (P - factor) * c % P);
                if target.contains_key(v) {
                    uses.entry(*v).or_default().insert(other);
                }
            }
        }
        for v in row.keys() {
            uses.entry(*v).or_default().insert(lead);
        }
        rows.insert(lead, row);
    }
    rows.into_iter().filter(|(_, row)| row.len() == 1).map(|(lead, _)| lead).collect()
}

fn add(row: &mut BTreeMap<usize, i128>, v: usize, c: i128) {
    let sum = (row.get(&v).copied().unwrap_or(0) + c) % P;
    match sum {
        0 => drop(row.remove(&v)),
        n => drop(row.insert(v, n)),
    }
}

fn power(mut base: i128, mut exponent: i128) -> i128 {
    let mut out = 1;
    while exponent > 0 {
        if exponent & 1 == 1 {
            out = out * base % P;
        }
        base = base * base % P;
        exponent >>= 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A table of rows and columns with all its sums: cells first, then the row sums, the column sums, the whole.
    fn table(rows: usize, columns: usize, cells: &[u128]) -> (Vec<u128>, Vec<Vec<usize>>) {
        let at = |r: usize, c: usize| r * columns + c;
        let mut values = cells[..rows * columns].to_vec();
        let mut sums = Vec::new();
        for r in 0..rows {
            values.push((0..columns).map(|c| cells[at(r, c)]).sum());
            sums.push(std::iter::once(values.len() - 1).chain((0..columns).map(|c| at(r, c))).collect::<Vec<_>>());
        }
        for c in 0..columns {
            values.push((0..rows).map(|r| cells[at(r, c)]).sum());
            sums.push(std::iter::once(values.len() - 1).chain((0..rows).map(|r| at(r, c))).collect());
        }
        values.push(cells[..rows * columns].iter().sum());
        let whole = values.len() - 1;
        sums.push(std::iter::once(whole).chain((0..rows).map(|r| rows * columns + r)).collect());
        sums.push(std::iter::once(whole).chain((0..columns).map(|c| rows * columns + rows + c)).collect());
        for sum in &mut sums {
            sum.retain(|v| values[*v] > 0);
        }
        sums.retain(|s| s.len() > 1);
        (values, sums)
    }

    fn hide(rows: usize, columns: usize, cells: &[u128]) -> (Vec<u128>, Vec<Vec<usize>>, Vec<bool>, Vec<bool>) {
        let (values, sums) = table(rows, columns, cells);
        let small: Vec<bool> = values.iter().map(|v| 0 < *v && *v < 5).collect();
        // A number that is zero stands in no sum.
        let hidden = protect(&values, 5, &sums);
        (values, sums, small, hidden)
    }

    #[test]
    fn nothing_small_nothing_hidden() {
        assert!(!hide(2, 2, &[10, 20, 30, 40]).3.contains(&true));
    }

    #[test]
    fn a_small_cell_takes_one_in_its_row_one_in_its_column_and_their_corner_with_it() {
        let (.., hidden) = hide(3, 3, &[2, 10, 30, 11, 20, 40, 50, 60, 70]);
        let shown: Vec<usize> = (0..9).filter(|i| hidden[*i]).collect();
        assert_eq!(shown, [0, 1, 3, 4]);
        assert!(!hidden[9..].contains(&true), "no total is withheld");
    }

    #[test]
    fn what_is_withheld_together_is_not_small_either() {
        let (.., hidden) = hide(1, 4, &[2, 2, 20, 150]);
        assert!(hidden[0] && hidden[1] && hidden[2] && !hidden[3], "{hidden:?}");
    }

    #[test]
    fn where_the_row_is_the_cell_alone_its_total_goes_too() {
        let (.., hidden) = hide(2, 2, &[3, 0, 20, 30]);
        assert!(hidden[0] && hidden[4], "{hidden:?}");
    }

    /// Solves the sums for the withheld numbers with fractions by brute force: whether another assignment fits what is shown.
    fn ambiguous(values: &[u128], sums: &[Vec<usize>], hidden: &[bool], v: usize) -> bool {
        let unknown: Vec<usize> = (0..values.len()).filter(|i| hidden[*i]).collect();
        let column = |i: usize| unknown.iter().position(|u| *u == i);
        let mut rows: Vec<Vec<f64>> = sums
            .iter()
            .map(|s| {
                let mut row = vec![0.0; unknown.len()];
                for (k, i) in s.iter().enumerate() {
                    if let Some(c) = column(*i) {
                        row[c] += if k == 0 { -1.0 } else { 1.0 };
                    }
                }
                row
            })
            .collect();
        // A number is determined if adding "it is zero" to the homogeneous sums does not raise their rank.
        let before = rank(rows.clone());
        let mut unit = vec![0.0; unknown.len()];
        unit[column(v).unwrap()] = 1.0;
        rows.push(unit);
        rank(rows) > before
    }

    fn rank(mut rows: Vec<Vec<f64>>) -> usize {
        let (mut rank, width) = (0, rows.first().map_or(0, Vec::len));
        for c in 0..width {
            let Some(pivot) = (rank..rows.len()).find(|r| rows[*r][c].abs() > 1e-9) else { continue };
            rows.swap(rank, pivot);
            for r in 0..rows.len() {
                if r != rank && rows[r][c].abs() > 1e-9 {
                    let factor = rows[r][c] / rows[rank][c];
                    let pivot = rows[rank].clone();
                    rows[r].iter_mut().zip(pivot).for_each(|(x, p)| *x -= factor * p);
                }
            }
            rank += 1;
        }
        rank
    }

    proptest! {
        #[test]
        fn no_small_number_can_be_worked_out(cells in proptest::collection::vec(prop_oneof![Just(0u128), 1u128..5, 5u128..200], 20), rows in 1usize..5, columns in 1usize..6) {
            let (values, sums, small, hidden) = hide(rows, columns, &cells);
            for v in (0..values.len()).filter(|v| small[*v]) {
                prop_assert!(hidden[v]);
                let in_sums = sums.iter().any(|s| s.contains(&v));
                prop_assert!(!in_sums || ambiguous(&values, &sums, &hidden, v), "{values:?} {hidden:?}: {v}");
            }
            for sum in &sums {
                let rest: u128 = sum.iter().filter(|v| hidden[**v]).map(|v| values[*v]).sum();
                prop_assert!(hidden[sum[0]] || rest == 0 || rest >= 5, "{values:?} {hidden:?}: {sum:?}");
            }
        }
    }
}
