"""How full facings really were: ``stock.csv``, which a simulated truth holds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from miseban.insight.score.matching import Floats
from miseban.vocabulary.errors import BadInput

_TYPES = {"time_s": pa.float64(), "shelf": pa.string(), "facing": pa.string(), "fill": pa.float64()}


@dataclass(frozen=True, slots=True)
class Fills:
    """Of one facing, ``fill`` (N,) of its capacity at ``time_s`` (N,), ascending, in seconds since
    the start of the recording."""

    time_s: Floats
    fill: Floats


def read_stock(path: Path) -> dict[str, Fills]:
    """By ``shelf/facing``. Raises ``BadInput`` for a file that is no such table."""
    try:
        with path.open("rb") as file:
            table = arrow_csv.read_csv(
                file,
                convert_options=arrow_csv.ConvertOptions(
                    include_columns=list(_TYPES), column_types=_TYPES
                ),
            )
    except (OSError, pa.ArrowException, KeyError) as error:
        what = f"expected columns {', '.join(_TYPES)}: {str(error).splitlines()[0]}"
        raise BadInput("not-readable", path, what) from None
    names = pc.binary_join_element_wise(table["shelf"], table["facing"], "/")
    which = names.combine_chunks().dictionary_encode()
    number = which.indices.to_numpy()
    time_s, fill = (np.asarray(table[column].to_numpy()) for column in ("time_s", "fill"))
    order = np.lexsort((time_s, number))
    cuts = np.flatnonzero(np.diff(number[order])) + 1
    return {
        which.dictionary[int(number[rows[0]])].as_py(): Fills(time_s[rows], fill[rows])
        for rows in np.split(order, cuts)
        if len(rows)
    }
