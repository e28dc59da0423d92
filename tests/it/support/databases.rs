//! A fresh SQLite file and a fresh PostgreSQL database: what is tested against a store is tested against both.

use std::any::Any;

use klarstelle::store::{Error, Store, StoreUrl};

use super::postgres;

/// A database of a test's own. It is gone when this is dropped.
pub(crate) struct TestDb {
    /// Where it is.
    pub(crate) url: StoreUrl,
    /// Takes it away.
    _guard: Box<dyn Any + Send>,
}

impl TestDb {
    /// A fresh SQLite file.
    fn sqlite() -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        Self {
            url: StoreUrl::Sqlite(dir.path().join("store.db")),
            _guard: Box::new(dir),
        }
    }

    /// A fresh database in the run's PostgreSQL cluster.
    async fn postgres() -> Self {
        let database = postgres::Database::create().await;
        Self {
            url: StoreUrl::Postgres(database.url().to_owned()),
            _guard: Box::new(database),
        }
    }

    /// Opens a store in it.
    pub(crate) async fn open(&self) -> Store {
        println!("on {:?}", self.url);
        self.open_again().await.expect("the store opens")
    }

    /// Opens a store in it, or says why not.
    pub(crate) async fn open_again(&self) -> Result<Store, Error> {
        Store::open(&self.url).await
    }
}

/// One fresh database of each kind.
pub(crate) async fn databases() -> [TestDb; 2] {
    [TestDb::sqlite(), TestDb::postgres().await]
}

/// A fresh SQLite file, for what concerns files.
pub(crate) fn sqlite() -> TestDb {
    TestDb::sqlite()
}
