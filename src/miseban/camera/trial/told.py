"""What is asked of a look into a camera, and what it answers: one line of JSON each."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from miseban.camera.trial.coarse import CoarseStill

Code = Literal["ok", "form", "no-answer", "no-video", "crowded", "size", "broken", "too-long"]
"""``form``: no address that can be used; ``no-answer``: nobody there, or refused; ``no-video``: it
answers, and no picture comes; ``crowded``: too much of the place was never seen free of people;
``size``: the picture has another size than the shop file says; ``broken``: something else, in
``detail``; ``too-long``: it was given up."""


class Look(BaseModel):
    """``camera`` of ``shop_file``: a picture without people is wanted, or with ``coarse`` one in
    blocks. None: only whether ``address`` delivers video."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: str
    shop_file: Path
    camera: str | None = None
    coarse: bool = False


class Looked(BaseModel):
    """``width`` and ``height`` in pixels; ``fps`` as measured, none where it was too short for
    that; ``picture``: a JPEG in base64, of the place without people, and ``seconds`` it took;
    ``blocks``: one in blocks; ``detail``: a sentence for people."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Code
    detail: str = ""
    width: int | None = None
    height: int | None = None
    fps: float | None = None
    picture: str | None = None
    blocks: CoarseStill | None = None
    seconds: float | None = None
