"""Draws a training folder: random shops through random cameras, with exact boxes.

Shop ``n`` of a seed is the same whoever draws it, so that several processes share the work and a
stopped run goes on. These pictures show nobody who exists; they may be written.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.learn.pictures.folder import COLUMNS, TRUTH, rows_of
from miseban.learn.pictures.layouts import Layout, conditions, layout, pose
from miseban.learn.pictures.people import Person, cast, people, varied_look
from miseban.sim.render import RenderedCamera
from miseban.vocabulary.errors import BadInput, Failed

SCENES = 12
"""Pictures through one camera: the room costs as much to draw as ten crowds."""
MOST_PEOPLE = 16
SEED = "seed.txt"
"""In the folder: the seed of all its shops."""
RESOLUTIONS = ((640, 360), (480, 270), (480, 360), (416, 320))
JPEG = [cv2.IMWRITE_JPEG_QUALITY, 92]


def draw_folder(
    out: Path,
    shops: Sequence[int],
    seed: int,
    photos: Sequence[NDArray[np.uint8]] = (),
    progress: Callable[[int], None] = lambda _: None,
) -> int:
    """Draws the shops of these numbers into ``out`` and returns how many pictures are there.

    One camera in four that ``photos`` (H, W, 3) uint8 BGR are given for stands people before one
    of them instead of the room. Shops that are already there are left alone. Raises ``BadInput``
    (``other-seed``) if they are of another seed.
    """
    _claim(out, seed)
    parts = out / "parts"
    parts.mkdir(parents=True, exist_ok=True)
    for number in shops:
        part = parts / f"{number:06d}.csv"
        if not part.exists():
            lines = _shop(out, number, seed, photos)
            unfinished = part.with_suffix(f".{os.getpid()}")
            unfinished.write_text("".join(f"{line}\n" for line in lines), "utf-8")
            unfinished.replace(part)
        progress(number)
    return gather(out)


def _claim(out: Path, seed: int) -> None:
    """The folder is for shops of this seed from now on."""
    out.mkdir(parents=True, exist_ok=True)
    file = out / SEED
    if not file.exists() and not any((out / "parts").glob("*.csv")):
        file.write_text(f"{seed}\n", "utf-8")
    found = file.read_text("utf-8", errors="replace").strip() if file.exists() else "unknown"
    if found != str(seed):
        what = f"holds shops of seed {found}, not {seed}; take another folder"
        raise BadInput("other-seed", out, what)


def gather(out: Path) -> int:
    """Puts the finished shops' boxes together in ``truth.csv``; the number of pictures."""
    texts = [part.read_text("utf-8") for part in sorted((out / "parts").glob("*.csv"))]
    unfinished = out / f"{TRUTH}.{os.getpid()}"
    unfinished.write_text(",".join(COLUMNS) + "\n" + "".join(texts), "utf-8")
    unfinished.replace(out / TRUTH)
    return len({line.split(",", 1)[0] for text in texts for line in text.splitlines()})


def _shop(out: Path, number: int, seed: int, photos: Sequence[NDArray[np.uint8]]) -> list[str]:
    rng = np.random.default_rng([seed, number, 0x5A0B])
    place = layout(rng)
    photo = None
    if photos and rng.random() < 0.25:
        photo = photos[int(rng.integers(len(photos)))]
        if rng.random() < 0.5:
            place = Layout(place.room, ())
    persons = cast(rng, int(rng.integers(6, MOST_PEOPLE + 1)))
    camera = _camera(rng, place, persons, photo)
    lines: list[str] = []
    for n in range(SCENES):
        scene = people(rng, place, persons, camera.lens)
        picture, boxes = camera.frame_and_boxes(scene)
        name = f"{number:06d}-{n:02d}.jpg"
        if not cv2.imwrite(str(out / name), picture, JPEG):
            raise Failed("no-space", out / name, "the picture could not be written")
        lines += rows_of(name, boxes.xyxy, boxes.visibility)
    return lines


def _camera(
    rng: np.random.Generator,
    place: Layout,
    persons: Sequence[Person],
    backdrop: NDArray[np.uint8] | None,
) -> RenderedCamera:
    """A camera that sees somebody: of six poses the first through which people are seen."""
    camera: RenderedCamera | None = None
    for _ in range(6):
        scene = people(rng, place, persons)
        near = scene.figures[0] if scene.figures and rng.random() < 0.55 else None
        camera = RenderedCamera(
            place.room,
            place.furniture,
            pose(rng, place, near),
            RESOLUTIONS[int(rng.integers(len(RESOLUTIONS)))],
            conditions=conditions(rng),
            hour=int(rng.integers(6 * 4, 22 * 4)) / 4,
            seed=int(rng.integers(1 << 30)),
            looks=varied_look,
            backdrop=backdrop,
        )
        seen = camera.boxes(people(rng, place, persons, camera.lens))
        tall = seen.xyxy[:, 3] - seen.xyxy[:, 1] >= 0.1 * camera.resolution[1]
        if np.count_nonzero(tall & (seen.visibility > 0.4)) >= 1:
            break
    assert camera is not None  # noqa: S101 - the loop ran
    return camera
