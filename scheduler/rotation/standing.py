"""A roster in the making: who stands what, and what each person has left."""

from collections.abc import Iterable

import numpy as np

from scheduler.rotation.arcs import Ints
from scheduler.rotation.compiled import Compiled
from scheduler.rotation.problem import Seat


class Standing:
    """Seats beyond the fixed ones, with the sums that prices and caps depend on.

    It checks nothing: whoever puts a person somewhere has made sure that no rule breaks,
    with `may_stand` or with the tables of `exchange`.
    """

    def __init__(self, model: Compiled) -> None:
        people, weeks = model.week_room.shape
        self.model = model
        self.standing: list[set[int]] = [set() for _ in model.index.slots]  # by slot: people
        self.held: list[set[int]] = [set() for _ in range(people)]  # by person: slots
        self.longest = max((s.end - s.start for s in model.index.slots), default=0)
        self.trips = np.zeros(people, np.int64)
        self.week_trips = np.zeros((people, weeks), np.int64)
        self.visits = {kind: np.zeros((people, weeks), np.int64) for kind in model.visit_reward}

    def put(self, slot: int, person: int) -> None:
        """The person takes a seat of the slot."""
        self.standing[slot].add(person)
        self.held[person].add(slot)
        self._count(slot, person, 1)

    def take(self, slot: int, person: int) -> None:
        """The person gives up the seat."""
        self.standing[slot].remove(person)
        self.held[person].remove(slot)
        self._count(slot, person, -1)

    def replace(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Let these (slot, person) stand instead of all that do."""
        for person, held in enumerate(self.held):
            for slot in list(held):
                self.take(slot, person)
        for slot, person in pairs:
            self.put(slot, person)

    def missing(self, slot: int) -> int:
        """Seats of the slot that are still empty."""
        return int(self.model.open_seats[slot]) - len(self.standing[slot])

    def empty(self) -> int:
        """Seats that are still empty, of all slots."""
        return int(self.model.open_seats.sum()) - sum(map(len, self.standing))

    def may_stand(self, slot: int, person: int) -> bool:
        """Whether an eligible person may take the slot beside all that they hold."""
        index, model = self.model.index, self.model
        asked = index.slots[slot]
        if self.trips[person] >= model.period_room[person]:
            return False
        if self.week_trips[person, asked.week] >= model.week_room[person, asked.week]:
            return False
        rest = index.problem.min_rest_minutes
        return all(
            index.slots[other].end + rest <= asked.start or asked.end + rest <= index.slots[other].start
            for other in self.held[person]
        )

    def marginal(self, slot: int, people: Ints) -> Ints:
        """What one more trip to the slot adds for each of the people, travel and wishes aside."""
        model, asked = self.model, self.model.index.slots[slot]
        cost = model.first_trip[people] + self.trips[people] * model.trip_step
        table = model.visit_reward.get(asked.kind)
        if table is not None:
            done = self.visits[asked.kind][people, asked.week]
            deepest = table.shape[2]
            reward = table[people, asked.week, np.minimum(done, deepest - 1)]
            cost = cost - np.where(done < deepest, reward, 0)
        return cost

    def seats(self) -> tuple[Seat, ...]:
        """The whole roster, the fixed seats included, in order of time, duty and person."""
        index = self.model.index
        free = [
            Seat(slot.duty, slot.position, index.people[person].staff.id)
            for slot in index.slots
            for person in self.standing[slot.at]
        ]
        order = {(slot.duty, slot.position): slot.at for slot in index.slots}
        return tuple(
            sorted(
                (*self.model.fixed, *free),
                key=lambda seat: (order[seat.duty, seat.position], seat.staff),
            )
        )

    def _count(self, slot: int, person: int, change: int) -> None:
        asked = self.model.index.slots[slot]
        self.trips[person] += change
        self.week_trips[person, asked.week] += change
        if asked.kind in self.visits:
            self.visits[asked.kind][person, asked.week] += change
