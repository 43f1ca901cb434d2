"""What if: a roster filled in other ways, side by side; one is kept, the others are thrown away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, g, redirect, render_template
from werkzeug.wrappers import Response

from scheduler import clock, rosters
from scheduler.database import Row
from scheduler.errors import Conflict, Invalid, NotFound
from web import scope, session
from web.errors import status_of
from web.forms import Form
from web.session import gate

bp = Blueprint("scenarios", __name__)

Page = str | tuple[str, int] | Response

SHOWN = 40  # changes of a scenario before the rest is only counted


@dataclass(frozen=True, slots=True)
class Compared:
    """One measure of the draft (first) and of each scenario; `best` are the places of the best figures."""

    name: str
    figures: Sequence[Any]
    best: frozenset[int]


@bp.get("/rosters/<int:roster_id>/scenarios")
@gate("reader", "roster", "roster_id")
def show(roster_id: int) -> Page:
    return _page(roster_id, Form())


@bp.get("/rosters/<int:roster_id>/scenarios/now")
@gate("reader", "roster", "roster_id")
def now(roster_id: int) -> Page:
    """How far they are: the part of the page that is asked for again and again while any is being filled."""
    waiting = _waiting(rosters.scenarios(g.db, roster_id))
    return render_template("scenarios/trying.html", roster_id=roster_id, waiting=waiting)


def _waiting(found: Sequence[Row]) -> list[Row]:
    """Those that are not filled yet, with the seconds that each has taken."""
    return [
        row | {"spent": _since(row["started_at"]) if row["state"] == "running" else 0}
        for row in found
        if row["state"] in ("asked", "running")
    ]


def _since(at: str) -> int:
    return max(0, int((g.now - clock.from_text(at)).total_seconds()))


@bp.post("/rosters/<int:roster_id>/scenarios")
@gate("coordinator", "roster", "roster_id")
def ask(roster_id: int) -> Page:
    form = Form.sent()
    try:
        emphasis = form.choice("emphasis", list(rosters.EMPHASES))
        away = _away(form)
        form.checked()
        rosters.ask_scenario(g.db, roster_id, emphasis=emphasis, away=away, by=g.actor, now=g.now)
    except (Invalid, Conflict) as refusal:
        return _page(roster_id, form, refusal)
    return redirect(f"/rosters/{roster_id}/scenarios", 303)


@bp.post("/rosters/<int:roster_id>/scenarios/<int:scenario_id>/<act>")
@gate("coordinator", "scenario", "scenario_id")
def change(roster_id: int, scenario_id: int, act: str) -> Page:
    """Keep it, throw it away, try it again, or end its filling with what it has found."""
    session.allow("coordinator", "roster", roster_id)
    acts: dict[str, Callable[..., object]] = {
        "keep": rosters.keep_scenario,
        "drop": rosters.drop_scenario,
        "retry": rosters.retry_scenario,
        "stop": rosters.stop_scenario,
    }
    if act not in acts:
        raise NotFound("not_found")
    try:
        acts[act](g.db, scenario_id, by=g.actor, now=g.now)
    except Conflict as refusal:
        return _page(roster_id, Form(), refusal)
    back = "" if act == "keep" else "/scenarios"  # kept, it is the board that tells of it and offers the way back
    return redirect(f"/rosters/{roster_id}{back}", 303)


@bp.get("/rosters/<int:roster_id>/scenarios/<int:_scenario_id>/<_act>")
@gate("coordinator", "roster", "roster_id")
def reload(roster_id: int, _scenario_id: int, _act: str) -> Page:
    """A refusal is shown at the address that it was sent to: loading that again shows the page."""
    return redirect(f"/rosters/{roster_id}/scenarios", 303)


def _away(form: Form) -> list[rosters.Away]:
    """Who is not there, where somebody was named: then both days are asked for."""
    person_id = scope.chosen_person(form, "staff_no")
    if person_id is None:
        return []
    first, last = form.day("first"), form.day("last")
    if not form.problems and last < first:
        form.wrong("last", "end_before_start")
    return [rosters.Away(person_id, first, last)]


def _page(roster_id: int, form: Form, refusal: Invalid | Conflict | None = None) -> Page:
    form.problems = list(refusal.problems) if refusal else []
    found = rosters.scenarios(g.db, roster_id)
    done = [row for row in found if row["state"] == "done"]
    page = render_template(
        "scenarios/compare.html",
        form=form,
        roster=rosters.roster(g.db, roster_id),
        scenarios=found,
        done=done,
        waiting=_waiting(found),
        compared=_compared(roster_id, done),
        changes={row["id"]: rosters.scenario_changes(g.db, row["id"]) for row in done},
        emphases=list(rosters.EMPHASES),
        shown=SHOWN,
    )
    return (page, status_of(refusal)) if refusal else page


def _compared(roster_id: int, done: Sequence[Row]) -> list[Compared]:
    """The measures beside each other, where there is anything to compare."""
    if not done:
        return []
    held = [rosters.draft_measures(g.db, roster_id, duty=g.settings.duty), *(row["measures"] for row in done)]
    changes = [0, *(row["changes"] for row in done)]
    return [
        _row("unfilled", [one.unfilled for one in held]),
        _row("spread", [round(one.spread, 1) for one in held]),
        _row("visits", [one.owed - one.kept for one in held], [(one.kept, one.owed) for one in held]),
        _row("warnings", [one.warnings for one in held]),
        _row("minutes", [one.minutes for one in held]),
        Compared("people", [one.people for one in held], frozenset()),
        Compared("changes", changes, frozenset()),
    ]


def _row(name: str, costs: Sequence[float], figures: Sequence[Any] | None = None) -> Compared:
    """Least is best; where all are equal none is."""
    least = min(costs)
    best = frozenset(at for at, cost in enumerate(costs) if cost == least) if max(costs) > least else frozenset()
    return Compared(name, figures or costs, best)
