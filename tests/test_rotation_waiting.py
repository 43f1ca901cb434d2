"""A long computation ends for whoever waits as soon as they wait no more."""

from threading import Event

import pytest

from scheduler.rotation import Budget, breaches, indexed, solve
from scheduler.rotation.compiled import compiled
from scheduler.rotation.costs import objective
from scheduler.rotation.flow import relaxed
from scheduler.rotation.proof import Proof, prove_while_short
from scheduler.rotation.standing import Standing
from scheduler.rotation.waiting import Abandoned, awaited
from tests.rotation_instances import random_town


def test_the_result_comes_back_where_nobody_cancels():
    assert awaited(lambda: 7, None) == 7
    assert awaited(lambda: 7, lambda: False) == 7


def test_a_wait_that_is_cancelled_ends_at_once_though_the_work_goes_on():
    done = Event()

    with pytest.raises(Abandoned):
        awaited(lambda: done.wait(30), lambda: True)

    done.set()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_goes_wrong_in_the_work_goes_wrong_for_whoever_waits():
    with pytest.raises(ZeroDivisionError):
        awaited(lambda: 1 / 0, lambda: False)


@pytest.mark.parametrize("asked", range(12))
def test_a_proof_that_is_cancelled_at_any_question_gives_the_best_so_far(asked):
    town, count = random_town(11, staff=14, duties=60), iter(range(10_000))

    proposal = solve(town, budget=Budget(prove=True), cancelled=lambda: next(count) >= asked)

    assert [breach for breach in breaches(town, proposal.seats) if breach.hard] == []
    assert proposal.bound - 0.005 <= solve(town, budget=Budget(prove=True)).objective <= proposal.objective + 0.005


def proof_of(town):
    """A proof that starts from a roster in which nobody stands; the seats that the flow leaves empty."""
    model = compiled(indexed(town))
    start, state = relaxed(model, keep_network=True), Standing(model)
    price = objective(model.index, state.seats())
    least = int(model.open_seats.sum()) - len(start.slots)
    return Proof(state, start.network, price, start.bound, lambda *_: None, None), least


def test_seats_that_exchanges_leave_empty_are_filled_by_an_exact_program():
    proof, least = proof_of(random_town(1, staff=12, days=9, duties=30))

    prove_while_short(proof, Budget(), least, lambda: False)

    assert proof.state.empty() == least < len(proof.model.index.slots)


def test_it_looks_no_further_than_the_seats_that_can_be_filled():
    proof, _ = proof_of(random_town(1, staff=12, days=9, duties=30))
    before = proof.state.empty()

    prove_while_short(proof, Budget(), before, lambda: False)

    assert proof.state.empty() == before
