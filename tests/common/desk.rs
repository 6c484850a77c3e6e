//! The example with sealing set up: everybody's key entered, a key file for each beside it. The keys are fixed.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use crate::common::{Book, Ran, run_with};
use std::fs;
use xuncha::seal::Key;

/// The day of these tests.
pub const TODAY: &str = "2021-05-12";
/// Of the round's two teams: zu-11 leads the one, zu-15 is in it, zu-03 is in the other.
pub const PEOPLE: [(&str, &str, &str); 6] = [
    ("zu-11", "leader", "AGE-SECRET-KEY-1QYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZ9K4CN"),
    ("zu-15", "member", "AGE-SECRET-KEY-1QGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQ0N3JDM"),
    ("zu-03", "member", "AGE-SECRET-KEY-1QVPSXQCRQVPSXQCRQVPSXQCRQVPSXQCRQVPSXQCRQVPSXQCRQVPS2PGGME"),
    ("ban-01", "office_director", "AGE-SECRET-KEY-1QSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQMDXKL7"),
    ("ban-02", "office_staff", "AGE-SECRET-KEY-1Q5ZS2PG9Q5ZS2PG9Q5ZS2PG9Q5ZS2PG9Q5ZS2PG9Q5ZS2PG9Q5ZS7LLVFU"),
    ("ld-02", "executive_deputy_head", "AGE-SECRET-KEY-1QCRQVPSXQCRQVPSXQCRQVPSXQCRQVPSXQCRQVPSXQCRQVPSXQCRQNFCTU5"),
];
/// The record that is sealed.
pub const PETITION: &str = "rounds/2021-r1/qinghe/petition/2021-04-19-02.yaml";
/// That of every key.
pub const PASSPHRASE: &str = "清河四月柳絮飞扬时节";

/// The example with everybody's key entered, a key file for each beside it, and a petition whose summary stands in plain text.
pub struct Desk {
    /// The casebook.
    pub book: Book,
    /// The folder of key files.
    pub keys: tempfile::TempDir,
}

impl Desk {
    pub fn new(settings: &str) -> Desk {
        let book = Book::example("midway");
        let keys = tempfile::tempdir().expect("a folder");
        let mut text = fs::read_to_string(book.path().join("xuncha.toml")).unwrap() + settings;
        for (code, role, secret) in PEOPLE {
            let key = Key::parse(secret).expect("a key");
            fs::write(keys.path().join(format!("{code}.age")), key.lock(PASSPHRASE, Some(2)).unwrap()).unwrap();
            text += &format!("\n[[sealing.person]]\ncode = \"{code}\"\nrole = \"{role}\"\nkey = \"{}\"\n", key.public());
        }
        book.write("xuncha.toml", text);
        fs::write(keys.path().join("pass"), format!("{PASSPHRASE}\r\n")).unwrap();
        fs::write(keys.path().join("wrong"), "清河五月柳絮飞扬时节\n").unwrap();
        let desk = Desk { book, keys };
        desk.put(PETITION, |t| {
            t.replace("反映问题概述: paper:信1-2021-02", "反映问题概述: |  # 摘自来电\n  反映某站虚列会议费。\n\n  票据 3 张")
        });
        desk
    }

    pub fn put(&self, file: &str, change: impl Fn(String) -> String) {
        let old = self.text(file);
        let new = change(old.clone());
        assert_ne!(old, new, "{file}");
        self.book.write(file, new);
    }

    pub fn text(&self, file: &str) -> String {
        fs::read_to_string(self.book.path().join(file)).unwrap()
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        self.book.run(args, TODAY)
    }

    /// A command with somebody's key.
    pub fn by(&self, who: &str, args: &[&str]) -> Ran {
        self.edited(who, args, None)
    }

    pub fn edited(&self, who: &str, args: &[&str], editor: Option<&str>) -> Ran {
        let key = self.keys.path().join(format!("{who}.age")).display().to_string();
        let pass = self.keys.path().join("pass").display().to_string();
        let all: Vec<&str> = args.iter().copied().chain(["--key", &key, "--passphrase-file", &pass]).collect();
        run_with(self.book.path(), &all, TODAY, editor)
    }

    /// An editor that runs a `sed` expression, and writes down where the plain text lay.
    pub fn editor(&self, sed: &str) -> String {
        let script = self.keys.path().join("editor.sh");
        let seen = self.keys.path().join("seen").display().to_string();
        fs::write(&script, format!("echo \"$1\" > {seen}\nstat -c %a \"$1\" \"$(dirname \"$1\")\" >> {seen}\nsed -i '{sed}' \"$1\"\n"))
            .unwrap();
        format!("sh {}", script.display())
    }

    /// Who can open the record.
    pub fn openers(&self, file: &str) -> Vec<&'static str> {
        PEOPLE.iter().map(|(code, ..)| *code).filter(|code| self.by(code, &["open", file]).code == 0).collect()
    }
}

/// Fails with what was printed.
pub fn ok(ran: &Ran) {
    assert_eq!(ran.code, 0, "{}\n{}", ran.out, ran.err);
}
