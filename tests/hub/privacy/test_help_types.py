"""Help data cannot be handed to what engages people or chooses content: the type checker says so,
what runs refuses it, and no right of those who sell gives it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from miseban.hub.notify.hooks import TYPES
from miseban.hub.people.rights import ROLE_RIGHTS, Right
from miseban.insight.questions import QUESTIONS
from miseban.vocabulary.events import (
    EVENT_CLASSES,
    EVENTS,
    AssistEvent,
    PlainEvent,
    plain,
)

PLAIN: TypeAdapter[Any] = TypeAdapter(PlainEvent)
HELP = {
    "type": "help.needed", "id": "a", "time": "2026-04-07T01:00:00Z", "shop": "s", "help": "h",
    "kind": "fall", "place": (1.0, 2.0), "unit": "m", "confidence": 0.5,
}  # fmt: skip
SNIPPET = '''
from collections.abc import Callable

from miseban.hub.bus import Bus, Subscription
from miseban.vocabulary.events import Event, HelpEnded, HelpNeeded, HelpStep, PlainEvent


def next_slide(event: PlainEvent) -> None:
    """What chooses content takes this."""


def good(event: PlainEvent) -> None:
    next_slide(event)


def needed(event: HelpNeeded) -> None:
    next_slide(event)  # wrong


def ended(event: HelpEnded) -> None:
    next_slide(event)  # wrong


def step(event: HelpStep) -> None:
    next_slide(event)  # wrong


def any_event(event: Event) -> None:
    next_slide(event)  # wrong


def listening(bus: Bus, wanted: Callable[[HelpNeeded], bool]) -> None:
    bus.subscribe(wanted)  # wrong
    found: Subscription[Event] = bus.subscribe()  # wrong
'''


def test_the_type_checker_refuses_it(tmp_path: Path) -> None:
    api = pytest.importorskip("mypy.api", reason="needs mypy")
    file = tmp_path / "content.py"
    file.write_text(SNIPPET)
    root = Path(__file__).parents[3]
    out, _, status = api.run(
        [
            "--config-file", str(root / "pyproject.toml"), "--follow-imports=silent",
            "--cache-dir", str(root / ".mypy_cache"), "--no-error-summary", str(file),
        ]
    )  # fmt: skip
    assert status == 1, out
    wrong = {n for n, line in enumerate(SNIPPET.splitlines(), 1) if line.endswith("# wrong")}
    found = {int(line.split(":")[1]) for line in out.splitlines() if ": error:" in line}
    assert found == wrong, out


def test_what_runs_refuses_it_too() -> None:
    call = EVENTS.validate_python(HELP)
    assert isinstance(call, AssistEvent)
    with pytest.raises(ValidationError):
        PLAIN.validate_python(HELP)
    with pytest.raises(ValidationError):
        PLAIN.validate_python(call.model_dump())
    assert plain([call]) == []


def test_every_event_about_help_is_of_the_class_and_no_other_is() -> None:
    kinds = {cls.model_fields["type"].default: cls for cls in get_args(get_args(EVENTS._type)[0])}
    assert kinds.keys() == EVENT_CLASSES.keys()
    for kind, cls in kinds.items():
        assert issubclass(cls, AssistEvent) == (EVENT_CLASSES[kind] == "assist"), kind


def test_no_right_of_those_who_sell_gives_it() -> None:
    for role in ("marketer", "head_office", "installer", "privacy_officer"):
        assert Right.SEE_ASSIST not in ROLE_RIGHTS[role]


def test_no_webhook_can_be_set_for_it() -> None:
    assert not {kind for kind, data in EVENT_CLASSES.items() if data == "assist"} & TYPES


def test_no_other_question_reads_it() -> None:
    """The one about help names it; of the roll-ups that the others read none is of help."""
    source = Path(__file__).parents[3] / "src" / "miseban" / "insight" / "questions"
    naming = [
        (path.name, line)
        for path in source.glob("*.py")
        for line in path.read_text().splitlines()
        if '"help"' in line and "fetch(" in line
    ]
    assert naming == [("things.py", '    rows = fetch(asked, over, ("help",))')]
    assert QUESTIONS.validate_python(
        {"question": "help", "since": "2026-04-07T00:00:00Z", "until": "2026-04-08T00:00:00Z"}
    )
