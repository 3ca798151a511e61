#!/bin/sh
# 核验案卷：在解压后的文件夹里运行 sh verify.sh。只需要 sh、coreutils 和 openssl。
# Checks a case file: run `sh verify.sh` where it was unpacked. It needs sh, coreutils and openssl, nothing else.
#  1. Every file has the SHA-256 that SHA256SUMS says, and no other file is there.
#  2. The events of each record.jsonl are a chain: each has the hash of what it says and names the hash of the one before it.
#  3. The chain ends at the head of proof.txt, and every original photo has a digest that stands in the chain.
#  4. The head leads to the root of checkpoint.json. Whoever kept the checkpoint of that day, or a report on which it is printed, compares them.
set -eu
export LC_ALL=C
cd "$(dirname "$0")"
failed=0
fail() { echo "失败 FAILED: $*" >&2; failed=1; }
if command -v sha256sum >/dev/null 2>&1; then
  digest() { sha256sum | cut -c1-64; }
else
  digest() { openssl dgst -sha256 -r | cut -c1-64; }
fi

# bytes writes hexadecimal digits as the bytes that they are.
bytes() {
  case $1 in *[!0-9a-f]*) exit 1 ;; esac
  hex=$1 octal=
  while [ -n "$hex" ]; do
    rest=${hex#??}
    value=$((0x${hex%"$rest"}))
    octal="$octal\\$((value >> 6))$((value >> 3 & 7))$((value & 7))"
    hex=$rest
  done
  printf "$octal"
}
number() { bytes "$(printf %016x "$1")"; }
text() { number "${#1}"; printf %s "$1"; }
# value NAME: what stands behind a name in $rest, with or without quotes.
value() { found=${rest##*\""$1"\":}; found=${found%%[,\}]*}; found=${found#\"}; found=${found%\"}; }

# files holds every file against its digest.
files() {
  sums=$(cat SHA256SUMS)
  count=0
  while IFS= read -r line; do
    name=${line#*  }
    [ "$line" = "${line%%  *}  $name" ] && [ -f "$name" ] || { fail "$line"; continue; }
    [ "$(digest <"$name")" = "${line%%  *}" ] || fail "$name"
    count=$((count + 1))
  done <SHA256SUMS
  for name in * */* */*/*; do
    [ -f "$name" ] && [ "$name" != SHA256SUMS ] || continue
    case $sums in *"  $name" | *"  $name
"*) ;; *) fail "多出的文件 not on the list: $name" ;; esac
  done
  echo "文件 files: $count"
}

# chain FOLDER: the events of an issue, from the first to its head.
chain() {
  kind= id= head= day= covered=0 at= root=
  while read -r what a b c; do
    case $what in
      stream) kind=$a id=$b ;;
      head) last=$a head=$b ;;
      checkpoint)
        day=$a covered=$b at=$c
        root=$({ printf '\000'; text spotcheck.head.v1; text "$kind"; text "$id"; number "$covered"; bytes "$at"; } | digest) ;;
      left) root=$({ printf '\001'; bytes "$a"; bytes "$root"; } | digest) ;;
      right) root=$({ printf '\001'; bytes "$root"; bytes "$a"; } | digest) ;;
      *) fail "$1/proof.txt: $what" ;;
    esac
  done <"$1/proof.txt"
  n=0 hash=0000000000000000000000000000000000000000000000000000000000000000 met=
  while IFS= read -r line; do
    prev=$hash
    n=$((n + 1))
    body=${line#\{\"body\":}
    body=${body%,\"hash\":*}
    rest=${line##*,\"hash\":}
    rest="\"hash\":$rest"
    value hash && hash=$found
    value schema && schema=$found
    value type && type=$found
    [ "$line" = "{\"body\":$body,\"hash\":\"$hash\",\"id\":\"$id\",\"kind\":\"$kind\",\"n\":$n,\"prev\":\"$prev\",\"schema\":$schema,\"type\":\"$type\"}" ] ||
      { fail "$1/record.jsonl: 第 $n 条 line $n"; break; }
    got=$({ text spotcheck.event.v1; text "$kind"; text "$id"; number "$n"; bytes "$prev"; text "$type"; number "$schema"; text "$body"; } | digest)
    [ "$got" = "$hash" ] || fail "$1/record.jsonl: 第 $n 条的哈希 hash of event $n"
    if [ "$n" = "$covered" ]; then met=$hash; fi
  done <"$1/record.jsonl"
  [ "$n" = "$last" ] && [ "$hash" = "$head" ] || fail "$1: 链没有到头 the chain does not end at its head"
  record=$(cat "$1/record.jsonl")
  for photo in "$1"/photos/*; do
    [ -f "$photo" ] || continue
    case $record in *"\"sha256\":\"$(digest <"$photo")\""*) ;; *) fail "$photo: 不在链中 is not in the chain" ;; esac
  done
  if [ -z "$day" ]; then
    echo "$1: $n 条事件 events，之后还没有检查点 no checkpoint since"
    return
  fi
  [ "$met" = "$at" ] || fail "$1: 第 $covered 条不是检查点里的那条 event $covered is not the one of the checkpoint"
  case $(cat checkpoint.json) in *"\"date\":\"$day\""*"\"root\":\"$root\""*) ;; *) fail "$1: 检查点 checkpoint $day" ;; esac
  echo "$1: $n 条事件 events，前 $covered 条在 $day 的检查点内 the first $covered under the checkpoint"
}

files
for proof in */proof.txt; do
  [ -f "$proof" ] || continue
  chain "${proof%/proof.txt}"
done
if [ -f checkpoint.json ]; then
  echo "请与另存的检查点比对 compare with the checkpoint kept elsewhere: SHA-256 $(digest <checkpoint.json)"
fi
[ "$failed" = 0 ] || exit 1
echo "通过 OK"
exit
