"""The paragraph: sentences whose numbers know what they are made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from scheduler import attendance, clock, quotas, tallies
from scheduler.briefings.pieces import Briefing, Figure, Piece, Sentence, filled
from scheduler.database import Database, Row, rows, value
from scheduler.tallies import Question
from scheduler.tallies.cuts import where
from scheduler.wording import Lang
from scheduler.wording.briefings import BEFORE, BRIEFINGS, CHANGES, COUNTED, DOES, EVERY, NONE_BEFORE, ROLES, WHO
from scheduler.wording.dates import day_text
from scheduler.wording.plain import one_line

# What a question can be narrowed to that is told behind the unit's name.
NARROWED = {
    "person_id": "person",
    "unit_id": "unit",
    "place_id": "place",
    "community_id": "community",
    "task": "task",
    "day_kind": "day_kind",
    "weekday": "weekday",
}
OWED_BY = {"first", "last", "within", "unit_id", "person_id", "role", "activity"}
STEPS = {"year": 12, "quarter": 3, "month": 1}


def briefing(db: Database, question: Question, *, lang: Lang, now: datetime) -> Briefing:
    """The paragraph of a question's period, unit and filters; its rows, columns and measures do not matter."""
    whole = replace(question, rows=(), columns=None, level=None, measures=("trips", "people", "sessions", "hours"))
    writer = _Writer(db, whole, lang, now)
    with db.atomic():
        return Briefing(whole, lang, writer.unit, writer.period, tuple(writer.sentences()))


