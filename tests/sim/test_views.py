"""People in the picture of a camera whose place is known: where, and how much furniture hides."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from miseban.insight.queues import length_steps
from miseban.sim.faults import FaultSchedule
from miseban.sim.filming import FilmedCamera
from miseban.sim.scenario import Fixture
from miseban.sim.seen.tracks import sightings
from miseban.sim.seen.views import FlatView, PosedView, views_of
from miseban.sim.stage import Stage
from miseban.sim.truth.events import truth
from miseban.sim.truth.files import TracksFile
from miseban.sim.world.simulation import Simulation
from miseban.vocabulary.events import Event, LineCrossed, ZoneLeft
from miseban.vocabulary.shop import Shop, parse_shop
from miseban.vocabulary.shop.hiding import Hiding
from tests.sim import konbini
from tests.sim.apart import replay_apart

UPRIGHT = ("resolution = [640, 360]", 'anchor = "upright"\nresolution = [640, 360]')


def leaning() -> Shop:
    """The konbini, told that people lean in its cameras' pictures."""
    text = konbini.SHOP_FILE.read_text("utf-8")
    if "anchor" not in text:
        text = text.replace(*UPRIGHT)
    return parse_shop(text, "konbini.toml")


def fixture(height_m: float) -> Fixture:
    return Fixture(
        id="f", polygon=((2.0, 2.0), (4.0, 2.0), (4.0, 3.0), (2.0, 3.0)), height_m=height_m
    )


