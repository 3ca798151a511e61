# The map of the desk over 1,000,000 issues in a browser: from the end of a pan until what lies in sight is drawn. DATA is a folder whose database is
# used, and kept, instead of one that is thrown away.
set -euo pipefail
server=
work=$(mktemp -d "${TMPDIR:-/tmp}/spotcheck-bench.XXXXXX")
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
data=${DATA:-$work}
go build -trimpath -pgo=server/cmd/spotcheck/release.pgo -o "$work/lists" ./scripts/bench/lists
go build -trimpath -pgo=server/cmd/spotcheck/release.pgo -o "$work/spotcheck" ./server/cmd/spotcheck
[ -e "$data/map-1000000" ] || "$work/lists" fill -lean "1000000=$data/map-1000000"
"$work/spotcheck" --addr 127.0.0.1:0 --data "$data/map-1000000" >"$work/start" 2>"$work/log" &
server=$!
for _ in $(seq 600); do grep -q '^Spotcheck listens' "$work/start" && break; sleep 0.1; done
address=$(sed -n 's/^Spotcheck listens on \([^ ]*\) .*/\1/p' "$work/start")
[ -d server/web/ui/node_modules ] || (cd server/web/ui && npm ci --silent --no-audit --no-fund)
node server/web/ui/e2e/panning.mjs "http://$address" office measured-by-night-7
