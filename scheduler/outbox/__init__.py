"""Messages waiting to leave: queue once, claim one, send, retry or give up."""

from scheduler.outbox.overview import backlog, counts, failures, give_up, messages, retry
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
    "messages",
    "prune",
    "queue",
    "retry",
    "send_due",
    "settle",
    "wait",
    "withdraw",
]
