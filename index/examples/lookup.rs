//! `cargo run --example lookup -- "TEXT"` asks a small index in memory, and prints the answer as JSON.

use claim_index::{ClaimIndex, Entry, Lang, Position, Query, Wording, WordingKind};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let text = std::env::args()
        .nth(1)
        .unwrap_or("Onions in your socks at night cure the flu, they say".to_owned());
    let claim = "Placing sliced onions in your socks overnight cures the flu.".to_owned();
    let wording = Wording {
        kind: WordingKind::Claim,
        text: claim,
        lang: Lang::EN,
    };

    let index = ClaimIndex::in_memory()?;
    let mut writer = index.writer()?;
    writer.put(&Entry {
        id: "onions".to_owned(),
        wordings: vec![wording],
    })?;
    writer.commit(&Position {
        store_id: "example".to_owned(),
        change: 1,
    })?;

    let answer = index.lookup(&Query {
        text,
        lang: None,
        limit: 3,
    })?;
    println!("{}", serde_json::to_string_pretty(&answer)?);
    Ok(())
}
