#!/usr/bin/env bash
# The drill: on both pairs a demo city is at work and gets photos while it is backed up, a backup is killed half way and goes
# on, the server is killed, and everything is restored into an empty place, again killed half way. What it saw is printed;
# the exit code is 0 only when all of it was as it should be.
#   drill.sh [ISSUES]   how large the city is, 200 when not said
# Brings its own PostgreSQL and MinIO (scripts/services.sh).
set -euo pipefail
cd "$(dirname "$0")/.."
issues=${1:-200}
work=$(mktemp -d "${TMPDIR:-/tmp}/spotcheck-drill.XXXXXX")
chmod a+x "$work" # PostgreSQL runs as a user of its own
started=()
ended() {
  for p in "${started[@]:+${started[@]}}"; do kill -9 "$p" 2>/dev/null || true; done
  scripts/services.sh stop "$work/services" || true
  rm -rf "$work"
}
trap ended EXIT
say() { printf '%s\n' "$*"; }
die() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }
holds() { grep -qF -- "$2" "$1" || { cat "$1" >&2; die "want: $2"; }; }
timed() { local from=$EPOCHREALTIME; "$@"; local to=$EPOCHREALTIME; took=$(awk "BEGIN { printf \"%.1f s\", $to - $from }"); }

go build -o "$work/spotcheck" ./server/cmd/spotcheck
scripts/services.sh start "$work/services"
eval "$(scripts/services.sh env "$work/services")"
psql=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)/psql

