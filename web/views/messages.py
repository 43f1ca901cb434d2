"""What messages say: administrators put them in other words and see at once how they will read."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template
from werkzeug.wrappers import Response

from scheduler import accounts, messages, notices
from scheduler.database import Row
from scheduler.errors import Conflict, Invalid, Refusal
from scheduler.wording import Lang
from scheduler.wording.messages import BODY_MOST, GAPS, SUBJECT_MOST, TEXTS
from web import session
from web.errors import status_of
from web.filters import t
from web.forms import Form
from web.session import gate

bp = Blueprint("messages", __name__)

Page = str | tuple[str, int] | Response


@bp.get("/messages")
@gate("overseer")
def index() -> Page:
    may_edit = accounts.administers_all(g.db, g.actor, now=g.now)
    return render_template("messages/index.html", kinds=messages.kinds(g.db), may_edit=may_edit)


@bp.get("/messages/<kind>")
@gate("overseer")
def edit(kind: str) -> Page:
    held = messages.text(g.db, kind)
    return _page(held, Form.of({name: held[name] for name in _parts()}, version=str(held["version"])))


@bp.post("/messages/<kind>/preview")
@gate("administrator", of_all=True)
def preview(kind: str) -> Page:
    held, form = messages.text(g.db, kind), Form.sent()
    try:
        wanted = _wanted(form)
        form.checked()
        messages.check(kind, wanted)
    except Invalid as refusal:
        return _refused(held, form, refusal)
    return _page(held, form, is_draft=True)


@bp.post("/messages/<kind>")
@gate("administrator", of_all=True)
def save(kind: str) -> Page:
    held, form = messages.text(g.db, kind), Form.sent()
    try:
        wanted, version = _wanted(form), form.integer("version", low=0, high=10**9)
        form.checked()
        messages.set_text(g.db, kind, wanted, version=version, by=g.actor, now=g.now)
    except (Invalid, Conflict) as refusal:
        return _refused(held, form, refusal)
    flash(t("已保存，下一条消息起用它。", "Saved; it is used from the next message on."))
    return redirect(f"/messages/{kind}", 303)


@bp.post("/messages/<kind>/reset")
@gate("administrator", of_all=True)
def reset(kind: str) -> Page:
    messages.text(g.db, kind)
    form = Form.sent()
    version = form.integer("version", low=0, high=10**9)
    form.checked()
    messages.reset(g.db, kind, version=version, by=g.actor, now=g.now)
    flash(t("已恢复内置文字。", "The built-in text is back."))
    return redirect(f"/messages/{kind}", 303)


def _parts() -> tuple[str, ...]:
    return ("subject_zh", "body_zh", "subject_en", "body_en")


def _wanted(form: Form) -> dict[str, str]:
    return {
        name: form.lines(name, most=BODY_MOST, required=True)
        if name.startswith("body")
        else form.text(name, most=SUBJECT_MOST, required=True)
        for name in _parts()
    }


def _refused(held: Row, form: Form, refusal: Refusal) -> tuple[str, int]:
    form.problems = list(refusal.problems)
    if isinstance(refusal, Conflict):
        form.renew(held["version"])
    return _page(held, form, is_refused=True), status_of(refusal)


def _page(held: Row, form: Form, *, is_draft: bool = False, is_refused: bool = False) -> str:
    kind = held["kind"]
    sound = not is_refused and kind not in {row["kind"] for row in messages.broken(g.db)}
    shown = {name: form[name] for name in _parts()} if sound or is_draft else None
    return render_template(
        "messages/edit.html",
        form=form,
        held=held,
        kind=kind,
        gaps={name: GAPS[name] for name in TEXTS[kind].gaps},
        needs=TEXTS[kind].needs,
        letters=_letters(kind, shown) if shown else [],
        is_draft=is_draft,
        is_broken=not is_refused and not is_draft and not sound,
        may_edit=accounts.administers_all(g.db, g.actor, now=g.now),
        subject_most=SUBJECT_MOST,
        body_most=BODY_MOST,
    )


def _letters(kind: str, texts: dict[str, str]) -> list[dict[str, Any]]:
    """The text with a real example in its gaps, in both languages, the reader's first."""
    units = [unit["id"] for unit in session.tops("overseer")]
    languages: list[Lang] = ["zh", "en"] if g.lang == "zh" else ["en", "zh"]
    found = []
    for lang in languages:
        example = notices.example(g.db, kind, lang, unit_ids=units, base_url=g.settings.site.base_url, now=g.now)
        subject, body = messages.filled(kind, texts, lang, {"person": g.person["name"], **example})
        found.append({"lang": lang, "subject": subject, "body": body})
    return found
