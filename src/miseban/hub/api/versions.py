"""``/api/v1/shop/versions`` and those of the rules: what a file said before, and back to it."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import AwareDatetime, BaseModel

from miseban.hub.api.needs import By, Route, TheHub, needs
from miseban.hub.api.problems import Trouble, responses
from miseban.hub.api.shop import IfMatch, Set
from miseban.hub.api.shop_text import etag_of, need_match, read, set_rules_text, set_text
from miseban.hub.api.starred import starred
from miseban.hub.hub import Hub
from miseban.hub.people.rights import Right
from miseban.hub.shop_file.changes import Change, DiffLine, changes, diff
from miseban.hub.shop_file.versions import Versions
from miseban.vocabulary.errors import BadInput

router = APIRouter(prefix="/api/v1", route_class=Route)
VersionId = Annotated[str, Path(pattern=r"^[0-9TZ]{1,32}$", description="Of the version.")]


class VersionSeen(BaseModel):
    """``by`` is the login of who set it, empty where the file was changed by hand; ``now``: the
    file says just that; ``changes`` is what this one changed in the one before it."""

    id: str
    set: AwareDatetime
    by: str
    now: bool
    changes: list[Change]


class Kept(BaseModel):
    versions: list[VersionSeen]


class VersionText(BaseModel):
    """``changes`` and ``diff`` are what going back would do to the file as it is now. Passwords are
    starred; ``passwords``: some of them differ."""

    id: str
    text: str
    changes: list[Change]
    diff: list[DiffLine]
    passwords: bool


@router.get(
    "/shop/versions",
    tags=["shop"],
    summary="Versions of the shop file",
    dependencies=[needs(Right.SET_SHOP)],
    responses=responses(401, 403, 404),
)
def versions(hub: TheHub) -> Kept:
    """The newest first; the last twenty are kept."""
    return _all(_shop_versions(hub), read(hub.files.shop))


@router.get(
    "/shop/versions/{version}",
    tags=["shop"],
    summary="A version of the shop file",
    dependencies=[needs(Right.SET_SHOP)],
    responses=responses(400, 401, 403, 404),
)
def version(version: VersionId, hub: TheHub) -> VersionText:
    """Beside what the file says now."""
    return _one(_shop_versions(hub), version, read(hub.files.shop))


@router.post(
    "/shop/versions/{version}/restore",
    tags=["shop"],
    summary="Back to a version",
    dependencies=[needs(Right.SET_SHOP)],
    responses=responses(400, 401, 403, 404, 412),
)
def restore(version: VersionId, hub: TheHub, by: By, if_match: IfMatch = None) -> Set:
    """Checked like any other change, and a version of its own: it can be undone."""
    with hub.setting:
        before = read(hub.files.shop)
        need_match(if_match, before)
        text = _shop_versions(hub).of(version).text()
        set_text(hub, by, text, before)
    hub.changed("shop")
    return Set(etag=etag_of(text))


@router.get(
    "/rules/versions",
    tags=["rules"],
    summary="Versions of the rules file",
    dependencies=[needs(Right.SET_RULES)],
    responses=responses(401, 403, 404),
)
def rule_versions(hub: TheHub) -> Kept:
    """The newest first; the last twenty are kept."""
    return _all(_rule_versions(hub), read(hub.files.rules, missing=""))


@router.get(
    "/rules/versions/{version}",
    tags=["rules"],
    summary="A version of the rules file",
    dependencies=[needs(Right.SET_RULES)],
    responses=responses(400, 401, 403, 404),
)
def rule_version(version: VersionId, hub: TheHub) -> VersionText:
    """Beside what the file says now."""
    return _one(_rule_versions(hub), version, read(hub.files.rules, missing=""))


@router.post(
    "/rules/versions/{version}/restore",
    tags=["rules"],
    summary="Back to a version of the rules",
    dependencies=[needs(Right.SET_RULES)],
    responses=responses(400, 401, 403, 404, 412),
)
def restore_rules(version: VersionId, hub: TheHub, by: By, if_match: IfMatch = None) -> Set:
    """Checked like any other change, and a version of its own: it can be undone."""
    with hub.setting:
        before = read(hub.files.rules, missing="")
        need_match(if_match, before)
        text = _rule_versions(hub).of(version).text()
        set_rules_text(hub, by, text, before)
    hub.changed("rules")
    return Set(etag=etag_of(text))


def _all(kept: Versions, now: str) -> Kept:
    held = kept.all()
    texts = [one.text() for one in held]
    shown = [_shown(text) for text in texts]
    older = [*shown[1:], None][: len(shown)]
    return Kept(
        versions=[
            VersionSeen(
                id=one.id,
                set=one.set,
                by=one.by,
                now=text == now,
                changes=[] if before is None or told is None else changes(before, told),
            )
            for one, text, told, before in zip(held, texts, shown, older, strict=True)
        ]
    )


def _shown(text: str) -> str | None:
    """Without passwords; None where it was broken by hand, and is no TOML: nobody can tell what of
    it is a password, and versions before and after it must still be found."""
    try:
        return starred(text)
    except BadInput:
        return None


def _one(kept: Versions, name: str, now: str) -> VersionText:
    text = kept.of(name).text()
    told, beside = starred(text), _shown(now) or ""  # all of it comes back where that is broken
    return VersionText(
        id=name,
        text=told,
        changes=changes(beside, told),
        diff=diff(beside, told) if beside != told else [],
        passwords=beside == told and text != now,
    )


def _shop_versions(hub: Hub) -> Versions:
    return _kept(hub.files.versions)


def _rule_versions(hub: Hub) -> Versions:
    return _kept(hub.files.rule_versions)


def _kept(folder: FilePath | None) -> Versions:
    if folder is None:
        raise Trouble("not-found", "this hub keeps no versions")
    return Versions(folder)
