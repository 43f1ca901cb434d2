"""What a tally's address asks the ledger, and the addresses near it: other pivots, the trips behind a figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import g, request

from scheduler import tallies
from scheduler.briefings import Figure
from scheduler.errors import Invalid, NotAllowed
from scheduler.tallies import Answer, Key, Line, Question
from web import scope
from web.filters import today
from web.forms import Form
from web.session import allow

BACK_MOST = 1000  # characters of an address that trips lead back to
ORDER_OF = {"people": "people", "coverage": "people", "per_head": "people", "sessions": "sessions"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and how its lines or trips are listed. `back`: the pivot that the trips were opened from."""

    question: Question
    order: str = "trips"
    page: int = 1
    back: str = ""

    def href(self, path: str, **changed: Any) -> str:
        """`path` for this question, or for one with something changed; from the first page on."""
        return _address(path, replace(self.question, **changed).to_args())

    def listed(self, path: str, *, order: str | None = None) -> str:
        """The list of the trips that this is asked of, in an order, without its page."""
        order = order or self.order
        return _address(path, {**self.question.filter_args(), **_listing(order), "back": self.back})

    def exported(self, kind: str) -> str:
        """Where a large export of this is asked for."""
        return _address("/exports", {"kind": kind, **self.question.to_args(), **_listing(self.order)})

    def behind(self, answer: Answer, measure: str, line: Line | None = None, column: Key | None = None) -> str:
        """What a figure of the answer to this is made of: its trips, what was owed, or who was due."""
        question = answer.behind(line, column)
        if measure == "attainment":
            return self._owed(question)
        if measure == "no_show" and "person" not in answer.question.dimensions:
            return _absences(question)
        order = ORDER_OF.get(measure, "trips")
        return _address("/trips", {**question.filter_args(), **_listing(order), "back": self.question_text})

    @staticmethod
    def _owed(question: Question) -> str:
        """The board of what leaders owe, with the units' targets a click beside it."""
        named = ("period", "first", "last")
        days = {name: held for name, held in question.filter_args().items() if name in named}
        return _address("/quotas", days | {"unit": str(question.unit_id or question.within or "")})

    def opened(self, figure: Figure) -> str:
        """What a number of a briefing opens into."""
        question = figure.question
        if figure.opens in tallies.ORDERS:
            return _address("/trips", {**question.filter_args(), **_listing(figure.opens), "back": self.question_text})
        if figure.opens == "absent":
            return _absences(question)
        if figure.opens == "quotas":
            return self._owed(question)
        within = {"unit": str(question.within or "")}
        return _address("/quotas/units", within) if figure.opens == "targets" else "/attendance"

    @property
    def question_text(self) -> str:
        """The question as the address has it: what trips carry along to lead back."""
        return urlencode(self.question.to_args())

    @property
    def origin(self) -> str:
        """The pivot that these trips were opened from, or the usual one of the same part of the ledger."""
        args = dict(parse_qsl(self.back)) if self.back else self.question.filter_args()
        return _address("/tallies", args)

    @property
    def told(self) -> str:
        """The period in words."""
        return told(self.question.first, self.question.last)

    @property
    def kind(self) -> str:
        """year, quarter, month or own: what the address named, where it named it."""
        if request.args.get("period") == tallies.OWN:
            return tallies.OWN
        held = {text: kind for kind, text in kinds(self.question.first).items()}
        return held.get(self.question.period, tallies.OWN)

    def in_period(self, path: str, text: str) -> str:
        """The same for another year, quarter or month."""
        first, last = tallies.period(text)
        return self.href(path, first=first, last=last)

    def in_words(self, text: str) -> str:
        """Another period in words."""
        return told(*tallies.period(text))

    def own(self, path: str) -> str:
        """The same with its two days as fields."""
        days = {"first": self.question.first.isoformat(), "last": self.question.last.isoformat()}
        return _address(path, {**self.question.to_args(), "period": tallies.OWN, **days})

    def beside(self, path: str) -> tuple[str | None, str | None]:
        """The addresses of the year, quarter or month before and after this one; own dates have none."""
        days = (self.question.first - timedelta(days=1), self.question.last + timedelta(days=1))
        before, after = (
            self.in_period(path, kinds(day)[self.kind])
            if self.kind != tallies.OWN and day.year in tallies.YEARS
            else None
            for day in days
        )
        return before, after

    @property
    def narrowed_by(self) -> list[tuple[str, str, str]]:
        """The filters that stand in no list of the page: field, what it is, whose; each can be taken away."""
        named = [
            ("person_id", "person", self.question.person_id),
            ("unit_id", "unit", self.question.unit_id),
            ("community_id", "community", self.question.community_id),
            ("task", "task", self.question.task),
        ]
        return [(field, dimension, str(held)) for field, dimension, held in named if held is not None]


def asked() -> tuple[Asked, Form]:
    """What the request asks, and its form with what is wrong with it: that is left out, and said.

    A unit is one of the reader's own; without one it is their widest. Only their own trips are open to everybody.
    """
    form = Form(request.args)
    args = _joined(request.args.to_dict(flat=False))
    try:
        question = Question.from_args(args, today=today())
    except Invalid as refusal:
        form.problems += refusal.problems
        wrong = {problem.field for problem in refusal.problems}
        if wrong & {"period", "first", "last"}:
            wrong |= {"period", "first", "last"}
        question = Question.from_args({name: held for name, held in args.items() if name not in wrong}, today=today())
    found = Asked(
        question=_within_reach(question),
        order=form.choice("order", list(tallies.ORDERS)) if form["order"] else "trips",
        page=form.integer("page", low=1, high=1_000_000) if form["page"] else 1,
        back=form["back"] if len(form["back"]) <= BACK_MOST else "",
    )
    return found, form


def kinds(day: date) -> dict[str, str]:
    """The year, quarter and month that hold a day, as the address names them."""
    return {
        "year": f"{day.year}",
        "quarter": f"{day.year}Q{(day.month + 2) // 3}",
        "month": f"{day.year}-{day.month:02}",
    }


def told(first: date, last: date) -> str:
    """The period in words: `2026年`, `2026年四季度`, `2026年11月`, or its two days."""
    return tallies.told(first, last, g.lang)


def _joined(args: Mapping[str, list[str]]) -> dict[str, str]:
    """The arguments one by one: a form sends a second row dimension apart, and a measure for each box."""
    single = {name: held[-1] for name, held in args.items()}
    single["measures"] = ",".join(held for held in args.get("measures", []) if held)
    if single.get("then"):
        single["rows"] = f"{single.get('rows') or 'unit'},{single['then']}"
    return {name: held for name, held in single.items() if held}


def _within_reach(question: Question) -> Question:
    if question.within is not None:
        allow("reader", "unit", question.within)
        return question
    if question.person_id is not None and question.person_id == g.person["person_id"]:
        return question
    tops = scope.tops()
    if not tops:
        raise NotAllowed("not_allowed")
    return replace(question, within=tops[0])


def _absences(question: Question) -> str:
    """Who was due and did not come, person by person."""
    rates = replace(question, rows=("person",), columns=None, level=None, measures=("no_show", "trips"))
    return _address("/tallies", rates.to_args())


def _listing(order: str) -> dict[str, str]:
    return {"order": order} if order != "trips" else {}


def _address(path: str, args: Mapping[str, str]) -> str:
    return f"{path}?{urlencode({name: held for name, held in args.items() if held})}"
