"""What templates may call: words in two languages, dates, counts, icons, the CSRF field, versioned assets."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache, wraps
from pathlib import Path

from flask import Flask, g, url_for
from flask_wtf.csrf import generate_csrf
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from scheduler import accounts, approvals, clock, openings, outbox, rosters, swaps, wording
from scheduler.database import Row
from scheduler.errors import Problem
from scheduler.wording import STATES
from scheduler.wording.dates import WEEKDAYS_EN, WEEKDAYS_ZH, dates_text, day_text, hours_text, month_text
from scheduler.wording.failures import failure
from web.amounts import as_hours, dialled, every, measured, number, took
from web.qr import qr
from web.session import here, tops

STATIC = Path(__file__).parent / "static"

JUST_NOW = timedelta(seconds=3)
DAYS_AHEAD = {-1: ("昨天起", "since yesterday"), 0: ("今天", "today"), 1: ("明天", "tomorrow")}


def install(app: Flask) -> None:
    """Give templates these functions and filters by name."""
    app.jinja_env.globals.update(
        t=t,
        hours=hours,
        csrf=csrf,
        icon=icon,
        asset=asset,
        is_demo=is_demo,
        today=today,
        failures=failures,
        approvals_waiting=approvals_waiting,
        open_duties=open_duties,
        swaps_asked=swaps_asked,
        open_swap=open_swap,
        countdown=countdown,
        here=here,
        next_steps=next_steps,
        is_fresh=is_fresh,
        responsibility=responsibility,
        qr=qr,
    )
    filters: dict[str, Callable[..., object]] = {
        "name_of": name_of,
        "who": who,
        "day": day,
        "month": month,
        "moment": moment,
        "recent": recent,
        "clock": clock_time,
        "number": number,
        "as_hours": as_hours,
        "measured": measured,
        "extract": lambda name, known: known[name],
        "tuple_of": tuple,
        "near": near,
        "dialled": dialled,
        "weekday": weekday,
        "period": period,
        "sentence": sentence,
        "every": every,
        "took": took,
        "known_as": known_as,
        "why": lambda reason: failure(reason, g.lang),
    }
    app.jinja_env.filters.update({name: _for_each_reader(given) for name, given in filters.items()})


def _for_each_reader(given: Callable[..., object]) -> Callable[..., object]:
    """The filter, asked anew for each page: on a constant Jinja would ask it once, in its first reader's language."""

    @pass_context
    @wraps(given)
    def asked(_: Context, *words: object) -> object:
        return given(*words)

    return asked


def t(chinese: str, english: str, **gaps: object) -> Markup:
    """The sentence in the reader's language. It and what fills its gaps are escaped, but for `<b>` in the sentence."""
    escaped = str(escape(chinese if g.lang == "zh" else english))
    words = Markup(escaped.replace("&lt;b&gt;", "<b>").replace("&lt;/b&gt;", "</b>"))  # noqa: S704 - escaped above
    return words.format(**gaps) if gaps else words


def next_steps(roster_id: int) -> tuple[Row | None, Row | None]:
    """What the reader would undo and redo next in a roster."""
    return rosters.next_steps(g.db, roster_id, by=g.actor)


def is_fresh(at: str) -> bool:
    """Whether something was done just now: the page that follows it says so."""
    return bool(g.now - clock.from_text(at) <= JUST_NOW)


def name_of(word: str, group: str) -> str:
    """What a stored word is called: `"draft" | name_of("roster")`."""
    return wording.name_of(group, word, g.lang)


def sentence(problem: Problem) -> str:
    """A problem as one sentence in the reader's language."""
    return wording.sentence(problem, g.lang)


def who(name: str) -> str:
    """Whoever did something: a person's name, or 系统 / The system."""
    return wording.who(name, g.lang)


def known_as(word: str, group: str) -> str:
    """What a stored word is called, or the word itself: what a newer program left has no name of ours."""
    return wording.name_of(group, word, g.lang) if word in STATES[group] else word


def _date(given: date | str) -> date:
    return date.fromisoformat(given) if isinstance(given, str) else given


def day(given: date | str) -> str:
    """`3月2日 周一` or `Mon 2 Mar`; another year than this one is named."""
    held = _date(given)
    if held.year == today().year:
        return day_text(held, g.lang)
    return f"{held.year}年{day_text(held, g.lang)}" if g.lang == "zh" else f"{day_text(held, g.lang)} {held.year}"


def weekday(given: date | str) -> str:
    """`周一` or `Mon`."""
    held = _date(given)
    return f"周{WEEKDAYS_ZH[held.weekday()]}" if g.lang == "zh" else WEEKDAYS_EN[held.weekday()]


def month(given: date | str) -> str:
    """`2026年3月` or `Mar 2026`; a month may be given as `2026-03`."""
    return month_text(_date(f"{given}-01" if isinstance(given, str) and len(given) == 7 else given), g.lang)