HIDDEN: dict[str, tuple[tuple[float, float, float], float, tuple[float, float], float]] = {
    # The lens is 3 m high and 5 m from whoever stands at y = 5; the fixture ends at y = 3.
    "just behind it": ((3.0, 0.0, 3.0), 1.5, (3.0, 3.0), 1.5),
    "behind it": ((3.0, 0.0, 3.0), 1.5, (3.0, 5.0), 3.0 - 1.5 / (3.0 / 5.0)),
    "far behind it": ((3.0, 0.0, 3.0), 1.5, (3.0, 6.0), 0.0),
    "before it": ((3.0, 0.0, 3.0), 1.5, (3.0, 1.5), 0.0),
    "beside it": ((3.0, 0.0, 3.0), 1.5, (7.0, 5.0), 0.0),
    "a lens above it": ((3.0, 2.5, 3.0), 1.5, (3.0, 3.1), 3.0 - 1.5 / (0.5 / 0.6)),
    "a lens as low as it is": ((3.0, 0.0, 1.5), 1.5, (3.0, 5.0), 1.5),
    "a lens below its top": ((3.0, 0.0, 1.0), 1.5, (3.0, 5.0), 1.0 + 0.5 / (2.0 / 5.0)),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_a_fixture_hides_people_up_to_a_height(name: str) -> None:
    eye, top_m, place, wanted = HIDDEN[name]
    hiding = Hiding(eye, [fixture(top_m)], 8.0, 8.0)
    steep = abs(3.0 - top_m) * 0.7 + 0.1  # how much a cell of the grid may be off
    assert float(hiding.height_m(np.array([place]))[0]) == pytest.approx(wanted, abs=steep * 0.25)


def test_what_is_hidden_is_what_the_renderer_hides() -> None:
    """Boxes and visibility beside those of drawn pictures, in forty moments of a noon."""
    pytest.importorskip("panda3d", reason="needs panda3d, the extra `sim`")
    shop = leaning()
    scenario = konbini.scenario(konbini.NOON)
    stage = Stage(shop, scenario)
    world = Simulation(shop, scenario, 3)
    cameras = {c.id: FilmedCamera(stage, c.id, FaultSchedule((), 1)) for c in stage.cameras}
    views = {c.id: PosedView(stage, c) for c in stage.cameras}
    overlap, seen, worked_out = [], [], []
    for minute in range(10, 50):
        scene = world.scene(minute * 60.0)
        for name, camera in cameras.items():
            boxes = camera.shoot(scene, lambda key: 1.0, picture=False).boxes
            figures = {f.id: f for f in scene.figures if f.posture in ("stand", "walk", "reach")}
            drawn = [i for i, person in enumerate(boxes.ids.tolist()) if person in figures]
            people = [figures[int(boxes.ids[i])] for i in drawn]
            if not people:
                continue
            place = np.array([(f.x, f.y) for f in people])
            looked = views[name].look(place, np.array([f.height_m for f in people]))
            size = [*shop.camera(name).resolution] * 2
            ours = np.clip(looked.xyxy, 0, size)
            there = np.isfinite(ours[:, 0]) & (boxes.visibility[drawn] > 0.9)
            theirs = boxes.xyxy[drawn]
            low, high = (
                np.maximum(ours[:, :2], theirs[:, :2]),
                np.minimum(ours[:, 2:], theirs[:, 2:]),
            )
            both = np.clip(high - low, 0, None).prod(axis=1)
            either = sum((b[:, 2:] - b[:, :2]).prod(axis=1) for b in (ours, theirs)) - both
            overlap += (both / either)[there].tolist()
            seen += boxes.visibility[drawn].tolist()
            worked_out += looked.shown.tolist()
    assert len(overlap) > 60
    assert np.mean(overlap) > 0.8
    assert np.mean(np.abs(np.array(seen) - worked_out)) < 0.1


def test_the_anchor_is_where_people_stand() -> None:
    for anchor in ("feet", "centre"):
        text = konbini.SHOP_FILE.read_text("utf-8").replace('anchor = "upright"\n', "")
        shop = parse_shop(text.replace("fps = 5", f'fps = 5\nanchor = "{anchor}"'), "konbini.toml")
        stage = Stage(shop, konbini.scenario())
        place = np.random.default_rng(1).uniform((0, 0), (14, 11), (500, 2))
        for view in views_of(shop.cameras, stage):
            assert isinstance(view, PosedView)
            xyxy = view.look(place, np.full(500, 1.7)).xyxy
            seen = np.isfinite(xyxy[:, 0])
            assert np.count_nonzero(seen) > 30
            x = (xyxy[seen, 0] + xyxy[seen, 2]) / 2
            y = xyxy[seen, 3] if anchor == "feet" else (xyxy[seen, 1] + xyxy[seen, 3]) / 2
            found = stage.lens(view.camera.id).floor(np.stack([x, y], axis=1))
            assert np.abs(found - place[seen]).max() < 1e-6


def test_without_a_pose_the_floor_points_will_do() -> None:
    (view, *_) = views_of(konbini.shop().cameras)
    assert isinstance(view, FlatView)


def test_walls_hide_the_pavement() -> None:
    """Through the shop's front, nobody is seen; through its door, people are."""
    stage = Stage(leaning(), konbini.scenario(("height_m = 1.2", "height_m = 2.6")))
    view = PosedView(stage, stage.shop.camera("door"))
    looked = view.look(np.array([[6.4, 9.8], [1.0, 9.3], [10.0, 9.8]]), np.full(3, 1.7))
    assert np.isfinite(looked.xyxy[:, 0]).tolist() == [True, False, False]


@pytest.mark.parametrize("seed", [1, 2])
def test_exact_boxes_of_leaning_people_give_the_truth(seed: int, tmp_path: Path) -> None:
    """The product finds feet by the plumb line, from floor points alone: counts are exact, and
    dwell and queue as near as shoes are long."""
    shop = leaning()
    stage = Stage(shop, konbini.scenario(konbini.NOON))
    world = Simulation(shop, stage.scenario, seed)
    world.run_until(3600)
    known = truth(shop, world.people, world.start, 3600, seed)
    with TracksFile(tmp_path / "t.csv", visibility=False) as file:
        for stretch in sightings(world.people, shop.cameras, 3600, stage):
            file.write([(s.camera, s.rows, None) for s in stretch.seen])
    found = replay_apart(tmp_path / "t.csv", shop, world.start).events
    assert _counts(known.events) == _counts(found)
    assert sum(_counts(found).values()) > 60
    for zone in shop.zones:
        one, other = _dwell(known.events, zone.id), _dwell(found, zone.id)
        assert sum(other) == pytest.approx(sum(one), rel=0.02, abs=1.0), zone.id
    moments, end = np.arange(3600) + 0.5, world.start + timedelta(hours=1)
    lengths = [np.zeros(3600, int), np.zeros(3600, int)]
    for events, length in zip((known.events, found), lengths, strict=True):
        for from_s, to_s, people in length_steps(events, "queue", world.start, end):
            length[(moments >= from_s) & (moments < to_s)] = people
    assert (lengths[0] == lengths[1]).mean() >= 0.99


def _counts(events: list[Event]) -> Counter[tuple[str, str]]:
    return Counter((e.line, e.direction) for e in events if isinstance(e, LineCrossed))


def _dwell(events: list[Event], zone: str) -> list[float]:
    return [e.dwell_s for e in events if isinstance(e, ZoneLeft) and e.zone == zone]
