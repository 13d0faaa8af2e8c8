"""Help data has one path, from who sees a need to those who help. Every module that names it is
listed here with its reason; no module that engages people, chooses content or sets prices can be:
neither import it, nor ask for it, nor be handed it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from miseban.hub.bus import Bus
from miseban.insight.report import render_report
from miseban.insight.report.material import ReportMaterial
from miseban.insight.summary import summarise
from miseban.vocabulary.events import AssistEvent, Event, HelpEnded, HelpNeeded, HelpStep
from tests.insight.sample import Maker, summary_of

SOURCE = Path(__file__).parents[3] / "src" / "miseban"
NAMES = {"AssistEvent", "HelpNeeded", "HelpEnded", "HelpStep", "subscribe_with_help", "HelpCalls"}
MODULES = ("miseban.vocabulary.events.help", "miseban.space.help", "miseban.hub.alerts.help_calls")
TYPES = {"help.needed", "help.ended", "help.step"}
PATH = {
    "vocabulary/events": "what help is",
    "vocabulary/shop/help.py": "whether and where it is looked for",
    "space/help": "who sees it",
    "space/shop_floor.py": "whose rows are shown to it",
    "journal/rollups/things.py": "calls a day, of class assist",
    "hub/bus.py": "keeps it from every other reader",
    "hub/live": "what is so now, for who may see it",
    "hub/alerts": "tells staff",
    "hub/api/live.py": "pages of staff",
    "hub/api/screen.py": "and again, whenever something happens",
    "sim/truth/help.py": "the truth of simulated shops",
    "insight/score": "how right it is",
    "cli/demo_history.py": "the demo's days",
}
"""Folders and files. What is added here is looked at by hand."""
SELLING = (
    *("advice", "advert", "campaign", "content", "coupon", "engage", "experiment", "member"),
    *("price", "pricing", "promotion", "push_offer", "sign", "signage", "audience", "digest"),
    *("reports", "report", "questions", "formats", "notify", "drafts"),
)
"""Parts of names of modules, also of those to come, that help data never reaches."""


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield path.relative_to(SOURCE).as_posix(), ast.parse(path.read_text("utf-8"))


def named(tree: ast.Module) -> set[str]:
    """What of help data a module names: by import, in its code, or as the type of an event."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            whole = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            found |= {name for name in whole for of in MODULES if f"{name}.".startswith(f"{of}.")}
            found |= {alias.name for alias in node.names} & NAMES
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
            found |= {name for name in names for of in MODULES if f"{name}.".startswith(f"{of}.")}
        elif isinstance(node, ast.Attribute | ast.Name):
            found |= {node.attr if isinstance(node, ast.Attribute) else node.id} & NAMES
        elif isinstance(node, ast.Constant) and node.value in TYPES:
            found.add(node.value)
        elif isinstance(node, ast.Call):
            found |= _dynamic(node)
    return found


def _dynamic(call: ast.Call) -> set[str]:
    """``import_module`` and ``__import__`` with the name of such a module."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if name not in ("import_module", "__import__", "getattr"):
        return set()
    words = {arg.value for arg in call.args if isinstance(arg, ast.Constant)}
    return {w for w in words if isinstance(w, str) and (w.startswith(MODULES) or w in NAMES)}


def on_path(module: str) -> bool:
    return any(module == part or module.startswith(f"{part}/") for part in PATH)


def test_nothing_off_the_path_names_help_data() -> None:
    off = {name: sorted(named(tree)) for name, tree in modules() if not on_path(name)}
    assert {name: words for name, words in off.items() if words} == {}


def test_every_part_of_the_path_exists_and_needs_to_be_there() -> None:
    naming = {name for name, tree in modules() if named(tree)}
    for part in PATH:
        assert any(n == part or n.startswith(f"{part}/") for n in naming), part


def test_nothing_that_sells_can_be_put_on_the_path() -> None:
    for part in PATH:
        words = set(part.removesuffix(".py").replace("/", "_").split("_"))
        assert not words & set(SELLING), part


@pytest.mark.parametrize(
    "code",
    [
        "from miseban.vocabulary.events import HelpNeeded",
        "from miseban.vocabulary.events.help import HelpKind",
        "from miseban.vocabulary.events import help",
        "from miseban.space import help",
        "from miseban.space.help.people import Person",
        "import miseban.space.help",
        "import miseban.vocabulary.events as e\nx = e.HelpEnded",
        "def f(bus): return bus.subscribe_with_help(bool)",
        "kind = event.type == 'help.needed'",
        "import importlib\nimportlib.import_module('miseban.space.help')",
        "import miseban.vocabulary.events as e\ngetattr(e, 'HelpStep')",
    ],
)
def test_the_search_finds_every_way(code: str) -> None:
    assert named(ast.parse(code))


def planted() -> list[Event]:
    """Calls in the middle of a day's figures."""
    common: dict[str, Any] = {"shop": "s", "time": datetime(2026, 3, 2, 1, 5, tzinfo=UTC)}
    return [
        HelpNeeded(
            id="n", help="h", kind="fall", place=(1.0, 2.0), unit="m", zone="milk", visit="v",
            confidence=0.9, **common,
        ),
        HelpEnded(id="e", help="h", **common),
    ]  # fmt: skip


def test_the_summary_and_the_report_are_the_same_with_and_without() -> None:
    maker = Maker()
    maker.cross(10.0, "a")
    maker.stay(20.0, 30.0, "a", "aisle")
    summary = summary_of(maker)
    pages = [
        render_report(ReportMaterial(summary, events, "Asia/Tokyo", entrances={"entrance"}), "en")
        for events in (maker.events, [*maker.events, *planted()])
    ]
    assert pages[0] == pages[1]
    told = [
        summarise(
            events, shop_id="s", camera=None, start=summary.start, duration_s=600.0, frames=0,
            analysed_fps=0.0, incomplete="", lines=["entrance"], zones={}, tills=[], model="m",
            versions={}, uncovered_s=0.0,
        )
        for events in (maker.events, [*maker.events, *planted()])
    ]  # fmt: skip
    assert told[0] == told[1]


@pytest.mark.anyio
async def test_whoever_listens_to_the_bus_is_handed_none() -> None:
    bus = Bus()
    maker = Maker()
    maker.cross(10.0, "a")
    with bus.subscribe() as everybody, bus.subscribe_with_help(lambda _: True) as staff:
        bus.publish([*planted(), *maker.events])
        plain = [(await everybody.next()) for _ in maker.events]
        assert not any(isinstance(getattr(one, "event", None), AssistEvent) for one in plain)
        first = await staff.next()
        assert isinstance(getattr(first, "event", None), HelpNeeded)
    assert HelpStep.model_fields["type"].default in TYPES