def period(first: date | str, last: date | str) -> str:
    """A span of days: `2026年3月` for a whole month, else `3月2日–29日`, `2–29 Mar`; another year is named."""
    one, two = _date(first), _date(last)
    if one.day == 1 and two == clock.first_of_next_month(one) - timedelta(days=1):
        return month(one)
    return dates_text(one, two, g.lang, named_year=one.year if one.year != today().year else None)


def _local(given: datetime | str) -> datetime:
    return clock.local(given, g.settings.zone) if isinstance(given, str) else given.astimezone(g.settings.zone)


def clock_time(given: datetime | str) -> str:
    """An instant's local clock time, `08:30`."""
    return f"{_local(given):%H:%M}"


def moment(given: datetime | str) -> str:
    """An instant's local day and clock time, `3月2日 周一 08:30`."""
    at = _local(given)
    return f"{day(at.date())} {at:%H:%M}"


def recent(given: datetime | str) -> str:
    """The same, but only `08:30` where it is today."""
    return clock_time(given) if _local(given).date() == today() else moment(given)


def hours(starts_at: datetime | str, ends_at: datetime | str) -> str:
    """A shift's local hours: `08:30–17:00`, `20:00–次日 08:00`."""
    return hours_text(_local(starts_at), _local(ends_at), g.lang)


def near(given: datetime | str) -> str:
    """How near an instant's day is: `今天`, `明天`, `3 天后`."""
    ahead = (_local(given).date() - today()).days
    if ahead in DAYS_AHEAD:
        return DAYS_AHEAD[ahead][0 if g.lang == "zh" else 1]
    return str(t("{n} 天后", "in {n} days", n=ahead))


def countdown(starts_at: str, ends_at: str) -> str:
    """How long until a duty begins, or that it runs: `还有 2 小时 18 分`, `还有 3 天`, `正在值班`."""
    left = int((clock.from_text(starts_at) - g.now).total_seconds()) // 60
    if left < 0:
        return str(t("正在值班，{at} 结束", "On now, until {at}", at=clock_time(ends_at)))
    if left < 60:
        return str(t("还有 {n} 分钟", "In {n} min", n=left))
    if left < 24 * 60:
        return str(t("还有 {h} 小时 {m} 分", "In {h} h {m} min", h=left // 60, m=left % 60))
    return str(t("还有 {d} 天 {h} 小时", "In {d} d {h} h", d=left // 1440, h=left % 1440 // 60))


def today() -> date:
    """The local date of this request."""
    return clock.today(g.now, g.settings.zone)


def csrf() -> Markup:
    """The hidden field that every form holds."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def icon(name: str, label: str = "", size: int = 16) -> Markup:
    """One of the sprite's drawings. Without a label it is decoration; with one it speaks for itself."""
    told = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    title = Markup("<title>{}</title>").format(label) if label else ""
    return Markup('<svg class="icon" width="{0}" height="{0}" {1}>{2}<use href="{3}#{4}"></use></svg>').format(
        size, told, title, asset("img/icons.svg"), escape(name)
    )


@cache
def _version(path: Path, changed: float) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def asset(name: str) -> str:
    """The address of a static file, with its content's hash, so that browsers may keep it for a year."""
    path = STATIC / name
    return url_for("static", filename=name, v=_version(path, path.stat().st_mtime))


def is_demo() -> bool:
    """Whether the page has to say that its people are invented."""
    return g.db is not None and accounts.is_demo(g.db)


def failures() -> int:
    """How many messages of the reader's people have failed: stands beside Operations."""
    return outbox.failures(g.db, within=[unit["id"] for unit in _tops()]) if g.db else 0


def approvals_waiting() -> int:
    """How many acts wait for the reader as the second administrator."""
    if "approvals_waiting" not in g:
        g.approvals_waiting = approvals.counts_for(g.db, g.actor, now=g.now) if g.db else 0
    return int(g.approvals_waiting)


def open_duties() -> int:
    """How many open duties the reader may sign up for."""
    return openings.counts_for(g.db, g.person["person_id"], now=g.now)


def swaps_asked() -> int:
    """How many colleagues wait for the reader's answer about a swap or cover."""
    return swaps.counts_for(g.db, g.person["person_id"], now=g.now)


def open_swap(shift_id: int, person_id: int) -> Row | None:
    """The open request for a duty, if there is one."""
    return swaps.of_duty(g.db, shift_id, person_id)


def responsibility() -> str:
    """The unit that the reader answers for, or belongs to; of several the widest, with a sign that there are more."""
    tops = _tops() if g.db else []
    return f"{tops[0]['name']}{' +' if len(tops) > 1 else ''}" if tops else str(g.person["unit"])


def _tops() -> list[Row]:
    if "tops" not in g:
        g.tops = tops("reader")
    return list(g.tops)
