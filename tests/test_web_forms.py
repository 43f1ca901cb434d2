"""Every form on every page, posted as its page offers it; then with an id of others in a field, then with more fields.

What a coordinator or an administrator cannot choose on the page they cannot send either: refused, and nothing written.
"""

from __future__ import annotations

import re
from datetime import date

import pytest

from scheduler import places
from scheduler.audit import SYSTEM
from scheduler.database import one, value
from tests import builders, matrix, page_forms
from tests.test_matrix import NOW, _browser, address, routes, world, written  # noqa: F401 - `world` is a fixture

# What a form needs beside what its page offers: without it its post is refused whatever the ids in it say.
NEEDS = {
    "access.grant": {"staff_no": "0006"},
    "attendance.confirm": {"reason-4": "病假"},
    "leave.ask": {"ends": "2026-03-10"},
    "openings.call_up": {"day": "2026-03-09", "starts": "20:00", "ends": "21:00"},
    "people.add_away": {"ends": "2026-03-10"},
    "rules.save": {"rest": "block"},
}
# Refused or without effect even so: no file, no host, no password, no draft, what is over; none takes an id but those
# below `NESTED`, whose ids are tried all the same.
REFUSED = {
    "boards.drop", "channels.add", "imports.hand_in", "leave.approve", "messages.save", "own_account.set_password",
    "paper.check_or_store", "shifts.add", "swap_desk.answer",
}  # fmt: skip
OFFERED = {
    ("wishes.add_for", "place_id"),
    ("wishes.add_mine", "place_id"),
}  # a whole organisation's places are on offer
MORE = {
    "id": "1", "role": "administrator", "access": "administrator", "is_active": "1", "is_administrator": "1",
    "key": "x", "password": "correct horse battery", "granted_by": "x", "state": "published", "left_on": "2026-01-01",
    "closed_on": "2026-01-01", "made_by": "1", "fixed": "1", "trips": "9", "by": "1", "now": "2020-01-01",
}  # fmt: skip
SECRET = re.compile(r"hash|token|key|message_id|facts|_at$|^at$|secret|body|version")


@pytest.fixture(scope="module")
def foreign(world):  # noqa: F811
    """By the name of a field: the same kind of thing, of the neighbour's."""
    db = world.db
    unit = value(db, "SELECT id FROM unit WHERE name = '平昌县公司'")
    person = builders.person(db, NOW, unit, "F001", "外人")
    place = places.add(db, name="外地", kind="community", unit_id=unit, by=SYSTEM, now=NOW)
    template = builders.template(db, NOW, unit, [place], headcount=2)
    there = builders.Town(unit, unit, place, place, *[person] * 6, template, template)
    shift = builders.shift(db, there, date(2026, 3, 10), [person])
    assignment = builders.assigned(db, shift, person)
    db.conn.backup(world.kept.conn)
    return {
        **dict.fromkeys(("unit_id", "own_unit_id", "unit", "units", "parent_id"), str(unit)),
        **dict.fromkeys(("person_id", "follow_up_id", "receivers"), str(person)),
        **dict.fromkeys(("staff_no", "responsible_id"), "F001"),
        **dict.fromkeys(("place_id", "place", "places"), str(place)),
        **dict.fromkeys(("source", "target", "slot"), f"{shift}-1"),
        **dict.fromkeys(("absent", "instead_of"), str(assignment)),
        "shift_id": str(shift),
    }


@pytest.fixture(scope="module")
def sweep(world, foreign):  # noqa: F811
    """Endpoint and field names → the form, filled."""
    browser, found = _browser(world, "administrator"), {}
    coming = one(
        world.db, "SELECT id, roster_id FROM shift WHERE day = '2026-03-09' AND place_id <> :id", id=foreign["place"]
    )
    roster = f"/rosters/{coming['roster_id']}"
    board = f"{roster}?slot={coming['id']}"
    pages = [
        address(world, route)
        for (verb, rule), route in routes(world.app).items()
        if verb == "GET" and matrix.expected(matrix.rows()[verb, rule])["administrator"] == "in"
    ]
    urls = world.app.url_map.bind("")
    for path in [f"{roster}/call-up", f"{board}-1", f"{board}-1&tab=all", f"{board}-3", *pages]:
        page = browser.get(path)
        if page.status_code == 200 and page.mimetype == "text/html":
            for form in page_forms.forms(page.text, path):
                endpoint, _ = urls.match(form.action.split("?")[0], method="POST")
                needed = NEEDS.get(endpoint, {})
                form.values = [pair for pair in form.values if pair[0] not in needed] + list(needed.items())
                found.setdefault((endpoint, tuple(sorted(form.names()))), form)
    return {key: form for key, form in found.items() if key[0] != "signin.leave"}


def test_a_form_is_accepted_as_its_page_offers_it(world, sweep):  # noqa: F811
    browser = _browser(world, "administrator")

    without_effect = {endpoint for (endpoint, _), form in sweep.items() if not _posted(world, browser, form)[1]}

    assert without_effect - REFUSED == set()
    assert len(sweep) > 60


def test_an_id_of_the_neighbours_in_any_field_is_refused_and_nothing_is_written(world, sweep, foreign):  # noqa: F811
    browser, taken, tried = _browser(world, "administrator"), {}, 0
    for (endpoint, _), form in sweep.items():
        for name in sorted(form.names() & set(foreign)):
            if foreign[name] in form.offers.get(name, ()):
                taken[endpoint, name] = "offered"
                continue
            status, has_written = _posted(world, browser, form, **{name: foreign[name]})
            tried += 1
            if has_written or status not in (403, 404, 409, 422):
                taken[endpoint, name] = f"{status}, {'written' if has_written else 'not written'}"

    assert taken == dict.fromkeys(OFFERED, "offered")
    assert tried > 35


def test_every_field_that_holds_an_id_is_swept(sweep, foreign):
    held = {name for form in sweep.values() for name in form.names() if name.endswith(("_id", "_ids", "staff_no"))}

    assert held - set(foreign) == {"activity_id"}  # the same for everybody


def test_fields_that_a_form_does_not_have_change_nothing(world, sweep, foreign):  # noqa: F811
    browser, changed = _browser(world, "administrator"), {}
    for (endpoint, _), form in sweep.items():
        more = {name: held for name, held in (MORE | foreign).items() if name not in form.names()}
        plain, full = (_left(world, browser, form, extra) for extra in ({}, more))
        if full and full != plain:  # nothing is left of what is refused
            changed[endpoint] = sorted(set(plain) ^ set(full), key=str)[:2]

    assert changed == {}


def _posted(world, browser, form, **other):  # noqa: F811
    """The answer, and whether anything was written; the database is as before afterwards."""
    before = written(world.db)
    answered = browser.post(form.action, data=form.sent(**other))
    has_written = written(world.db) != before
    if has_written:
        world.kept.conn.backup(world.db.conn)
    return answered.status_code, has_written


def _left(world, browser, form, more):  # noqa: F811
    """What stands in the database after a post that writes: rows by table, without secrets and moments."""
    before = written(world.db)
    browser.post(form.action, data=form.sent(**more))
    if written(world.db) == before:
        return frozenset()
    held = set()
    for table in world.db.table_names():
        cursor = world.db.conn.execute(f"SELECT * FROM [{table}]")
        shown = [at for at, column in enumerate(cursor.description) if not SECRET.search(column[0])]
        held |= {(table, *(row[at] for at in shown)) for row in cursor}
    world.kept.conn.backup(world.db.conn)
    return frozenset(held)
