"""What a lookup costs over HTTP: measure.py KLARSTELLE PRINT_BACK SPEED INPUT WORK

INPUT holds claims.tsv and questions.tsv (bench/enlarge.py). The claims are imported, `klarstelle serve` answers the questions
one by one and eight at once, and pages of 200 questions each; then print-back answers the same, and the index is rebuilt from
the store. Counted is the CPU time of the serving process, as the kernel counts it; `first_ms` is the first round's, when the
service has not told of these claims before, `cpu_ms` the middle one's of the others. One JSON object a line comes out. Every
server started is ended.
"""

import http.client
import json
import os
import re
import resource
import subprocess
import sys
import threading
import time

TICK = os.sysconf("SC_CLK_TCK")
ROUNDS = 3
SENTENCES = 200
PAGES = 10


def rows(path):
    with open(path, encoding="utf-8") as file:
        return [line.rstrip("\n").split("\t", 1) for line in file]


def claim_reviews(claims, path):
    """The claims as fact-checks that an import takes."""
    with open(path, "w", encoding="utf-8") as file:
        for number, text in claims:
            row = {
                "@type": "ClaimReview", "identifier": number, "claimReviewed": text, "inLanguage": "en",
                "url": f"https://bench.example/{number}", "reviewRating": {"@type": "Rating", "alternateName": "False"},
            }
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def cpu_ms(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / TICK


class Server:
    """A process that says its address on a line."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.host = self.process.stdout.readline().split("http://", 1)[1].split()[0].rstrip("/")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(30)

    def post(self, path, bodies, connections):
        """Sends all of them over so many connections; gives CPU milliseconds of the server for each, and the last answer."""
        parts = [bodies[start::connections] for start in range(connections)]
        answers = [None] * connections

        def send(place):
            connection = http.client.HTTPConnection(self.host, timeout=60)
            for body in parts[place]:
                connection.request("POST", path, body, {"Content-Type": "application/json"})
                response = connection.getresponse()
                answers[place] = response.read()
                if response.status != 200:
                    raise SystemExit(f"{path}: {response.status} {answers[place][:200]}")
            connection.close()

        before = cpu_ms(self.process.pid)
        threads = [threading.Thread(target=send, args=(place,)) for place in range(connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return (cpu_ms(self.process.pid) - before) / len(bodies), answers[0]


def measured(name, server, path, bodies, connections):
    first, *rounds = [round(server.post(path, bodies, connections)[0], 3) for _ in range(1 + ROUNDS)]
    line = {"measure": name, "connections": connections, "requests": len(bodies), "cpu_ms": sorted(rounds)[ROUNDS // 2]}
    print(json.dumps(line | {"first_ms": first, "rounds": rounds}), flush=True)


def ran(command, fine=(0,)):
    """Runs a command that ends with one of these codes; gives its CPU and wall seconds."""
    begun, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    code = subprocess.run(command, stdout=subprocess.DEVNULL, timeout=1800, check=False).returncode
    if code not in fine:
        raise SystemExit(f"{command[0]} ended with {code}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.monotonic() - begun


def rebuilt(base, claims):
    cpu, wall = ran([*base, "reindex"])
    line = {"measure": "rebuilding the index", "claims": claims, "cpu_seconds": round(cpu, 2), "seconds": round(wall, 2)}
    print(json.dumps(line | {"claims_per_cpu_second": round(claims / cpu), "claims_per_second": round(claims / wall)}), flush=True)


def main(klarstelle, print_back, speed, data, work):
    questions = rows(f"{data}/questions.tsv")
    base = [klarstelle, "--data-dir", f"{work}/data"]
    if not os.path.exists(f"{work}/data"):
        claim_reviews(rows(f"{data}/claims.tsv"), f"{work}/claims.ndjson")
        # 3: a few of the made-up texts are no claims to the importer.
        import_ = ["import", f"{work}/claims.ndjson", "--publisher", "Bench", "--site", "bench.example"]
        cpu, wall = ran([*base, *import_], fine=(0, 3))
        print(json.dumps({"measure": "importing", "cpu_seconds": round(cpu, 1), "seconds": round(wall, 1)}), flush=True)
    asked = [json.dumps({"text": text, "language": "en"}) for _, text in questions]
    sentences = [re.sub(r"[.!?…:;\s]+", " ", text).strip() + "." for _, text in questions]
    cut = [sentences[start : start + SENTENCES] for start in range(0, PAGES * SENTENCES, SENTENCES)]
    pages = [json.dumps({"text": "\n\n".join(page), "language": "en"}) for page in cut]

    inside = subprocess.run(
        [speed, "served", data, f"{work}/data"], check=True, capture_output=True, text=True, timeout=900
    )
    print(inside.stdout, end="", flush=True)
    environment = ["env", "KLARSTELLE_SERVER_ANONYMOUS_PER_MINUTE=1000000", "KLARSTELLE_SERVER_ANONYMOUS_BURST=1000000"]
    with Server([*environment, *base, "serve", "--listen", "127.0.0.1:0"]) as server:
        for connections in (1, 8):
            measured("lookup over HTTP", server, "/v1/lookup", asked, connections)
        measured("a page of 200", server, "/v1/lookup/page", pages, 1)
        page = json.loads(server.post("/v1/lookup/page", pages[:1], 1)[1])
        print(json.dumps({"sentences": page["sentences"], "asked": page["asked"]}), flush=True)
        answer = server.post("/v1/lookup", asked[:20], 1)[1]
        with open(f"{work}/answer.json", "wb") as file:
            file.write(answer)
    with Server([print_back, f"{work}/answer.json"]) as server:
        for connections in (1, 8):
            measured("parse and print", server, "/v1/lookup", asked, connections)
    rebuilt(base, len(rows(f"{data}/claims.tsv")))


if __name__ == "__main__":
    main(*sys.argv[1:])
