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
    let (codes, _) = super::explain::library::codes();
    let title = |code: &str| codes.iter().find(|c| c.id == code).map(|c| c.title.get(lang).to_string());
    let rule = |f: &Finding| f.obligation.clone().unwrap_or_else(|| f.code.to_string());
    let mut rules: BTreeMap<String, Value> = BTreeMap::new();
    for f in list {
        let id = rule(f);
        rules.entry(id.clone()).or_insert_with(|| {
            let text = f.cite.as_ref().map(|c| c.get(lang).to_string()).or_else(|| title(&f.code)).unwrap_or_else(|| f.code.to_string());
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
            json!({ "ruleId": rule(f), "level": level, "message": { "text": message }, "locations": locations(f, sources) })
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

/// Where a finding points; nowhere where it is about the casebook itself.
fn locations(f: &Finding, sources: &mut Sources) -> Vec<Value> {
    if f.place.file.is_empty() {
        return Vec::new();
    }
    let l = sources.lines(f);
    let mut physical = json!({ "artifactLocation": { "uri": uri(&f.place.file) } });
    if l.line > 0 {
        physical["region"] = json!({ "startLine": l.line, "startColumn": l.column, "endLine": l.end_line, "endColumn": l.end_column });
    }
    vec![json!({ "physicalLocation": physical })]
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Place;
    use crate::text::Text;

    fn log(list: &[Finding]) -> Value {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("谈话")).unwrap();
        std::fs::write(dir.path().join("谈话/a b.yaml"), "标题: 一\n日期: x\n").unwrap();
        let mut out = Vec::new();
        findings(&mut out, &list.iter().collect::<Vec<_>>(), &mut Sources::new(dir.path()), Lang::Zh).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    /// What the SARIF 2.1.0 schema requires and bounds, for the properties that are written here.
    #[test]
    fn every_required_property_is_there() {
        let mut with = Finding::error("bad-date", Place::at("谈话/a b.yaml", 20..21), Text::new("日期不对", "no date"));
        with.obligation = Some("XH-12-4a".into());
        with.cite = Some(Text::new("(十二)4", "(十二)4"));
        let whole = Finding::warning("stray-file", Place::file("谈话/a b.yaml"), Text::new("不认识", "unknown"));
        let nowhere = Finding::new(Severity::Info, "procedure-not-pinned", Place::default(), Text::new("没有固定", "not pinned"));
        let log = log(&[with, whole, nowhere]);
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        assert!(run["tool"]["driver"]["name"].is_string());
        assert!(["utf16CodeUnits", "unicodeCodePoints"].contains(&run["columnKind"].as_str().unwrap()));
        let rules: Vec<&str> = run["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap()).collect();
        let mut once = rules.clone();
        once.dedup();
        assert_eq!(rules, once);
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), 3);
        for r in results {
            assert!(r["message"]["text"].as_str().is_some_and(|t| !t.is_empty()));
            assert!(["none", "note", "warning", "error"].contains(&r["level"].as_str().unwrap()));
            assert!(rules.contains(&r["ruleId"].as_str().unwrap()));
            for l in r["locations"].as_array().unwrap() {
                let uri = l["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
                assert!(uri.is_ascii() && !uri.contains(' '), "{uri}");
            }
        }
        let region = &results[0]["locations"][0]["physicalLocation"]["region"];
        assert_eq!((&region["startLine"], &region["startColumn"], &region["endColumn"]), (&json!(2), &json!(5), &json!(6)));
        assert!(results[1]["locations"][0]["physicalLocation"]["region"].is_null());
        assert_eq!(results[2]["locations"], json!([]));
    }
}
