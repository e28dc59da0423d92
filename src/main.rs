//! The `klarstelle` command.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Texts become many short strings; with glibc's allocator a fifth of an import was spent on them.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    klarstelle::cli::run(std::env::args_os())
}
