//! What is left of a word: in the bytes of files, packed or not, and in the rows of a database.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
};

use flate2::bufread::MultiGzDecoder;
use klarstelle::store::StoreUrl;
use sqlx::{Connection, PgConnection, Row};

/// Every file below a folder.
pub(crate) fn files(dir: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.push(path);
        }
    }
    files
}

/// The files below a folder that have a word in them, in whatever case, as they are or unpacked.
pub(crate) fn holding(dir: &Path, word: &str) -> Vec<PathBuf> {
    let word = word.to_lowercase();
    let holds = |file: &PathBuf| {
        // What SQLite keeps beside a store goes when the last connection does.
        let bytes = fs::read(file).unwrap_or_default();
        let mut unpacked = Vec::new();
        if bytes.starts_with(&[0x1f, 0x8b]) {
            // What a kill cut off ends with an error; what came before it counts.
            let _ = MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut unpacked);
        }
        let name = file.to_string_lossy().to_lowercase().contains(&word);
        name || [bytes, unpacked].iter().any(|bytes| {
            let lower = bytes.to_ascii_lowercase();
            lower.windows(word.len()).any(|window| window == word.as_bytes())
        })
    };
    files(dir).into_iter().filter(holds).collect()
}

/// The rows of a server's database that have a word in them, each with its table.
pub(crate) async fn rows(url: &StoreUrl, word: &str) -> Vec<String> {
    let StoreUrl::Postgres(url) = url else {
        return Vec::new();
    };
    let mut conn = PgConnection::connect(url).await.expect("a server");
    let sql = "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema()";
    let tables = sqlx::query(sql).fetch_all(&mut conn).await.expect("tables");
    let mut found = Vec::new();
    for table in tables.iter().map(|row| row.get::<String, _>(0)) {
        let sql = format!("SELECT CAST(t AS TEXT) FROM {table} t WHERE CAST(t AS TEXT) ILIKE '%' || $1 || '%'");
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(word)
            .fetch_all(&mut conn)
            .await
            .expect("rows");
        found.extend(rows.iter().map(|row| format!("{table}: {}", row.get::<String, _>(0))));
    }
    found
}
