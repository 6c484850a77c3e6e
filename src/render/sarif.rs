//! SARIF 2.1.0 for editors and CI.

use super::{Sources, json};
use crate::finding::{Finding, Severity};
use crate::text::Lang;
use anyhow::Result;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Write;

/// One run with one result a finding; the rule is the obligation, or the code where there is none.
pub fn findings(out: &mut dyn Write, list: &[&Finding], sources: &mut Sources, lang: Lang) -> Result<()> {
    let rule = |f: &Finding| f.obligation.clone().unwrap_or_else(|| f.code.to_string());
    let mut rules: BTreeMap<String, Value> = BTreeMap::new();
    for f in list {
        let id = rule(f);
        rules.entry(id.clone()).or_insert_with(|| {
            let text = f.cite.as_ref().map_or_else(|| f.code.to_string(), |c| c.get(lang).to_string());
            json!({ "id": id, "shortDescription": { "text": text } })
        });
    }
    let results: Vec<Value> = list
        .iter()
        .map(|f| {
            let level = match f.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "note",
            };
            let mut message = f.message.get(lang).to_string();
            if let Some(help) = &f.help {
                message = format!("{message}\n{}", help.get(lang));
            }
            json!({ "ruleId": rule(f), "level": level, "message": { "text": message }, "locations": [location(f, sources)] })
        })
        .collect();
    let driver = json!({ "name": "xuncha", "version": env!("CARGO_PKG_VERSION"), "rules": rules.into_values().collect::<Vec<_>>() });
    let value = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{ "tool": { "driver": driver }, "columnKind": "unicodeCodePoints", "results": results }],
    });
    json::write(out, &value)
}

fn location(f: &Finding, sources: &mut Sources) -> Value {
    let l = sources.lines(f);
    let mut physical = json!({ "artifactLocation": { "uri": uri(&f.place.file) } });
    if l.line > 0 {
        physical["region"] = json!({ "startLine": l.line, "startColumn": l.column, "endLine": l.end_line, "endColumn": l.end_column });
    }
    json!({ "physicalLocation": physical })
}

/// A relative path as a URI: bytes outside the unreserved set are escaped.
fn uri(path: &str) -> String {
    let mut out = String::new();
    for b in path.bytes() {
        match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(b as char),
            _ => out.push_str(&format!("%{b:02X}")),
        }
    }
    out
}
