#!/usr/bin/env python3
"""Recounts the figures of a period from the recorded events alone: recount.py DATA_FOLDER 2026-W47.

A second way to the figures of a weekly report: it shares no code with the server, walks through each issue's events once and asks the
questions of the domain of what it saw. It reads the SQLite database of a data folder, changes nothing, and prints JSON. Cities whose week
does not begin on Monday, or who are not in Asia/Shanghai, are not for it.
"""

import datetime as dt
import json
import os
import re
import sqlite3
import sys
from collections import Counter, defaultdict

ZONE = dt.timezone(dt.timedelta(hours=8))
SHIFTS = [(8 * 60, 12 * 60), (14 * 60, 18 * 60)]  # minutes of a working day


def moment(text):
    """A time of the record as milliseconds, 0 for none."""
    if not text:
        return 0
    at = dt.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=dt.timezone.utc)
    return int(at.timestamp() * 1000 + 0.5)


def week(name):
    """The first and the day after the last of an ISO week, as milliseconds."""
    year, number = map(int, re.fullmatch(r"(\d{4})-W(\d\d)", name).groups())
    monday = dt.datetime.combine(dt.date.fromisocalendar(year, number, 1), dt.time(), ZONE)
    return int(monday.timestamp() * 1000), int((monday + dt.timedelta(days=7)).timestamp() * 1000)


class Calendar:
    """Working time: weekends, holidays and swapped working weekends."""

    def __init__(self, days):
        self.kind = days

    def works(self, day):
        kind = self.kind.get(day.isoformat())
        return kind == "swapped_working_day" if kind else day.weekday() < 5

    def later(self, at, limit, unit):
        """The moment at which one whole limit is over, counted from another moment."""
        plain = {"minute": 60_000, "urgent_hour": 3_600_000, "calendar_day": 86_400_000}
        if unit in plain:
            return at + limit * plain[unit]
        left = limit * {"working_hour": 3_600_000, "working_day": sum(b - a for a, b in SHIFTS) * 60_000}[unit]
        day = dt.datetime.fromtimestamp(at / 1000, ZONE).date()
        for _ in range(4000):
            midnight = int(dt.datetime.combine(day, dt.time(), ZONE).timestamp() * 1000)
            for a, b in SHIFTS if self.works(day) else []:
                begin, end = max(at, midnight + a * 60_000), midnight + b * 60_000
                if begin < end:
                    if left <= end - begin:
                        return begin + left
                    left -= end - begin
            day += dt.timedelta(days=1)
        raise ValueError("a limit without end")


class Spell:
    """A time in which one line of units answers for an issue."""

    def __init__(self, wanted_by):
        self.assign_by, self.assigned_at, self.first = wanted_by, 0, None
        self.holders, self.due, self.limit, self.held_until = [], 0, None, 0
        self.extended = self.upheld = self.wrong = self.shirked = False
        self.failed = self.staged = self.given_at = 0
        self.steps = []  # verifications that were due: by when, done when
        self.assigns = []  # assignments that were due
        self.open_step = None

    def unit(self):
        """The unit that held the issue at the deadline."""
        held = self.holders[0][0]
        for unit, since in self.holders[1:]:
            if since <= self.due:
                held = unit
        return held


