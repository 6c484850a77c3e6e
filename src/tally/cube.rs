//! The numbers of every case, team, round, year and term, each the sum of those below it; knows no rules and no masks.

use super::fold::{Cell, Cells, Counted, Key};
use super::measure::Measure;
use super::terms::Term;
use crate::say;
use crate::text::Text;

/// What a table has a column for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, clap::ValueEnum)]
pub enum By {
    /// 被巡察对象.
    Case,
    /// 巡察组.
    Team,
    /// 轮次.
    Round,
    /// 年度.
    Year,
    /// 届.
    Term,
}

/// A group of records and its numbers.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is; none for the whole casebook and its own records.
    pub by: Option<By>,
    /// Its id: a folder, a year, a plan.
    pub id: String,
    /// What it is called.
    pub title: Text,
    /// Its round, where it has one.
    pub round: String,
    /// Its case.
    pub case: String,
    /// Its numbers.
    pub cells: Cells,
}

/// All groups. The first is the whole.
#[derive(Clone, Debug, Default)]
pub struct Cube {
    /// The groups.
    pub nodes: Vec<Node>,
    /// Sums: a group and those that make it up. A group may be made up in several ways.
    pub sums: Vec<(usize, Vec<usize>)>,
}

impl Cube {
    /// Adds up what was counted.
    pub fn new(counted: &Counted, terms: &[Term]) -> Cube {
        let mut cube = Cube::default();
        let all = cube.node(None, String::new(), say!("合计", "all"), "", "");
        let mut own = Vec::new();
        for leaf in counted.leaves.iter().filter(|l| l.round.is_empty()) {
            let n = cube.node(None, String::new(), say!("案卷本级", "the casebook itself"), "", "");
            cube.nodes[n].cells = leaf.cells.clone();
            own.push(n);
        }
        let (mut years, mut spans) = (Groups::default(), Groups::default());
        for round in &counted.rounds {
            let name = &round.name;
            let r = cube.node(Some(By::Round), name.clone(), Text::same(name.clone()), name, "");
            let mut teams = Groups::default();
            for leaf in counted.leaves.iter().filter(|l| l.round == *name) {
                let id = if leaf.team.is_empty() { name.clone() } else { format!("{name}/{}", leaf.team) };
                let title = match (leaf.team_no, leaf.team.is_empty()) {
                    (Some(no), _) => say!("{name} 第{no}组", "{name} team {no}"),
                    (None, false) => Text::same(id.clone()),
                    (None, true) => say!("{name}（未分组）", "{name} (no team)"),
                };
                let t = teams.get(&mut cube, By::Team, &id, title.clone(), name);
                let c = match leaf.case.is_empty() {
                    true => {
                        let (zh, en) = (&title.zh, &title.en);
                        cube.node(Some(By::Case), id, say!("{zh}·本级", "{en} itself"), name, "")
                    }
                    false => {
                        let case = format!("{name}/{}", leaf.case);
                        cube.node(Some(By::Case), case, Text::same(leaf.title.clone()), name, &leaf.case)
                    }
                };
                cube.nodes[c].cells = leaf.cells.clone();
                teams.under(t, c);
            }
            teams.close(&mut cube);
            cube.add(r, teams.nodes());
            let year = round.year.map_or_else(String::new, |y| y.to_string());
            let title = match round.year {
                Some(y) => say!("{y}年", "{y}"),
                None => say!("年度不明", "no year"),
            };
            let y = years.get(&mut cube, By::Year, &year, title, "");
            years.under(y, r);
            let term = terms.iter().find(|t| t.holds(round));
            let title = term.map_or_else(|| say!("规划期外", "in no term"), span);
            let t = spans.get(&mut cube, By::Term, term.map_or("", |t| &t.id), title, "");
            spans.under(t, r);
        }
        years.close(&mut cube);
        spans.close(&mut cube);
        years.sort(&cube);
        spans.sort(&cube);
        let mut whole = years.nodes();
        whole.extend(&own);
        cube.add(all, whole);
        let mut again = spans.nodes();
        again.extend(own);
        cube.sums.push((all, again));
        cube
    }

    fn node(&mut self, by: Option<By>, id: String, title: Text, round: &str, case: &str) -> usize {
        self.nodes.push(Node { by, id, title, round: round.into(), case: case.into(), cells: Cells::new() });
        self.nodes.len() - 1
    }

    /// A group's numbers from those that make it up.
    fn add(&mut self, to: usize, from: Vec<usize>) {
        let mut sum = Cells::new();
        for n in &from {
            for (key, cell) in &self.nodes[*n].cells {
                let s = sum.entry(key.clone()).or_default();
                s.value += cell.value;
                s.records += cell.records;
            }
        }
        self.nodes[to].cells = sum;
        self.sums.push((to, from));
    }

    /// The groups of one sort, in the order of rounds.
    pub fn of(&self, by: By) -> impl Iterator<Item = usize> {
        let mut found: Vec<usize> = (0..self.nodes.len()).filter(|i| self.nodes[*i].by == Some(by)).collect();
        if matches!(by, By::Year | By::Term) {
            found.sort_by(|a, b| self.nodes[*a].id.cmp(&self.nodes[*b].id));
        }
        found.into_iter()
    }

    /// The number in a group; nothing counted is zero. Of a measure with a least size, what is smaller is none.
    pub fn get(&self, measures: &[Measure], node: usize, key: &Key) -> Cell {
        let cell = self.nodes[node].cells.get(key).copied().unwrap_or_default();
        let least = measures[key.measure].least as i128 * super::fold::SCALE;
        if key.dim.is_some() && measures[key.measure].least > 1 && cell.value < least { Cell::default() } else { cell }
    }
}

fn span(t: &Term) -> Text {
    let (from, to) = (t.from.format("%Y"), t.to.format("%Y"));
    say!("{from}-{to}年", "{from}-{to}")
}

/// Groups that are made while their members come along.
#[derive(Default)]
struct Groups(Vec<(usize, Vec<usize>)>);

impl Groups {
    fn get(&mut self, cube: &mut Cube, by: By, id: &str, title: Text, round: &str) -> usize {
        if let Some((n, _)) = self.0.iter().find(|(n, _)| cube.nodes[*n].id == id) {
            return *n;
        }
        let n = cube.node(Some(by), id.to_string(), title, round, "");
        self.0.push((n, Vec::new()));
        n
    }

    fn under(&mut self, group: usize, member: usize) {
        if let Some((_, members)) = self.0.iter_mut().find(|(n, _)| *n == group) {
            members.push(member);
        }
    }

    fn close(&mut self, cube: &mut Cube) {
        for (n, members) in &self.0 {
            cube.add(*n, members.clone());
        }
    }

    fn sort(&mut self, cube: &Cube) {
        self.0.sort_by(|(a, _), (b, _)| cube.nodes[*a].id.cmp(&cube.nodes[*b].id));
    }

    fn nodes(&self) -> Vec<usize> {
        self.0.iter().map(|(n, _)| *n).collect()
    }
}
