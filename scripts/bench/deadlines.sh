# Deadlines of working-hour rules over a year: at least 1,000,000 in a second on one core.
set -euo pipefail
out=$(GOMAXPROCS=1 go test ./pkg/calendar -run '^$' -bench '^BenchmarkDeadline$' -benchtime 3s)
grep ^Benchmark <<<"$out"
awk '/^BenchmarkDeadline/ { rate = 1e9 / $3; printf "%.0f deadlines a second (target 1000000)\n", rate; exit rate < 1000000 }' <<<"$out"
