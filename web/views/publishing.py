"""Publishing a roster: what it would change, its versions, an earlier one planned anew."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request
from werkzeug.wrappers import Response

from scheduler import rosters
from scheduler.database import Row
from scheduler.errors import Conflict, Invalid
from web import work
from web.batches import left_out
from web.errors import status_of
from web.filters import t
from web.forms import LARGEST_ID, Form
from web.session import gate

bp = Blueprint("publishing", __name__)

Page = str | tuple[str, int] | Response

SHOWN = 15  # lines of a list before the rest is folded away
KINDS = ("added", "moved", "removed")


@bp.get("/rosters/<int:roster_id>/publish")
@gate("reader", "roster", "roster_id")
def review(roster_id: int) -> Page:
    roster = rosters.roster(g.db, roster_id)
    if roster["state"] == "closed" or (roster["state"] == "published" and not roster["waiting"]):
        return redirect(f"/rosters/{roster_id}", 303)
    return _review(roster)


@bp.post("/rosters/<int:roster_id>/publish")
@gate("coordinator", "roster", "roster_id")
def publish(roster_id: int) -> Page:
    form = Form.sent()
    try:
        version, note = form.version(), form.text("note", most=rosters.NOTE_LENGTH)
        urgent, gaps = form.flag("urgent"), form.integer_or_none("gaps", low=0, high=LARGEST_ID) or 0
        form.checked()
        given = {"version": version, "note": note, "urgent": urgent, "gaps": gaps, "duty": g.settings.duty}
        site = g.settings.site
        given |= {"base_url": site.base_url, "secret_key": site.secret_key}
        told = rosters.publish(g.db, roster_id, **given, by=g.actor, now=g.now)
    except (Invalid, Conflict) as refusal:
        return _review(rosters.roster(g.db, roster_id), form, refusal)
    given = {"number": rosters.next_number(g.db, roster_id) - 1, "n": told}
    flash(
        t(
            "已发布第 {number} 版，通知 {n} 人。",
            "Version {number} is published; {n} person is told."
            if told == 1
            else "Version {number} is published; {n} people are told.",
            **given,
        )
    )
    return redirect(f"/rosters/{roster_id}", 303)


@bp.get("/rosters/<int:roster_id>/versions")
@gate("reader", "roster", "roster_id")
def versions(roster_id: int) -> str:
    roster, found = rosters.roster(g.db, roster_id), rosters.versions(g.db, roster_id)
    return render_template("publishing/versions.html", roster=roster, versions=found)


@bp.get("/rosters/<int:roster_id>/versions/<int:number>")
@gate("reader", "roster", "roster_id")
def version(roster_id: int, number: int) -> Page:
    return _version(roster_id, number)


@bp.post("/rosters/<int:roster_id>/versions/<int:number>/restore")
@gate("coordinator", "roster", "roster_id")
def restore(roster_id: int, number: int) -> Page:
    form = Form.sent()
    try:
        reason = form.text("override", most=200)
        form.checked()
        given = {"reason": reason, "duty": g.settings.duty}
        refused = rosters.restore(g.db, roster_id, number, **given, by=g.actor, now=g.now)
    except (Invalid, Conflict) as refusal:
        return _version(roster_id, number, form, refusal)
    flash(
        t(
            "已按第 {number} 版排好，发布后才通知大家。",
            "Planned as in version {number}; nobody is told before it is published.",
            number=number,
        )
    )
    if refused:
        flash(left_out(refused), "warn")
    return redirect(f"/rosters/{roster_id}", 303)


@bp.get("/rosters/<int:roster_id>/versions/<int:number>/restore")
@gate("coordinator", "roster", "roster_id")
def reload(roster_id: int, number: int) -> Response:
    """A refusal is shown at the address that it was sent to: loading that again shows the version."""
    return redirect(f"/rosters/{roster_id}/versions/{number}", 303)


def _version(roster_id: int, number: int, form: Form | None = None, refusal: Invalid | Conflict | None = None) -> Page:
    form = form or Form()
    form.problems = list(refusal.problems) if refusal else []
    page = render_template(
        "publishing/version.html",
        form=form,
        needs_reason=refusal is not None and any(one.field == "override" for one in refusal.problems),
        roster=rosters.roster(g.db, roster_id),
        version=rosters.version(g.db, roster_id, number),
        earlier=rosters.earlier(g.db, roster_id, number),
        last=rosters.next_number(g.db, roster_id) - 1,
        shown=SHOWN,
    )
    return (page, status_of(refusal)) if refusal else page


def _review(roster: Row, form: Form | None = None, refusal: Invalid | Conflict | None = None) -> Page:
    """What publishing would do; after a refusal with its sentences."""
    form = form or Form()
    form.problems = list(refusal.problems) if refusal else []
    page = render_template("publishing/review.html", form=form, shown=SHOWN, **_facts(roster))
    return (page, status_of(refusal)) if refusal else page


def _facts(roster: Row) -> dict[str, Any]:
    waiting = rosters.revision(g.db, roster["id"])
    found = rosters.breaches(g.db, roster["id"], duty=g.settings.duty)
    blocking = rosters.blocking(found, roster, waiting)
    earlier = rosters.versions(g.db, roster["id"])
    urgent = rosters.revision(g.db, roster["id"], starting_by=g.now + rosters.URGENT)
    kind = request.args.get("kind", "")
    return {
        "roster": roster,
        "unannounced": work.unannounced([roster["starts_on"], roster["ends_on"]]),
        "waiting": waiting,
        "changes": [change for change in waiting.changes if change.kind == kind or kind not in KINDS],
        "kind": kind if kind in KINDS else "",
        "told": len(rosters.people_to_tell(g.db, waiting.changes, now=g.now)),
        "not_reached": rosters.people_not_reached(g.db, waiting.changes, now=g.now),
        "unaffected": rosters.unaffected(g.db, roster["id"], waiting),
        "blocking": blocking,
        "warnings": [breach for breach in found if breach not in blocking],
        "number": len(earlier) + 1,
        "last": earlier[0] if earlier else None,
        "urgent": urgent if earlier and len(urgent.seats) < len(waiting.seats) else None,
        "letter": _letter(roster, waiting, len(earlier) + 1),
    }


def _letter(roster: Row, waiting: rosters.Revision, number: int) -> Row | None:
    """One message as it will be read, and whose is shown next."""
    people = rosters.people_to_tell(g.db, waiting.changes, now=g.now)
    if not people:
        return None
    ids = [person["person_id"] for person in people]
    asked = request.args.get("person", type=int)
    at = ids.index(asked) if asked in ids else 0
    mine = [change for change in waiting.changes if change.person["person_id"] == ids[at]]
    base_url = g.settings.site.base_url
    subject, body = rosters.message(g.db, roster, number, mine, note=request.values.get("note", ""), base_url=base_url)
    return {"person": people[at], "subject": subject, "body": body, "next": ids[(at + 1) % len(ids)]}
