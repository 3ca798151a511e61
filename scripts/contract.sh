#!/usr/bin/env bash
# Keeps the contract of mobile-api-spec: `bundle` writes openapi.yaml and openapi.json from the pieces in openapi/, `lint`
# holds both to the pieces and to redocly and spectral, and `full` makes clients and models besides and runs the clients.
set -euo pipefail
cd "$(dirname "$0")/.."
mode=${1:-full}
tools=$PWD/scripts/contract
spec=$PWD/mobile-api-spec
oapi=github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2
ogen=github.com/ogen-go/ogen/cmd/ogen@v1.25.0
export REDOCLY_SUPPRESS_UPDATE_NOTICE=true REDOCLY_TELEMETRY=off

[ -d "$tools/node_modules" ] || (cd "$tools" && npm ci --silent --no-audit --no-fund)
work=$(mktemp -d "${TMPDIR:-/tmp}/spotcheck-contract.XXXXXX")
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
tool() { local name=$1; shift; "$tools/node_modules/.bin/$name" "$@"; }
say() { printf '%s\n' "contract: $*"; }

# bundled FOLDER writes the bundle of the pieces there.
bundled() {
  for form in yaml json; do
    tool redocly bundle --config "$tools/redocly.yaml" "$spec/openapi/contract.yaml" -o "$1/openapi.$form" >"$work/bundle" 2>&1 || { cat "$work/bundle" >&2; exit 1; }
  done
}

if [ "$mode" = bundle ]; then
  bundled "$spec"
  exit
fi

bundled "$work"
for form in yaml json; do
  cmp "$work/openapi.$form" "$spec/openapi.$form" || { echo "openapi.$form is not what its pieces make: run scripts/contract.sh bundle" >&2; exit 1; }
done
say "openapi.yaml and openapi.json are what the pieces make"
tool redocly lint --config "$tools/redocly.yaml" "$spec/openapi/contract.yaml" >"$work/lint" 2>&1 || { cat "$work/lint" >&2; exit 1; }
tool spectral lint --fail-severity=warn --ruleset "$tools/spectral.yaml" "$spec/openapi.yaml"
say "redocly and spectral find nothing"
[ "$mode" = full ] || exit 0
