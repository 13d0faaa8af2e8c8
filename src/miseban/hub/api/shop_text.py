"""The shop and rules files of a hub, read and set: the one way by which they are changed through
the API."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

from miseban.hub.alerts import Rules, parse_rules
from miseban.hub.api.needs import Asked
from miseban.hub.api.problems import Trouble
from miseban.hub.hub import Hub
from miseban.hub.people.rights import Right
from miseban.hub.shop_file.versions import Versions
from miseban.vocabulary.errors import BadInput, Failed
from miseban.vocabulary.shop import Shop, parse_shop
from miseban.vocabulary.whole_files import write_whole


def etag_of(text: str) -> str:
    """As in the header: in quotes."""
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def need_match(if_match: str | None, text: str) -> None:
    """Raises ``Trouble`` (``changed``) where ``text`` is another than the one that was read."""
    if if_match is not None and if_match != etag_of(text):
        raise Trouble("changed", "somebody else has set it meanwhile; read it again")


def read(path: Path | None, missing: str | None = None) -> str:
    """As it lies there, line ends and all. Raises ``Trouble`` (``not-found``), and ``BadInput``
    where it is no UTF-8: an editor saved it in another way."""
    try:
        if path is not None:
            return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        if missing is not None:
            return missing
    except UnicodeDecodeError as error:
        what = (
            f"expected UTF-8, found another encoding at byte {error.start}: save it so on the box"
        )
        raise BadInput("not-utf-8", path.name if path else "", what) from None
    raise Trouble("not-found", "this hub has no such file")


def write(path: Path | None, text: str) -> None:
    """Nobody gets to read it who could not before."""
    if path is None:
        raise Trouble("not-found", "this hub has no such file")
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    try:
        write_whole(path, text, mode=mode)
    except OSError as error:  # a service may write to nothing but its data folder
        what = f"the hub may not write {path.name}: {error.strerror or error}; set it on the box"
        raise Trouble("read-only", what) from None


def checked(hub: Hub, by: Asked, text: str) -> Shop:
    """The shop that ``text`` would be, if ``by`` may set it. Raises ``BadInput`` naming table and
    key, and ``Trouble``."""
    found = parse_shop(text, "shop.toml")
    for camera in found.cameras:
        if "***" in camera.source:
            what = "stars stand for a password only while the address stays the same"
            raise Trouble("password", what, where=f"camera {camera.id}")
    if found.shop.id != hub.shop.shop.id:
        raise Trouble("shop-id", f"the journal is of the shop {hub.shop.shop.id}")
    if (found.shop.policy, found.notice) != (hub.shop.shop.policy, hub.shop.notice):
        by.need(Right.SET_PRIVACY)
    if hub.files.rules is not None:  # rules of places that are gone would stop the next start
        parse_rules(read(hub.files.rules, missing=""), found, "rules.toml", hub.channels)
    return found


def set_text(hub: Hub, by: Asked, text: str, before: str) -> None:
    """Checks and writes; ``hub.setting`` is held, and ``hub.changed`` is the caller's to tell.
    ``before`` is what the file says now: it stays among the versions, as ``text`` does."""
    found = checked(hub, by, text)
    _write_and_keep(hub, by, hub.files.shop, hub.files.versions, text, before)
    hub.people.audit.note(by.actor, "shop.set", found.shop.id, hub.now())


def checked_rules(hub: Hub, text: str) -> Rules:
    """The rules that ``text`` would be, by the reader that a hub starts with. Raises ``BadInput``
    naming table and key."""
    return parse_rules(text, hub.shop, "rules.toml", hub.channels)


def set_rules_text(hub: Hub, by: Asked, text: str, before: str) -> None:
    """As ``set_text``, for the rules."""
    checked_rules(hub, text)
    _write_and_keep(hub, by, hub.files.rules, hub.files.rule_versions, text, before)
    hub.people.audit.note(by.actor, "rules.set", hub.shop.shop.id, hub.now())


def _write_and_keep(
    hub: Hub, by: Asked, file: Path | None, folder: Path | None, text: str, before: str
) -> None:
    """What said ``before`` is kept first; ``text`` once it is written, for what is refused was
    never in force."""
    versions = None if folder is None or text == before else Versions(folder)
    if versions is not None:
        versions.keep(before, "", hub.now())  # nothing, if it was set here
    write(file, text)
    if versions is not None:
        with suppress(Failed):  # it is set: the next change keeps it, by nobody's name
            versions.keep(text, by.identity.name, hub.now())
