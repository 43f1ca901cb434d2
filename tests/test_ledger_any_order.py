"""Whatever is done to the ledger, in any order: it holds the trips that stand, for every unit, and verifies."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta

import pytest

from scheduler import attendance, clock, imports, ledger, people, tallies
from scheduler.audit import Actor
from scheduler.database import rows, value
from scheduler.errors import Refusal
from tests.builders import shift

CHEN = Actor(None, "陈静")
FIRST = date(2026, 1, 5)
YEAR = {"first": date(2026, 1, 1), "last": date(2026, 12, 31)}


class Life:
    """A branch's ledger as it is lived, and beside it what should stand: each trip with the unit of its day."""

    def __init__(self, db, town, seed):
        self.db, self.town, self.dice = db, town, random.Random(seed)
        self.now = clock.midnight(date(2026, 4, 10), db.zone)
        self.staff = [town.party, town.lan, town.min, town.bo]
        self.stands: Counter[tuple[object, int, int]] = Counter()  # (shift or batch, person, unit) → trips
        self.unit_since = {person: [(date.min, town.office)] for person in self.staff}
        self.shifts: dict[int, date] = {}

    def unit_of(self, person, day):
        return [unit for since, unit in self.unit_since[person] if since <= day][-1]

    def attend(self):
        day = FIRST + timedelta(days=self.dice.randrange(90))
        if day in self.shifts.values():
            return
        listed = self.dice.sample(self.staff, 2)
        shift_id = shift(self.db, self.town, day, listed)
        absent = listed[:1] if self.dice.random() < 0.4 else []
        seats = {row["person_id"]: row["assignment_id"] for row in attendance.sheet(self.db, shift_id)}
        attendance.confirm(
            self.db, shift_id, absent={seats[person]: "病假" for person in absent}, by=CHEN, now=self.now
        )
        self.shifts[shift_id] = day
        for person in set(listed) - set(absent):
            self.stands[(shift_id, person, self.unit_of(person, day))] += 1

    def put_right(self):
        shift_id = self.dice.choice(list(self.shifts))
        row = self.dice.choice(attendance.sheet(self.db, shift_id))
        person, day = row["person_id"], self.shifts[shift_id]
        if row["state"] == "present":
            attendance.mark_absent(self.db, row["assignment_id"], reason="不在", by=CHEN, now=self.now)
            for key in [key for key in self.stands if key[:2] == (shift_id, person)]:
                del self.stands[key]
        else:
            attendance.mark_present(self.db, row["assignment_id"], reason="在", by=CHEN, now=self.now)
            self.stands[(shift_id, person, self.unit_of(person, day))] += 1

    def supplement(self):
        shift_id = self.dice.choice(list(self.shifts))
        person = self.dice.choice(self.staff)
        attendance.supplement(self.db, shift_id, person, reason="补录", by=CHEN, now=self.now)
        self.stands[(shift_id, person, self.unit_of(person, self.shifts[shift_id]))] += 1

    def take_back(self):
        found = [(shift_id, row) for shift_id in self.shifts for row in attendance.others(self.db, shift_id)]
        shift_id, row = self.dice.choice([pair for pair in found if pair[1]["reversed_by"] is None])
        attendance.take_back(self.db, shift_id, row["id"], reason="认错", by=CHEN, now=self.now)
        for key in [key for key in self.stands if key[:2] == (shift_id, row["person_id"])]:
            del self.stands[key]

    def move(self):
        person = self.dice.choice(self.staff)
        day = FIRST + timedelta(days=self.dice.randrange(95))
        unit = self.dice.choice([self.town.office, self.town.branch])
        held = people.person(self.db, person)
        if unit == held["unit_id"]:
            return
        people.change(self.db, person, version=held["version"], unit_id=unit, since=day, by=CHEN, now=self.now)
        self.unit_since[person].append((day, unit))

    def close(self):
        month, unit = f"2026-0{self.dice.randrange(1, 4)}", self.dice.choice([self.town.office, self.town.branch])
        ledger.close_month(self.db, unit, month, by=CHEN, now=self.now)

    def reopen(self):
        open_ones = rows(self.db, "SELECT id FROM month_close WHERE reopened_at IS NULL ORDER BY id")
        ledger.reopen_month(self.db, self.dice.choice(open_ones)["id"], reason="漏了", by=CHEN, now=self.now)

    def bring_in(self):
        day, person, trips = FIRST + timedelta(days=self.dice.randrange(90)), self.dice.choice(self.staff), 2
        number = people.person(self.db, person)["staff_no"]
        content = f"截至{day:%Y-%m-%d}\n工号,姓名,活动类型,人次\n{number},,厅堂服务,{trips}\n".encode()
        found = imports.read_balances(self.db, content, "b.csv", today=date(2026, 4, 10))
        unit_id = self.town.branch
        batch_id = imports.store_balances(self.db, found, file="b.csv", unit_id=unit_id, by=CHEN, now=self.now)
        self.stands[(f"batch {batch_id}", person, self.unit_of(person, day))] += trips

    def reverse(self):
        batch_id = self.dice.choice(rows(self.db, "SELECT id FROM balance_batch WHERE reversed_at IS NULL"))["id"]
        ledger.reverse_batch(self.db, batch_id, reason="表错了", by=CHEN, now=self.now)
        for key in [key for key in self.stands if key[0] == f"batch {batch_id}"]:
            del self.stands[key]

    def step(self):
        act = self.dice.choice(
            [self.attend, self.attend, self.put_right, self.supplement, self.take_back, self.move, self.close,
             self.reopen, self.bring_in, self.reverse]
        )  # fmt: skip
        try:
            act()
        except (Refusal, IndexError):  # nothing there to do it to, or it may not be done: nothing must have happened
            return f"{act.__name__} refused"
        return act.__name__


@pytest.mark.parametrize("seed", range(6))
def test_the_ledger_holds_what_stands_whatever_was_done_in_whatever_order(db, town, seed):
    life = Life(db, town, seed)
    done = Counter(life.step() for _ in range(120))

    by_unit = Counter()
    for (_, _, unit), trips in life.stands.items():
        by_unit[unit] += trips
    sums = rows(db, "SELECT person_id, unit_id, SUM(trips) AS trips FROM ledger GROUP BY 1, 2 HAVING SUM(trips) <> 0")
    expected = Counter()
    for (_, person, unit), trips in life.stands.items():
        expected[(person, unit)] += trips
    assert {(row["person_id"], row["unit_id"]): row["trips"] for row in sums} == dict(expected)
    assert tallies.total(db, within=town.branch, **YEAR)["trips"] == sum(by_unit.values())
    assert tallies.total(db, within=town.office, **YEAR)["trips"] == by_unit[town.office]
    assert tallies.total(db, within=town.branch, **YEAR)["people"] == len({person for _, person, _ in life.stands})
    assert ledger.verify(db) is None
    marked = value(db, "SELECT COUNT(*) FROM ledger WHERE close_id IS NOT NULL")
    assert (len(done) > 10, marked > 0) == (True, True), done
