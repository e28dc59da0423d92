//! What the index holds of a claim.

use claim_index::Entry;

use super::{Error, Store};
use crate::domain::ClaimId;

impl Store {
    /// The index entries of the claims named, in the order asked; unknown ones are left out. An entry holds the claim's
    /// text, its first 20 distinct quotes, and what its attached fact-checks say was claimed, their titles and descriptions.
    pub async fn entries(&self, ids: &[ClaimId]) -> Result<Vec<Entry>, Error> {
        let _ = ids;
        todo!()
    }
}