class _Writer:
    """Writes sentence by sentence, from one moment's figures."""

    def __init__(self, db: Database, question: Question, lang: Lang, now: datetime) -> None:
        self.db, self.asked, self.lang, self.now = db, question, lang, now
        self.today = clock.today(now, db.zone)
        self.is_running = question.first <= self.today < question.last
        self.period = tallies.told(question.first, question.last, lang)
        roots = [row["id"] for row in rows(db, "SELECT id FROM unit WHERE parent_id IS NULL ORDER BY id")]
        self.tops = [question.within] if question.within else roots
        self.top = self.tops[0] if len(self.tops) == 1 else None
        named = tallies.named(db, "unit", self.top)[0] if self.top else self._word(EVERY) if roots else ""
        self.unit = one_line(named)
        self.found = tallies.total(db, **question.cut)

    def sentences(self) -> Iterator[Sentence]:
        yield from self._whole()
        if self.found["trips"] and self.asked.activity is None:
            yield from self._activities()
        if self.found["carried"] and self.found["trips"]:
            yield self._say("carried", trips=self._counted("trips", self.found["carried"], source="carried"))
        if set(self.asked.cut) <= OWED_BY:
            yield from self._quotas()
        yield from self._attended()
        yield from self._put_right()
        yield from self._compared()
        yield from self._waiting()

    def _whole(self) -> Iterator[Sentence]:
        period = self.period
        if self.is_running:
            today = day_text(self.today, self.lang)
            period = self._word(BRIEFINGS["so_far"]).format(period=period, today=today.split(" 周")[0])
        unit = self._narrowed()
        if not self.found["trips"]:
            yield self._say("nothing", period=period, unit=unit)
            return
        yield self._say(
            "whole", period=period, unit=unit, who=self._who(), does=self._does(),
            trips=self._counted("trips", self.found["trips"]), people=self._counted("people", self.found["people"]),
            sessions=self._counted("sessions", self.found["sessions"]),
            hours=Figure(f"{self.found['minutes'] / 60:,.1f}".removesuffix(".0"), "trips", self.asked),
        )  # fmt: skip

    def _narrowed(self) -> str:
        """The unit, and in brackets what else the question is narrowed to."""
        names = [
            one_line(tallies.named(self.db, name, held)[0 if self.lang == "zh" else 1])
            for field, name in NARROWED.items()
            if (held := getattr(self.asked, field)) is not None
        ]
        if not names:
            return self.unit
        what = ("、" if self.lang == "zh" else ", ").join(names)
        return f"{self.unit}（{what}）" if self.lang == "zh" else f"{self.unit} ({what})"

    def _who(self) -> str:
        if self.asked.role:
            return self._word(WHO[self.asked.role])
        return self._word(WHO["" if self.asked.party is None else "party" if self.asked.party else "no_party"])

    def _does(self) -> str:
        activity = self.asked.activity
        if activity is None or activity in DOES:
            return self._word(DOES[activity or ""])
        named = tallies.named(self.db, "activity", activity)[0 if self.lang == "zh" else 1]
        return self._word(DOES["own"]).format(activity=named)

    def _activities(self) -> Iterator[Sentence]:
        asked = replace(self.asked, rows=("activity",), measures=("trips", "people"))
        answer = tallies.answer(self.db, asked, self.now)
        listed: list[Piece] = []
        for line in answer.lines:
            key, cell, behind = line.keys[0], line.total, answer.behind(line)
            said = self._say(
                "one_activity",
                activity=key.zh if self.lang == "zh" else key.en,
                trips=self._figure("trips", int(cell["trips"] or 0), "trips", behind),
                people=self._figure("people", int(cell["people"] or 0), "people", behind),
            )
            listed += [*([self._comma()] if listed else []), *said]
        yield self._say("activities", list=tuple(listed))

    def _quotas(self) -> Iterator[Sentence]:
        """Of each role how many of the weeks and months that are decided were met; then the units' own targets."""
        unit_id = self.asked.unit_id or self.top
        if not unit_id:
            return
        days = (self.asked.first, self.asked.last)
        listed: list[Piece] = []
        for span, ask in (("week", quotas.weeks), ("month", quotas.months)):
            states = Counter(
                (row["role"], row["state"]) for row in ask(self.db, unit_id, *days, now=self.now) if self._asks(row)
            )
            for role in ROLES:
                met, due = states[role, "met"], states[role, "met"] + states[role, "missed"]
                if due:
                    said = self._say(f"quota_{span}", role=self._word(ROLES[role]), met=self._of(met, due, "quotas"))
                    listed += [*([self._comma()] if listed else []), *said]
        if listed:
            yield self._say("quotas", list=tuple(listed))
        if {"person_id", "role", "activity"}.isdisjoint(self.asked.cut):
            over = quotas.results(self.db, unit_id, *days, now=self.now)
            if over:
                yield self._say("units", met=self._of(sum(row["is_met"] for row in over), len(over), "targets"))

    def _asks(self, row: Row) -> bool:
        asked = self.asked
        return (
            asked.person_id in (None, row["person_id"])
            and asked.role in (None, row["role"])
            and asked.activity in (None, row["activity"])
            and asked.unit_id in (None, row["unit_id"])
        )

    def _attended(self) -> Iterator[Sentence]:
        if self.asked.source is not None or not (found := tallies.seated(self.db, **self.asked.cut))["due"]:
            return
        if not found["absent"]:
            yield self._say("all_attended")
            return
        rate = _share((found["due"] - found["absent"]) / found["due"])
        absent = self._figure("absent", found["absent"], "absent", self.asked)
        yield self._say("attended", rate=Figure(rate, "absent", self.asked), absent=absent)

    def _put_right(self) -> Iterator[Sentence]:
        if self.asked.source is None:
            source = replace(self.asked, source="supplemented")
            if supplemented := tallies.total(self.db, **source.cut)["trips"]:
                yield self._say("supplemented", trips=self._counted("trips", supplemented, source="supplemented"))
        if count := self.found["corrections"]:
            condition, values = where(self.db, self.asked.cut)
            late = value(
                self.db, f"SELECT COUNT(*) FROM ledger AS fact WHERE close_id IS NOT NULL AND {condition}", **values
            )
            corrected = self._figure("corrections", count, "trips", self.asked)
            if late:
                yield self._say(
                    "corrected_late", count=corrected, late=self._figure("corrections", late, "trips", self.asked)
                )
            else:
                yield self._say("corrected", count=corrected)

    def _compared(self) -> Iterator[Sentence]:
        """Beside the period before and the same days a year before; of a running period only its days so far."""
        kind = tallies.kind_of(self.asked.first, self.asked.last)
        first, last = self.asked.first, self.today if self.is_running else self.asked.last
        if first > self.today or not self.found["trips"]:
            return
        running = "_so_far" if self.is_running and kind != "own" else ""
        if kind == "own":
            length = last - first + timedelta(days=1)
            yield from self._beside(kind, first - length, last - length)
        else:
            whole = self._ending(last, -STEPS[kind]) if not running else tallies.shifted(last, -STEPS[kind])
            yield from self._beside(kind + running, tallies.shifted(first, -STEPS[kind]), whole)
        if kind != "year":
            ago = tallies.shifted(last, -12) if running or kind == "own" else self._ending(last, -12)
            yield from self._beside("year_ago", tallies.shifted(first, -12), ago)

    @staticmethod
    def _ending(last: date, months: int) -> date:
        """The end of the month that lies so many months from the month that ends with `last`."""
        return tallies.shifted(last + timedelta(days=1), months) - timedelta(days=1)

    def _beside(self, kind: str, first: date, last: date) -> Iterator[Sentence]:
        earlier = replace(self.asked, first=first, last=last)
        before = tallies.total(self.db, **earlier.cut)["trips"]
        here = replace(self.asked, last=min(self.asked.last, self.today)) if self.is_running else self.asked
        now = self.found["trips"] if here == self.asked else tallies.total(self.db, **here.cut)["trips"]
        when = self._word(BEFORE[kind])
        if not before:
            yield self._say("compared_none", when=when if self.lang == "zh" else NONE_BEFORE[kind])
            return
        change = now - before
        how = "more" if change > 0 else "fewer" if change else "same"
        n = self._worded("trips", abs(change)) if self.lang == "zh" else f"{abs(change):,}"
        parts = {"n": n, "share": _tenths(abs(change) / before)}
        figures = {name: Figure(text, "trips", here) for name, text in parts.items()}
        words = filled(self._word(CHANGES[how]), figures)
        yield self._say("compared", when=when, change=words, before=self._figure("trips", before, "trips", earlier))

    def _waiting(self) -> Iterator[Sentence]:
        if not self.tops or not set(self.asked.cut) <= {"first", "last", "within"}:
            return
        days = (self.asked.first.isoformat(), self.asked.last.isoformat())
        found = attendance.waiting(self.db, self.tops, now=self.now, limit=-1)
        if count := sum(days[0] <= row["day"] <= days[1] for row in found):
            yield self._say("waiting", shifts=self._figure("shifts", count, "waiting", self.asked))

    # pieces

    def _word(self, pair: tuple[str, str]) -> str:
        return pair[0 if self.lang == "zh" else 1]

    def _comma(self) -> str:
        return "，" if self.lang == "zh" else "; "

    def _worded(self, counted: str, count: int) -> str:
        chinese, one, many = COUNTED[counted]
        return f"{count:,} {chinese}" if self.lang == "zh" else f"{count:,} {one if count == 1 else many}"

    def _figure(self, counted: str, count: int, opens: str, question: Question) -> Figure:
        return Figure(self._worded(counted, count), opens, question)

    def _counted(self, counted: str, count: int, **narrowed: Any) -> Figure:
        return self._figure(counted, count, counted, replace(self.asked, **narrowed))

    def _of(self, met: int, due: int, opens: str) -> Figure:
        return Figure(f"{met:,}/{due:,}" if self.lang == "zh" else f"{met:,} of {due:,}", opens, self.asked)

    def _say(self, name: str, **gaps: Piece | Sentence) -> Sentence:
        return filled(self._word(BRIEFINGS[name]), gaps)


def _share(part: float) -> str:
    """`98%`; what is short of the whole is never called 100%."""
    return f"{min(round(100 * part), 99) if part < 1 else 100}%"


def _tenths(part: float) -> str:
    return f"{100 * part:.1f}%"
