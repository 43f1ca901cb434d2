"""Acts that need a second administrator where the organisation says so: asked for, then done or refused."""

from scheduler.approvals.codes import carry_over, make_code, may_make_code, policy_units, restore_approver
from scheduler.approvals.deciding import approve, ask, refuse, withdraw
from scheduler.approvals.reading import counts_for, listed, open_for, organisations
from scheduler.approvals.switching import turn_off, turn_on

__all__ = [
    "approve",
    "ask",
    "carry_over",
    "counts_for",
    "listed",
    "make_code",
    "may_make_code",
    "open_for",
    "organisations",
    "policy_units",
    "refuse",
    "restore_approver",
    "turn_off",
    "turn_on",
    "withdraw",
]
