"""Lists and duty sheets from the command line: read, told row by row, stored all or not at all, undone as one."""

from __future__ import annotations

import argparse
import json
from calendar import monthrange
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path

from scheduler import clock, imports, intake, ledger, people, terminal, wording
from scheduler.audit import SYSTEM
from scheduler.config import Settings
from scheduler.database import Database, one, value, write
from scheduler.errors import Conflict, Invalid
from scheduler.imports import Answers, Report
from scheduler.terminal import say

LISTS = ("units", "places", "templates")
KINDS = ("people", *LISTS, "leave", "balances", "roster")
STATUS = {"accept": 0, "accept_with_questions": 1, "refuse": 2}

Asked = argparse.Namespace


class _Tried(Exception):
    """Ends a transaction that only tried."""


def add_arguments(command: argparse.ArgumentParser) -> None:
    """The words that `import` takes."""
    command.add_argument("what", choices=KINDS)
    command.add_argument("file", metavar="FILE")
    command.add_argument("--json", action="store_true", help="结果写成一个 JSON 对象 · one JSON object")
    command.add_argument("--dry-run", action="store_true", help="只检查，不写入 · check only, store nothing")
    command.add_argument(
        "--take-certain",
        action="store_true",
        help="有疑问时也写入确定的行 · store what is certain although questions remain",
    )
    command.add_argument(
        "--add-units", action="store_true", help="people：新建名单里的单位 · make units that are not known"
    )
    command.add_argument("--unit", metavar="NAME", help="单位，人员和地点在其中查找 · the unit that it is for")
    command.add_argument(
        "--as-of", type=date.fromisoformat, metavar="DATE", help="balances：累计到哪一天 · up to which day they count"
    )
    command.add_argument(
        "--answers", metavar="FILE", help="roster：JSON，month people places marks · answers to questions"
    )
    command.add_argument(
        "--hours", default="", metavar="8:30-17:30", help="roster：表上没写时间时 · where the sheet says none"
    )
    command.add_argument(
        "--activity", default="", metavar="CODE", help="roster：表上的活动不认识时 · where it is not known"
    )
    command.add_argument(
        "--reason", default="", help="roster：违反提示性规则的理由 · why rules that warn are set aside"
    )


def run(asked: Asked, *, now: datetime) -> int:
    """Read one file; leaves with 0 where all is certain, 1 where something is asked, 2 where it is refused."""
    content = _content(asked.file)
    name = Path(asked.file).name
    with terminal.installation(now=now) as (settings, db):
        with suppress(_Tried), _together(db, asked) as added:
            report = _read(db, asked, content, name, added, now)
            takes = report.expect == "accept" or (report.expect != "refuse" and asked.take_certain)
            batch, words = (
                _store(db, settings, asked, report, name, now) if takes and not asked.dry_run else (None, None)
            )
            if batch is None:
                raise _Tried
        _tell(asked, report, batch, words, added)
    return STATUS[report.expect]


def undo(batch: str, *, now: datetime) -> int:
    """Take back one import by what it was called when it was stored: `roster:12`, `people:3`."""
    kind, _, number = batch.partition(":")
    if kind not in KINDS or not number.isdigit():
        raise Conflict("nothing_to_undo")
    with terminal.installation(now=now) as (settings, db):
        if kind == "roster":
            imports.undo_wall(db, int(number), by=SYSTEM, now=now, duty=settings.duty)
        elif kind != "balances":
            intake.undo_now(db, settings, kind, int(number), by=SYSTEM, now=now)
        else:
            ledger.reverse_batch(db, int(number), reason="整批撤销", by=SYSTEM, now=now)
        say("已撤销：{batch}。", "Undone: {batch}.", batch=batch)
    return 0


@contextmanager
def _together(db: Database, asked: Asked) -> Iterator[list[str]]:
    """Units that a staff list needs are made in one transaction with its people, or not at all."""
    if asked.what != "people" or not (asked.add_units or value(db, "SELECT COUNT(*) FROM unit") == 1):
        yield []
        return
    with write(db):
        yield [""]


def _read(db: Database, asked: Asked, content: bytes, name: str, added: list[str], now: datetime) -> Report:
    if asked.what == "people":
        if added:
            added[:] = _add_units(db, content, name, now)
        return imports.people_report(db, content, name, within=None, now=now)
    if asked.what in LISTS:
        return imports.list_report(db, asked.what, content, name, within=_unit(db, asked.unit), now=now)
    if asked.what == "leave":
        return imports.leave_report(db, content, name)
    if asked.what == "balances":
        today = clock.today(now, db.zone)
        ends = today.replace(day=monthrange(today.year, today.month)[1])  # a month's list may be brought before it ends
        return imports.balances_report(db, content, name, today=ends, as_of=asked.as_of)
    return imports.roster_report(db, content, name, answers=_answers(asked.answers))


def _add_units(db: Database, content: bytes, name: str, now: datetime) -> list[str]:
    """Make the units that a list names and nobody knows, below the top; their names."""
    report = imports.people_report(db, content, name, within=None, now=now)
    names = list(dict.fromkeys(str(p["text"]) for p in report.problems if p["kind"] == "unknown_unit"))
    top = one(db, "SELECT id FROM unit WHERE parent_id IS NULL ORDER BY id")
    for unit in names:
        if top and "/" not in unit:
            people.add_unit(db, name=unit, kind="department", parent_id=top["id"], by=SYSTEM, now=now)
    return names


