# Reports with a photo of 2.2 MB over 16 connections: ours against PocketBase on a memory file system, and against the bare
# file, folder and log syncs on the disk. RUNS sets the runs of each (5), PHOTOS their size (160).
set -euo pipefail
work=$(mktemp -d "${TMPDIR:-/tmp}/spotcheck-bench.XXXXXX")
memory=$(mktemp -d /dev/shm/spotcheck-bench.XXXXXX)
trap 'rm -rf "$work" "$memory"' EXIT
go build -trimpath -pgo=server/cmd/spotcheck/release.pgo -ldflags '-s -w' -o "$work/spotcheck" ./server/cmd/spotcheck
(cd scripts/bench/pocketbase && go build -trimpath -ldflags '-s -w' -o "$work/pocketbase" .)
go build -o "$work/ingest" ./scripts/bench/ingest
"$work/ingest" -spotcheck "$work/spotcheck" -pocketbase "$work/pocketbase" -disk "$work" -memory "$memory" \
  -runs "${RUNS:-5}" -photos "${PHOTOS:-160}"
