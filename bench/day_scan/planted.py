"""What must be found, written down in every way, in every place where something could be."""

from __future__ import annotations

import base64
import io
import json
import os
import sqlite3
from pathlib import Path

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

PICTURES = (".jpg", ".png", ".webp", ".bmp", ".tiff")


def kinds(frame: NDArray[np.uint8], vector: NDArray[np.float64]) -> dict[str, bytes]:
    """``frame`` (H, W, 3) is one of those that needles are of, ``vector`` (D,) one that was there;
    another vector, which nobody has seen, must be found too."""
    busy = _busiest(frame)
    grey = (busy.astype(np.uint16).sum(axis=2) // 3).astype(np.uint8)
    rows = np.ascontiguousarray(frame[frame.shape[0] // 2 :][:8]).tobytes()
    other = np.random.default_rng(7).normal(size=128)
    other /= np.linalg.norm(other)
    array = io.BytesIO()
    np.save(array, np.arange(8))
    found = {
        "rows of a frame": rows,
        "rows in RGB": np.frombuffer(rows, np.uint8).reshape(-1, 3)[:, ::-1].tobytes(),
        "a crop of 16 by 16": np.ascontiguousarray(busy).tobytes(),
        "a grey crop of 16 by 16": grey.tobytes(),
        "a crop in base64": base64.b64encode(np.ascontiguousarray(busy).tobytes()),
        "a crop in hexadecimal": np.ascontiguousarray(busy).tobytes().hex().encode(),
        "an array": array.getvalue(),
    }
    for form in PICTURES:
        plain = [cv2.IMWRITE_TIFF_COMPRESSION, 1] if form == ".tiff" else []
        done, encoded = cv2.imencode(form, frame, plain)
        if not done:
            raise OSError(f"OpenCV writes no {form}")
        found[f"a picture, {form}"] = encoded.tobytes()
    found["a picture in base64"] = base64.b64encode(found["a picture, .jpg"])
    for whose, one in (("that was there", vector), ("of another", other)):
        for kind in (np.float16, np.float32, np.float64):
            found[f"a vector {whose}, {kind.__name__}"] = one.astype(kind).tobytes()
        found[f"a vector {whose}, base64"] = base64.b64encode(one.astype(np.float32).tobytes())
        found[f"a vector {whose}, JSON"] = json.dumps([round(float(x), 6) for x in one]).encode()
    return found


def plant(folder: Path, what: dict[str, bytes]) -> dict[str, list[Path]]:
    """Each kind in a file between other bytes, in a compressed column and in a database's log of
    changes. Returns where each lies."""
    placed: dict[str, list[Path]] = {}
    for number, (kind, data) in enumerate(what.items()):
        here = folder / f"{number:02d}"
        here.mkdir(parents=True)
        middle = here / "bytes"
        middle.write_bytes(os.urandom(501) + b'{"a": "' + data + b'"}' + os.urandom(300))
        column = here / "column.parquet"
        table = pa.table({"a": pa.array([b"nothing", data], pa.binary())})
        pq.write_table(table, column, compression="zstd")
        placed[kind] = [middle, column]
        # A page of the log holds no more than 4 KB in one piece; what is longer is cut anyway.
        database = sqlite3.connect(here / "base.db")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE events (line BLOB)")
        database.commit()
        database.execute("INSERT INTO events VALUES (?)", (data,))
        database.commit()
        log = here / "log"
        log.write_bytes((here / "base.db-wal").read_bytes())
        database.close()
        (here / "base.db").unlink()
        placed[kind].append(log)
    return placed


def _busiest(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The 16 by 16 pixels in which most goes on: a person or goods, not a wall."""
    grey = frame.astype(np.float64).mean(axis=2)
    height, width = (side // 16 * 16 for side in grey.shape)
    blocks = grey[:height, :width].reshape(height // 16, 16, width // 16, 16)
    row, column = np.unravel_index(blocks.std(axis=(1, 3)).argmax(), (height // 16, width // 16))
    # Not where blocks begin, so that needles must fit at any place.
    top, left = min(16 * int(row) + 3, height - 16), min(16 * int(column) + 5, width - 16)
    return frame[top : top + 16, left : left + 16]
