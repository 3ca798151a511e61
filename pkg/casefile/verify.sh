#!/bin/sh
# 核验案卷：在解压后的文件夹里运行 sh verify.sh。只需要 sh、coreutils 和 openssl。
# Checks a case file: run `sh verify.sh` where it was unpacked. It needs sh, coreutils and openssl, nothing else.
#  1. Every file has the SHA-256 that SHA256SUMS says, and no other file is there.
#  2. The events of each record.jsonl are a chain: each has the hash of what it says and names the hash of the one before it.
#  3. The chain ends at the head of proof.txt, and every original photo has a digest that stands in the chain.
#  4. The head leads to the root of checkpoint.json. Whoever kept the checkpoint of that day, or a report on which it is printed, compares them.
#  5. openssl finds the signature of log-checkpoint.txt right, and the last event that it covers leads to its root. Give the public key that the city
#     made known, `sh verify.sh KEY.pem`: the one that lies here proves nothing by itself.
set -eu
export LC_ALL=C
case ${1-} in "") key=log-key.pem ;; /*) key=$1 ;; *) key=$PWD/$1 ;; esac
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

# signature: openssl holds the signed checkpoint of the log against the key; $signed is its root.
signature() {
  signed=
  { read -r origin; read -r size; read -r root; read -r empty; read -r dash name sign; } <log-checkpoint.txt || :
  [ "$(cat log-checkpoint.txt)" = "$(printf '%s\n%s\n%s\n\n— %s %s' "$origin" "$size" "$root" "$name" "$sign")" ] ||
    { fail "log-checkpoint.txt"; return; }
  work=$(mktemp -d)
  printf '%s\n' "$origin" "$size" "$root" >"$work/text"
  printf %s "$sign" | openssl base64 -d -A | tail -c 64 >"$work/signature"
  openssl pkeyutl -verify -pubin -inkey "$key" -rawin -in "$work/text" -sigfile "$work/signature" >"$work/said" 2>&1 ||
    fail "日志检查点的签名 signature of log-checkpoint.txt: $(cat "$work/said")"
  signed=$(printf %s "$root" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
  rm -r "$work"
  echo "签名 signature: $origin，$size 条事件 events"
}

# chain FOLDER: the events of an issue, from the first to its head.
chain() {
  kind= id= head= day= covered=0 at= root= daily= logged=0 leaf=
  while read -r what a b c; do
    case $what in
      stream) kind=$a id=$b ;;
      head) last=$a head=$b ;;
      checkpoint)
        day=$a covered=$b at=$c
        root=$({ printf '\000'; text spotcheck.head.v1; text "$kind"; text "$id"; number "$covered"; bytes "$at"; } | digest) ;;
      leaf)
        daily=$root logged=$a leaf=$b
        root=$({ printf '\000'; bytes "$leaf"; } | digest) ;;
      left) root=$({ printf '\001'; bytes "$a"; bytes "$root"; } | digest) ;;
      right) root=$({ printf '\001'; bytes "$root"; bytes "$a"; } | digest) ;;
      *) fail "$1/proof.txt: $what" ;;
    esac
  done <"$1/proof.txt"
  if [ "$logged" = 0 ]; then daily=$root; fi
  n=0 held= hash=0000000000000000000000000000000000000000000000000000000000000000 met=
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
    if [ "$n" = "$logged" ]; then held=$hash; fi
  done <"$1/record.jsonl"
  [ "$n" = "$last" ] && [ "$hash" = "$head" ] || fail "$1: 链没有到头 the chain does not end at its head"
  record=$(cat "$1/record.jsonl")
  for photo in "$1"/photos/*; do
    [ -f "$photo" ] || continue
    case $record in *"\"sha256\":\"$(digest <"$photo")\""*) ;; *) fail "$photo: 不在链中 is not in the chain" ;; esac
  done
  if [ "$logged" != 0 ]; then
    [ "$held" = "$leaf" ] || fail "$1: 第 $logged 条不是日志里的那条 event $logged is not the one of the log"
    [ "$root" = "$signed" ] || fail "$1: 日志检查点 log-checkpoint.txt"
    echo "$1: 前 $logged 条在签名的日志内 the first $logged under the signed log"
  fi
  if [ -z "$day" ]; then
    echo "$1: $n 条事件 events，之后还没有检查点 no checkpoint since"
    return
  fi
  [ "$met" = "$at" ] || fail "$1: 第 $covered 条不是检查点里的那条 event $covered is not the one of the checkpoint"
  case $(cat checkpoint.json) in *"\"date\":\"$day\""*"\"root\":\"$daily\""*) ;; *) fail "$1: 检查点 checkpoint $day" ;; esac
  echo "$1: $n 条事件 events，前 $covered 条在 $day 的检查点内 the first $covered under the checkpoint"
}

files
signed=
if [ -f log-checkpoint.txt ]; then
  signature
elif [ "$key" != log-key.pem ]; then
  fail "没有签名的日志检查点 there is no signed checkpoint of the log"
fi
for proof in */proof.txt; do
  [ -f "$proof" ] || continue
  chain "${proof%/proof.txt}"
done
if [ -f checkpoint.json ]; then
  echo "请与另存的检查点比对 compare with the checkpoint kept elsewhere: SHA-256 $(digest <checkpoint.json)"
fi
if [ -f log-checkpoint.txt ] && [ "$key" = log-key.pem ]; then
  echo "请与该市公布的公钥比对 compare with the public key that the city made known: $(head -n 2 log-key.pem | tail -n 1)"
fi
[ "$failed" = 0 ] || exit 1
echo "通过 OK"
exit
