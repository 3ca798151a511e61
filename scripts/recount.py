#!/usr/bin/env python3
"""Recounts the figures of a week from the recorded events alone, by version 2 of the formulas.

    recount.py DATA_FOLDER 2026-W47 [CUT_OFF]

A second way to the figures of a weekly report. It shares no code with the server: it walks through the events of each
issue once and asks the questions of the domain of what it saw. It reads the SQLite database of a data folder, changes
nothing, and prints JSON. CUT_OFF is a time such as 2026-11-22T16:00:00.000Z, now when it is missing; what was done
after it is not counted. Cities whose week does not begin on Monday, or who are not in Asia/Shanghai, are not for it.

What it prints: "all" is one row for the city; "units", "categories" and "groups" (peer groups) are rows by their names;
"subtrees" are rows by unit, each with all below it; "suspensions" says how many distinct issues each of them stopped.
The cells of a row, those that are zero left out:

  received, filed, assigned   one cohort: received in the week, filed and assigned by the cut-off
  given, returned, shirked    given to the unit, given back by it, given back without ground (推诿)
  dismissed_late              dismissed after assignment (派遣后作废)
  on_the_spot, own_due        those that stand apart: fixed on the spot; due and reported by the unit itself
  assign_due, assign_on_time, verify_due, verify_on_time     the steps of the office and the inspectors
  due, carried                应处置, and those of it whose deadline was before the week
  disposed, on_time, reworked, false_fix, extended, long_overdue, closed_of_due     of due
  due_to_close, carried_to_close                             应结案, and those of it whose deadline was before the week
  closed, closed_on_time, waiting                            of due_to_close; waiting is 待核查
  reopened                    reopened in the week after it was closed (结案后重开)
  open, on_hold, overdue      at the cut-off: what units have to fix, and of it on hold (挂账), and past the deadline
  median_hours_to_fix, median_hours_found_to_fix             from assignment, and from discovery; over disposed
  score                       of a unit with something due

"The domain" in the comments is the paper on the rules of the trade; a note that begins with "Read as" says how we
understood it where it leaves a choice.
"""

import datetime as dt
import json
import os
import re
import sqlite3
import statistics
import sys
from collections import Counter, defaultdict

ZONE = dt.timezone(dt.timedelta(hours=8))
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc)
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
SHIFTS = [("08:00", "12:00"), ("14:00", "18:00")]
ALWAYS_FREE = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}  # by law, whatever is published


# Times are milliseconds since 1970, 0 for none.

def moment(text):
    """A time of the record."""
    if not text:
        return 0
    return (dt.datetime.fromisoformat(text.replace("Z", "+00:00")) - EPOCH) // dt.timedelta(milliseconds=1)


def when(event):
    """When something counts as done: the credited time of an action, otherwise when it was recorded."""
    return moment(event.get("credited_at") or event["at"])


def day_of(at):
    """The day of a time in the city."""
    return dt.datetime.fromtimestamp(at / 1000, ZONE).date()


def midnight(day):
    """The moment at which a day begins in the city."""
    return (dt.datetime.combine(day, dt.time(), ZONE) - EPOCH) // dt.timedelta(milliseconds=1)


def next_day(day):
    return day + dt.timedelta(days=1)


class Period:
    """A span of time, its end excluded, seen from a cut-off."""

    def __init__(self, begin, end, cut_off):
        self.begin, self.end, self.cut_off = begin, end, cut_off

    @classmethod
    def week(cls, name, cut_off):
        """An ISO week such as 2026-W47."""
        year, number = map(int, re.fullmatch(r"(\d{4})-W(\d\d)", name).groups())
        monday = dt.date.fromisocalendar(year, number, 1)
        return cls(midnight(monday), midnight(monday + dt.timedelta(days=7)), cut_off)

    def has(self, at):
        """Whether a time is in the period. A running period has only what was so far: up to the cut-off."""
        return self.begin <= at < self.end and at <= self.cut_off


class Calendar:
    """Working time: weekends, holidays, swapped working weekends and the shifts of a working day.

    In a year that is not published only weekends and the holidays whose date the law fixes are free (§3).
    """

    def __init__(self, kinds=(), published=(), shifts=SHIFTS):
        self.kinds, self.published = dict(kinds), set(published)
        self.shifts = [(minutes(a) * MINUTE, minutes(b) * MINUTE) for a, b in shifts]
        self.length = sum(b - a for a, b in self.shifts)

    def works(self, day):
        """Whether a day is a working day."""
        kind = self.kinds.get(day.isoformat())
        if kind:
            return kind == "swapped_working_day"
        if day.year not in self.published and (day.month, day.day) in ALWAYS_FREE:
            return False
        return day.weekday() < 5

    def working_spans(self, begin):
        """The working time from a moment on, as spans."""
        day = day_of(begin)
        while True:
            for a, b in self.shifts if self.works(day) else []:
                span = max(begin, midnight(day) + a), midnight(day) + b
                if span[0] < span[1]:
                    yield span
            day = next_day(day)


