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

# claim-index beside raw tantivy, in one run
bench:
    cargo bench -p claim-index

# Licences and sources of the dependency tree
deny:
    cargo deny check licenses bans sources
