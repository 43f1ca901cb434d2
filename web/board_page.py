"""The board's page, whole or in the parts that a script swaps; what a form on it names."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from flask import flash, g, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from scheduler import acknowledgements, people, rosters, wording
from scheduler.assignments import Slot
from scheduler.database import Row
from scheduler.errors import Conflict, Invalid, NotFound
from web import work
from web.addresses import Address
from web.errors import status_of
from web.filters import hours, t, today
from web.forms import Form

Page = str | tuple[str, int] | Response

SEEN = "~"  # between a slot and whom the reader saw in it
SHOWN = 6  # candidates and lines of a list before the rest is folded away


def address(roster_id: int) -> Address:
    """What of the board the request's address asks for."""
    held = rosters.roster(g.db, roster_id)
    opens, closes = date.fromisoformat(held["starts_on"]), date.fromisoformat(held["ends_on"])
    return Address.read(roster_id, opens, closes, today(), request.args)


def is_partial() -> bool:
    """Whether a script asks for parts; a page that the browser takes back from its history is asked for whole."""
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers


def done(roster_id: int) -> Page:
    """After a change: back to the board as it was, the same slot selected; a script gets every part at once."""
    if is_partial():
        return page(roster_id, parts="all")
    return redirect(_after(address(roster_id)).to() + "#slot", 303)


def page(roster_id: int, refusal: Invalid | Conflict | None = None, *, parts: str = "panel") -> Page:
    """The page; with a refusal, its sentences over the selected slot. A script gets `parts`: panel, grid or all."""
    asked = address(roster_id) if refusal or request.method == "GET" else _after(address(roster_id))
    try:
        board = _board(roster_id, asked)
    except NotFound:  # the selected slot is gone: a shift was taken out, or needs fewer people now
        flash(t("所选的名额已经没有了。", "The slot that was selected is not there any more."), "warn")
        return redirect(asked.to(slot=None), 303)
    partial = parts if is_partial() else ""
    response = make_response(
        render_template(
            "boards/board.html",
            layout="boards/partial.html" if partial else "base.html",
            partial=partial,
            board=board,
            address=asked,
            units=people.units(g.db, board.roster["unit_id"]),
            unannounced=work.unannounced([asked.first.isoformat(), asked.last.isoformat()]),
            answers=_answers(board.roster),
            refused=wording.sentences(refusal, g.lang) if refusal else [],
            retry=_retry(refusal),
            typed=request.form.get("override", "")[:200] if refusal else "",
            shown=SHOWN,
            sizes={"lines": rosters.LINES_A_PAGE, "people": rosters.PEOPLE_A_PAGE},
            **_listed(board.panel, asked.q),
        ),
        status_of(refusal) if refusal else 200,
    )
    if partial and parts != "grid":
        response.headers["HX-Push-Url" if request.method == "GET" else "HX-Replace-Url"] = asked.to()
    return response


def _answers(roster: Row) -> list[Row]:
    """Who has said “seen” of the duties to come; nobody where no message has asked for it."""
    if roster["state"] != "published":
        return []
    found = acknowledgements.of_roster(g.db, roster["id"], now=g.now)
    return found if any(row["asked_at"] or row["acknowledged_at"] for row in found) else []


def _after(asked: Address) -> Address:
    """Once somebody was chosen from the list of people it is shut: the slot is shown as it is now."""
    return replace(asked, tab="", q="") if asked.tab == "all" else asked


def _board(roster_id: int, asked: Address) -> rosters.Board:
    return rosters.board(
        g.db,
        roster_id,
        first=asked.first,
        last=asked.last,
        selected=asked.slot,
        filters=asked.filters,
        by_person=asked.is_by_person,
        duty=g.settings.duty,
    )


def _retry(refusal: Invalid | Conflict | None) -> dict[str, object] | None:
    """What was asked, to be asked again with a reason, where only that was missing."""
    if refusal is None or refusal.code != "needs_a_reason":
        return None
    left_out = ("csrf_token", "override")
    fields = [(name, held) for name, held in request.form.items(multi=True) if name not in left_out]
    return {"action": request.full_path.rstrip("?"), "fields": fields}


def _listed(panel: rosters.Panel | None, q: str) -> dict[str, list[Row]]:
    """The panel's people, or those whose name or staff number holds what is searched for."""
    if panel is None:
        return {}
    return {
        name: [row for row in found if q in row["person"] or q in row["staff_no"]]
        for name, found in (("able", panel.able), ("unable", panel.unable))
    }


def slot_or_none(text: str) -> Slot | None:
    """`12-2` is the second slot of shift 12."""
    found = re.fullmatch(r"(\d{1,18})-(\d{1,3})", text, re.ASCII)
    return Slot(int(found[1]), int(found[2])) if found else None


def named_slot(form: Form, name: str) -> Slot | None:
    """The slot that a field names, whoever was seen there; None where it is empty."""
    text, _, _ = form[name].partition(SEEN)
    slot = slot_or_none(text)
    if form[name] and slot is None:
        form.wrong(name, "bad_choice", text=form[name][:60])
    return slot


def seen_in(form: Form, *names: str) -> dict[Slot, int | None]:
    """Who stood in the slots that these fields name when the reader looked, where the form says so.

    In a field of its own, or behind the slot where the slot is chosen from a list: `12-2~7`, and `12-2~` where
    nobody was.
    """
    seen: dict[Slot, int | None] = {}
    for name in names:
        slot = slot_or_none(form[name].partition(SEEN)[0])
        _, is_said, person = form[name].partition(SEEN)
        if slot is not None and is_said:
            if person and not re.fullmatch(r"\d{1,18}", person, re.ASCII):
                form.wrong(name, "bad_choice", text=form[name][:60])
            else:
                seen[slot] = int(person) if person else None
        elif slot is not None and f"{name}_seen" in form.values:
            seen[slot] = form.id_or_none(f"{name}_seen")
    return seen


def carried(roster_id: int, found: rosters.Carried) -> dict[str, object]:
    """What a drag needs to know, for a script: by slot, and by who would take over, what speaks against it; free slots.

    Of each: its level, the number of its sentence in `words`, the address of the duty that stands in the way, and from
    where to where one might move or swap instead. Sentences come once, however many slots they are about.
    """
    words: dict[str, int] = {}
    asked = address(roster_id)

    def told(one: rosters.Refused) -> tuple[object, ...]:
        at = words.setdefault(wording.sentence(one.problem, g.lang), len(words))
        other = asked.at(one.other_day, *_pair(one.other)) if one.other else None
        return one.level, at, other, [_name(slot) for slot in one.instead] if one.instead else None

    free: dict[str, list[tuple[str, str]]] = {}
    for row in found.free:
        label = f"{row['place']} {t(row['name_zh'], row['name_en'])} {hours(row['starts_at'], row['ends_at'])}"
        free.setdefault(row["day"], []).append((f"{row['id']}-{row['slot']}", label))
    slots = {_name(one.slot): told(one) for one in found.slots}
    people_told = {str(person_id): told(one) for person_id, one in found.people.items()}
    return {"words": list(words), "slots": slots, "people": people_told, "free": free}


def _name(slot: Slot) -> str:
    return f"{slot.shift_id}-{slot.number}"


def _pair(slot: Slot) -> tuple[int, int]:
    return slot.shift_id, slot.number
