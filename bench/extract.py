"""trafilatura with its default options on the pages of bench/extract: F1 and CPU seconds as one line of JSON."""

import collections
import gzip
import json
import pathlib
import re
import sys
import time

import trafilatura

WORDS = re.compile(r"\w+")


def runs(text):
    words = WORDS.findall(text)
    return collections.Counter(tuple(words[i : i + 4]) for i in range(max(1, len(words) - 3)))


def main(folder):
    truth = json.loads((folder / "ground-truth.json").read_text("utf-8"))
    pages = {key: gzip.open(folder / "html" / f"{key}.html.gz").read() for key in truth}
    trafilatura.extract("<p>warm</p>")
    before = time.process_time()
    found = {key: trafilatura.extract(page) or "" for key, page in pages.items()}
    cpu = time.process_time() - before
    precision = recall = 0
    for key, page in truth.items():
        wanted, got = runs(page["articleBody"]), runs(found[key])
        shared = sum((wanted & got).values())
        precision += shared / sum(got.values()) / len(truth)
        recall += shared / sum(wanted.values()) / len(truth)
    f1 = 2 * precision * recall / (precision + recall)
    print("trafilatura", json.dumps({"precision": precision, "recall": recall, "f1": f1, "cpu_seconds": cpu}))


main(pathlib.Path(sys.argv[1]))
