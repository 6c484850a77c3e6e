//! Passphrases typed at a terminal: the built program behind a pseudo-terminal, answered as a person would.

#![cfg(target_os = "linux")]

mod common;
#[path = "common/desk.rs"]
mod desk;

use desk::{Desk, PASSPHRASE, PETITION, TODAY};
use std::ffi::CStr;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::fd::{FromRawFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

const WRONG: &str = "清河五月柳絮飞扬时节";

/// A program that has a terminal of its own.
struct Terminal {
    child: Child,
    keys: File,
    shown: Receiver<Vec<u8>>,
    text: String,
    seen: usize,
}

/// Both ends of a pseudo-terminal.
fn pair() -> (File, File) {
    // SAFETY: plain calls of the C library; each result is looked at, and each descriptor gets one owner.
    unsafe {
        let main = libc::posix_openpt(libc::O_RDWR | libc::O_NOCTTY | libc::O_CLOEXEC);
        assert!(main >= 0 && libc::grantpt(main) == 0 && libc::unlockpt(main) == 0, "a pseudo-terminal");
        let mut name = [0; 128];
        assert_eq!(libc::ptsname_r(main, name.as_mut_ptr(), name.len()), 0);
        let name = CStr::from_ptr(name.as_ptr()).to_str().expect("a path").to_string();
        let other = fs::OpenOptions::new().read(true).write(true).custom_flags(libc::O_NOCTTY).open(name).expect("its other end");
        (File::from(OwnedFd::from_raw_fd(main)), other)
    }
}

impl Terminal {
    fn new(desk: &Desk, args: &[&str], key: &Path, editor: Option<&Path>) -> Terminal {
        let (main, other) = pair();
        let mut c = Command::new(env!("CARGO_BIN_EXE_xuncha"));
        c.args(args).args(["--lang", "zh", "--key"]).arg(key).current_dir(desk.book.path());
        c.env("XUNCHA_TODAY", TODAY)
            .env("LC_ALL", "C.UTF-8")
            .env("TERM", "dumb")
            .env_remove("XUNCHA_KEY")
            .env_remove("VISUAL")
            .env_remove("EDITOR");
        if let Some(editor) = editor {
            c.env("EDITOR", format!("sh {}", editor.display()));
        }
        let end = || Stdio::from(other.try_clone().expect("a copy"));
        c.stdin(end()).stdout(end()).stderr(end());
        // SAFETY: both calls may be made between fork and exec.
        unsafe {
            c.pre_exec(|| match libc::setsid() >= 0 && libc::ioctl(0, libc::TIOCSCTTY, 0) == 0 {
                true => Ok(()),
                false => Err(std::io::Error::last_os_error()),
            });
        }
        let child = c.spawn().expect("the program runs");
        let (send, shown) = channel();
        let mut from = main.try_clone().expect("a copy");
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(n @ 1..) = from.read(&mut bytes) {
                if send.send(bytes[..n].to_vec()).is_err() {
                    break;
                }
            }
        });
        Terminal { child, keys: main, shown, text: String::new(), seen: 0 }
    }

    /// Waits until these words are shown, after those that were waited for before.
    fn wait(&mut self, words: &str) {
        let start = Instant::now();
        loop {
            if let Some(at) = self.text[self.seen..].find(words) {
                self.seen += at + words.len();
                return;
            }
            assert!(start.elapsed() < Duration::from_secs(60), "`{words}` is not shown: {}", self.text);
            if let Ok(more) = self.shown.recv_timeout(Duration::from_millis(100)) {
                self.text += &String::from_utf8_lossy(&more);
            }
        }
    }

    /// Types it. What is asked for is read from the moment on at which the prompt stands there.
    fn type_in(&mut self, keys: &str) {
        std::thread::sleep(Duration::from_millis(50));
        self.keys.write_all(keys.as_bytes()).expect("the terminal takes it");
    }

    /// Waits for its end; gives all that was shown and the exit code, of which a signal has none.
    fn end(mut self) -> (String, Option<i32>) {
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("a process") {
                break status;
            }
            assert!(start.elapsed() < Duration::from_secs(60), "it does not end: {}", self.text);
            std::thread::sleep(Duration::from_millis(10));
        };
        while let Ok(more) = self.shown.recv_timeout(Duration::from_millis(200)) {
            self.text += &String::from_utf8_lossy(&more);
        }
        (self.text, status.code())
    }
}

/// Runs a command, answers each prompt, and gives what was shown and the exit code. No passphrase may be among what is shown.
fn talk(desk: &Desk, args: &[&str], key: &Path, answers: &[(&str, &str)]) -> (String, Option<i32>) {
    let mut terminal = Terminal::new(desk, args, key, None);
    for (prompt, keys) in answers {
        terminal.wait(prompt);
        terminal.type_in(keys);
    }
    let (text, code) = terminal.end();
    assert!(!text.contains(PASSPHRASE) && !text.contains(WRONG), "{args:?}: {text}");
    (text, code)
}