def _answers(path: str | None) -> Answers:
    if path is None:
        return Answers()
    try:
        said = json.loads(_content(path))
        return Answers(
            str(said.get("month", "")),
            *(
                {str(key): str(meant) for key, meant in said.get(part, {}).items()}
                for part in ("people", "places", "marks")
            ),
        )
    except (ValueError, AttributeError) as error:
        raise Invalid("file_not_read", path=path, reason="JSON") from error


def _store(
    db: Database, settings: Settings, asked: Asked, report: Report, name: str, now: datetime
) -> tuple[str, tuple[str, str]]:
    """Store what is certain as one act; gives what to undo it by, if it can be, and what was done in words."""
    if asked.what in ("people", "leave", *LISTS):
        top = value(db, "SELECT MIN(id) FROM unit WHERE parent_id IS NULL")
        done, number = intake.store_now(
            db, settings, report.stored, kind=asked.what, unit_id=_unit(db, asked.unit) if asked.unit else top,
            file=name, by=SYSTEM, now=now,
        )  # fmt: skip
        batch = f"{asked.what}:{number}" if number else ""
        if asked.what == "people":
            return batch, (
                f"新增 {done['added']}，更改 {done['changed']}，不变 {done['unchanged']}",
                f"{done['added']} added, {done['changed']} changed, {done['unchanged']} unchanged",
            )
        return batch, (
            f"新增 {done['added']}，已有 {done['unchanged']}",
            f"{done['added']} added, {done['unchanged']} there",
        )
    unit_id = _unit(db, asked.unit)
    if asked.what == "balances":
        batch_id = imports.store_balances(db, report.stored, file=name, unit_id=unit_id, by=SYSTEM, now=now)
        return f"balances:{batch_id}", (f"结转 {len(report.rows)} 行", f"{len(report.rows)} balances")
    planned = imports.store_wall(
        db, report.rows, unit_id=unit_id, file=name, hours=asked.hours, activity=asked.activity, reason=asked.reason,
        duty=settings.duty, by=SYSTEM, now=now,
    )  # fmt: skip
    batch = f"roster:{planned.step_id}" if planned.step_id else ""
    return batch, (
        f"班次 {planned.shifts} 个，排入 {planned.seats} 人次",
        f"{planned.shifts} shifts, {planned.seats} seats",
    )


def _unit(db: Database, name: str | None) -> int:
    """The unit of this name or path; without one, the only top."""
    paths = {unit_id: "/".join(path) for unit_id, path in people.paths(db).items()}
    test: Callable[[str], bool] = (
        (lambda path: "/" not in path) if name is None else (lambda path: path == name or path.endswith(f"/{name}"))
    )
    matching = [unit_id for unit_id, path in paths.items() if test(path)]
    if len(matching) != 1:
        raise Invalid("unit_not_one", name=name or "--unit", count=len(matching))
    return matching[0]


def _tell(asked: Asked, report: Report, batch: str | None, words: tuple[str, str] | None, added: list[str]) -> None:
    lang = terminal.language()
    if asked.json:
        told = report.told() | {"file": Path(asked.file).name, "kind": asked.what, "stored": batch is not None,
                                "batch": batch or None, "units_added": added}  # fmt: skip
        for problem in report.problems:
            problem["sentence"] = imports.sentence(problem, lang)
        for problem in report.problems:
            problem.pop("problem", None)
        print(json.dumps(told, ensure_ascii=False, default=_plain))
        return
    for problem in report.problems:
        print(imports.sentence(problem, lang))
    if added:
        say("新单位：{names}。", "New units: {names}.", names="、".join(added))
    if words:
        say("已导入：{done}。", "Imported: {done}.", done=words[0 if lang == "zh" else 1])
        if batch:
            say("撤销：python -m scheduler undo {batch}", "To undo it: python -m scheduler undo {batch}", batch=batch)
    elif report.expect == "accept":
        done = _counts(asked, report, lang)
        say("试读：{done}；没有写入。", "Dry run: {done}; nothing was stored.", done=done)
    else:
        say("{count} 处要核对，{rows} 行可以确定；没有写入。",
            "{count} to be settled, {rows} rows certain; nothing was stored.",
            count=len(report.problems), rows=len(report.rows))  # fmt: skip


def _counts(asked: Asked, report: Report, lang: wording.Lang) -> str:
    if asked.what in ("people", "leave", *LISTS):
        counted = imports.counts(report.stored)
        return (
            f"新增 {counted['added']}，更改 {counted['changed']}，不变 {counted['unchanged']}" if lang == "zh"
            else f"{counted['added']} added, {counted['changed']} changed, {counted['unchanged']} unchanged"
        )  # fmt: skip
    return f"{len(report.rows)} 行" if lang == "zh" else f"{len(report.rows)} rows"


def _plain(held: object) -> str:
    return held.isoformat() if isinstance(held, (date, datetime)) else str(held)


def _content(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise Invalid("file_not_read", path=path, reason=error.strerror) from error
