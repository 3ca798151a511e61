# The work for figures as a share of an action's time (target 10 %), and the recount of a year of 1,000,000 issues from their events (20 s, 200 MB).
# SIZE names another number of issues; DATA is a folder whose database is used, and kept.
set -euo pipefail
work=$(mktemp -d "${TMPDIR:-/tmp}/spotcheck-bench.XXXXXX")
size=${SIZE:-1000000} data=${DATA:-$work/data}
chmod a+x "$work"
trap 'scripts/services.sh stop "$work/services"; rm -rf "$work"' EXIT
scripts/services.sh start "$work/services"
missed=0

eval "$(scripts/services.sh env "$work/services")"
go test ./server/servertest -run '^$' -bench '^BenchmarkFactsOfAnAction$' -benchtime 500x | grep ^Benchmark | tee "$work/facts"
awk '{ for (n = 1; n < NF; n++) if ($(n + 1) == "%ofaction" && $n > 10) exit 1 }' "$work/facts" || missed=1

go build -trimpath -pgo=server/cmd/spotcheck/release.pgo -o "$work/lists" ./scripts/bench/lists
[ -e "$data" ] || "$work/lists" fill "$size=$data"
"$work/lists" recount "$size=$data" | tee "$work/recount"
awk '/^recount/ { for (n = 1; n < NF; n++) { if ($n ~ /^[0-9.]+s,$/ && $n + 0 > 20 || $n ~ /^[0-9]+m/) bad = 1; if ($(n + 1) == "kB" && $n > 200000) bad = 1 } } END { exit bad }' "$work/recount" || missed=1
exit $missed
