#!/usr/bin/env bash
# Measures what the project promises about speed. Without arguments every section of scripts/bench runs, otherwise those
# that are named: `scripts/bench.sh photos`. Ends with 1 when a target is missed.
set -euo pipefail
cd "$(dirname "$0")/.."
sections=("$@")
[ $# -gt 0 ] || for f in scripts/bench/*.sh; do sections+=("$(basename "$f" .sh)"); done
for s in "${sections[@]}"; do
  [ -f "scripts/bench/$s.sh" ] || { echo "no section $s; there are: $(cd scripts/bench && echo *.sh | sed 's/\.sh//g')" >&2; exit 2; }
done

echo "machine   $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(nproc) cores, $(awk '/MemTotal/ {printf "%.0f GB", $2 / 1e6}' /proc/meminfo), load $(cut -d' ' -f1-3 /proc/loadavg)"
echo "system    $(uname -sr), $(go version | cut -d' ' -f3-)"
missed=()
for s in "${sections[@]}"; do
  printf '\n== %s\n' "$s"
  bash "scripts/bench/$s.sh" || missed+=("$s")
done
[ ${#missed[@]} = 0 ] || { printf '\nmissed: %s\n' "${missed[*]}" >&2; exit 1; }