def minutes(clock):
    """Minutes since midnight of a time of day such as 08:30."""
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


class Limit:
    """How much time a unit has, in the unit of the limit, and how its days are counted (§3).

    Minutes and urgent hours run day and night, working hours in working time. Days are counted in one of two ways:
    `elapsed`, to the minute, where a working day is the working time of one day and a calendar day 24 hours; or
    `civil_code`, where the first day is not counted, the last ends at the close of business or at 24:00, and a limit
    in calendar days whose last day is a rest day ends on the next working day. Halves are allowed.

    Read as: half a day by the civil code is half of the time of a counted day, so it ends at noon of the next day.
    """

    def __init__(self, amount, unit, counting, calendar):
        self.unit, self.calendar = unit, calendar
        self.civil = counting == "civil_code" and unit in ("working_day", "calendar_day")
        self.in_working_time = unit in ("working_hour", "working_day")
        length = {"minute": MINUTE, "urgent_hour": HOUR, "working_hour": HOUR,
                  "working_day": calendar.length, "calendar_day": DAY}[unit]
        self.time = round(amount * length)

    def counted_from(self, start):
        """From when on time counts at all, for a clock that starts at some moment."""
        return midnight(next_day(day_of(start))) if self.civil else start

    def used(self, begin, end):
        """How much time is used between two moments."""
        if not self.in_working_time:
            return max(end - begin, 0)
        used = 0
        for a, b in self.calendar.working_spans(begin):
            if a >= end:
                return used
            used += min(b, end) - a

    def over(self, begin, left):
        """The moment at which some time is used up."""
        if not self.in_working_time:
            return begin + left
        for a, b in self.calendar.working_spans(begin):
            if left <= b - a:
                return a + left
            left -= b - a

    def to_working_day(self, at):
        """By the civil code, the end of a limit in calendar days is put off to the end of the next working day."""
        if not self.civil or self.unit != "calendar_day":
            return at
        day = day_of(at - 1)
        if self.calendar.works(day):
            return at
        while not self.calendar.works(day):
            day = next_day(day)
        return midnight(next_day(day))

    def deadline(self, start):
        """When the limit is over for a clock that starts at some moment and never stands still."""
        return self.to_working_day(self.over(self.counted_from(start), self.time))


class Failure:
    """A verification that a fix did not pass."""

    def __init__(self, at, staged):
        self.at = at
        self.staged = staged  # a false fix, until an appeal about it is upheld
        self.rework = True  # until an appeal is upheld


class Turn:
    """The time in which one unit, or those below it to whom it passed the issue, answers for it."""

    def __init__(self, since, assign_by):
        self.since = since
        self.assign_by = assign_by  # when the office has to have assigned it, 0 when it has nothing to do
        self.verify_by = 0
        self.assign_steps, self.verify_steps = [], []  # what had to be done: (by when, when it was done)
        self.assigned_at, self.returned_at = 0, 0
        self.holders = []  # (unit, since)
        self.due, self.limit, self.more = 0, None, 0  # more: time granted on top of the limit
        self.counted = 0  # when the clock of the assignment began
        self.runs = []  # [from, to] of the unit's clock, to is 0 while it runs
        self.pauses = {}  # (from, to) by the hold or suspension that stopped the clock
        self.hold = None
        self.failures = []
        self.extended = self.upheld = self.wrong = self.shirked = False

    def holder(self, at):
        """The unit that has the issue at some moment."""
        held = [unit for unit, since in self.holders if since <= at]
        return held[-1] if held else self.holders[0][0] if self.holders else ""

    def start(self, at):
        self.runs.append([at, 0])

    def stop(self, at):
        if self.runs and not self.runs[-1][1]:
            self.runs[-1][1] = at

    def grant(self, due):
        """A later deadline that was granted: the time between is added to the limit."""
        if due and self.limit:
            self.more += self.limit.used(self.due, due)
        self.due = due or self.due

    def on_hold(self, at):
        return self.hold is not None and at < self.pauses[self.hold][1]

    def end_hold(self, at):
        """A hold ends early, by a fix or because the office lets the clock go on."""
        if self.hold is not None:
            begin, end = self.pauses[self.hold]
            self.pauses[self.hold] = begin, min(end, at)
            self.hold = None

    def running(self, until):
        """The times in which the unit's clock ran: without holds and suspensions, which may overlap."""
        spans = [(begin, min(end or until, until)) for begin, end in self.runs]
        for stop, go in self.pauses.values():
            spans = [part for begin, end in spans for part in ((begin, min(end, stop)), (max(begin, go), end))]
            spans = [(begin, end) for begin, end in spans if begin < end]
        return spans

    def long_overdue(self, until):
        """Whether the unit used more than twice its limit (§4).

        Only what its own clock ran counts, in the unit of the limit: not waiting for verification, not holds,
        suspensions and merges, nothing before a reopening.

        Read as: the limit is the one as it stands, with the extensions that were granted; otherwise an issue that was
        extended twice would be long overdue before its deadline.
        """
        spans = self.running(until)
        if not self.limit or not spans:
            return False
        left = 2 * (self.limit.time + self.more)
        counted_from = self.limit.counted_from(self.runs[0][0])
        for begin, end in spans:
            begin = max(begin, counted_from)
            used = self.limit.used(begin, end)
            if used > left:
                return spans[-1][1] > self.limit.to_working_day(self.limit.over(begin, left))
            left -= used
        return False


