//! `kind list`, `kind show`, `kind schema`, and what editors are given.

mod common;

use common::{fine, refused};
use serde_json::Value;
use std::collections::BTreeSet;
use xuncha::kind::{KindId, Required, Schema, Secrecy, ShapeId, Type, json_schema, load};
use xuncha::text::Lang;

fn json(args: &[&str]) -> Value {
    serde_json::from_str(&fine(args)).unwrap()
}

#[test]
fn show_prints_fields_and_values() {
    insta::assert_snapshot!("kind_show_zh", fine(&["kind", "show", "interview"]));
    insta::assert_snapshot!("kind_show_en", fine(&["kind", "show", "interview", "--lang", "en"]));
}

#[test]
fn a_kind_is_found_by_every_name() {
    let by_id = fine(&["kind", "show", "interview"]);
    for name in ["个别谈话", "谈话", "Interview"] {
        assert_eq!(fine(&["kind", "show", name]), by_id);
    }
    assert_eq!(refused(&["kind", "show", "intervew"]), "错误：没有记录种类 `intervew`；是否指 `interview`？\n");
    assert_eq!(refused(&["kind", "schema", "个别淡话", "--lang", "en"]), "error: there is no kind `个别淡话`; did you mean `个别谈话`?\n");
    assert!(refused(&["kind", "show", "\u{1b}[31m"]).contains("\\u{1b}"));
    assert!(refused(&["kind", "schema", "--format", "csv"]).contains("不能输出 csv"));
}

#[test]
fn every_kind_is_listed_once_and_sorted() {
    let list = json(&["kind", "list", "--format", "json"]);
    let ids: Vec<&str> = list.as_array().unwrap().iter().map(|k| k["kind"].as_str().unwrap()).collect();
    assert!(ids.is_sorted() && ids.contains(&"rectification_item"));
    let table = fine(&["kind", "list"]);
    let csv = fine(&["kind", "list", "--format", "csv"]);
    assert!(csv.starts_with('\u{feff}') && csv.lines().count() == ids.len() + 1);
    assert_eq!(csv.matches("\r\n").count(), ids.len() + 1);
    for id in ids {
        assert!(table.lines().any(|l| l.starts_with(&format!("{id} "))), "{id}");
        let md = fine(&["kind", "show", id, "--format", "md"]);
        let bars = |l: &str| l.replace("\\|", "").matches('|').count();
        assert!(md.lines().all(|l| bars(l) == 8), "{id}: {md}");
    }
}

#[test]
fn show_for_programs_has_both_labels_and_the_values() {
    let k = json(&["kind", "show", "petition", "--format", "json", "--lang", "en"]);
    let field = k["fields"].as_array().unwrap().iter().find(|f| f["key"] == "interview").unwrap();
    assert_eq!(field["label"]["zh"], "来源谈话");
    assert_eq!(field["type"], "ref interview");
    assert_eq!(field["required"], "it.origin == 'interview_record'");
    let values = k["enums"]["channel"]["values"].as_array().unwrap();
    assert!(values.iter().any(|v| v["code"] == "letter" && v["zh"] == "来信" && v["en"].is_string()));
}

/// The value that a reference inside `root` names.
fn resolve<'a>(root: &'a Value, reference: &str) -> Option<&'a Value> {
    root.pointer(reference.strip_prefix('#')?)
}

fn references(v: &Value, out: &mut BTreeSet<String>) {
    match v {
        Value::Object(m) => {
            if let Some(Value::String(r)) = m.get("$ref") {
                out.insert(r.clone());
            }
            m.values().for_each(|v| references(v, out));
        }
        Value::Array(a) => a.iter().for_each(|v| references(v, out)),
        _ => {}
    }
}

fn follow<'a>(root: &'a Value, mut v: &'a Value) -> &'a Value {
    while let Some(r) = v["$ref"].as_str() {
        v = resolve(root, r).unwrap();
    }
    v
}

#[test]
fn every_reference_in_a_schema_can_be_followed() {
    let schema = load::builtin();
    for lang in [Lang::Zh, Lang::En] {
        let mut all = vec![json_schema::all(&schema, lang)];
        all.extend((0..schema.kinds.len()).map(|i| json_schema::one(&schema, KindId(i as u16), lang)));
        for root in &all {
            assert_eq!(root["$schema"], "https://json-schema.org/draft/2020-12/schema");
            let mut found = BTreeSet::new();
            references(root, &mut found);
            for r in found {
                assert!(r.is_ascii() && resolve(root, &r).is_some(), "{r}");
            }
        }
    }
}

