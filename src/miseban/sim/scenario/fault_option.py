"""Faults as a person types them: ``door:nudge=2:from=300:to=600``."""

from __future__ import annotations

import re
from collections.abc import Sequence

from miseban.sim.possible.faults import faults
from miseban.sim.scenario import Scenario
from miseban.sim.scenario.faults import KINDS, Fault, FaultKind
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.identifiers import is_name
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.shop.problem import did_you_mean, shown

FORM = "CAMERA:KIND=AMOUNT[:from=SECONDS][:to=SECONDS]"
_NUMBER = re.compile(r"[+-]?(\d{1,9}(\.\d{0,9})?|\.\d{1,9})", re.ASCII)


def with_faults(scenario: Scenario, shop: Shop, typed: Sequence[str]) -> Scenario:
    """``scenario`` with the faults ``typed`` after its own. Raises ``BadInput`` naming the one
    that cannot be read, or cannot be."""
    if not typed:
        return scenario
    before = len(scenario.faults)
    every = (*scenario.faults, *(parse_fault(text) for text in typed))
    for problem in faults(every, shop):
        number = problem.place[1]
        assert isinstance(number, int)  # noqa: S101 - the place of a fault is its number
        key = str(problem.place[2])
        # The file's own were found possible: only one that was typed can be wrong.
        where = f"--fault {typed[number - before]}"
        raise BadInput("bad-fault", where, f"{key}: {problem.what}")
    return scenario.model_copy(update={"faults": every})


def parse_fault(text: str) -> Fault:
    """The fault that ``text`` describes. Raises ``BadInput``."""
    parts = text.strip().split(":")
    if len(parts) < 2 or not is_name(parts[0]):
        raise _bad(text, f"expected {FORM}")
    kind, amount = _pair(text, parts[1])
    if kind not in KINDS:
        wanted = f"one of {', '.join(KINDS)} after {parts[0]}:"
        raise _bad(text, f"expected {wanted}, found {shown(kind)}{did_you_mean(kind, KINDS)}")
    chosen: FaultKind = next(k for k in KINDS if k == kind)
    times: dict[str, float] = {}
    for part in parts[2:]:
        key, value = _pair(text, part)
        if key not in ("from", "to") or key in times:
            raise _bad(text, f"expected from=SECONDS and to=SECONDS, each once, found {part}")
        if not 0 <= value <= 31 * 86_400:
            raise _bad(text, f"expected {key} from 0 to 31 days in seconds, found {value:g}")
        times[key] = value
    return Fault(
        camera=parts[0],
        kind=chosen,
        amount=amount,
        from_s=times.get("from", 0.0),
        to_s=times.get("to"),
    )


def _pair(text: str, part: str) -> tuple[str, float]:
    key, _, value = part.partition("=")
    if not _NUMBER.fullmatch(value):
        raise _bad(text, f"expected {FORM} with a number after each =, found {shown(part)}")
    return key, float(value)


def _bad(text: str, what: str) -> BadInput:
    return BadInput("bad-fault", f"--fault {text}", what)
