#!/usr/bin/env bash
# Sets up what the tests need and runs all of them. `scripts/test.sh quick` leaves out the browsers, race, fuzz, hostile moments, kills,
# containers, tours, staticcheck and govulncheck, lets tests that throw dice throw fewer, and whole servers work on SQLite and a folder,
# but for the first stories.
# What takes its time runs beside something else. The twenty slowest tests are shown at the end; SPOTCHECK_TEST_RESULTS names a
# file that keeps all of them with their seconds.
set -euo pipefail
cd "$(dirname "$0")/.."
mode=${1:-full}
case $mode in full | quick) ;; *) echo "test.sh or test.sh quick" >&2; exit 2 ;; esac
staticcheck=honnef.co/go/tools/cmd/staticcheck@v0.7.0
govulncheck=golang.org/x/vuln/cmd/govulncheck@v1.1.4
work=$(mktemp -d "${TMPDIR:-/tmp}/spotcheck-test.XXXXXX")
chmod a+x "$work" # PostgreSQL runs as a user of its own and must reach its folder
# What need not outlive the machine lies in memory where there is room for it.
memory=$work
if [ "$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')" -gt 4000000 ] 2>/dev/null; then
  memory=$(mktemp -d /dev/shm/spotcheck-test.XXXXXX)
  chmod a+x "$memory"
fi
notes=() lanes=()
ended() {
  for lane in "${lanes[@]:+${lanes[@]}}"; do kill -- "-$lane" 2>/dev/null || true; done
  scripts/services.sh stop "$memory/services" || true
  rm -rf "$work" "$memory"
}
trap ended EXIT
# There is memory enough for heaps that are collected half as often; a test that measures memory sets what the program has.
export GOGC=400
began=$SECONDS
results=$work/results
: >"$results"
# used prints the processor seconds of all that has ended; what runs beside counts when it is joined.
used() { awk '{ sub(/.*\) /, ""); print int(($14 + $15) / 100) }' "/proc/$$/stat"; }
step() { printf '\n== %s (%d s, %d s of processor)\n' "$1" $((SECONDS - began)) "$(used)"; }

# beside NAME COMMAND… runs a step beside those that follow; joined NAME waits for it and shows what it said. Each is a process
# group of its own, so that all of it ends when this script does.
beside() {
  local name=$1
  shift
  echo "   beside it: $name"
  set -m
  "$@" >"$work/$name.out" 2>&1 </dev/null &
  set +m
  lanes+=($!)
  eval "lane_$name=$!"
}
joined() {
  local pid=lane_$1 status=0
  wait "${!pid}" || status=$?
  step "$1, which ran beside"
  cat "$work/$1.out"
  [ $status = 0 ] || { echo "$1 failed" >&2; exit 1; }
}

# counted KIND FILE adds the tests of a file to the results; one that failed or was skipped ends everything.
counted() { scripts/tally.py "$1" "$2" "$results" >"$2.passed" || return 1; }
# What runs beside the browsers is set to give way to them: people wait for screens.
gently=(env)
# tested NAME FLAGS… PACKAGES runs Go tests.
tested() {
  local file=$work/$1.json
  shift
  "${gently[@]}" go test -vet=off -json "$@" >"$file" || true # what failed stands in the file; all is vetted once, by the checks
  counted go "$file"
}
# stories NAME LABEL FLAGS… runs whole servers from a program that is linked once.
stories() {
  local file=$work/$1.json label=$2
  shift 2
  [ -x "$work/servertest.test" ] || go test -vet=off -c -ldflags='-s -w' -o "$work/servertest.test" ./server/servertest
  (cd server/servertest && "${gently[@]}" go tool test2json -t -p "$label" "$work/servertest.test" -test.v=test2json -test.parallel 4 "$@") >"$file" ||
    true # what failed stands in the file
  counted go "$file"
}
passed() { awk '$2 == "pass"' "$results" | wc -l; }