class Issue:
    """What the events of one issue say, in order."""

    def __init__(self, report, at, wanted_by):
        self.category, self.source = report["category"], report["source"]
        self.received, self.reported = at, moment(report["reported_at"])
        self.status, self.fixed, self.closed, self.on_the_spot = "reported", 0, 0, False
        self.filed = self.assigned = False
        self.before = None
        self.spells = [Spell(wanted_by)]

    def apply(self, kind, e):
        s, at = self.spells[-1], moment(e.get("credited_at"))
        due = moment(e.get("due_at"))
        if kind == "issue.filed":
            self.filed = True
        elif kind == "issue.assigned":
            self.filed = self.assigned = True
            self.status, s.assigned_at, s.due, s.held_until = "assigned", at, due, 0
            s.holders = [(e["unit"], at)]
            clock = e.get("clock") or {}
            s.limit = (clock.get("limit", 0), clock.get("unit", "minute"))
            if s.assign_by:
                s.assigns.append((s.assign_by, at))
                s.assign_by = 0
            if e.get("return_rejected") and len(self.spells) > 1:
                self.spells[-2].shirked = True
        elif kind == "issue.passed":
            s.holders.append((e["unit"], at))
        elif kind == "issue.returned":
            s.given_at, self.status = at, "reported"
            self.spells.append(Spell(moment(e.get("step_by"))))
        elif kind == "issue.unit_appealed_away":
            s.wrong, self.status = True, "reported"
            self.spells.append(Spell(moment(e.get("step_by"))))
        elif kind in ("issue.fixed", "issue.fixed_on_the_spot"):
            self.status, self.fixed = "fixed", at
            if kind.endswith("spot"):
                self.on_the_spot = self.filed = True
            if e.get("clock"):
                s.due = due
            s.held_until = 0
            s.open_step = moment(e.get("step_by"))
        elif kind == "issue.verified":
            self.status, self.closed = "verified", at
            self.checked(s, at)
        elif kind in ("issue.verification_failed", "issue.false_fix"):
            self.checked(s, at)
            s.failed += 1
            s.staged += kind == "issue.false_fix"
            self.back(s, e)
        elif kind == "issue.reopened":
            self.back(s, e)
        elif kind == "issue.dismissed":
            self.status, self.closed = "dismissed", at
        elif kind == "issue.merged":
            self.before, self.status, self.closed = self.status, "merged", at
        elif kind == "issue.unmerged":
            self.status, self.closed = self.before, 0
        elif kind in ("issue.merged_from", "issue.unmerged_from", "issue.rescheduled"):
            s.due = due or s.due
        elif kind == "issue.extension_granted":
            s.extended, s.due = True, due
        elif kind == "issue.hold_granted":
            s.held_until = moment(e.get("until"))
            s.due = due or s.due
        elif kind == "issue.resumed":
            s.held_until, s.due = 0, due or s.due
        elif kind == "issue.suspended":
            s.due = due or s.due
        elif kind == "issue.appeal_decided" and e.get("answer") == "grant":
            about = e["about"]
            s.upheld = s.upheld or about == "overdue"
            s.wrong = s.wrong or about == "wrong_unit"
            s.failed -= about == "rework"
            s.staged -= about == "false_fix"

    def checked(self, spell, at):
        if spell.open_step:
            spell.steps.append((spell.open_step, at))
        spell.open_step = None

    def back(self, spell, e):
        """A fix that does not stand: back to the unit, or to the office where no unit had it."""
        self.status = "assigned" if spell.assigned_at else "reported"
        self.fixed, self.closed, self.on_the_spot, spell.open_step = 0, 0, False, None
        if not spell.assigned_at:
            spell.assign_by = moment(e.get("step_by"))


def counted(issue, begin, end, now, calendar):
    """Every (unit, count) that an issue adds to the figures of a period."""
    inside = lambda t: begin <= t < end
    aside = issue.source == "own_unit" or issue.on_the_spot
    if inside(issue.received) and not aside:
        yield "", "received"
        if issue.filed:
            yield "", "filed"
            if issue.assigned:
                yield "", "assigned"
    last = issue.spells[-1]
    for s in issue.spells:
        if s.assigned_at and inside(s.assigned_at):
            yield s.holders[0][0], "given"
        for by, done in s.assigns:
            yield from step("assign", by, done, inside)
        if s is last and s.assign_by and issue.status == "reported":
            yield from step("assign", s.assign_by, 0, inside)
        for by, done in s.steps:
            yield from step("verify", by, done, inside)
        if s is last and s.open_step and issue.status == "fixed":
            yield from step("verify", s.open_step, 0, inside)
        if s.given_at and inside(s.given_at):
            yield s.unit(), "returned"
            if s.shirked:
                yield s.unit(), "shirked"
    if issue.on_the_spot and issue.status in ("fixed", "verified") and inside(issue.fixed):
        yield "", "on_the_spot"
    if issue.status == "dismissed" and last.assigned_at and inside(issue.closed):
        yield last.unit(), "dismissed_late"
    if last.due and not last.wrong and issue.status in ("assigned", "fixed", "verified"):
        carried = last.due < begin
        closed_before = issue.status == "verified" and max(issue.closed, last.due) < begin
        if inside(last.due) or carried and not closed_before:
            for count in due(issue, last, carried, now, calendar):
                yield last.unit(), count


