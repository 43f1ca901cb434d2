"""How a step of the schema is written: registered by name, statement by statement, a table rebuilt whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlite_utils.migrations import Migrations

if TYPE_CHECKING:
    from sqlite_utils import Database

STEPS = Migrations("lunzhi")


def names() -> set[str]:
    """The names of every step that this code knows."""
    return {step.name for step in STEPS._migrations}


def apply(db: Database, script: str) -> None:
    """Carry out a script whose statements are parted by blank lines: triggers hold semicolons of their own."""
    for statement in re.split(r"\n\s*\n", script):
        if statement.strip():
            db.conn.execute(statement.strip())


def rebuild(db: Database, table: str, script: str) -> None:
    """Give a table a new shape and keep its rows, triggers and indexes (sqlite.org/lang_altertable.html, section 7).

    `script` is one CREATE TABLE of the same name; columns of both shapes are copied, others take their
    default. Whoever reads `table` in a trigger or a view need not know. Only inside of a step: there
    foreign keys are off, and are checked for the whole file once all steps are through.
    """
    kept = [
        sql
        for (sql,) in db.conn.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND type IN ('index', 'trigger') AND sql IS NOT NULL",
            [table],
        ).fetchall()
    ]
    db.conn.execute(re.sub(rf"CREATE TABLE {table}\b", f"CREATE TABLE rebuilt_{table}", script.strip(), count=1))
    columns = ", ".join(name for name in _columns(db, table) if name in _columns(db, f"rebuilt_{table}"))
    db.conn.execute(f"INSERT INTO rebuilt_{table} ({columns}) SELECT {columns} FROM {table} ORDER BY rowid")
    db.conn.execute(f"DROP TABLE {table}")
    db.conn.execute(f"ALTER TABLE rebuilt_{table} RENAME TO {table}")
    for sql in kept:
        db.conn.execute(sql)


def _columns(db: Database, table: str) -> list[str]:
    return [name for (name,) in db.conn.execute("SELECT name FROM pragma_table_info(?)", [table])]
