"""Rungs of a ladder in words, and as lines of a form: when, how much before, at what time, whether it must be."""

from __future__ import annotations

from datetime import time

from flask import g

from scheduler import channels
from scheduler.reminders import RULE, Quiet, Rung, is_rule
from scheduler.wording.ladders import rule_words
from web import scope
from web.filters import name_of, t
from web.forms import Form

KINDS = ("minutes", "hours", "days", "days@", "workday@")
LINES = 8  # as many rungs as a ladder may have
SPARE = 2


def said(rule: str) -> str:
    """A rule as people say it, in the reader's language; what is none, as it is."""
    return rule_words(rule, g.lang) if is_rule(rule) else rule


def hours_said(quiet: Quiet | None) -> str:
    """Quiet hours as people write them, or that there are none."""
    return f"{quiet.opens:%H:%M}–{quiet.closes:%H:%M}" if quiet else t("无", "none")


def ways() -> dict[str, str]:
    """Every way out of the actor's units with its name: e-mail first, then those that are switched on."""
    found = channels.channels(g.db, within=scope.tops())
    return {"email": name_of("email", "channel")} | {str(row["id"]): row["name"] for row in found if row["is_on"]}


def usual(rungs: tuple[Rung, ...]) -> tuple[str, ...]:
    """The order of ways of a ladder: each of its rungs takes it as it is, or one way first and then the rest of it."""
    held = [rung.channels for rung in rungs]
    held = sorted(held, key=held.count, reverse=True)
    found = (order for order in (*held, *(order[1:] for order in held)) if order)
    fitting = (order for order in found if all(channels in (order, _first(channels[0], order)) for channels in held))
    return next(fitting, held[0] if held else ("email",))


def _first(way: str, order: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((way, *order)))


def typed(rungs: tuple[Rung, ...]) -> dict[str, str]:
    """Rungs as the fields of their lines."""
    fields: dict[str, str] = {}
    order = usual(rungs)
    for line, rung in enumerate(rungs):
        kind, count, at = _parts(rung.rule)
        fields |= {f"kind{line}": kind, f"count{line}": count, f"at{line}": at, f"must{line}": "1" if rung.must else ""}
        fields[f"by{line}"] = "" if rung.channels == order else rung.channels[0]
    return fields


def _parts(rule: str) -> tuple[str, str, str]:
    found = RULE.fullmatch(rule)
    if found is None:
        return "", "", ""
    if found["minutes"]:
        whole = int(found["minutes"]) % 60 == 0
        return ("hours", str(int(found["minutes"]) // 60), "") if whole else ("minutes", found["minutes"], "")
    if found["days"]:
        return ("days@" if found["at"] else "days"), found["days"], found["at"] or ""
    return "workday@", "", found["on"]


def lines(form: Form) -> range:
    """The lines to show: those that hold something, and some more."""
    held = [line for line in range(LINES) if form[f"kind{line}"]]
    return range(min(LINES, max(held, default=-1) + 1 + SPARE))


def read(form: Form, ways_out: tuple[str, ...], among: dict[str, str] | None = None) -> tuple[Rung, ...]:
    """The rungs of the lines whose kind is chosen; a line that is none is noted at its field.

    Each goes by `ways_out`, or by one `among` these first.
    """
    held = [line for line in range(LINES) if form[f"kind{line}"]]
    return tuple(
        Rung(_rule(form, line), form.flag(f"must{line}"), _by(form, line, ways_out, among or {})) for line in held
    )


def _by(form: Form, line: int, ways_out: tuple[str, ...], among: dict[str, str]) -> tuple[str, ...]:
    chosen = form[f"by{line}"] and form.choice(f"by{line}", list(among))
    return _first(chosen, ways_out) if chosen else ways_out


def _rule(form: Form, line: int) -> str:
    kind = form.choice(f"kind{line}", KINDS)
    if kind == "workday@":
        return f"workday@{_at(form, line)}"
    low, high = {"minutes": (1, 10080), "hours": (1, 168), "days": (1, 30), "days@": (0, 30)}[kind]
    count = form.integer(f"count{line}", low=low, high=high)
    if kind == "days@":
        return f"days:{count}@{_at(form, line)}"
    return f"days:{count}" if kind == "days" else f"minutes:{count * (60 if kind == 'hours' else 1)}"


def _at(form: Form, line: int) -> str:
    return f"{form.clock(f'at{line}'):%H:%M}"


def quiet(form: Form) -> Quiet | None:
    """The quiet hours of the form, or None where both of their fields are empty."""
    if not form["quiet_from"].strip() and not form["quiet_to"].strip():
        return None
    opens, closes = form.clock("quiet_from"), form.clock("quiet_to")
    if opens == closes:
        form.wrong("quiet_to", "same_times")
    return Quiet(opens, closes)


def quiet_fields(held: Quiet | None) -> dict[str, str]:
    """Quiet hours as the fields of a form."""
    opens, closes = held or (None, None)
    return {"quiet_from": _text(opens), "quiet_to": _text(closes)}


def _text(at: time | None) -> str:
    return f"{at:%H:%M}" if at else ""


def order(form: Form, among: dict[str, str]) -> tuple[str, ...]:
    """The ways out in the order that was chosen, each once."""
    chosen = (form.choice(f"way{place}", list(among)) for place in range(len(among)) if form[f"way{place}"])
    return tuple(dict.fromkeys(chosen))


def ordered(held: tuple[str, ...]) -> dict[str, str]:
    """Ways out as the fields of a form."""
    return {f"way{place}": way for place, way in enumerate(held)}
