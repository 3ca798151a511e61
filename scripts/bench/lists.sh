# Lists, search, map, one action and the cold start at 10,000, 100,000 and 1,000,000 issues, on both databases. SIZES names others;
# DATA is a folder whose databases are used, and kept, instead of ones that are thrown away.
set -euo pipefail
work=$(mktemp -d "${TMPDIR:-/tmp}/spotcheck-bench.XXXXXX")
data=${DATA:-$work/data} sizes=${SIZES:-10000 100000 1000000}
mkdir -p "$data"
chmod a+x "$work" "$data"
trap 'scripts/services.sh stop "$data"; rm -rf "$work"' EXIT
scripts/services.sh start "$data"
postgres=$(cat "$data/postgres.url")
psql -qX "$postgres" -c "ALTER SYSTEM SET max_wal_size = '8GB'" -c "SELECT pg_reload_conf()" >/dev/null
go build -trimpath -pgo=server/cmd/spotcheck/release.pgo -o "$work/lists" ./scripts/bench/lists # the server runs in it
go build -trimpath -pgo=server/cmd/spotcheck/release.pgo -o "$work/spotcheck" ./server/cmd/spotcheck

databases=()
for n in $sizes; do
  databases+=("$n=$data/sqlite-$n" "$n=$data/postgres-$n=${postgres/\/postgres\?//bench_$n?}")
  [ -e "$data/filled-$n" ] && continue
  psql -qX "$postgres" -c "DROP DATABASE IF EXISTS bench_$n" -c "CREATE DATABASE bench_$n" 2>/dev/null
  rm -rf "$data/sqlite-$n" "$data/postgres-$n"
  "$work/lists" fill "${databases[@]: -2}"
  touch "$data/filled-$n"
done
echo "durability  none while lists and actions are timed: SQLite synchronous=OFF, PostgreSQL synchronous_commit=off (beside the sync)"
echo "databases   SQLite WAL; $(psql -qAtX "$postgres" -c 'SHOW server_version' | sed 's/^/PostgreSQL /'), shared_buffers $(psql -qAtX "$postgres" -c 'SHOW shared_buffers')"
echo "files       $data ($(stat -f -c %T "$data")), read before
times       over HTTP on this machine, pages of 50, one person at a time; load now $(cut -d' ' -f1-3 /proc/loadavg)"
"$work/lists" measure -runs "${RUNS:-200}" -program "$work/spotcheck" "${databases[@]}"
