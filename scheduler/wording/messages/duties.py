"""Duties as messages tell of them: one in full, several a line each, what changed and where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from scheduler.wording.dates import dates_text, day_text, hours_text

Lang = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class DutyFacts:
    """What a message about one duty may say; `starts` and `ends` are on the local clock.

    `acknowledge` is the link by which the person says that they have seen it.
    """

    person: str
    activity: str
    place: str
    starts: datetime
    ends: datetime
    address: str
    contact: str
    phone: str
    tasks: str
    procedure: str
    link: str
    acknowledge: str = ""

    def gaps(self, lang: Lang) -> dict[str, str]:
        """What fills the gaps of a text about the duty.

        They name the date and never "tomorrow": a message that was held up for hours must still be true.
        """
        return {
            "person": self.person,
            "activity": self.activity,
            "day": day_text(self.starts.date(), lang),
            "hours": hours_text(self.starts, self.ends, lang),
            "place": self.place,
            "address": self.address,
            "contact": " ".join(filter(None, (self.contact, self.phone))),
            "tasks": self.tasks,
            "procedure": self.procedure,
            "link": self.link,
            "acknowledge": self.acknowledge,
        }


@dataclass(frozen=True, slots=True)
class DutyLine:
    """One duty in a list; `starts` and `ends` are on the local clock."""

    starts: datetime
    ends: datetime
    place: str
    activity_zh: str
    activity_en: str

    def text(self, lang: Lang) -> str:
        """`3月2日 周一 08:30–17:00 江北支行（厅堂服务）` or `Mon 2 Mar 08:30–17:00, 江北支行 (Lobby service)`."""
        when = f"{day_text(self.starts.date(), lang)} {hours_text(self.starts, self.ends, lang)}"
        return (
            f"{when} {self.place}（{self.activity_zh}）"
            if lang == "zh"
            else f"{when}, {self.place} ({self.activity_en})"
        )


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """Where one stands: how to find it, whom to ask, what to do there."""

    name: str
    address: str
    contact: str
    phone: str
    procedure: str

    def text(self, lang: Lang) -> str:
        """A line with the place and whom to ask, then its procedure; empty where only the name is known."""
        contact = " ".join(filter(None, (self.contact, self.phone)))
        known = [
            words
            for words in (self.address, contact and ("联系人 " if lang == "zh" else "contact ") + contact)
            if words
        ]
        if not known and not self.procedure.strip():
            return ""
        head = self.name + (("：" if lang == "zh" else ": ") + ("；" if lang == "zh" else "; ").join(known)) * bool(
            known
        )
        return "\n".join(filter(None, (head, self.procedure.strip())))


@dataclass(frozen=True, slots=True)
class Changed:
    """What a publication changes for one person: pairs of the duty they lose and the duty they get."""

    person: str
    first: date
    last: date
    number: int
    lines: Sequence[tuple[DutyLine | None, DutyLine | None]]
    note: str
    link: str
    places: Sequence[PlaceFacts] = ()
    acknowledge: str = ""

    @property
    def kind(self) -> str:
        """`cancelled` where duties only go, `published` with a roster's first version, else `changed`."""
        if all(new is None for _, new in self.lines):
            return "cancelled"
        return "published" if self.number == 1 else "changed"

    def gaps(self, lang: Lang) -> dict[str, str]:
        """What fills the gaps of a text about the publication."""
        return {
            "person": self.person,
            "period": dates_text(self.first, self.last, lang),
            "number": str(self.number),
            "count": str(len(self.lines)),
            "duties": "\n".join(line for pair in self.lines for line in _changed_lines(*pair, lang)),
            "places": "\n\n".join(filter(None, (place.text(lang) for place in self.places))),
            "note": self.note,
            "link": self.link,
            "acknowledge": self.acknowledge,
        }


def _changed_lines(old: DutyLine | None, new: DutyLine | None, lang: Lang) -> Iterator[str]:
    chinese = lang == "zh"
    if old is not None:
        yield f"－ 取消：{old.text(lang)}" if chinese else f"- no longer: {old.text(lang)}"
    if new is not None and old is not None:
        yield f"＋ 改为：{new.text(lang)}" if chinese else f"+ instead: {new.text(lang)}"
    elif new is not None:
        yield f"＋ {new.text(lang)}" if chinese else f"+ {new.text(lang)}"