class Issue:
    """What the events of one issue say, in order, up to a cut-off."""

    def __init__(self, name, record, cut_off):
        self.record = record
        self.status = ""
        self.fixes = []  # [from, to, on the spot]: a fix stands until it fails or the issue is reopened
        self.closings = []  # [from, to]: closed is an interval, from a verification to the reopening that follows it
        self.reopenings = []
        self.filed = self.assigned = False
        self.merged_at = self.dismissed_at = 0
        self.stopped_by = set()  # suspensions
        for kind, event in record.events("issue", name):
            at = when(event)
            if at <= cut_off:
                getattr(self, "on_" + kind.removeprefix("issue."), self.ignore)(event, at)
        if self.known:
            self.suspend(cut_off)

    @property
    def known(self):
        """Whether it was reported by the cut-off."""
        return self.status != ""

    @property
    def turn(self):
        return self.turns[-1]

    @property
    def own(self):
        """Reported by the unit itself: stands apart, outside rates and score."""
        return self.source == "own_unit"

    # What happens to an issue. Events that change no figure are ignored.

    def ignore(self, event, at):
        pass

    def on_reported(self, event, at):
        report = event["report"]
        self.category, self.source, self.area = report["category"], report["source"], report.get("area", "")
        self.received, self.found = at, moment(report["reported_at"])
        self.status = self.before_merge = "reported"
        self.turns = [Turn(at, moment(event.get("step_by")))]

    def on_filed(self, event, at):
        self.filed = True
        self.area = event.get("area") or self.area

    def on_corrected(self, event, at):
        """A category or an area that was wrong; the deadline of the other rule where the office says that it applies.

        That deadline is counted from the assignment, as if it had been so then: what was granted on top is in it no more.
        """
        self.category = event.get("category") or self.category
        self.area = event.get("area") or self.area
        limit, turn = self.limit_of(event, at), self.turn
        if limit:
            for run in turn.runs:
                if run[0] == turn.counted:
                    run[0] = turn.assigned_at
            turn.due, turn.limit, turn.more, turn.counted = moment(event["due_at"]), limit, 0, turn.assigned_at

    def on_assigned(self, event, at):
        turn = self.turn
        self.filed = self.assigned = True
        self.area = event.get("area") or self.area
        self.status, turn.assigned_at, turn.due = "assigned", at, moment(event["due_at"])
        turn.holders = [(event["unit"], at)]
        turn.limit = self.limit_of(event, at)
        self.take_up_used_time(turn)
        turn.counted = max(at, moment((event.get("clock") or {}).get("from")))
        turn.start(turn.counted)
        if turn.assign_by:
            turn.assign_steps.append((turn.assign_by, at))
            turn.assign_by = 0
        returned = [t for t in self.turns if t.returned_at]
        if event.get("return_rejected") and returned:
            returned[-1].shirked = True

    def limit_of(self, event, at):
        """The limit that an event sets. How days are counted stands in its clock; otherwise the city's setting holds."""
        clock = event.get("clock")
        if not clock or not clock.get("limit"):
            return None
        counting = clock.get("counting") or self.record.counting(at)
        return Limit(clock["limit"], clock["unit"], counting, self.record.calendar)

    def take_up_used_time(self, turn):
        """Given again to the unit that returned it, the time it used stays used; another unit has a full limit."""
        for earlier in reversed(self.turns[:-1]):
            if earlier.returned_at and earlier.holders[0][0] == turn.holders[0][0]:
                turn.runs = [list(run) for run in earlier.runs]
                turn.pauses = dict(earlier.pauses)
                return

    def on_passed(self, event, at):
        """Passed to a unit below: its clock runs on."""
        self.turn.holders.append((event["unit"], at))

    def on_returned(self, event, at):
        self.turn.returned_at = at
        self.leave_unit(event, at)

    def on_unit_appealed_away(self, event, at):
        self.turn.wrong = True
        self.leave_unit(event, at)

    def leave_unit(self, event, at):
        self.turn.stop(at)
        self.turn.end_hold(at)
        self.end_fix(at)
        self.status = "reported"
        self.turns.append(Turn(at, moment(event.get("step_by"))))

    def on_extension_granted(self, event, at):
        self.turn.extended = True
        self.turn.grant(moment(event.get("due_at")))

    def on_hold_granted(self, event, at):
        turn = self.turn
        turn.hold = "hold", at
        turn.pauses[turn.hold] = moment(event.get("pause_from")) or at, moment(event["until"])
        turn.due = moment(event.get("due_at")) or turn.due  # none when it was asked for after the deadline

    def on_resumed(self, event, at):
        self.turn.end_hold(at)
        self.on_rescheduled(event, at)

    def on_suspended(self, event, at):
        name = event.get("suspension", at)
        self.stopped_by.add(name)
        if event.get("until"):
            self.turn.pauses[name] = moment(event.get("pause_from")) or at, moment(event["until"])
        self.on_rescheduled(event, at)

    def on_rescheduled(self, event, at):
        self.turn.due = moment(event.get("due_at")) or self.turn.due

    def on_fixed(self, event, at):
        self.status = "fixed"
        self.turn.stop(at)
        self.turn.end_hold(at)
        self.on_rescheduled(event, at)
        self.turn.verify_by = moment(event.get("step_by"))
        self.fixes.append([at, 0, False])

    def on_fixed_on_the_spot(self, event, at):
        self.filed = True
        self.on_fixed(event, at)
        self.fixes[-1][2] = True

    def on_verified(self, event, at):
        self.checked(at)
        self.status = "verified"
        self.closings.append([at, 0])

    def on_verification_failed(self, event, at):
        self.failed(event, at, staged=False)

    def on_false_fix(self, event, at):
        self.failed(event, at, staged=True)

    def failed(self, event, at, staged):
        """A fix that does not stand.

        Read as: a fix on the spot that fails is nobody's rework, least of all that of the unit that gets it then.
        """
        self.checked(at)
        if self.turn.assigned_at:
            self.turn.failures.append(Failure(at, staged))
        self.back(event, at)

    def on_reopened(self, event, at):
        self.reopenings.append(at)
        self.turn.runs = []  # time before a reopening is not used
        self.back(event, at)

    def checked(self, at):
        if self.turn.verify_by:
            self.turn.verify_steps.append((self.turn.verify_by, at))
        self.turn.verify_by = 0

    def back(self, event, at):
        """Back to the unit, or to the office where no unit had it."""
        self.end_fix(at)
        if self.turn.assigned_at:
            self.status = "assigned"
            self.turn.start(at)
        else:
            self.status = "reported"
            self.turn.assign_by = moment(event.get("step_by"))

    def end_fix(self, at):
        for intervals in (self.fixes, self.closings):
            if intervals and not intervals[-1][1]:
                intervals[-1][1] = at
        self.turn.verify_by = 0

    def on_dismissed(self, event, at):
        self.turn.stop(at)
        self.status, self.dismissed_at = "dismissed", at

    def on_merged(self, event, at):
        """A merged issue does not run: its clock pauses."""
        self.turn.stop(at)
        self.before_merge, self.status, self.merged_at = self.status, "merged", at

    def on_unmerged(self, event, at):
        """The clock goes on, with the suspensions in between applied.

        The new deadline stands in the event. Where an older record has none it is worked out: what was left at the
        merge runs from the undoing on. A deadline that had passed stays, and so does that of an issue that was fixed.
        """
        turn = self.turn
        self.status = self.before_merge
        turn.assign_by = moment(event.get("step_by")) or turn.assign_by
        if self.status == "assigned":
            suspensions = self.record.suspensions_of(self, at)
            self.stopped_by.update(name for name, (stop, go) in suspensions.items() if go > at)
            turn.start(at)
            if not event.get("due_at") and turn.limit and turn.due > self.merged_at:
                turn.due = self.put_off(at, suspensions.values())
        turn.due = moment(event.get("due_at")) or turn.due
        self.merged_at = 0

    def put_off(self, at, pauses):
        """The deadline of an issue whose merge is undone."""
        limit = self.turn.limit
        counted_from = limit.counted_from(self.turn.runs[0][0])
        left = limit.used(max(self.merged_at, counted_from), self.turn.due)
        begin = max(at, counted_from)
        for stop, go in sorted(pauses):
            ran = limit.used(begin, stop)
            if ran >= left:
                break
            left, begin = left - ran, max(begin, go)
        return limit.to_working_day(limit.over(begin, left))

    def on_merged_from(self, event, at):
        """Another issue joins this one: the earlier deadline stays only when both belong to the same unit."""
        if event.get("due_at") and self.record.unit_when_merged(event) == self.turn.holder(at):
            self.turn.due = moment(event["due_at"])

    def on_unmerged_from(self, event, at):
        self.on_rescheduled(event, at)

    def on_appeal_decided(self, event, at):
        """Each contested mark is decided by itself; only what is upheld changes something."""
        if event.get("answer") == "grant":
            turn = self.turn
            {"overdue": self.overdue_upheld, "false_fix": self.false_fix_upheld, "rework": self.rework_upheld,
             "wrong_unit": self.wrong_unit_upheld}[event["about"]](turn, event)

    def overdue_upheld(self, turn, event):
        """Counts as on time; on an open issue the decider gives the new deadline, and that is what it is held to."""
        if event.get("due_at"):
            turn.grant(moment(event["due_at"]))
        else:
            turn.upheld = True

    def false_fix_upheld(self, turn, event):
        """It was no false fix. It was insufficient, and the rework stays; or good, and there was no rework.

        Read as: where the decision does not say which, the fix was insufficient: a rework may be appealed by itself.
        """
        for failure in reversed(turn.failures):
            if failure.staged:
                failure.staged = False
                failure.rework = event.get("finding") != "good"
                return

    def rework_upheld(self, turn, event):
        """A rework that was none; that of a verification that found a false fix only where there is no other."""
        reworks = sorted((f for f in turn.failures if f.rework), key=lambda f: (not f.staged, f.at))
        if reworks:
            reworks[-1].rework = False

    def wrong_unit_upheld(self, turn, event):
        turn.wrong = True

    def suspend(self, cut_off):
        """A suspension pauses the clocks that it names, also those whose deadline had passed and therefore stays."""
        for turn in self.turns:
            turn.pauses = self.record.suspensions_of(self, cut_off) | turn.pauses

    # Questions about an issue.

    def counts_until(self, period):
        """The moment up to which its course counts in a period: the cut-off, or a reopening after the period.

        A reopening changes no period in which the issue was closed; from then on it is open (§4).

        Read as: "from then on" holds for every period that ended before, also where the verification came after its
        end: such a period stays as it was, and does not get worse by what happened later.
        """
        later = [at for at in self.reopenings if at >= period.end]
        return min(later, default=period.cut_off)

    def turn_at(self, at):
        """The turn that counts, seen from some moment."""
        return [turn for turn in self.turns if turn.since <= at][-1]

    def fix_at(self, at):
        """The fix that stands at some moment, one that ends there included."""
        return standing(self.fixes, at, at)

    def fixed_before(self, begin):
        return bool(standing(self.fixes, begin - 1, begin))

    def closed_at(self, at):
        return bool(standing(self.closings, at, at))

    def closed_before(self, begin):
        return bool(standing(self.closings, begin - 1, begin))


