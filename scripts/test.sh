#!/usr/bin/env bash
# Sets up what the tests need and runs all of them. `scripts/test.sh quick` leaves out race, fuzz, vulnerabilities, kills and the tour.
set -euo pipefail
cd "$(dirname "$0")/.."
mode=${1:-full}
staticcheck=honnef.co/go/tools/cmd/staticcheck@v0.7.0
govulncheck=golang.org/x/vuln/cmd/govulncheck@v1.1.4
work=$(mktemp -d "${TMPDIR:-/tmp}/spotcheck-test.XXXXXX")
chmod a+x "$work" # PostgreSQL runs as a user of its own and must reach its folder
fuzz=
trap '[ -z "$fuzz" ] || kill "$fuzz" 2>/dev/null || true; scripts/services.sh stop "$work/services" || true; rm -rf "$work"' EXIT
notes=()
began=$SECONDS
step() { printf '\n== %s (%d s)\n' "$1" $((SECONDS - began)); }

step "what the tests need"
missing=()
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
command -v strace >/dev/null || missing+=(strace)
command -v pdftotext >/dev/null || missing+=(poppler-utils)
command -v chromium >/dev/null || missing+=(chromium)
command -v python3 >/dev/null || missing+=(python3)
command -v pkill >/dev/null || missing+=(procps)
command -v openssl >/dev/null || missing+=(openssl)
command -v WebKitWebDriver >/dev/null || missing+=(webkit2gtk-driver)
command -v xvfb-run >/dev/null || missing+=(xvfb xauth)
if [ ${#missing[@]} -gt 0 ]; then
  sudo=$([ "$(id -u)" = 0 ] || echo sudo)
  $sudo apt-get update -qq && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" >/dev/null ||
    { echo "missing and cannot be installed: the Debian packages ${missing[*]}" >&2; exit 1; }
fi
command -v npm >/dev/null || { echo "Node.js with npm is missing: install it, version 20 or later" >&2; exit 1; }
(cd scripts/tus && npm ci --silent --no-audit --no-fund) || { echo "tus-js-client cannot be installed" >&2; exit 1; }
(cd scripts/forms && npm ci --silent --no-audit --no-fund) || { echo "exceljs and mammoth cannot be installed" >&2; exit 1; }
scripts/services.sh start "$work/services"
eval "$(scripts/services.sh env "$work/services")"

step "the web: its types, style, words and rules, and what is built is what is committed"
(
  cd server/web/ui
  npm ci --silent --no-audit --no-fund
  npm run --silent api >/dev/null
  npm run --silent check
  npm run --silent lint
  npm test --silent
  npm run --silent build >/dev/null
)
stale=$(git status --porcelain -- server/web)
[ -z "$stale" ] || { echo "server/web is not what its source makes: $stale" >&2; exit 1; }

step "the web apps in Chromium against the program"
go build -o "$work/spotcheck" ./server/cmd/spotcheck
(cd server/web/ui && E2E_PROGRAM="$work/spotcheck" npm run --silent e2e)

step gofmt
unformatted=$(gofmt -l $(git ls-files '*.go'))
[ -z "$unformatted" ] || { echo "not formatted: $unformatted" >&2; exit 1; }

step vet
go vet ./...

# tested FLAGS… PACKAGES runs tests, counts them and fails when one does.
tested() {
  local status=0
  go test -json "$@" >"$work/tests.json" || status=$?
  grep -c '"Action":"pass".*"Test":' "$work/tests.json" >"$work/passed" || true
  if [ $status != 0 ]; then
    grep -E '"Action":"(output|build-output)"' "$work/tests.json" | sed -E 's/.*"Output":"(.*)"\}$/\1/; s/\\n$//; s/\\t/  /g; s/\\"/"/g' | grep -vE '^=== |^ *--- PASS|^PASS|^ok |^time=' | tail -200
    echo "$(grep -c '"Action":"fail".*"Test":' "$work/tests.json") failed" >&2
    exit 1
  fi
  if skipped=$(grep '"Action":"skip".*"Test":' "$work/tests.json"); then
    echo "skipped: $skipped" >&2
    exit 1
  fi
}

step "tests"
tested -timeout 20m ./...
passed=$(cat "$work/passed")

if [ "$mode" = full ]; then
  # Left out is what takes one step after the other and is only slow under the race detector.
  step "race"
  tested -race -timeout 40m -skip "$(tr -d ' \n' <<<'
    ^(TestACopyIsTheSamePicture|TestStampTakesAnyTextOnAnyPicture|TestTheSameSeedAndDateMakeTheSameCity|TestDecodesEveryFile|
    TestListsAgainstAModel|TestTheMapAgainstAModel|TestRandomLivesStayInTheTable|TestPhotosOfADemoAreDrawn|TestTheChildIsNotMisled|
    TestInspectSaysWhatIsTrueOfEveryFile|TestRenderMakesUprightPictures|TestPointsInShapesAgainstExactWindingNumbers|TestTheIndexFindsWhatAskingEveryShapeFinds|
    TestReleasedSchemas|TestASnapshotIsTheWholeDatabase|TestChangesThatMissAreErrors|TestIssuesNameWhatIsThere|TestPeopleAreReadBack|TestADamagedBackupIsRefused|
    TestFitIsAsGoodAsAnother|TestWhatACutLeftOutIsGrey|TestStampWritesAtTheBottomAndLeavesTheRest|TestOrientationsOfOneSceneGiveOnePicture|
    TestScenesCarryPlaceAndTimeAndNoTwoAreAlike|TestBackupAndRestoreByTheCommandLine|TestPeopleByTheCommandLine|TestAuditByTheCommandLine|
    TestAWorkbookOf100000IssuesTakesLittleMemory|TestTheDemosWeekIsAlwaysTheSame)$')" \
    $(go list ./... | grep -v /server/servertest)
  passed=$((passed + $(cat "$work/passed")))
  tested -race -timeout 40m -run "$(tr -d ' \n' <<<'
    FourPeople|TwoPeople|ArrivesTwice|ArrivesBefore|Overtakes|AreNotLost|InParts|Stream|Five|AtOnce|OfALive|Away|BreaksAgain|DiskIsFull|Slow|Hundred|BadNetwork|
    FollowsTheFeed|Batch|UntilItListens|Digest|ManyReminders|ManyUploads|MapFollows|SmallestArea|CrewFixes|Typhoon|Ladder|PaperIsIssued|RegisterProposes|Holidays|WeeklyReport')" \
    ./server/servertest
  passed=$((passed + $(cat "$work/passed")))

  # The fuzzers take their 20 seconds each whatever else runs: they give way to the steps beside them.
  step "fuzz, 20 s a target, two at a time, beside what follows"
  for package in $(go list ./...); do
    go test -list '^Fuzz' "$package" | sed -n "s|^Fuzz|$package &|p"
  done >"$work/targets"
  [ -s "$work/targets" ] || { echo "no fuzz targets" >&2; exit 1; }
  nice -n 10 xargs -P 2 -L 1 bash -c 'scripts/fuzz.sh "$0" "$1" 20s' <"$work/targets" >"$work/fuzz" 2>&1 &
  fuzz=$!

  step "the stories, each request to the next of two copies of the server"
  SPOTCHECK_TEST_COPIES=2 tested -run 'FourPeople|TwoPeople|ArrivesTwice|ArrivesBefore|Overtakes|AreNotLost|UploadInParts|Stream|Storm|FiveTimes' ./server/servertest
  passed=$((passed + $(cat "$work/passed")))

  step staticcheck
  go run "$staticcheck" ./...

  step govulncheck
  if ! go run "$govulncheck" ./... >"$work/vulnerabilities" 2>&1; then
    if grep -qE 'Vulnerability #[0-9]' "$work/vulnerabilities"; then
      cat "$work/vulnerabilities" >&2
      exit 1
    fi
    notes+=("vulnerabilities NOT CHECKED: their database cannot be reached from here")
  fi

  step "kills at random moments; scripts/soak.sh does more of them"
  scripts/soak.sh 10
  passed=$((passed + 2))

  step "the README's tour"
  scripts/tour.sh README.md
  scripts/tour.sh README.zh-CN.md
  passed=$((passed + 2))

  step "the containers, without an engine"
  if [ "$(id -u)" = 0 ]; then
    scripts/container.sh | tee "$work/container"
    while read -r line; do notes+=("$line"); done < <(grep NOT "$work/container")
    passed=$((passed + 1))
  else
    notes+=("containers NOT CHECKED: scripts/container.sh needs root")
  fi

  step "the fuzzers"
  wait "$fuzz" || { cat "$work/fuzz" >&2; exit 1; }
  cat "$work/fuzz"
  passed=$((passed + $(wc -l <"$work/targets")))

fi

for note in "${notes[@]:+${notes[@]}}"; do printf '\n!! %s\n' "$note"; done
printf '\n%d passed, 0 failed in %d s\n' "$passed" $((SECONDS - began))
