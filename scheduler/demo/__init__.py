"""The Bazhong demonstration organisation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from scheduler import accounts, feeds, ledger, people, reminders, wording
from scheduler.audit import SYSTEM, Actor
from scheduler.database import Database, value, write
from scheduler.demo import arriving, asking, bank, calling, telecom
from scheduler.demo.cast import CAST, SUBSCRIBERS, TELECOM_COORDINATOR
from scheduler.demo.history import Tree, leave_for_visitors, walk
from scheduler.demo.scene import Month, scene
from scheduler.wording.dates import month_text

__all__ = ["CAST", "load"]


def load(
    db: Database,
    *,
    base_url: str,
    now: datetime,
    say: Callable[[str], None] = lambda line: None,
    lang: wording.Lang = "zh",
) -> None:
    """Found the demonstration and let it live through the twelve months before `now`: all of it, or nothing.

    The current month is published, the next one a draft that nobody stands in yet. `say` is told how far it is.
    """
    stage = scene(now, db.zone)
    with write(db):
        people.found_organisation(db, is_demo=True, by=SYSTEM, now=stage.at(stage.began, 8))
        roots = [bank.found(db, stage).root, telecom.found(db, stage).root]
        say(_founded(db, lang))
        trees = [
            Tree(root, accounts.actor(db, _numbered(db, staff_no)))
            for root, staff_no in zip(roots, (CAST["coordinator"], TELECOM_COORDINATOR), strict=True)
        ]
        walk(db, stage, trees, lambda month: say(_lived(db, month, lang)))
        _close(db, roots[0], trees[0].coordinator, now)
        leave_for_visitors(db, stage, trees[0], _numbered(db, CAST["staff"]))
        asking.ask(db, stage, base_url=base_url)
        arriving.today(db, stage)
        arriving.report(db, stage, roots[0], trees[0].coordinator, base_url=base_url)
        calling.call(db, stage, roots[0], trees[0].coordinator)
        asking.answer(db, stage)
        reminders.queue_due(db, base_url=base_url, now=now)  # those of the year that is over are obsolete
        _subscribe(db, trees[0].coordinator, base_url, now)


def _close(db: Database, unit_id: int, coordinator: Actor, now: datetime) -> None:
    """The bank has reported the month before last."""
    month = ledger.months(db, unit_id, now=now, count=2)[-1]
    ledger.close_month(db, unit_id, month["month"], unconfirmed_seen=month["unconfirmed"], by=coordinator, now=now)


def _subscribe(db: Database, coordinator: Actor, base_url: str, now: datetime) -> None:
    """Some have their duties in their telephones already; the visitors' own calendars are left for them to find."""
    place_id = value(db, "SELECT id FROM place WHERE name = :name", name=next(iter(bank.COMMUNITIES)))
    owner_id = coordinator.person_id or 0
    unit_id = accounts.tops(db, coordinator, "coordinator", now=now)[0]["id"]
    wanted: list[tuple[int, feeds.Shown, str]] = [
        *((person_id, feeds.Shown("person", person_id), "") for person_id in (_numbered(db, no) for no in SUBSCRIBERS)),
        (owner_id, feeds.Shown("place", place_id), ""),
        (owner_id, feeds.Shown("visits", unit_id), "办公室电脑"),
    ]
    for owner, of, name in wanted:
        by = accounts.actor(db, owner)
        feeds.subscribe(db, owner_id=owner, of=of, lang="zh", base_url=base_url, name=name, by=by, now=now)


def _numbered(db: Database, staff_no: str) -> int:
    return int(people.by_staff_no(db, [staff_no])[staff_no]["id"])


def _founded(db: Database, lang: wording.Lang) -> str:
    counts = {table: value(db, f"SELECT COUNT(*) FROM {table}") for table in ("unit", "person", "place", "template")}
    words = (
        "演示机构：{unit} 个单位，{person} 人，{place} 个地点，{template} 个值班模板"
        if lang == "zh"
        else "Demonstration: {unit} units, {person} people, {place} places, {template} duty templates"
    )
    return words.format_map(counts)


def _lived(db: Database, month: Month, lang: wording.Lang) -> str:
    trips = value(
        db,
        "SELECT SUM(trips) FROM ledger WHERE day BETWEEN :first AND :last",
        first=month.first.isoformat(),
        last=month.last.isoformat(),
    )
    name = month_text(month.first + timedelta(days=3), lang)  # the Thursday that gave it its month
    return f"{name}：{trips} 人次" if lang == "zh" else f"{name}: {trips} person-trips"