def standing(intervals, begun, not_before):
    """The interval that had begun at one moment and did not end before another."""
    for interval in intervals:
        if interval[0] <= begun and (not interval[1] or interval[1] >= not_before):
            return interval
    return None


# Counting. Each of these functions yields (unit, at, name of a cell, or of a list of hours, and its value): at is the day
# whose place of the unit in the tree and in the peer groups counts.

def counted(issue, period):
    """All that an issue adds to the figures of a period."""
    yield from reception(issue, period)
    yield from steps(issue, period)
    yield from turns(issue, period)
    yield from apart(issue, period)
    yield from at_cut_off(issue, period)
    yield from due(issue, period)


def reception(issue, period):
    """Received is counted once, at receipt, and never shrinks later; filed and assigned are of the same cohort.

    Read as: a fix on the spot comes after the receipt, so the issue stays received; it counts as filed, and not as
    assigned. Reports of the unit itself stand apart from the receipt on.
    """
    if issue.own or not period.has(issue.received):
        return
    yield "", issue.received, "received", 1
    if issue.filed:
        yield "", issue.received, "filed", 1
    if issue.assigned:
        yield "", issue.received, "assigned", 1


def steps(issue, period):
    """The steps of the office and the inspectors: due by their limit in the period, on time or not.

    An issue that was dismissed or merged before assignment is not due for assignment, nor is a report of the unit itself.

    Read as: its fix, and one on the spot, are due for verification like any other: that step is not the unit's.
    """
    for turn in issue.turns:
        assigns, verifies = list(turn.assign_steps), list(turn.verify_steps)
        if turn is issue.turn and issue.status == "reported":
            assigns.append((turn.assign_by, 0))
        if turn is issue.turn and issue.status == "fixed":
            verifies.append((turn.verify_by, 0))
        for name, done in [("assign", assigns if not issue.own else []), ("verify", verifies)]:
            for by, at in done:
                if by and period.has(by):
                    yield "", by, name + "_due", 1
                    if at and at <= by:
                        yield "", by, name + "_on_time", 1


