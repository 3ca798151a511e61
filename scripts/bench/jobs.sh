#!/usr/bin/env bash
# The jobs that people do at the desk, each in Chromium against the program: how many clicks, keys and texts it takes from the first
# screen after the log-in, beside how many it may take.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/spotcheck" ./server/cmd/spotcheck
touch "$work/steps"
cd server/web/ui
E2E_PROGRAM="$work/spotcheck" E2E_STEPS="$work/steps" npx vitest run --config vitest.e2e.config.ts --silent --reporter=dot -t '^J[0-9]+:' e2e/desk >"$work/log" 2>&1 || { sed -n '/FAIL/,$p' "$work/log" >&2; failed=1; }
node e2e/jobsTable.mjs "$work/steps" || failed=1
exit "${failed:-0}"
