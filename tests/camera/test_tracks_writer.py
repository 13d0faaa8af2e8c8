"""What an analysis writes down of its tracks can be read back, and holds nobody in private."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from miseban.camera.tracks_file import check_tracks, read_tracks
from miseban.camera.tracks_writer import write_tracks
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.tracks import TrackRows

SHOP = Shop.plain("hall", (640, 480), "film.avi", 10.0)


def rows_of(*rows: tuple[float, int, float, float, float, float, float]) -> TrackRows:
    """Of (time, track, x1, y1, x2, y2, score)."""
    table = np.array(rows, np.float64).reshape(-1, 7)
    track = table[:, 1].astype(np.int64)
    return TrackRows(table[:, 0], track, table[:, 2:6], table[:, 6], np.zeros(len(table), np.int64))


def test_rows_are_written_in_order_and_renumbered(tmp_path: Path) -> None:
    """The late first rows of a track come in their place; numbers say only who came first."""
    rows = rows_of(
        (0.2, 2**62, 10, 10, 30, 60, 0.5),
        (0.3, 2**62, 11, 10, 31, 60, 0.5),
        (0.1, 7, 100, 10, 130, 60.126, 0.25),
        (0.2, 7, 101, 10, 131, 60, 1.0000001),
    )
    write_tracks(tmp_path / "tracks.csv", {"hall": rows}, SHOP)
    assert (tmp_path / "tracks.csv").read_text("utf-8") == (
        "camera,time_s,track,x1,y1,x2,y2,score\n"
        "hall,0.1,1,100,10,130,60.13,0.25\n"
        "hall,0.2,1,101,10,131,60,1\n"
        "hall,0.2,2,10,10,30,60,0.5\n"
        "hall,0.3,2,11,10,31,60,0.5\n"
    )
    assert check_tracks(tmp_path / "tracks.csv").ordered


def test_what_cannot_be_read_back_is_not_written(tmp_path: Path) -> None:
    """Unconfirmed rows, and boxes that are flat at a hundredth of a pixel."""
    rows = rows_of(
        (0.1, -1, 10, 10, 30, 60, 0.5),
        (0.1, 3, 10, 10, 10.004, 60, 0.5),
        (0.1, 4, 10, 10, 30, 60, 0.5),
    )
    write_tracks(tmp_path / "tracks.csv", {"hall": rows}, SHOP)
    ((names, back),) = read_tracks(tmp_path / "tracks.csv")
    assert names.tolist() == ["hall"]
    assert back.xyxy.tolist() == [[10, 10, 30, 60]]


def test_nobody_is_a_header(tmp_path: Path) -> None:
    write_tracks(tmp_path / "tracks.csv", {"hall": rows_of()}, SHOP)
    assert list(read_tracks(tmp_path / "tracks.csv")) == []
    assert (tmp_path / "tracks.csv").read_text("utf-8").count("\n") == 1


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_tracks(tmp_path / "none" / "tracks.csv", {"hall": rows_of()}, SHOP)
