"""Sheets are drawn at their size, and found again where they lie in a camera's picture."""

from __future__ import annotations

import re
import struct
from datetime import UTC, datetime

import cv2
import numpy as np
import pytest

from miseban.space.calibration.boards import Laid, from_boards
from miseban.vision.boards.finding import BoardFinder, Placement
from miseban.vision.boards.sheet import A4_MM, DPI, SIDE_MM, Lang, as_pdf, as_png, sheet
from miseban.vision.pixels import Frame, Image
from miseban.vocabulary.shop.pinhole import Pinhole
from tests.vision.boards.laid import floor_error_cm, laid_out

SIZE = (1280.0, 720.0)


def lens() -> Pinhole:
    return Pinhole(700.0, 4.0, 0.5, 3.0, 1.5, 0.65, 0.03, SIZE)


def floor() -> Image:
    """Tiles, with joints: something to be mistaken for a marker."""
    y, x = np.mgrid[0:720, 0:1280]
    tone = 150 + 40 * ((x // 37 + y // 29) % 2)
    return np.asarray(np.repeat(tone[..., None], 3, axis=2), np.uint8)


def looked(pictures: list[tuple[float, Image]]) -> list[Placement]:
    finder = BoardFinder()
    for number, (time_s, picture) in enumerate(pictures, start=1):
        finder.look(Frame(picture, number, time_s, datetime.now(UTC)))
    return finder.placements()


@pytest.mark.parametrize("lang", ["en", "ja", "ko"])
def test_the_black_square_is_as_large_as_the_sheet_says(lang: Lang) -> None:
    page = sheet(7, lang)
    assert page.shape[1] / DPI * 25.4 == pytest.approx(A4_MM[0], abs=0.2)
    dark = page[: int(200 / 25.4 * DPI), :, 0] < 128
    rows = np.flatnonzero(dark.mean(axis=1) > 0.3)
    assert np.ptp(rows) / DPI * 25.4 == pytest.approx(SIDE_MM, abs=0.5)
    words = page[int(215 / 25.4 * DPI) :, :, 0] < 128
    assert 0.003 < words.mean() < 0.2  # instructions, and no black page


def test_languages_differ_and_numbers_too() -> None:
    pages = [sheet(3, "en"), sheet(3, "ja"), sheet(3, "ko"), sheet(4, "en")]
    assert len({page.tobytes() for page in pages}) == 4


def test_the_files_say_how_large_they_are_printed() -> None:
    pages = [sheet(0, "en"), sheet(1, "en")]
    png = as_png(pages)
    x, y, unit = struct.unpack(">IIB", png[png.index(b"pHYs") + 4 :][:9])
    assert (x, y, unit) == (round(DPI / 0.0254), round(DPI / 0.0254), 1)
    read = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert read is not None
    assert np.array_equal(np.asarray(read), pages[0])
    pdf = as_pdf(pages)
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert box is not None
    assert [float(v) / 72 * 25.4 for v in box.groups()] == pytest.approx(A4_MM, abs=0.01)
    assert pdf.count(b"/Type /Page ") == 2
    for at, number in zip(re.findall(rb"(\d{10}) 00000 n", pdf), range(1, 99), strict=False):
        assert pdf[int(at) :].startswith(f"{number} 0 obj".encode())


def test_a_sheet_is_found_where_it_lies_and_only_where_it_lies_still() -> None:
    seen = lens()
    still = laid_out(seen, [(5, 4.0, 3.5, 0.4)], floor())
    pictures = [(0.3 * i, still) for i in range(6)]
    for i in range(6):  # carried on: never two frames in one place
        moving = laid_out(seen, [(5, 4.2 + 0.15 * i, 3.4, 0.4)], floor())
        pictures.append((1.8 + 0.3 * i, moving))
    found = looked(pictures)
    assert [(p.sheet, p.from_s) for p in found] == [(5, 0.0)]
    half = SIDE_MM / 2000
    c, s = np.cos(0.4), np.sin(0.4)
    corners = half * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1.0]]) @ np.array([[c, s], [-s, c]])
    exact = seen.to_pixel(np.add(corners, (4.0, 3.5)))
    assert np.abs(found[0].corners - exact).max() < 0.6


def test_sheets_seen_by_a_camera_give_its_place_back() -> None:
    true = lens()
    places = [(3.0, 2.5), (5.0, 2.5), (4.0, 3.5), (2.8, 4.5), (5.3, 4.6), (4.1, 5.5)]
    pictures = []
    for number, (x, y) in enumerate(places):
        lying = laid_out(true, [(number, x, y, 0.7 * number)], floor(), seed=number)
        pictures += [(4 * number + 0.4 * i, lying) for i in range(4)]
    found = looked(pictures)
    assert [p.sheet for p in found] == list(range(6))
    middles = np.full((6, 2), np.nan)
    middles[[3, 4]] = np.array(places)[[3, 4]]
    laid = Laid(np.array([p.corners for p in found]), middles)
    result = from_boards(laid, SIDE_MM / 1000, SIZE, (8.0, 7.0), "boards")
    assert floor_error_cm(result.camera, true, np.array(places)) < 8
    assert result.camera.height_m == pytest.approx(3.0, rel=0.05)
    assert result.camera.focal_px == pytest.approx(700, rel=0.06)


def test_nothing_is_found_on_an_empty_floor() -> None:
    assert looked([(0.4 * i, floor()) for i in range(5)]) == []
