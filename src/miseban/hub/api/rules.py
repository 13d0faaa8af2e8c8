"""``/api/v1/rules``: what people are told of, each rule for itself, and the file that says so."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from miseban.hub.alerts import Rule, Rules, default_rules
from miseban.hub.alerts.load import ALWAYS, joined
from miseban.hub.alerts.measures import MEASURES, Measure, Side, subjects
from miseban.hub.alerts.rules import CROWD_M2, Escalation, Language
from miseban.hub.api.needs import By, Route, TheHub, needs
from miseban.hub.api.problems import responses
from miseban.hub.api.shop import TEXT, Area, IfMatch, Set, Toml, toml_answer
from miseban.hub.api.shop_text import checked_rules, etag_of, need_match, read, set_rules_text
from miseban.hub.live.shelves import facing_names
from miseban.hub.people.rights import Right
from miseban.hub.shop_file.rule_edits import RuleEdit, held_rules, with_rules
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.shop.table import Id, Table

router = APIRouter(prefix="/api/v1/rules", tags=["rules"], route_class=Route)
Stands = Literal["built-in", "changed", "own"]
_MOST_EDITS: Final = 50


class RuleSeen(BaseModel):
    """``rule`` has the keys of the file, those that it leaves out too. ``stands``: ``built-in``,
    as it comes; ``changed``, in the file in the place of a built-in one; ``own``, only there."""

    rule: Rule
    stands: Stands


class Watchable(BaseModel):
    """What a rule can look at. ``side`` is the key of its threshold, or ``is`` where it has none;
    ``subjects`` those that it may be about (of calls for help: the zones), none for the shop as a
    whole. ``least`` is the threshold where a rule gives none."""

    when: Measure
    side: Side
    subjects: list[Area]
    least: float | None


class RulesSeen(BaseModel):
    """``channels`` are the ways by which people can be told. ``defaults``: built-in rules are in
    force beside those of the file. ``etag`` is of the file, for ``If-Match``."""

    language: Language
    defaults: bool
    channels: list[str]
    rules: list[RuleSeen]
    measures: list[Watchable]
    etag: str


class OneRule(BaseModel):
    """The rule of that ``id`` shall say ``put``, keys as in the file, without its id; null: it goes
    from the file, and the built-in one of that id is in force again."""

    model_config = ConfigDict(extra="forbid")

    id: Id
    put: dict[str, Any] | None


class RuleEdits(BaseModel):
    """All of them or none. ``language``: in which people are told; null: as it is."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"edits": [{"id": "queue-long", "put": {"when": "queue.length", "at_least": 4.0}}]}
            ]
        },
    )

    edits: Annotated[list[OneRule], Field(max_length=_MOST_EDITS)] = []
    language: Language | None = None


@router.get(
    "",
    summary="The rules in force",
    dependencies=[needs(Right.ANSWER_ALERTS)],
    responses=responses(401, 403),
)
def rules(hub: TheHub) -> Rules:
    """Those of the file and the built-in ones."""
    return hub.rules


@router.get(
    "/each",
    summary="Each rule, and what it can be",
    dependencies=[needs(Right.SET_RULES)],
    responses=responses(400, 401, 403, 404),
)
def each(hub: TheHub) -> RulesSeen:
    """As the file says now; one with a mistake is a 400 that says where it lies."""
    text = read(hub.files.rules, missing="")
    checked_rules(hub, text)
    of_file = Rules.model_validate(_data(text), by_alias=True, by_name=False)
    found = joined(of_file)  # limits that the floor gives are not among them: they are not set
    built_in = {rule.id for rule in default_rules().rules}
    in_file = {rule.id for rule in of_file.rules}

    def stands(rule: Rule) -> Stands:
        if rule.id not in in_file:
            return "built-in"
        return "changed" if found.defaults and rule.id in built_in else "own"

    return RulesSeen(
        language=found.language,
        defaults=found.defaults,
        channels=sorted({*ALWAYS, *(hub.channels or ())}),
        rules=[RuleSeen(rule=rule, stands=stands(rule)) for rule in _in_order(found)],
        measures=[_watchable(when, hub.shop) for when in MEASURES],
        etag=etag_of(text),
    )


