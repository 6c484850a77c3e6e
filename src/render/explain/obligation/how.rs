//! How it is done: the command or the file, who confirms it, where the paper is archived.

use super::Teller;
use crate::kind::Level;
use crate::procedure::Subject;
use crate::procedure::compile::Compiled;
use crate::say;
use crate::text::{Lang, Text};

impl Teller<'_> {
    /// The command or file that does it.
    pub(super) fn todo(&self, c: &Compiled) -> Vec<String> {
        let place = self.place();
        let mut out = Vec::new();
        if let Some(path) = &c.path {
            let kind = self.schema.kind(path.kind());
            let each = matches!(self.o.subject, Subject::Each(_));
            if kind.single {
                let id = &kind.id;
                let file = match kind.levels.first() {
                    Some(Level::Case) => say!("rounds/轮次/单位/{id}.yaml", "rounds/ROUND/UNIT/{id}.yaml"),
                    _ => say!("rounds/轮次/{id}.yaml", "rounds/ROUND/{id}.yaml"),
                };
                let file = self.pick(file);
                out.push(self.pick(say!("在 {file} 中填写", "fill in {file}")));
            } else if let Some(by) = self.o.made_by {
                out.push(by.command(place, self.lang));
            } else if !each {
                let ty = path.type_filter().map(|(_, e, v)| &self.schema.en(e).values[v as usize]);
                let ty = ty.map(|v| match self.lang {
                    Lang::Zh => format!(" 类型={}", v.label.zh),
                    Lang::En => format!(" type={}", v.code),
                });
                let place = if kind.levels == [Level::Workspace] { "" } else { place };
                out.push(format!("xuncha add {} {place}{}", kind.id, ty.unwrap_or_default()).trim_end().to_string());
            }
        }
        if let Some(e) = &self.o.event
            && let Some(i) = self.p.event(&e.text)
        {
            let e = &self.p.events[i];
            let id = &e.id;
            if e.from.is_empty() {
                out.push(self.pick(say!("xuncha event {place} {id} 日期", "xuncha event {place} {id} DATE")));
            } else {
                let from = e.from.iter().map(|s| s.text.as_str()).collect::<Vec<_>>().join(self.comma());
                out.push(self.pick(say!("日期由 `{from}` 得出", "the date comes from `{from}`")));
            }
        }
        if let (Some(path), false) = (&c.path, self.o.approvals.is_empty()) {
            let file = crate::kind::json_schema::globs(self.schema, path.kind()).first().cloned().unwrap_or_default();
            let role = self.o.approvals.last().and_then(|a| a.first()).map(String::as_str).unwrap_or("");
            // A set stands for any of its roles.
            let role = self.p.sets.iter().find(|s| s.id == role).and_then(|s| s.values.first()).map_or(role, |v| v.text.as_str());
            let file = file.trim_start_matches('/');
            out.push(self.pick(say!(
                "xuncha approve {file} --role {role} --decision agreed --date 日期",
                "xuncha approve {file} --role {role} --decision agreed --date DATE"
            )));
        }
        out
    }

    pub(super) fn confirm(&self) -> Vec<String> {
        let (o, place) = (self.o, self.place());
        let Some(who) = &o.confirm else {
            return vec![self.pick(say!("由记录证明，不用人工确认", "the records show it; nobody needs to confirm"))];
        };
        let title = self.actor(who);
        let first = match o.looks_at_records() {
            true => say!("记录核对之后，还须由{title}确认", "once the records are right, {title} confirms"),
            false => say!("记录看不出来，由{title}核实后确认", "no record shows it: {title} confirms"),
        };
        let id = &o.id;
        vec![self.pick(first), format!("xuncha confirm {place} {id} --by {who}")]
    }

    pub(super) fn archive(&self) -> Vec<String> {
        let Some((list, no)) = &self.o.archive else { return Vec::new() };
        let label = match list.as_str() {
            "office" => Text::new("巡察办", "the office"),
            "team" => Text::new("巡察组", "the team"),
            other => Text::same(other),
        };
        let (zh, en) = (label.zh, label.en);
        vec![self.pick(say!("{zh}归档清单第{no}项", "item {no} of the archive list of {en}"))]
    }
}
