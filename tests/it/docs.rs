//! What the documents state, held.

use std::{fs, path::PathBuf};

use klarstelle::{
    cli,
    config::{self, Layers, Settings},
    crawl::Sources,
};

fn read(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The commands in a document's fenced blocks, without comments.
fn commands(text: &str) -> Vec<String> {
    let blocks = text.split("```").skip(1).step_by(2);
    let lines = blocks
        .flat_map(str::lines)
        .map(|line| line.split(" # ").next().unwrap_or_default().trim());
    lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[test]
fn the_readme_begins_with_the_two_commands() {
    let commands = commands(&read("README.md"));
    assert_eq!(commands[0], "cargo run --release -- demo");
    assert_eq!(commands[1], "scripts/test");
    assert!(
        read(".ci/run").contains("\nscripts/test\n"),
        "CI runs the README's test command"
    );
    assert!(
        read(".ci/run").contains("cargo run --release --locked -- demo"),
        "CI runs the README's demo"
    );
}

/// Each `klarstelle …` line of the documents is a command line that the program takes.
#[test]
fn documented_command_lines_parse() {
    let mut seen = 0;
    for name in [
        "README.md",
        "docs/operating.md",
        "docs/sources.md",
        "docs/archive.md",
        "docs/detection.md",
        "docs/fact-checkers.md",
    ] {
        for line in commands(&read(name)) {
            let Some(at) = line.find("klarstelle ") else { continue };
            if line.starts_with("curl") || line.starts_with('#') || line[..at].contains('[') {
                continue;
            }
            let call = line[at..].split(['|', '>', '&']).next().unwrap_or_default();
            let words = shell_words(call);
            let parsed = cli::command().try_get_matches_from(&words);
            assert!(
                parsed.is_ok(),
                "{name}: {line}: {}",
                parsed.err().map(|e| e.to_string()).unwrap_or_default()
            );
            seen += 1;
        }
    }
    assert!(seen >= 10, "only {seen} command lines found");
}

/// Splits at blanks, keeping what stands between double quotes.
fn shell_words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (number, part) in line.split('"').enumerate() {
        if number % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

#[test]
fn the_example_configuration_is_the_default_and_complete() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("config.example.toml");
    let settled = Layers {
        file: Some(path),
        ..Layers::default()
    }
    .settle()
    .expect("valid");
    assert_eq!(settled, Settings::default());
    let table: toml::Table = read("config.example.toml").parse().expect("TOML");
    for key in config::keys().keys() {
        let found = key
            .split('.')
            .try_fold(&toml::Value::Table(table.clone()), |at, name| at.get(name))
            .is_some();
        assert!(found, "config.example.toml lacks {key}");
    }
}

#[test]
fn every_command_is_in_the_operators_guide() {
    let guide = read("docs/operating.md");
    for command in cli::command().get_subcommands() {
        let name = command.get_name();
        assert!(
            guide.contains(&format!("klarstelle {name}")),
            "docs/operating.md lacks `klarstelle {name}`"
        );
    }
}

/// Each kind of source stands in both tables, but that those which ask any address have no row in the second; each address
/// that a kind asks is said.
#[test]
fn every_kind_of_source_is_documented_with_what_it_asks() {
    let guide = read("docs/sources.md");
    let sources = Sources::standard();
    for kind in sources.all() {
        assert!(
            guide.contains(&format!("| `{}` | ", kind.name())),
            "docs/sources.md lacks {}",
            kind.name()
        );
        for endpoint in kind.endpoints().iter().filter(|at| !at.starts_with("any address")) {
            let address = endpoint.split([' ', ',']).next().unwrap_or_default();
            assert!(guide.contains(address), "docs/sources.md lacks {address}");
        }
    }
    let listed = guide.lines().filter(|line| line.starts_with("| `")).count();
    assert_eq!(listed, sources.all().count() + 8, "a row without a kind");
}

#[test]
fn exit_codes_stand_in_the_guide_as_in_the_help() {
    let help = cli::command().render_long_help().to_string();
    let guide = read("docs/operating.md");
    for (code, meaning) in [
        (0, "done"),
        (1, "failed"),
        (2, "wrong usage"),
        (3, "part of it failed (some sources, some lines), the rest is done"),
        (4, "another run holds the lock"),
        (5, "the configuration cannot be used"),
        (6, "the data directory is damaged, or from a newer version"),
    ] {
        assert!(help.contains(&format!("{code}  {meaning}")), "--help: {code}");
        assert!(
            guide.contains(&format!("| {code} | {meaning} |")),
            "docs/operating.md: {code}"
        );
    }
}

#[test]
fn no_document_names_this_machine() {
    for name in [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "docs/operating.md",
        "docs/sources.md",
        "docs/archive.md",
        "scripts/test",
        ".ci/run",
    ] {
        let text = read(name);
        assert!(!text.contains("/work/"), "{name}");
    }
}
