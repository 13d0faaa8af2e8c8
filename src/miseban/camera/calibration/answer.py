"""What a calibration says: floor points for the shop file, and how far to trust them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.shop.pinhole import Pinhole

Pair = tuple[float, float]
Spot = tuple[Pair, Pair]


@dataclass(frozen=True, slots=True)
class Answer:
    """``spots`` are floor points (pixel, metres) of ``camera``; ``residual_cm`` is how far places
    on the floor are likely to be off (NaN: not known), ``basis`` what that was found from;
    ``notes`` has one line or none for each spot. ``anchor`` is what the shop file should say, where
    that matters."""

    camera: str
    way: str
    spots: list[Spot]
    pinhole: Pinhole
    residual_cm: float
    basis: str
    anchor: str | None = None
    notes: list[str] = field(default_factory=list)

    def told(self) -> list[str]:
        """What a person reads about it."""
        lens = self.pinhole
        down, roll = math.degrees(lens.tilt), math.degrees(lens.roll)
        turned = f", turned {roll:.0f} degrees" if abs(roll) >= 1 else ""
        known = not math.isnan(self.residual_cm)
        residual = f"{self.residual_cm:.0f} cm" if known else "not known"
        return [
            f"residual {residual}: {self.basis}",
            f"the camera hangs {lens.height_m:.2f} m above [{lens.x:.1f}, {lens.y:.1f}], looks "
            f"{down:.0f} degrees down{turned}, and sees {lens.angle_deg:.0f} degrees across",
        ]

    def toml(self) -> str:
        """``floor_points`` (and ``anchor``) as they stand in the shop file."""
        lines = ["floor_points = ["]
        notes = self.notes or [""] * len(self.spots)
        for ((u, v), (x, y)), note in zip(self.spots, notes, strict=True):
            line = f"  {{ pixel = [{_short(u, 2)}, {_short(v, 2)}], "
            line += f"floor_m = [{_short(x, 3)}, {_short(y, 3)}] }},"
            lines.append(f"{line}  # {note}" if note else line)
        anchor = [f'anchor = "{self.anchor}"'] if self.anchor else []
        return "\n".join([*anchor, *lines, "]"]) + "\n"

    def figures(self) -> dict[str, object]:
        """For programs."""
        lens = self.pinhole
        return {
            "camera": self.camera,
            "way": self.way,
            "residual_cm": round(self.residual_cm, 1),
            "basis": self.basis,
            "floor_points": [{"pixel": list(p), "floor_m": list(f)} for p, f in self.spots],
            "anchor": self.anchor,
            "height_m": round(lens.height_m, 3),
            "tilt_deg": round(math.degrees(lens.tilt), 2),
            "roll_deg": round(math.degrees(lens.roll), 2),
            "angle_deg": round(lens.angle_deg, 2),
            "position_m": [round(lens.x, 3), round(lens.y, 3)],
        }


def _short(value: float, digits: int) -> str:
    return f"{round(value, digits) + 0.0:.{digits}f}".rstrip("0").rstrip(".")


def refuse_impossible(answer: Answer, shop: Shop, where: str) -> None:
    """That ``shop`` would take the answer. Raises ``BadInput`` as the shop file would."""
    data = shop.model_dump(by_alias=True)
    for camera in data["camera"]:
        if camera["id"] == answer.camera:
            camera["floor_points"] = [{"pixel": p, "floor_m": f} for p, f in answer.spots]
            camera["anchor"] = answer.anchor or camera["anchor"]
    if len(answer.spots) < 4:
        what = "expected a camera that sees some of the floor plan, found one that sees none"
        raise BadInput("no-floor", where, what)
    Shop.checked(data, where)
