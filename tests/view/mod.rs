//! Runs one command line in the process, with everything from outside fixed.

use std::path::Path;
use xuncha::cli::{self, Env};

/// What a command printed, and its exit code.
pub struct Ran {
    pub out: String,
    pub err: String,
    pub code: u8,
}

/// Runs `xuncha` in `dir` on 1 September 2020, 110 cells wide, without colour.
pub fn run(dir: &Path, args: &[&str]) -> Ran {
    let env = Env {
        cwd: dir.to_path_buf(),
        locale: None,
        today: None,
        clock: chrono::NaiveDate::from_ymd_opt(2020, 9, 1).unwrap(),
        terminal: false,
        no_color: false,
        width: 110,
        editor: None,
    };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let args = std::iter::once("xuncha").chain(args.iter().copied()).map(Into::into);
    let code = cli::run(args, &env, &mut out, &mut err);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { out: text(out), err: text(err), code }
}

/// Runs it outside any casebook; it must succeed, print nothing beside its results, and print the same twice.
#[allow(dead_code)]
pub fn fine(args: &[&str]) -> String {
    let dir = tempfile::tempdir().unwrap();
    let (a, b) = (run(dir.path(), args), run(dir.path(), args));
    assert_eq!((a.code, a.err.as_str()), (0, ""), "{args:?}");
    assert_eq!(a.out, b.out, "{args:?}");
    a.out
}

/// Runs it outside any casebook; it must fail with 2, print no results, and name no path of this machine.
#[allow(dead_code)]
pub fn refused(args: &[&str]) -> String {
    let dir = tempfile::tempdir().unwrap();
    let ran = run(dir.path(), args);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}");
    ran.err
}
