"""A staff list: checked first, stored only when there is nothing wrong with it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request
from werkzeug.wrappers import Response

from scheduler import imports, wording
from scheduler.database import Row
from scheduler.errors import Invalid, Problem
from web import scope
from web.filters import t
from web.forms import Form
from web.session import gate

bp = Blueprint("people_import", __name__)

Page = str | tuple[str, int] | Response

SHOWN = 100  # rows of what would change; the problems are all shown, however many


@bp.get("/people/import")
@gate("coordinator")
def ask() -> Page:
    return _page(Form())


@bp.post("/people/import")
@gate("coordinator")
def check_or_store() -> Page:
    """The file comes with both buttons: nothing is kept between a check and an import."""
    form = Form.sent()
    try:
        within, content, name = _sent(form)
    except Invalid as refusal:
        form.problems = list(refusal.problems)
        return _page(form), 422
    rows, problems = imports.read_people(g.db, content, name, within=within, now=g.now)
    if problems:
        return _page(form, name=name, problems=_told(problems)), 422
    if form["act"] != "store":
        return _page(form, name=name, counts=imports.counts(rows), rows=_changing(rows))
    counts = imports.store_people(g.db, rows, by=g.actor, now=g.now)
    flash(t("已导入：新增 {added} 人，修改 {changed} 人，未变 {unchanged} 人。",
            "Imported: {added} added, {changed} changed, {unchanged} unchanged.", **counts))  # fmt: skip
    return redirect("/people", 303)


def _sent(form: Form) -> tuple[int, bytes, str]:
    """The unit that the list is for, the file's bytes and its name."""
    within = scope.chosen_unit(form, "within")
    file = request.files.get("file")
    if file is None or not file.filename:
        form.wrong("file", "required")
    form.checked()
    assert file is not None  # noqa: S101 - checked above
    return within, file.read(), file.filename or ""


def _told(problems: list[Problem]) -> list[Row]:
    """Every problem as the page shows it."""
    return [
        {"row": problem.row, "column": problem.field, "sentence": wording.sentence(problem, g.lang)}
        for problem in problems
    ]


def _changing(rows: list[Row]) -> list[Row]:
    return [row | {"changed": list(row["changed"].items())} for row in rows if row["act"] != "unchanged"]


def _page(form: Form, **context: Any) -> str:
    tops = scope.tops()
    units = [(unit["id"], unit["name"]) for unit in scope.units() if unit["id"] in tops]
    return render_template("people/import.html", form=form, units=units, shown=SHOWN, **context)
