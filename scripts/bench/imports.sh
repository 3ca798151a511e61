# 50,000 work orders, from the first byte of the table to the last issue, on both databases, while somebody else writes.
set -euo pipefail
work=$(mktemp -d "${TMPDIR:-/tmp}/spotcheck-bench.XXXXXX")
chmod a+x "$work"
trap 'scripts/services.sh stop "$work/services"; rm -rf "$work"' EXIT
scripts/services.sh start "$work/services"
postgres=$(cat "$work/services/postgres.url")
psql -qX "$postgres" -c "CREATE DATABASE bench_imports"
go build -o "$work/imports" ./scripts/bench/imports
missed=0
"$work/imports" "$work/sqlite" || missed=1
"$work/imports" "$work/postgres" "${postgres/\/postgres\?//bench_imports?}" || missed=1
exit $missed
