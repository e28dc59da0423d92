//! The `klarstelle` command.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Texts become many short strings, and the system's allocator is slower at them (ARCHITECTURE.md has the figure).
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    klarstelle::cli::run(std::env::args_os())
}
