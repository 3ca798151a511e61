#!/usr/bin/env bash
# A PostgreSQL and a MinIO of one's own, on free ports, in a folder that may be thrown away afterwards.
#   services.sh start DIR [quick]   start both; the first time makes them. What is quick loses its data when the machine stops, and
#                           only then: for tests
#   services.sh env DIR     print the variables that the tests read
#   services.sh stop DIR    stop both by their own pids
#   services.sh crash DIR   kill both without warning and start them again where they were
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
command=${1:?start, env, stop or crash} dir=${2:?a folder}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)

free_port() {
  python3 - <<'PY' 2>/dev/null || perl -MIO::Socket::INET -e '$s=IO::Socket::INET->new(Listen=>1,LocalAddr=>"127.0.0.1");print $s->sockport,"\n"'
import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])
PY
}

# kept_port NAME: the port of a service, the same after a crash.
kept_port() { [ -s "$dir/$1.port" ] || free_port >"$dir/$1.port"; cat "$dir/$1.port"; }

# PostgreSQL does not run as root.
as_postgres() { if [ "$(id -u)" = 0 ]; then setpriv --reuid postgres --regid postgres --clear-groups "$@"; else "$@"; fi; }

case $command in
start)
  bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1 || true)
  [ -x "$bin/initdb" ] || { echo "no PostgreSQL: install the Debian package postgresql" >&2; exit 1; }
  minio=$("$here/minio.sh")
  pg=$dir/postgres
  mkdir -p "$pg"
  chmod a+x "$dir" "$pg"
  [ "$(id -u)" != 0 ] || chown postgres "$pg"
  [ "${3:-}" != quick ] || touch "$dir/quick"
  flushes=
  [ ! -e "$dir/quick" ] || flushes="-c fsync=off -c full_page_writes=off"
  port=$(kept_port postgres)
  if [ ! -d "$pg/data" ]; then
    as_postgres "$bin/initdb" -D "$pg/data" -U spotcheck -A trust -E UTF8 --locale=C.UTF-8 >"$dir/initdb.log" 2>&1 ||
      { echo "PostgreSQL's initdb failed:" >&2; cat "$dir/initdb.log" >&2; exit 1; }
  fi
  as_postgres "$bin/pg_ctl" -D "$pg/data" -w -l "$pg/log" \
    -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200 $flushes" start >/dev/null ||
    { echo "PostgreSQL did not start:" >&2; cat "$pg/log" >&2; exit 1; }
  echo "postgres://spotcheck@127.0.0.1:$port/postgres?sslmode=disable" >"$dir/postgres.url"

  port=$(kept_port minio) console=$(kept_port console)
  [ -s "$dir/minio.key" ] || echo "test$(od -An -N6 -tx1 /dev/urandom | tr -d ' \n') $(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')" >"$dir/minio.key"
  read -r key secret <"$dir/minio.key"
  MINIO_ROOT_USER=$key MINIO_ROOT_PASSWORD=$secret nohup "$minio" server --quiet --address "127.0.0.1:$port" \
    --console-address "127.0.0.1:$console" "$dir/minio" >"$dir/minio.log" 2>&1 &
  echo $! >"$dir/minio.pid"
  echo "http://$key:$secret@127.0.0.1:$port" >"$dir/s3.url"
  for _ in $(seq 100); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && exit 0
    sleep 0.1
  done
  echo "MinIO did not start:" >&2
  cat "$dir/minio.log" >&2
  exit 1
  ;;
env)
  echo "export SPOTCHECK_TEST_POSTGRES='$(cat "$dir/postgres.url")'"
  echo "export SPOTCHECK_TEST_S3='$(cat "$dir/s3.url")'"
  ;;
stop)
  if [ -f "$dir/minio.pid" ]; then
    kill "$(cat "$dir/minio.pid")" 2>/dev/null || true
    rm -f "$dir/minio.pid"
  fi
  if [ -f "$dir/postgres/data/postmaster.pid" ]; then
    kill -INT "$(head -1 "$dir/postgres/data/postmaster.pid")" 2>/dev/null || true
    for _ in $(seq 100); do [ -f "$dir/postgres/data/postmaster.pid" ] || break; sleep 0.1; done
  fi
  rm -f "$dir"/*.port
  ;;
crash)
  kill -KILL "$(cat "$dir/minio.pid")"
  as_postgres "$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)/pg_ctl" -D "$dir/postgres/data" -m immediate -w stop >/dev/null
  exec "$here/services.sh" start "$dir"
  ;;
*) echo "start, env, stop or crash" >&2; exit 2 ;;
esac
