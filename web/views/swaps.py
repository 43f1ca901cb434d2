"""Swap and cover on a phone: ask for one's own duty, answer what one is asked, take a question back."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request
from werkzeug.wrappers import Response

from scheduler import swaps
from scheduler.database import Row
from scheduler.errors import Conflict, Invalid
from web.errors import status_of
from web.filters import t
from web.forms import Form
from web.session import gate

bp = Blueprint("swaps", __name__)

Page = str | tuple[str, int] | Response

SHOWN = 30  # of duties to swap with: the nearest ones, the others by name or day


@bp.get("/me/duties/<int:duty_id>/swap")
@gate("staff")
def choose(duty_id: int) -> Page:
    return ask_page(swaps.duty_of(g.db, duty_id, g.person["person_id"], now=g.now), Form())


@bp.post("/me/duties/<int:duty_id>/swap")
@gate("staff")
def ask(duty_id: int) -> Page:
    held = swaps.duty_of(g.db, duty_id, g.person["person_id"], now=g.now)
    return asked_page(held, "/me/swaps")


@bp.get("/me/swaps")
@gate("staff")
def mine() -> Page:
    return _mine()


@bp.post("/me/swaps/<int:offer_id>")
@gate("staff")
def answer(offer_id: int) -> Page:
    try:
        flash(said(offer_id))
    except Conflict as refusal:
        form = Form()
        form.problems = list(refusal.problems)
        return _mine(form), status_of(refusal)
    return redirect("/me/swaps", 303)


@bp.post("/me/swaps/<int:request_id>/withdraw")
@gate("staff")
def withdraw(request_id: int) -> Page:
    swaps.withdraw(g.db, request_id, base_url=g.settings.site.base_url, by=g.actor, now=g.now)
    flash(t("已撤回，被问的人会收到通知。", "Withdrawn; whoever was asked is told."))
    return redirect("/me/swaps", 303)


@bp.get("/me/swaps/<int:_offer_id>")
@gate("staff")
def reload(_offer_id: int) -> Page:
    """A refusal is shown at the address that it was sent to: loading that again shows the list."""
    return redirect("/me/swaps", 303)


def said(offer_id: int) -> str:
    """Give the sent answer for whoever is signed in; what came of it, in words."""
    form = Form.sent()
    given = {"base_url": g.settings.site.base_url, "by": g.actor, "now": g.now}
    if form["answer"] != "yes":
        swaps.decline(g.db, offer_id, **given)
        return t("已答复：不同意。", "Answered: no.")
    state = swaps.accept(g.db, offer_id, override=form["override"][:200], duty=g.settings.duty, **given)
    if state == "accepted":
        return t("已同意，等排班员批准。", "Accepted; a coordinator has to approve.")
    return t("已生效，日历和提醒随之更新。", "Done: calendars and reminders follow.")


def asked_page(held: Row, then: str) -> Page:
    """Ask whom the form names; the page again where that is refused."""
    form = Form.sent()
    try:
        note, kind = form.text("note", most=swaps.NOTE_MOST), form.choice("kind", ("swap", "cover"))
        form.checked()
        swaps.ask(
            g.db, held["assignment_id"], kind, _whom(form), note=note,
            goes_on=form.flag("goes_on"), base_url=g.settings.site.base_url,
            secret_key=g.settings.site.secret_key, by=g.actor, now=g.now, duty=g.settings.duty,
        )  # fmt: skip
    except (Invalid, Conflict) as refusal:
        form.problems = list(refusal.problems)
        return ask_page(held, form), status_of(refusal)
    flash(t("已发出，谁先答应算谁的；答复会通知您。", "Sent: the first to say yes has it, and you are told."))
    return redirect(then, 303)


def ask_page(held: Row, form: Form) -> str:
    """Whom one may ask about a duty, or what was asked already."""
    is_open = swaps.of_duty(g.db, held["shift_id"], held["person_id"])
    able = swaps.Able([], []) if is_open else swaps.able(g.db, held["assignment_id"], now=g.now, duty=g.settings.duty)
    name, day = request.args.get("name", "").strip(), request.args.get("day", "")
    found = [row for row in able.swap if name in row["person"] and day in ("", row["day"])]
    return render_template(
        "swaps/ask.html", duty=held, form=form, able=able, found=found[:SHOWN], more=len(found) > SHOWN, open=is_open,
        name=name, day=day, rule=swaps.policy(g.db, held["unit_id"]), goes_on=_goes_on(form),
        is_own=held["person_id"] == g.person["person_id"],
    )  # fmt: skip


def _goes_on(form: Form) -> dict[str, bool]:
    """By kind, whether others are to be asked as well: by default for cover; a swap is for the duty that was chosen."""
    sent = form["kind"]
    return {"cover": form.flag("goes_on") if sent == "cover" else True, "swap": sent == "swap" and form.flag("goes_on")}


def _whom(form: Form) -> list[tuple[int, int | None]]:
    """`person` or `person-shift`, as the boxes are named; what is neither asks nobody."""
    parts = [given.split("-") for given in form.all("whom")]
    numbers = [[int(part) for part in pair if part.isascii() and part.isdigit()][:2] for pair in parts]
    return [(pair[0], pair[1] if len(pair) == 2 else None) for pair in numbers if pair]


def _mine(form: Form | None = None) -> str:
    person_id = g.person["person_id"]
    return render_template(
        "swaps/mine.html",
        asked=swaps.asked_of(g.db, person_id, now=g.now),
        own=swaps.own(g.db, person_id, now=g.now),
        form=form or Form(),
    )
