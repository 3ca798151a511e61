# From a point to its area among 5,000 outlines, by the index and by going over all of them; then a whole proposal of a unit through
# the code of the API, on both databases with 10,000 rules.
set -euo pipefail
work=$(mktemp -d "${TMPDIR:-/tmp}/spotcheck-bench.XXXXXX")
chmod a+x "$work"
trap 'scripts/services.sh stop "$work/services"; rm -rf "$work"' EXIT
out=$(GOMAXPROCS=1 go test ./pkg/geo -run '^$' -bench '^BenchmarkLookUp$' -benchtime 2s)
grep ^Benchmark <<<"$out"
missed=0
awk '/^BenchmarkLookUp\/index/ { rate = 1e9 / $3 } END { printf "%.0f look-ups a second on a core (target 100000)\n", rate; exit rate < 100000 }' <<<"$out" || missed=1
scripts/services.sh start "$work/services"
eval "$(scripts/services.sh env "$work/services")"
out=$(go test ./server/core -run '^$' -bench '^BenchmarkProposal$' -benchtime 2s)
grep ^Benchmark <<<"$out"
awk '/^BenchmarkProposal\// { n++; ms = $3 / 1e6; if (ms > most) most = ms } END { printf "a proposal in %.3f ms on the slower database (target 1 ms)\n", most; exit n != 2 || most > 1 }' <<<"$out" || missed=1
exit $missed
