# The export of the archive: MEGABYTES of documents (2000, in files of 50 MB) as one ZIP over HTTP, beside `zip -0` of the same files, both to nowhere,
# the best of RUNS (3); how much memory the server took, and that a download that broke goes on with the same bytes. It wants at least 0.7 × the speed
# of zip and less than 100 MB of memory over what the server has before.
set -euo pipefail
work=$(mktemp -d "${TMPDIR:-/tmp}/spotcheck-bench.XXXXXX")
server=
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
go build -trimpath -pgo=server/cmd/spotcheck/release.pgo -o "$work/spotcheck" ./server/cmd/spotcheck
"$work/spotcheck" --addr 127.0.0.1:0 --data "$work/data" >"$work/start" 2>"$work/log" &
server=$!
for _ in $(seq 600); do grep -q 'password' "$work/start" && break; sleep 0.1; done
url=http://$(sed -n 's/^Spotcheck listens on \([^ ]*\) .*/\1/p' "$work/start")
ask() { # TOKEN METHOD PATH [JSON]
  curl -sS --fail-with-body -X "$2" -H "Authorization: Bearer $1" -H 'Content-Type: application/json' ${4:+-d "$4"} "$url$3"
}
logs_in() { ask none POST /api/v1/sessions "{\"name\":\"$1\",\"password\":\"$2\"}" | sed 's/.*"token":"\([^"]*\)".*/\1/'; }
own() { # NAME PASSWORD NEW: logs in by a password that others know, and chooses another
  local token
  token=$(logs_in "$1" "$2")
  ask "$token" PUT /api/v1/me/password "{\"old_password\":\"$2\",\"password\":\"$3\"}"
  echo "$token"
}
new_id() { cat /proc/sys/kernel/random/uuid; }
admin=$(own admin "$(sed -n 's/^ *password  *//p' "$work/start")" 'measured by day 7')
ask "$admin" PUT "/api/v1/people/$(new_id)" '{"name":"clerk","display_name":"clerk","password":"measured by dusk 7","grants":[{"role":"office","scope":{"kind":"city"}}]}' >"$work/answer"
clerk=$(own clerk 'measured by dusk 7' 'measured by night 7')
heading=$(new_id)
ask "$clerk" PUT "/api/v1/archive/headings/$heading" '{"title":"组织领导"}' >"$work/answer"

files=$((${MEGABYTES:-2000} / 50))
mkdir "$work/files"
for n in $(seq "$files"); do
  f=$work/files/$n.pdf
  { printf '%%PDF-1.7\n'; head -c 50000000 /dev/urandom; printf '\nstartxref\n0\n%%%%EOF\n'; } >"$f"
  id=$(new_id)
  ask "$clerk" PUT "/api/v1/archive/documents/$id" "{\"heading\":\"$heading\",\"title\":\"$n\",\"dated\":\"2026-11-30\"}" >"$work/answer"
  digest=$(openssl dgst -sha256 -binary "$f" | base64 -w0)
  curl -sS --fail-with-body -T "$f" -H "Authorization: Bearer $clerk" -H "Content-Digest: sha-256=:$digest:" -H 'Content-Type: application/octet-stream' \
    "$url/api/v1/archive/documents/$id/file?name=$n.pdf" >"$work/answer"
done
bytes=$(cat "$work"/files/* | wc -c)
export=$(new_id)
memory() { sed -n "s/^$1:[[:space:]]*\([0-9]*\) kB/\1/p" "/proc/$server/status"; }
before=$(memory VmRSS)
echo 5 >"/proc/$server/clear_refs" # the peak is counted from now on
ask "$clerk" PUT "/api/v1/archive/exports/$export" '{}' >"$work/answer"
zip=$url/api/v1/archive/exports/$export/zip
fetch() { curl -sS --fail -H "Authorization: Bearer $clerk" "$@" "$zip"; }
# best COMMAND: the shortest of the runs, in milliseconds.
best() {
  local least=
  for _ in $(seq "${RUNS:-3}"); do
    local from to
    from=$(date +%s%N)
    "$@" >/dev/null
    to=$((($(date +%s%N) - from) / 1000000))
    [ -n "$least" ] && [ "$least" -le "$to" ] || least=$to
  done
  echo "$least"
}
packs() { (cd "$work/files" && zip -0 -q - ./*); }
theirs=$(best packs)
ours=$(best fetch)
peak=$(memory VmHWM)
whole=$(fetch | sha256sum)
middle=$((bytes / 2 + 12345))
again=$({ fetch -r "0-$((middle - 1))"; fetch -r "$middle-"; } | sha256sum)
say() { awk "BEGIN { printf \"%-42s %s\n\", \"$1\", sprintf(\"$2\", $3) }"; }
say 'documents' '%d files, %.2f GB' "$files, $bytes / 1e9"
say 'zip -0' '%.0f MB/s' "$bytes / $theirs / 1000"
say 'export over HTTP' '%.0f MB/s, %.2f × (at least 0.7)' "$bytes / $ours / 1000, $theirs / $ours"
say 'memory at its peak, over what it was before' '%.0f MB (less than 100)' "($peak - $before) / 1000"
[ "$whole" = "$again" ] && echo 'a download that broke                      goes on with the same bytes' || { echo 'a download that broke is another one' >&2; exit 1; }
awk "BEGIN { exit !($theirs / $ours >= 0.7 && $peak - $before < 100000) }"