def turns(issue, period):
    """What was given to units, and what they gave back, with ground or without."""
    for turn in issue.turns:
        if turn.assigned_at and period.has(turn.assigned_at):
            yield turn.holders[0][0], turn.assigned_at, "given", 1
        if turn.returned_at and period.has(turn.returned_at):
            unit = turn.holder(turn.returned_at)
            yield unit, turn.returned_at, "returned", 1
            if turn.shirked:
                yield unit, turn.returned_at, "shirked", 1


def apart(issue, period):
    """What stands in columns of its own: fixed on the spot, dismissed after assignment, reopened after it was closed.

    Read as: an issue that is reopened twice in a period is one issue that came back.
    """
    fix = issue.fix_at(issue.counts_until(period))
    if fix and fix[2] and period.has(fix[0]) and issue.status not in ("merged", "dismissed"):
        yield "", fix[0], "on_the_spot", 1
    if issue.status == "dismissed" and issue.turn.assigned_at and period.has(issue.dismissed_at):
        yield issue.turn.holder(issue.dismissed_at), issue.dismissed_at, "dismissed_late", 1
    reopened = [at for at in issue.reopenings if period.has(at)]
    if reopened and not issue.own:
        turn = issue.turn_at(reopened[-1])
        yield turn.holder(turn.due), turn.due or reopened[-1], "reopened", 1


