//! A small casebook in memory: one round, two cases, their records.

use crate::calendar::Calendar;
use crate::kind::bind::bind;
use crate::kind::{Home, KindId, Part, Record, Schema, load};
use crate::rule::*;
use crate::text::{Lang, Text};
use crate::yaml::Tree;
use chrono::{NaiveDate, NaiveTime};
use std::rc::Rc;
use std::sync::{Arc, LazyLock};

pub static SCHEMA: LazyLock<Arc<Schema>> = LazyLock::new(load::builtin);

/// Kind, id, unit of the case it stands in, text. The two cases and rounds are told apart by the unit and by the id.
const RECORDS: &[(&str, &str, &str, &str)] = &[
    ("round", "2020-1", "", "轮次: 1\ntitle: 第一轮\n"),
    ("unit", "u1", "", "name: 甲局\n"),
    ("unit", "u2", "", "name: 乙局\n"),
    ("person", "p1", "", "staffing: borrowed\nactive: true\nbirth_year: 1980\n"),
    ("person", "p2", "", "active: false\n"),
    (
        "team",
        "t1",
        "",
        "members:\n  - {person: p1, role: leader, joined_on: 2020-08-01}\n  - {person: p2, role: member}\n  - {person: gone, role: member}\n",
    ),
    ("team", "t2", "", "members: []\n"),
    ("case", "case", "u1", "unit: u1\nteam: t1\n"),
    ("case", "case", "u2", "unit: u2\nteam: t2\n"),
    (
        "interview",
        "i1",
        "u1",
        "date: 2020-09-04\ninspectors: [p1, p2]\nrecorder: p2\nteam: t1\nplace: 三楼会议室\npersons: 3\nissues: paper:7\nwritten_up_on: 2020-09-06\nsubject: {code: P-017, category: leading_member}\n",
    ),
    ("interview", "i2", "u1", "谈话日期: 2020-09-05\n谈话人员:\n  - p1\n  -\nteam: t2\nclues: []\nissues:\n  - text: paper:8\n"),
    ("interview", "i3", "u1", "inspectors:\nplace: '  '\npersons: many\n"),
    (
        "plan",
        "w1",
        "u1",
        "type: 巡察组工作方案\ndate: 2020-08-20\nsections: {总体要求: 有, 工作安排: }\napprovals:\n  - {role: leader, decision: agreed, date: 2020-08-21}\n  - {role: office_director, decision: returned, date: 2020-08-22}\n  - {role: 巡察办主任, decision: 同意, date: 2020-08-24}\n  - {role: head, decision: agreed}\nfilings:\n  - {to: office, date: 2020-08-25}\n",
    ),
    (
        "feedback",
        "feedback",
        "u1",
        "receipt:\n  signatures:\n    - {role: leader, date: 2020-12-01}\n    - {role: unit_principal, date: 2020-12-03}\n  documents: [opinion_body]\n",
    ),
];

pub struct Desk {
    pub records: Vec<Record>,
    calendar: Calendar,
    kinds: Vec<Rc<[usize]>>,
}

pub fn desk() -> Desk {
    let mut records = Vec::new();
    for (kind, id, unit, text) in RECORDS {
        let kind = SCHEMA.find_kind(kind).expect(kind);
        let (tree, findings) = Tree::parse(id, text.to_string());
        assert!(findings.is_empty(), "{id}: {findings:?}");
        let home = Home { round: "2020-1".into(), case: unit.to_string() };
        records.push(bind(&SCHEMA, kind, id, id, home, tree.expect("a tree")).0);
    }
    let kinds = (0..SCHEMA.kinds.len() as u16)
        .map(|k| records.iter().enumerate().filter(|(_, r)| r.kind == KindId(k)).map(|(i, _)| i).collect())
        .collect();
    Desk { records, calendar: Calendar::builtin(), kinds }
}

pub const EVENTS: [&str; 4] = ["withdrawal", "entry", "feedback", "never_happened"];
pub const PARAMS: [(&str, ParamType); 4] =
    [("interval", ParamType::Duration), ("share", ParamType::Number), ("unset", ParamType::Int), ("odd", ParamType::Duration)];

pub fn env() -> Env<'static> {
    let role = SCHEMA.find_enum("role").expect("role");
    let values = ["head", "executive_deputy_head", "lg_deputy", "lg_member"].map(|c| SCHEMA.en(role).find(c).expect(c)).to_vec();
    Env {
        schema: &SCHEMA,
        events: EVENTS.map(String::from).to_vec(),
        params: PARAMS.map(|(n, t)| (n.to_string(), t)).to_vec(),
        sets: vec![NamedSet { id: "lg_person".into(), of: role, values }],
    }
}

