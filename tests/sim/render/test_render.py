"""Rendered cameras: the same bytes every time, exact boxes, a lens that is where it says."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from miseban.sim.render import (
    CLEAN,
    Conditions,
    Furniture,
    Lens,
    Pose,
    RenderedCamera,
    Room,
    Row,
    canvas,
    row_place,
)
from miseban.sim.render.bones import Bone
from miseban.sim.render.camera import _bright
from miseban.sim.render.crowd import MOST_KEPT
from miseban.sim.render.detail import FINE
from miseban.sim.render.furnishing import Furnishing, furnish
from miseban.sim.render.mesh import Mesh
from miseban.sim.state import Figure, Posture, Scene
from miseban.vocabulary.errors import BadInput
from tests.sim.render.shopping import View, crowd, person, rectangle, view

ROOT = Path(__file__).parents[3]
PANDA = pytest.importorskip("panda3d", reason="needs panda3d, the extra `sim`")
VIEWS: tuple[View, ...] = ("ceiling", "wall", "entrance", "shelf")
POSTURES: tuple[Posture, ...] = ("stand", "walk", "reach", "crouch", "fallen", "sit")
PLAIN = Room(12.0, 8.0)
ACROSS = Pose((6.0, 7.9, 1.5), (6.0, 4.0, 1.0), 70)
DIGEST = """
import hashlib
from tests.sim.render.shopping import crowd, view
camera = view("wall", 5)
digest = hashlib.sha256()
for number in range(3):
    seen, boxes = camera.frame_and_boxes(crowd(number, 8, number / 5))
    for part in (seen, boxes.ids, boxes.xyxy, boxes.visibility):
        digest.update(part.tobytes())
print(digest.hexdigest())
"""


def alone(figure: Figure, pose: Pose = ACROSS) -> tuple[NDArray[np.uint8], RenderedCamera]:
    """(H, W) how much each pixel differs from the picture without the figure, and the camera."""
    camera = RenderedCamera(PLAIN, [], pose, (320, 240), conditions=CLEAN)
    with_it = camera.frame(Scene(0.0, (figure,))).astype(int)
    without = camera.frame(Scene(0.0, ())).astype(int)
    return np.abs(with_it - without).max(axis=2).astype(np.uint8), camera


def test_same_scene_same_bytes_in_two_processes() -> None:
    path = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    run = [sys.executable, "-c", DIGEST]
    found = {
        subprocess.run(
            run, env=os.environ | {"PYTHONPATH": path, "PYTHONHASHSEED": str(n)},
            capture_output=True, text=True, check=True,
        ).stdout
        for n in (1, 2)
    }  # fmt: skip
    assert len(found) == 1
    assert len(found.pop().strip()) == 64


def test_the_order_of_drawing_leaves_no_trace() -> None:
    camera = view("shelf", 3)
    first = camera.frame(crowd(1, 6, 1.0))
    camera.frame(crowd(2, 9, 2.0))
    camera.boxes(crowd(3, 9, 3.0))
    assert np.array_equal(camera.frame(crowd(1, 6, 1.0)), first)
    assert not np.array_equal(camera.frame(replace(crowd(1, 6), time_s=1.5)), first)  # the noise


@pytest.mark.parametrize("posture", POSTURES)
def test_a_box_is_the_silhouette(posture: Posture) -> None:
    """The pixels that a figure changes in the picture, its shadow aside, are those in its box."""
    target = (6.5, 4.0, 1.3) if posture == "reach" else None
    figure = person(posture=posture, reach_to=target, speed_mps=1.2, gait_phase=0.2)
    changed, camera = alone(figure)
    boxes = camera.boxes(Scene(0.0, (figure,)))
    left, top, right, bottom = boxes.xyxy[0]
    assert boxes.ids.tolist() == [1]
    ground = camera.lens.project(np.array([[6.0, -4.0, 0.0]]))[0][0, 1]
    lines, columns = np.nonzero(changed[: int(ground) - 4] > 25)  # above the shadow
    assert abs(lines.min() - top) <= 1
    if posture == "sit":
        return  # the wheelchair is seen, and is no part of the box
    assert left - 0.5 <= columns.min()
    assert columns.max() + 1 <= right + 0.5
    assert bottom <= ground + 60
    wide = (columns.max() + 1 - columns.min()) / (right - left)
    assert wide > (0.5 if posture in ("walk", "fallen") else 0.8)


HEIGHTS: dict[Posture, tuple[float, float]] = {
    "stand": (0.97, 1.04), "walk": (0.92, 1.04), "reach": (0.85, 1.10), "crouch": (0.45, 0.75),
    "fallen": (0.08, 0.35), "sit": (0.68, 0.85),
}  # fmt: skip


@pytest.mark.parametrize("height_m", [1.05, 1.45, 1.7, 1.95])
@pytest.mark.parametrize("posture", POSTURES)
def test_every_posture_has_a_plausible_height(posture: Posture, height_m: float) -> None:
    """Seen from its own middle and 20 m away, a box is as high as the figure is."""
    room = Room(30.0, 8.0)
    pose = Pose((26.0, 4.0, 0.6), (6.0, 4.0, 0.6), 12)
    camera = RenderedCamera(room, [], pose, (640, 480), conditions=CLEAN)
    pixels_a_metre = 320 / (20.0 * camera.lens.tangent[0])
    for appearance in range(6):
        figure = person(
            posture=posture, height_m=height_m, appearance=appearance, heading=1.3,
            gait_phase=appearance / 6, speed_mps=1.2 if posture == "walk" else 0.0,
            reach_to=(6.2, 4.5, 0.75 * height_m) if posture == "reach" else None,
        )  # fmt: skip
        boxes = camera.boxes(Scene(0.0, (figure,)))
        high = (boxes.xyxy[0, 3] - boxes.xyxy[0, 1]) / pixels_a_metre / height_m
        least, most = HEIGHTS[posture]
        if posture == "sit":  # the seat is as high for a child
            least, most = least - 0.1, most + 0.1 + 0.6 * max(0.0, 1.5 - height_m)
        assert least <= high <= most, (appearance, high)
        assert boxes.visibility[0] > 0.5


def test_the_hand_is_where_it_reaches() -> None:
    """The extreme of the silhouette towards the target is within a hand's length of it."""
    for up in (0.5, 0.9, 1.3, 1.7):
        target = (6.55, 4.0, up)
        figure = person(posture="reach", reach_to=target)
        changed, camera = alone(figure)
        pixel = camera.lens.project(np.array([[target[0], -target[1], up]]))[0][0]
        lines, columns = np.nonzero(changed > 25)
        off = np.hypot(columns + 0.5 - pixel[0], lines + 0.5 - pixel[1]).min()
        pixels_a_metre = 160 / (3.9 * camera.lens.tangent[0])
        assert off / pixels_a_metre < 0.12, up


