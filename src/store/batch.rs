//! Comes in: many rows or keys. Goes out: few statements, of few different texts, so that prepared ones are used again.

use super::value::Value;

/// Most rows in one statement, and most placeholders (SQLite takes 32,766, PostgreSQL 65,535).
const MAX_ROWS: usize = 256;
const MAX_KEYS: usize = 512;
const MAX_ARGS: usize = 30_000;

/// An insert of many rows: `INSERT INTO t (a, b)` and what follows the values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Insert {
    pub(super) into: &'static str,
    pub(super) then: &'static str,
}

/// How placeholders are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marks {
    /// `?`, which stands for the next value.
    Anonymous,
    /// `$7`.
    Numbered,
}

/// Splits rows over statements whose row counts are powers of two.
pub(super) fn inserts(marks: Marks, insert: Insert, rows: Vec<Vec<Value>>) -> Vec<(String, Vec<Value>)> {
    let columns = rows.first().map_or(0, Vec::len);
    let mut rest = rows.into_iter();
    let mut statements = Vec::new();
    while rest.len() > 0 && columns > 0 {
        let take = floor_power(rest.len().min(MAX_ROWS).min(MAX_ARGS / columns));
        let args = rest.by_ref().take(take).flatten().collect();
        statements.push((
            format!(
                "{} VALUES {} {}",
                insert.into,
                tuples(marks, take, columns),
                insert.then
            ),
            args,
        ));
    }
    statements
}

/// Splits keys over statements. A list is filled up to a power of two by repeating its last key.
pub(super) fn in_lists(marks: Marks, sql: &str, keys: &[Value]) -> Vec<(String, Vec<Value>)> {
    chunks(keys)
        .map(|keys| (sql.replace("{in}", &tuple(marks, 1, keys.len())), keys))
        .collect()
}

/// The same for statements that have other values before the keys.
pub(super) fn in_lists_after(args: &[Value], sql: &str, keys: &[Value]) -> Vec<(String, Vec<Value>)> {
    let statement = |keys: Vec<Value>| {
        // Named and anonymous placeholders do not go together.
        let list = tuple(Marks::Numbered, args.len() + 1, keys.len());
        (sql.replace("{in}", &list), [args, &keys].concat())
    };
    chunks(keys).map(statement).collect()
}

fn chunks(keys: &[Value]) -> impl Iterator<Item = Vec<Value>> {
    keys.chunks(MAX_KEYS).map(|chunk| {
        let mut filled = chunk.to_vec();
        filled.resize(chunk.len().next_power_of_two(), chunk[chunk.len() - 1].clone());
        filled
    })
}

fn floor_power(number: usize) -> usize {
    1 << number.max(1).ilog2()
}

/// `(?, ?), (?, ?)`: so many rows of so many placeholders.
pub(super) fn tuples(marks: Marks, rows: usize, columns: usize) -> String {
    let tuples: Vec<String> = (0..rows).map(|row| tuple(marks, row * columns + 1, columns)).collect();
    tuples.join(", ")
}

fn tuple(marks: Marks, first: usize, columns: usize) -> String {
    let mark = |number| match marks {
        Marks::Anonymous => "?".to_owned(),
        Marks::Numbered => format!("${number}"),
    };
    let tuple: Vec<String> = (first..first + columns).map(mark).collect();
    format!("({})", tuple.join(", "))
}

#[cfg(test)]
mod tests {
    use super::{super::value::args, *};

    fn sizes(statements: &[(String, Vec<Value>)]) -> Vec<usize> {
        statements.iter().map(|(_, args)| args.len()).collect()
    }

    #[test]
    fn rows_go_into_powers_of_two() {
        let insert = Insert {
            into: "INSERT INTO t (a, b)",
            then: "ON CONFLICT DO NOTHING",
        };
        for (rows, wanted) in [
            (0, vec![]),
            (1, vec![2]),
            (3, vec![4, 2]),
            (600, vec![512, 512, 128, 32, 16]),
        ] {
            let rows = (0..rows).map(|n| vec![Value::from(i64::from(n)); 2]).collect();
            assert_eq!(sizes(&inserts(Marks::Numbered, insert, rows)), wanted);
        }
        let two = |marks| inserts(marks, insert, vec![vec![Value::from(1_i64); 2]; 2]).remove(0).0;
        for (marks, values) in [
            (Marks::Numbered, "($1, $2), ($3, $4)"),
            (Marks::Anonymous, "(?, ?), (?, ?)"),
        ] {
            let wanted = format!("INSERT INTO t (a, b) VALUES {values} ON CONFLICT DO NOTHING");
            assert_eq!(two(marks), wanted);
        }
    }

    #[test]
    fn keys_are_filled_up() {
        for (keys, wanted) in [
            (0, vec![]),
            (1, vec![1]),
            (3, vec![4]),
            (512, vec![512]),
            (515, vec![512, 4]),
        ] {
            let keys: Vec<Value> = (0..keys).map(Value::from as fn(i64) -> Value).collect();
            assert_eq!(
                sizes(&in_lists(Marks::Anonymous, "SELECT a FROM t WHERE a IN {in}", &keys)),
                wanted
            );
        }
        let keys = [7_i64, 8, 9].map(Value::from);
        let (text, args) = in_lists_after(&[Value::from("a")], "a = $1 AND x IN {in}", &keys).remove(0);
        assert_eq!(text, "a = $1 AND x IN ($2, $3, $4, $5)");
        assert_eq!(args, args!["a", 7_i64, 8_i64, 9_i64, 9_i64]);
    }
}
