"""Units ranked beside each other (一级抓一级), against the same days a year before."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, g, render_template, request

from scheduler import exports, tallies
from scheduler.wording import STATES
from web import scope
from web.downloads import saved
from web.filters import t, today
from web.forms import Form
from web.questions import Asked, asked, kinds
from web.session import gate

bp = Blueprint("rankings", __name__)


@bp.get("/tallies/ranking")
@gate("reader")
def board() -> tuple[str, int]:
    found, form = asked()
    by = _by(form)
    choices = tallies.choices(g.db, **replace(found.question, activity=None).cut)
    page = render_template(
        "tallies/ranking.html", section="tallies", asked=found, form=form, units=scope.units(), choices=choices,
        ranking=tallies.ranking(g.db, found.question, g.now, by=by), ranked_by=tallies.RANKED_BY,
        words=STATES["ranked_by"], periods=kinds(min(max(today(), found.question.first), found.question.last)),
    )  # fmt: skip
    return page, 422 if form.problems else 200


@bp.get("/tallies/ranking.<any(csv, xlsx):ending>")
@gate("reader")
def export(ending: str) -> Response:
    found, form = asked()
    by = _by(form)
    form.checked()
    if ending == "csv":
        content = exports.ranking_csv(g.db, found.question, by=by, lang=g.lang, now=g.now)
    else:
        content = exports.ranking_workbook(g.db, found.question, rank=by, lang=g.lang, by=g.actor, now=g.now)
    return _saved(found, ending, content)


def _by(form: Form) -> str:
    return form.choice("rank", list(tallies.RANKED_BY)) if request.args.get("rank") else "per_head"


def _saved(found: Asked, ending: str, content: bytes) -> Response:
    name = exports.file_name("ranking", ending, first=found.question.first, last=found.question.last)
    return saved(content, name, name.replace("ranking", t("单位排名", "ranking"), 1))