@router.get(
    "/file",
    summary="The rules file",
    dependencies=[needs(Right.SET_RULES)],
    response_class=Response,
    responses={**TEXT, **responses(401, 403, 404)},
)
def rules_file(hub: TheHub) -> Response:
    """As TOML; empty where only the built-in rules are in force."""
    text = read(hub.files.rules, missing="")
    return toml_answer(text, etag_of(text))


@router.put(
    "/file",
    summary="Set the rules file",
    dependencies=[needs(Right.SET_RULES)],
    responses=responses(400, 401, 403, 404, 409, 412, 413, 422),
)
def set_rules(body: Toml, hub: TheHub, by: By, if_match: IfMatch = None) -> Set:
    """Checked before it is written; a mistake is a 400 that names table and key."""
    with hub.setting:
        before = read(hub.files.rules, missing="")
        need_match(if_match, before)
        set_rules_text(hub, by, body, before)
    hub.changed("rules")
    return Set(etag=etag_of(body))


@router.patch(
    "/file",
    summary="Set single rules",
    dependencies=[needs(Right.SET_RULES)],
    responses=responses(400, 401, 403, 404, 409, 412, 422),
)
def set_each(body: RuleEdits, hub: TheHub, by: By, if_match: IfMatch = None) -> Set:
    """Every other line of the file stays as it is, comments too; a rule that is not in the file
    comes at its end. Checked like the whole file, and in force at once."""
    with hub.setting:
        before = read(hub.files.rules, missing="")
        need_match(if_match, before)
        held = held_rules(before)
        edits = [RuleEdit(one.id, _wanted(one, held.get(one.id, {}))) for one in body.edits]
        text = with_rules(before, edits, {"language": body.language} if body.language else None)
        set_rules_text(hub, by, text, before)
    hub.changed("rules")
    return Set(etag=etag_of(text))


def _wanted(one: OneRule, held: Mapping[str, Any]) -> dict[str, Any] | None:
    """What is as it would be without it is not written, unless it stands there (``held``)."""
    if one.put is None:
        return None
    put = _said({**one.put, "id": one.id}, held, Rule)
    steps = put.get("escalate")
    if isinstance(steps, list):
        before = [*held.get("escalate", []), *([{}] * len(steps))]
        put["escalate"] = [
            _said(step, old, Escalation) if isinstance(step, dict) else step
            for step, old in zip(steps, before, strict=False)
        ]
    return put


def _said(put: Mapping[str, Any], held: Mapping[str, Any], model: type[Table]) -> dict[str, Any]:
    """In the order of the docs, and what is no key at the end: the reader refuses it."""
    fields = model.model_fields
    order = {name: n for n, name in enumerate(fields)}

    def plain(name: str, value: Any) -> bool:
        default = fields[name].default if name in fields else ...
        return name not in held and value == (
            list(default) if isinstance(default, tuple) else default
        )

    return {
        name: put[name]
        for name in sorted(put, key=lambda key: order.get(key, len(order)))
        if put[name] is not None and not plain(name, put[name])
    }


def _data(text: str) -> dict[str, Any]:
    """Raises ``BadInput`` where it is no TOML."""
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:  # too many digits, or brackets
        raise BadInput("not-toml", "rules.toml", f"expected TOML, found: {error}") from None


def _in_order(found: Rules) -> list[Rule]:
    """Built-in ones where they always stand, a shop's own behind them."""
    order = {rule.id: n for n, rule in enumerate(default_rules().rules)}
    return sorted(found.rules, key=lambda rule: order.get(rule.id, len(order)))


def _watchable(when: Measure, shop: Shop) -> Watchable:
    kind = MEASURES[when]
    names = {zone.id: zone.name for zone in shop.zones}
    names |= {camera.id: camera.name for camera in shop.cameras}
    facings = {(shelf.id, one.id): one.name for shelf in shop.shelves for one in shelf.facings}
    if kind.of == "facing":
        names = {name: facings[place] for place, name in facing_names(shop).items()}
    known: list[str | None] = (
        [zone.id for zone in shop.zones if zone.kind != "private"]
        if kind.of == "call"
        else subjects(when, shop)
    )
    found = [Area(id=one, name=names.get(one, one)) for one in known if one is not None]
    floor = shop.shop.floor
    least = None
    if when == "room.people" and floor is not None:
        least = float(max(1, int(floor.width_m * floor.depth_m / CROWD_M2)))
    return Watchable(when=when, side=kind.side, subjects=found, least=least)