impl Desk {
    pub fn get(&self, id: &str) -> &Record {
        self.records.iter().find(|r| r.id == id).expect(id)
    }

    fn find(&self, kind: &str, case: &str) -> Option<&Record> {
        let kind = SCHEMA.find_kind(kind)?;
        self.records.iter().find(|r| r.kind == kind && (case.is_empty() || r.home.case == case))
    }

    /// Evaluates over a record, and shows the value, or what is missing as `?…`.
    pub fn show(&self, it: &str, src: &str) -> String {
        let record = self.get(it);
        let expr = compile(src, &env(), Some(&It::record(record.kind)), None).unwrap_or_else(|e| panic!("{src}: {e:?}"));
        self.shown(&expr, Some(record.root()))
    }

    pub fn shown(&self, expr: &Expr, it: Option<Part<'_>>) -> String {
        match expr.eval(&View(self), it) {
            Ok(value) => show(&View(self), &value, Lang::En),
            Err(Stop::Missing(m)) => format!("?{}", m.what(&View(self)).en),
            Err(Stop::TooLong) => "!".into(),
        }
    }
}

/// What the case of unit u1 sees.
#[derive(Clone, Copy)]
pub struct View<'a>(pub &'a Desk);

impl<'a> World<'a> for View<'a> {
    fn schema(&self) -> &'a Schema {
        &SCHEMA
    }
    fn list(&self, kind: KindId) -> Rc<[&'a Record]> {
        self.0.kinds[kind.0 as usize].iter().map(|i| &self.0.records[*i]).collect()
    }
    fn single(&self, kind: KindId) -> Option<&'a Record> {
        self.list(kind).iter().find(|r| r.home.case == "u1").copied()
    }
    fn current(&self, which: Current) -> Option<&'a Record> {
        self.0.find(which.kind(), if which == Current::Case { "u1" } else { "" })
    }
    fn group(&self, which: Group) -> Rc<[&'a Record]> {
        SCHEMA.find_kind(which.kind()).map(|k| self.list(k)).unwrap_or_else(|| Rc::from([]))
    }
    fn below(&self, of: &'a Record, which: Below) -> Rc<[&'a Record]> {
        let Some(kind) = SCHEMA.find_kind(which.kind()) else { return Rc::from([]) };
        self.list(kind).iter().filter(|r| of.home.case.is_empty() || r.home.case == of.home.case).copied().collect()
    }
    fn past(&self, which: Past) -> Rc<[PastCase<'a>]> {
        match which {
            Past::Earlier => Rc::from([]),
            Past::Previous => Rc::from([PastCase { round: self.0.find("round", ""), case: self.0.find("case", "u2"), team: None }]),
        }
    }
    fn resolve(&self, _: &'a Record, kinds: &[KindId], id: &str) -> Option<&'a Record> {
        let id = id.rsplit('/').next()?;
        self.0.records.iter().find(|r| r.id == id && (kinds.is_empty() || kinds.contains(&r.kind)))
    }
    fn period(&self) -> Option<crate::calendar::Cycle> {
        crate::calendar::Cycle::parse("2020Q3")
    }
    fn event(&self, index: usize) -> Option<(NaiveDate, Option<NaiveTime>)> {
        match index {
            0 => Some((NaiveDate::from_ymd_opt(2020, 9, 18)?, None)),
            1 => Some((NaiveDate::from_ymd_opt(2020, 9, 1)?, NaiveTime::from_hms_opt(9, 30, 0))),
            2 => Some((NaiveDate::from_ymd_opt(2020, 12, 1)?, None)),
            _ => None,
        }
    }
    fn param(&self, index: usize) -> Option<ParamValue> {
        match index {
            0 => Some(ParamValue::Duration("7d".into())),
            1 => Some(ParamValue::Number(0.6)),
            3 => Some(ParamValue::Duration("a while".into())),
            _ => None,
        }
    }
    fn today(&self) -> NaiveDate {
        NaiveDate::from_ymd_opt(2021, 3, 1).unwrap_or_default()
    }
    fn calendar(&self) -> &'a Calendar {
        &self.0.calendar
    }
    fn title(&self, named: Named) -> Text {
        match named {
            Named::Event(i) => Text::same(EVENTS[i]),
            Named::Param(i) => Text::same(PARAMS[i].0),
        }
    }
}
