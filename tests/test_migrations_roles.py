"""Grants of before they had days: they count on, and from then on nothing of them is lost."""

from scheduler import accounts, migrations
from scheduler.audit import SYSTEM
from scheduler.database import rows
from tests import builders
from tests.test_migrations import empty

__all__ = ["empty"]


def test_a_grant_of_before_counts_on_without_an_end(empty, now):
    following = [found.name for found in migrations.STEPS._migrations]
    migrations.STEPS.apply(empty, stop_before=following[following.index("roles") :])
    unit_id = builders.unit(empty, now)
    person_id = builders.person(empty, now, unit_id, "0001", "何远山")
    empty.conn.execute(
        "INSERT INTO access (id, person_id, role, unit_id) VALUES (7, ?, 'administrator', ?)", [person_id, unit_id]
    )
    empty.conn.commit()

    migrations.STEPS.apply(empty)

    assert rows(empty, "SELECT id, role, starts_on, ends_on, ended_at FROM access") == [
        {"id": 7, "role": "administrator", "starts_on": "2000-01-01", "ends_on": None, "ended_at": None}
    ]
    actor = accounts.actor(empty, person_id)
    assert accounts.may(empty, actor, "administrator", unit_id, now=now)
    assert accounts.grant(empty, person_id, "administrator", unit_id, by=SYSTEM, now=now) == 7
