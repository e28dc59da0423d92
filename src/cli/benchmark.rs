//! Pages whose article is known: a folder of the article-extraction-benchmark's layout comes in.

use std::{collections::BTreeMap, fs, io::Read, path::Path};

use anyhow::Context;
use flate2::read::GzDecoder;
use serde::Deserialize;

use crate::{
    domain::WebUrl,
    extract::{self, MAX_PAGE_BYTES},
};

/// The pages, in the order of their keys.
#[derive(Debug)]
pub(super) struct Benchmark {
    pub(super) pages: Vec<BenchmarkPage>,
}

/// One page.
#[derive(Debug)]
pub(super) struct BenchmarkPage {
    pub(super) key: String,
    pub(super) url: WebUrl,
    pub(super) bytes: Vec<u8>,
    /// The text that people took for its article.
    pub(super) truth: String,
}

#[derive(Deserialize)]
struct Truth {
    #[serde(rename = "articleBody")]
    text: String,
    url: String,
}

/// More of a page than is ever read, so that unpacking ends.
const MAX_UNPACKED: u64 = 8 * MAX_PAGE_BYTES as u64;

impl Benchmark {
    pub(super) fn read(folder: &Path) -> anyhow::Result<Self> {
        let file = folder.join("ground-truth.json");
        let truth = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let truth: BTreeMap<String, Truth> =
            serde_json::from_str(&truth).with_context(|| format!("cannot read {}", file.display()))?;
        let pages = truth.into_iter().map(|(key, truth)| page(folder, key, truth));
        let pages: Vec<_> = pages.collect::<anyhow::Result<_>>()?;
        anyhow::ensure!(!pages.is_empty(), "no pages in {}", file.display());
        Ok(Self { pages })
    }

    /// The pages as text, and their articles.
    pub(super) fn decoded(&self) -> Vec<(String, &str)> {
        let decoded = |page: &BenchmarkPage| extract::decode(&page.bytes, Some("text/html")).into_text();
        self.pages
            .iter()
            .map(|page| (decoded(page), page.truth.as_str()))
            .collect()
    }
}

fn page(folder: &Path, key: String, truth: Truth) -> anyhow::Result<BenchmarkPage> {
    let file = folder.join("html").join(format!("{key}.html.gz"));
    let mut bytes = Vec::new();
    fs::File::open(&file)
        .and_then(|packed| GzDecoder::new(packed).take(MAX_UNPACKED).read_to_end(&mut bytes))
        .with_context(|| format!("cannot read {}", file.display()))?;
    let url = WebUrl::parse(&truth.url).with_context(|| format!("cannot take {}", truth.url))?;
    Ok(BenchmarkPage {
        key,
        url,
        bytes,
        truth: truth.text,
    })
}