def at_cut_off(issue, period):
    """What units have open at the cut-off, whatever the period: the rate of holds is on hold ÷ open.

    Overdue is open and past the deadline. Reports of the unit itself stand apart.

    Read as: open is what the unit has to fix still, on hold or not; what waits for verification is not open at the
    unit. A hold that was asked for after the deadline wipes no overdue mark.
    """
    turn, now = issue.turn, period.cut_off
    if issue.status != "assigned" or issue.own:
        return
    yield turn.holder(now), now, "open", 1
    if turn.on_hold(now):
        yield turn.holder(now), now, "on_hold", 1
    if turn.due < now and not turn.upheld:
        yield turn.holder(turn.due), turn.due, "overdue", 1


def due(issue, period):
    """The two denominators and what is counted of them (§4).

    Due (应处置, the unit's) is what has its deadline in the period, or had it before and was not fixed when the period
    began. Due to close (应结案, the office's) likewise, with not verified in the place of not fixed. Both without what
    is on hold at the cut-off, dismissed, merged or appealed away as the wrong unit. A deadline after the cut-off is not
    due yet. It belongs to the unit that held the issue at the deadline.

    Read as: a hold or a merge that follows a reopening after the period takes nothing out of the period either.
    """
    until = issue.counts_until(period)
    turn = issue.turn_at(until)
    if not turn.due or turn.wrong or issue.status == "dismissed":
        return
    if until == period.cut_off and (turn.on_hold(until) or out_by_merge(issue, turn, period)):
        return
    carried = turn.due < period.begin <= period.cut_off
    if not period.has(turn.due) and not (carried and not issue.closed_before(period.begin)):
        return
    unit = turn.holder(turn.due)
    to_dispose = period.has(turn.due) or not issue.fixed_before(period.begin)
    if issue.own:
        if to_dispose:
            yield unit, turn.due, "own_due", 1
        return
    cells = list(of_due_to_close(issue, turn, until))
    if carried:
        cells.append(("carried_to_close", 1))
    if to_dispose:
        cells += of_due(issue, turn, until)
        if carried:
            cells.append(("carried", 1))
    for name, value in cells:
        yield unit, turn.due, name, value


