"""Reads a scenario file."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path

from pydantic import ValidationError

from miseban.sim.possible import impossible
from miseban.sim.scenario import Scenario
from miseban.sim.scenario.scenario import LISTS
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.shop.problem import Problem, bad_shop
from miseban.vocabulary.shop.translate import from_pydantic

Checks = Callable[[Scenario, Shop], Iterable[Problem]]


def beside(shop_file: Path) -> Path:
    """Where the scenario of ``shop.toml`` is expected: in ``shop.scenario.toml``."""
    return shop_file.with_name(f"{shop_file.stem}.scenario.toml")


def load_scenario(path: Path, shop: Shop, checks: Checks = impossible) -> Scenario:
    """The scenario that the TOML file at ``path`` describes, played in ``shop``, in which
    ``checks`` finds no problem.

    Raises ``BadInput`` naming file, table and key, or line and column.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise BadInput("no-scenario", path, "expected a scenario file, found none") from None
    except (OSError, UnicodeDecodeError) as error:
        what = f"expected a scenario file in UTF-8 that can be read, found: {error}"
        raise BadInput("unreadable-scenario", path, what) from None
    return parse_scenario(text, shop, str(path), checks)


def parse_scenario(text: str, shop: Shop, where: str, checks: Checks = impossible) -> Scenario:
    """The scenario that TOML ``text`` describes; ``where`` names it in errors."""
    try:
        data = tomllib.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:  # its message ends in line and column
        raise BadInput("not-toml", where, f"expected TOML, found: {error}") from None
    problems: list[Problem]
    try:
        scenario = Scenario.model_validate(data, by_alias=True, by_name=False)
    except ValidationError as error:
        problems = from_pydantic(error, Scenario)
    else:
        problems = list(checks(scenario, shop))
        if not problems:
            return scenario
    raise bad_shop(where, problems, data, code="bad-scenario", lists=LISTS)
