#!/bin/sh
# Draws again what was drawn by lot, with sh, awk, sort and sha256sum only. The list was frozen before the seed was known: its digest stands in the
# record of the city, and the seed is the hash of that entry of the record. It prints a line for each target that is looked at: target, inspectors, and
# the target in whose place it came.
set -eu
export LC_ALL=C
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/list"
[ "$(sha256sum <"$work/list" | cut -d' ' -f1)" = "$digest" ] || { echo "the list is not the one that was frozen" >&2; exit 1; }
# hashed writes the SHA-256 of "seed/id" before each id.
hashed() {
  while read -r id; do echo "$(printf '%s/%s' "$seed" "$id" | sha256sum | cut -d' ' -f1) $id"; done | sort
}
awk '$1 == "target" { print $2 }' "$work/list" | hashed >"$work/targets"
awk '$1 == "inspector" { print $2 }' "$work/list" | hashed >"$work/inspectors"
awk -v replaced="$replaced" '
  function pick(id, instead,    n, m, names, waiting, left) {
    names = ""; m = 0; left = 0
    for (n = 1; n <= people; n++) {
      if (m < each && index("," recused[id] ",", "," queue[n] ",") == 0) { m++; chosen[m] = queue[n]; names = names (m > 1 ? "," : "") queue[n] }
      else waiting[++left] = queue[n]
    }
    for (n = 1; n <= left; n++) queue[n] = waiting[n]
    for (n = 1; n <= m; n++) queue[left + n] = chosen[n]
    print id, names, instead
  }
  FILENAME ~ /list$/ && $1 == "count" { count = $2 }
  FILENAME ~ /list$/ && $1 == "each" { each = $2 }
  FILENAME ~ /list$/ && $1 == "target" { stratum[$2] = $3; recused[$2] = $4; size[$3]++; total++ }
  FILENAME ~ /targets$/ { order[++targets] = $2 }
  FILENAME ~ /inspectors$/ { queue[++people] = $2 }
  END {
    left = count
    for (s in size) { quota[s] = int(count * size[s] / total); left -= quota[s] }
    for (; left > 0; left--) {
      best = ""
      for (s in size) {
        rest = (count * size[s]) % total
        if (!given[s] && (best == "" || rest > most || rest == most && s < best)) { best = s; most = rest }
      }
      given[best] = 1; quota[best]++
    }
    for (n = 1; n <= targets; n++) {
      id = order[n]
      if (quota[stratum[id]] > 0) { quota[stratum[id]]--; drawn[id] = 1; pick(id, "-") }
    }
    gone = split(replaced, old, " ")
    for (r = 1; r <= gone; r++)
      for (n = 1; n <= targets; n++)
        if (!drawn[order[n]] && stratum[order[n]] == stratum[old[r]]) { drawn[order[n]] = 1; pick(order[n], old[r]); break }
  }' "$work/list" "$work/targets" "$work/inspectors"
exit
