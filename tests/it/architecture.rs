//! Holds the code to the import table of ARCHITECTURE.md: data flow one way, and each right to see another stage is
//! written down.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Who may see whom, in path order. `domain` and the crate `claim-index` are seen by all.
const SEES: &[(&str, &[&str])] = &[
    ("config", &[]),
    ("domain", &[]),
    ("archive", &[]),
    ("net", &[]),
    ("model", &["net"]),
    ("extract", &[]),
    ("crawl", &["archive", "net", "extract"]),
    ("detect", &[]),
    ("cluster", &[]),
    ("store", &["crawl", "cluster"]),
    ("indexer", &["model", "cluster", "store"]),
    ("ingest", &["net", "crawl", "extract", "detect", "cluster", "store"]),
    ("desk", &["detect", "store", "indexer", "ingest"]),
    ("review", &["store"]),
    ("lookup", &["detect", "store", "indexer"]),
    ("copy", &["archive", "extract", "store"]),
    ("erasure", &["archive", "indexer", "store"]),
    ("backup", &["archive", "erasure", "indexer", "store"]),
    (
        "api",
        &["config", "desk", "lookup", "copy", "indexer", "review", "store"],
    ),
    (
        "web",
        &["api", "config", "desk", "lookup", "indexer", "review", "store"],
    ),
    ("demo", &["config", "net", "crawl", "ingest", "store"]),
    (
        "cli",
        &[
            "api", "web", "demo", "config", "archive", "net", "model", "crawl", "extract", "detect", "cluster",
            "lookup", "copy", "erasure", "backup", "indexer", "ingest", "review", "store",
        ],
    ),
];

fn source_files(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).expect("readable folder") {
        let path = entry.expect("entry").path();
        if path.is_dir() {
            files.extend(source_files(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    files
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// `src/crawl/host.rs` belongs to `crawl`, `src/lookup.rs` to `lookup`.
fn stage_of(file: &Path) -> String {
    let inside = file.strip_prefix(src()).expect("inside src");
    let first = inside.iter().next().expect("a name").to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

/// The stages that a file names: `crate::store::Store`, and the first words of `use crate::{store::…, lookup}`.
fn stages_named(text: &str) -> BTreeSet<String> {
    let code: String = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .fold(String::new(), |code, line| code + line + "\n");
    let mut named = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(list) => named.extend(first_words(list)),
            None => named.extend(word(rest)),
        }
    }
    named
}

fn word(text: &str) -> Option<String> {
    let word: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!word.is_empty()).then_some(word)
}

/// The first word of each item of a `use` list, up to its closing brace.
fn first_words(list: &str) -> Vec<String> {
    let (mut depth, mut item, mut words) = (0, String::new(), Vec::new());
    for c in list.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => words.extend(word(std::mem::take(&mut item).trim())),
            _ if depth == 0 => item.push(c),
            _ => {}
        }
    }
    words.extend(word(item.trim()));
    words
}

#[test]
fn stages_import_only_what_the_table_allows() {
    let table: BTreeMap<&str, &[&str]> = SEES.iter().copied().collect();
    let mut wrong = Vec::new();
    for file in source_files(&src()) {
        let stage = stage_of(&file);
        if stage == "lib" || stage == "main" {
            continue;
        }
        let allowed = table
            .get(stage.as_str())
            .unwrap_or_else(|| panic!("`{stage}` is not in the import table"));
        let named = stages_named(&fs::read_to_string(&file).expect("readable"));
        for other in named.iter().filter(|other| table.contains_key(other.as_str())) {
            if *other != stage && other != "domain" && !allowed.contains(&other.as_str()) {
                wrong.push(format!("{}: {stage} may not see {other}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_stands_in_architecture_md() {
    let text = fs::read_to_string(src().join("../ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    for (stage, sees) in SEES {
        let list = if sees.is_empty() {
            "–".to_owned()
        } else {
            sees.join(", ")
        };
        let row = format!("| `{stage}` | {list} |");
        assert!(text.contains(&row), "ARCHITECTURE.md lacks the row: {row}");
    }
}

/// SQL in `store`, sockets outward in `net`, status codes in `api` and `web`.
#[test]
fn each_craft_stays_in_its_folder() {
    const CRAFTS: &[(&str, &[&str])] = &[
        ("sqlx::", &["store"]),
        ("rusqlite::", &["store"]),
        ("reqwest::", &["net"]),
        ("StatusCode::", &["api", "web", "archive", "net", "crawl", "demo"]),
        ("TcpStream::connect", &["net"]),
    ];
    let mut wrong = Vec::new();
    for file in source_files(&src()) {
        let stage = stage_of(&file);
        let text = fs::read_to_string(&file).expect("readable");
        for (sign, folders) in CRAFTS {
            if text.contains(sign) && !folders.contains(&stage.as_str()) {
                wrong.push(format!("{}: {sign} belongs to {folders:?}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_index_crate_knows_nothing_of_ours() {
    let manifest = fs::read_to_string(src().join("../index/Cargo.toml")).expect("manifest");
    for word in ["klarstelle", "warp", "hyper", "sqlx", "reqwest", "tokio"] {
        assert!(!manifest.contains(word), "claim-index depends on {word}");
    }
}
