//! Comes in: many rows or keys. Goes out: few statements, of few different texts, so that prepared ones are used again.

use super::value::Value;

/// Most rows in one statement, and most placeholders (SQLite takes 32,766, PostgreSQL 65,535).
const MAX_ROWS: usize = 256;
const MAX_ARGS: usize = 30_000;

/// An insert of many rows: `INSERT INTO t (a, b)` and what follows the values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Insert {
    pub(super) into: &'static str,
    pub(super) then: &'static str,
}

/// Splits rows over statements whose row counts are powers of two.
pub(super) fn inserts(insert: Insert, rows: Vec<Vec<Value>>) -> Vec<(String, Vec<Value>)> {
    let columns = rows.first().map_or(0, Vec::len);
    let mut rest = rows.into_iter();
    let mut statements = Vec::new();
    while rest.len() > 0 && columns > 0 {
        let take = floor_power(rest.len().min(MAX_ROWS).min(MAX_ARGS / columns));
        let args = rest.by_ref().take(take).flatten().collect();
        statements.push((
            format!("{} VALUES {} {}", insert.into, tuples(take, columns), insert.then),
            args,
        ));
    }
    statements
}

/// Splits keys over statements; their placeholders follow those of the other values. A list is filled up to a power of
/// two by repeating its last key.
pub(super) fn in_lists(sql: &str, args: &[Value], keys: &[Value]) -> Vec<(String, Vec<Value>)> {
    let statement = |chunk: &[Value]| {
        let filled = chunk.len().next_power_of_two();
        let mut all = [args, chunk].concat();
        all.resize(args.len() + filled, chunk[chunk.len() - 1].clone());
        (sql.replace("{in}", &tuple(args.len() + 1, filled)), all)
    };
    keys.chunks(2 * MAX_ROWS).map(statement).collect()
}

fn floor_power(number: usize) -> usize {
    1 << number.max(1).ilog2()
}

fn tuples(rows: usize, columns: usize) -> String {
    let tuples: Vec<String> = (0..rows).map(|row| tuple(row * columns + 1, columns)).collect();
    tuples.join(", ")
}

fn tuple(first: usize, columns: usize) -> String {
    let marks: Vec<String> = (first..first + columns).map(|number| format!("${number}")).collect();
    format!("({})", marks.join(", "))
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
            assert_eq!(sizes(&inserts(insert, rows)), wanted);
        }
        let one = inserts(insert, vec![vec![Value::from(1_i64); 2]; 2]);
        assert_eq!(
            one[0].0,
            "INSERT INTO t (a, b) VALUES ($1, $2), ($3, $4) ON CONFLICT DO NOTHING"
        );
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
            assert_eq!(sizes(&in_lists("SELECT a FROM t WHERE a IN {in}", &[], &keys)), wanted);
        }
        let keys = [7_i64, 8, 9].map(Value::from);
        let (text, args) = in_lists("a = $1 AND x IN {in}", &[Value::from("a")], &keys).remove(0);
        assert_eq!(text, "a = $1 AND x IN ($2, $3, $4, $5)");
        assert_eq!(args, args!["a", 7_i64, 8_i64, 9_i64, 9_i64]);
    }
}
