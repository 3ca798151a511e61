"""Holds recount.py to numbers that were worked out by hand from the rules: python3 -m unittest scripts/recount_test.py

The weeks are those of November 2026: W47 is Monday 16th to Sunday 22nd, W48 begins on the 23rd. Times are of the city.
All days from the 2nd to the 27th are working days but for weekends.
"""

import datetime as dt
import json
import os
import sqlite3
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import recount  # noqa: E402


def at(text):
    """A time of November 2026 such as "17 08:00", as the record writes it."""
    day, clock = text.split()
    local = dt.datetime.fromisoformat(f"2026-11-{int(day):02}T{clock}:00").replace(tzinfo=recount.ZONE)
    return local.astimezone(dt.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")


class City:
    """A record that a test writes."""

    def __init__(self):
        self.db = sqlite3.connect(":memory:")
        self.db.executescript("""
            CREATE TABLE setting (key TEXT, value TEXT);
            CREATE TABLE stream (id INTEGER PRIMARY KEY, kind TEXT, name TEXT, UNIQUE (kind, name));
            CREATE TABLE event (seq INTEGER PRIMARY KEY, stream INT, n INT, type TEXT, body TEXT);""")

    def write(self, kind, name, event, time, **body):
        self.db.execute("INSERT OR IGNORE INTO stream (kind, name) VALUES (?, ?)", [kind, name])
        stream, = self.db.execute("SELECT id FROM stream WHERE kind = ? AND name = ?", [kind, name]).fetchone()
        n = self.db.execute("SELECT count(*) FROM event WHERE stream = ?", [stream]).fetchone()[0]
        self.db.execute("INSERT INTO event (stream, n, type, body) VALUES (?, ?, ?, ?)",
                        [stream, n, event, json.dumps({"at": at(time), **body})])

    def issue(self, name, time, source="patrol", category="06010", **body):
        """Reports an issue; what it gives writes what happens to it."""
        report = {"category": category, "source": source, "reported_at": at(time)}
        self.write("issue", name, "issue.reported", time, report=report, **body)

        def happens(event, time, **body):
            self.write("issue", name, "issue." + event, time, credited_at=at(time), **body)
        return happens

    def given(self, name, time, due, unit="A", limit=1, of="working_day", source="patrol", **clock):
        """Reports an issue and assigns it at once."""
        happens = self.issue(name, time, source)
        happens("assigned", time, unit=unit, due_at=at(due), clock={"limit": limit, "unit": of, **clock})
        return happens

    def count(self, week, cut_off):
        return recount.recount(self.db, f"2026-W{week}", recount.moment(at(cut_off)))


class Case(unittest.TestCase):
    def setUp(self):
        self.city = City()

    def holds(self, row, **want):
        """A row has these numbers, and 0 stands for a cell that is not there."""
        self.assertEqual({name: row.get(name, 0) for name in want}, want)

    def counts(self, week, cut_off, **want):
        self.holds(self.city.count(week, cut_off)["all"], **want)


class ClosedIsAnInterval(Case):
    """Due on Tuesday of W46, fixed and closed on that day, reopened on Wednesday of W48, fixed and closed in W49."""

    def setUp(self):
        super().setUp()
        happens = self.city.given("i", "9 09:00", "10 09:00")
        happens("fixed", "10 08:30", unit="A")
        happens("verified", "10 10:00")
        happens("reopened", "25 09:00")
        self.happens = happens

    def test_a_past_period_stays_closed(self):
        self.counts(46, "27 12:00", due=1, disposed=1, on_time=1, due_to_close=1, closed=1, closed_on_time=1, reopened=0)
        self.counts(47, "27 12:00", due=0, due_to_close=0, reopened=0)

    def test_it_is_open_at_once_and_carried_from_the_next_period_on(self):
        # At the start of W48 it was closed, so it is not due there; the line of reopened ones has it.
        self.counts(48, "27 12:00", due=0, reopened=1, open=1, overdue=1)
        self.counts(49, "30 12:00", due=1, carried=1, disposed=0, due_to_close=1, carried_to_close=1, closed=0)

    def test_until_it_is_fixed_again_late(self):
        self.happens("fixed", "30 10:00", unit="A")
        self.happens("verified", "30 11:00")
        self.counts(49, "30 12:00", due=1, disposed=1, on_time=0, closed=1, closed_on_time=0, open=0)
        self.counts(46, "30 12:00", disposed=1, on_time=1, closed=1, closed_on_time=1)

    def test_every_closing_is_kept(self):
        self.happens("fixed", "26 10:00", unit="A")
        self.happens("verified", "26 11:00")
        self.happens("reopened", "30 10:00")
        for week in (46, 47, 48):
            self.counts(week, "30 12:00", disposed=int(week == 46), reopened=int(week == 48))
        self.counts(49, "30 12:00", due=0, reopened=1, open=1)

    def test_reopened_within_the_period_it_is_open_at_its_end(self):
        happens = self.city.given("j", "16 09:00", "17 09:00")
        happens("fixed", "16 10:00", unit="A")
        happens("verified", "16 11:00")
        happens("reopened", "20 09:00")
        self.counts(47, "22 12:00", due=1, disposed=0, closed=0, reopened=1)

    def test_closed_after_the_period_and_then_reopened(self):
        # Fixed on time on Friday of W47, closed on Monday of W48, reopened in W49: W47 stays as it was.
        happens = self.city.given("j", "19 09:00", "20 09:00")
        happens("fixed", "20 08:30", unit="A")
        happens("verified", "23 10:00")
        happens("reopened", "30 09:00")
        self.counts(47, "30 12:00", due=1, disposed=1, on_time=1, closed=1, closed_on_time=1)


class LongOverdue(Case):
    """One working day from Monday 09:00: due on Tuesday 09:00; 16 working hours are used on Wednesday 09:00."""

    def given(self, **more):
        return self.city.given("i", "16 09:00", "17 09:00", **more)

    def test_more_than_twice_the_limit(self):
        self.given()
        self.counts(47, "18 09:00", due=1, long_overdue=0)
        self.counts(47, "18 09:01", due=1, long_overdue=1)

    def test_waiting_for_verification_is_not_used(self):
        # 9 working hours until Tuesday 10:00 (7 and 2), then from Thursday 10:00 on: 6 on Thursday, and 1 on Friday.
        happens = self.given()
        happens("fixed", "17 10:00", unit="A")
        happens("verification_failed", "19 10:00", unit="A")
        self.counts(47, "19 18:00", long_overdue=0)
        self.counts(47, "20 09:00", long_overdue=0)
        self.counts(47, "20 09:01", long_overdue=1)

    def test_holds_are_not_used(self):
        # Asked for after the deadline, so the deadline stays; on hold from Tuesday 10:00 to Thursday 10:00: 9, 6 and 1 h.
        happens = self.given()
        happens("hold_granted", "17 11:00", pause_from=at("17 10:00"), until=at("19 10:00"))
        self.counts(47, "18 12:00", due=0, on_hold=1, overdue=1)
        self.counts(47, "20 09:00", due=1, on_hold=0, long_overdue=0)
        self.counts(47, "20 09:01", long_overdue=1)

    def test_suspensions_are_not_used(self):
        # The whole of Tuesday and Wednesday: 7 hours on Monday, 8 on Thursday, 1 on Friday.
        self.given()
        self.city.write("suspension", "typhoon", "suspension.declared", "16 20:00", area="", categories=["06010"],
                        **{"from": at("17 00:00"), "to": at("19 00:00")})
        self.counts(47, "20 09:00", long_overdue=0)
        self.counts(47, "20 09:01", long_overdue=1)

    def test_a_suspension_of_other_categories_stops_nothing(self):
        self.given()
        self.city.write("suspension", "typhoon", "suspension.declared", "16 20:00", area="", categories=["08012"],
                        **{"from": at("17 00:00"), "to": at("19 00:00")})
        self.counts(47, "18 09:01", long_overdue=1)

    def test_time_before_a_reopening_is_not_used(self):
        # Reopened on Sunday evening: 16 working hours are over when work ends on Tuesday.
        happens = self.given()
        happens("fixed", "17 08:30", unit="A")
        happens("verified", "17 10:00")
        happens("reopened", "22 20:00")
        self.counts(48, "24 18:00", due=1, long_overdue=0)
        self.counts(48, "25 08:01", due=1, long_overdue=1)

    def test_minutes_run_round_the_clock(self):
        self.city.given("m", "21 22:00", "21 22:15", limit=15, of="minute")
        self.counts(47, "21 22:30", long_overdue=0)
        self.counts(47, "21 22:31", long_overdue=1)

    def test_what_was_fixed_is_late_and_no_more(self):
        self.given()("fixed", "20 09:00", unit="A")
        self.counts(47, "22 12:00", disposed=1, on_time=0, long_overdue=0)

    def test_an_extension_is_part_of_the_limit(self):
        # 8 hours and 8 more; twice that, 32, is used on Friday 09:00: 7, 8, 8, 8 and 1.
        happens = self.given()
        happens("extension_granted", "16 15:00", due_at=at("18 09:00"))
        self.counts(47, "18 12:00", due=1, extended=1, overdue=1)
        self.counts(47, "20 09:00", long_overdue=0)
        self.counts(47, "20 09:01", long_overdue=1)

    def test_given_again_to_the_unit_that_returned_it_time_stays_used(self):
        # 1 hour until the return at 10:00; given again at 14:00, 15 more: 4 on Monday, 8 on Tuesday, 3 on Wednesday.
        happens = self.given()
        happens("returned", "16 10:00", unit="A")
        happens("assigned", "16 14:00", unit="A", due_at=at("17 11:00"), clock={"limit": 1, "unit": "working_day"})
        self.counts(47, "18 11:00", long_overdue=0)
        self.counts(47, "18 11:01", long_overdue=1)


class HoldRate(Case):
    def test_on_hold_of_all_that_is_open_whatever_the_period(self):
        held = self.city.given("held", "16 09:00", "27 09:00")
        held("hold_granted", "16 10:00", until=at("26 10:00"), due_at=at("30 09:00"))
        self.city.given("old", "2 09:00", "3 09:00")
        self.city.given("later", "18 09:00", "26 09:00")
        self.city.given("fixed", "18 09:00", "19 09:00")("fixed", "18 10:00", unit="A")
        self.city.given("other", "18 09:00", "26 09:00", unit="B")
        self.city.given("own", "18 09:00", "26 09:00", source="own_unit")
        units = self.city.count(47, "20 12:00")["units"]
        self.holds(units["A"], open=3, on_hold=1)
        self.holds(units["B"], open=1, on_hold=0)
        self.holds(self.city.count(47, "26 10:00")["units"]["A"], open=3, on_hold=0)

    def test_the_office_lets_it_go_on(self):
        happens = self.city.given("i", "16 09:00", "17 09:00")
        happens("hold_granted", "16 10:00", until=at("26 10:00"), due_at=at("27 09:00"))
        happens("resumed", "18 09:00", due_at=at("19 08:00"))
        self.counts(47, "18 10:00", open=1, on_hold=0)
        self.counts(47, "19 10:00", due=1)


class CutOff(Case):
    def test_a_running_period_has_what_was_due_so_far(self):
        self.city.given("tuesday", "16 09:00", "17 09:00")
        self.city.given("friday", "16 09:00", "20 09:00")("fixed", "16 10:00", unit="A")
        self.counts(47, "17 09:00", due=1, disposed=0)
        self.counts(47, "20 08:59", due=1, disposed=0)
        self.counts(47, "20 09:00", due=2, disposed=1, waiting=1)

    def test_what_came_after_it_is_not_there(self):
        happens = self.city.given("i", "16 09:00", "17 09:00")
        happens("fixed", "18 09:00", unit="A")
        happens("verified", "19 09:00")
        self.counts(47, "17 12:00", due=1, disposed=0, overdue=1)
        self.counts(47, "18 12:00", due=1, disposed=1, closed=0, waiting=1)
        self.counts(47, "19 12:00", due=1, disposed=1, closed=1, waiting=0)

    def test_steps_of_the_office_so_far(self):
        self.city.issue("i", "16 09:00", step_by=at("16 09:30"))
        self.city.issue("j", "16 10:00", step_by=at("16 10:30"))
        self.counts(47, "16 10:00", assign_due=1, assign_on_time=0, received=2)
        self.counts(47, "16 10:30", assign_due=2)


class Merged(Case):
    """Given on Monday 09:00, due on Wednesday 09:00: 16 working hours."""

    def setUp(self):
        super().setUp()
        self.city.given("first", "16 09:00", "19 09:00", limit=3)
        self.happens = self.city.given("twin", "16 09:00", "18 09:00", limit=2)

    def merge(self, time, **body):
        self.happens("merged", time, into="first", action_id="m")
        self.city.write("issue", "first", "issue.merged_from", time, into="twin", action_id="m", **body)

    def test_before_its_deadline_it_leaves_the_figures(self):
        self.merge("17 09:00")
        self.counts(47, "22 12:00", due=1, due_to_close=1, open=1)

    def test_after_its_deadline_it_stays_up_to_the_merge(self):
        self.merge("18 10:00")
        self.counts(47, "22 12:00", due=2, disposed=0, long_overdue=0, due_to_close=2, open=1, overdue=1)
        # "first" alone is carried into the next week.
        self.counts(48, "24 12:00", due=1, carried=1)

    def test_the_clock_does_not_run_while_it_is_merged(self):
        # 17 hours until the merge; 32 are used 15 h after the undoing on Friday 10:00: Fri 10-12, 14-18 = 6, Mon 8, Tue 1.
        self.merge("18 10:00")
        self.happens("unmerged", "20 10:00")
        self.city.write("issue", "first", "issue.dismissed", "20 11:00")
        self.counts(47, "24 09:00", due=1, long_overdue=0)
        self.counts(47, "24 09:01", due=1, long_overdue=1)

    def test_undone_it_goes_on_with_what_was_left(self):
        # 8 h were left on Tuesday 09:00; undone on Thursday 10:00: Thu 6 h, so due on Friday 10:00.
        self.merge("17 09:00")
        self.happens("unmerged", "19 10:00")
        self.counts(47, "20 09:59", due=1)
        self.counts(47, "20 10:00", due=2)

    def test_suspensions_in_between_are_applied(self):
        # Suspended until Thursday 16:00: 2 h on Thursday, 6 h on Friday, due at 16:00.
        self.merge("17 09:00")
        self.city.write("suspension", "typhoon", "suspension.declared", "18 08:00", area="", categories=[],
                        **{"from": at("18 09:00"), "to": at("19 16:00")})
        self.happens("unmerged", "19 10:00")
        self.city.write("issue", "first", "issue.dismissed", "19 11:00")
        self.counts(47, "20 15:59", due=0)
        self.counts(47, "20 16:00", due=1)
        self.assertEqual(self.city.count(47, "20 16:00")["suspensions"], {"typhoon": 1})

    def test_the_deadline_that_the_undoing_names(self):
        self.merge("17 09:00")
        self.happens("unmerged", "19 10:00", due_at=at("20 12:00"))
        self.counts(47, "20 11:59", due=1)
        self.counts(47, "20 12:00", due=2)

    def test_the_earlier_deadline_of_the_same_unit_stays(self):
        self.merge("17 09:00", due_at=at("18 09:00"))
        self.counts(47, "18 12:00", due=1)

    def test_that_of_another_unit_does_not(self):
        other = self.city.given("other", "16 09:00", "18 09:00", unit="B", limit=2)
        other("merged", "17 09:00", into="first", action_id="o")
        self.city.write("issue", "first", "issue.merged_from", "17 09:00", into="other", action_id="o",
                        due_at=at("18 09:00"))
        self.merge("17 10:00")
        self.counts(47, "18 12:00", due=0)
        self.counts(47, "19 12:00", due=1)


class Appeals(Case):
    def setUp(self):
        super().setUp()
        self.happens = self.city.given("i", "16 09:00", "17 09:00")
        self.happens("fixed", "16 10:00", unit="A")
        self.happens("false_fix", "16 11:00", unit="A")
        self.happens("fixed", "16 15:00", unit="A")
        self.happens("verified", "16 16:00")

    def test_a_false_fix_is_out_of_disposal_and_of_both_on_time_rates(self):
        self.counts(47, "22 12:00", due=1, disposed=0, on_time=0, false_fix=1, reworked=1, closed=1, closed_on_time=0,
                    closed_of_due=1)
        # 0 points, less 100.
        self.assertEqual(self.city.count(47, "22 12:00")["units"]["A"]["score"], 0)

    def test_upheld_the_fix_was_insufficient(self):
        self.happens("appeal_decided", "18 09:00", about="false_fix", answer="grant", finding="insufficient")
        self.counts(47, "22 12:00", disposed=1, on_time=1, false_fix=0, reworked=1, closed=1, closed_on_time=1)
        self.happens("appeal_decided", "19 09:00", about="rework", answer="grant")
        self.counts(47, "22 12:00", reworked=0)

    def test_upheld_the_fix_was_good(self):
        self.happens("appeal_decided", "18 09:00", about="false_fix", answer="grant", finding="good")
        self.counts(47, "22 12:00", disposed=1, on_time=1, false_fix=0, reworked=0, closed=1, closed_on_time=1)
        # 40 + 30 + 30
        self.assertEqual(self.city.count(47, "22 12:00")["units"]["A"]["score"], 100)

    def test_a_decision_that_does_not_say_leaves_the_rework(self):
        self.happens("appeal_decided", "18 09:00", about="false_fix", answer="grant")
        self.counts(47, "22 12:00", false_fix=0, reworked=1)

    def test_refused(self):
        self.happens("appeal_decided", "18 09:00", about="false_fix", answer="refuse", finding="good")
        self.counts(47, "22 12:00", false_fix=1, reworked=1)

    def test_overdue_upheld_on_what_was_fixed_is_on_time(self):
        happens = self.city.given("late", "16 09:00", "17 09:00", unit="B")
        happens("fixed", "17 10:00", unit="B")
        self.holds(self.city.count(47, "17 12:00")["units"]["B"], due=1, on_time=0)
        happens("appeal_decided", "18 09:00", about="overdue", answer="grant")
        self.holds(self.city.count(47, "18 12:00")["units"]["B"], due=1, on_time=1)

    def test_overdue_upheld_on_what_is_open_has_a_new_deadline(self):
        happens = self.city.given("open", "16 09:00", "17 09:00", unit="B")
        happens("appeal_decided", "18 09:00", about="overdue", answer="grant", due_at=at("19 09:00"))
        self.holds(self.city.count(47, "18 12:00")["units"]["B"], due=0, overdue=0, open=1)
        self.holds(self.city.count(47, "19 12:00")["units"]["B"], due=1, overdue=1, on_time=0)

    def test_the_wrong_unit_is_in_no_denominator(self):
        happens = self.city.given("w", "16 09:00", "17 09:00", unit="B")
        happens("unit_appealed_away", "18 09:00", about="wrong_unit", answer="grant")
        self.holds(self.city.count(47, "18 12:00")["units"]["B"], due=0, due_to_close=0, given=1, open=0)

    def test_nor_where_it_is_decided_on_an_issue_that_is_closed(self):
        self.happens("appeal_decided", "18 09:00", about="wrong_unit", answer="grant")
        self.counts(47, "22 12:00", due=0, due_to_close=0, given=1)


class TwoDenominators(Case):
    """One of each kind, due in W46; W47 is counted on its Sunday."""

    def setUp(self):
        super().setUp()
        given = self.city.given
        given("open", "9 09:00", "10 09:00")
        given("waits", "9 09:00", "10 09:00")("fixed", "10 08:00", unit="A")
        done = given("closed", "9 09:00", "10 09:00")
        done("fixed", "10 08:00", unit="A")
        done("verified", "13 08:00")
        late = given("closed in W47", "9 09:00", "10 09:00")
        late("fixed", "11 08:00", unit="A")
        late("verified", "16 08:00")
        failed = given("failed in W47", "9 09:00", "10 09:00")
        failed("fixed", "10 08:00", unit="A")
        failed("verification_failed", "17 08:00", unit="A")
        given("fixed in W47", "9 09:00", "10 09:00")("fixed", "17 08:00", unit="A")
        early = given("early", "16 09:00", "20 09:00")
        early("fixed", "16 10:00", unit="A")
        early("verified", "16 11:00")
        given("own", "9 09:00", "10 09:00", source="own_unit")
        given("dismissed", "9 09:00", "10 09:00")("dismissed", "18 09:00")

    def test_the_week_of_the_deadline(self):
        # All but early, own and dismissed: 6. At the cut-off four of them have a fix that stands: waits, closed, closed in
        # W47, fixed in W47; of those waits and closed came in time.
        self.counts(46, "22 12:00", due=6, carried=0, disposed=4, on_time=2, reworked=1, due_to_close=6, closed=2,
                    closed_on_time=1, waiting=2, own_due=1)

    def test_the_week_after(self):
        # Not fixed when W47 began: open, fixed in W47. With the deadline in it: early. Not verified when it began: waits,
        # closed in W47 and failed in W47 as well.
        self.counts(47, "22 12:00", due=3, carried=2, disposed=2, on_time=1, reworked=0, closed_of_due=1, due_to_close=6,
                    carried_to_close=5, closed=2, closed_on_time=1, waiting=2, own_due=1, dismissed_late=1)

    def test_one_that_failed_burdens_the_unit_again_from_the_next_week_on(self):
        # open, failed in W47; waits and fixed in W47 burden the office only.
        self.counts(48, "24 12:00", due=2, carried=2, disposed=0, reworked=1, due_to_close=4, closed=0, waiting=2)

    def test_every_numerator_is_part_of_its_denominator(self):
        for week in (45, 46, 47, 48, 49):
            row = self.city.count(week, "30 12:00")["all"]
            for name in ("disposed", "on_time", "reworked", "extended", "long_overdue", "false_fix", "closed_of_due"):
                self.assertLessEqual(row.get(name, 0), row.get("due", 0), name)
            for name in ("due", "closed", "closed_on_time", "waiting"):
                self.assertLessEqual(row.get(name, 0), row.get("due_to_close", 0), name)


class PlaceOnTheDay(Case):
    """A moves from a district D in the group of streets to E in the group of bureaus on Wednesday of W47."""

    def setUp(self):
        super().setUp()
        for unit in "DE":
            self.city.write("unit", unit, "unit.changed", "1 09:00", parent="", peer_group="districts")
        self.city.write("unit", "A", "unit.changed", "1 09:00", parent="D", peer_group="streets")
        self.city.write("unit", "A", "unit.changed", "18 12:00", parent="E", peer_group="bureaus")

    def test_tree_and_peer_group_of_the_day_of_the_deadline(self):
        self.city.given("before", "16 09:00", "17 09:00")
        self.city.given("after", "16 09:00", "19 09:00")
        figures = self.city.count(47, "22 12:00")
        self.holds(figures["units"]["A"], due=2)
        self.holds(figures["groups"]["streets"], due=1)
        self.holds(figures["groups"]["bureaus"], due=1)
        self.assertEqual([figures["subtrees"][unit]["due"] for unit in "ADE"], [2, 1, 1])
        self.assertNotIn("districts", figures["groups"])

    def test_the_unit_that_held_it_at_the_deadline(self):
        self.city.given("i", "16 09:00", "17 09:00", unit="D")("passed", "16 10:00", unit="A")
        self.city.given("j", "16 09:00", "17 09:00", unit="D")("passed", "17 10:00", unit="A")
        figures = self.city.count(47, "17 12:00")
        self.holds(figures["units"]["A"], due=1, given=0, open=2, overdue=1)
        self.holds(figures["units"]["D"], due=1, given=2, open=0, overdue=1)
        self.holds(figures["subtrees"]["D"], due=2, given=2)


class Reception(Case):
    def test_received_never_shrinks(self):
        self.city.issue("waits", "16 09:00")
        self.city.issue("filed", "16 09:00")("filed", "16 10:00")
        self.city.given("assigned", "16 09:00", "17 09:00")
        self.city.issue("dismissed", "16 09:00")("dismissed", "16 10:00")
        self.city.issue("spot", "16 09:00")("fixed_on_the_spot", "16 10:00")
        self.city.issue("own", "16 09:00", source="own_unit")
        self.counts(47, "16 09:30", received=5, filed=1, assigned=1, on_the_spot=0)
        self.counts(47, "22 12:00", received=5, filed=3, assigned=1, on_the_spot=1)

    def test_one_cohort(self):
        # Received in W46, filed and assigned in W47: they count in W46, and only from then on.
        happens = self.city.issue("i", "13 09:00")
        happens("filed", "16 09:00")
        happens("assigned", "17 09:00", unit="A", due_at=at("18 09:00"), clock={"limit": 1, "unit": "working_day"})
        self.counts(46, "15 12:00", received=1, filed=0, assigned=0)
        self.counts(46, "16 12:00", received=1, filed=1, assigned=0)
        self.counts(46, "17 12:00", received=1, filed=1, assigned=1, given=0)
        self.counts(47, "17 12:00", received=0, filed=0, assigned=0, given=1)

    def test_own_reports_and_what_left_before_are_not_due_for_assignment(self):
        self.city.issue("own", "16 09:00", source="own_unit", step_by=at("16 09:30"))
        self.city.issue("dismissed", "16 09:00", step_by=at("16 09:30"))("dismissed", "16 11:00")
        self.city.issue("merged", "16 09:00", step_by=at("16 09:30"))("merged", "16 11:00", into="x")
        self.counts(47, "16 12:00", assign_due=0)

    def test_groundless_returns_only(self):
        happens = self.city.given("i", "16 09:00", "17 09:00")
        happens("returned", "16 09:30", unit="A")
        happens("assigned", "16 10:00", unit="A", due_at=at("17 09:30"), clock={"limit": 1, "unit": "working_day"})
        self.counts(47, "16 12:00", given=2, returned=1, shirked=0)
        happens("returned", "16 10:30", unit="A")
        happens("assigned", "16 11:00", unit="A", due_at=at("17 10:00"), return_rejected=True)
        self.counts(47, "16 12:00", given=3, returned=2, shirked=1)


class Suspensions(Case):
    def test_distinct_issues_that_they_stopped(self):
        self.city.write("suspension", "s", "suspension.declared", "16 08:00", area="", categories=[],
                        **{"from": at("16 12:00"), "to": at("17 12:00")})
        self.city.write("suspension", "past", "suspension.declared", "2 08:00", area="", categories=[],
                        **{"from": at("2 12:00"), "to": at("3 12:00")})
        for name in "ij":
            self.city.given(name, "16 09:00", "18 09:00")
            for _ in range(2):
                self.city.write("issue", name, "issue.suspended", "16 10:00", suspension="s", due_at=at("18 09:00"),
                                pause_from=at("16 12:00"), until=at("17 12:00"))
        self.assertEqual(self.city.count(47, "22 12:00")["suspensions"], {"s": 2})


class Medians(Case):
    def test_exact_over_what_was_disposed_of(self):
        for name, fixed in [("i", "16 10:00"), ("j", "16 12:00"), ("k", "17 09:00"), ("l", "17 13:00")]:
            self.city.given(name, "16 09:00", "18 09:00")("fixed", fixed, unit="A")
        # 1, 3, 24 and 28 hours.
        self.counts(47, "22 12:00", disposed=4, median_hours_to_fix=13.5, median_hours_found_to_fix=13.5)


class CountingOfDays(unittest.TestCase):
    """Friday 20 November 2026; Monday the 23rd is the next working day."""

    def deadline(self, start, amount, unit, counting):
        limit = recount.Limit(amount, unit, counting, recount.Calendar(published=[2026]))
        return limit.deadline(recount.moment(at(start)))

    def ends(self, want, *limit):
        self.assertEqual(self.deadline(*limit), recount.moment(at(want)))

    def test_elapsed(self):
        self.ends("23 10:00", "20 10:00", 1, "working_day", "elapsed")
        self.ends("20 16:00", "20 10:00", 0.5, "working_day", "elapsed")
        self.ends("23 10:00", "20 10:00", 3, "calendar_day", "elapsed")
        self.ends("20 22:00", "20 10:00", 0.5, "calendar_day", "elapsed")

    def test_civil_code(self):
        self.ends("23 18:00", "20 10:00", 1, "working_day", "civil_code")
        self.ends("23 12:00", "20 10:00", 0.5, "working_day", "civil_code")
        self.ends("20 00:00", "16 10:00", 3, "calendar_day", "civil_code")  # Thursday at 24:00
        # The last day is a Sunday: the end of Monday.
        self.ends("24 00:00", "20 10:00", 2, "calendar_day", "civil_code")

    def test_the_first_day_is_not_counted_before_work_begins_either(self):
        self.ends("17 18:00", "16 00:30", 1, "working_day", "civil_code")

    def test_hours_and_minutes_run_to_the_minute_in_both(self):
        for counting in ("elapsed", "civil_code"):
            self.ends("23 09:00", "20 17:00", 2, "working_hour", counting)
            self.ends("21 01:00", "20 23:00", 2, "urgent_hour", counting)
            self.ends("20 18:15", "20 18:00", 15, "minute", counting)

    def test_the_clock_of_an_issue_says_how_before_the_city_does(self):
        city = City()
        city.given("i", "16 09:00", "17 18:00", counting="civil_code")
        # Two counted days, Tuesday and Wednesday, end on Wednesday 18:00.
        for cut_off, late in [("18 18:00", 0), ("18 20:00", 0), ("19 08:01", 1)]:
            self.assertEqual(city.count(47, cut_off)["all"].get("long_overdue", 0), late)
        city = City()
        city.write("setting", "day_counting", "setting.changed", "1 09:00", value="civil_code")
        city.given("i", "16 09:00", "17 18:00")
        city.given("by the minute", "16 09:00", "17 09:00", counting="elapsed")
        self.assertEqual(city.count(47, "18 10:00")["all"].get("long_overdue"), 1)
        self.assertEqual(city.count(47, "19 08:01")["all"].get("long_overdue"), 2)

    def test_a_year_that_is_not_published(self):
        calendar = recount.Calendar()
        self.assertFalse(calendar.works(dt.date(2027, 10, 1)))  # a Friday
        self.assertTrue(calendar.works(dt.date(2027, 10, 4)))
        self.assertFalse(calendar.works(dt.date(2027, 10, 2)))


if __name__ == "__main__":
    unittest.main()
