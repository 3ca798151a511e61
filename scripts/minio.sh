#!/usr/bin/env bash
# Builds MinIO from its Go module, pinned, into the build cache, and prints the path of the program.
set -euo pipefail
version=v0.0.0-20260212201848-7aac2a2c5b7c
cache=${SPOTCHECK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/spotcheck}
program=$cache/minio-$version
if [ ! -x "$program" ]; then
  mkdir -p "$cache"
  build=$(mktemp -d "$cache/build.XXXXXX")
  trap 'rm -rf "$build"' EXIT
  echo "building MinIO $version, once" >&2
  GOBIN=$build GOFLAGS=-trimpath CGO_ENABLED=0 go install -ldflags '-s -w' "github.com/minio/minio@$version" >&2
  mv "$build/minio" "$program"
fi
echo "$program"
