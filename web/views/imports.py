"""Importing: a file is handed in, read in the background, asked about, looked at, stored, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from scheduler import duties, exports, intake
from scheduler.errors import Conflict, Invalid, NotFound
from scheduler.wording import name_of
from web import handing_in, scope
from web.downloads import saved
from web.errors import status_of
from web.filters import t
from web.forms import Form
from web.session import gate

bp = Blueprint("imports", __name__)

Page = str | tuple[str, int] | AnyResponse


@bp.get("/imports")
@gate("examiner")
def ask() -> Page:
    kind = request.args.get("kind", "")
    return _list(Form(MultiDict({"kind": kind if kind in intake.KINDS else "roster"})))


@bp.get("/<any(people, leave):kind>/import")
@gate("coordinator")
def lead(kind: str) -> Page:
    """Where lists were imported before."""
    return redirect(f"/imports?kind={kind}", 303)


@bp.post("/imports")
@gate("coordinator")
def hand_in() -> Page:
    form, file = Form.sent(), request.files.get("file")
    kind, unit_id = form.choice("kind", intake.KINDS), scope.chosen_unit(form, "unit_id")
    if file is None or not file.filename:
        form.wrong("file", "required")
    try:
        form.checked()
        assert file is not None and file.filename  # noqa: S101, PT018 - checked above
        intake_id = intake.hand_in(
            g.db, g.settings, kind=kind, unit_id=unit_id, file=file.filename, content=file.read(), by=g.actor, now=g.now
        )
    except (Invalid, Conflict) as refusal:
        form.problems = list(refusal.problems)
        return _list(form), status_of(refusal)
    return redirect(f"/imports/{intake_id}", 303)


@bp.get("/imports/<int:intake_id>")
@gate("examiner", "intake", "intake_id")
def show(intake_id: int) -> Page:
    return _page(intake_id, Form())


@bp.get("/imports/<int:intake_id>/now")
@gate("examiner", "intake", "intake_id")
def now(intake_id: int) -> Page:
    """How far it is: asked again and again while the background process is at it."""
    return render_template("imports/working.html", held=intake.intake(g.db, intake_id))


@bp.post("/imports/<int:intake_id>/columns")
@gate("coordinator", "intake", "intake_id")
def columns(intake_id: int) -> Page:
    return _act(intake_id, lambda form, held: _answer(intake_id, form, handing_in.columns(form, held)))


@bp.post("/imports/<int:intake_id>/answers")
@gate("coordinator", "intake", "intake_id")
def answers(intake_id: int) -> Page:
    return _act(intake_id, lambda form, held: _answer(intake_id, form, handing_in.answers(form, held)))


@bp.post("/imports/<int:intake_id>/store")
@gate("coordinator", "intake", "intake_id")
def store(intake_id: int) -> Page:
    def act(form: Form, held: dict[str, Any]) -> None:
        if held["found"].get("left_out") and not form.flag("without_barred"):
            raise Invalid("required", field="without_barred")
        intake.ask_store(
            g.db, intake_id, version=form.version(), reason=form.text("reason", most=200), by=g.actor, now=g.now
        )

    return _act(intake_id, act)


@bp.post("/imports/<int:intake_id>/undo")
@gate("coordinator", "intake", "intake_id")
def undo(intake_id: int) -> Page:
    return _act(
        intake_id, lambda form, _: intake.ask_undo(g.db, intake_id, version=form.version(), by=g.actor, now=g.now)
    )


@bp.post("/imports/<int:intake_id>/drop")
@gate("coordinator", "intake", "intake_id")
def drop(intake_id: int) -> Page:
    version = Form.sent().version()
    intake.drop(g.db, g.settings, intake_id, version=version, by=g.actor, now=g.now)
    flash(t("已丢弃，什么也没有写入。", "Thrown away; nothing was stored."))
    return redirect("/imports", 303)


@bp.get("/imports/samples/<name>")
@gate("coordinator")
def sample(name: str) -> Response:
    """An example of a list: its head and one row, as a workbook or as CSV."""
    kind, _, suffix = name.partition(".")
    if kind not in handing_in.SAMPLES or suffix not in ("xlsx", "csv"):
        raise NotFound("not_found")
    head, row = handing_in.SAMPLES[kind][g.lang]
    content = exports.sample(suffix, head, row, lang=g.lang)
    return saved(content, f"{kind}.{suffix}", f"{name_of('intake_kind', kind, g.lang)}.{suffix}")


def _act(intake_id: int, act: Callable[[Form, dict[str, Any]], None]) -> Page:
    form = Form.sent()
    try:
        act(form, intake.intake(g.db, intake_id))
    except (Invalid, Conflict) as refusal:
        form.problems = list(refusal.problems)
        return _page(intake_id, form), status_of(refusal)
    return redirect(f"/imports/{intake_id}", 303)


def _answer(intake_id: int, form: Form, given: dict[str, Any]) -> None:
    version = form.version()
    form.checked()
    intake.answer(g.db, intake_id, given, version=version, by=g.actor, now=g.now)


def _page(intake_id: int, form: Form) -> str:
    held = intake.intake(g.db, intake_id)
    is_sheet = held["kind"] == "roster"
    return render_template(
        "imports/show.html",
        form=form,
        held=held,
        found=held["found"],
        fields=list(intake.VOCABULARIES[held["kind"]].words) if not is_sheet else [],
        required=list(intake.VOCABULARIES[held["kind"]].required) if not is_sheet else [],
        places=intake.place_names(g.db, held["unit_id"]) if is_sheet and held["state"] == "questions" else [],
        activities=[(row["code"], t(row["name_zh"], row["name_en"])) for row in duties.activities(g.db)],
    )


def _list(form: Form) -> str:
    return render_template(
        "imports/list.html",
        form=form,
        kinds=intake.KINDS,
        samples=handing_in.SAMPLES,
        units=scope.options(scope.units()),
        intakes=intake.intakes(g.db, scope.tops()),
    )
