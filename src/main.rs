//! Arguments in, exit code out.

use std::io::{BufWriter, IsTerminal, Write};
use std::process::ExitCode;
use xuncha::cli::{self, Env};

fn main() -> ExitCode {
    let var = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
    let stdout = std::io::stdout();
    let terminal = stdout.is_terminal();
    let env = Env {
        cwd: std::env::current_dir().unwrap_or_else(|_| ".".into()),
        locale: ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|n| var(n)),
        today: var("XUNCHA_TODAY"),
        clock: chrono::Local::now().date_naive(),
        terminal,
        no_color: var("NO_COLOR").is_some() || var("TERM").is_some_and(|t| t == "dumb"),
        width: var("COLUMNS").and_then(|c| c.parse().ok()).unwrap_or(if terminal { terminal_width() } else { 120 }),
        editor: var("VISUAL").or_else(|| var("EDITOR")),
        key: var("XUNCHA_KEY").map(Into::into).or_else(|| {
            let home = || var("HOME").map(|h| std::path::Path::new(&h).join(".config"));
            let settings = var("XDG_CONFIG_HOME").or_else(|| var("APPDATA")).map(Into::into).or_else(home);
            settings.map(|s| s.join("xuncha").join("key.age"))
        }),
        ask: std::io::stdin().is_terminal(),
    };
    let mut out = BufWriter::new(anstream::AutoStream::new(
        stdout,
        if terminal { anstream::ColorChoice::Auto } else { anstream::ColorChoice::AlwaysAnsi },
    ));
    let mut err = std::io::stderr();
    let code = cli::run(std::env::args_os(), &env, &mut out, &mut err);
    // A reader who closed the pipe has seen enough.
    let _ = out.flush();
    // Dropping the buffer would write again to a closed pipe.
    std::mem::forget(out);
    ExitCode::from(code)
}

/// The terminal's width in cells, 100 where it cannot be told.
fn terminal_width() -> usize {
    terminal_size::terminal_size().map_or(100, |(w, _)| w.0 as usize)
}
