//! The `klarstelle` command.
fn main() {}
