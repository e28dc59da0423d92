//! The `klarstelle` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    klarstelle::cli::run(std::env::args_os())
}