def out_by_merge(issue, turn, period):
    """Whether a merge takes an issue out of what is due: not when its deadline had passed when it was merged (§3).

    Read as: such an issue stays in the figures of its unit up to the merge, as it stood then. It is not carried into
    periods that begin after the merge: no unit can fix it any more.
    """
    return issue.status == "merged" and (turn.due >= issue.merged_at or issue.merged_at < period.begin)


def of_due(issue, turn, until):
    """What is counted of the unit's denominator, seen from some moment.

    A false fix is not disposed of even where it passes later. "On time" is judged by the fix that stands, against the
    deadline before rework; an upheld appeal counts as on time.

    Read as: long overdue is only what is not fixed; a fix that came after more than twice the limit is late, no more.
    """
    fix, staged = issue.fix_at(until), is_staged(turn, until)
    yield "due", 1
    if fix and not staged:
        yield "disposed", 1
        yield "hours_to_fix", (fix[0] - turn.assigned_at) / HOUR
        yield "hours_found_to_fix", (fix[0] - issue.found) / HOUR
        if in_time(fix, turn):
            yield "on_time", 1
    if staged or any(f.rework for f in turn.failures if f.at <= until):
        yield "reworked", 1
    if staged:
        yield "false_fix", 1
    if turn.extended:
        yield "extended", 1
    if issue.closed_at(until):
        yield "closed_of_due", 1
    if not fix and turn.long_overdue(until):
        yield "long_overdue", 1


def of_due_to_close(issue, turn, until):
    """What is counted of the office's denominator. A false fix is out of on-time closure as of on-time disposal."""
    fix = issue.fix_at(until)
    yield "due_to_close", 1
    if issue.closed_at(until):
        yield "closed", 1
        if in_time(fix, turn) and not is_staged(turn, until):
            yield "closed_on_time", 1
    elif fix and issue.status != "merged":
        yield "waiting", 1


def in_time(fix, turn):
    return fix[0] <= turn.due or turn.upheld


def is_staged(turn, until):
    return any(f.staged for f in turn.failures if f.at <= until)


class Row:
    """The figures of one line of a report."""

    def __init__(self):
        self.counts, self.hours = Counter(), defaultdict(list)

    def add(self, name, value):
        if name.startswith("hours_"):
            self.hours[name].append(value)
        else:
            self.counts[name] += value

    def cells(self):
        """The counts, and the exact medians of hours."""
        return dict(self.counts) | {"median_" + name: round(statistics.median(h), 4) for name, h in self.hours.items()}


def score(c):
    """The default score: 40 disposal + 30 on time + disposal (10 (1 - long overdue) + 10 (1 - rework) + 10 (1 - extension)).

    Each false fix costs max(1, 100 ÷ due) points more; never below 0.
    """
    n = c["due"]
    disposal = c["disposed"] / n
    points = 40 * disposal + 30 * c["on_time"] / n
    points += disposal * sum(10 * (1 - c[name] / n) for name in ("long_overdue", "reworked", "extended"))
    return round(max(points - c["false_fix"] * max(1, 100 / n), 0), 2)


