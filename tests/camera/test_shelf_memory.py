"""What staff taught is there after a restart: weights, and nothing of how a facing looked."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from miseban.camera.shelf_memory import ShelfMemory, memory_file
from miseban.camera.shelf_watch import ShelfWatch, open_shelves
from miseban.space.shelf import Learnt
from miseban.space.shelf.weights import NAMES
from miseban.vocabulary.lessons import Lesson, Taught
from miseban.vocabulary.shop import Shop
from tests.camera.shelf_pictures import HEIGHT, NOBODY, START, WIDTH, frame, picture, shop

WEIGHTS = tuple(float(number) for number in range(len(NAMES)))
LEARNT = Learnt((WEIGHTS, WEIGHTS[::-1]), ((0.7, 0.1),) * 6, 6)
LESSONS: tuple[tuple[Taught, int], ...] = (("empty", 0), ("full", 7), ("low", 2)) * 4


def watched(folder: Path, at: Shop | None = None) -> ShelfWatch:
    watch = open_shelves(at or shop(), "c", WIDTH, HEIGHT, START)
    assert watch is not None
    watch.remember(folder)
    return watch


def taught(folder: Path, count: int, at: Shop | None = None) -> ShelfWatch:
    """A camera whose facing b is confirmed ``count`` times."""
    watch = watched(folder, at)
    second = 0

    def look(pieces: dict[str, int], seconds: int) -> None:
        nonlocal second
        for _ in range(seconds):
            watch.offer(frame(float(second), picture(pieces, seed=second)), NOBODY)
            second += 1

    look({}, 6)
    for state, pieces in LESSONS[:count]:
        look({"b": pieces}, 4)
        watch.confirm(Lesson(shelf="wall", facing="b", state=state))
        look({"b": pieces}, 2)
    return watch


def memory(folder: Path, at: Shop | None = None) -> ShelfMemory:
    there = at or shop()
    facings = [(shelf.id, facing) for shelf in there.shelves for facing in shelf.facings]
    return ShelfMemory(folder, there.camera("c"), facings)


def number_of(name: str) -> int:
    return [facing.id for facing in shop().shelves[0].facings].index(name)


def test_what_was_taught_judges_after_a_restart_as_before(tmp_path: Path) -> None:
    watch = taught(tmp_path, 10)
    before = watch._space.learnt()
    again = watched(tmp_path)
    assert set(before) == {number_of("b")}
    (kept,) = before.values()
    (found,) = again._space.learnt().values()
    assert (found.own, found.moments) == (kept.own, 10)
    assert np.array(found.losses) == pytest.approx(np.array(kept.losses), abs=1e-4)
    for number in range(6):
        assert again._space.learned(number) == watch._space.learned(number)


def test_nothing_of_a_single_look_is_in_the_file(tmp_path: Path) -> None:
    """Neither a picture nor the numbers of a look, and of fewer than five moments nothing."""
    taught(tmp_path, 4)
    path = memory_file(tmp_path, "c")
    assert json.loads(path.read_text())["facings"] == {}
    watch = taught(tmp_path, 6)
    told = path.read_text("utf-8")
    assert path.stat().st_mode & 0o777 == 0o600
    (kept,) = json.loads(told)["facings"].values()
    assert set(kept) == {"drawn", "own", "losses", "moments"}
    looks = [one.numbers for one in watch._space._facings[number_of("b")].learner._moments]
    assert len(looks) == 6
    for look in looks:
        for weights in kept["own"]:
            moved = np.array(weights) - np.array(weights).mean()
            alike = moved @ (look - look.mean())
            length = np.linalg.norm(moved) * np.linalg.norm(look - look.mean())
            assert abs(alike) < 0.95 * length  # it is no multiple of what was seen


@pytest.mark.parametrize("change", ["polygon", "gtin", "resolution", "gone"])
def test_a_facing_that_is_drawn_otherwise_begins_anew(tmp_path: Path, change: str) -> None:
    memory(tmp_path).write({number_of("a"): LEARNT, number_of("b"): LEARNT})
    assert set(memory(tmp_path).learnt) == {number_of("a"), number_of("b")}
    now = shop()
    (shelf,) = now.shelves
    facings = list(shelf.facings)
    at = number_of("b")
    if change == "polygon":
        moved = tuple((x + 1, y) for x, y in facings[at].polygon)
        facings[at] = facings[at].model_copy(update={"polygon": moved})
    elif change == "gtin":
        facings[at] = facings[at].model_copy(update={"gtin": "40000107"})
    elif change == "gone":
        del facings[at]
    else:
        camera = now.camera("c").model_copy(update={"resolution": (640, 360)})
        now = now.model_copy(update={"cameras": (camera,)})
    shelf = shelf.model_copy(update={"facings": tuple(facings)})
    now = now.model_copy(update={"shelves": (shelf,)})
    left = set() if change == "resolution" else {"wall/a"}
    names = [f"wall/{one.id}" for one in facings]
    assert {names[number] for number in memory(tmp_path, now).learnt} == left
    # ... and it is gone from the disk, too.
    assert set(json.loads(memory_file(tmp_path, "c").read_text())["facings"]) == left


@pytest.mark.parametrize(
    "damage",
    ["", "no json", '{"version":2}', "x" * 4_000_001, '{"made":"a","facings":{"wall/a":{}}}'],
)
def test_a_broken_file_is_logged_once_and_begun_anew(tmp_path: Path, damage: str) -> None:
    path = memory_file(tmp_path, "c")
    path.write_text(damage, encoding="utf-8")
    with capture_logs() as log:
        found = memory(tmp_path)
        assert found.learnt == {}
        found.write({0: LEARNT})
    assert [line["event"] for line in log] == ["lessons.unreadable"]
    assert memory(tmp_path).learnt == {0: LEARNT}


def test_weights_near_others_are_not_taken(tmp_path: Path) -> None:
    memory(tmp_path).write({0: LEARNT})
    path = memory_file(tmp_path, "c")
    told = json.loads(path.read_text())
    path.write_text(json.dumps(told | {"made": "another version"}), encoding="utf-8")
    assert memory(tmp_path).learnt == {}


def test_a_disk_that_cannot_be_written_is_told_once(tmp_path: Path) -> None:
    found = memory(tmp_path)
    found._path = tmp_path / "gone" / "c.lessons.json"
    with capture_logs() as log:
        for _ in range(3):
            found.write({0: LEARNT})
    assert [line["event"] for line in log] == ["lessons.not_kept"]
