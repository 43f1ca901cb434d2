"""The signed link: which duties of whom, and as what they were told. It holds no secret and opens nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from itsdangerous import BadData, URLSafeSerializer

from scheduler import clock
from scheduler.errors import NotFound

SALT = "acknowledge a duty"  # no other signature of the installation's key is good here, nor this one elsewhere
MOST_DUTIES = 60  # in one link: a longer address would be cut by mail programs; the first ones are named
LONGEST = 3800  # a web server refuses longer request lines
EPOCH = clock.from_text("1970-01-01T00:00:00Z")


@dataclass(frozen=True, slots=True, order=True)
class Told:
    """A duty as somebody was told of it: instants as text."""

    starts_at: str
    ends_at: str
    place_id: int
    assignment_id: int

    @property
    def revision(self) -> str:
        """As the schema's view `duty_revision` writes it."""
        return f"{self.starts_at}/{self.ends_at}/{self.place_id}"


def token(secret_key: str, person_id: int, told: Iterable[Told]) -> str:
    """What a link holds; the same for the same duties, in whatever order."""
    return _signing(secret_key).dumps([person_id, [_packed(duty) for duty in sorted(told)[:MOST_DUTIES]]])


def read(text: str, *, secret_key: str) -> tuple[int, list[Told]]:
    """Whose link it is, and the duties. NotFound where it was not made here."""
    try:
        person_id, held = _signing(secret_key).loads(text[:LONGEST])
        return int(person_id), [_unpacked(*duty) for duty in held]
    except (BadData, ValueError, TypeError):
        raise NotFound("answer_link_unknown") from None


def address(base_url: str, text: str) -> str:
    """Where the link leads."""
    return f"{base_url.rstrip('/')}/answer/{text}"


def _signing(secret_key: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key, salt=SALT, signer_kwargs={"digest_method": hashlib.sha256})


def _packed(duty: Told) -> list[int]:
    starts, ends = clock.from_text(duty.starts_at), clock.from_text(duty.ends_at)
    return [
        duty.assignment_id,
        int((starts - EPOCH).total_seconds()),
        int((ends - starts).total_seconds()),
        duty.place_id,
    ]


def _unpacked(assignment_id: int, starts: int, seconds: int, place_id: int) -> Told:
    at = EPOCH + timedelta(seconds=starts)
    return Told(clock.to_text(at), clock.to_text(at + timedelta(seconds=seconds)), place_id, assignment_id)
