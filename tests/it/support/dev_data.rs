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

/// A real model's folder, where `scripts/models` has put it.
pub(crate) fn model(name: &str) -> Option<PathBuf> {
    let models = std::env::var_os("KLARSTELLE_MODELS").map_or_else(|| PathBuf::from("target/models"), PathBuf::from);
    let folder = models.join(name);
    let is_there = folder.join("model.safetensors").exists();
    if !is_there {
        println!("skipped: there is no model in {}", folder.display());
    }
    is_there.then_some(folder)
}
