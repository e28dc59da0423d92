#!/bin/sh
# Installs the Python tools of requirements.txt into .work/venv, which git ignores, unless these very ones are there.
set -eu
cd "$(dirname "$0")"
if ! cmp -s requirements.txt .work/venv/installed.txt; then
    mkdir -p .work
    python3 -m venv .work/venv
    .work/venv/bin/pip install --quiet --disable-pip-version-check --requirement requirements.txt
    cp requirements.txt .work/venv/installed.txt
fi
