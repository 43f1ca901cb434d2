"""What every subscribe page does: shows a new address once, names it, renews and revokes it, gives the file once."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, redirect, render_template
from flask.typing import ResponseReturnValue

from scheduler import feeds
from scheduler.feeds import Shown
from web.filters import t
from web.forms import Form


def page(template: str, of: Shown, home: str, token: str | None = None, **more: Any) -> str:
    """The subscribe page at `home`; with the token of an address just made, the address."""
    held = feeds.subscription(g.db, owner_id=g.person["person_id"], of=of)
    return render_template(template, held=held, home=home, form=Form.of(held or {}), **_address(token), **more)


def subscribed(of: Shown) -> str:
    """A new address's token, under the name that the form may give."""
    form = Form.sent()
    name = form.text("name", most=feeds.NAME_MOST)
    form.checked()
    return feeds.subscribe(
        g.db, owner_id=g.person["person_id"], of=of, lang=g.lang, name=name,
        base_url=g.settings.site.base_url, by=g.actor, now=g.now,
    )  # fmt: skip


def rename(of: Shown, home: str) -> ResponseReturnValue:
    """Call the address as the form says."""
    form = Form.sent()
    name = form.text("name", most=feeds.NAME_MOST)
    form.checked()
    feeds.rename(g.db, owner_id=g.person["person_id"], of=of, name=name, by=g.actor, now=g.now)
    flash(t("已保存。", "Saved."))
    return redirect(home, 303)


def revoke(of: Shown, home: str) -> ResponseReturnValue:
    """Void the address."""
    feeds.revoke(g.db, owner_id=g.person["person_id"], of=of, by=g.actor, now=g.now)
    flash(t("地址已作废，从现在起打不开。", "The address is revoked; it opens no more."))
    return redirect(home, 303)


def download(of: Shown) -> Response:
    """The calendar as a file, to be imported once by what cannot subscribe."""
    body = feeds.once(g.db, of=of, lang=g.lang, base_url=g.settings.site.base_url, now=g.now)
    response = Response(body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="duty.ics"'
    return response


def _address(token: str | None) -> dict[str, str | None]:
    if token is None:
        return {"address": None, "webcal": None}
    address = feeds.address(g.settings.site.base_url, token)
    return {"address": address, "webcal": f"webcal:{address.partition(':')[2]}"}
