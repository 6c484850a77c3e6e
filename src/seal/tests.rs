//! Sealing with fixed keys: round trips, wrong keys, wrong passphrases, damage at every place.

use super::*;
use proptest::prelude::*;

/// Keys for tests alone; nothing is guarded by them.
const A: &str = "AGE-SECRET-KEY-1GQ9778VQXMMJVE8SK7J6VT8UJ4HDQAJUVSFCWCM02D8GEWQ72PVQ2Y5J33";

fn a() -> Key {
    Key::parse(A).expect("a key")
}

#[test]
fn what_is_sealed_opens_for_its_readers_alone() {
    let (a, b, c) = (a(), Key::generate(), Key::generate());
    let sealed = seal("反映某科室虚列会议费", &[a.public(), b.public()]).unwrap();
    assert!(is_ciphertext(&sealed) && !sealed.contains('\n'), "{sealed}");
    assert_eq!(open(&sealed, &a).as_deref(), Ok("反映某科室虚列会议费"));
    assert_eq!(open(&sealed, &b).as_deref(), Ok("反映某科室虚列会议费"));
    assert_eq!(open(&sealed, &c), Err(Shut::NotForThisKey));
    assert!(seal("x", &[]).is_err());
    let again = seal("反映某科室虚列会议费", &[a.public()]).unwrap();
    assert_ne!(again, seal("反映某科室虚列会议费", &[a.public()]).unwrap());
}

#[test]
fn plain_text_is_not_taken_for_ciphertext() {
    for plain in ["age:", "age: 三十五岁", "age:YWdl", "年龄", "", "age:YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+ 张某"] {
        assert!(!is_ciphertext(plain), "{plain}");
    }
}

#[test]
fn damage_is_noticed_wherever_it_is() {
    let sealed = seal("某事", &[a().public()]).unwrap();
    for cut in PREFIX.len()..sealed.len() {
        assert_eq!(open(&sealed[..cut], &a()), Err(Shut::Damaged), "cut at {cut}");
    }
    let mut changed = 0;
    for at in PREFIX.len()..sealed.len() - 1 {
        let other = if &sealed[at..=at] == "A" { "B" } else { "A" };
        let bent = format!("{}{other}{}", &sealed[..at], &sealed[at + 1..]);
        // A change in the part for the reader may look like another's; none ever opens.
        changed += usize::from(open(&bent, &a()).is_err());
    }
    assert_eq!(changed, sealed.len() - 1 - PREFIX.len());
    let wrapped = format!("{}\n  {}", &sealed[..80], &sealed[80..]);
    assert_eq!(open(&wrapped, &a()).as_deref(), Ok("某事"), "an editor's line break does no harm");
}

#[test]
fn an_armoured_block_opens_too() {
    let bytes = BASE64.decode(seal("某事", &[a().public()]).unwrap().trim_start_matches("age:")).unwrap();
    let mut armor = age::armor::ArmoredWriter::wrap_output(Vec::new(), age::armor::Format::AsciiArmor).unwrap();
    armor.write_all(&bytes).unwrap();
    let text = String::from_utf8(armor.finish().unwrap()).unwrap();
    assert!(is_ciphertext(&text));
    assert_eq!(open(&text, &a()).as_deref(), Ok("某事"));
    assert_eq!(open(&text[..text.len() / 2], &a()), Err(Shut::Damaged));
}

#[test]
fn a_key_file_opens_with_its_passphrase_alone() {
    let file = a().lock("清河四月柳絮飞", Some(4)).unwrap();
    assert!(!file.contains("AGE-SECRET"));
    assert_eq!(Key::unlock(&file, "清河四月柳絮飞").ok().map(|k| k.public()), Some(a().public()));
    let shut = |text: &str, pass: &str| Key::unlock(text, pass).err();
    assert_eq!(shut(&file, "清河四月柳絮"), Some(Locked::Passphrase));
    assert_eq!(shut(&file, ""), Some(Locked::Passphrase));
    assert_eq!(shut(&file[..file.len() / 2], "清河四月柳絮飞"), Some(Locked::Damaged));
    assert_eq!(shut("姓名: 某某", "x"), Some(Locked::Damaged));
    assert_eq!(shut("", "x"), Some(Locked::Damaged));
    assert_eq!(shut(A, "x"), Some(Locked::Bare));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn any_text_comes_back(text in any::<String>()) {
        let sealed = seal(&text, &[a().public()]).unwrap();
        prop_assert!(is_ciphertext(&sealed));
        prop_assert_eq!(open(&sealed, &a()), Ok(text));
    }
}
