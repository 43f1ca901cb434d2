"""Upkeep from the command line: back up, restore, verify, examine."""

from __future__ import annotations

import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path
from time import monotonic

from scheduler import approvals, audit, backups, clock, config, database, doctor, jobs, ledger, tallies, terminal
from scheduler.audit import SYSTEM, Actor
from scheduler.config import Settings
from scheduler.database import Database, value
from scheduler.errors import Conflict, Unavailable
from scheduler.terminal import say


def back_up(path: str | None, *, now: datetime) -> int:
    """Make a checked backup, among the others or where it is asked for."""
    with terminal.installation(now=now) as (settings, db):
        made = backups.write(db, Path(path), settings, now=now) if path else backups.make(db, settings, "hand", now=now)
        say("已备份并核对：{path}", "Backed up and checked: {path}", path=made)
    return 0


def restore(path: str, *, approved_by: str | None = None, now: datetime) -> int:
    """Put a backup in the place of the database; where a second person has to agree, only with their code."""
    settings = terminal.settings()
    units, approver = _second_person(settings, approved_by, now)

    def settle(db: Database) -> None:
        jobs.queue_due(db, settings, now=now)
        approvals.carry_over(db, units, approver, now=now)

    done = backups.restore(settings, Path(path), by=SYSTEM, now=now, queue=settle)
    say("已核对并恢复：{path}", "Checked and restored: {path}", path=path)
    if done.old:
        say("原来的数据库留在 {path}", "The database of before is kept as {path}", path=done.old)
    say("备份之后可能已经发过的 {held} 条消息没有再发：请在“运行”页看过，需要的再重试。",
        "{held} messages that may have left since the backup were held back: look at them on the Operations page "
        "and retry those that are needed.", held=done.held)  # fmt: skip
    say("{sessions} 个登录和 {links} 个登录链接已失效，所有人须重新登录；备份之后的权限变动请再核对。",
        "{sessions} sessions and {links} sign-in links were ended: everybody signs in anew. Rights that were "
        "changed since the backup are as they were then: check them.",
        sessions=done.sessions, links=done.links)  # fmt: skip
    return 0


def _second_person(settings: Settings, staff_no: str | None, now: datetime) -> tuple[list[int], Actor | None]:
    """The organisations that ask for a second person, as the database that is to be replaced says, and who agreed.

    Conflict, Invalid. Where it cannot be read there is nothing to ask: a restore is what mends that. A new folder has
    none.
    """
    if not database.was_made(settings):
        return [], None
    try:
        with closing(database.opened(settings)) as db:
            units = approvals.policy_units(db)
            if not units:
                return [], None
            if staff_no is None:
                raise Conflict("restore_needs_second_person")
            print("恢复码 · Code: ", end="", file=sys.stderr, flush=True)
            return units, approvals.restore_approver(db, staff_no, sys.stdin.readline(), now=now)
    except (Unavailable, database.SqliteError):
        say("现在的数据库读不了，无法核对是否须第二人同意。",
            "The database of now cannot be read: whether a second person is asked for is not known.")  # fmt: skip
        return [], None


def verify(printed: str | None = None, *, now: datetime) -> int:
    """The file is sound, the ledger as it was written, totals its own; 1 for a wrong total or a printed head."""
    with terminal.installation(now=now) as (_, db):
        backups.check(db)
        entries = value(db, "SELECT COUNT(*) FROM ledger")
        say("台账完好：{entries} 条，最后一条的哈希 {head}",
            "The ledger is whole: {entries} entries, the newest one's hash {head}",
            entries=entries, head=ledger.head(db))  # fmt: skip
        say("审计完好：{rows} 条，最后一条的哈希 {head}",
            "The audit is whole: {rows} rows, the newest one's hash {head}",
            rows=value(db, "SELECT COUNT(*) FROM audit"), head=audit.head(db))  # fmt: skip
        began = monotonic()
        differing = tallies.differing(db)
        for found in differing:
            facts = {**found, "key": "/".join(map(str, found["key"]))}
            say("汇总与台账不符：{table} {key} 存有 {kept}，应为 {counted}",
                "A total is not the ledger's: {table} {key} holds {kept}, should be {counted}", **facts)  # fmt: skip
        if not differing:
            say("汇总与台账一致，核对用时 {seconds} 秒", "The totals are the ledger's, proved in {seconds} s",
                seconds=f"{monotonic() - began:.1f}")  # fmt: skip
        held = _held_against(db, printed) if printed else 0
        return 1 if differing else held


def _held_against(db: Database, printed: str) -> int:
    """Say where in the chain a printed head stands, or that it is none of it."""
    found = ledger.find(db, printed)
    if found is None and (row := audit.find(db, printed)) is not None:
        say("打印的哈希是审计第 {entry} 条的；之后又有 {later} 条，之前的都没有动过",
            "The printed hash is audit row {entry}'s; {later} came later, and nothing before it was touched",
            entry=row["entry"], later=row["later"])  # fmt: skip
        return 0
    if found is None:
        say("链中没有这个哈希：{printed}", "This hash is not in the chain: {printed}", printed=printed)
        return 1
    when = f"{clock.local(found['at'], db.zone):%Y-%m-%d %H:%M}" if found["at"] else "-"
    say("打印的哈希是第 {entry} 条的，记于 {when}；之后又有 {later} 条，之前的都没有动过",
        "The printed hash is entry {entry}'s, of {when}; {later} came later, and nothing before it was touched",
        entry=found["entry"], when=when, later=found["later"])  # fmt: skip
    return 0


def examine(*, now: datetime) -> int:
    """Say what is fit and what is not; 1 where anything is unsafe."""
    found = doctor.examine(config.load(config.instance_folder()), now=now)
    print(*(finding.text(terminal.language()) for finding in found), sep="\n")
    return 1 if any(finding.level == "fail" for finding in found) else 0
