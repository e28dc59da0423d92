//! Development data: real, measured on, and not part of the repository.

use std::path::{Path, PathBuf};

/// A folder of the development data (`KLARSTELLE_DEV_DATA`, default `../shared/data`); where it is absent the test says
/// that it is skipped.
pub(crate) fn dev_data(folder: &str) -> Option<PathBuf> {
    let root = std::env::var_os("KLARSTELLE_DEV_DATA").map(PathBuf::from);
    let root = root.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"));
    let found = Some(root.join(folder)).filter(|path| path.is_dir());
    if found.is_none() {
        println!("skipped: {}", std::thread::current().name().unwrap_or(folder));
    }
    found
}
