"""The sheet to print: a marker of known size, a ruler to check it, and what to do with it."""

from __future__ import annotations

import tomllib
import zlib
from functools import cache
from importlib.resources import files
from typing import Literal

import cv2
import numpy as np

from miseban.vision.pixels import Image
from miseban.vocabulary.errors import Failed

Lang = Literal["en", "ja", "ko"]

DICTIONARY = cv2.aruco.DICT_4X4_50
SHEETS = 50
SIDE_MM = 180.0
"""Of the marker's black square: the largest that every printer gets onto A4 with a white margin,
since a camera under a ceiling sees it at a few pixels a centimetre."""
A4_MM = (210.0, 297.0)
DPI = 200
_TOP_MM, _LEFT_MM = 15.0, 15.0
_CELLS = 6  # of a 4x4 marker with its black border


def sheet(number: int, lang: Lang) -> Image:
    """An A4 page at ``DPI``, (H, W, 3) BGR: marker ``number`` (0 to ``SHEETS`` - 1), a ruler of
    100 mm, and instructions in ``lang``."""
    width, height = (_px(mm) for mm in A4_MM)
    page = np.full((height, width, 3), 255, np.uint8)
    dictionary = cv2.aruco.getPredefinedDictionary(DICTIONARY)
    bits = cv2.aruco.generateImageMarker(dictionary, number, _CELLS, borderBits=1)
    side = _px(SIDE_MM)
    marker = cv2.resize(np.asarray(bits, np.uint8), (side, side), interpolation=cv2.INTER_NEAREST)
    top, left = _px(_TOP_MM), _px(_LEFT_MM)
    page[top : top + side, left : left + side] = np.asarray(marker, np.uint8)[..., None]
    middle = left + side // 2
    _tick(page, (middle, top - _px(6)), (middle, top - _px(1)))
    y = top + side + _px(9)
    cv2.line(page, (left, y), (left + _px(100), y), (0, 0, 0), 3)
    for at in (0, 50, 100):
        _tick(page, (left + _px(at), y - _px(3)), (left + _px(at), y + _px(3)))
    words = _words()[lang]
    _write(page, "100 mm", left + _px(103), y + _px(1.5), 4.5)
    _write(page, words["number"].format(number=number), left + _px(135), y + _px(2), 6)
    y += _px(12)
    for line in words["lines"].format(side=f"{SIDE_MM:g}").splitlines():
        _write(page, line, left, y, 4.2)
        y += _px(7)
    return page


def as_png(pages: list[Image]) -> bytes:
    """One page (the first) as a PNG that says its resolution, so that it prints at its size."""
    done, data = cv2.imencode(".png", pages[0])
    if not done:
        raise Failed("board", "board", "could not be encoded as PNG")
    # pHYs, pixels a metre, belongs before the image data: after the header of 33 bytes.
    raw, a_metre = data.tobytes(), round(DPI / 0.0254)
    body = b"pHYs" + a_metre.to_bytes(4, "big") * 2 + b"\x01"
    chunk = (9).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
    return raw[:33] + chunk + raw[33:]


def as_pdf(pages: list[Image]) -> bytes:
    """All pages as a PDF of A4 pages, each one grey picture of exactly that size (ISO 32000-1)."""
    width, height = (mm / 25.4 * 72 for mm in A4_MM)
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    kids = []
    for page in pages:
        grey = np.asarray(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY), np.uint8)
        rows, columns = grey.shape
        number = len(objects) + 1
        kids.append(f"{number} 0 R")
        draw = f"q {width:.3f} 0 0 {height:.3f} 0 0 cm /I Do Q".encode()
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width:.3f} {height:.3f}] /Contents "
            f"{number + 1} 0 R /Resources << /XObject << /I {number + 2} 0 R >> >> >>".encode()
        )
        objects.append(_stream(b"", draw))
        about = f"/Type /XObject /Subtype /Image /Width {columns} /Height {rows} "
        about += "/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode "
        objects.append(_stream(about.encode(), zlib.compress(grey.tobytes(), 9)))
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    out, places = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    begins = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{at:010d} 00000 n \n".encode() for at in places)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{begins}\n".encode()
    return bytes(out + b"%%EOF\n")


def _stream(about: bytes, content: bytes) -> bytes:
    head = b"<< " + about + f"/Length {len(content)} >>\nstream\n".encode()
    return head + content + b"\nendstream"


def _px(mm: float) -> int:
    return round(mm / 25.4 * DPI)


def _tick(page: Image, start: tuple[int, int], end: tuple[int, int]) -> None:
    cv2.line(page, start, end, (0, 0, 0), 3)


def _write(page: Image, text: str, x: int, y: int, tall_mm: float) -> None:
    font = cv2.FontFace("uni")
    size = _px(tall_mm)
    room = page.shape[1] - x - _px(10)
    while size > 10:  # a longer language gets smaller letters
        box = cv2.getTextSize((0, 0), text, (0, 0), font, size)
        if box[2] <= room:
            break
        size -= 1
    cv2.putText(page, text, (x, y), (0, 0, 0), font, size)


@cache
def _words() -> dict[str, dict[str, str]]:
    text = files("miseban.vision.boards").joinpath("words.toml").read_text("utf-8")
    return tomllib.loads(text)
