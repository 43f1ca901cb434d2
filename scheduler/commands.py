"""What each command does, and the words it takes."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from scheduler import (
    accounts,
    assignments,
    briefings,
    clock,
    exports,
    feeds,
    importing,
    jobs,
    ledger,
    people,
    reminders,
    solving,
    terminal,
    upkeep,
    wording,
)
from scheduler.audit import SYSTEM
from scheduler.config import Settings
from scheduler.database import Database, Row, write
from scheduler.errors import Invalid, NotFound, Refusal
from scheduler.tallies import OWN, Question
from scheduler.terminal import say

EPOCH, FOREVER = date(2000, 1, 1), date(2100, 12, 31)

Asked = argparse.Namespace


def main(given: Sequence[str] | None = None) -> int:
    """Carry out one command: 0 if it did, 1 with a message in words if not; wrong use leaves with 2."""
    asked = _parser().parse_args(given)
    os.umask(0o077)  # database, lock and output files are their owner's alone
    try:
        return int(asked.command(asked))
    except Refusal as refusal:
        print(*wording.sentences(refusal, terminal.language()), sep="\n", file=sys.stderr)
    except BrokenPipeError:  # whoever read our lines has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


def _init(asked: Asked) -> int:
    """An empty installation: one unit, its first administrator, and a link to sign in with."""
    for option, given in (("--name", asked.name), ("--staff-no", asked.staff_no), ("--person-name", asked.person_name)):
        if not given.strip():
            asked.refuse(f"{option} 不能为空 · {option} may not be empty")
    with terminal.installation(now=clock.now()) as (settings, db):
        now = clock.now()
        with write(db):
            people.found_organisation(db, by=SYSTEM, now=now)
            unit_id = people.add_unit(db, name=asked.name, kind="organisation", by=SYSTEM, now=now)
            person_id = people.add(
                db, staff_no=asked.staff_no, name=asked.person_name, unit_id=unit_id,
                joined_on=clock.today(now, db.zone), by=SYSTEM, now=now,
            )  # fmt: skip
            accounts.grant(db, person_id, "administrator", unit_id, by=SYSTEM, now=now)
            token = accounts.make_link(db, person_id, by=SYSTEM, now=now)
        say("空的机构已建好：{name}。管理员一次性登录链接（24 小时内有效）：",
            "An empty organisation is ready: {name}. The administrator's one-time sign-in link, good for 24 hours:",
            name=asked.name)  # fmt: skip
        print(f"{settings.site.base_url}/signin/{token}")
    return 0


def _link(asked: Asked) -> int:
    with terminal.installation(now=clock.now()) as (settings, db):
        found = people.by_staff_no(db, [asked.staff_no]).get(asked.staff_no)
        if found is None:
            raise NotFound("no_such_staff_no", staff_no=asked.staff_no)
        token = accounts.make_link(db, found["id"], by=SYSTEM, now=clock.now())
        print(f"{settings.site.base_url}/signin/{token}")
    return 0


def _work(asked: Asked) -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    return jobs.work(terminal.settings())


def _run(asked: Asked) -> int:
    """One turn of one job; without a name, what jobs there are and how often each runs by itself."""
    if asked.job is None:
        every, column = terminal.settings(), 0 if terminal.language() == "zh" else 1
        for job in jobs.JOBS:
            print(f"{job.name:<10}{job.every(every):>7} s  {wording.STATES['job'][job.name][column]}")
        return 0
    with terminal.installation(now=clock.now()) as (settings, db):
        print(jobs.run_once(db, settings, asked.job, now=clock.now(), is_by_hand=True))
    return 0


def _import(asked: Asked) -> int:
    return importing.run(asked, now=clock.now())


def _export(asked: Asked) -> int:
    if asked.first > asked.last:
        asked.refuse(f"--from {asked.first} 晚于 --to {asked.last} · --from is after --to")
    if asked.output.endswith(".txt") != (asked.what == "briefing"):
        asked.refuse("简报存为 .txt，统计存为 .csv 或 .xlsx · a briefing is .txt, tallies are .csv or .xlsx")
    with terminal.installation(now=clock.now()) as (settings, db):
        lang, now = asked.lang or settings.site.language, clock.now()
        question = _question(db, asked, clock.today(now, db.zone))
        if asked.what == "briefing":
            content = briefings.report_text(db, question, lang=lang, by=SYSTEM, now=now).encode()
        elif asked.output.endswith(".csv"):
            content = exports.tallies_csv(db, question, lang=lang, now=now)
        else:
            content = exports.tallies_workbook(db, question, lang=lang, by=SYSTEM, now=now)
        try:
            Path(asked.output).write_bytes(content)
        except OSError as error:
            raise Invalid("file_not_written", path=asked.output, reason=error.strerror) from error
    return 0


def _question(db: Database, asked: Asked, today: date) -> Question:
    """What the words of the command ask: those of a page's address, dates and unit by name."""
    args = {"rows": asked.rows, "columns": asked.columns, "measures": asked.measures, "level": asked.level}
    own = {"period": OWN, "first": asked.first.isoformat(), "last": asked.last.isoformat()}
    days = {"period": asked.period} if asked.period else own
    found = Question.from_args({**{name: held for name, held in args.items() if held}, **days}, today=today)
    return replace(found, within=_unit(db, asked.unit)) if asked.unit else found


