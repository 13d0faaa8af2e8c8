"""Second by second: who is seen, what that says of each, and the calls that come of it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence

from miseban.space.help.aids import Aids
from miseban.space.help.bodies import Body
from miseban.space.help.calls import Calls
from miseban.space.help.children import Children
from miseban.space.help.counters import Counters
from miseban.space.help.free import FreeFloor
from miseban.space.help.lying import Lying
from miseban.space.help.people import Glimpse, People
from miseban.space.help.searching import Searches
from miseban.space.help.seated import Seated
from miseban.space.help.settings import WAITS, HelpSettings
from miseban.space.help.shapes import eyes_of
from miseban.space.help.signs import KnowsObjects, Sign
from miseban.space.help.usual import Usual
from miseban.space.layout import Layout
from miseban.vocabulary.events import Event
from miseban.vocabulary.shop import Shop

Opens = Callable[[HelpSettings], Calls]
REMEMBERED_S = 30.0
"""So long after it was last known is a track still held for the same person's."""


class HelpWatch:
    """Everything about help on one ground: the floor of several cameras, or one camera's; places
    are in metres if ``on_floor``. Where the visits are in pieces it ``follows`` people from one to
    the next.

    The same seconds give the same calls. Of who is gone everything is forgotten within ten minutes.
    """

    def __init__(
        self,
        shop: Shop,
        opens: Opens,
        *,
        on_floor: bool = True,
        follows: bool = True,
        objects: KnowsObjects | None = None,
        settings: HelpSettings | None = None,
    ) -> None:
        assert shop.help is not None  # noqa: S101 - who opens this has looked
        s, waits = settings or HelpSettings(), WAITS[shop.help.sensitivity]
        self.on_floor = on_floor
        self._calls = opens(s)
        layout = Layout(shop)

        def at_door(xy: tuple[float, float]) -> bool:
            return on_floor and layout.near_door(xy, s.door_m)

        usual = Usual()
        eyes = eyes_of(shop) if on_floor else None
        self._people = People(s, usual, at_door, eyes, follows=follows)
        widths = {camera.id: camera.width for camera in shop.cameras}
        if on_floor:
            has_room, sits = FreeFloor(shop).has_room, Seated(shop).misfit
            self._lying = Lying(s, waits, usual, widths=widths, has_room=has_room, sits=sits)
        else:
            self._lying = Lying(s, waits, usual, on_floor=False)
        self._aids = Aids(s, waits, objects)
        self._searches = Searches(s, waits)
        self._children = Children(s, waits)
        self._counters = Counters(shop, s, waits)
        self._owners: dict[tuple[str, int], tuple[Hashable, float]] = {}

    def second(
        self, now_s: float, seen: Mapping[Hashable, Glimpse], strays: Sequence[Body]
    ) -> list[Event]:
        """The second that begins at ``now_s``: ``seen`` by visit, and ``strays``, bodies of which
        nobody knows now whose they are. Returns the calls that begin and end."""
        people = self._people
        for gone in people.take(now_s, seen):
            for one in (self._aids, self._searches, self._children):
                one.forget(gone)
        sights = []
        for visit, glimpse in seen.items():
            person = people.by_visit(visit)
            for body in glimpse.bodies:
                self._owners[body.camera, body.track] = visit, now_s
                sights.append((body, person))
        for body in strays:
            owner = self._owners.get((body.camera, body.track))
            sights.append((body, people.by_visit(owner[0]) if owner is not None else None))
            if owner is not None:
                self._owners[body.camera, body.track] = owner[0], now_s
        old = [k for k, (_, at_s) in self._owners.items() if at_s < now_s - REMEMBERED_S]
        for key in old:
            del self._owners[key]
        signs: list[Sign] = list(self._lying.look(now_s, sights, people.all()))
        if self.on_floor:
            here = [person for person in people.here(now_s) if not person.outside]
            bodies = {
                person.key: tuple(seen[visit].bodies)
                for visit in seen
                if (person := people.by_visit(visit)) is not None
            }
            signs += self._aids.look(now_s, [(p, bodies[p.key]) for p in here])
            signs += self._searches.look(here)
            signs += self._children.look(now_s, people.all())
            signs += self._counters.look(now_s, here, [body.xy for body in strays])
        return self._calls.take(now_s, signs)

    def finish(self, end_s: float) -> list[Event]:
        """The session ended at ``end_s``."""
        return self._calls.finish(end_s)
