# Two renditions of a photo: ours, the standard way in Go, vipsthumbnail, and kovidgoyal/imaging.
set -euo pipefail
if ! command -v vipsthumbnail >/dev/null; then
  sudo=$([ "$(id -u)" = 0 ] || echo sudo)
  $sudo apt-get update -qq && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq libvips-tools >/dev/null ||
    { echo "vipsthumbnail is missing and cannot be installed: install the Debian package libvips-tools" >&2; exit 1; }
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/spotcheck-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
go build -o "$work/photos" ./scripts/bench/photos
(cd scripts/bench/kovidgoyal && go build -o "$work/rival" .)
mkdir "$work/made"
"$work/photos" "$work/made" "$work/rival"
