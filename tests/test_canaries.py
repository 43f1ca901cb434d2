"""The listener that fails a test whose logs tell of people or secrets, shown what it has to hear."""

from __future__ import annotations

import logging
import secrets

import pytest

from scheduler import accounts
from scheduler.audit import SYSTEM
from tests.canaries import CANARIES

LOG = logging.getLogger("scheduler.tried")


@pytest.fixture
def sung():
    """What was heard, taken out again: these tests sing on purpose."""
    before = len(CANARIES.sung)
    yield lambda: CANARIES.sung[before:]
    del CANARIES.sung[before:]


def test_a_name_an_address_and_a_secret_are_heard_at_info(sung, db, town, now):
    LOG.info("seated %s", "兰草")
    LOG.warning("sent to l1@branch.example")
    LOG.error("no such token: /signin/%s", accounts.make_link(db, town.lan, by=SYSTEM, now=now))
    try:
        raise ValueError(secrets.token_urlsafe(24))
    except ValueError:
        LOG.exception("broke")

    assert len(sung()) == 4
    assert all(line.startswith("scheduler.tried: ") for line in sung())


def test_what_tells_of_nobody_is_not_heard(sung):
    LOG.info("3 sent, 1 failed: connection refused")
    LOG.debug("兰草")

    assert sung() == []


def test_a_page_that_breaks_tells_of_nobody(sung, client, db, town, now, monkeypatch):
    token = accounts.make_link(db, town.lan, by=SYSTEM, now=now)
    monkeypatch.setattr("web.views.signin.accounts.link_owner", lambda *_, **__: int("兰草"))

    assert client.get(f"/signin/{token}").status_code == 500
    assert sung() == []
