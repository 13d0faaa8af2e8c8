"""The record of choices beside a shop file."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from miseban.vision.models.budget import Budget
from miseban.vision.models.choice import Choice, choices_file, record, recorded
from miseban.vocabulary.errors import BadInput, Failed
from tests.vision.models.test_budget import NANO, SMALL


def choice(measured: object = NANO) -> Choice:
    return Choice.model_validate(
        {
            "measured": measured,
            "budget": Budget(fps=5, cores=1),
            "chosen": datetime(2026, 3, 1, tzinfo=UTC),
            "machine": "a small board, 4 cores",
        }
    )


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "corner.toml"
    path.write_text("# the shop file is never rewritten\n", encoding="utf-8")
    return path


def test_what_is_recorded_is_found_again(shop: Path) -> None:
    assert recorded(shop, "door") is None
    before = shop.read_bytes()
    path = record(shop, "door", choice())
    assert path == shop.with_name("corner.models.json") == choices_file(shop)
    assert recorded(shop, "door") == choice()
    assert recorded(shop, "till") is None
    record(shop, "till", choice(SMALL))
    record(shop, "door", choice(SMALL))
    found = [recorded(shop, camera) for camera in ("door", "till")]
    assert [one.model for one in found if one] == ["small@onnxruntime"] * 2
    assert shop.read_bytes() == before
    assert sorted(p.name for p in shop.parent.iterdir()) == ["corner.models.json", "corner.toml"]


def test_many_at_once_lose_nothing(shop: Path) -> None:
    cameras = [f"camera-{n}" for n in range(12)]
    threads = [threading.Thread(target=record, args=(shop, c, choice())) for c in cameras]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(recorded(shop, camera) == choice() for camera in cameras)


def test_a_damaged_record_is_not_written_over(shop: Path) -> None:
    choices_file(shop).write_text("{}}", encoding="utf-8")
    with pytest.raises(BadInput, match=r"corner\.models\.json: as a whole: Invalid JSON.*remove"):
        record(shop, "door", choice())
    assert choices_file(shop).read_text("utf-8") == "{}}"
    choices_file(shop).write_bytes(b"\xff")
    with pytest.raises(BadInput, match="cannot be read: not UTF-8 text"):
        recorded(shop, "door")


def test_a_folder_that_cannot_be_written(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("tempfile.mkstemp", full)
    with pytest.raises(Failed, match=r"corner\.models\.json: cannot be written: No space left"):
        record(shop, "door", choice())
    assert recorded(shop, "door") is None
