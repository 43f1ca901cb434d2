"""What a duty template asks for, as one sentence: 每个工作日 08:30–17:00，15 个网点，每班 1 人，党员."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any, Literal

from scheduler.wording.dates import WEEKDAYS_EN, WEEKDAYS_ZH
from scheduler.wording.states import STATES

Lang = Literal["zh", "en"]

PLURALS = {
    "outlet": ("outlet", "outlets"),
    "community": ("community", "communities"),
    "village": ("village", "villages"),
    "school": ("school", "schools"),
    "other": ("other place", "other places"),
}


def asked_text(template: Mapping[str, Any], lang: Lang) -> str:
    """The template as a sentence without its full stop.

    Read from it: days, weekdays, starts, ends (`08:30`), kinds (kind → how many places), headcount,
    requires (a dict), required_units (names).
    """
    days = days_text(template["days"], template["weekdays"], lang)
    parts = [
        f"{days} {_hours(template['starts'], template['ends'], lang)}",
        _places(template["kinds"], lang),
        _headcount(template["headcount"], lang),
        *who_parts(template["requires"], template["required_units"], lang),
    ]
    return ("，" if lang == "zh" else ", ").join(part for part in parts if part)


def days_text(days: str, weekdays: Sequence[int], lang: Lang) -> str:
    """`每个工作日`, `每周二、四`; `Every workday`, `Every Tue and Thu`."""
    if days != "weekdays":
        return STATES["days"][days][0 if lang == "zh" else 1]
    if lang == "zh":
        return f"每周{'、'.join(WEEKDAYS_ZH[day] for day in weekdays)}"
    names = [WEEKDAYS_EN[day] for day in weekdays]
    return "Every " + (" and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else "".join(names))


def who_text(requires: Mapping[str, Any], required_units: Sequence[str], lang: Lang) -> str:
    """Who may stand, in a few words: `党员，员工，会“反诈”`. Everybody where nothing restricts."""
    parts = who_parts(requires, required_units, lang)
    return ("，" if lang == "zh" else ", ").join(parts) or ("不限" if lang == "zh" else "Anybody")


def who_parts(requires: Mapping[str, Any], required_units: Sequence[str], lang: Lang) -> list[str]:
    """Each restriction in words: party, roles (any of), skills (all of), units (any of, each with all below it)."""
    chinese = lang == "zh"
    parts = []
    if requires.get("party"):
        parts.append("党员" if chinese else "party members")
    if roles := requires.get("roles"):
        names = [STATES["role"][role][0 if chinese else 1] for role in roles]
        parts.append("或".join(names) if chinese else " or ".join(name.lower() for name in names))
    if skills := requires.get("skills"):
        parts.append(f"技能：{'、'.join(skills)}" if chinese else f"skills: {', '.join(skills)}")
    if required_units:
        parts.append(f"限{'、'.join(required_units)}" if chinese else f"from {' or '.join(required_units)}")
    return parts


def _hours(starts: str, ends: str, lang: Lang) -> str:
    if time.fromisoformat(ends) > time.fromisoformat(starts):
        return f"{starts}–{ends}"
    return f"{starts}–次日 {ends}" if lang == "zh" else f"{starts}–{ends} next day"


def _places(kinds: Mapping[str, int], lang: Lang) -> str:
    held = [(kind, kinds[kind]) for kind in PLURALS if kinds.get(kind)]
    if lang == "zh":
        return "、".join(
            f"{count} 个{'地点' if kind == 'other' else STATES['place_kind'][kind][0]}" for kind, count in held
        )
    return " and ".join(f"{count} {PLURALS[kind][count > 1]}" for kind, count in held)


def _headcount(headcount: int, lang: Lang) -> str:
    if lang == "zh":
        return f"每班 {headcount} 人"
    return f"{headcount} {'person' if headcount == 1 else 'people'} a shift"
