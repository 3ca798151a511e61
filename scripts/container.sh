#!/usr/bin/env bash
# Checks docker-compose.yml and the images as far as that goes without a container engine: the composition by docker-compose
# where there is one; the static program in an empty, read-only root as the user of the image, at work; every health command
# against the real programs; nginx with our file in front of two copies where there is an nginx. Needs root, and says plainly
# what it left out.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "container.sh needs root, to make roots of its own" >&2; exit 2; }
work=$(mktemp -d "${TMPDIR:-/tmp}/spotcheck-container.XXXXXX")
chmod a+x "$work"
started=()
ended() {
  for p in "${started[@]:+${started[@]}}"; do kill "$p" 2>/dev/null || true; done
  for p in "${started[@]:+${started[@]}}"; do wait "$p" 2>/dev/null || true; done
  scripts/services.sh stop "$work/services" || true
  rm -rf "$work"
}
trap ended EXIT
say() { printf '%s\n' "$*"; }
die() { printf 'FAILED: %s\n' "$*" >&2; cat "$work"/*.log >&2 2>/dev/null || true; exit 1; }
secrets=(DB_PASSWORD=a1b2 S3_KEY=a1b2c3d4 S3_SECRET=a1b2c3d4 METRICS_TOKEN=a1b2c3d4 SECRET_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=)

# The composition.
if command -v docker-compose >/dev/null; then
  env "${secrets[@]}" docker-compose -f docker-compose.yml config >"$work/config" 2>"$work/config.log" || die "docker-compose config"
  say "composition   understood by $(docker-compose --version | cut -d, -f1)"
  for left in "${secrets[@]}"; do
    name=${left%%=*}
    if env "${secrets[@]/$left/$name=}" docker-compose -f docker-compose.yml config >/dev/null 2>"$work/refused"; then die "it starts without $name"; fi
    grep -q "set $name in .env" "$work/refused" || die "no sentence about $name"
  done
  say "passwords     without any one of them: $(grep -o 'set [A-Z_]* in [^:]*$' "$work/refused" | tail -1)"
else
  say "composition   NOT CHECKED: there is no docker-compose here (go test ./server reads it as YAML)"
fi

# The program in the root of its image, once for each copy.
CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o "$work/spotcheck" ./server/cmd/spotcheck
! ldd "$work/spotcheck" >/dev/null 2>&1 || die "the program is not static"
CGO_ENABLED=0 go test -count 1 -run TestDecodesEveryFile ./server/decoder >"$work/decoder.log" || die "the decoders of a static program"
say "program       static, $(du -m "$work/spotcheck" | cut -f1) MB; its decoders pass their tests"
place() { # NAME makes an empty root
  mkdir -p "$work/$1"/{data,backup,tmp,proc,etc/ssl/certs}
  cp "$work/spotcheck" "$work/$1/"
  chown 65532:65532 "$work/$1"/{data,backup,tmp}
}
# inside ROOT ARGS… runs the program as the user of the image; only /data, /backup and /tmp can be written, as in the container.
inside() { (into "$@"); }
into() { # takes the place of the shell that calls it
  exec unshare --mount --propagation private bash -c '
    root=$1; shift
    mount --bind "$root" "$root"
    for d in data backup; do mount --bind "$root/$d" "$root/$d"; done
    mount -t tmpfs tmpfs "$root/tmp"; chmod 1777 "$root/tmp"
    mount -t proc proc "$root/proc"
    mount -o remount,ro,bind "$root"
    exec setpriv --no-new-privs --bounding-set=-all,+sys_chroot,+setuid,+setgid --inh-caps=-all \
      chroot --userspec=65532:65532 --groups= "$root" /spotcheck "$@"' _ "$work/$1" "${@:2}"
}
place a
place b
export SPOTCHECK_DATA=/data
inside a demo --issues 30 >"$work/demo" 2>"$work/demo.log" || die "demo in the empty root"
say "empty root    $(head -1 "$work/demo" | cut -d. -f1), drawn and kept as user 65532"
inside a audit >"$work/out" 2>"$work/audit.log" || die audit
inside a backup /backup >>"$work/out" 2>"$work/backup.log" || die backup
mv "$work/a/backup/"* "$work/b/backup/"
inside b restore /backup >"$work/out" 2>"$work/restore.log" || die restore
say "empty root    $(tail -1 "$work/out")"
rm -rf "$work/a/data" "$work/b/data"; place a; place b

# Both copies on real services, asked by their health commands.
scripts/services.sh start "$work/services"
eval "$(scripts/services.sh env "$work/services")"
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
pg=${SPOTCHECK_TEST_POSTGRES#*@} keys=${SPOTCHECK_TEST_S3#http://}
"$bin/psql" -q "$SPOTCHECK_TEST_POSTGRES" -c 'CREATE DATABASE spotcheck'
"$bin/pg_isready" -q -h 127.0.0.1 -p "$(echo "$pg" | sed 's/.*:\([0-9]*\)\/.*/\1/')" -U spotcheck -d spotcheck || die pg_isready
say "health        postgres: pg_isready as in the composition"
wget -q -O /dev/null "http://${keys#*@}/minio/health/ready" || die "MinIO's health"
say "health        minio: wget as in the composition"
export SPOTCHECK_DATABASE_URL=${SPOTCHECK_TEST_POSTGRES/\/postgres\?//spotcheck?} SPOTCHECK_S3_ENDPOINT=http://${keys#*@}
export SPOTCHECK_S3_KEY=${keys%%:*} SPOTCHECK_S3_SECRET=$(s=${keys#*:}; echo "${s%%@*}") SPOTCHECK_METRICS_TOKEN=a1b2c3d4 SPOTCHECK_LOG=json
free() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
for copy in a b; do
  port=$(free)
  export SPOTCHECK_ADDR=127.0.0.1:$port
  inside "$copy" health >/dev/null 2>"$work/health.log" && die "copy $copy is well before it runs"
  into "$copy" serve >"$work/$copy.out" 2>"$work/$copy.log" &
  started+=($!)
  for _ in $(seq 300); do inside "$copy" health >"$work/out" 2>/dev/null && break; sleep 0.1; done
  inside "$copy" health >"$work/out" 2>"$work/health.log" || die "the health command of copy $copy"
  say "health        spotcheck-$copy: $(cat "$work/out")"
  eval "port_$copy=$port"
done

# The proxy.
if command -v nginx >/dev/null; then
  proxy=$(free)
  mkdir -p "$work/nginx"; chmod a+rwx "$work/nginx"
  sed "s|spotcheck-a:8080|127.0.0.1:$port_a|; s|spotcheck-b:8080|127.0.0.1:$port_b|; s|listen 8080|listen 127.0.0.1:$proxy|; s|/tmp/|$work/nginx/|g; s|/dev/stderr|$work/nginx.log|" scripts/nginx.conf >"$work/nginx/nginx.conf"
  nginx -e "$work/nginx.log" -c "$work/nginx/nginx.conf" -g 'daemon off;' &
  started+=($!)
  for _ in $(seq 100); do wget -q -O /dev/null "http://127.0.0.1:$proxy/livez" 2>/dev/null && break; sleep 0.1; done
  wget -q -O /dev/null "http://127.0.0.1:$proxy/livez" || die "the proxy's health"
  say "health        proxy: wget as in the composition, $(nginx -v 2>&1 | cut -d: -f2)"
  password=$(sed -n 's/^  password  *//p' "$work/a.out")
  login=$(curl -sS "http://127.0.0.1:$proxy/api/v1/sessions" -H 'Content-Type: application/json' -d "{\"name\":\"admin\",\"password\":\"$password\"}")
  token=$(echo "$login" | sed 's/.*"token":"\([^"]*\)".*/\1/')
  for n in 1 2 3 4; do [ "$(curl -sS -o /dev/null -w '%{http_code}' "http://127.0.0.1:$proxy/api/v1/me" -H "Authorization: Bearer $token")" = 200 ] || die "me, time $n"; done
  say "proxy         one log-in is good at both copies"
  [ "$(curl -sS -o /dev/null -w '%{http_code}' "http://127.0.0.1:$proxy/metrics" -H 'Authorization: Bearer a1b2c3d4')" = 404 ] || die "metrics go through the proxy"
  [ "$(curl -sS "http://127.0.0.1:$port_b/metrics" | grep -c '^spotcheck_up{part="photos"} 1')" = 1 ] || die "metrics of a copy"
  kill "${started[0]}"; wait "${started[0]}" || die "copy a did not end well"
  for n in 1 2 3 4; do [ "$(curl -sS -o /dev/null -w '%{http_code}' "http://127.0.0.1:$proxy/api/v1/me" -H "Authorization: Bearer $token")" = 200 ] || die "one copy is gone, and a request fails"; done
  say "proxy         one copy ends, and no request fails"
else
  say "proxy         NOT CHECKED: there is no nginx here"
fi
say "images        NOT BUILT: there is no container engine here"