def step(name, by, done, inside):
    if inside(by):
        yield "", name + "_due"
        if done and done <= by:
            yield "", name + "_on_time"


def due(issue, s, carried, now, calendar):
    """What one issue that is due counts for."""
    if issue.source == "own_unit":
        yield "own_due"
        return
    if s.held_until > now:
        yield "on_hold"
        return
    yield "due"
    if carried:
        yield "carried"
    timely = issue.fixed and (issue.fixed <= s.due or s.upheld)
    if issue.fixed and not s.staged:
        yield "disposed"
        if timely:
            yield "on_time"
    if s.failed or s.staged:
        yield "reworked"
    if s.staged:
        yield "false_fix"
    if s.extended:
        yield "extended"
    if issue.status == "fixed":
        yield "waiting"
    if issue.status == "verified":
        yield "closed"
        if timely:
            yield "closed_on_time"
    if not issue.fixed and calendar.later(s.due, *s.limit) < now:
        yield "long_overdue"


def score(c):
    """40 disposal + 30 on time + disposal (10 (1 - long overdue) + 10 (1 - rework) + 10 (1 - extension)), less for false fixes."""
    n = c["due"]
    disposal = c["disposed"] / n
    points = 40 * disposal + 30 * c["on_time"] / n + disposal * sum(10 * (1 - c[k] / n) for k in ("long_overdue", "reworked", "extended"))
    return round(max(points - c["false_fix"] * max(1, 100 / n), 0), 2)


def main():
    folder, name = sys.argv[1:3]
    path = next(p for p in (os.path.join(folder, f) for f in sorted(os.listdir(folder))) if p.endswith(".db"))
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    holidays = db.execute("SELECT value FROM setting WHERE key = 'holidays'").fetchone()
    days = {d["date"]: d["kind"] for d in json.loads(holidays[0])} if holidays else published()
    begin, end = week(name)
    now = moment(sys.argv[3]) if len(sys.argv) > 3 else int(dt.datetime.now(dt.timezone.utc).timestamp() * 1000)
    everything, units, categories, calendar = Counter(), defaultdict(Counter), defaultdict(Counter), Calendar(days)
    issue = stream = None
    last = 0

    def close():
        if issue:
            for unit, count in counted(issue, begin, end, now, calendar):
                everything[count] += 1
                categories[issue.category][count] += 1
                if unit:
                    units[unit][count] += 1

    for this, kind, body, seq in db.execute(
            "SELECT s.name, e.type, e.body, e.seq FROM event e JOIN stream s ON s.id = e.stream WHERE s.kind = 'issue' ORDER BY s.name, e.n"):
        e = json.loads(body)
        if this != stream:
            close()
            issue, stream = Issue(e["report"], moment(e["at"]), moment(e.get("step_by"))), this
        else:
            issue.apply(kind, e)
        last = max(last, seq)
    close()
    for c in units.values():
        if c["due"]:
            c["score"] = score(c)
    print(json.dumps({"period": name, "all": everything, "units": units, "categories": categories}, ensure_ascii=False, indent=1, sort_keys=True))


def published():
    """The holidays that come with the program."""
    table = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "pkg", "calendar", "china.csv")
    days = {}
    with open(table, encoding="utf-8") as lines:
        head = next(lines).strip().split(",")
        for line in lines:
            row = dict(zip(head, line.strip().split(",")))
            days[row["date"]] = row["kind"]
    return days


if __name__ == "__main__":
    main()
