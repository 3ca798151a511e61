# The sweep of deadlines over 1,000,000 open issues of which 500 are due, on both databases; and over 10,000 with as many due: what
# it costs goes by what is due.
set -euo pipefail
work=$(mktemp -d "${TMPDIR:-/tmp}/spotcheck-bench.XXXXXX")
chmod a+x "$work"
trap 'scripts/services.sh stop "$work/services"; rm -rf "$work"' EXIT
scripts/services.sh start "$work/services"
postgres=$(cat "$work/services/postgres.url")
go build -o "$work/sweep" ./scripts/bench/sweep
missed=0
for open in 10000 1000000; do
  psql -qX "$postgres" -c "CREATE DATABASE bench_sweep_$open"
  "$work/sweep" "$open" "$work/sqlite-$open" || missed=1
  "$work/sweep" "$open" "$work/postgres-$open" "${postgres/\/postgres\?//bench_sweep_$open?}" || missed=1
done
exit $missed