# at PAIR PLACE sets what the program reads: a data folder, and on the second pair a database and a bucket of its own.
at() {
  export SPOTCHECK_DATA=$work/$1/$2 SPOTCHECK_ADDR=127.0.0.1:0
  unset SPOTCHECK_DATABASE_URL SPOTCHECK_S3_ENDPOINT SPOTCHECK_S3_KEY SPOTCHECK_S3_SECRET SPOTCHECK_S3_BUCKET
  [ "$1" = postgres ] || return 0
  "$psql" -qAt "$SPOTCHECK_TEST_POSTGRES" -c "SELECT 1 FROM pg_database WHERE datname = 'drill_$2'" | grep -q 1 ||
    "$psql" -q "$SPOTCHECK_TEST_POSTGRES" -c "CREATE DATABASE drill_$2"
  local keys=${SPOTCHECK_TEST_S3#http://}
  export SPOTCHECK_DATABASE_URL=${SPOTCHECK_TEST_POSTGRES/\/postgres\?//drill_$2?}
  export SPOTCHECK_S3_ENDPOINT=http://${keys#*@} SPOTCHECK_S3_BUCKET=drill-$2
  export SPOTCHECK_S3_KEY=${keys%%:*} SPOTCHECK_S3_SECRET=$(s=${keys#*:}; echo "${s%%@*}")
}
spotcheck() { env -u SPOTCHECK_TEST_POSTGRES -u SPOTCHECK_TEST_S3 "$work/spotcheck" "$@"; }

# serve starts the server of the place that is set, in $server at $api.
serve() {
  : >"$work/start"
  "$work/spotcheck" >"$work/start" 2>"$work/log" &
  server=$!
  started+=("$server")
  for _ in $(seq 300); do grep -q listens "$work/start" && break; kill -0 "$server" || { cat "$work/log" >&2; die "the server ended"; }; sleep 0.1; done
  api=http://$(sed -n 's/^Spotcheck listens on \([^ ]*\) .*/\1/p' "$work/start")/api/v1
}
uuid() { printf '0190%s-%s-7%s-8%s-%s' "$(hex 2)" "$(hex 2)" "$(hex 2 | cut -c2-)" "$(hex 2 | cut -c2-)" "$(hex 6)"; }
hex() { od -An -N"$1" -tx1 /dev/urandom | tr -d ' \n'; }
call() { curl -sS -o "$work/answer" -w '%{http_code}' -X "$1" "$api/$2" -H "Authorization: Bearer $token" "${@:3}"; }

# reports keeps a city busy: an issue with a photo that no other equals, again and again; what was acknowledged is noted.
reports() {
  local n=0 issue id sum now
  while [ ! -e "$work/enough" ]; do
    issue=$(uuid) id=$(uuid) now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
    { cat scripts/tour/photo.jpg; hex 8; } >"$work/photo.$1"
    sum=$(sha256sum <"$work/photo.$1" | cut -d' ' -f1)
    curl -sS -o /dev/null -X PUT "$api/issues/$issue" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d '{"category":"08012","place":{"lat":20.02879,"lon":110.31304,"accuracy_m":6.5},"photos":[{"id":"'$id'","sha256":"'$sum'","bytes":'"$(wc -c <"$work/photo.$1")"',"kind":"report"}],"reported_at":"'$now'","sent_at":"'$now'"}'
    [ "$(curl -sS -o /dev/null -w '%{http_code}' -X PUT "$api/issues/$issue/photos/$id" -H "Authorization: Bearer $token" \
      -H "Content-Digest: sha-256=:$(openssl dgst -sha256 -binary "$work/photo.$1" | base64):" --data-binary "@$work/photo.$1")" = 201 ] || continue
    echo "$issue/photos/$id $sum" >>"$work/safe"
    n=$((n + 1))
  done
}

# killed AFTER COMMAND… kills a command once a file of the kind that it makes is there.
killed() {
  local where=$1; shift
  "$work/spotcheck" "$@" >/dev/null 2>&1 &
  local p=$!
  for _ in $(seq 2000); do
    [ "$(find "$where" -type f 2>/dev/null | head -40 | wc -l)" -ge 40 ] && break
    kill -0 $p 2>/dev/null || break
    sleep 0.005
  done
  kill -9 $p 2>/dev/null && say "  killed        $1 half way" || say "  (not killed: $1 was faster)"
  wait $p 2>/dev/null || true
}

drill() {
  local pair=$1 dir=$work/$1/backup
  say "== $pair"
  rm -f "$work/enough" "$work/safe"; : >"$work/safe"
  mkdir -p "$work/$pair"
  at "$pair" first
  spotcheck demo --issues "$issues" >"$work/demo" 2>/dev/null
  say "  city          $(head -1 "$work/demo" | cut -d. -f1)"
  local password=$(sed -n 's/.*with the password \([^,]*\),.*/\1/p' "$work/demo") name=$(awk '/inspector,/ { print $1; exit }' "$work/demo")
  serve
  token=$(curl -sS "$api/sessions" -H 'Content-Type: application/json' -d "{\"name\":\"$name\",\"password\":\"$password\"}" | sed 's/.*"token":"\([^"]*\)".*/\1/')
  [ "$(call GET bootstrap)" = 200 ] || die "bootstrap"
  local cursor=$(sed 's/.*"cursor":"\([^"]*\)".*/\1/' "$work/answer")
  reports a & local one=$!
  reports b & local two=$!
  started+=("$one" "$two")
  until [ "$(wc -l <"$work/safe")" -ge 10 ]; do sleep 0.1; done

  killed "$dir/blobs" backup "$dir"
  timed spotcheck backup "$dir" >"$work/out" || { cat "$work/out"; die backup; }
  say "  under load    $(sed "s|$dir ||" "$work/out") ($took)"
  local at_least=$(($(wc -l <"$work/safe") + 10))
  until [ "$(wc -l <"$work/safe")" -ge "$at_least" ]; do sleep 0.1; done
  cp "$work/safe" "$work/safe.before"
  timed spotcheck backup "$dir" >"$work/out" || { cat "$work/out"; die backup; }
  say "  again         $(sed "s|$dir ||" "$work/out") ($took)"
  (cd "$dir" && sha256sum -c --quiet ./*.sha256) || die "sha256sum -c"
  say "  sha256sum -c  every file is as it was written"
  touch "$work/enough"; wait "$one" "$two"
  kill -9 "$server"; wait "$server" 2>/dev/null || true
  say "  disaster      the server is killed; $(wc -l <"$work/safe.before") photos were acknowledged before the last backup, $(wc -l <"$work/safe") in all"

  spotcheck restore "$dir" >"$work/out" 2>&1 && die "restored over an installation"
  holds "$work/out" "restore only into an empty place"
  say "  refused       $(tail -1 "$work/out")"
  at "$pair" second
  local blobs=$SPOTCHECK_DATA/photos/blobs
  [ "$pair" = sqlite ] || blobs=$work/services/minio/drill-second
  killed "$blobs" restore "$dir"
  timed spotcheck restore "$dir" >"$work/out" || { cat "$work/out"; die restore; }
  holds "$work/out" ": 0 wrong"
  while read -r line; do say "  restored      $line"; done < <(grep -v '^note' "$work/out")
  say "  time          $took with the audit"
  serve
  [ "$(call GET "changes?since=$cursor")" = 410 ] || die "an old cursor still works"
  holds "$work/answer" changes.resync
  [ "$(call GET bootstrap)" = 200 ] || die "bootstrap"
  [ "$(call GET "changes?since=$(sed 's/.*"cursor":"\([^"]*\)".*/\1/' "$work/answer")")" = 200 ] || die "the new cursor does not work"
  say "  phone         410 changes.resync for the old cursor, then a bootstrap, then 200"
  while read -r photo sum; do
    [ "$(call GET "issues/$photo/original")" = 200 ] && [ "$(sha256sum <"$work/answer" | cut -d' ' -f1)" = "$sum" ] || die "photo $photo"
  done <"$work/safe.before"
  say "  photos        all $(wc -l <"$work/safe.before") that were acknowledged before the last backup come back, byte for byte"
  rm -f "$work/enough"; local n=$(wc -l <"$work/safe")
  reports a & one=$!
  started+=("$one")
  until [ "$(wc -l <"$work/safe")" -ge $((n + 3)) ]; do sleep 0.1; done
  touch "$work/enough"; wait "$one"
  kill "$server"; wait "$server" || die "the server did not end well"
  spotcheck audit >"$work/out" || { cat "$work/out"; die audit; }
  say "  works on      $(tail -1 "$work/out")"

  at "$pair" third
  local photo=$(find "$dir/blobs/photo" -type f | sort | sed -n 5p)
  printf x | dd of="$photo" bs=1 seek=1000 conv=notrunc status=none
  spotcheck restore "$dir" >"$work/out" 2>&1 && die "a damaged backup was restored"
  holds "$work/out" "${photo##*/} has another digest"
  say "  damaged       $(tail -1 "$work/out" | cut -c1-110)…"
}

drill sqlite
drill postgres
say "all as it should be"
