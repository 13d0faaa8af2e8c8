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
    STEEP_HANG_M,
    TALL_M,
    Box,
    Coverage,
    Gap,
    Hanging,
    Hung,
    cover,
    figures,
    figures_of,
    place_more,
)
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import Shop, load_shop
from miseban.vocabulary.shop.fixture import USUAL_M

_MOST_GAPS = 8


def coverage_command(
    shop_file: Annotated[Path, typer.Argument(metavar="SHOP", help="The shop file.")],
    more: Annotated[
        int, typer.Option("--more", min=0, max=500, help="Where so many more should hang.")
    ] = 0,
    anew: Annotated[
        bool, typer.Option("--anew", help="With --more: as if no camera hung yet.")
    ] = False,
    hang: Annotated[
        float | None,
        typer.Option("--hang", min=1.5, max=20, help="With --more: how high, m (default: 3)."),
    ] = None,
    angle: Annotated[
        float | None,
        typer.Option(
            "--angle", min=20, max=140, help="With --more: the lens across, degrees (default: 90)."
        ),
    ] = None,
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
    given = {"--anew": anew, "--hang": hang is not None, "--angle": angle is not None}
    for option, there in given.items():
        if there and not more:
            raise BadInput("coverage", option, "expected --more beside it")
    shop, box = load_shop(shop_file), None if within is None else _box(within)
    check_new({"--picture": picture})
    if picture is not None and picture.suffix.lower() != ".png":
        raise BadInput("output", picture, "expected a name that ends in .png for --picture")
    usual = Hanging()
    hanging = Hanging(hang or usual.height_m, angle or usual.angle_deg)
    now = cover(shop, within=box)
    before = now.without_cameras() if anew else now
    placed = place_more(before, more, hanging) if more else []
    if as_json:
        further = [figures_of(one, hanging) for one in placed]
        typer.echo(json.dumps({**figures(now), "more": further}, indent=2))
    else:
        _tell(now)
        if more:
            _tell_more(placed, more, hanging)
    if picture is not None:
        names = [str(number) for number in range(1, len(placed) + 1)]
        after = before.with_more(zip(names, (one.lens for one in placed), strict=True))
        write_new({picture: coverage_picture(after, names)})


def _box(text: str) -> Box:
    try:
        x, y, far_x, far_y = (float(one) for one in text.split(","))
    except ValueError:
        x = y = far_x = far_y = math.nan
    if not all(map(math.isfinite, (x, y, far_x, far_y))):
        what = f"expected two corners in metres as 0,0,30,20, found {text}"
        raise BadInput("coverage", "--within", what)
    return x, y, far_x, far_y


def _tell(now: Coverage) -> None:
    shop = now.shop
    typer.echo(f"{now.m2:.0f} m² of floor that nothing stands on")
    for name, m2 in now.of_camera.items():
        steep = f"; looks straight down: taken to hang {STEEP_HANG_M:g} m up"
        typer.echo(f"  {name} sees {m2:.0f} m²{steep if name in now.steep else ''}")
    for name in _unknown(shop):
        typer.echo(f"  {name} has no floor_points: not counted")
    _doubts(shop)
    for posture, tall_m in TALL_M.items():
        once, twice = (now.share(posture, n) for n in (1, 2))
        typer.echo(
            f"somebody who {posture} ({tall_m:g} m) is seen by at least one camera on {once:.0%} "
            f"of it, by at least two on {twice:.0%}"
        )
    gaps = now.gaps("lies")
    if gaps:
        typer.echo("no camera sees somebody who lies here (places of 1 m² and more):")
    for gap in gaps[:_MOST_GAPS]:
        typer.echo(f"  {gap.m2:.1f} m² around {gap.x:.1f}, {gap.y:.1f}{_zones(shop, gap)}")
    if len(gaps) > _MOST_GAPS:
        rest = sum(gap.m2 for gap in gaps[_MOST_GAPS:])
        typer.echo(f"  {rest:.1f} m² in {len(gaps) - _MOST_GAPS} smaller places")


def _unknown(shop: Shop) -> list[str]:
    return [camera.id for camera in shop.cameras if not camera.floor_points]


def _doubts(shop: Shop) -> None:
    """What the figures rest on that nobody has said."""
    unsaid = sum("height_m" not in one.model_fields_set for one in shop.fixtures)
    if not shop.fixtures:
        typer.echo("no [[fixture]] is on the plan: figures are of an empty room")
    elif unsaid:
        of = f"{unsaid} of {len(shop.fixtures)} fixtures have no height_m"
        typer.echo(f"{of}: taken as {USUAL_M:g} m")


def _zones(shop: Shop, gap: Gap) -> str:
    names = ", ".join(shop.zone(zone).name for zone in gap.zones)
    return f" ({names})" if names else ""


def _tell_more(placed: list[Hung], wanted: int, hanging: Hanging) -> None:
    if placed:
        typer.echo(
            f"further cameras, {hanging.height_m:g} m up with a lens of {hanging.angle_deg:g} "
            "degrees across (16:9), and how much of who lies is seen with them by one, by two:"
        )
    for number, one in enumerate(placed, start=1):
        down = math.degrees(one.lens.tilt)
        typer.echo(
            f"  {number}: at {one.lens.x:.1f}, {one.lens.y:.1f}, looks {down:.0f} degrees down to "
            f"{one.looks_at[0]:.1f}, {one.looks_at[1]:.1f}: {one.once:.0%}, {one.twice:.0%}"
        )
    if len(placed) < wanted:
        typer.echo("one more would show nothing that two do not see already")
