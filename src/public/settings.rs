//! The data of a casebook beside its records, for others: settings without names and keys; kinds, procedures and days off without comments.

use super::Names;
use crate::calendar::Rule;
use crate::casebook::{Casebook, MARKER};
use crate::say;
use crate::text::Bilingual;
use anyhow::{Result, bail};
use toml::{Table, Value};

/// Tables of the settings that name nobody.
const KEPT: [&str; 4] = ["defaults", "alerts", "stats", "coverage"];

/// The files, by their paths in the export.
pub fn files(book: &Casebook, names: &Names) -> Result<Vec<(String, String)>> {
    let mut out = vec![(MARKER.to_string(), settings(&read(book, MARKER)?, names))];
    for folder in ["kinds", "procedures", "calendar"] {
        for (rel, _) in book.own(folder).0 {
            let table = read(book, &rel)?;
            out.push((rel, table.to_string()));
        }
    }
    for round in book.rounds() {
        let rel = format!("rounds/{round}/procedure.toml");
        if book.root.join(&rel).is_file() {
            out.push((format!("rounds/{}/procedure.toml", names.round(&round)), read(book, &rel)?.to_string()));
        }
    }
    Ok(out)
}

fn read(book: &Casebook, rel: &str) -> Result<Table> {
    let text = crate::casebook::file::read_text(&book.root.join(rel), rel).map_err(|f| anyhow::Error::new(Bilingual(f.message.clone())))?;
    match text.parse::<Table>() {
        Ok(table) => Ok(table),
        Err(_) => bail!(Bilingual(say!(
            "{rel} 读不懂，先用 xuncha check 查明改正",
            "{rel} cannot be read; mend it first, xuncha check says what is wrong"
        ))),
    }
}

fn settings(all: &Table, names: &Names) -> String {
    let mut out = Table::new();
    for key in KEPT {
        out.extend(all.get(key).map(|v| (key.to_string(), v.clone())));
    }
    let office = all.get("office").and_then(Value::as_table);
    if let Some(list) = office.and_then(|o| o.get("leading_group")).and_then(Value::as_array) {
        let member = |v: &Value| -> Option<Value> {
            let (role, person) = (v.get("role")?.clone(), v.get("person")?.as_str()?);
            let person = names.id(person).unwrap_or("x-0").to_string();
            Some(Value::Table(Table::from_iter([("role".to_string(), role), ("person".to_string(), Value::String(person))])))
        };
        let group = Value::Array(list.iter().filter_map(member).collect());
        out.insert("office".into(), Value::Table(Table::from_iter([("leading_group".to_string(), group)])));
    }
    if let Some(params) = all.get("params").and_then(Value::as_table) {
        let number = |v: &Value| match v {
            Value::String(s) => s.parse::<f64>().is_ok() || Rule::parse(&format!("+{}", s.trim_start_matches(['+', '-']))).is_ok(),
            Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => true,
            _ => false,
        };
        let kept = params.iter().filter(|(_, v)| number(v)).map(|(k, v)| (k.clone(), v.clone()));
        out.insert("params".into(), Value::Table(kept.collect()));
    }
    out.to_string()
}
