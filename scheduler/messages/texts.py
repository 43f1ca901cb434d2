"""The text of each kind of message: built in, or an organisation's own words with the same gaps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from scheduler import accounts, audit, fields
from scheduler.audit import Actor
from scheduler.database import Database, Row, insert, one, rows, update, write
from scheduler.errors import Invalid, NotFound, Problem
from scheduler.people.versions import stale
from scheduler.wording import Lang
from scheduler.wording.messages import BODY_MOST, SUBJECT_MOST, TEXTS, body_of, faults, names_in, subject_of

KINDS = tuple(kind for kind in TEXTS if kind != "text_broken")  # what tells of a bad text cannot have one
PARTS = ("subject_zh", "body_zh", "subject_en", "body_en")


def compose(db: Database, kind: str, lang: Lang, gaps: Mapping[str, str]) -> tuple[str, str]:
    """The subject and the body of a message. The organisation's own text where there is a sound one, else the
    built-in one: a bad text never keeps a message back. A gap that is not given is empty.
    """
    own = one(db, f"SELECT {', '.join(PARTS)} FROM message_text WHERE kind = :kind AND body_zh <> ''", kind=kind)
    texts = own if own is not None and not _problems(kind, own) else _built_in(kind)
    return filled(kind, texts, lang, gaps)


def filled(kind: str, texts: Mapping[str, str], lang: Lang, gaps: Mapping[str, str]) -> tuple[str, str]:
    """The subject and the body that four sound parts give in a language. Invalid for parts that are not sound."""
    check(kind, texts)
    given = {name: gaps.get(name, "") for name in TEXTS[kind].gaps}
    return subject_of(texts[f"subject_{lang}"], given), body_of(texts[f"body_{lang}"], given)


def check(kind: str, texts: Mapping[str, str]) -> None:
    """Refuse (Invalid) four parts that could not be saved, each problem at its field."""
    if problems := _problems(kind, texts):
        raise Invalid.of(problems)


def kinds(db: Database) -> list[Row]:
    """Every kind that may be edited, in their order: kind, version (0: never), is_own, is_broken, at, actor."""
    last = {
        row["kind"]: row
        for row in rows(
            db,
            """
            SELECT message_text.*, audit.at, audit.actor
            FROM message_text
            JOIN audit ON audit.id = (
                SELECT MAX(id) FROM audit WHERE subject = 'message_text' AND subject_id = message_text.id
            )
            """,
        )
    }
    return [_state(kind, last.get(kind)) for kind in KINDS]


def _state(kind: str, row: Row | None) -> Row:
    is_own = row is not None and row["body_zh"] != ""
    return {
        "kind": kind,
        "version": row["version"] if row else 0,
        "is_own": is_own,
        "is_broken": is_own and row is not None and bool(_problems(kind, row)),
        "at": row["at"] if row else None,
        "actor": row["actor"] if row else "",
    }


def broken(db: Database) -> list[Row]:
    """The texts that cannot be used, for which the built-in ones are sent: kind, version."""
    return [{"kind": row["kind"], "version": row["version"]} for row in kinds(db) if row["is_broken"]]


def text(db: Database, kind: str) -> Row:
    """What a kind says now: its four parts, version, is_own. NotFound."""
    if kind not in KINDS:
        raise NotFound("not_found")
    row = one(db, "SELECT * FROM message_text WHERE kind = :kind", kind=kind)
    is_own = row is not None and row["body_zh"] != ""
    parts = {name: row[name] for name in PARTS} if row and is_own else _built_in(kind)
    return {**parts, "kind": kind, "version": row["version"] if row else 0, "is_own": is_own}


def set_text(db: Database, kind: str, wanted: Mapping[str, str], *, version: int, by: Actor, now: datetime) -> None:
    """Let a kind of message say this from now on, in both languages.

    Invalid: every part that is missing, too long, or has a gap that there is not, with its line. Conflict: somebody
    else has changed it since `version`. NotAllowed: texts are everybody's, so who does not administer all may not.
    """
    given = {name: wanted[name].replace("\r\n", "\n").replace("\r", "\n").strip() for name in PARTS}
    with write(db):
        before = _for_change(db, kind, version, by, now)
        check(kind, given)
        _store(db, kind, given, "set_text", before, by=by, now=now)


def reset(db: Database, kind: str, *, version: int, by: Actor, now: datetime) -> None:
    """Go back to the built-in text. Refused as `set_text` is."""
    with write(db):
        before = _for_change(db, kind, version, by, now)
        if before["is_own"]:
            _store(db, kind, dict.fromkeys(PARTS, ""), "reset_text", before, by=by, now=now)


def _for_change(db: Database, kind: str, version: int, by: Actor, now: datetime) -> Row:
    before = text(db, kind)
    accounts.require_all(db, by, now=now)
    if before["version"] != version:
        row = one(db, "SELECT id FROM message_text WHERE kind = :kind", kind=kind)
        raise stale(db, audit.history(db, "message_text", row["id"], limit=1) if row else [])
    return before


def _store(
    db: Database, kind: str, parts: Mapping[str, str], act: str, before: Row, *, by: Actor, now: datetime
) -> None:
    row = one(db, "SELECT id, version FROM message_text WHERE kind = :kind", kind=kind)
    if row is None:
        text_id = insert(db, "message_text", kind=kind, **parts)
    else:
        text_id = row["id"]
        update(db, "message_text", text_id, version=row["version"] + 1, **parts)
    changed = {name: [before[name], parts[name]] for name in PARTS if before[name] != parts[name]}
    audit.record(db, act, "message_text", text_id, by=by, now=now, kind=kind, changed=changed)


def _built_in(kind: str) -> dict[str, str]:
    return {
        "subject_zh": TEXTS[kind].zh[0],
        "body_zh": TEXTS[kind].zh[1],
        "subject_en": TEXTS[kind].en[0],
        "body_en": TEXTS[kind].en[1],
    }


def _problems(kind: str, parts: Mapping[str, str]) -> list[Problem]:
    """What is wrong with a text's four parts."""
    found: list[Problem] = []
    for name in PARTS:
        lines = name.startswith("body")
        held = fields.text(name, parts[name], most=BODY_MOST if lines else SUBJECT_MOST, required=True, lines=lines)
        held = held or faults(name, parts[name], TEXTS[kind].gaps)
        if lines and not held:
            held = _missing(kind, name, parts[name])
        found += held
    return found


def _missing(kind: str, field: str, body: str) -> list[Problem]:
    lacking = (gap for gap in TEXTS[kind].needs if gap not in names_in(body))
    return [Problem("gap_is_missing", field, facts={"gap": gap}) for gap in lacking]
