# What the web apps cost: the bytes of their first loads as they come over the wire, Lighthouse (pinned, the median of five) on phone and desk, and what
# the apps take on a machine that is slowed down four times.
set -euo pipefail
server=
work=$(mktemp -d "${TMPDIR:-/tmp}/spotcheck-bench.XXXXXX")
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
(cd scripts/bench/web && PUPPETEER_SKIP_DOWNLOAD=1 npm ci --silent --no-audit --no-fund)
[ -d server/web/ui/node_modules ] || (cd server/web/ui && npm ci --silent --no-audit --no-fund)
missed=0
go build -trimpath -o "$work/spotcheck" ./server/cmd/spotcheck
"$work/spotcheck" --addr 127.0.0.1:0 --data "$work/data" >"$work/start" 2>"$work/log" &
server=$!
for _ in $(seq 100); do grep -q '^Spotcheck listens' "$work/start" && break; sleep 0.1; done
address=$(sed -n 's/^Spotcheck listens on \([^ ]*\) .*/\1/p' "$work/start")
password=$(sed -n 's/.*password[^A-Za-z0-9]*\([A-Za-z0-9-]*\).*/\1/p' "$work/start" | head -1)
given=$password password=measured-by-night-7 # whoever has a password that was printed chooses another first
token=$(curl -sSf "http://$address/api/v1/sessions" -H 'Content-Type: application/json' -d "{\"name\":\"admin\",\"password\":\"$given\"}" | sed 's/.*"token":"\([^"]*\)".*/\1/')
curl -sSf -X PUT "http://$address/api/v1/me/password" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' \
  -d "{\"old_password\":\"$given\",\"password\":\"$password\"}"
node server/web/ui/e2e/wire.mjs "http://$address" admin "$password" || missed=1
for app in app desk; do
  (cd scripts/bench/web && node measure.mjs "http://$address" "$app" admin "$password") || missed=1
done
node server/web/ui/e2e/timings.mjs "http://$address" "$password" || missed=1
exit $missed