#[test]
fn a_new_key_is_made_with_a_passphrase_typed_twice() {
    let desk = Desk::new("");
    let key = desk.keys.path().join("fresh.age");
    let (first, second) = ("给新钥匙定一个口令", "再输一遍");
    let enter = |s: &str| format!("{s}\n");
    let (right, wrong) = (enter(PASSPHRASE), enter(WRONG));
    for (answers, said, code) in [
        (vec![(first, "短\n")], "口令太短", Some(2)),
        (vec![(first, "\n")], "口令太短", Some(2)),
        (vec![(first, "\u{4}")], "没有输入口令", Some(2)),
        (vec![(first, "\u{3}")], "口令", Some(130)),
        (vec![(first, right.as_str()), (second, wrong.as_str())], "两遍口令不同", Some(2)),
        (vec![(first, right.as_str()), (second, "\u{3}")], "再输一遍", Some(130)),
    ] {
        let (text, got) = talk(&desk, &["keys", "new"], &key, &answers);
        // Ctrl-C ends it by the signal or with the code of one.
        assert!(text.contains(said) && (got == code || code == Some(130) && got.is_none()), "{answers:?}: {got:?} {text}");
        assert!(!text.contains("系统错误"), "{text}");
        assert!(!key.exists(), "{answers:?}: a key was made");
    }
    let (text, code) = talk(&desk, &["keys", "new"], &key, &[(first, &right), (second, &right)]);
    assert!(code == Some(0) && text.contains("公钥：age1"), "{text}");
    let file = fs::read_to_string(&key).expect("the key");
    assert!(xuncha::seal::Key::unlock(&file, PASSPHRASE).is_ok(), "it opens with what was typed");
}

#[test]
fn a_sealed_record_opens_with_the_typed_passphrase_and_no_other() {
    let desk = Desk::new("");
    let key = desk.keys.path().join("zu-15.age");
    let before = desk.text(PETITION);
    // Sealing asks for nothing.
    let (text, code) = talk(&desk, &["seal", PETITION], &key, &[]);
    assert!(code == Some(0) && !text.contains("口令"), "{text}");
    let sealed = desk.text(PETITION);
    let ask = "钥匙的口令";
    for (keys, said) in [(format!("{WRONG}\n"), "口令不对"), ("\n".into(), "口令不对"), ("\u{4}".into(), "没有输入口令")] {
        let (text, code) = talk(&desk, &["open", PETITION], &key, &[(ask, &keys)]);
        assert!(code == Some(2) && text.contains(said) && !text.contains("会议费"), "{keys:?}: {code:?} {text}");
    }
    let (text, code) = talk(&desk, &["open", PETITION], &key, &[(ask, "清河\u{3}")]);
    assert!(code.is_none_or(|c| c == 130) && !text.contains("会议费"), "{code:?} {text}");
    let (text, code) = talk(&desk, &["open", PETITION], &key, &[(ask, &format!("{PASSPHRASE}\n"))]);
    assert!(code == Some(0) && before.lines().all(|l| text.contains(l)), "{text}");
    assert_eq!(desk.text(PETITION), sealed);
}

#[test]
fn ctrl_c_in_the_editor_leaves_no_plain_text_and_writes_nothing() {
    let desk = Desk::new("");
    let key = desk.keys.path().join("zu-15.age");
    talk(&desk, &["seal", PETITION], &key, &[]);
    let sealed = desk.text(PETITION);
    let seen = desk.keys.path().join("seen");
    // One editor dies of Ctrl-C, one goes on and saves, as those do that take it for a key of theirs.
    for (trap, change, code) in [("-", "", Some(2)), (":", "s/票据 3 张/票据 5 张/", Some(0))] {
        let script = desk.keys.path().join("editor.sh");
        let text = format!(
            "trap '{trap}' INT\n[ '{trap}' = - ] && trap - INT\necho \"$1\" > {seen}\necho EDITING\nsleep 3\nsed -i '{change}' \"$1\"\n",
            seen = seen.display()
        );
        fs::write(&script, text).expect("a script");
        let mut terminal = Terminal::new(&desk, &["edit", PETITION], &key, Some(&script));
        terminal.wait("钥匙的口令");
        terminal.type_in(&format!("{PASSPHRASE}\n"));
        terminal.wait("EDITING");
        let path = fs::read_to_string(&seen).expect("where it lay").trim().to_string();
        assert!(Path::new(&path).exists());
        terminal.type_in("\u{3}");
        let (text, got) = terminal.end();
        assert_eq!(got, code, "{text}");
        assert!(!Path::new(&path).exists() && !Path::new(&path).parent().expect("its folder").exists(), "{path} is left behind");
        assert_eq!(desk.text(PETITION) == sealed, code == Some(2), "{text}");
    }
    assert!(desk.by("ban-02", &["open", PETITION]).out.contains("票据 5 张"));
}

#[test]
fn a_key_is_changed_with_the_typed_passphrase() {
    let desk = Desk::new("");
    let key = desk.keys.path().join("zu-15.age");
    talk(&desk, &["seal", PETITION], &key, &[]);
    let (old, settings) = (fs::read(&key).expect("the key"), desk.text("xuncha.toml"));
    for keys in [format!("{WRONG}\n"), "\u{4}".into(), "\u{3}".into()] {
        let (text, code) = talk(&desk, &["keys", "rotate"], &key, &[("钥匙的口令（新钥匙沿用）", &keys)]);
        assert_ne!(code, Some(0), "{text}");
        assert!(fs::read(&key).expect("the key") == old && desk.text("xuncha.toml") == settings, "{keys:?}");
    }
    let (text, code) = talk(&desk, &["keys", "rotate"], &key, &[("钥匙的口令（新钥匙沿用）", &format!("{PASSPHRASE}\n"))]);
    assert!(code == Some(0) && text.contains("zu-15 的钥匙已更换"), "{text}");
    let (text, code) = talk(&desk, &["open", PETITION], &key, &[("钥匙的口令", &format!("{PASSPHRASE}\n"))]);
    assert!(code == Some(0) && text.contains("会议费"), "{text}");
}
