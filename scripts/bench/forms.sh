# What the forms of a weekly report of 40 units cost. Targets: a workbook with 100,000 issues in 15 s and 200 MB, counting the
# whole process; a PDF with 40 photos in 5 s.
set -euo pipefail
work=$(mktemp -d "${TMPDIR:-/tmp}/spotcheck-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
go test -c -o "$work/paper.test" ./pkg/paper
cd pkg/paper
one() { "$work/paper.test" -test.run '^$' -test.bench "$1" -test.benchtime 3x | grep ^Benchmark | tee -a "$work/said"; }
one '^BenchmarkXLSX100000$'
one '^BenchmarkWeek'
# within NAME UNIT MOST fails when a measure is over its target.
within() {
  awk -v name="$1" -v unit="$2" -v most="$3" '$1 ~ name { for (n = 2; n <= NF; n++) if ($n == unit) { seen = 1; if ($(n - 1) > most) { print name " takes " $(n - 1) " " unit ", at most " most; exit 1 } } } END { if (!seen) exit 1 }' "$work/said"
}
within BenchmarkXLSX100000 ns/op 15000000000
within BenchmarkXLSX100000 peak-MB 200
within BenchmarkWeekPDF ns/op 5000000000
