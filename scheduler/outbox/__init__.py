"""Messages waiting to leave: queue once, claim one, send, retry or give up."""

from scheduler.outbox.overview import backlog, counts, failures, give_up, messages, retry
from scheduler.outbox.pausing import may_pause, pause, paused, resume
from scheduler.outbox.reasons import reasons, retry_all
from scheduler.outbox.sending import (
    LEASE,
    Outcome,
    Post,
    Sent,
    claim,
    expire,
    prune,
    queue,
    send_due,
    settle,
    wait,
    withdraw,
)

__all__ = [
    "LEASE",
    "Outcome",
    "Post",
    "Sent",
    "backlog",
    "claim",
    "counts",
    "expire",
    "failures",
    "give_up",
    "may_pause",
    "messages",
    "pause",
    "paused",
    "prune",
    "queue",
    "reasons",
    "resume",
    "retry",
    "retry_all",
    "send_due",
    "settle",
    "wait",
    "withdraw",
]
