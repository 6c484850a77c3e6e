//! A second reader of YAML agrees with ours on what a text says.

use super::*;
use serde_yaml::Value as Theirs;

/// Both readings in a common form: scalars by their text where it is text to both, otherwise by what the other reader makes of ours.
fn agree(tree: &Tree, id: NodeId, theirs: &Theirs) -> Result<(), String> {
    let ours = tree.str(id);
    let same = match (tree.shape(id), theirs) {
        (Shape::Null, Theirs::Null) => true,
        (Shape::Quoted | Shape::Block | Shape::Plain, Theirs::String(s)) => s == ours,
        (Shape::Plain, Theirs::Bool(b)) => ours.eq_ignore_ascii_case(&b.to_string()),
        (Shape::Plain, Theirs::Number(n)) => serde_yaml::from_str::<serde_yaml::Number>(ours).is_ok_and(|m| m == *n),
        (Shape::Seq, Theirs::Sequence(items)) => {
            if tree.items(id).count() != items.len() {
                return Err(format!("{} items against {}", tree.items(id).count(), items.len()));
            }
            return tree.items(id).zip(items).try_for_each(|(n, v)| agree(tree, n, v));
        }
        (Shape::Map, Theirs::Mapping(map)) => {
            if tree.entries(id).count() != map.len() {
                return Err(format!("{} entries against {}", tree.entries(id).count(), map.len()));
            }
            return tree.entries(id).zip(map).try_for_each(|(e, (k, v))| {
                let key = k.as_str().map_or_else(|| serde_yaml::to_string(k).unwrap().trim_end().to_string(), str::to_string);
                if key != e.key { Err(format!("key {:?} against {key:?}", e.key)) } else { agree(tree, e.value, v) }
            });
        }
        _ => false,
    };
    if same { Ok(()) } else { Err(format!("{:?} {ours:?} against {theirs:?}", tree.shape(id))) }
}

#[test]
fn a_second_reader_agrees_on_the_corpus() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/yaml");
    let mut read = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = decode("x.yaml", std::fs::read(&path).unwrap()).unwrap();
        let theirs: Theirs = serde_yaml::from_str(&text).unwrap();
        for text in [text.clone(), text.replace('\n', "\r\n"), text.trim_end().to_string()] {
            let tree = parse(&text);
            if let Err(difference) = agree(&tree, tree.root(), &theirs) {
                panic!("{}: {difference}", path.display());
            }
        }
        read += 1;
    }
    assert!(read >= 6, "{read} files");
}

/// Every YAML file below a folder.
fn records(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(records(&path));
        } else if path.extension().is_some_and(|e| e == "yaml") {
            found.push(path);
        }
    }
    found
}

#[test]
fn a_second_reader_reads_every_example_record_alike() {
    let mut read = 0;
    for path in records(concat!(env!("CARGO_MANIFEST_DIR"), "/examples").as_ref()) {
        let text = std::fs::read_to_string(&path).expect("a record");
        let theirs: Theirs = serde_yaml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let tree = parse(&text);
        if let Err(difference) = agree(&tree, tree.root(), &theirs) {
            panic!("{}: {difference}", path.display());
        }
        read += 1;
    }
    assert!(read > 300, "only {read} records");
}
