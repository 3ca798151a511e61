#!/usr/bin/env bash
# Runs the tour of a README as it stands there, on a fresh data folder and a free port, and holds every answer to what
# the README says of it (the lines that begin with "# →"). A tour may stand in several blocks.
set -euo pipefail
cd "$(dirname "$0")/.."
readme=${1:-README.md}
work=$(mktemp -d "${TMPDIR:-/tmp}/spotcheck-tour.XXXXXX")
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -rf "$work"' EXIT

go build -o "$work/spotcheck" ./server/cmd/spotcheck
"$work/spotcheck" --addr 127.0.0.1:0 --data "$work/data" >"$work/start" 2>"$work/log" &
server=$!
for _ in $(seq 100); do grep -q password "$work/start" && break; sleep 0.1; done
address=$(sed -n 's/^Spotcheck listens on \([^ ]*\) .*/\1/p' "$work/start")
password=$(sed -n 's/^  password  *//p' "$work/start")
[ -n "$address" ] && [ -n "$password" ] || { echo "the server did not start:" >&2; cat "$work/start" "$work/log" >&2; exit 1; }

sed -n '/^<!-- tour -->$/,/^```$/p' "$readme" | grep -vE '^(<!-- tour -->|```.*)$' >"$work/tour"
steps=$(grep -c '^# →' "$work/tour") || { echo "$readme has no tour" >&2; exit 1; }
# want TEXT: something since the command before holds the text; the first want after a command ends what came before.
cat >"$work/tour.sh" <<'HEAD'
set -euo pipefail
want() {
  if ! grep -qF -- "$1" "$out"; then printf 'want %s, got:\n' "$1" >&2; cat "$out" >&2; exit 1; fi
}
next() { : >"$out"; }
HEAD
sed -E "s|^# → (.*)$|want '\1'|; s|^PASSWORD=.*|PASSWORD=$password|; s|localhost:8080|$address|; s|--data data|--data $work/data|; s|go run ./server/cmd/spotcheck|$work/spotcheck|" \
  "$work/tour" | awk '/^want / {print; wants = 1; next} wants {print "next"; wants = 0} {print}' >>"$work/tour.sh"
out=$work/out bash "$work/tour.sh" >>"$work/out"
echo "the tour of $readme: $steps answers as it says"
