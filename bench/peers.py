"""Peers in Python's own process: peers.py bm25s|sqlite DATA. The plain OR of a question's words, ten answers."""

import json
import re
import sqlite3
import sys
import time
from pathlib import Path

LIMIT = 10
# The slow ones answer the first so many.
SECONDS = 30


def rows(path):
    with open(path, encoding="utf-8") as file:
        return [line.rstrip("\n").split("\t", 1) for line in file]


def words(text):
    return sorted(set(re.findall(r"\w+", text.lower())))


def measure(name, ask, questions):
    for _, text in questions[:10]:
        ask(text)
    cpu, start = [], time.monotonic()
    for _, text in questions:
        before = time.thread_time()
        ask(text)
        cpu.append((time.thread_time() - before) * 1e3)
        if time.monotonic() - start > SECONDS:
            break
    cpu.sort()
    share = lambda part: cpu[min(int(len(cpu) * part), len(cpu) - 1)]
    line = {"peer": name, "questions": len(cpu), "cpu_ms": sum(cpu) / len(cpu), "cpu_p50": share(0.5), "cpu_p99": share(0.99)}
    print(json.dumps(line))


def sqlite(claims, questions):
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE claims USING fts5(id UNINDEXED, text)")
    db.executemany("INSERT INTO claims VALUES (?, ?)", claims)
    sql = "SELECT id FROM claims WHERE claims MATCH ? ORDER BY bm25(claims) LIMIT ?"
    either = lambda text: " OR ".join(f'"{word}"' for word in words(text))
    measure("SQLite FTS5", lambda text: db.execute(sql, (either(text), LIMIT)).fetchall(), questions)


def bm25s(claims, questions):
    import bm25s as library

    index = library.BM25()
    index.index([words_of(text) for _, text in claims], show_progress=False)
    known = index.vocab_dict

    def ask(text):
        asked = [word for word in words(text) if word in known]
        return index.retrieve([asked], k=LIMIT, show_progress=False, n_threads=0)

    measure("bm25s 0.3", ask, questions)


def words_of(text):
    return re.findall(r"\w+", text.lower())


def main(peer, data):
    {"sqlite": sqlite, "bm25s": bm25s}[peer](rows(data / "claims.tsv"), rows(data / "questions.tsv"))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
