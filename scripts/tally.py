#!/usr/bin/env python3
"""Reads what test runs wrote and says how they ended.
   tally.py go FILE RESULTS       of go test -json
   tally.py vitest FILE RESULTS   of vitest --reporter=json
     Each test goes as a line "seconds outcome name" into RESULTS; the number of passed tests is printed. When one failed, was
     skipped or did not end, what it said is shown and the exit code is 1. A test that says "optional: …" when it skips stays in
     RESULTS as skipped, to be named at the end.
   tally.py slowest RESULTS N     shows the N slowest tests"""
import collections
import json
import sys


def of_go(lines):
    """Gives (seconds, outcome, name) of each test, and what is wrong as text."""
    tests, said, begun, wrong = [], collections.defaultdict(list), {}, []
    for line in lines:
        try:
            e = json.loads(line)
        except ValueError:
            wrong.append(line)
            continue
        name = e.get("Package", e.get("ImportPath", "")).removeprefix("spotcheck/")
        if "Test" in e:
            name += " " + e["Test"]
        action = e["Action"]
        if action in ("output", "build-output"):
            said[name].append(e["Output"])
        elif action == "run":
            begun[name] = True
        elif action in ("pass", "fail", "skip"):
            begun.pop(name, None)
            if "Test" in e:
                tests.append((e.get("Elapsed", 0), action, name))
            optional = action == "skip" and any("optional: " in text for text in said[name])
            if action == "fail" or action == "skip" and "Test" in e and not optional:
                wrong.append(f"{name}: {action}\n{''.join(said[name])}")
            said.pop(name, None)
        elif action == "build-fail":
            wrong.append(f"{name} does not build\n{''.join(said[name])}")
    wrong += [f"{name}: did not end\n{''.join(said[name])}" for name in begun]
    return tests, wrong


def of_vitest(lines):
    tests, wrong = [], []
    for file in json.loads("".join(lines))["testResults"]:
        where = file["name"].split("/ui/")[-1]
        if file["status"] != "passed":
            wrong.append(f"{where}: {file['message']}")
        for t in file["assertionResults"]:
            outcome = {"passed": "pass", "failed": "fail"}.get(t["status"], "skip")
            tests.append(((t.get("duration") or 0) / 1000, outcome, f"{where} {t['fullName']}"))
            if outcome != "pass":
                wrong.append(f"{where} {t['fullName']}: {outcome}\n" + "\n".join(t["failureMessages"]))
    return tests, wrong


def slowest(lines, n):
    for line in sorted(lines, key=lambda l: -float(l.split()[0]))[:n]:
        print(line.rstrip())


def main(what, path, *more):
    with open(path, encoding="utf-8", errors="replace") as f:
        lines = f.readlines()
    if what == "slowest":
        return slowest(lines, int(more[0]))
    tests, wrong = {"go": of_go, "vitest": of_vitest}[what](lines)
    with open(more[0], "a", encoding="utf-8") as f:
        f.writelines(f"{s:8.2f} {outcome} {name}\n" for s, outcome, name in tests)
    passed = sum(outcome == "pass" for _, outcome, _ in tests)
    if wrong:
        print("\n".join(wrong), file=sys.stderr)
        print(f"{len(wrong)} failed, {passed} passed", file=sys.stderr)
        sys.exit(1)
    if not passed:
        sys.exit("no test ran")
    print(passed)


main(*sys.argv[1:])
