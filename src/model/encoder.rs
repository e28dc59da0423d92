//! A model on this machine, as the index wants it.

use std::{path::Path, sync::Arc};

use claim_embed::{Model, Role};
use claim_index::Encoder;

use super::Error;

/// Opens the model in a folder.
pub fn encoder(folder: &Path) -> Result<Arc<dyn Encoder>, Error> {
    Ok(Arc::new(Opened(Model::open(folder)?)))
}

struct Opened(Model);

impl Encoder for Opened {
    fn digest(&self) -> &str {
        self.0.digest()
    }

    fn dimensions(&self) -> usize {
        self.0.dimensions()
    }

    fn query(&self, text: &str) -> Result<Vec<f32>, String> {
        let vector = self.0.encode_one(text, Role::Query);
        vector.map(Into::into).map_err(|error| error.to_string())
    }

    fn passages(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, String> {
        let vectors = self.0.encode(texts, Role::Passage).map_err(|error| error.to_string())?;
        Ok(vectors.into_iter().map(Into::into).collect())
    }
}
