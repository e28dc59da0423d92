#!/bin/sh
# What outsiders' tools make of openapi.yaml, against a live server: run.sh BASE_URL KEY
#
# KEY needs the scope review. The server should have no limit that thousands of requests of one caller would meet:
# KLARSTELLE_SERVER_ANONYMOUS_PER_MINUTE=100000 KLARSTELLE_SERVER_ANONYMOUS_BURST=10000.
# Everything made here goes into .work and node_modules, which git ignores. EXAMPLES (default 25) bounds schemathesis.
set -eu

if [ $# -ne 2 ]; then
    echo "usage: $0 BASE_URL KEY" >&2
    exit 2
fi
base_url=$1
key=$2
cd "$(dirname "$0")"
contract=../../openapi.yaml
mkdir -p .work

# TypeScript: generate, compile strictly, one round.
[ -d node_modules ] || npm ci --no-audit --no-fund --silent
npx --no-install openapi-typescript "$contract" --output .work/api.d.ts >/dev/null
npx --no-install tsc --project tsconfig.json
node .work/js/round.js "$base_url" "$key"

# Python: generate, one round.
./venv.sh
PATH="$PWD/.work/venv/bin:$PATH" openapi-python-client generate --path "$contract" --config python-client.yaml \
    --output-path .work/python --overwrite
PYTHONPATH=.work/python .work/venv/bin/python round.py "$base_url" "$key"

# Every operation, with made-up good and bad input, by all checks.
.work/venv/bin/schemathesis --config-file schemathesis.toml run "$contract" --url "$base_url" \
    --header "Authorization: Bearer $key" --max-examples "${EXAMPLES:-25}" --seed 1 --no-color
