"""What was measured of one model in one runtime on one machine."""

from __future__ import annotations

from statistics import fmean

from pydantic import BaseModel, ConfigDict, Field


class TruthScore(BaseModel):
    """How well people were found in pictures of which the truth is known.

    ``people`` are those at least half visible; ``ap50`` and ``recall_p70`` as in
    ``miseban.vision.models.accuracy``; ``real`` pictures are of real people.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    truth: str
    real: bool
    pictures: int
    people: int
    ap50: float
    recall_p70: float


class Measured(BaseModel):
    """Cost and accuracy. Times are without the decoding of a video, unless a video was given."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    runtime: str
    threads: int
    frames: int
    ms_per_frame: float = Field(ge=0, description="median wall-clock time of the detector")
    processor_ms_per_frame: float = Field(ge=0, description="mean, over all threads")
    cores: float = Field(ge=0, description="busy on average while the detector works")
    camera_processor_ms: float = Field(
        ge=0, description="processor time of a frame in the whole loop of a camera, mean"
    )
    peak_mb: float = Field(ge=0, description="most memory resident of the camera's process, 10^6")
    scores: tuple[TruthScore, ...] = ()

    @property
    def title(self) -> str:
        """As ``--model`` takes it."""
        return f"{self.name}@{self.runtime}" if self.runtime != "built-in" else self.name

    @property
    def real_ap50(self) -> float | None:
        """Mean AP50 over pictures of real people; None where there were none."""
        found = [score.ap50 for score in self.scores if score.real]
        return fmean(found) if found else None
