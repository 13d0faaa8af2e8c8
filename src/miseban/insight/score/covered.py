"""Who could be seen when: from the exact tracks of a simulated truth."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv as arrow_csv

from miseban.insight.score.folder import Folder
from miseban.vocabulary.errors import BadInput

PEOPLE = "people.csv"
SEEN = 0.3
"""So much of somebody must be visible in a camera's picture."""
_LONGEST_S = 1 << 22

Ints = NDArray[np.int64]


class Covered:
    """Seconds in which a person was seen by some camera, by visit."""

    def __init__(self, keys: Ints, persons: dict[str, int]) -> None:
        self._keys, self._persons = keys, persons

    @classmethod
    def of(cls, truth: Folder) -> Covered | None:
        """From ``tracks.csv`` with ``visibility`` and ``people.csv`` of a truth; None where they
        are not there. Raises ``BadInput`` for files that cannot be read."""
        people = truth.path / PEOPLE
        if truth.tracks is None or not people.is_file():
            return None
        try:
            with people.open(encoding="utf-8", newline="") as file:
                table = csv.DictReader(file)
                persons = {row["visit"]: int(row["person"]) for row in table}
            with truth.tracks.open(encoding="utf-8", errors="replace", newline="") as file:
                if "visibility" not in next(csv.reader(file), []):
                    return None
            return cls(_seen(truth.tracks), persons)
        except (OSError, KeyError, ValueError, csv.Error, pa.ArrowInvalid) as error:
            raise BadInput("not-readable", truth.path, f"who was seen when: {error}") from None

    def at(self, visit: str, seconds: Ints) -> NDArray[np.bool_]:
        """(N,): whether the person of ``visit`` was seen around each of ``seconds`` (N,)."""
        person = self._persons.get(visit)
        if person is None:
            return np.zeros(len(seconds), bool)
        keys = person * _LONGEST_S + seconds
        at = np.minimum(np.searchsorted(self._keys, keys), max(0, len(self._keys) - 1))
        found: NDArray[np.bool_] = (
            self._keys[at] == keys if len(self._keys) else np.zeros(len(seconds), bool)
        )
        return found


def _seen(tracks: Path) -> Ints:
    """(K,) person times ``_LONGEST_S`` plus second, ascending. A second lasts from half a second
    before it to half a second after."""
    columns = {"time_s": pa.float64(), "track": pa.int64(), "visibility": pa.float64()}
    reader = arrow_csv.open_csv(
        tracks,
        read_options=arrow_csv.ReadOptions(block_size=1 << 22, use_threads=False),
        convert_options=arrow_csv.ConvertOptions(
            include_columns=list(columns), column_types=columns
        ),
    )
    parts = [np.empty(0, np.int64)]
    for batch in reader:
        time_s, track, visibility = (column.to_numpy(zero_copy_only=False) for column in batch)
        good = visibility >= SEEN
        keys = track[good] * _LONGEST_S + np.floor(time_s[good] + 0.5).astype(np.int64)
        parts.append(np.unique(keys))
    pa.default_memory_pool().release_unused()
    return np.unique(np.concatenate(parts))
