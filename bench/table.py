"""One table from the lines of a run: table.py RESULTS. Ratios are to tantivy and to Lucene in the same run."""

import json
import sys


def cell(value, digits=2):
    return "–" if value is None else f"{value:.{digits}f}"


def ratio(row, base):
    return cell(row["cpu_ms"] / base["cpu_ms"] if base else None)


def main(path):
    with open(path, encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    peers = {row["peer"]: row for row in rows if "peer" in row}
    tantivy, lucene = peers.get("tantivy"), peers.get("Lucene 9.9")
    print("| | CPU ms | of tantivy | of Lucene | CPU p50 | CPU p99 | p99/p50 | MAP@5 |")
    print("|---|---|---|---|---|---|---|---|")
    for name, row in peers.items():
        p50, p99 = row["cpu_p50"], row["cpu_p99"]
        cells = [name, cell(row["cpu_ms"]), ratio(row, tantivy), ratio(row, lucene)]
        cells += [cell(p50), cell(p99), cell(p99 / p50 if p50 and p99 else None, 1), cell(row.get("map_at_5"), 4)]
        print("| " + " | ".join(cells) + " |")
    print()
    for row in rows:
        if "peer" not in row:
            print(json.dumps(row))


if __name__ == "__main__":
    main(sys.argv[1])
