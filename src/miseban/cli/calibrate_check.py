"""``miseban calibrate --check``: whether a shop file still fits what its cameras see."""

from __future__ import annotations

import json
import math

import typer

from miseban.space.calibration.agreement import Check, check
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.tracks import TrackRows


def check_shop(shop: Shop, rows: dict[str, TrackRows], *, as_json: bool) -> None:
    """Tells of every camera with floor points, and of every two that see the same people; leaves
    with status 1 when something does not fit. Raises ``BadInput`` when there is nothing to check.
    """
    found = check(shop, rows)
    if not found.statures and not found.agreements:
        what = "expected tracks of a camera with floor_points, found none"
        raise BadInput("nothing-to-check", "--check", what)
    wrong = any(s.wrong for s in found.statures) or any(a.wrong for a in found.agreements)
    if as_json:
        typer.echo(json.dumps(_figures(found), indent=2))
    else:
        for s in found.statures:
            tall = f"{s.tall_m:.2f} m tall" if s.people else "nobody in full view"
            typer.echo(f"{s.camera}: {s.people} people, {tall}{_mark(s.wrong)}")
        for a in found.agreements:
            shift = f"{a.right_cm:+.0f} right, {a.down_cm:+.0f} down"
            clock = f", clock {a.later_s:+.2f} s" if a.later_s else ""
            typer.echo(
                f"{a.one} - {a.other}: {a.people} people {a.apart_cm:.0f} cm apart "
                f"({shift}){clock}{_mark(a.wrong)}"
            )
    if wrong:
        raise typer.Exit(1)


def _mark(wrong: str) -> str:
    return f"  WRONG: {wrong}" if wrong else ""


def _figures(found: Check) -> dict[str, object]:
    return {
        "cameras": {
            s.camera: {
                "people": s.people,
                "height_m": None if math.isnan(s.tall_m) else round(s.tall_m, 3),
                "wrong": s.wrong or None,
            }
            for s in found.statures
        },
        "pairs": [
            {
                "cameras": [a.one, a.other],
                "people": a.people,
                "apart_cm": round(a.apart_cm, 1),
                "shift_cm": [round(a.right_cm, 1), round(a.down_cm, 1)],
                "clock_s": a.later_s,
                "wrong": a.wrong or None,
            }
            for a in found.agreements
        ],
    }
