"""Channels: the ways out beside e-mail; only administrators set them up, and no secret is shown again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from scheduler import channels, people
from scheduler.accounts import Role
from scheduler.channels import KINDS
from scheduler.errors import Refusal
from scheduler.wording.failures import failure, is_ours
from web import session
from web.filters import t, today
from web.forms import Form
from web.session import gate

bp = Blueprint("channels", __name__)

Page = str | tuple[str, int] | Response


@bp.get("/channels")
@gate("overseer")
def listing() -> str:
    found = channels.channels(g.db, within=_tops("overseer"))
    return render_template("channels/list.html", channels=found, mail=channels.mail_state(g.db))


@bp.get("/channels/new")
@gate("administrator")
def new() -> str:
    form = Form(MultiDict({"kind": "wecom", "unit_id": str(next(iter(_tops()), ""))}))
    return render_template("channels/edit.html", form=form, **_choices())


@bp.post("/channels/new")
@gate("administrator")
def add() -> Page:
    form = Form.sent()
    try:
        given, unit_id, kind = _fields(form), form.id("unit_id"), form.choice("kind", list(KINDS))
        form.checked()
        session.allow("administrator", "unit", unit_id)
        channels.add(g.db, unit_id=unit_id, kind=kind, **given)
    except Refusal as refusal:
        return form.refused(refusal, "channels/edit.html", **_choices())
    flash(t("已新增通道。先发一条测试消息。", "Channel added. Send it a test message first."))
    return redirect("/channels", 303)


@bp.get("/channels/<int:channel_id>")
@gate("administrator", "channel", "channel_id")
def edit(channel_id: int) -> str:
    channel = channels.channel(g.db, channel_id)
    return render_template("channels/edit.html", form=Form.of(channel), channel=channel, **_choices())


@bp.post("/channels/<int:channel_id>")
@gate("administrator", "channel", "channel_id")
def change(channel_id: int) -> Page:
    form, channel = Form.sent(), channels.channel(g.db, channel_id)
    try:
        given = _fields(form) | {"is_on": form.flag("is_on"), "version": form.version()}
        form.checked()
        channels.change(g.db, channel_id, **given)
    except Refusal as refusal:
        if refusal.code == "stale":
            form.renew(channel["version"])
        return form.refused(refusal, "channels/edit.html", channel=channel, **_choices())
    flash(t("已保存。", "Saved."))
    return redirect("/channels", 303)


@bp.post("/channels/<int:channel_id>/test")
@gate("administrator", "channel", "channel_id")
def test(channel_id: int) -> Response:
    told = channels.test(g.db, channel_id, g.settings.channels, lang=g.lang, by=g.actor, now=g.now)
    answer = failure(told.reason, g.lang)
    if told.ok:
        flash(t("测试消息已发出。对方答：{answer}", "The test message is out. The answer: {answer}", answer=answer))
    elif is_ours(told.reason):
        flash(t("测试消息没有发出：{why}", "The test message is not out: {why}", why=answer), "no")
    else:
        flash(
            t("测试消息没有发出。对方答：{answer}", "The test message is not out. The answer: {answer}", answer=answer),
            "no",
        )
    return redirect("/channels", 303)


@bp.post("/channels/<int:channel_id>/remove")
@gate("administrator", "channel", "channel_id")
def remove(channel_id: int) -> Response:
    withdrawn = channels.remove(g.db, channel_id, version=Form.sent().version(), by=g.actor, now=g.now)
    flash(t("已移除通道，{n} 条等待的消息作废。", "Channel removed; {n} waiting messages are dropped.", n=withdrawn))
    return redirect("/channels", 303)


def _fields(form: Form) -> dict[str, Any]:
    return {
        "name": form.text("name", most=60, required=True),
        "url": form.text("url", most=500),
        "secret": form.text("secret", most=200),
        "pace": form.integer_or_none("pace", low=1, high=600),
        "allowed": g.settings.channels,
        "by": g.actor,
        "now": g.now,
    }


def _choices() -> dict[str, Any]:
    units = [unit for top in _tops() for unit in people.units(g.db, top, on=today())]
    return {
        "units": [(unit["id"], "　" * unit["depth"] + unit["name"]) for unit in units],
        "kinds": [kind for kind in KINDS if kind != "apprise" or g.settings.channels.apprise],
        "hosts": sorted({*g.settings.channels.hosts, *g.settings.channels.inner}),
    }


def _tops(role: Role = "administrator") -> list[int]:
    return [unit["id"] for unit in session.tops(role)]
