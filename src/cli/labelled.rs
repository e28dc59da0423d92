//! Texts that people labelled, from files: `{"id", "text", "lang", "label"}` a line.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};

use crate::detect::{Label, Labelled};

/// Reads a file; each line must be sound, and labelled 0 or 1.
pub(super) fn read(file: &Path) -> anyhow::Result<Vec<Labelled>> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let texts: Vec<Labelled> = lines
        .map(|(at, line)| labelled(line).with_context(|| format!("{}, line {}", file.display(), at + 1)))
        .collect::<anyhow::Result<_>>()?;
    ensure!(!texts.is_empty(), "no texts in {}", file.display());
    Ok(texts)
}

fn labelled(line: &str) -> anyhow::Result<Labelled> {
    let labelled: Labelled = serde_json::from_str(line)?;
    ensure!(labelled.label <= 1, "a label is 0 or 1, not {}", labelled.label);
    Ok(labelled)
}

/// The files of a folder by what their name says that their labels mean: `…checkworthy….jsonl` is worthy, `…claim….jsonl` a claim.
pub(super) fn files(folder: &Path) -> anyhow::Result<BTreeMap<Label, Vec<PathBuf>>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    let mut files: BTreeMap<Label, Vec<PathBuf>> = BTreeMap::new();
    for path in paths {
        if let Some(label) = label_of(&name(&path)) {
            files.entry(label).or_default().push(path);
        }
    }
    for label in Label::ALL {
        let name = label.as_str();
        ensure!(
            files.contains_key(&label),
            "no file for `{name}` in {}: expected …claim….jsonl and …checkworthy….jsonl",
            folder.display()
        );
    }
    Ok(files)
}

fn label_of(name: &str) -> Option<Label> {
    let stem = name.strip_suffix(".jsonl")?;
    let said = [("checkworthy", Label::Worthy), ("claim", Label::Claim)];
    said.into_iter()
        .find(|(part, _)| stem.contains(part))
        .map(|(_, label)| label)
}

/// A file's name without its folders.
pub(super) fn name(file: &Path) -> String {
    file.file_name()
        .unwrap_or(file.as_os_str())
        .to_string_lossy()
        .into_owned()
}