def test_walking_moves_the_legs_and_standing_does_not() -> None:
    def widths(posture: Posture) -> list[float]:
        camera = RenderedCamera(PLAIN, [], ACROSS, (640, 480), conditions=CLEAN)
        phases = np.linspace(0, 1, 8, endpoint=False).tolist()
        found = [
            camera.boxes(Scene(0.0, (person(posture=posture, speed_mps=1.3, gait_phase=p),)))
            for p in phases
        ]
        return [float(b.xyxy[0, 2] - b.xyxy[0, 0]) for b in found]

    assert max(widths("walk")) > 1.5 * min(widths("walk"))
    assert np.ptp(widths("stand")) == 0


@pytest.mark.parametrize("name", VIEWS)
def test_the_lens_says_where_things_are_drawn(name: View) -> None:
    """A small square on the floor is drawn where the lens says that its middle is."""
    plain = view(name, 4, CLEAN)
    x, y = (v.ravel() for v in np.meshgrid(np.arange(0.5, 12, 0.5), np.arange(0.5, 8, 0.5)))
    pixels, depth = plain.lens.project(np.stack([x, -y, np.zeros_like(x)], axis=1))
    away = np.abs(pixels - (320, 180)) / (320, 180)
    near = np.flatnonzero((depth > 0.5) & (away < 0.8).all(axis=1))
    nobody = Scene(0.0, ())
    empty = RenderedCamera(plain.room, [], plain.pose, conditions=CLEAN).frame(nobody)
    assert len(near) >= 2
    for spot in near[[0, len(near) // 2]]:
        mark = Furniture("mark", _square(float(x[spot]), float(y[spot]), 0.2), 0.002, "plain")
        marked = RenderedCamera(plain.room, [mark], plain.pose, conditions=CLEAN)
        there = np.abs(marked.frame(nobody).astype(float) - empty).max(axis=2) > 3
        assert there.any()
        lines, columns = np.mgrid[0:360, 0:640] + 0.5
        middle = [(columns * there).sum() / there.sum(), (lines * there).sum() / there.sum()]
        assert np.hypot(*(middle - pixels[spot])) < 1.5, (pixels[spot], middle)


def _square(x: float, y: float, side: float) -> tuple[tuple[float, float], ...]:
    h = side / 2
    return ((x - h, y - h), (x + h, y - h), (x + h, y + h), (x - h, y + h))


@pytest.mark.parametrize(
    "pose",
    [
        pytest.param(Pose((6, 4, 2.9), (6, 4, 0), 90), id="straight down"),
        pytest.param(Pose((1, 7, 2.5), (8, 2, 0), 75, 12.0), id="rolled"),
    ],
)
def test_floor_and_pixels_map_onto_each_other(pose: Pose) -> None:
    lens = Lens(pose, (640, 360))
    pixels = np.array([[320.0, 180.0], [100.0, 300.0], [600.0, 340.0]])
    floor = lens.floor(pixels)
    back, depth = lens.project(np.column_stack([floor[:, 0], -floor[:, 1], np.zeros(3)]))
    assert np.allclose(back, pixels, atol=1e-6)
    assert (depth > 0).all()


def test_the_plan_is_not_mirrored() -> None:
    """Looking along +y (down on the plan) from its top, +x is on the left hand."""
    lens = Lens(Pose((6, 0, 2), (6, 8, 1)), (640, 360))
    pixel = lens.project(np.array([[7.0, -6.0, 0.0]]))[0][0]
    assert pixel[0] < 320


def test_who_is_hidden_is_not_seen_and_half_hidden_is_half() -> None:
    wall = rectangle("screen", 5.0, 5.0, 7.0, 5.2, 2.2)
    camera = RenderedCamera(PLAIN, [wall], ACROSS, (640, 480), conditions=CLEAN)
    hidden, free = person(1, 6.0, 4.0), person(2, 3.6, 4.0)
    boxes = camera.boxes(Scene(0.0, (hidden, free)))
    assert boxes.ids.tolist() == [2]
    assert boxes.visibility[0] == pytest.approx(1.0, abs=0.03)
    low = rectangle("bench", 5.0, 4.4, 7.0, 4.5, 0.85)
    camera = RenderedCamera(PLAIN, [low], ACROSS, (640, 480), conditions=CLEAN)
    assert 0.4 < camera.boxes(Scene(0.0, (hidden,))).visibility[0] < 0.8
    in_front = camera.boxes(Scene(0.0, (hidden, person(3, 6.0, 5.5, height_m=1.9))))
    assert in_front.visibility[in_front.ids == 1].sum() < 0.4


def test_visibility_is_the_share_of_the_pixels_of_the_figure_alone() -> None:
    """Against every pixel of each figure drawn by itself in the same picture, without a shop."""
    camera = view("wall", 7, CLEAN)
    bare = RenderedCamera(camera.room, [], camera.pose, conditions=CLEAN, hour=camera.hour, seed=7)
    compared = 0
    for seed in range(3):
        figures = tuple(replace(f, carries="") for f in crowd(seed, 10).figures)
        figures = tuple(f for f in figures if f.posture != "sit")
        boxes = camera.boxes(Scene(0.0, figures))
        who = _who(camera, figures)
        for number, figure in enumerate(figures, 1):
            whole = _who(bare, (figure,)) == 1
            edges = (whole[0], whole[-1], whole[:, 0], whole[:, -1])
            if figure.id not in boxes.ids or any(edge.any() for edge in edges):
                continue  # cut off by the picture: its other pixels are nowhere to be counted
            share = np.count_nonzero(who == number) / np.count_nonzero(whole)
            assert boxes.visibility[boxes.ids == figure.id][0] == pytest.approx(share, abs=0.05)
            compared += 1
    assert compared >= 10


def _who(camera: RenderedCamera, figures: tuple[Figure, ...]) -> NDArray[np.uint8]:
    """(2H, 2W) whom each pixel of the finer picture shows, by place in ``figures`` from 1."""
    crowd_ = camera._wardrobe.crowd(figures)
    return camera._draw(crowd_, camera._light(0.0))[..., 3]


def test_leaving_out_furniture_out_of_sight_changes_nothing() -> None:
    """Only the triangles that the camera sees are drawn to hide people: the same pixels as with
    all of them."""
    camera = view("ceiling", 7, CLEAN)
    every = furnish(camera.furniture, camera.rows, {}, camera.seed)[1]
    few = camera._hides
    assert every is not None
    assert few is not None
    assert len(few.triangles) < 0.3 * len(every.triangles)
    for seed in range(3):
        figures = camera._in_view(crowd(seed, 12)).figures
        quick = _who(camera, figures)
        camera._hides = Mesh(
            every.points, np.zeros((len(every.points), 4), np.uint8), every.triangles
        )
        assert np.array_equal(_who(camera, figures), quick)
        camera._hides = few


@pytest.mark.parametrize("name", VIEWS)
def test_goods_that_a_camera_cannot_see_are_not_kept_and_the_picture_is_the_same(
    name: View,
) -> None:
    camera = view(name, 7, CLEAN)
    whole = Furnishing(camera.furniture, camera.rows, camera.seed)
    full: dict[str, float] = {}
    changed = {row.id: 0.4 * (number % 3) for number, row in enumerate(camera.rows)}
    for stock in (full, changed, full):  # the pieces that changed are made again, and again
        few, every = camera._goods.seen(stock), whole.seen(stock)
        assert few is not None
        assert every is not None
        assert len(few.triangles) < 0.5 * len(every.triangles)
        light = camera._light(0.0)
        quick, slow = (
            canvas.draw(camera._size, camera.lens, _bright(part, light)) for part in (few, every)
        )
        # The renderer turns corners into whole pixels first: it draws a back now and then.
        assert np.count_nonzero((quick != slow).any(axis=2)) <= 2


@pytest.mark.parametrize("carries", ["", "basket", "cart"])
def test_a_product_in_the_hand_is_seen_and_is_no_part_of_the_person(carries: str) -> None:
    figure = person(carries=carries, heading=0.6)
    camera = RenderedCamera(PLAIN, [], ACROSS, (640, 480), conditions=CLEAN)
    holding = replace(figure, holds=True)
    crowd_ = camera._wardrobe.crowd((holding,))
    made = camera._wardrobe.surface(crowd_, [FINE])
    bare = camera._wardrobe.surface(camera._wardrobe.crowd((figure,)), [FINE])
    assert made.body[0] == bare.body[0]
    assert len(made.points) == len(bare.points) + 24  # a box
    product = made.points[-24:].mean(axis=0)
    wrist = crowd_.at[0, Bone.FOREARM_L if carries else Bone.FOREARM_R]
    assert np.linalg.norm(product - wrist) < 0.45
    assert 0.5 < product[2] < 1.5
    with_it, without = (camera.frame(Scene(0.0, (f,))).astype(int) for f in (holding, figure))
    assert np.count_nonzero(np.abs(with_it - without).max(axis=2) > 25) > 50


def test_empty_rows_look_empty_and_reaching_places_are_on_the_shelf() -> None:
    shelf = rectangle("shelf", 4.0, 3.0, 8.0, 3.6, 1.6)
    rows = [Row("milk", "shelf", side, 1, 1.0, 1.0) for side in (0, 1)]
    rows[1] = replace(rows[1], id="bread")
    camera = RenderedCamera(PLAIN, [shelf], ACROSS, rows=rows, conditions=CLEAN)
    nobody = Scene(0.0, ())
    pictures = {}
    for share in (1.0, 0.5, 0.0):
        camera.stock({"milk": share, "bread": share})
        pictures[share] = camera.frame(nobody).astype(int)
    changed = [np.abs(pictures[s] - pictures[1.0]).max(axis=2) > 20 for s in (0.5, 0.0)]
    assert 0 < changed[0].sum() < changed[1].sum()
    sides = {row_place(shelf, row)[1] for row in rows}
    assert all(3.0 <= y <= 3.6 for y in sides)
    assert np.ptp(list(sides)) > 0.4


def test_the_light_follows_the_hour() -> None:
    camera = view("entrance", 2, CLEAN)
    means = {
        hour: float(camera.frame(Scene((hour - camera.hour) * 3600, ())).mean())
        for hour in (12, 18, 23)
    }
    assert means[12] > means[18] >= means[23]


CONDITIONS: dict[str, tuple[Conditions, Callable[[float, float], bool]]] = {
    "low light": (replace(CLEAN, low_light=0.8), lambda clean, bad: bad < 0.5 * clean),
    "glare": (replace(CLEAN, glare=0.9), lambda clean, bad: bad > 1.15 * clean),
    "dirty lens": (replace(CLEAN, dirt=1.0), lambda clean, bad: bad != clean),
    "noise": (replace(CLEAN, noise=12.0), lambda clean, bad: abs(bad - clean) < 3),
    "compression": (replace(CLEAN, jpeg_quality=5), lambda clean, bad: abs(bad - clean) < 3),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_conditions_spoil_the_picture_and_not_the_boxes(name: str) -> None:
    conditions, brightness = CONDITIONS[name]
    scene = crowd(4, 6)
    clean, boxes = view("wall", 4, CLEAN).frame_and_boxes(scene)
    bad, same = view("wall", 4, conditions).frame_and_boxes(scene)
    assert brightness(float(clean.mean()), float(bad.mean()))
    assert np.abs(clean.astype(int) - bad).max() > 10
    assert np.array_equal(boxes.xyxy, same.xyxy)
    detail = cv2.Laplacian(bad, cv2.CV_64F).std() / cv2.Laplacian(clean, cv2.CV_64F).std()
    assert detail > 1.05 if name == "noise" else detail < 1.0


def test_a_nudged_camera_sees_people_elsewhere() -> None:
    before = Lens(ACROSS, (640, 360))
    after = Lens(ACROSS.nudged(5.0, 3.0), (640, 360))
    spot = np.array([[6.0, -4.0, 1.0]])
    moved = after.project(spot)[0][0] - before.project(spot)[0][0]
    assert moved[0] < -20  # turned to the right: everything moves left
    assert moved[1] < -10  # and down: everything moves up
    assert np.allclose(Lens(ACROSS.nudged(0, 0), (640, 360)).axes, before.axes)


def test_memory_is_bounded() -> None:
    """Hundreds of different people and many sizes of picture: only so many are kept."""
    cameras = [
        RenderedCamera(PLAIN, [], ACROSS, (64 + 32 * n, 48), conditions=CLEAN) for n in range(7)
    ]
    for number in range(56):
        people = tuple(person(i, 2.0 + i, 4.0, appearance=number * 10 + i) for i in range(1, 8))
        cameras[number % 2].boxes(Scene(0.0, people))
        cameras[number % 7].boxes(Scene(0.0, people[:1]))
    assert len(cameras[0]._wardrobe._made) == MOST_KEPT
    assert len(canvas._canvases) <= canvas.MOST_CANVASES


BAD: dict[str, Callable[[], object]] = {
    "camera outside": lambda: RenderedCamera(PLAIN, [], Pose((13, 4, 2), (6, 4, 1))),
    "camera looks at itself": lambda: Lens(Pose((1, 1, 1), (1, 1, 1)), (64, 64)),
    "angle of view": lambda: Lens(Pose((1, 1, 1), (2, 1, 1), 179), (64, 64)),
    "conditions": lambda: Conditions(glare=1.5),
    "quality": lambda: Conditions(jpeg_quality=0),
    "row of nothing": lambda: RenderedCamera(
        PLAIN, [], ACROSS, rows=[Row("a", "nowhere", 0, 0, 0, 1)]
    ),
    "unknown row": lambda: RenderedCamera(PLAIN, [], ACROSS).stock({"milk": 0.5}),
    "a shelf with five corners": lambda: RenderedCamera(
        PLAIN, [Furniture("s", ((1, 1), (3, 1), (3, 3), (2, 4), (1, 3)), 1.5, "shelf")], ACROSS
    ),
    "a stadium": lambda: RenderedCamera(PLAIN, [], ACROSS).frame(
        Scene(0.0, tuple(person(i, 6, 4) for i in range(300)))
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused(case: str) -> None:
    with pytest.raises(BadInput):
        BAD[case]()


def test_without_panda3d_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canvas, "_panda", None)
    monkeypatch.setitem(sys.modules, "panda3d", None)
    with pytest.raises(BadInput, match=r"miseban\[sim\]"):
        canvas.panda()


def test_a_frame_is_not_the_same_for_everybody() -> None:
    """Figures differ by appearance, and an appearance looks the same every time."""
    digests = {
        hashlib.sha256(alone(person(appearance=n))[0].tobytes()).hexdigest() for n in range(5)
    }
    assert len(digests) == 5
