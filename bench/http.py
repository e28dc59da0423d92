"""What `POST /v1/lookup` costs the server: http.py CLAIMS-DATA ADDRESS PID. CPU is the whole server process's, a question."""

import http.client
import json
import os
import sys
import threading
import time
from pathlib import Path

QUESTIONS = 600


def cpu_ms(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def ask(address, texts, waits):
    connection = http.client.HTTPConnection(address, timeout=30)
    for text in texts:
        start = time.monotonic()
        body = json.dumps({"text": text, "language": "en"})
        connection.request("POST", "/v1/lookup", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"status {answer.status}")
        waits.append((time.monotonic() - start) * 1e3)


def measure(address, pid, texts, at_once):
    waits = []
    threads = [threading.Thread(target=ask, args=(address, texts[number::at_once], waits)) for number in range(at_once)]
    before = cpu_ms(pid)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = (cpu_ms(pid) - before) / len(waits)
    waits.sort()
    line = {"http": "POST /v1/lookup", "at_once": at_once, "questions": len(waits), "cpu_ms": spent}
    print(json.dumps(line | {"wall_p50": waits[len(waits) // 2], "wall_p99": waits[int(len(waits) * 0.99)]}))


def main(data, address, pid):
    with open(data / "questions.tsv", encoding="utf-8") as file:
        texts = [line.rstrip("\n").split("\t", 1)[1] for line in file][:QUESTIONS]
    measure(address, pid, texts, 1)
    measure(address, pid, texts, 8)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
