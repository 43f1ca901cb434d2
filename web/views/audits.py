"""The audit: who did what, when and from where; narrowed, in words, and as a file."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, g, render_template, request
from werkzeug.wrappers import Response

from scheduler import audit, exports, people, trail
from scheduler.database import Row
from scheduler.trail import Asked
from web import scope, session
from web.downloads import saved
from web.filters import t, today
from web.forms import LARGEST_ID, Form
from web.session import gate

bp = Blueprint("audits", __name__)

LONGEST = 60
# The subjects that have a page of their own.
PAGES = {
    "person": "/people/{}",
    "place": "/places/{}",
    "roster": "/rosters/{}",
    "shift": "/shifts/{}",
    "unit": "/units/{}",
    "template": "/templates/{}",
    "quota": "/quotas/{}",
    "unit_quota": "/quotas/units/{}",
    "channel": "/channels/{}",
    "sponsorship": "/sponsorships/{}",
}


@bp.get("/audit")
@gate("overseer")
def show() -> str:
    form = _form()
    asked = _asked(form)
    shown = trail.page(g.db, asked, before=_edge("before"), after=_edge("after"))
    named = trail.names(g.db, shown.rows, g.lang)
    acts, subjects = trail.subjects(g.db)
    return render_template(
        "audits/list.html",
        form=form,
        page=shown,
        rows=[_told(row, named) for row in shown.rows],
        acts=sorted(((act, trail.act_words(act, g.lang)) for act in acts), key=lambda pair: pair[1]),
        subjects=sorted(((one, trail.subject_words(one, g.lang)) for one in subjects), key=lambda pair: pair[1]),
        units=scope.options(_units()),
        query=_query(form),
        is_narrowed=bool(_query(form)),
        head=audit.head(g.db),
        subject=_subject(asked),
    )


@bp.get("/audit.<any(csv, xlsx):ending>")
@gate("overseer")
def file(ending: str) -> Response:
    asked = _asked(_form())
    if ending == "csv":
        content = exports.audit_csv(g.db, asked, lang=g.lang)
    else:
        content = exports.audit_workbook(g.db, asked, lang=g.lang, by=g.actor, now=g.now)
    day = today().isoformat()
    return saved(content, f"audit-{day}.{ending}", f"{t('审计', 'audit')}-{day}.{ending}")


NAMES = ("person", "act", "subject", "id", "unit", "first", "last", "q")


def _form() -> Form:
    return Form.of({name: request.args.get(name, "")[:LONGEST] for name in NAMES})


def _asked(form: Form) -> Asked:
    """What the address asks; what is no day, no number or no unit of the reader's narrows nothing."""
    tops = [unit["id"] for unit in session.tops("overseer")]
    unit_id = form.id_or_none("unit")
    within = (unit_id,) if unit_id in {unit["id"] for unit in _units()} else tuple(tops)
    return Asked(
        within=tuple(one for one in within if one is not None),
        person=form["person"].strip(),
        act=form["act"],
        subject=form["subject"],
        subject_id=form.id_or_none("id"),
        first=form.day_or_none("first"),
        last=form.day_or_none("last"),
        text=form["q"].strip(),
    )


def _units() -> list[Row]:
    found: dict[int, Row] = {}
    for top in session.tops("overseer"):
        for unit in people.units(g.db, top["id"], on=today()):
            found.setdefault(unit["id"], unit)
    return list(found.values())


def _edge(name: str) -> int | None:
    edge = request.args.get(name, type=int)
    return edge if edge is not None and 0 < edge <= LARGEST_ID else None


def _query(form: Form) -> str:
    return urlencode({name: form[name] for name in NAMES if form[name]})


def _told(row: Row, named: dict[tuple[str, int], str]) -> dict[str, Any]:
    path = PAGES.get(row["subject"])
    return {
        **row,
        "act_words": trail.act_words(row["act"], g.lang),
        "subject_words": trail.subject_words(row["subject"], g.lang),
        "name": named.get((row["subject"], row["subject_id"]), f"#{row['subject_id']}"),
        "path": path.format(row["subject_id"]) if path and (row["subject"], row["subject_id"]) in named else None,
        "told": trail.fact_words(row, named, g.lang, g.settings.zone),
    }


def _subject(asked: Asked) -> str:
    """What one subject is called, where the reader asked for the acts on one."""
    if not asked.subject or asked.subject_id is None:
        return ""
    row = {"subject": asked.subject, "subject_id": asked.subject_id, "facts": {}}
    name = trail.names(g.db, [row], g.lang).get((asked.subject, asked.subject_id), f"#{asked.subject_id}")
    return f"{trail.subject_words(asked.subject, g.lang)} {name}"
