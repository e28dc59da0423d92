//! What the crawler is set to read.

use super::{Added, Error, Store};
use crate::domain::{Actor, Source, SourceId, SourceKind, WebUrl};

impl Store {
    /// Sets a source. An address that is set already (by its [`UrlKey`](crate::domain::UrlKey)) stays as it is.
    pub async fn add_source(&self, url: &WebUrl, kind: SourceKind, actor: &Actor) -> Result<Added<Source>, Error> {
        let _ = (url, kind, actor);
        todo!()
    }

    /// All sources that are set, oldest first.
    pub async fn sources(&self) -> Result<Vec<Source>, Error> {
        todo!()
    }

    /// Unsets a source; what was read there stays. [`Error::NotFound`] if it is not set.
    pub async fn remove_source(&self, id: &SourceId, actor: &Actor) -> Result<Source, Error> {
        let _ = (id, actor);
        todo!()
    }
}
