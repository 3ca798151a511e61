#!/usr/bin/env bash
# Kills the real server again and again while people report, upload and act, on both pairs of database and photo store, and
# looks each time whether anything that was acknowledged is lost or there twice.
#   soak.sh [ROUNDS] [SEED]   50 rounds and a random seed unless told otherwise; from 50 rounds on the end also waits, some
#                             minutes, for the jobs that were running at a kill
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-50} seed=${2:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
finish=0s
[ "$rounds" -lt 50 ] || finish=8m
work=$(mktemp -d "${TMPDIR:-/tmp}/spotcheck-soak.XXXXXX")
chmod a+x "$work" # PostgreSQL runs as a user of its own and must reach its folder
trap 'scripts/services.sh stop "$work/services" || true; rm -rf "$work"' EXIT

go build -o "$work/spotcheck" ./server/cmd/spotcheck
go build -o "$work/soak" ./scripts/soak
scripts/services.sh start "$work/services"
eval "$(scripts/services.sh env "$work/services")"
echo "soak of $rounds rounds, seed $seed"

printf '\n== SQLite and a folder\n'
"$work/soak" -binary "$work/spotcheck" -data "$work/sqlite" -rounds "$rounds" -seed "$seed" -finish "$finish"

printf '\n== PostgreSQL and MinIO\n'
read -r key secret <"$work/services/minio.key"
SPOTCHECK_S3_KEY=$key SPOTCHECK_S3_SECRET=$secret "$work/soak" -binary "$work/spotcheck" -data "$work/postgres" -rounds "$rounds" -seed "$seed" \
  -finish "$finish" -database-url "$SPOTCHECK_TEST_POSTGRES" -s3-endpoint "http://${SPOTCHECK_TEST_S3##*@}" -crash "scripts/services.sh crash $work/services"
