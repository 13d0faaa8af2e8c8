"""Looks into a camera from a process of its own, which is killed when it takes too long: what a
decoder does with a stranger's stream hurts nobody else."""

from __future__ import annotations

import subprocess
import sys
from typing import Final

from pydantic import ValidationError

from miseban.camera.trial.told import Look, Looked

CHECK_S: Final = 40.0
PICTURE_S: Final = 120.0
"""Seconds after which a look is given up: for a check, and for a picture."""
_MOST_BYTES: Final = 2_000_000


def look_into(look: Look, *, longest_s: float | None = None) -> Looked:
    """What was seen. Never raises: also a process that dies is an answer."""
    limit_s = longest_s or (CHECK_S if look.camera is None else PICTURE_S)
    command = [sys.executable, "-m", "miseban.camera.trial.child"]
    try:
        done = subprocess.run(  # noqa: S603 - our own program; the address goes in as data
            command,
            input=look.model_dump_json().encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=limit_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Looked(code="too-long", detail=f"nothing came within {limit_s:.0f} seconds")
    except OSError as error:
        return Looked(code="broken", detail=f"the look could not begin: {error.strerror}")
    try:
        return Looked.model_validate_json(done.stdout[:_MOST_BYTES])
    except ValidationError:
        return Looked(code="broken", detail=f"the look ended by itself (status {done.returncode})")
