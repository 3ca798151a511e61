#!/usr/bin/env bash
# Changes one line after the other and says which changes no test notices: of the packages that carry the city's rules, and of the phone's outbox.
# `scripts/mutants.sh` does all, `scripts/mutants.sh pkg/calendar outbox` those alone. It fails when a package notices less than 80 % of its changes,
# or when one survives without a reason in server/decisions/mutants.md. It takes an hour on two cores and is no part of scripts/test.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
failed=0
for what in "${@:-pkg/calendar pkg/closure pkg/evidence pkg/inspect outbox}"; do
  for part in $what; do
    case $part in
    outbox)
      (
        cd server/web/ui
        [ -d node_modules ] || npm ci --silent --no-audit --no-fund
        status=0
        for file in rules send keep courier outbox shots submissions outboxFile; do # each by its own tests
          OUTBOX_FILE=$file npx --no-install stryker run --mutate "src/outbox/$file.ts" || status=1
        done
        exit $status
      ) || failed=1
      ;;
    *) go run ./scripts/mutants "$part" || failed=1 ;;
    esac
  done
done
exit $failed
