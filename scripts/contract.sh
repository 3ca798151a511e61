#!/usr/bin/env bash
# Keeps the contract of mobile-api-spec: `bundle` writes openapi.yaml and openapi.json from the pieces in openapi/, `lint`
# holds both to the pieces and to redocly and spectral, and `full` makes clients and models besides and runs the clients.
set -euo pipefail
cd "$(dirname "$0")/.."
mode=${1:-full}
case $mode in bundle | lint | full) ;; *) echo "contract.sh bundle, lint or full" >&2; exit 2 ;; esac
tools=$PWD/scripts/contract
spec=$PWD/mobile-api-spec
oapi=github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2
ogen=github.com/ogen-go/ogen/cmd/ogen@v1.25.0
export REDOCLY_SUPPRESS_UPDATE_NOTICE=true REDOCLY_TELEMETRY=off

[ "$tools/node_modules/.package-lock.json" -nt "$tools/package-lock.json" ] || (cd "$tools" && npm ci --silent --no-audit --no-fund)
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

# A server of its own with somebody who reports and assigns, and a unit.
program=${CONTRACT_PROGRAM:-$work/spotcheck} # test.sh has it already
[ -n "${CONTRACT_PROGRAM:-}" ] || go build -o "$program" ./server/cmd/spotcheck
"$program" --addr 127.0.0.1:0 --data "$work/data" >"$work/start" 2>"$work/log" &
server=$!
for _ in $(seq 300); do grep -q password "$work/start" && break; sleep 0.1; done
address=$(sed -n 's/^Spotcheck listens on \([^ ]*\) .*/\1/p' "$work/start")
admin=$(sed -n 's/^  password  *//p' "$work/start")
[ -n "$address" ] && [ -n "$admin" ] || { echo "the server did not start:" >&2; cat "$work/start" "$work/log" >&2; exit 1; }
export CONTRACT_SERVER=${address%/} CONTRACT_NAME=office CONTRACT_PASSWORD='a long password' CONTRACT_PHOTO=$PWD/scripts/tour/photo.jpg
[[ $CONTRACT_SERVER == http* ]] || CONTRACT_SERVER=http://$CONTRACT_SERVER
export CONTRACT_UNIT=0190a1b2-0000-7000-8000-00000000000a
# own NAME PASSWORD NEW logs in by a password that others know, and chooses another.
own() {
  token=$(curl -sSf "$CONTRACT_SERVER/api/v1/sessions" -H 'Content-Type: application/json' -d '{"name":"'"$1"'","password":"'"$2"'"}' | sed 's/.*"token":"\([^"]*\)".*/\1/')
  put me/password '{"old_password":"'"$2"'","password":"'"$3"'"}'
}
put() { curl -sSf -o "$work/put" -X PUT "$CONTRACT_SERVER/api/v1/$1" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' -d "$2"; }
own admin "$admin" 'a password of my own'
put "units/$CONTRACT_UNIT" '{"name":"Longhua sanitation","kind":"bureau"}'
put people/0190a1b2-0000-7000-8000-00000000000b \
  '{"name":"office","display_name":"Office","password":"a first password","grants":[{"role":"office","scope":{"kind":"city"}},{"role":"inspector","scope":{"kind":"city"}}]}'
own office 'a first password' "$CONTRACT_PASSWORD"
for form in yaml json; do
  curl -sSf "$CONTRACT_SERVER/api/openapi.$form" | cmp - "$spec/openapi.$form" || { echo "the server does not serve openapi.$form as it is" >&2; exit 1; }
done

# The clients in TypeScript: types from openapi-typescript, functions from hey-api.
cp -r "$tools/clients" "$work/ts"
ln -s "$tools/node_modules" "$work/ts/node_modules"
echo '{"type":"module"}' >"$work/ts/package.json"
node "$tools/types.mjs" "$spec/openapi.yaml" "$work/ts/types.ts"
(cd "$work/ts" && CONTRACT="$spec/openapi.yaml" tool openapi-ts -f openapi-ts.config.mjs) >"$work/heyapi" 2>&1 || { cat "$work/heyapi" >&2; exit 1; }
tool tsc --noEmit false -p "$work/ts"
node "$work/ts/out/fetch.js"
node "$work/ts/out/heyapi.js"

# The clients in Go, in a module of their own.
mkdir -p "$work/go/oapi" "$work/go/ogen"
cp -r "$tools/testdata" "$work/go/cmd"
cat >"$work/go/go.mod" <<'END'
module contracttry

go 1.26
END
cat >"$work/go/oapi.yml" <<'END'
package: oapi
generate: {models: true, client: true}
output-options: {skip-prune: true} # it drops what only webhooks use, and then misses it
END
cat >"$work/go/ogen.yml" <<'END'
generator:
  features:
    enable: [paths/client, client/request/validation]
    disable_all: true
END
go run "$oapi" -config "$work/go/oapi.yml" -o "$work/go/oapi/client.go" "$spec/openapi.yaml"
go run "$ogen" --target "$work/go/ogen" --package ogen --config "$work/go/ogen.yml" --clean "$spec/openapi.json" >"$work/ogen" 2>&1 || { cat "$work/ogen" >&2; exit 1; }
(cd "$work/go" && go get github.com/oapi-codegen/runtime@v1.9.0 "${ogen%%/cmd*}@${ogen##*@}" && go mod tidy && go build -o "$work/bin/" ./cmd/...) >"$work/gobuild" 2>&1 || { cat "$work/gobuild" >&2; exit 1; }
"$work/bin/oapi"
"$work/bin/ogen"

# Models for Kotlin and Swift.
node "$tools/models.mjs" "$spec/openapi.json" >"$work/schema.json"
for language in kotlin:kt swift:swift; do
  tool quicktype --telemetry disable --src-lang schema --lang "${language%:*}" --just-types "$work/schema.json#/definitions/" -o "$work/Models.${language#*:}" >"$work/quicktype" 2>&1 || { cat "$work/quicktype" >&2; exit 1; }
done
grep -q 'class NewIssue\b' "$work/Models.kt" && grep -q 'struct NewIssue\b' "$work/Models.swift"
grep -qE 'lon: *Double' "$work/Models.kt" && grep -qE 'lon: *Double|lat, lon: Double' "$work/Models.swift"
say "clients of openapi-fetch, hey-api, oapi-codegen and ogen ran; models of Kotlin and Swift were made"