def _unit(db: Database, name: str) -> int:
    """The unit of this name; where several have it, its path says which: `巴中市分行/本部/办公室`."""
    named = {unit_id: "/".join(path) for unit_id, path in people.paths(db).items()}
    matching = [unit_id for unit_id, path in named.items() if path == name or path.endswith(f"/{name}")]
    if len(matching) != 1:
        raise Invalid("unit_not_one", name=name, count=len(matching))
    return matching[0]


def _dump(asked: Asked) -> int:
    if asked.with_addresses and asked.what != "feeds":
        asked.refuse("--with-addresses 只用于 feeds · --with-addresses is for feeds only")
    with terminal.installation(now=clock.now()) as (settings, db):
        for row in _rows(asked, settings, db):
            print(json.dumps(row, ensure_ascii=False))
    return 0


def _rows(asked: Asked, settings: Settings, db: Database) -> Iterable[Row]:
    if asked.with_addresses:
        return feeds.dump_with_addresses(db, base_url=settings.site.base_url, by=SYSTEM, now=clock.now())
    dumps = {"ledger": ledger.dump, "assignments": assignments.dump, "reminders": reminders.dump, "feeds": feeds.dump}
    return dumps[asked.what](db)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scheduler", description="轮值 Lunzhi")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, does: object, help: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=help, description=help)
        added.set_defaults(command=does, refuse=added.error)  # wrong use is told behind the usage, and leaves with 2
        return added

    init = command("init", _init, "建一个空的机构 · make an empty installation with one administrator")
    init.add_argument("--name", default="本单位", help="单位名称 · the top unit's name (本单位)")
    init.add_argument("--staff-no", default="0001", help="管理员工号 · the administrator's staff number (0001)")
    init.add_argument("--person-name", default="管理员", help="管理员姓名 · the administrator's name (管理员)")
    command("work", _work, "后台进程 · the background process, until it is told to end")
    run = command(
        "run", _run, "运行一次后台任务，不写名称则列出 · one turn of one job; without a name, the list of them"
    )
    names = [job.name for job in jobs.JOBS]
    run.add_argument("job", choices=names, metavar="JOB", nargs="?", help=", ".join(names))
    command("link", _link, "一次性登录链接 · print a one-time sign-in link").add_argument(
        "staff_no", metavar="STAFF_NO"
    )
    _parse_files(command)
    return parser


def _restore(given: argparse.Namespace) -> int:
    return upkeep.restore(given.file, approved_by=given.approved_by, now=clock.now())


def _parse_files(command: Callable[[str, object, str], argparse.ArgumentParser]) -> None:
    solving.add_arguments(command("solve", solving.run, solving.DOES))
    bring = command("import", _import, "导入名单或值班表 · import lists or a duty sheet")
    importing.add_arguments(bring)
    undone = command(
        "undo", lambda given: importing.undo(given.batch, now=clock.now()), "撤销一次导入 · undo an import"
    )
    undone.add_argument("batch", metavar="BATCH", help="roster:12, balances:3, people:7, leave:8")
    export = command("export", _export, "导出统计或简报 · export tallies of the ledger, or a briefing")
    export.add_argument("what", choices=["tallies", "briefing"])
    export.add_argument("--period", help="2026, 2026Q4, 2026-11")
    export.add_argument("--lang", choices=["zh", "en"])
    export.add_argument(
        "--by", "--rows", dest="rows", default="person", help="行，逗号隔开至多两项 · rows, two at most"
    )
    export.add_argument("--columns", help="列 · columns")
    export.add_argument("--measures", help="指标，逗号隔开 · measures: trips,people,sessions,hours,per_head,…")
    export.add_argument("--level", help="单位汇总到向下第几层 · gather units so many levels below --unit")
    export.add_argument("--from", dest="first", type=date.fromisoformat, default=EPOCH, metavar="DAY")
    export.add_argument("--to", dest="last", type=date.fromisoformat, default=FOREVER, metavar="DAY")
    export.add_argument(
        "--unit",
        metavar="NAME",
        help="单位及下级，重名时写路径 · the unit and all below it; a path if two have the name",
    )
    export.add_argument(
        "-o", dest="output", metavar="FILE", type=_table_file, required=True, help=".csv / .xlsx / .txt"
    )
    backup = command("backup", lambda given: upkeep.back_up(given.file, now=clock.now()), "备份 · a checked backup")
    backup.add_argument(
        "file", metavar="FILE", nargs="?", help="不写则存入 instance/backups · else among the nightly ones"
    )
    restored = command("restore", _restore, "恢复 · restore a backup")
    restored.add_argument("file", metavar="FILE")
    restored.add_argument(
        "--approved-by", metavar="STAFF_NO", help="同意恢复的另一位管理员 · the administrator whose code is entered"
    )
    verify = command(
        "verify", lambda given: upkeep.verify(given.head, now=clock.now()), "核对 · check the database and the ledger"
    )
    verify.add_argument("--head", metavar="HASH", help="报表上印的哈希 · a printed head: is it in the chain, and where")
    command("doctor", lambda _: upkeep.examine(now=clock.now()), "体检 · is this installation fit for real use")
    dump = command("dump", _dump, "逐行输出 JSON · one JSON object a line")
    dump.add_argument("what", choices=["ledger", "assignments", "reminders", "feeds"])
    dump.add_argument("--json", action="store_true", required=True)
    dump.add_argument(
        "--with-addresses", action="store_true",
        help="feeds：换发新的订阅地址，旧地址作废 · feeds with a fresh address each; the old ones are void",
    )  # fmt: skip


def _table_file(path: str) -> str:
    if not path.endswith((".csv", ".xlsx", ".txt")):
        raise argparse.ArgumentTypeError(".csv / .xlsx / .txt")
    return path