/// Compares the schema of a map with the fields it was made from, and goes on into the maps in it.
fn check(schema: &Schema, root: &Value, at: &Value, shape: ShapeId, depth: usize) {
    let properties = at["properties"].as_object().unwrap();
    assert_eq!(at["additionalProperties"], false);
    let required = at.get("allOf").or_else(|| at["then"].get("allOf")).and_then(Value::as_array).cloned().unwrap_or_default();
    for (i, f) in schema.shape(shape).fields.iter().enumerate() {
        let names = [f.key.as_str(), f.label.zh.as_ref()].into_iter().chain(f.aliases.iter().map(String::as_str));
        let names: Vec<&str> = names.filter(|n| schema.shape(shape).find(n) == Some(i as u16)).collect();
        for n in &names {
            // Under every spelling but the code there is only a reference to what stands under the code.
            let given = &properties[*n];
            let value = if given.as_object().unwrap().len() == 1 { resolve(root, given["$ref"].as_str().unwrap()).unwrap() } else { given };
            assert!(value["description"].as_str().is_some_and(|d| !d.is_empty()), "{n}");
            match (&f.ty, f.secrecy) {
                (_, Secrecy::Never) => assert_eq!(value["not"], serde_json::json!({}), "{n}"),
                (Type::Text | Type::Code, Secrecy::Sealed) => {
                    let pattern = value["pattern"].as_str().unwrap();
                    assert!(pattern.starts_with("^(paper:|纸件[:：])") && pattern.contains("BEGIN AGE ENCRYPTED FILE"), "{n}");
                    assert!(value["type"] == "string" || value["type"] == serde_json::json!(["string", "null"]), "{n}");
                }
                (Type::Date, s) if s < Secrecy::Restricted => {
                    assert_eq!(value["format"], "date");
                    assert!(value["pattern"].is_string());
                }
                (Type::Enum(e), _) => {
                    let set = schema.en(*e);
                    let def = &root["$defs"][format!("enum.{}", set.name)];
                    let list = def["enum"].as_array().or_else(|| def["anyOf"][0]["enum"].as_array()).unwrap();
                    assert!(
                        set.values.iter().all(|v| list.contains(&v.code.as_str().into()) && list.contains(&v.label.zh.as_ref().into()))
                    );
                    assert_eq!(def["anyOf"].is_array(), set.open);
                }
                _ => {}
            }
            let mut inner = (&f.ty, value);
            while let Type::List(item) = inner.0 {
                inner = (item.as_ref(), follow(root, &inner.1["items"]));
            }
            if let (Type::Map(shape), true) = (inner.0, depth < 6 && f.secrecy != Secrecy::Never) {
                let map = inner.1["anyOf"].as_array().and_then(|a| a.first()).unwrap_or(inner.1);
                check(schema, root, follow(root, map), *shape, depth + 1);
            }
        }
        let any = required.iter().find(|r| r["anyOf"].as_array().is_some_and(|a| a.iter().any(|x| x["required"][0] == *names[0])));
        let wanted = f.required == Required::Always && f.secrecy != Secrecy::Never;
        assert_eq!(any.map_or(0, |r| r["anyOf"].as_array().unwrap().len()), if wanted { names.len() } else { 0 }, "{}", f.key);
    }
}

#[test]
fn a_schema_takes_what_the_reader_takes() {
    let schema = load::builtin();
    for i in 0..schema.kinds.len() {
        let id = KindId(i as u16);
        let root = json_schema::one(&schema, id, Lang::Zh);
        check(&schema, &root, &root, schema.kind(id).shape, 0);
        let all = json_schema::all(&schema, Lang::Zh);
        if i % 12 == 0 {
            check(&schema, &all, &all["$defs"][&schema.kind(id).id], schema.kind(id).shape, 0);
        }
    }
}

#[test]
fn titles_are_in_the_language_and_its_own_spelling_comes_first() {
    let (zh, en) = (json(&["kind", "schema", "interview"]), json(&["kind", "schema", "interview", "--lang", "en"]));
    assert_eq!((&zh["title"], &en["title"]), (&"个别谈话".into(), &"Interview".into()));
    let first = |v: &Value| v["properties"].as_object().unwrap().keys().next().unwrap().clone();
    assert_eq!((first(&zh), first(&en)), ("谈话编号".to_string(), "no".to_string()));
    assert!(zh["properties"]["inspectors"]["description"].as_str().unwrap().starts_with("一般不少于2人"));
}

#[test]
fn a_structure_that_holds_itself_comes_to_an_end() {
    let own = "kind = \"tree\"\ntitle = { zh = \"树\", en = \"Tree\" }\nscope = [\"case\"]\n[[field]]\nkey = \"root\"\nlabel = { zh = \"根\", en = \"Root\" }\ntype = \"struct knot\"\nsecrecy = \"open\"\n";
    let structures = "[knot]\ntitle = { zh = \"结\", en = \"Knot\" }\nfields = [\n { key = \"in\", label = { zh = \"内\", en = \"In\" }, type = \"list struct knot\" },\n]\n";
    let (schema, _) = load::load(&[("kinds/tree.toml".into(), own.into()), ("kinds/structures.toml".into(), structures.into())]);
    let id = schema.find_kind("tree").unwrap();
    let root = json_schema::one(&schema, id, Lang::En);
    assert_eq!(root["$defs"]["map.knot"]["properties"]["in"]["items"]["anyOf"][0]["$ref"], "#/$defs/map.knot");
    assert_eq!(xuncha::render::kinds::fields(&schema, id).iter().map(|r| r.path.as_str()).collect::<Vec<_>>(), ["root", "root.in"]);
}

#[test]
fn editors_are_given_settings_and_a_schema_a_kind() {
    let schema = load::builtin();
    let files = json_schema::editor_files(&schema, Lang::Zh);
    assert_eq!(files.len(), schema.kinds.len() + 1);
    let (path, text) = &files[0];
    assert_eq!(path, ".vscode/settings.json");
    let settings: Value = serde_json::from_str(text).unwrap();
    let map = settings["yaml.schemas"].as_object().unwrap();
    for (path, text) in &files[1..] {
        assert!(map.contains_key(path), "{path}");
        assert!(serde_json::from_str::<Value>(text).unwrap()["properties"].is_object());
        assert!(text.ends_with("}\n"));
    }
    let globs = |kind: &str| map[&format!(".vscode/schema/{kind}.json")].to_string();
    assert_eq!(globs("interview"), r#"["rounds/*/*/interview/*.yaml","rounds/*/*/个别谈话/*.yaml","rounds/*/*/谈话/*.yaml"]"#);
    assert!(globs("feedback").contains("\"rounds/*/*/feedback.yaml\""));
    assert!(globs("person").contains("\"/person/*.yaml\""));
}
