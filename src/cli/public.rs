//! `--public`: which commands can print for the public, and what they withhold.

use super::Command as C;
use super::ctx::fail;
use crate::say;
use anyhow::Result;

/// Refuses the flag where a command writes, or prints what is not for the public in any form.
pub(super) fn allowed(command: &C) -> Result<()> {
    match command {
        C::Check(_) | C::Deadlines(_) | C::Next(_) | C::Status(_) | C::Log(_) | C::People(_) | C::Coverage(_) | C::Stats(_) => Ok(()),
        C::Form(_) | C::Export(_) => Ok(()),
        // These print nothing of records.
        C::Due(_) | C::Calendar(_) | C::Procedure(_) | C::Kind(_) | C::Explain(_) | C::Completions(_) | C::Man(_) => Ok(()),
        C::Sample(_) => Ok(()),
        _ => Err(fail(say!(
            "--public 只用于输出内容的命令：check、deadlines、next、status、log、people、coverage、stats、form、sample --dry-run、export",
            "--public is for commands that print contents: check, deadlines, next, status, log, people, coverage, stats, form, sample --dry-run, export"
        ))),
    }
}
