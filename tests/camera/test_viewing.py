"""What a camera's gaps are while its source goes on adding some."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import numpy as np

from miseban.camera.viewing import Viewing
from miseban.vision.detectors import open_detector
from miseban.vision.pixels import Frame
from miseban.vision.sources import Gap
from miseban.vocabulary.shop import parse_shop
from tests.camera.played import START, PlayedSource, shop_of


class Falling(PlayedSource):
    """One more gap each time somebody asks: a reader's thread adds them at any moment."""

    def __init__(self) -> None:
        super().__init__(64, 48, 5.0, live=True)

    @property
    def gaps(self) -> list[Gap]:
        self._gaps.append(Gap(float(len(self._gaps)), len(self._gaps) + 0.5, "no frames came"))
        return list(self._gaps)

    @gaps.setter
    def gaps(self, gaps: list[Gap]) -> None:
        self._gaps = gaps

    def frames(self) -> Iterator[Frame]:
        yield from ()


def test_a_gap_that_comes_while_gaps_are_asked_for_is_told_the_next_time() -> None:
    source = Falling()
    with closing(open_detector("motion")) as detector:
        viewing = Viewing(source, detector, parse_shop(shop_of(64, 48), "s.toml"), "c", keep=False)
        told: list[Gap] = []
        for n in range(3):
            frame = Frame(np.zeros((48, 64, 3), np.uint8), n, 0.2 * n, START + timedelta(seconds=n))
            told += viewing.gaps_before(frame)
        told += viewing.gaps_at_end()
    assert [gap.start_s for gap in told] == [0.0, 1.0, 2.0, 3.0]
