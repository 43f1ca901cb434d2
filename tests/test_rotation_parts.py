"""The engine's parts by themselves: blocks in time, windows, and the bounds that a proof rests on."""

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.rotation import Budget, Place, indexed, solve
from scheduler.rotation.blocks import day_blocks, maximal_blocks
from scheduler.rotation.compiled import compiled
from scheduler.rotation.costs import objective
from scheduler.rotation.duals import reduced_costs
from scheduler.rotation.engine import repaired
from scheduler.rotation.flow import relaxed
from scheduler.rotation.proof import Proof
from scheduler.rotation.windows import windows
from tests.rotation_exact import best_price
from tests.rotation_instances import duty, person, problem, random_town

few = settings(max_examples=40, deadline=None, derandomize=True)
towns = st.builds(random_town, st.integers(0, 10**9), rest=st.sampled_from([0, 600, 840]))


def clash(one, two, rest):
    return one.start < two.end + rest and two.start < one.end + rest


def names(town, blocks):
    slots = indexed(town).slots
    return [[slots[at].duty for at in block] for block in blocks]


def test_a_block_is_a_day_or_an_evening_with_the_next_morning():
    town = problem(
        [duty("AM", 0, "08:30", "12:00"), duty("EVE", 0, "18:30", "20:30"), duty("AM2", 1, "08:30", "12:00")],
        [person()],
    )

    assert names(town, maximal_blocks(indexed(town).slots, 840)) == [["AM", "EVE"], ["EVE", "AM2"]]
    assert names(town, day_blocks(indexed(town).slots, 840)) == [["AM", "EVE"], ["AM2"]]


def test_a_day_block_ends_with_its_week():
    town = problem([duty("SUN", 6, "22:00", "23:30"), duty("MON", 7, "08:00", "09:00")], [person()])

    assert names(town, day_blocks(indexed(town).slots, 840)) == [["SUN"], ["MON"]]


@few
@given(towns)
def test_two_slots_clash_exactly_if_some_maximal_block_holds_both(town):
    slots, rest = indexed(town).slots, town.min_rest_minutes

    blocks = [set(block) for block in maximal_blocks(slots, rest)]

    for one in slots:
        for two in slots:
            assert any({one.at, two.at} <= block for block in blocks) == clash(one, two, rest)


@few
@given(towns)
def test_day_blocks_hold_each_slot_once_and_only_such_as_clash(town):
    slots, rest = indexed(town).slots, town.min_rest_minutes

    blocks = day_blocks(slots, rest)

    assert sorted(at for block in blocks for at in block) == [slot.at for slot in slots]
    assert all(clash(slots[one], slots[two], rest) for block in blocks for one in block for two in block)


def test_windows_overlap_by_half_and_keep_to_a_region():
    places = (Place("P1", region="north"), Place("P2", region="south"))
    duties = [duty(f"N{day}", day) for day in range(6)] + [duty("S0", 0, place="P2")]
    index = indexed(problem(duties, [person()], places=places))

    found = [[index.slots[at].duty for at in part] for part in windows(index, range(7), size=4)]

    assert found == [["N0", "N1", "N2", "N3"], ["N2", "N3", "N4", "N5"], ["S0"]]


@few
@given(towns)
def test_no_arc_of_the_cheapest_flow_could_be_better_used(town):
    network = relaxed(compiled(indexed(town)), keep_network=True).network
    if network is None:
        return

    reduced, (_, _, rooms, _, flows) = reduced_costs(network.arcs), network.arcs

    assert (reduced[flows < rooms] >= 0).all()
    assert (reduced[flows > 0] <= 0).all()


@few
@given(towns)
def test_the_linear_program_raises_the_bound_but_never_above_the_best_price(town):
    model = compiled(indexed(town))
    start = relaxed(model, keep_network=True)
    if start.network is None:
        return
    state = repaired(model, start)
    proof = Proof(state, start.network, objective(model.index, state.seats()), start.bound, lambda *_: None, None)

    proof.sharpen(40)

    assert start.bound <= proof.bound <= best_price(town) + 0.005


@few
@given(towns)
def test_a_proof_ends_at_the_best_price(town):
    proposal = solve(town, budget=Budget(sweeps=0, chain_rounds=0, prove=True))

    assert proposal.proven
    assert abs(proposal.objective - best_price(town)) < 0.005
