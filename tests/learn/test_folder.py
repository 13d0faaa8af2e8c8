"""Training folders: what is written is read back, and what is wrong is one line."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from miseban.learn.pictures.folder import COLUMNS, TRUTH, read_folder, rows_of
from miseban.vocabulary.errors import BadInput

HEAD = ",".join(COLUMNS)


def folder(tmp_path: Path, *rows: str, head: str = HEAD) -> Path:
    cv2.imwrite(str(tmp_path / "a.jpg"), np.zeros((40, 60, 3), np.uint8))
    (tmp_path / TRUTH).write_text("".join(f"{row}\n" for row in (head, *rows)), "utf-8")
    return tmp_path


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    boxes = np.array([[1.0, 2.0, 30.5, 39.0], [5, 5, 9, 20]])
    rows = rows_of("a.jpg", boxes, np.array([1.0, 0.25]))
    (picture,) = read_folder(folder(tmp_path, *rows))
    assert picture.path == tmp_path / "a.jpg"
    assert picture.xyxy.tolist() == boxes.tolist()
    assert picture.visibility.tolist() == [1.0, 0.25]


def test_a_picture_without_people_is_a_picture(tmp_path: Path) -> None:
    rows = rows_of("a.jpg", np.empty((0, 4)), np.empty(0))
    (picture,) = read_folder(folder(tmp_path, *rows))
    assert picture.xyxy.shape == (0, 4)


@pytest.mark.parametrize(
    ("rows", "head", "code", "said"),
    [
        ((), HEAD, "no-truth", "at least one picture"),
        (("a.jpg,1,2,3,4,1",), "file,x,y", "bad-truth", "line 1"),
        (("a.jpg,1,2,3,4",), HEAD, "bad-truth", "line 2"),
        (("a.jpg,1,2,three,4,1",), HEAD, "bad-truth", "line 2"),
        (("a.jpg,,,,,", "a.jpg,9,2,3,4,1"), HEAD, "bad-truth", "line 3"),
        (("a.jpg,1,2,3,4,1.5",), HEAD, "bad-truth", "line 2"),
        (("a.jpg,1,2,nan,4,1",), HEAD, "bad-truth", "line 2"),
        (("b.jpg,1,2,3,4,1",), HEAD, "bad-truth", "b.jpg"),
    ],
    ids=["nothing", "columns", "short", "word", "turned", "share", "nan", "missing"],
)
def test_wrong_truth_is_one_line(
    tmp_path: Path, rows: tuple[str, ...], head: str, code: str, said: str
) -> None:
    with pytest.raises(BadInput) as wrong:
        read_folder(folder(tmp_path, *rows, head=head))
    assert wrong.value.code == code
    assert said in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_a_folder_without_truth_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"truth\.csv"):
        read_folder(tmp_path)
