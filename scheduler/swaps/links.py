"""The signed link of one question: it shows the case and takes the answer, and opens nothing else."""

from __future__ import annotations

import hashlib

from itsdangerous import BadData, URLSafeSerializer

from scheduler.errors import NotFound

SALT = "answer a swap"  # no other signature of the installation's key is good here, nor this one elsewhere
LONGEST = 200


def link(base_url: str, secret_key: str, offer_id: int) -> str:
    """Where somebody answers what they are asked, without signing in."""
    return f"{base_url.rstrip('/')}/swap/{_signing(secret_key).dumps(offer_id)}"


def offer_of(text: str, *, secret_key: str) -> int:
    """Which question a link is about. NotFound where it was not made here."""
    try:
        return int(_signing(secret_key).loads(text[:LONGEST]))
    except (BadData, ValueError, TypeError):
        raise NotFound("not_found") from None


def _signing(secret_key: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key, salt=SALT, signer_kwargs={"digest_method": hashlib.sha256})
