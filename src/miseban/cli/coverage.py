"""``miseban coverage``: which floor the cameras see, and where more of them should hang."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Annotated

import typer

from miseban.camera.calibration.coverage_picture import coverage_picture
from miseban.cli.new_files import check_new, write_new
from miseban.space.coverage import (
    LIES_M,
    STANDS_M,
    Box,
    Coverage,
    Gap,
    Hanging,
    Hung,
    Posture,
    cover,
    place_more,
)
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import load_shop

_MOST_GAPS = 8
_TALL: tuple[tuple[Posture, float], ...] = (("stands", STANDS_M), ("lies", LIES_M))


def coverage_command(
    shop_file: Annotated[Path, typer.Argument(metavar="SHOP", help="The shop file.")],
    more: Annotated[
        int, typer.Option("--more", min=0, max=500, help="Where so many more should hang.")
    ] = 0,
    anew: Annotated[
        bool, typer.Option("--anew", help="With --more: as if no camera hung yet.")
    ] = False,
    hang: Annotated[
        float, typer.Option("--hang", min=1.5, max=20, help="How high more hang, m.")
    ] = 3.0,
    angle: Annotated[
        float, typer.Option("--angle", min=20, max=140, help="Their lens's angle across, degrees.")
    ] = 90.0,
    within: Annotated[
        str | None,
        typer.Option("--within", metavar="X,Y,X,Y", help="Only this part of the plan, m."),
    ] = None,
    picture: Annotated[
        Path | None, typer.Option("--picture", metavar="FILE", help="PNG: the plan, coloured.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """Tells how much of the floor the cameras see, and where more should hang.

    Example: miseban coverage shop.toml --more 3 --picture floor.png
    """
    if anew and not more:
        raise BadInput("coverage", "--anew", "expected --more beside it")
    shop, box = load_shop(shop_file), None if within is None else _box(within)
    check_new({"--picture": picture})
    found = cover(shop, within=box)
    placed = place_more(shop, more, Hanging(hang, angle), within=box, anew=anew) if more else []
    if as_json:
        typer.echo(json.dumps(_figures(found, placed), indent=2))
    else:
        _tell(found, placed)
    if picture is not None:
        write_new({picture: coverage_picture(found, placed)})


def _box(text: str) -> Box:
    try:
        x, y, far_x, far_y = (float(one) for one in text.split(","))
    except ValueError:
        x = y = far_x = far_y = math.nan
    if not all(map(math.isfinite, (x, y, far_x, far_y))):
        what = f"expected two corners in metres as 0,0,30,20, found {text}"
        raise BadInput("coverage", "--within", what)
    return x, y, far_x, far_y


def _tell(found: Coverage, placed: list[Hung]) -> None:
    hung = len(found.of_camera)
    typer.echo(f"{found.m2:.0f} m² of floor without fixtures, {hung} cameras")
    if found.unknown:
        typer.echo(f"without floor_points, so not counted: {', '.join(found.unknown)}")
    for posture, tall_m in _TALL:
        once, twice = (found.share(posture, n) for n in (1, 2))
        typer.echo(
            f"who {posture} ({tall_m:g} m) is seen by one and more: {once:.0%}, "
            f"by two and more: {twice:.0%}"
        )
    gaps = found.gaps("lies")
    if gaps:
        typer.echo("where nobody who lies is seen:")
    for gap in gaps[:_MOST_GAPS]:
        typer.echo(f"  {gap.m2:.1f} m² around {gap.x:.1f}, {gap.y:.1f}{_zones(gap)}")
    if len(gaps) > _MOST_GAPS:
        rest = sum(gap.m2 for gap in gaps[_MOST_GAPS:])
        typer.echo(f"  {rest:.1f} m² in {len(gaps) - _MOST_GAPS} smaller places")
    if placed:
        typer.echo("more cameras, and how much of who lies is seen then by one, by two:")
    for number, one in enumerate(placed, start=1):
        typer.echo(
            f"  {number}: at {one.x:.1f}, {one.y:.1f}, {one.height_m:.1f} m up, looks to "
            f"{one.looks_at[0]:.1f}, {one.looks_at[1]:.1f}: {one.once:.0%}, {one.twice:.0%}"
        )


def _zones(gap: Gap) -> str:
    return f" ({', '.join(gap.zones)})" if gap.zones else ""


def _figures(found: Coverage, placed: list[Hung]) -> dict[str, object]:
    return {
        "floor_m2": round(found.m2, 2),
        "seen": {
            posture: {
                "by_one": round(found.share(posture, 1), 4),
                "by_two": round(found.share(posture, 2), 4),
                "gaps": [
                    {"m2": g.m2, "x": g.x, "y": g.y, "zones": list(g.zones)}
                    for g in found.gaps(posture)
                ],
            }
            for posture, _ in _TALL
        },
        "cameras": {name: round(m2, 2) for name, m2 in found.of_camera.items()},
        "without_floor_points": list(found.unknown),
        "more": [
            {
                "x": one.x,
                "y": one.y,
                "height_m": one.height_m,
                "looks_at": list(one.looks_at),
                "by_one": round(one.once, 4),
                "by_two": round(one.twice, 4),
            }
            for one in placed
        ],
    }
