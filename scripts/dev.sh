#!/usr/bin/env bash
# Starts a server on a demo city, and Vite beside it: pages change in the browser as their source is saved. The city is made once, in .cache/dev, and is
# kept; `scripts/dev.sh fresh` makes a new one. SPOTCHECK_DEV_SERVER and SPOTCHECK_DEV_PORT name other addresses than 127.0.0.1:8090 and 5173.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=.cache/dev
address=${SPOTCHECK_DEV_SERVER:-127.0.0.1:8090}
port=${SPOTCHECK_DEV_PORT:-5173}
password='correct horse battery'
[ "${1:-}" != fresh ] || rm -rf "$folder"
mkdir -p "$folder"
server=
pages=
stop() {
  trap - EXIT
  [ -z "$pages" ] || kill "$pages" 2>/dev/null || true
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  wait 2>/dev/null || true
}
trap stop EXIT
trap 'exit 0' INT TERM

go build -o "$folder/spotcheck" ./server/cmd/spotcheck
if [ ! -f "$folder/made" ]; then
  rm -rf "$folder/data"
  echo "making a demo city in $folder/data"
  "$folder/spotcheck" demo --data "$folder/data" --issues 200 --seed 7 >"$folder/demo.log"
  for name in inspector1 unit10 clerk1 office1 demo-admin; do
    echo "$password" | "$folder/spotcheck" user password "$name" --data "$folder/data" >/dev/null
  done
  touch "$folder/made" # a city that was cut off is made again
fi
# A lock that holds the modules which are installed is a copy of the one in the repository.
if ! cmp -s server/web/ui/package-lock.json "$folder/package-lock.json" || [ ! -d server/web/ui/node_modules ]; then
  (cd server/web/ui && npm ci --silent --no-audit --no-fund)
  cp server/web/ui/package-lock.json "$folder/package-lock.json"
fi

"$folder/spotcheck" serve --addr "$address" --data "$folder/data" >"$folder/server.log" 2>&1 &
server=$!
for _ in $(seq 100); do
  curl -fsS -o /dev/null "http://$address/readyz" 2>/dev/null && break
  kill -0 "$server" 2>/dev/null || { cat "$folder/server.log" >&2; exit 1; }
  sleep 0.1
done
(cd server/web/ui && exec env SPOTCHECK_SERVER="http://$address" node_modules/.bin/vite --host 127.0.0.1 --port "$port" --strictPort) &
pages=$!
cat <<EOF

desk   http://127.0.0.1:$port/desk/    as office1, clerk1, unit10 or demo-admin
phone  http://127.0.0.1:$port/app/     as inspector1 or unit10
       the password of all is: $password
server http://$address, its log is $folder/server.log; Ctrl-C ends both

EOF
wait -n "$server" "$pages" # when one ends the other has no use