class Record:
    """The recorded events of a database, and the settings beside them."""

    def __init__(self, db):
        self.db = db
        self.calendar = self.read_calendar()
        self.countings = [(0, "elapsed")]
        self.countings += [(when(e), e["value"]) for _, e in self.events("setting", "day_counting")]
        self.places = {unit: [(when(e), e.get("parent", ""), e.get("peer_group", "")) for e in changes]
                       for unit, changes in self.streams("unit")}
        self.parents = {area: changes[-1].get("parent", "") for area, changes in self.streams("area")}
        self.suspensions = {name: {k: v for e in changes for k, v in e.items()} | {"declared": when(changes[0])}
                            for name, changes in self.streams("suspension")}

    def names(self, kind):
        return [name for name, in self.db.execute("SELECT name FROM stream WHERE kind = ? ORDER BY name", [kind])]

    def events(self, kind, name):
        """The events of one stream, in order: (type, body)."""
        rows = self.db.execute("SELECT e.type, e.body FROM event e JOIN stream s ON s.id = e.stream "
                               "WHERE s.kind = ? AND s.name = ? ORDER BY e.n", [kind, name])
        return [(kind, json.loads(body)) for kind, body in rows]

    def streams(self, kind):
        return [(name, [event for _, event in self.events(kind, name)]) for name in self.names(kind)]

    def setting(self, key):
        row = self.db.execute("SELECT value FROM setting WHERE key = ?", [key]).fetchone()
        return json.loads(row[0]) if row else None

    def read_calendar(self):
        """The days that come with the program, and those of the city: they are added to a year and replace none of it.

        A year is published when the program knows it, or the city marks its days as official.
        """
        ours, city = published(), self.setting("holidays") or []
        years = {int(day["date"][:4]) for day in ours + [day for day in city if day.get("official")]}
        shifts = [(s["from"], s["to"]) for s in self.setting("working_hours") or []]
        return Calendar({day["date"]: day["kind"] for day in ours + city}, years, shifts or SHIFTS)

    def counting(self, at):
        """How the city counted days at some moment."""
        return [value for since, value in self.countings if since <= at][-1]

    def place(self, unit, at):
        """The unit above, and the peer group, of a unit at some moment."""
        changes = self.places.get(unit) or [(0, "", "")]
        return ([c for c in changes if c[0] <= at] or changes[:1])[-1][1:]

    def line(self, unit, at):
        """A unit and all above it at some moment."""
        line = []
        while unit and unit not in line:
            line.append(unit)
            unit = self.place(unit, at)[0]
        return line

    def suspensions_of(self, issue, at):
        """The suspensions, declared by some moment, that name an issue: (from, to) by their names."""
        areas, area = {""}, issue.area
        while area not in areas:
            areas.add(area)
            area = self.parents.get(area, "")
        return {name: (moment(s["from"]), moment(s["to"])) for name, s in self.suspensions.items()
                if s["declared"] <= at and s.get("area", "") in areas
                and (not s.get("categories") or issue.category in s["categories"])}

    def unit_when_merged(self, event):
        """The unit of the issue that joined another, from its own events up to that merge."""
        unit = ""
        for kind, e in self.events("issue", event["into"]):
            if kind == "issue.merged" and e.get("action_id") == event.get("action_id"):
                break
            if kind in ("issue.assigned", "issue.passed"):
                unit = e["unit"]
            elif kind in ("issue.returned", "issue.unit_appealed_away"):
                unit = ""
        return unit


def published():
    """The holidays that come with the program."""
    table = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "pkg", "calendar", "china.csv")
    with open(table, encoding="utf-8") as lines:
        head = next(lines).strip().split(",")
        return [dict(zip(head, line.strip().split(","))) for line in lines]


def recount(db, name, cut_off):
    """The figures of a week."""
    record, period = Record(db), Period.week(name, cut_off)
    everything, rows = Row(), {part: defaultdict(Row) for part in ("units", "categories", "groups", "subtrees")}
    stopped = Counter()
    for stream in record.names("issue"):
        issue = Issue(stream, record, cut_off)
        if not issue.known:
            continue
        stopped.update(issue.stopped_by)
        for unit, at, cell, value in counted(issue, period):
            touched = [everything, rows["categories"][issue.category]]
            if unit:
                touched += [rows["units"][unit], rows["groups"][record.place(unit, at)[1]]]
                touched += [rows["subtrees"][above] for above in record.line(unit, at)]
            for row in touched:
                row.add(cell, value)
    figures = {part: {key: row.cells() for key, row in those.items()} for part, those in rows.items()}
    for unit, row in rows["units"].items():
        if row.counts["due"]:
            figures["units"][unit]["score"] = score(row.counts)
    suspensions = {key: stopped[key] for key, s in record.suspensions.items()
                   if moment(s["from"]) < period.end and moment(s["to"]) > period.begin and s["declared"] <= cut_off}
    return {"period": name, "formula": 2, "all": everything.cells(), **figures, "suspensions": suspensions}


def main():
    folder, name = sys.argv[1:3]
    path = next(os.path.join(folder, f) for f in sorted(os.listdir(folder)) if f.endswith(".db"))
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    now = (dt.datetime.now(dt.timezone.utc) - EPOCH) // dt.timedelta(milliseconds=1)
    cut_off = moment(sys.argv[3]) if len(sys.argv) > 3 else now
    print(json.dumps(recount(db, name, cut_off), ensure_ascii=False, indent=1, sort_keys=True))


if __name__ == "__main__":
    main()
