"""Reads a rules file."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator
from functools import cache
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

from pydantic import ValidationError

from miseban.hub.alerts.measures import MEASURES, subjects
from miseban.hub.alerts.rules import Rule, Rules
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.shop.problem import Problem, bad_shop, did_you_mean, shown
from miseban.vocabulary.shop.translate import from_pydantic

LISTS = ("rule",)
ALWAYS = frozenset({"page", "push"})
"""Channels that are there without a setting."""


@cache
def default_rules() -> Rules:
    """The built-in rules, as they stand in ``defaults.toml``."""
    text = files("miseban.hub.alerts").joinpath("defaults.toml").read_text("utf-8")
    return Rules.model_validate(tomllib.loads(text), by_alias=True, by_name=False)


def load_rules(path: Path | None, shop: Shop, channels: Collection[str] | None = None) -> Rules:
    """The rules of the TOML file at ``path`` with the built-in ones, or these alone when there is
    no file. ``channels`` are those of the settings, where they are known.

    Raises ``BadInput`` naming file, table and key, or line and column.
    """
    if path is None or not path.exists():
        return default_rules().limited(shop)
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = f"expected a rules file in UTF-8 that can be read, found: {error}"
        raise BadInput("unreadable-rules", path, what) from None
    return parse_rules(text, shop, str(path), channels)


def parse_rules(
    text: str, shop: Shop, where: str, channels: Collection[str] | None = None
) -> Rules:
    """The rules that TOML ``text`` describes; ``where`` names it in errors."""
    try:
        data = tomllib.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:  # its message ends in line and column
        raise BadInput("not-toml", where, f"expected TOML, found: {error}") from None
    problems: list[Problem]
    try:
        rules = Rules.model_validate(data, by_alias=True, by_name=False)
    except ValidationError as error:
        problems = from_pydantic(error, Rules)
    else:
        problems = list(_misfits(rules, shop, channels))
        if not problems:
            return joined(rules).limited(shop)
    raise bad_shop(where, problems, data, code="bad-rules", lists=LISTS)


def joined(rules: Rules) -> Rules:
    """Those of a file with the built-in ones, where it wants them."""
    if not rules.defaults:
        return rules
    own = {rule.id for rule in rules.rules}
    built_in = tuple(rule for rule in default_rules().rules if rule.id not in own)
    return rules.model_copy(update={"rules": (*rules.rules, *built_in)})


def _misfits(rules: Rules, shop: Shop, channels: Collection[str] | None) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for number, rule in enumerate(rules.rules):
        if rule.id in seen:
            found = f"{shown(rule.id)}, which number {seen[rule.id] + 1} has too"
            yield Problem(("rule", number, "id"), "an id of its own", found, "twice")
        seen.setdefault(rule.id, number)
        yield from _threshold(number, rule, shop)
        yield from _whose(number, rule, shop)
        yield from _ways(number, rule, channels)


def _threshold(number: int, rule: Rule, shop: Shop) -> Iterator[Problem]:
    side = MEASURES[rule.when].side
    given = {"at_least": rule.at_least, "at_most": rule.at_most}
    for key, value in given.items():
        if value is not None and key != side:
            right = f'{side} for when = "{rule.when}"' if side != "is" else "no threshold"
            yield Problem(("rule", number, key), right, f"{value:g}")
    if side == "is":
        if rule.back is not None:
            yield Problem(("rule", number, "back"), "no threshold", f"{rule.back:g}")
        return
    limit = given[side]
    if limit is None:
        if rule.when != "room.people":
            yield Problem(("rule", number, side), "a number", "none", "missing")
        elif shop.shop.floor is None:
            expected = "a number, since the shop file has no [shop] floor to tell the limit"
            yield Problem(("rule", number, side), expected, "none", "missing")
        return
    if side == "at_least" and not limit > 0:
        yield Problem(("rule", number, side), "more than 0", f"{limit:g}", "more-than", "0")
    if side == "at_most" and limit >= 1:
        expected = "a part of the whole, less than 1"
        yield Problem(("rule", number, side), expected, f"{limit:g}", "part")
    if rule.back is None:
        return
    right_side = rule.back < limit if side == "at_least" else rule.back > limit
    if not right_side:
        word = "less" if side == "at_least" else "more"
        expected, reason = f"{word} than {side}, {limit:g}", f"back-{word}"
        yield Problem(("rule", number, "back"), expected, f"{rule.back:g}", reason, f"{limit:g}")


def _whose(number: int, rule: Rule, shop: Shop) -> Iterator[Problem]:
    is_help = rule.when == "help.needed"
    if rule.kinds and not is_help:
        expected = 'kinds for when = "help.needed" only'
        yield Problem(("rule", number, "kinds"), expected, shown(list(rule.kinds)))
    known = [zone.id for zone in shop.zones] if is_help else subjects(rule.when, shop)
    names = [name for name in known if name is not None]
    for at, subject in enumerate(rule.subjects):
        if subject not in names:
            listed = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "") if names else "none"
            found = shown(subject) + did_you_mean(subject, names)
            place = ("rule", number, "subjects", at)
            yield Problem(place, f"one of {listed}", found, "not-there", listed)


def _ways(number: int, rule: Rule, channels: Collection[str] | None) -> Iterator[Problem]:
    if not rule.roles:
        yield Problem(("rule", number, "roles"), "at least one", "none", "too-few", "1")
    lists = [("channels",), *(("escalate", i, "channels") for i in range(len(rule.escalate)))]
    given = [rule.channels, *(one.channels for one in rule.escalate)]
    known = sorted({*ALWAYS, *(channels or ())})
    for place, names in zip(lists, given, strict=True):
        for at, name in enumerate(names):
            if channels is not None and name not in known:
                found = shown(name) + did_you_mean(name, known)
                where = ("rule", number, *place, at)
                listed = ", ".join(known)
                yield Problem(where, f"one of {listed}", found, "not-there", listed)
    times = [one.after_s for one in rule.escalate]
    for i, (one, next_one) in enumerate(pairwise(times)):
        if next_one <= one:
            where = ("rule", number, "escalate", i + 1, "after_s")
            expected = f"more than {one:g}, that of the one before"
            yield Problem(where, expected, f"{next_one:g}", "more-than", f"{one:g}")
