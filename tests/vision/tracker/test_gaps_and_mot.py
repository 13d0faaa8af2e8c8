"""Filling gaps and writing MOT files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from miseban.vision.tracker import fill_gaps, write_mot
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.tracks import TrackRows


def rows(*seen: tuple[int, int, float]) -> TrackRows:
    """From (track, frame, left) at 10 frames a second; boxes are 10 by 20."""
    track, frame, left = (np.array(column) for column in zip(*seen, strict=True))
    top = np.full(len(left), 5.0)
    xyxy = np.column_stack((left, top, left + 10, top + 20)).astype(np.float64)
    score = np.where(frame % 2 == 0, 0.6, 0.8)
    return TrackRows((frame - 1) / 10, track.astype(np.int64), xyxy, score, frame.astype(np.int64))


@pytest.mark.parametrize(
    ("name", "seen", "every", "max_gap_s", "expected"),
    [
        ("no gap", [(7, 1, 0), (7, 2, 3)], 1, 1.0, [(7, 1, 0), (7, 2, 3)]),
        (
            "two frames",
            [(7, 1, 0), (7, 4, 9)],
            1,
            1.0,
            [(7, 1, 0), (7, 2, 3), (7, 3, 6), (7, 4, 9)],
        ),
        ("just too long", [(7, 1, 0), (7, 4, 9)], 1, 0.29, [(7, 1, 0), (7, 4, 9)]),
        ("different tracks", [(7, 1, 0), (8, 4, 9)], 1, 1.0, [(7, 1, 0), (8, 4, 9)]),
        ("analysed frames only", [(7, 1, 0), (7, 5, 8)], 2, 1.0, [(7, 1, 0), (7, 3, 4), (7, 5, 8)]),
        (
            "two tracks, out of order",
            [(8, 3, 4), (7, 3, 2), (8, 1, 0), (7, 1, 0)],
            1,
            1.0,
            [(7, 1, 0), (7, 2, 1), (7, 3, 2), (8, 1, 0), (8, 2, 2), (8, 3, 4)],
        ),
        ("one row", [(7, 3, 1)], 1, 1.0, [(7, 3, 1)]),
    ],
)
def test_fill_gaps(
    name: str,
    seen: list[tuple[int, int, float]],
    every: int,
    max_gap_s: float,
    expected: list[tuple[int, int, float]],
) -> None:
    frame = np.arange(1, 10, every)
    filled = fill_gaps(rows(*seen), frame, (frame - 1) / 10, max_gap_s)
    wanted = rows(*expected)
    assert filled.track.tolist() == wanted.track.tolist()
    assert filled.frame.tolist() == wanted.frame.tolist()
    np.testing.assert_allclose(filled.time_s, wanted.time_s)
    np.testing.assert_allclose(filled.xyxy, wanted.xyxy)


def test_fill_gaps_of_nothing() -> None:
    empty = TrackRows.empty()
    assert len(fill_gaps(empty, np.arange(1, 5), np.arange(4) / 10)) == 0


def test_a_filled_row_has_the_lower_score() -> None:
    filled = fill_gaps(rows((7, 1, 0), (7, 4, 9)), np.arange(1, 5), np.arange(4) / 10)
    assert filled.score.tolist() == [0.8, 0.6, 0.6, 0.6]


def test_write_mot_numbers_people_from_one(tmp_path: Path) -> None:
    write_mot(tmp_path / "mot.txt", rows((2_000_000_000, 1, 0), (2_000_000_000, 2, 1), (31, 2, 50)))
    assert (tmp_path / "mot.txt").read_text().splitlines() == [
        "1,1,0.00,5.00,10.00,20.00,0.8000,-1,-1,-1",
        "2,1,1.00,5.00,10.00,20.00,0.6000,-1,-1,-1",
        "2,2,50.00,5.00,10.00,20.00,0.6000,-1,-1,-1",
    ]
    assert [p.name for p in tmp_path.iterdir()] == ["mot.txt"]


def test_write_mot_of_nobody_is_an_empty_file(tmp_path: Path) -> None:
    write_mot(tmp_path / "mot.txt", TrackRows.empty())
    assert (tmp_path / "mot.txt").read_text() == ""


def test_write_mot_where_it_cannot(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"missing/mot\.txt: cannot be written") as caught:
        write_mot(tmp_path / "missing" / "mot.txt", TrackRows.empty())
    assert caught.value.code == "unwritable"
    (tmp_path / "taken").mkdir()
    with pytest.raises(BadInput, match="taken: cannot be written"):
        write_mot(tmp_path / "taken", TrackRows.empty())
    assert [p.name for p in tmp_path.iterdir()] == ["taken"]  # nothing half-written left
