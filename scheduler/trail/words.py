"""A row of the audit in words: the act, what it was done to, and each fact, before and after."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from scheduler import clock
from scheduler.database import Row
from scheduler.reminders import is_rule
from scheduler.trail.names import REFERS, Named
from scheduler.wording import STATES, Lang, name_of
from scheduler.wording.dates import day_text
from scheduler.wording.ladders import rule_words
from scheduler.wording.plain import one_line

MOST = 12  # of a list that are written out
OWN_GROUPS = {
    "period": ("quota_period", "target_period"),
    "kind": ("away_kind", "place_kind", "unit_kind", "wish", "kind", "channel"),
    "way": ("check_in_way", "sign_in_way"),
    "purpose": ("link_purpose",),
    "away": (),
    "what": ("approval_act",),
    "channels": ("channel",),
}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: its name in words, and its value; where it was changed, what it was before."""

    name: str
    now: str
    before: str | None = None


def act_words(act: str, lang: Lang) -> str:
    """What was done, or the plain word where there is none for it."""
    return name_of("audit_act", act, lang) if act in STATES["audit_act"] else act


def subject_words(subject: str, lang: Lang) -> str:
    """What kind of thing it was done to."""
    return name_of("audit_subject", subject, lang) if subject in STATES["audit_subject"] else subject


def in_words(row: Row, named: Named, lang: Lang) -> str:
    """Act and subject: `发布 排班 办公室 2026-03-02`."""
    what = named.get((row["subject"], row["subject_id"]), f"#{row['subject_id']}")
    return f"{act_words(row['act'], lang)} · {subject_words(row['subject'], lang)} {what}"


def fact_words(row: Row, named: Named, lang: Lang, zone: ZoneInfo) -> list[Fact]:
    """Every fact of a row, changes parted into before and after."""
    read = _Reader(named, lang, zone)
    return [fact for name, held in row["facts"].items() for fact in read.facts(name, held)]


@dataclass(frozen=True, slots=True)
class _Reader:
    named: Named
    lang: Lang
    zone: ZoneInfo

    def facts(self, name: str, held: object) -> list[Fact]:
        if isinstance(held, dict):
            if held.keys() == {"from", "to"}:
                return [Fact(self.name(name), self.value(name, held["to"]), self.value(name, held["from"]))]
            pairs = {key: own for key, own in held.items() if isinstance(own, list) and len(own) == 2}
            if name == "changed" and held and len(pairs) == len(held):
                return [
                    Fact(self.name(key), self.value(key, new), self.value(key, old))
                    for key, (old, new) in pairs.items()
                ]
            if all(isinstance(own, dict) for own in held.values()) and held:
                return [
                    Fact(
                        f"{self.name(key)} · {fact.name}" if len(own) > 1 or key.isdigit() else self.name(key),
                        fact.now,
                        fact.before,
                    )
                    for key, own in held.items()
                    for fact in (self.facts("changed", own) if own.keys() != {"from", "to"} else self.facts(key, own))
                ]
        return [Fact(self.name(name), self.value(name, held))]

    def name(self, name: str) -> str:
        if name in STATES["audit_fact"]:
            return name_of("audit_fact", name, self.lang)
        for group in ("away_kind", "level", "price", "rule"):
            if name in STATES.get(group, {}):
                return name_of(group, name, self.lang)
        return f"#{name}" if name.isdigit() else name

    def value(self, name: str, held: object) -> str:
        if held is None or held == "" or held == []:
            return "—"
        if isinstance(held, bool):
            return ("是" if held else "否") if self.lang == "zh" else ("yes" if held else "no")
        if isinstance(held, int) and name in REFERS:
            return self.named.get((REFERS[name], held), f"#{held}")
        if isinstance(held, str):
            return self._text(name, held)
        if isinstance(held, list):
            return self._list(name, held)
        if isinstance(held, dict):
            comma, colon = ("，", "：") if self.lang == "zh" else (", ", ": ")
            return comma.join(f"{self.name(str(key))}{colon}{self.value(str(key), own)}" for key, own in held.items())
        return str(held)

    def _list(self, name: str, held: list[object]) -> str:
        if len(held) > MOST:
            return f"{len(held)} 项" if self.lang == "zh" else f"{len(held)} items"
        comma = "；" if any(isinstance(own, dict | list) for own in held) else "、"
        return (comma if self.lang == "zh" else "; ").join(self.value(name, own) for own in held)

    def _text(self, name: str, held: str) -> str:
        if INSTANT.fullmatch(held):
            at = clock.local(held, self.zone)
            return f"{at.year} {day_text(at.date(), self.lang)} {at:%H:%M}"
        if DAY.fullmatch(held):
            return f"{held[:4]} {day_text(date.fromisoformat(held), self.lang)}"
        if is_rule(held):
            return rule_words(held, self.lang)
        for group in OWN_GROUPS.get(name, (name,)):
            if held in STATES.get(group, {}):
                return name_of(group, held, self.lang)
        return one_line(held)
