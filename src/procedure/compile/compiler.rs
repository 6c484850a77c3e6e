//! The pieces of a data file compiled one by one: expressions, paths, templates, periods, events; what is wrong with one is kept.

use super::{Period, Program, Source};
use crate::calendar;
use crate::finding::Finding;
use crate::procedure::{Event, Src};
use crate::rule::{self, Expr, It, Path, RuleError, Template, Ty};
use crate::say;
use crate::text::{meant, nearest};

pub(super) struct Compiler<'p, 's> {
    pub(super) program: &'p Program<'s>,
    pub(super) findings: Vec<Finding>,
}

impl Compiler<'_, '_> {
    pub(super) fn fault(&mut self, src: &Src, e: RuleError) {
        let mut f = Finding::error("rule-error", src.place(e.range), e.message);
        f.help = e.help;
        self.findings.push(f);
    }

    pub(super) fn expr(&mut self, src: &Option<Src>, it: Option<&It>, want: Option<&Ty>) -> Option<Expr> {
        let src = src.as_ref()?;
        match rule::compile(&src.text, &self.program.env, it, want) {
            Ok(e) => Some(e),
            Err(e) => {
                self.fault(src, e);
                None
            }
        }
    }

    pub(super) fn path(&mut self, src: &Src) -> Option<Path> {
        match Path::parse(&src.text, self.program.schema) {
            Ok(p) => Some(p),
            Err(e) => {
                self.fault(src, e);
                None
            }
        }
    }

    pub(super) fn event_index(&mut self, src: &Src) -> Option<usize> {
        let p = self.program.procedure;
        let found = p.event(&src.text);
        if found.is_none() {
            let name = &src.text;
            let near = nearest(name, p.events.iter().map(|e| e.id.as_str())).map(meant);
            let mut f = Finding::error("procedure-event", src.whole(), say!("没有事件 `{name}`", "there is no event `{name}`"));
            f.help = near;
            self.findings.push(f);
        }
        found
    }

    pub(super) fn events(&mut self, list: &[Src]) -> Vec<usize> {
        list.iter().filter_map(|s| self.event_index(s)).collect()
    }

    pub(super) fn template(&mut self, src: &Src, it: Option<&It>) -> Option<Template> {
        match Template::compile(&src.text, &self.program.env, it) {
            Ok(t) => Some(t),
            Err(e) => {
                self.fault(src, e);
                None
            }
        }
    }

    pub(super) fn period(&mut self, src: &Option<Src>) -> Option<Period> {
        let src = src.as_ref()?;
        if let Some(name) = src.text.strip_prefix("param.") {
            let params = &self.program.procedure.params;
            let found = params.iter().position(|p| p.id == name);
            if found.is_none() {
                let near = nearest(name, params.iter().map(|p| p.id.as_str())).map(|n| meant(&format!("param.{n}")));
                let mut f = Finding::error("procedure-param", src.whole(), say!("没有参数 `{name}`", "there is no parameter `{name}`"));
                f.help = near;
                self.findings.push(f);
            }
            return found.map(Period::Param);
        }
        match calendar::Bound::parse(&src.text) {
            Ok(calendar::Bound::Rule(r)) => Some(Period::Rule(r)),
            Ok(calendar::Bound::Date(d)) => Some(Period::Day(d)),
            Err(e) => {
                let mut f = Finding::error("rule-period", src.place(e.range), e.message);
                f.help = e.suggestion.map(|s| meant(&s));
                self.findings.push(f);
                None
            }
        }
    }

    pub(super) fn event(mut self, e: &Event, index: usize) -> (Vec<Source>, Vec<Finding>) {
        let mut sources = Vec::new();
        for src in &e.from {
            let p = self.program.procedure;
            if let Some(other) = p.event(&src.text) {
                if other == index || self.leads_to(other, index, 0) {
                    let id = &e.id;
                    let message = say!("事件 `{id}` 由自己推出", "the event `{id}` is derived from itself");
                    let help = say!(
                        "改由记录的日期推出，如 meeting.deployment.date",
                        "derive it from the date of a record, as in meeting.deployment.date"
                    );
                    self.findings.push(Finding::error("procedure-circle", src.whole(), message).help(help));
                } else {
                    sources.push(Source::Event(other));
                }
                continue;
            }
            let word = !src.text.starts_with("period.") && src.text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-'));
            if word {
                sources.extend(self.path(src).map(Source::Path));
            } else {
                sources.extend(self.expr(&Some(src.clone()), None, None).map(|e| Source::Expr(Box::new(e))));
            }
        }
        (sources, self.findings)
    }

    fn leads_to(&self, from: usize, to: usize, depth: usize) -> bool {
        let p = self.program.procedure;
        depth < 20 && p.events[from].from.iter().filter_map(|s| p.event(&s.text)).any(|e| e == to || self.leads_to(e, to, depth + 1))
    }
}