step "what the tests need"
missing=()
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
command -v strace >/dev/null || missing+=(strace)
command -v pdftotext >/dev/null || missing+=(poppler-utils)
command -v chromium >/dev/null || missing+=(chromium)
command -v python3 >/dev/null || missing+=(python3)
command -v pkill >/dev/null || missing+=(procps)
command -v openssl >/dev/null || missing+=(openssl)
command -v nginx >/dev/null || missing+=(nginx-light)
command -v WebKitWebDriver >/dev/null || missing+=(webkit2gtk-driver)
command -v xvfb-run >/dev/null || missing+=(xvfb xauth)
if [ ${#missing[@]} -gt 0 ]; then
  sudo=$([ "$(id -u)" = 0 ] || echo sudo)
  $sudo apt-get update -qq && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null ||
    { echo "missing and cannot be installed: the Debian packages ${missing[*]}" >&2; exit 1; }
fi
command -v npm >/dev/null || { echo "Node.js with npm is missing: install it, version 20 or later" >&2; exit 1; }
# modules FOLDER installs what its lock names, unless that was done since the lock changed.
modules() { [ "$1/node_modules/.package-lock.json" -nt "$1/package-lock.json" ] || (cd "$1" && npm ci --silent --no-audit --no-fund); }
modules scripts/tus || { echo "tus-js-client cannot be installed" >&2; exit 1; }
modules scripts/forms || { echo "exceljs and mammoth cannot be installed" >&2; exit 1; }
scripts/services.sh start "$memory/services" quick
eval "$(scripts/services.sh env "$memory/services")"
mkdir "$memory/tests"
export SPOTCHECK_TEST_MEMORY=$memory/tests

# What stops soon when it is wrong comes first.
step gofmt
unformatted=$(gofmt -l $(git ls-files '*.go'))
[ -z "$unformatted" ] || { echo "not formatted: $unformatted" >&2; exit 1; }

step "the program"
go build -o "$work/spotcheck" ./server/cmd/spotcheck

# web checks types, words and rules, and that what is built is what is committed.
web() {
  set -e
  modules server/web/ui
  cd server/web/ui
  npm run --silent api >/dev/null
  npm run --silent check
  npm run --silent lint
  npx vitest run src lint --reporter=json --outputFile="$work/web.json" >/dev/null 2>&1 || true # what failed stands in the file
  # Into a folder of its own: the programs that are compiled meanwhile embed the one that is committed.
  WEB_DIST="$work/dist" npm run --silent build >/dev/null
  diff -rq "$work/dist" ../dist || { echo "server/web/dist is not what its source makes" >&2; exit 1; }
  cd ../../..
  stale=$(git status --porcelain -- server/web)
  [ -z "$stale" ] || { echo "server/web is not what its source makes: $stale" >&2; exit 1; }
}
# browsers lets the web apps run in Chromium and WebKit against the program.
browsers() {
  cd server/web/ui
  E2E_PROGRAM="$work/spotcheck" npx vitest run --config vitest.e2e.config.ts --reporter=json --outputFile="$work/browsers.json" \
    >/dev/null 2>&1 || true # what failed stands in the file
}
# fuzzed gives each target 20 s, two at a time, and gives way to all that runs beside it.
fuzzed() {
  set -e
  for package in $(go list ./...); do
    go test -list '^Fuzz' "$package" | sed -n "s|^Fuzz|$package &|p"
  done >"$work/targets"
  [ -s "$work/targets" ] || { echo "no fuzz targets"; exit 1; }
  nice -n 19 xargs -P 2 -L 1 bash -c 'scripts/fuzz.sh "$0" "$1" 20s' <"$work/targets"
}

# checks read the source and the contract; what they fetch and compile goes on beside the tests and gives way to them.
checks() {
  set -e
  (cd scripts/lint && go build -o "$work/lint" .)
  go vet -vettool="$work/lint" -errcheck.exclude="$PWD/scripts/lint/exclude.txt" ./...
  echo "vet and lint: errors of Close, open rows and bodies, contexts, order of results: nothing found"
  CONTRACT_PROGRAM="$work/spotcheck" nice -n 10 scripts/contract.sh "$([ "$mode" = full ] && echo full || echo lint)"
  [ "$mode" = full ] || return 0
  nice -n 10 go run "$staticcheck" ./...
  echo "staticcheck: nothing found"
}

beside web web
beside checks checks

step "the recount, against figures worked out by hand"
python3 -m unittest scripts/recount_test.py 2>&1 | tail -3

if [ "$mode" = quick ]; then
  step "tests, in short"
  tested short -short -parallel 4 -timeout 20m ./...
  stories stories server/servertest -test.run '(FourPeople|TwoPeople|ArrivesTwice|AreNotLost|WeeklyReport)/postgres' -test.timeout 10m
  joined checks
  joined web
  counted vitest "$work/web.json"
else
  step "tests"
  # Packages that measure memory or time have the machine for themselves: see servertest.EachAlone.
  tested all -parallel 4 -timeout 30m ./...
  joined checks
  joined web
  counted vitest "$work/web.json"
fi

if [ "$mode" = full ]; then
  beside browsers browsers
  beside fuzz fuzzed
  gently=(nice -n 10)

  # The days and hours at which something ends or begins, and the nights of a changed clock where there are some.
  step "the stories at hostile moments"
  hostile='FourPeople|TwoPeople|Report|Figures|Figure|Week|LongOverdue|Deadline|Digest|Urgent|Holiday|Weekend|Typhoon|Ladder|Return|Agreement|Plan|Paper|Letter|LastSecond|Clock|Rule|Limit|Inbox|Remind'
  while read -r moment; do
    name=$(tr -c 'a-zA-Z0-9\n' _ <<<"$moment")
    SPOTCHECK_TEST_START="$moment" stories "$name" "at $moment" -test.run "($hostile)/sqlite" -test.timeout 10m
    echo "   $moment: $(cat "$work/$name.json.passed") passed"
  done <<'MOMENTS'
2026-11-29 23:50:00 Asia/Shanghai
2026-12-31 23:50:00 Asia/Shanghai
2028-02-29 23:50:00 Asia/Shanghai
2026-11-25 17:59:59 Asia/Shanghai
2027-03-28 01:50:00 Europe/Berlin
2026-10-25 01:50:00 Europe/Berlin
MOMENTS

  # Left out is what takes one step after the other and is only slow under the race detector: packages in which nothing runs beside
  # anything, fuzz targets, and single tests.
  step "race"
  concurrent='"sync|errgroup|\bgo func|\.Go\(|make\(chan'
  mapfile -t racing < <(go list -f '{{.ImportPath}} {{.Dir}}' ./... | grep -v /server/servertest | while read -r package dir; do
    if cat "$dir"/*.go | grep -qE "$concurrent"; then echo "$package"; fi
  done)
  tested race -race -parallel 4 -timeout 40m -skip "$(tr -d ' \n' <<<'
    ^(TestACopyIsTheSamePicture|TestStampTakesAnyTextOnAnyPicture|TestTheSameSeedAndDateMakeTheSameCity|TestDecodesEveryFile|
    TestListsAgainstAModel|TestTheMapAgainstAModel|TestRandomLivesStayInTheTable|TestPhotosOfADemoAreDrawn|TestTheChildIsNotMisled|
    TestInspectSaysWhatIsTrueOfEveryFile|TestRenderMakesUprightPictures|TestPointsInShapesAgainstExactWindingNumbers|TestTheIndexFindsWhatAskingEveryShapeFinds|
    TestReleasedSchemas|TestASnapshotIsTheWholeDatabase|TestChangesThatMissAreErrors|TestIssuesNameWhatIsThere|TestPeopleAreReadBack|TestADamagedBackupIsRefused|
    TestFitIsAsGoodAsAnother|TestWhatACutLeftOutIsGrey|TestStampWritesAtTheBottomAndLeavesTheRest|TestOrientationsOfOneSceneGiveOnePicture|
    TestScenesCarryPlaceAndTimeAndNoTwoAreAlike|TestBackupAndRestoreByTheCommandLine|TestPeopleByTheCommandLine|TestAuditByTheCommandLine|
    TestAWorkbookOf100000IssuesTakesLittleMemory|TestTheDemosWeekIsAlwaysTheSame|TestMigrate|TestCatalogueByTheCommandLine|TestAreasByTheCommandLine|
    TestCopiesAreKnownAgain|TestAPictureOfTwoHundredMegapixelsIsSeen|TestTheTableOfKindsIsTrue|TestEveryScreenHasSomethingToShow|
    TestPicturesOfTenBitsAreSeenOrFlagged|TestEqualReportsGiveEqualBytes|TestEveryPageOfATableHasItsHead|TestEveryFormIsMade|TestTheFirstSamplesOfHEICAreThoseOfThePicture|
    TestWhatIsNoPictureIsNotDecoded|TestLookupsHaveAnIndex|TestAMillionStyledEmptyRows|TestEveryFormOfAWeek|Fuzz.*)$')" \
    "${racing[@]}"
  tested race_stories -race -parallel 4 -timeout 40m -run "$(tr -d ' \n' <<<'
    FourPeople|TwoPeople|ArrivesTwice|ArrivesBefore|Overtakes|AreNotLost|InParts|Stream|Five|AtOnce|OfALive|Away|BreaksAgain|DiskIsFull|Slow|Hundred|BadNetwork|
    FollowsTheFeed|Batch|UntilItListens|Digest|ManyReminders|ManyUploads|MapFollows|SmallestArea|CrewFixes|Typhoon|Ladder|PaperIsIssued|RegisterProposes|Holidays|WeeklyReport')" \
    ./server/servertest

  step "the stories, each request to the next of two copies of the server"
  SPOTCHECK_TEST_COPIES=2 stories copies "two copies" -test.timeout 20m \
    -test.run 'FourPeople|TwoPeople|ArrivesTwice|ArrivesBefore|Overtakes|AreNotLost|UploadInParts|Stream|FiveTimes'

  joined browsers
  gently=(env)
  counted vitest "$work/browsers.json"

  step govulncheck
  if ! go run "$govulncheck" ./... >"$work/vulnerabilities" 2>&1; then
    if grep -qE 'Vulnerability #[0-9]' "$work/vulnerabilities"; then
      cat "$work/vulnerabilities" >&2
      exit 1
    fi
    notes+=("vulnerabilities NOT CHECKED: their database cannot be reached from here")
  fi

  # done NAME SECONDS adds a step that is a test by itself.
  done_in() { printf '%8.2f pass %s\n' $((SECONDS - $2)) "$1" >>"$results"; }

  step "kills at random moments; scripts/soak.sh does more of them"
  at=$SECONDS
  scripts/soak.sh 10
  done_in "scripts/soak.sh sqlite" "$at"
  done_in "scripts/soak.sh postgres" "$at"

  step "the README's tour"
  for readme in README.md README.zh-CN.md mobile-api-spec/README.md; do
    at=$SECONDS
    scripts/tour.sh "$readme"
    done_in "scripts/tour.sh $readme" "$at"
  done

  step "the containers, without an engine"
  if [ "$(id -u)" = 0 ]; then
    at=$SECONDS
    scripts/container.sh | tee "$work/container"
    while read -r line; do notes+=("$line"); done < <(grep NOT "$work/container")
    done_in "scripts/container.sh" "$at"
  else
    notes+=("containers NOT CHECKED: scripts/container.sh needs root")
  fi

  joined fuzz
  while read -r package target; do printf '%8.2f pass %s %s\n' 20 "${package#spotcheck/}" "$target"; done <"$work/targets" >>"$results"
fi

step "the slowest tests, in seconds"
scripts/tally.py slowest "$results" 20
[ -z "${SPOTCHECK_TEST_RESULTS:-}" ] || cp "$results" "$SPOTCHECK_TEST_RESULTS"

while read -r name; do notes+=("NOT RUN, as it lacks what it measures: $name"); done < <(awk '$2 == "skip" { $1 = $2 = ""; print }' "$results")
for note in "${notes[@]:+${notes[@]}}"; do printf '\n!! %s\n' "$note"; done
printf '\n%d passed, 0 failed in %d s, %d s of processor\n' "$(passed)" $((SECONDS - began)) "$(used)"
