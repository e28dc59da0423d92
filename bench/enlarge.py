"""Claims and questions for the benchmark: real claims, then as many again as are wanted from a bigram chain over them.

    enlarge.py DATA OUT COUNT

DATA holds folders with claimreviews.ndjson, queries.jsonl and qrels.tsv. OUT gets claims.tsv (id, text), questions.tsv
(id, text; tweets of 20 to 40 words) and qrels.tsv (question, claim). The same COUNT gives the same files: the seed is fixed.
"""

import json
import random
import sys
from pathlib import Path

SETS = ["snopes-tweets", "politifact-debates", "factcheck-tweets"]
ASKED = ["snopes-tweets", "factcheck-tweets"]
SEED = 20261122


def lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def one_line(text):
    return " ".join(text.split())


def real_claims(data):
    for name in SETS:
        for row in lines(data / name / "claimreviews.ndjson"):
            yield row["identifier"], one_line(row["claimReviewed"])


def chain(texts):
    """For each word, the words that followed it, as often as they did; None ends a text."""
    followers = {}
    for text in texts:
        before = None
        for word in [*text.split(), None]:
            followers.setdefault(before, []).append(word)
            before = word
    return followers


def drawn(followers, chance, longest=60):
    words, word = [], chance.choice(followers[None])
    while word is not None and len(words) < longest:
        words.append(word)
        word = chance.choice(followers[word])
    return " ".join(words)


def claims(data, count):
    real = list(real_claims(data))
    yield from real[:count]
    followers, chance = chain(text for _, text in real), random.Random(SEED)
    for number in range(count - len(real)):
        yield f"drawn-{number:07}", drawn(followers, chance)


def questions(data):
    for name in ASKED:
        for row in lines(data / name / "queries.jsonl"):
            text = one_line(row["text"])
            if 20 <= len(text.split()) <= 40:
                yield row["id"], text


def write(path, rows):
    with open(path, "w", encoding="utf-8") as file:
        file.writelines("\t".join(row) + "\n" for row in rows)


def main(data, out, count):
    out.mkdir(parents=True, exist_ok=True)
    write(out / "claims.tsv", claims(data, count))
    write(out / "questions.tsv", questions(data))
    with open(out / "qrels.tsv", "w", encoding="utf-8") as file:
        file.writelines((data / name / "qrels.tsv").read_text(encoding="utf-8") for name in ASKED)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
