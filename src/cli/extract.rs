//! `klarstelle extract FILE|-`: what is read out of some bytes.

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use anyhow::Context;
use clap::Args;

use super::output::{print, tame};
use crate::{
    config::Settings,
    domain::WebUrl,
    extract::{self, Extracted, Facts},
};

#[derive(Debug, Args)]
pub(super) struct ExtractArgs {
    /// A page, a feed, a timeline or a ClaimReview file; `-` is standard input
    file: PathBuf,
    /// Where it was found: resolves relative addresses
    #[arg(long, default_value = "https://localhost.invalid/")]
    url: String,
    /// The Content-Type that it came with
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,
}

pub(super) fn run(settings: &Settings, args: &ExtractArgs) -> anyhow::Result<()> {
    let url = WebUrl::parse(&args.url).with_context(|| format!("cannot take {}", args.url))?;
    let bytes = read(&args.file).with_context(|| format!("cannot read {}", args.file.display()))?;
    let extracted = extract::read(&bytes, args.content_type.as_deref(), &url);
    print(settings, &extracted, text)?;
    Ok(())
}

pub(super) fn read(file: &Path) -> io::Result<Vec<u8>> {
    if file != Path::new("-") {
        return fs::read(file);
    }
    let mut bytes = Vec::new();
    io::stdin().read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn text(found: &Extracted) -> String {
    let mut text = String::new();
    if let Some(facts) = &found.facts {
        text.push_str(&page(facts));
    }
    for review in &found.reviews {
        let line = format!(
            "“{}” {}: {}",
            review.rating.text, review.publisher.name, review.claim_reviewed
        );
        text.push_str(&format!("fact-check {}\n", tame(&line)));
    }
    for item in &found.items {
        let url = item.url.as_ref().map_or("(no address)", |url| url.as_str());
        text.push_str(&format!("item       {}  {url}\n", tame(&item.title)));
    }
    text.extend(
        found
            .posts
            .iter()
            .map(|post| format!("post       {}\n", tame(&post.document.text))),
    );
    text.extend(found.problems.iter().map(|problem| format!("problem    {problem}\n")));
    text
}

/// A line for each fact that is known, then the paragraphs.
fn page(facts: &Facts) -> String {
    let kind = serde_json::to_value(facts.kind).ok();
    let known = [
        ("page", kind.as_ref().and_then(|kind| kind.as_str()).map(str::to_owned)),
        ("title", Some(facts.title.clone())),
        ("canonical", facts.canonical_url.as_ref().map(ToString::to_string)),
        ("language", Some(facts.lang.to_string())),
        ("author", facts.author.clone()),
        ("published", facts.published_at.map(|date| date.to_string())),
        ("modified", facts.modified_at.map(|date| date.to_string())),
    ];
    let mut text = String::new();
    for (name, value) in known {
        text.extend(value.map(|value| format!("{name:<10} {}\n", tame(&value))));
    }
    let images = facts.images.iter();
    text.extend(images.map(|image| format!("image      {}  {}\n", image.url, tame(&image.alt))));
    text.extend(facts.quotes.iter().map(|quote| {
        let url = quote.url.as_ref().map_or("(no address)", |url| url.as_str());
        format!("quote      {url}  {}\n", tame(&quote.text))
    }));
    text.extend(
        facts
            .claims
            .iter()
            .map(|claim| format!("claim      {}\n", tame(&claim.text))),
    );
    let main = facts.text.as_deref().unwrap_or_default();
    text.extend(main.lines().map(|line| format!("\n{}\n", tame(line))));
    text
}
