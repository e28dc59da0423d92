# What you run before each commit
default: check

# Format, lints, docs, tests without browser and clients
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps
    cargo nextest run --workspace

# The service on the default address
run:
    cargo run --release -- serve

# The bundled example web, crawled and served
demo:
    cargo run --release -- demo

# Everything, as CI runs it
test:
    scripts/test

# The index from scratch
reindex:
    cargo run --release -- reindex

# How well claims are found, and how often that is known: DIR holds claimreviews.ndjson, queries.jsonl and qrels.tsv
evaluate DIR:
    cargo run --release -- eval --outcomes --claims {{DIR}}/claimreviews.ndjson --queries {{DIR}}/queries.jsonl --qrels {{DIR}}/qrels.tsv

# Licences and sources of the dependency tree
deny:
    cargo deny check licenses bans sources
