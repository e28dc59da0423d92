#!/usr/bin/env python3
"""Called by run: serves the site, lets each crawler read it, prints a line of JSON for each."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

PORT, CONCURRENCY = 8099, 8
# Names that lead to loopback are refused by the guard, so hosts are addresses.
HOSTS = [f"127.0.1.{n}" for n in range(1, 51)]
LOOPBACK = "127.0.1.0/24"
HERE = pathlib.Path(__file__).parent


def measured(command, environment):
    """CPU seconds and peak memory of one process, as the kernel counted them when it ended."""
    began = time.monotonic()
    process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True)
    out = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    return out, status, {
        "cpu_s": round(used.ru_utime + used.ru_stime, 2),
        "wall_s": round(wall, 2),
        "peak_mb": round(used.ru_maxrss / 1024, 1),
    }


def row(peer, mode, pages, figures):
    print(json.dumps({"peer": peer, "mode": mode, "pages": pages, **figures,
                      "pages_per_cpu_s": round(pages / figures["cpu_s"], 1)}), flush=True)


def scrapy(mode, sources, folder, home):
    environment = {
        "SOURCES": " ".join(sources),
        "CONCURRENCY": str(CONCURRENCY),
        "TEXT": str(folder / "scrapy.jsonl") if mode == "documents" else "",
    }
    out, status, figures = measured([home / "venv/bin/scrapy", "runspider", "--loglevel=ERROR", HERE / "spider.py"], environment)
    if status:
        sys.exit("Scrapy failed")
    row("scrapy", mode, int(out.split("pages")[1]), figures)


def crawler(mode, sources, folder, release):
    depth = "#depth=10" if mode == "documents" else ""
    command = [release / "crawl-links", mode, folder, LOOPBACK, str(CONCURRENCY), *(source + depth for source in sources)]
    out, status, figures = measured(command, {})
    if status:
        sys.exit("crawl-links failed")
    _, pages, _, documents = out.split()
    row("klarstelle", mode, int(pages), {**figures, "documents": int(documents)})


def whole(sources, folder, release):
    environment = {
        "KLARSTELLE_NET_ALLOW_LOOPBACK": LOOPBACK,
        "KLARSTELLE_CRAWL_MIN_DELAY_MS": "0",
        "KLARSTELLE_CRAWL_CONCURRENCY": str(CONCURRENCY),
        "KLARSTELLE_CRAWL_MAX_PAGES_PER_RUN": "1000000",
        "KLARSTELLE_CRAWL_MAX_PAGES_PER_HOST": "1000000",
    }
    klarstelle = [release / "klarstelle", "--data-dir", folder]
    for source in sources:
        add = [*klarstelle, "source", "add", f"{source}#depth=10", "--kind", "section"]
        subprocess.run(add, env={**os.environ, **environment}, check=True, stdout=subprocess.DEVNULL)
    out, status, figures = measured([*klarstelle, "crawl", "--all", "--format", "json"], environment)
    if status:
        sys.exit(f"klarstelle crawl failed: {out}")
    report = json.loads(out)
    row("klarstelle", "whole", report["pages"]["fetched"] + report["sources"], {**figures, "documents": report["documents"]})


def empty(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def side_by_side(mode, sources, home, release):
    folder = empty(home / "data")
    if mode == "whole":
        whole(sources, folder, release)
    else:
        crawler(mode, sources, folder, release)
        scrapy(mode, sources, folder, home)


def main(home, release, pages, rounds, modes):
    server = subprocess.Popen([sys.executable, HERE / "site.py", str(PORT), str(pages), *HOSTS], stdout=subprocess.PIPE)
    try:
        server.stdout.readline()
        sources = [f"http://{host}:{PORT}/news/" for host in HOSTS]
        for mode in modes * rounds:
            if mode.startswith("alone-"):
                crawler(mode.removeprefix("alone-"), sources, empty(home / "data"), release)
            else:
                side_by_side(mode, sources, home, release)
    finally:
        server.terminate()


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5:])
