"""What a calendar shows: a person's duties, a place's, a unit's, or its leaders' visits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Scope = Literal["person", "place", "unit", "visits"]


@dataclass(frozen=True, slots=True)
class Shown:
    """One calendar: `id` is a person's, a place's, or the unit's whose shifts or visits it shows."""

    scope: Scope
    id: int

    def columns(self) -> dict[str, int | None]:
        """Its row's three references, of which one is set."""
        return {
            "person_id": self.id if self.scope == "person" else None,
            "place_id": self.id if self.scope == "place" else None,
            "unit_id": self.id if self.scope in ("unit", "visits") else None,
        }


def title(scope: str, name: str, lang: str) -> str:
    """What a calendar program calls it."""
    if scope == "visits":
        return f"领导走访 · {name}" if lang == "zh" else f"Leader visits · {name}"
    return f"值班 · {name}" if lang == "zh" else f"Duties · {name}"
