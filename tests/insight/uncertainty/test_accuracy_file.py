"""``shop.accuracy.json``: kept whole, never lost, refused when it cannot be read."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from miseban.insight.uncertainty import accuracy_file as kept
from miseban.insight.uncertainty.accuracy import Specification
from miseban.insight.uncertainty.accuracy_file import Look, add, load_accuracy, read
from miseban.vocabulary.errors import BadInput, Failed
from tests.insight.sample import START


def look(
    minute: int = 0, counted: tuple[int, int] = (3, 1), told: tuple[int, int] = (4, 1)
) -> Look:
    return Look(
        made=START,
        camera="door",
        line="entrance",
        start=START + timedelta(minutes=minute),
        seconds=60.0,
        condition="well",
        counted=counted,
        told=told,
        passed=sum(counted),
    )


def test_a_minute_teaches_of_misses_and_inventions() -> None:
    into, out = look(counted=(3, 2), told=(4, 1)).evidence()

    assert (into.passages, into.missed, into.false, into.passed) == (4, 1, 0, 5)
    assert (out.passages, out.missed, out.false, out.passed) == (1, 0, 1, 5)


def test_answers_add_up_and_change_what_is_believed(tmp_path: Path) -> None:
    shop_file = tmp_path / "shop.toml"
    unknown = load_accuracy(shop_file, "kawaguchi")
    (before,) = unknown.belief("door", "entrance", "in", "well").rates
    for minute in range(20):
        add(kept.accuracy_file(shop_file), "kawaguchi", [look(minute)])
    accuracy = load_accuracy(shop_file, "kawaguchi")
    belief = accuracy.belief("door", "entrance", "in", "well")

    weight = 1 + before.crowding * 3  # three others passed in that minute
    expected = before.missed[0] + 20, before.missed[1] + 80 * weight - 20
    assert belief.rates[0].missed == pytest.approx(expected)
    assert belief.rates[0].false == (before.false[0], before.false[1] + 80)
    # One of four missed: that camera is hardly as well as it seems.
    assert belief.chance[0] < 0.01
    drawn = belief.drawn(np.random.default_rng(1), 2000)
    assert 0.1 < float(drawn.missed.mean()) < 0.2  # without the crowd's part
    # Nothing was learned of another way, line or condition.
    assert accuracy.belief("door", "entrance", "in", "dark").chance == (1.0,)
    assert accuracy.belief("till", "entrance", "in", "well").rates == (before,)


def test_a_clean_audit_leaves_a_camera_well(tmp_path: Path) -> None:
    path = tmp_path / "shop.accuracy.json"
    looks = [look(minute, counted=(2, 0), told=(2, 0)) for minute in range(60)]
    belief = add(path, "kawaguchi", looks).accuracy().belief("door", "entrance", "in", "well")

    assert belief.chance[0] > 0.9
    assert sum(belief.chance) == pytest.approx(1)


def test_the_same_minute_told_again_is_told_once(tmp_path: Path) -> None:
    path = tmp_path / "shop.accuracy.json"
    add(path, "kawaguchi", [look(1), look(0)])
    known = add(path, "kawaguchi", [look(1, told=(3, 1))], Specification(within_percent=3))

    assert [one.told for one in known.looks] == [(4, 1), (3, 1)]
    assert read(path, "kawaguchi") == known


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("{", "as a whole", id="cut"),
        pytest.param("[]", "as a whole", id="another shape"),
        pytest.param('{"shop": "kawaguchi", "looks": [{}]}', "looks.0", id="a look without a line"),
        pytest.param('{"shop": "elsewhere"}', "expected shop 'kawaguchi'", id="another shop"),
        pytest.param('{"shop": "kawaguchi", "more": 1}', "more", id="an unknown key"),
    ],
)
def test_what_cannot_be_read_is_named_and_left_alone(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "shop.accuracy.json"
    path.write_text(text)
    with pytest.raises(BadInput) as caught:
        add(path, "kawaguchi", [look()])

    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)
    assert path.read_text() == text


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "shop.accuracy.json"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match="not UTF-8"):
        read(path, "kawaguchi")


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "shop.accuracy.json"
    add(path, "kawaguchi", [look(0)])
    before = path.read_text()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Failed, match="No space left"):
        add(path, "kawaguchi", [look(1)])

    assert path.read_text() == before
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    assert json.loads(before)["schema"] == 1
