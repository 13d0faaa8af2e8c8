"""What a camera process is told by whoever starts it: one line of JSON, and one line a second back.

Both go through pipes, so a password stands in no list of processes.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from miseban.camera.delivery.address import HubAddress


class Model(BaseModel):
    """A detector, and with how many threads it runs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    threads: int = 1


class ProcessSettings(BaseModel):
    """``cameras`` of the shop file, each with its model, in one process called ``source``. ``hub``
    is a broker, or the socket of a hub on this machine. ``theirs`` stands for what the shop file
    says of these cameras: whoever reads something else there needs another process. ``appearance``:
    clothes help to join views of one visit; ``uniform``: they tell who works here; both as far as
    policy and notice allow."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    shop_file: Path
    source: str
    cameras: dict[str, Model]
    hub: HubAddress | Path
    outbox: Path
    gate: bool = True
    closer: bool = False
    appearance: bool = False
    uniform: bool = False
    theirs: str = ""


class Beat(BaseModel):
    """That all is well: ``frames`` analysed so far, ``waiting`` events in the outbox, ``lost``
    ones, whether the hub answers (``connected``) and whether the disk is ``full``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    frames: int = 0
    waiting: int = 0
    lost: int = 0
    connected: bool = False
    full: bool = False
