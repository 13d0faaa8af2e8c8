"""Tracks files, good and bad: every bad line is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from miseban.camera import tracks_file
from miseban.camera.replay import replay
from miseban.camera.tracks_file import check_tracks, read_tracks
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import Shop, parse_shop
from miseban.vocabulary.tracks import TrackRows
from tests.space.shopfloor import shopfloor, text
from tests.space.walks import MIDDLE, START, passages, shop_text, to_csv, together, told, walk

HEADER = "camera,time_s,track,x1,y1,x2,y2,score"
GOOD = "c,0.5,7,10,20,50,120,0.9"


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "tracks.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(path: Path) -> TrackRows:
    return TrackRows.concatenate([rows for _, rows in read_tracks(path)])


def row(**values: str) -> str:
    """A good row with some values changed."""
    return ",".join((dict(zip(HEADER.split(","), GOOD.split(","), strict=True)) | values).values())


BAD_ROWS = {
    "no camera": (row(camera=""), "camera: expected the id of a camera, found nothing"),
    "no time": (row(time_s=""), "time_s: expected a number, found ''"),
    "time is a word": (row(time_s="soon"), "time_s: expected a number, found 'soon'"),
    "time not a number": (row(time_s="nan"), "time_s: expected a finite number, found 'nan'"),
    "time infinite": (row(time_s="inf"), "time_s: expected a finite number, found 'inf'"),
    "time too large for a float": (row(time_s="1e999"), "time_s: expected a finite number"),
    "time negative": (row(time_s="-0.5"), "time_s: expected 0 or more, found -0.5"),
    "time of a clock": (row(time_s="1763900000"), "time_s: expected seconds since the recording"),
    "number with an underscore": (row(x1="1_0"), "x1: expected a number, found '1_0'"),
    "number in full width": (row(x1="１０"), "x1: expected a number"),
    "number in hexadecimal": (row(x1="0x10"), "x1: expected a number, found '0x10'"),
    "decimal comma, quoted": (row(score='"0,9"'), "score: expected a number, found '0,9'"),
    "track with a fraction": (row(track="1.5"), "track: expected a whole number"),
    "track huge": (row(track="1e300"), "track: expected a whole number below 2^53"),
    "track just too large": (row(track="9007199254740992"), "track: expected a whole number"),
    "track a name": (row(track="bob"), "track: expected a number, found 'bob'"),
    "track not a number": (row(track="nan"), "track: expected a finite number"),
    "x1 missing": (row(x1=""), "x1: expected a number, found ''"),
    "x1 infinite": (row(x1="-inf"), "x1: expected a finite number, found '-inf'"),
    "x1 far away": (row(x1="-1e9"), "x1: expected a place in the picture, found -1e9"),
    "x2 left of x1": (row(x2="9"), "x2: expected more than x1 (10), found 9"),
    "x2 equals x1": (row(x2="10"), "x2: expected more than x1 (10), found 10"),
    "y2 above y1": (row(y2="19.5"), "y2: expected more than y1 (20), found 19.5"),
    "score above 1": (row(score="1.01"), "score: expected 0 to 1, found 1.01"),
    "score negative": (row(score="-0.1"), "score: expected 0 to 1, found -0.1"),
    "score in percent": (row(score="90%"), "score: expected a number, found '90%'"),
    "score missing": (row(score=""), "score: expected a number, found ''"),
    "a column too few": (GOOD.rpartition(",")[0], "expected 8 columns, found 7"),
    "a column too many": (GOOD + ",1", "expected 8 columns, found 9"),
    "a word": ("hello", "expected 8 columns, found 1"),
    "a quoted value that never ends": (row(camera='"c'), "expected one line a row"),
}


@pytest.mark.parametrize("lines_before", [0, 3, 40_000], ids=["first", "fourth", "late"])
@pytest.mark.parametrize("name", BAD_ROWS)
def test_a_bad_row_is_named_by_its_line(
    tmp_path: Path, name: str, lines_before: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracks_file, "_BLOCK", 1 << 18)
    bad, message = BAD_ROWS[name]
    if lines_before > 10 and name not in ("no time", "x2 equals x1", "a word"):
        lines_before = 100
    path = written(tmp_path, "\n".join([HEADER, *[GOOD] * lines_before, bad, GOOD, GOOD, ""]))
    with pytest.raises(BadInput) as caught:
        check_tracks(path)
    assert caught.value.code == "bad-row"
    assert caught.value.where == f"{path} line {lines_before + 2}"
    assert caught.value.what.startswith(message)


def test_several_bad_rows_are_listed(tmp_path: Path) -> None:
    bad = {4, 6, 9}
    lines = [row(score="2") if n in bad else GOOD for n in range(2, 12)]
    with pytest.raises(BadInput, match=r"line 4: score: .*\(also bad: line 6, 9\)$"):
        check_tracks(written(tmp_path, "\n".join([HEADER, *lines])))


def test_many_bad_rows_are_counted(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"line 2: .*\(also bad: line 3, 4, 5, 6, 25 more\)$"):
        check_tracks(written(tmp_path, "\n".join([HEADER, *[row(x1="?")] * 30])))


def test_blank_lines_count_as_lines(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="line 6: score"):
        check_tracks(written(tmp_path, f"{HEADER}\n\n{GOOD}\n\n\n{row(score='7')}\n"))


def test_a_line_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    lines = [HEADER, *[GOOD] * 500, row(camera="\xe9"), GOOD]
    with pytest.raises(BadInput, match="line 502: expected text in UTF-8"):
        check_tracks(written(tmp_path, "\n".join(lines).encode("latin-1")))


BAD_FILES: dict[str, tuple[bytes, str, str]] = {
    "empty": (b"", "empty", "found an empty file"),
    "no header": (GOOD.encode(), "header", "found no camera"),
    "a column missing": (
        HEADER.replace(",track", "").encode() + b"\n",
        "header",
        "line 1: expected the columns",
    ),
    "a column twice": ((HEADER + ",x1").encode() + b"\n", "header", "column x1 stands there twice"),
    "names in capitals": (HEADER.upper().encode(), "header", "found no camera, time_s"),
    "separated by semicolons": (HEADER.replace(",", ";").encode(), "header", "found no camera"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\rIHDR" + bytes(range(256)), "header", "no camera"),
    "zeros": (bytes(5000), "header", "found no camera"),
    "utf-16": (f"{HEADER}\n{GOOD}\n".encode("utf-16"), "header", "found no camera"),
    "garbage below the header": (
        HEADER.encode() + b"\n" + bytes(range(128, 256)) * 3,
        "bad-row",
        "expected text in UTF-8",
    ),
    "zeros below the header": (HEADER.encode() + b"\n" + bytes(300), "bad-row", "8 columns"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_is_no_table_is_refused_in_one_line(tmp_path: Path, name: str) -> None:
    content, code, message = BAD_FILES[name]
    path = written(tmp_path, content)
    with pytest.raises(BadInput) as caught:
        check_tracks(path)
    assert caught.value.code == code
    assert message in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_or_a_folder_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing.csv", tmp_path):
        with pytest.raises(BadInput, match="cannot be read") as caught:
            check_tracks(path)
        assert caught.value.code == "unreadable"


GOOD_FILES: dict[str, str | bytes] = {
    "plain": f"{HEADER}\n{GOOD}\n",
    "no line end at the end": f"{HEADER}\n{GOOD}",
    "with a byte order mark": f"\ufeff{HEADER}\n{GOOD}\n",
    "with carriage returns": f"{HEADER}\r\n{GOOD}\r\n",
    "quoted": f"{HEADER}\n" + ",".join(f'"{v}"' for v in GOOD.split(",")) + "\n",
    "quoted header": ",".join(f'"{v}"' for v in HEADER.split(",")) + f"\n{GOOD}\n",
    "blank lines": f"{HEADER}\n\n{GOOD}\n\n",
    "other order and more columns": "score,frame,y2,x2,y1,x1,note,track,time_s,camera\n"
    '0.9,1,120,50,20,10,"a, b",7,0.5,c\n',
    "track as a decimal": f"{HEADER}\n{row(track='7.0')}\n",
    "other ways to write numbers": f"{HEADER}\nc,.5,7,1e1,20.,5.0E+1,1.2e2,9e-1\n",
}


@pytest.mark.parametrize("name", GOOD_FILES)
def test_a_good_file_is_read(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, GOOD_FILES[name])
    ((cameras, rows),) = read_tracks(path)
    assert cameras.tolist() == ["c"]
    assert rows.time_s.tolist() == [0.5]
    assert rows.track.tolist() == [7]
    assert rows.xyxy.tolist() == [[10, 20, 50, 120]]
    assert rows.score.tolist() == [0.9]
    assert check_tracks(path).last_s == 0.5


@pytest.mark.parametrize("track", ["", "-1", "-12", "-3.0", '""'])
def test_an_empty_or_negative_track_is_not_confirmed(tmp_path: Path, track: str) -> None:
    rows = read(written(tmp_path, f"{HEADER}\n{row(track=track)}\n{GOOD}\n"))
    assert rows.track[0] < 0
    assert rows.track[1] == 7


def test_a_file_with_a_header_only_has_no_rows(tmp_path: Path, shop: Shop) -> None:
    for content in (HEADER, HEADER + "\n"):
        path = written(tmp_path, content)
        assert check_tracks(path).cameras == []
        result = replay(path, shop, START)
        assert result.events == []
        assert result.duration_s == 0


# Replaying.


@pytest.fixture
def shop() -> Shop:
    return parse_shop(text(), "shop.toml")


def _numbers(path: Path, shop: Shop) -> tuple[list[str], float, int, list[list[float]]]:
    result = replay(path, shop, START)
    assert result.heat is not None
    return (
        told(result.events),
        result.duration_s,
        len(result.frames),
        np.round(result.heat.seconds, 6).tolist(),
    )


def test_rows_in_any_order_give_the_same(tmp_path: Path, shop: Shop) -> None:
    found, _ = shopfloor(2, 15, 5.0, noise_px=2)
    mixed = found.take(np.random.default_rng(3).permutation(len(found)))
    first = _numbers(to_csv(tmp_path / "sorted.csv", found), shop)
    assert _numbers(to_csv(tmp_path / "mixed.csv", mixed), shop) == first
    assert len(first[0]) > 50


@pytest.mark.parametrize("block", [700, 1500, 20_000])
def test_blocks_that_part_a_moment_give_the_same(
    tmp_path: Path, shop: Shop, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, _ = shopfloor(4, 15, 2.0, noise_px=2, break_every_s=10, gap_s=2)
    path = to_csv(tmp_path / "tracks.csv", found)
    whole = _numbers(path, shop)
    monkeypatch.setattr(tracks_file, "_BLOCK", block)
    assert sum(1 for _ in read_tracks(path)) > path.stat().st_size / block / 2 > 1
    assert _numbers(path, shop) == whole


def test_a_camera_the_shop_does_not_know_is_refused(tmp_path: Path, shop: Shop) -> None:
    path = to_csv(tmp_path / "tracks.csv", walk(((0, 100, 300), (5, 500, 300))), camera="roof")
    with pytest.raises(BadInput, match="roof"):
        replay(path, shop, START)
    with pytest.raises(BadInput, match="expected rows of c, found roof"):
        replay(path, shop, START, camera="c")


TWO_CAMERAS = shop_text(
    {"l": MIDDLE},
    extra='[[camera]]\nid="d"\nsource="y.mp4"\nresolution=[640,480]\n'
    '[[line]]\nid="m"\ncamera="d"\npoints=[[320,0],[320,480]]\n',
)


def test_several_cameras_are_counted_each_by_itself(tmp_path: Path) -> None:
    """The same track numbers on both cameras are different people."""
    one = to_csv(tmp_path / "c.csv", walk(((0, 100, 300), (8, 540, 300))), "c")
    other = walk(((0.03, 540, 300), (8.03, 100, 300)), phase=0.3)
    two = to_csv(tmp_path / "d.csv", together([other, walk(((9, 90, 300), (19, 540, 300)))]), "d")
    path = tmp_path / "both.csv"
    path.write_text(one.read_text() + "".join(two.read_text().splitlines(keepends=True)[1:]))
    shop = parse_shop(TWO_CAMERAS, "shop.toml")
    assert check_tracks(path).cameras == ["c", "d"]
    result = replay(path, shop, START)
    assert passages(result.events, "l") == (1, 0)
    assert passages(result.events, "m") == (1, 1)  # drawn the other way round
    assert {e.camera for e in result.events} == {"c", "d"}
    alone = replay(path, shop, START, camera="d")
    assert passages(alone.events, "l") == (0, 0)
    assert passages(alone.events, "m") == (1, 1)


def test_without_a_start_the_recording_ended_when_the_file_was_written(tmp_path: Path) -> None:
    path = to_csv(tmp_path / "tracks.csv", walk(((0, 100, 300), (8, 540, 300))))
    result = replay(path, parse_shop(TWO_CAMERAS, "shop.toml"))
    assert result.start.timestamp() == pytest.approx(path.stat().st_mtime - 8.0, abs=1e-3)
