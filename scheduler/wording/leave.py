"""When leave is, and what a message about it may say, in Chinese and English."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from scheduler.wording.dates import day_text
from scheduler.wording.messages import DutyLine
from scheduler.wording.states import STATES


@dataclass(frozen=True, slots=True)
class LeaveFacts:
    """What a message about leave may say: never the note, which may be of somebody's health."""

    person: str
    kind: str
    state: str
    starts: datetime
    ends: datetime
    reason: str
    duties: Sequence[DutyLine]
    link: str

    def gaps(self, lang: Literal["zh", "en"]) -> dict[str, str]:
        """What fills the gaps of a text about it; it names how many duties it meets only where it meets any."""
        return {
            "other": self.person,
            "absence": STATES["away_kind"][self.kind][lang == "en"],
            "days": span_text(self.starts, self.ends, lang),
            "answer": STATES["leave_request"][self.state][lang == "en"].lower(),
            "reason": self.reason,
            "count": str(len(self.duties)) if self.duties else "",
            "duties": "\n".join(f"- {duty.text(lang)}" for duty in self.duties),
            "link": self.link,
        }


def span_text(starts: datetime, ends: datetime, lang: Literal["zh", "en"]) -> str:
    """`3月2日 周一`, `3月2日 周一–3月4日 周三`, or with hours where it is not whole days."""
    if starts.time() == ends.time() == time(0):
        last = ends - timedelta(days=1)
        first, until = day_text(starts.date(), lang), day_text(last.date(), lang)
        return first if first == until else f"{first}–{until}"
    first, until = f"{day_text(starts.date(), lang)} {starts:%H:%M}", f"{ends:%H:%M}"
    if ends.time() == time(0):
        ends, until = ends - timedelta(days=1), "24:00"
    return f"{first}–{until}" if starts.date() == ends.date() else f"{first}–{day_text(ends.date(), lang)} {until}"
