"""Who may sign in, as what, over which part of the tree."""

from scheduler.accounts.access import UNIT_OF, Role, actor, grant, grants, may, require, revoke, tops, unit_of
from scheduler.accounts.sessions import (
    LINK_LASTS,
    SESSION_LASTS,
    is_current,
    is_demo,
    is_to_prolong,
    link_owner,
    make_link,
    prolong,
    prune,
    sign_in,
    sign_out,
    signed_in,
    speak,
)

__all__ = [
    "LINK_LASTS",
    "SESSION_LASTS",
    "UNIT_OF",
    "Role",
    "actor",
    "grant",
    "grants",
    "is_current",
    "is_demo",
    "is_to_prolong",
    "link_owner",
    "make_link",
    "may",
    "prolong",
    "prune",
    "require",
    "revoke",
    "sign_in",
    "sign_out",
    "signed_in",
    "speak",
    "tops",
    "unit_of",
]
