"""The search of ``python -m bench.day_scan``: everything that is planted is found, and what a shop
keeps is not taken for a picture or a vector."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.day_scan import open_files, vectors
from bench.day_scan.needles import Needles, of_picture, of_vector
from bench.day_scan.planted import kinds, plant
from bench.day_scan.search import Search, quads

CHANCE = np.random.default_rng(3)


def picture() -> np.ndarray:
    """(120, 160, 3): nothing in it is even."""
    rough = CHANCE.integers(0, 256, (30, 40, 3)).repeat(4, 0).repeat(4, 1)
    return np.clip(rough + CHANCE.normal(0, 12, (120, 160, 3)), 0, 255).astype(np.uint8)


FRAME, VECTOR = picture(), CHANCE.normal(size=64).astype(np.float32)
SEARCH = Search(
    Needles([of_picture(FRAME), of_vector(VECTOR)]), frozenset(quads([float(x) for x in VECTOR]))
)


def test_everything_that_is_planted_is_found_wherever_it_lies(tmp_path: Path) -> None:
    placed = plant(tmp_path, kinds(FRAME, VECTOR.astype(np.float64)))
    assert len(placed) >= 20
    missed = [
        f"{kind}: {path.name}"
        for kind, paths in placed.items()
        for path in paths
        if not any(True for _ in SEARCH.file(path, "planted"))
    ]
    assert missed == []


@given(st.integers(0, 104), st.integers(0, 144), st.booleans())
@settings(max_examples=60)
def test_every_crop_of_16_by_16_is_found(top: int, left: int, grey: bool) -> None:
    crop = FRAME[top : top + 16, left : left + 16]
    if grey:
        crop = (crop.astype(np.uint16).sum(axis=2) // 3).astype(np.uint8)
    assert SEARCH.needles.found(b"abc" + np.ascontiguousarray(crop).tobytes() + b"de") >= 0


@given(
    st.integers(64, 600), st.integers(0, 9), st.sampled_from([np.float16, np.float32, np.float64])
)
@settings(max_examples=40)
def test_any_normal_vector_is_a_row_of_numbers(long: int, before: int, kind: type) -> None:
    vector = np.random.default_rng(long).normal(size=long)
    vector /= np.linalg.norm(vector)
    data = bytes(range(before)) + vector.astype(kind).tobytes() + bytes(40)
    assert any(True for _ in vectors.binary(data))
    text = b'{"a": ' + json.dumps([round(float(x), 5) for x in vector]).encode() + b"}"
    assert [name for _, name, _ in vectors.written(text)] == ["a"]


def test_a_database_a_table_and_chance_are_none(tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": f"{n:032x}", "visit": f"{n * 7919:016x}", "dwell_s": n / 7, "n": n})
        for n in range(4000)
    ]
    database = sqlite3.connect(tmp_path / "a.db")
    database.execute("CREATE TABLE events (number INTEGER PRIMARY KEY, line TEXT)")
    database.executemany("INSERT INTO events (line) VALUES (?)", [(line,) for line in lines])
    database.execute("DELETE FROM events WHERE number % 3 = 0")
    database.commit()
    database.close()
    table = pa.table({"line": lines, "dwell_s": [n / 7 for n in range(4000)]})
    pq.write_table(table, tmp_path / "b.parquet", compression="none")
    times = np.random.default_rng(2).integers(0, 50_000_000_000, 4000) + 1_775_444_400_000_000
    (tmp_path / "times").write_bytes(b"a" + np.sort(times).astype("<i8").tobytes())
    places = np.arange(4000) // 16 % 256 - np.random.default_rng(4).integers(0, 9, 4000)
    (tmp_path / "places").write_bytes(places.astype(np.uint8).tobytes())
    pointers = (4000 - 34 * np.arange(90)).astype(">u2").tobytes()
    (tmp_path / "pointers").write_bytes(b"abc" + pointers)
    (tmp_path / "c").write_bytes(np.random.default_rng(1).bytes(2_000_000))
    (tmp_path / "d").write_text("\n".join(lines))
    assert list(SEARCH.folder(tmp_path, "none")) == []


@pytest.mark.parametrize(("name", "counts"), [("x", False), ("look", True)])
def test_a_visits_way_may_be_told_and_a_look_may_not(name: str, counts: bool) -> None:
    data = json.dumps({name: [n / 8 for n in range(50)]}).encode()
    assert any(True for _ in SEARCH.data(data, "here")) is counts


@pytest.mark.skipif(not Path("/proc/self/map_files").exists(), reason="needs Linux's /proc")
def test_a_file_that_is_open_elsewhere_is_seen_even_when_it_has_no_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_files, "EVERY_S", 0.05)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with (elsewhere / "named").open("wb") as named, (elsewhere / "gone").open("wb") as gone:
        for file in (named, gone):
            file.write(np.ascontiguousarray(FRAME).tobytes())
            file.flush()
        (elsewhere / "gone").unlink()
        watched = open_files.OpenFiles(lambda: [os.getpid()], tmp_path / "shop", tmp_path / "to")
        until_s = time.monotonic() + 10
        while len(watched.names) < 2 and time.monotonic() < until_s:
            time.sleep(0.05)
        watched.close()
    mine = {copy: name for copy, name in watched.names.items() if str(elsewhere) in name}
    assert {name.split("/")[-1] for name in mine.values()} == {"named", "gone (deleted)"}
    for copy in mine:
        assert any(True for _ in SEARCH.file(tmp_path / "to" / copy, "elsewhere"))
