"""The board's address: view, shown days, filters, selected slot, search; a link shows the same again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import parse_qsl, urlencode

from scheduler import clock, rosters

MONTH_DAYS = 31  # a longer roster is paged by as many
WEEK_DAYS = 7
NARROWING = {"view", "activity", "unit", "place", "person", "gaps"}
TABS = ("all", "history")  # of the panel; without one it lists candidates
LARGEST_PAGE = 10**6


@dataclass(frozen=True, slots=True)
class Address:
    """Where on the board of a roster from `opens` to `closes` the reader is."""

    roster_id: int
    opens: date
    closes: date
    today: date
    view: str = "places"
    span: str = "month"
    start: date | None = None
    gaps: bool = False
    activity: str = ""
    unit: int | None = None
    place: str = ""
    person: str = ""
    page: int = 1
    slot: tuple[int, int] | None = None
    tab: str = ""
    q: str = ""

    @classmethod
    def read(cls, roster_id: int, opens: date, closes: date, today: date, args: Mapping[str, str]) -> Address:
        """What the address says; whatever it says wrongly counts as not said."""
        slot = re.fullmatch(r"(\d{1,18})-(\d{1,3})", args.get("slot", ""), re.ASCII)
        return cls(
            roster_id,
            opens,
            closes,
            today,
            view="people" if args.get("view") == "people" else "places",
            span="week" if args.get("span") == "week" else "month",
            start=_day(args.get("from", "")),
            gaps=args.get("only") == "gaps",
            activity=args.get("activity", "")[:20],
            unit=_number(args.get("unit", "")),
            place=args.get("place", "").strip()[:60],
            person=args.get("person", "").strip()[:60],
            page=_number(args.get("page", "")) or 1,
            slot=(int(slot[1]), int(slot[2])) if slot else None,
            tab=args["tab"] if args.get("tab") in TABS else "",
            q=args.get("q", "").strip()[:60],
        )

    @property
    def first(self) -> date:
        """The first shown day: of the week that holds the start (or today), or of the month's page."""
        if self.span == "week":
            wanted = self.start or (self.today if self.opens <= self.today <= self.closes else self.opens)
            return max(self.opens, clock.monday(min(max(wanted, self.opens), self.closes)))
        page = (min(max(self.start or self.opens, self.opens), self.closes) - self.opens).days // MONTH_DAYS
        return self.opens + timedelta(days=page * MONTH_DAYS)

    @property
    def last(self) -> date:
        """The last shown day."""
        if self.span == "week":
            return min(self.closes, clock.monday(self.first) + timedelta(days=WEEK_DAYS - 1))
        return min(self.closes, self.first + timedelta(days=MONTH_DAYS - 1))

    @property
    def before(self) -> str | None:
        """The page of the days before, if there are any in the period."""
        return self.to(start=self.first - timedelta(days=1)) if self.first > self.opens else None

    @property
    def after(self) -> str | None:
        """The page of the days after, if there are any in the period."""
        return self.to(start=self.last + timedelta(days=1)) if self.last < self.closes else None

    @property
    def path(self) -> str:
        """The board's own path."""
        return f"/rosters/{self.roster_id}"

    @property
    def query(self) -> str:
        """All that is said, for a form that comes back here: `?span=week&slot=12-2`, or nothing."""
        said = {
            "view": "people" if self.view == "people" else "",
            "span": "week" if self.span == "week" else "",
            "from": self.start.isoformat() if self.start else "",
            "only": "gaps" if self.gaps else "",
            "activity": self.activity,
            "unit": str(self.unit or ""),
            "place": self.place,
            "person": self.person,
            "page": str(self.page) if self.page > 1 else "",
            "slot": f"{self.slot[0]}-{self.slot[1]}" if self.slot else "",
            "tab": self.tab,
            "q": self.q,
        }
        text = urlencode({name: held for name, held in said.items() if held})
        return f"?{text}" if text else ""

    @property
    def filters(self) -> rosters.Filters:
        """What the board is narrowed to."""
        return rosters.Filters(self.unit, self.activity, self.place, self.person, self.gaps, self.page)

    @property
    def is_by_person(self) -> bool:
        """Whether the lines are people."""
        return self.view == "people"

    @property
    def pages(self) -> str:
        """The address up to the page's number."""
        there = replace(self, page=1, slot=None, tab="", q="")
        return f"{there.path}{there.query}{'&' if there.query else '?'}page="

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the form of the filters does not ask for, as hidden fields."""
        there = replace(self, activity="", unit=None, place="", person="", page=1, slot=None, tab="", q="")
        return parse_qsl(there.query.removeprefix("?"))

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The same as hidden fields of a form that adds a search."""
        return parse_qsl(replace(self, q="").query.removeprefix("?"))

    @property
    def phone(self) -> tuple[date, date]:
        """The days that a small screen lists: a week from the start, or from today, or the period's first."""
        wanted = self.start or (self.today if self.opens <= self.today <= self.closes else self.opens)
        first = min(max(wanted, self.first), self.last)
        return first, min(first + timedelta(days=WEEK_DAYS - 1), self.last)

    @property
    def phone_before(self) -> str | None:
        """A small screen's week before."""
        first, _ = self.phone
        return self.to(start=max(self.opens, first - timedelta(days=WEEK_DAYS))) if first > self.opens else None

    @property
    def phone_after(self) -> str | None:
        """A small screen's week after."""
        _, last = self.phone
        return self.to(start=last + timedelta(days=1)) if last < self.closes else None

    def to(self, **changes: object) -> str:
        """The address with some of it changed. Another slot forgets the search, another filter the page."""
        if "slot" in changes:
            changes.setdefault("q", "")
            changes.setdefault("tab", "")
        if NARROWING.intersection(changes):
            changes.setdefault("page", 1)
        there = replace(self, **changes)  # type: ignore[arg-type]  # the template names the fields
        return there.path + there.query

    def at(self, day: str, shift_id: int, slot: int) -> str:
        """The address of a slot on a day that may not be shown now."""
        return self.to(start=date.fromisoformat(day), slot=(shift_id, slot))

    @property
    def slots(self) -> str:
        """The address up to the slot: `{{ address.slots }}12-2` selects the second slot of shift 12."""
        there = replace(self, slot=None, tab="", q="")
        return f"{there.path}{there.query}{'&' if there.query else '?'}slot="


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) <= len(str(LARGEST_PAGE)) else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
