"""Staff who fill the shelves: from the back room, piece by piece."""

from __future__ import annotations

from functools import partial

import shapely
from shapely import Point

from miseban.sim.scenario import Staff
from miseban.sim.world.crew import Crew, Worker
from miseban.sim.world.floorplan import Spot
from miseban.sim.world.goods import Goods
from miseban.sim.world.hands import LOW_M
from miseban.sim.world.places import NEAR_ZONE_M
from miseban.sim.world.trails import Act
from miseban.sim.world.world import RETRY_S, World

PIECE_S = 1.5, 3.0  # to put one piece on the shelf
FETCH_S = 15.0, 40.0  # in the back room
LOAD = 24  # pieces carried at a time
FACINGS = 4  # ... for so many facings
_HEARS_S = 2.0, 10.0  # until somebody goes who was told of an empty facing


class Restocking:
    """Whoever is on a round looks after the facings in his or her zones."""

    def __init__(self, world: World, crew: Crew) -> None:
        self._world, self._crew = world, crew
        self._goods: Goods = world.goods
        self._mine = {staff.id: self._looked_after(staff) for staff in world.scenario.staff}
        crew.restock = self.begin
        self._goods.on_told = self._told

    def _looked_after(self, staff: Staff) -> set[str]:
        """The facings that people reach for in or near the zones of ``staff``."""
        plan = self._world.plan
        zones = shapely.union_all([plan.zone_polygon(zone) for zone in staff.zones])
        return {
            key
            for key, place in self._goods.places.items()
            if any(Point(plan.centre(s.cell)).distance(zones) <= NEAR_ZONE_M for s in place.spots)
        }

    def begin(self, worker: Worker, now_s: float) -> bool:
        """Sends ``worker`` to fill a shelf; False when there is nothing to fill."""
        worker.claims = set(worker.hands)
        if worker.hands:
            self._to_shelf(worker, now_s)
            return True
        others = {key for w in self._crew.workers for key in w.claims}
        mine = self._mine[worker.staff.id]
        wanted = [key for key in self._goods.to_fill() if key in mine and key not in others]
        spot = self._back_room(worker) if wanted else None
        if spot is None:
            return False
        wanted = wanted[:FACINGS]
        worker.claims = set(wanted)
        there_s = self._crew.go(worker, spot, now_s) + worker.group.rng.uniform(*FETCH_S)
        self._crew.plan(worker, there_s, partial(self._fetch, wanted))
        return True

    def _told(self, key: str, now_s: float) -> None:
        """A facing is empty: the nearest of those who look after it breaks off the round."""
        if not self._goods.back_room(key):
            return
        near = self._goods.places[key].front[:2]
        for worker in self._crew.nearest(near, now_s, "round"):
            if key in self._mine[worker.staff.id]:
                self._crew.plan(worker, now_s + worker.group.rng.uniform(*_HEARS_S), self._go)
                return

    def _go(self, worker: Worker, now_s: float) -> None:
        if worker.task == "round":
            self._crew.call(worker, "round", now_s, self._crew.work)

    def _back_room(self, worker: Worker) -> Spot | None:
        """Where ``worker`` fetches goods; none while all places there are taken."""
        world, staff = self._world, worker.staff
        cell = world.plan.back_rooms.get(staff.id)
        if cell is None:
            free = self._crew.free(staff.zones[:1])
            return worker.group.rng.choice(free) if free else None
        spot = world.plan.spot(cell)
        return spot if self._is_open(worker, spot) else None

    def _is_open(self, worker: Worker, spot: Spot) -> bool:
        return spot.cell == worker.person.cell or self._world.walking.is_free(spot)

    def _fetch(self, wanted: list[str], worker: Worker, now_s: float) -> None:
        """The pieces go from the back room into the worker's hands."""
        left = LOAD
        for key in wanted:
            count = self._goods.fetch(key, min(self._goods.room(key), left), now_s)
            if count:
                worker.hands[key] = count
                left -= count
        worker.person.trail.hold(now_s, LOAD - left)
        worker.claims = set(worker.hands)
        self._to_shelf(worker, now_s)

    def _to_shelf(self, worker: Worker, now_s: float) -> None:
        """To the first facing for which there are pieces and room to stand; then on."""
        if not worker.hands:
            self._crew.work(worker, now_s)
            return
        for key in worker.hands:
            for spot in self._goods.places[key].spots:
                if self._is_open(worker, spot):
                    arrived_s = self._crew.go(worker, spot, now_s)
                    self._crew.plan(worker, arrived_s, partial(self._put, key))
                    return
        self._crew.plan(worker, now_s + RETRY_S, self._to_shelf)

    def _put(self, key: str, worker: Worker, now_s: float) -> None:
        """The next piece goes to the shelf; what has no room there goes back."""
        count, place = worker.hands.get(key, 0), self._goods.places[key]
        if count and self._goods.pieces(key) < place.capacity:
            end_s = now_s + worker.group.rng.uniform(*PIECE_S)
            low = place.front[2] < LOW_M
            act = Act(now_s, end_s, "crouch") if low else Act(now_s, end_s, "reach", place.front)
            worker.person.trail.acts.append(act)
            self._crew.plan(worker, end_s, partial(self._placed, key))
        else:
            self._hand_over(key, count, worker, now_s)
            worker.claims.discard(key)
            self._to_shelf(worker, now_s)

    def _placed(self, key: str, worker: Worker, now_s: float) -> None:
        self._hand_over(key, 1, worker, now_s)
        self._put(key, worker, now_s)

    def _hand_over(self, key: str, pieces: int, worker: Worker, now_s: float) -> None:
        if pieces:
            self._goods.refill(key, pieces, worker.person, now_s)
            worker.person.trail.hold(now_s, -pieces)
            worker.hands[key] -= pieces
        if not worker.hands.get(key, 1):
            del worker.hands[key]
