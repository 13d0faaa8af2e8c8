"""Files that are whole at every moment, and lose nothing when two write at once."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from miseban.vocabulary.whole_files import alone, write_whole


def test_what_cannot_be_written_leaves_the_old_file_and_no_litter(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_whole(path, "店番\n")
    assert path.read_text("utf-8") == "店番\n"
    assert path.stat().st_mode & 0o777 == 0o644
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "half" * 9999 + "\udcff")
    assert path.read_text("utf-8") == "店番\n"
    assert list(tmp_path.iterdir()) == [path]


def test_two_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "count"
    write_whole(path, "0")

    def count() -> None:
        for _ in range(25):
            with alone(path):
                write_whole(path, str(int(path.read_text("utf-8")) + 1))

    several = [threading.Thread(target=count) for _ in range(4)]
    for one in several:
        one.start()
    for one in several:
        one.join()
    assert path.read_text("utf-8") == "100"
