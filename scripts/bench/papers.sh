# What the font costs a paper, shared and not shared in one run; then a batch of 1,298 notices with two photos each on a whole server:
# from asking for it to the last byte of its archive.
set -euo pipefail
work=$(mktemp -d "${TMPDIR:-/tmp}/spotcheck-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
go test ./pkg/paper -run '^$' -bench '^Benchmark(PDF|DOCX)$' -benchtime 3s | grep ^Benchmark
go build -o "$work/papers" ./scripts/bench/papers
"$work/papers" "$work/data"
