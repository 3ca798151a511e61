# 10,000 reminders at 08:30 to 500 people, inbox and a mail for the digest each, on both databases, while somebody else writes.
set -euo pipefail
work=$(mktemp -d "${TMPDIR:-/tmp}/spotcheck-bench.XXXXXX")
chmod a+x "$work"
trap 'scripts/services.sh stop "$work/services"; rm -rf "$work"' EXIT
scripts/services.sh start "$work/services"
postgres=$(cat "$work/services/postgres.url")
psql -qX "$postgres" -c "CREATE DATABASE bench_reminders"
go build -o "$work/reminders" ./scripts/bench/reminders
missed=0
"$work/reminders" "$work/sqlite" || missed=1
"$work/reminders" "$work/postgres" "${postgres/\/postgres\?//bench_reminders?}" || missed=1
exit $missed
