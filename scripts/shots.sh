#!/usr/bin/env bash
# Makes pictures of the screens of both web apps from a demo city: small ones for the README in server/web/shots, or all of them, in Chinese and
# English, light and dark, on large and small screens, into a folder that is named; with a word those whose file holds it in its name.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:-} word=${2:-all}
work=$(mktemp -d "${TMPDIR:-/tmp}/spotcheck-shots.XXXXXX")
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
go build -o "$work/spotcheck" ./server/cmd/spotcheck
"$work/spotcheck" demo --data "$work/data" --issues 200 --seed 7 >"$work/demo"
password=$(sed -n 's/.* password \([^,]*\), shown.*/\1/p' "$work/demo")
"$work/spotcheck" --addr 127.0.0.1:0 --data "$work/data" >"$work/start" 2>"$work/log" &
server=$!
for _ in $(seq 100); do grep -q '^Spotcheck listens' "$work/start" && break; sleep 0.1; done
address=$(sed -n 's/^Spotcheck listens on \([^ ]*\) .*/\1/p' "$work/start")
[ -d server/web/ui/node_modules ] || (cd server/web/ui && npm ci --silent --no-audit --no-fund)
(cd server/web/ui && DEMO_PASSWORD=$password node e2e/shots.mjs "http://$address" "${folder:-../shots}" ${folder:+"$word"})
