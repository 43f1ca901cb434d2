"""The briefing of a period and a unit: one page for paper, and the same as text."""

from __future__ import annotations

from flask import Blueprint, Response, g, render_template

from scheduler import briefings, exports
from scheduler.briefings.report import note_text
from web.charts import bars
from web.downloads import saved
from web.filters import t, today
from web.questions import asked, kinds
from web.session import gate

bp = Blueprint("briefings", __name__)

LINES = 14  # units on the sheet


@bp.get("/tallies/briefing")
@gate("reader")
def sheet() -> tuple[str, int]:
    found, form = asked()
    report = briefings.report(g.db, found.question, lang=g.lang, now=g.now)
    trips = [max(int(line.total["trips"] or 0), 0) for line in report.by_month.lines]
    page = render_template(
        "tallies/briefing.html", section="tallies", asked=found, form=form, report=report, lines=LINES,
        bars=bars(trips), note_text=lambda note: note_text(note, g.lang),
        periods=kinds(min(max(today(), found.question.first), found.question.last)),
    )  # fmt: skip
    return page, 422 if form.problems else 200


@bp.get("/tallies/briefing.txt")
@gate("reader")
def text() -> Response:
    found, form = asked()
    form.checked()
    told = briefings.report_text(g.db, found.question, lang=g.lang, by=g.actor, now=g.now)
    name = exports.file_name("briefing", "txt", first=found.question.first, last=found.question.last)
    return saved(told.encode(), name, name.replace("briefing", t("简报", "briefing"), 1))
