# The first load of the phone's app: JavaScript as it goes over the wire (gzip), and Lighthouse 12 (pinned) with its slow phone, the median of five;
# then what the apps take on a machine that is slowed down four times.
set -euo pipefail
server=
work=$(mktemp -d "${TMPDIR:-/tmp}/spotcheck-bench.XXXXXX")
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
(cd scripts/bench/web && PUPPETEER_SKIP_DOWNLOAD=1 npm ci --silent --no-audit --no-fund)
bytes=0
for f in $(grep -oE '(src|href)="/assets/[^"]+\.js"' server/web/dist/app/index.html | cut -d'"' -f2); do
  bytes=$((bytes + $(gzip -9c "server/web/dist$f" | wc -c)))
done
missed=0
printf 'JavaScript of the first load %d KB gzip (≤ 170)\n' $(((bytes + 1023) / 1024))
[ $bytes -le $((170 * 1024)) ] || missed=1
go build -trimpath -o "$work/spotcheck" ./server/cmd/spotcheck
"$work/spotcheck" --addr 127.0.0.1:0 --data "$work/data" >"$work/start" 2>"$work/log" &
server=$!
for _ in $(seq 100); do grep -q '^Spotcheck listens' "$work/start" && break; sleep 0.1; done
address=$(sed -n 's/^Spotcheck listens on \([^ ]*\) .*/\1/p' "$work/start")
(cd scripts/bench/web && node measure.mjs "http://$address/app/") || missed=1
[ -d server/web/ui/node_modules ] || (cd server/web/ui && npm ci --silent --no-audit --no-fund)
node server/web/ui/e2e/timings.mjs "http://$address" "$(sed -n 's/.*password[^A-Za-z0-9]*\([A-Za-z0-9-]*\).*/\1/p' "$work/start" | head -1)" || missed=1
exit $missed
