"""Values of a shop file as TOML, laid out as people write them there."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, Final

_WIDE: Final = 96
"""Characters of a line; a longer list gets a line for each of its items."""


def as_toml(key: str, value: Any) -> str:
    """``value`` as it stands behind ``key =``. Raises ``TypeError`` for what a shop file has not,
    numbers that are none among it."""
    flat = _flat(value)
    if isinstance(value, list | tuple) and value:
        each = isinstance(value[0], Mapping) or len(key) + 3 + len(flat) > _WIDE
        if each and isinstance(value[0], Mapping | list | tuple):
            return "[\n" + "".join(f"  {_flat(one)},\n" for one in value) + "]"
    return flat


def _flat(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # JSON's quoting is TOML's too, but for DEL and for pairs of surrogates, which are not made.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float) and math.isfinite(value):
        return repr(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(_flat(one) for one in value)}]"
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{k} = {_flat(v)}' for k, v in value.items())} }}"
    raise TypeError(f"no value of a shop file: {type(value).__name__}")
