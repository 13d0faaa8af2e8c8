"""``miseban audit``: random minutes, a person's count of them, and how far the counter is off."""

from __future__ import annotations

import json
import tempfile
import webbrowser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.table import Table

from miseban.camera.opening import open_source
from miseban.cli.audit_person import Person
from miseban.cli.common import wide_console
from miseban.insight.audit.clips import SHOWN_FPS, write_clips
from miseban.insight.audit.figures import AuditFigures, clopper_pearson, figures
from miseban.insight.audit.overlap import overlap_looks, passages_there_were
from miseban.insight.audit.plan import (
    Counted,
    Plan,
    ask,
    draw_plans,
    of_these,
    read_counted,
    tally_plans,
)
from miseban.insight.audit.rows import rows_near
from miseban.insight.audit.tally import Tally, write_plan
from miseban.insight.audit.tellers import Teller, Truth
from miseban.insight.outputs import overlay_of
from miseban.insight.uncertainty.accuracy import Specification
from miseban.insight.uncertainty.accuracy_file import (
    AccuracyFile,
    Look,
    accuracy_file,
    add,
    read,
)
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import Shop, load_shop

MINUTES = 12


def audit(
    result: Annotated[
        Path, typer.Option("--result", metavar="DIR", help="What analyze or replay counted.")
    ],
    shop_file: Annotated[Path, typer.Option("--shop", metavar="FILE", help="The shop file.")],
    video: Annotated[
        Path | None, typer.Argument(metavar="[VIDEO]", help="The recording that was counted.")
    ] = None,
    camera: Annotated[
        str | None, typer.Option("--camera", metavar="ID", help="Only this camera's lines.")
    ] = None,
    minutes: Annotated[
        int, typer.Option("--minutes", metavar="N", min=1, max=10_000, help="So many a camera.")
    ] = MINUTES,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Same seed, same minutes.")] = 1,
    truth: Annotated[
        Path | None, typer.Option("--truth", metavar="DIR", help="A truth that acts as the person.")
    ] = None,
    counts: Annotated[
        Path | None, typer.Option("--counts", metavar="FILE", help="A tally that somebody made.")
    ] = None,
    plan: Annotated[
        Path | None,
        typer.Option("--plan", metavar="FILE", help="Only write an empty tally of the minutes."),
    ] = None,
    overlap: Annotated[
        str | None,
        typer.Option("--overlap", metavar="LINE=OTHER", help="Two cameras' lines in one place."),
    ] = None,
    keep: Annotated[
        Path | None,
        typer.Option("--keep", metavar="DIR", help="Keep the clips, pixelated as they are."),
    ] = None,
    within: Annotated[
        float | None,
        typer.Option("--within", metavar="PERCENT", help="How exact counts are meant to be."),
    ] = None,
    per_hour: Annotated[
        float | None,
        typer.Option("--per-hour", metavar="N", help="From so many people an hour on."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the figures for programs.")
    ] = False,
) -> None:
    """Checks a counter against a person's count of random minutes; people are always pixelated.

    With VIDEO, each minute is shown and asked for. Ctrl-C ends it and keeps what was told so far.

    Example: miseban audit door.mp4 --shop shop.toml --result out/today
    """
    ways = [name for name, given in _given(video, truth, counts, plan, overlap) if given]
    if len(ways) != 1:
        found = " and ".join(ways) or "none of them"
        what = f"expected one of {', '.join(_WAYS)}, found {found}"
        raise BadInput("audit", "audit", what)
    if keep is not None and video is None:
        raise BadInput("audit", "--keep", "expected VIDEO too: there are no clips without it")
    shop = load_shop(shop_file)
    path = accuracy_file(shop_file)
    known = read(path, shop.shop.id)
    specification = _specification(known, within, per_hour)
    counted = read_counted(result, shop)
    if overlap is not None:
        learnt = overlap_looks(counted, shop, overlap)
        add(path, shop.shop.id, learnt, specification)
        _say_overlap(learnt)
        return
    if video is not None and camera is None:
        camera = counted.summary.camera or _only(shop)
    tally = Tally(counts) if counts is not None else None
    if tally is not None:
        plans = tally_plans(counted, shop, tally, camera=camera)
    else:
        plans = draw_plans(counted, shop, known, camera=camera, wanted=minutes, seed=seed)
    if plan is not None:
        for number, one in enumerate(plans):
            write_plan(plan, one.minutes, one.lines, more=number > 0)
        typer.echo(f"{plan}: {sum(len(one.minutes) for one in plans)} minutes to be counted")
        return
    looked = 0
    try:
        with _teller(video, truth, tally, keep, shop, result, counted, plans) as teller:
            for one in plans:
                for minute in one.minutes:
                    looks = ask(minute, one, counted, teller)
                    if looks:
                        add(path, shop.shop.id, looks)
                        looked += 1
    except (KeyboardInterrupt, typer.Abort):
        typer.echo(f"\nstopped; {looked} minutes are kept in {path}", err=True)
    if looked or specification != known.specification:
        known = add(path, shop.shop.id, [], specification)
    if not looked:
        raise BadInput("audit", "audit", "nobody told of any of the minutes")
    errors = figures(of_these(known.looks, plans), specification)
    if as_json:
        typer.echo(json.dumps([one.model_dump() for one in errors], indent=2))
    else:
        _show(errors, specification)
        typer.echo(f"{looked} minutes are kept in {path}; intervals are made with them from now on")


_WAYS = ("VIDEO", "--truth", "--counts", "--plan", "--overlap")


def _given(*values: Path | str | None) -> list[tuple[str, bool]]:
    return [(name, value is not None) for name, value in zip(_WAYS, values, strict=True)]


def _only(shop: Shop) -> str:
    cameras = {line.camera for line in shop.lines if line.camera}
    if len(cameras) != 1:
        known = ", ".join(sorted(cameras)) or "none"
        raise BadInput("which-camera", "--camera", f"expected one with lines: {known}")
    return cameras.pop()


def _specification(
    known: AccuracyFile, within: float | None, per_hour: float | None
) -> Specification:
    """As given, else as it was. Raises ``BadInput``."""
    for name, value, most in (("--within", within, 100.0), ("--per-hour", per_hour, 1e6)):
        if value is not None and not 0 < value <= most:
            raise BadInput("specification", name, f"expected above 0 to {most:g}, found {value:g}")
    before = known.specification
    return Specification(
        within_percent=before.within_percent if within is None else within,
        per_hour=before.per_hour if per_hour is None else per_hour,
    )


@contextmanager
def _teller(
    video: Path | None,
    truth: Path | None,
    tally: Tally | None,
    keep: Path | None,
    shop: Shop,
    result: Path,
    counted: Counted,
    plans: list[Plan],
) -> Iterator[Teller]:
    """Who is asked. Clips are gone when it ends, however it ends, unless they are to be kept."""
    start = counted.summary.start
    if truth is not None:
        yield Truth(truth, shop.shop.id, start)
        return
    if tally is not None:
        yield tally
        return
    assert video is not None  # noqa: S101 - one of them was given
    (one,) = plans
    assert one.camera is not None  # noqa: S101 - a recording is of a camera
    rate = min(counted.summary.analysed_fps or shop.camera(one.camera).fps, SHOWN_FPS)
    with tempfile.TemporaryDirectory(prefix="miseban-audit-") as name:
        folder = keep or Path(name)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadInput("audit", keep, f"cannot keep clips there: {error.strerror}") from None
        clips = write_clips(
            lambda: open_source(str(video), fps=rate, start=start),
            one.minutes,
            rows_near(result, one.camera, one.minutes),
            overlay_of(shop, one.camera),
            folder,
            ZoneInfo(shop.shop.timezone),
            rate,
        )
        try:
            yield Person(clips, keep=keep is not None, show=webbrowser.open)
        finally:
            clips.close()


def _say_overlap(looks: Sequence[Look]) -> None:
    for line in dict.fromkeys(look.line for look in looks):
        told = sum(sum(look.told) for look in looks if look.line == line)
        both = sum(sum(look.counted) for look in looks if look.line == line)
        low, high = clopper_pearson(told - both, told)
        share = f"{100 * low:.2f} to {100 * high:.2f} %"
        typer.echo(f"{line}: missed {told - both} of {told} that the other saw, {share}")
    if looks:
        many, deviation = passages_there_were(looks, looks[0].line)
        typer.echo(f"passages there were, by both: {many:.0f}, give or take {2 * deviation:.0f}")


def _error(one: AuditFigures) -> str:
    if one.error_percent is not None:
        return f"{one.error_percent:+.1f} %"
    return f"{one.error_people:+.0f} people" if one.error_people else "–"


def _show(found: list[AuditFigures], specification: Specification) -> None:
    table = Table(
        title=f"error of the counts, meant to be within {specification.within_percent:g} %"
    )
    for name in ("camera", "line", "way", "minutes", "told", "counted", "missed", "error", "95 %"):
        table.add_column(name, justify="left" if name in ("camera", "line", "way") else "right")
    table.add_column("")
    for one in found:
        ends = one.error_95
        if one.beyond:
            note = "out of specification"
        elif one.more_minutes:
            note = f"about {one.more_minutes} minutes more to be sure"
        else:
            note = "" if ends is None else "within"
        table.add_row(
            *(one.camera or "", one.line, one.way, f"{one.minutes:g}", str(one.told)),
            *(str(one.counted), str(one.missed)),
            _error(one),
            "–" if ends is None else f"{ends.low:+.1f} to {ends.high:+.1f} %",
            note,
        )
    wide_console().print(table)
