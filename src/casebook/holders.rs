//! Entering, striking and exchanging the persons with a key in the text of `xuncha.toml`; every other byte stays.

use super::config::{Config, Holder, read};
use crate::say;
use crate::text::Text;

/// The line that begins a person.
const HEAD: &str = "[[sealing.person]]";

/// The settings with one more person.
pub fn enter(text: &str, holder: &Holder) -> Result<String, Text> {
    let gap = if text.is_empty() || text.ends_with("\n\n") {
        ""
    } else if text.ends_with('\n') {
        "\n"
    } else {
        "\n\n"
    };
    let (code, role, key) = (quote(&holder.code), quote(&holder.role), quote(&holder.key.to_string()));
    let new = format!("{text}{gap}{HEAD}\ncode = {code}\nrole = {role}\nkey = {key}\n");
    let mut wanted = settings(text)?.sealing.people;
    wanted.push(holder.clone());
    verified(text, new, &wanted)
}

/// The settings without a person.
pub fn strike(text: &str, code: &str) -> Result<String, Text> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let head = |l: &str| l.trim_start().starts_with('[');
    let mut wanted = settings(text)?.sealing.people;
    wanted.retain(|h| h.code != code);
    for (start, _) in lines.iter().enumerate().filter(|(_, l)| l.split('#').next().unwrap_or(l).trim() == HEAD) {
        let mut end = lines[start + 1..].iter().position(|l| head(l)).map_or(lines.len(), |i| start + 1 + i);
        // Comments above the next head are about it.
        while end > start + 1 && (lines[end - 1].trim().is_empty() || lines[end - 1].trim_start().starts_with('#')) {
            end -= 1;
        }
        let mut from = start;
        if end == lines.len() {
            while from > 0 && lines[from - 1].trim().is_empty() {
                from -= 1;
            }
        }
        let new = [&lines[..from], &lines[end..]].concat().concat();
        if let Ok(new) = verified(text, new, &wanted) {
            return Ok(new);
        }
    }
    Err(by_hand())
}

/// The settings with another key for a person.
pub fn exchange(text: &str, holder: &Holder, key: &str) -> Result<String, Text> {
    let old = holder.key.to_string();
    let mut wanted = settings(text)?.sealing.people;
    for h in wanted.iter_mut().filter(|h| h.code == holder.code) {
        h.key = crate::seal::Public::parse(key).ok_or_else(by_hand)?;
    }
    verified(text, text.replacen(&old, key, 1), &wanted)
}

fn quote(s: &str) -> String {
    toml::Value::String(s.to_string()).to_string()
}

fn by_hand() -> Text {
    say!(
        "无法在不动其他内容的前提下改写 xuncha.toml，请手工修改 `[[sealing.person]]`",
        "xuncha.toml cannot be changed without touching the rest: edit its `[[sealing.person]]` by hand"
    )
}

/// The settings, if nothing is wrong with their keys.
fn settings(text: &str) -> Result<Config, Text> {
    let (config, findings) = read(super::MARKER, text);
    let wrong = |c: &str| c == "sealing-key" || c == "data-syntax" || c == "data-word";
    match findings.into_iter().find(|f| wrong(&f.code)) {
        Some(f) => {
            let (zh, en) = (f.message.zh, f.message.en);
            Err(say!("xuncha.toml 有误，先改正：{zh}", "xuncha.toml is wrong, mend it first: {en}"))
        }
        None => Ok(config),
    }
}

/// The new text, if it differs from the old in its people alone.
fn verified(old: &str, new: String, people: &[Holder]) -> Result<String, Text> {
    let (before, after) = (read(super::MARKER, old), read(super::MARKER, &new));
    let (a, b) = (&before.0, &after.0);
    let rest = a.office == b.office && a.leading_group == b.leading_group && a.procedure == b.procedure && a.params.len() == b.params.len();
    let same = rest && a.sealing.direct_content == b.sealing.direct_content && b.sealing.people == people;
    if same && after.1.len() <= before.1.len() { Ok(new) } else { Err(by_hand()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::Key;

    fn holder(code: &str) -> Holder {
        Holder { code: code.into(), role: "office_staff".into(), key: Key::generate().public() }
    }

    #[test]
    fn who_enters_can_be_struck_and_the_rest_stays() {
        let start = "# 设置\n[office]\nname = \"某办\"   # 名称\n\n[sealing]\ndirect_content = \"paper\"\n\n[params]\nx = 1\n";
        let (a, b, c) = (holder("zu-01"), holder("zu-02"), holder("ban-01"));
        let one = enter(start, &a).unwrap();
        let two = enter(&one, &b).unwrap();
        let three = enter(&two, &c).unwrap();
        assert!(three.starts_with(start));
        assert_eq!(strike(&three, "ban-01").unwrap(), two);
        assert_eq!(strike(&strike(&three, "zu-02").unwrap(), "ban-01").unwrap(), one);
        assert_eq!(strike(&one, "zu-01").unwrap(), start);
        let key = Key::generate().public().to_string();
        let other = exchange(&three, &b, &key).unwrap();
        assert!(other.contains(&key) && !other.contains(&b.key.to_string()));
        assert_eq!(other.len(), three.len());
    }

    #[test]
    fn comments_of_the_next_table_stay() {
        let text = enter("[office]\nname = \"某办\"\n", &holder("zu-01")).unwrap() + "\n# 参数如下\n[params]\nx = 1\n";
        let rest = strike(&text, "zu-01").unwrap();
        assert_eq!(rest, "[office]\nname = \"某办\"\n\n\n# 参数如下\n[params]\nx = 1\n");
    }

    #[test]
    fn people_written_otherwise_are_left_to_their_writer() {
        let key = Key::generate().public();
        let text = format!("sealing = {{ person = [{{ code = \"zu-01\", role = \"office\", key = \"{key}\" }}] }}\n");
        assert_eq!(settings(&text).unwrap().sealing.people.len(), 1);
        assert!(enter(&text, &holder("zu-02")).is_err());
        assert!(strike(&text, "zu-01").is_err());
    }
}
