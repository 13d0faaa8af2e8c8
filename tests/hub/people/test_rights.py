"""What the roles may do is what the document says."""

from __future__ import annotations

import re
from pathlib import Path

from miseban.hub.people.rights import PEOPLE_ROLES, ROLE_RIGHTS, ROLES, TOKEN_RIGHTS, Right, see
from miseban.vocabulary.events import EVENT_CLASSES

DOCUMENT = Path(__file__).parents[3] / "docs" / "people-and-rights.md"


def test_the_document_has_the_rights_of_every_role() -> None:
    text = DOCUMENT.read_text("utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if re.match(r"\| (right |`[a-z.]+`)", line)
    ]
    assert tuple(rows[0][1:]) == ROLES
    told: dict[str, set[str]] = {role: set() for role in ROLES}
    named: list[str] = []
    for names, *cells in rows[1:]:
        rights = re.findall(r"`([a-z.]+)`", names)
        named += rights
        for role, cell in zip(ROLES, cells, strict=True):
            assert cell.replace("yes", "").strip(", ") == ""
            told[role] |= set(rights) if cell else set()
    assert sorted(named) == sorted(Right)
    assert told == {role: set(rights) for role, rights in ROLE_RIGHTS.items()}


def test_every_class_of_data_has_its_right() -> None:
    assert {see(data) for data in EVENT_CLASSES.values()} <= set(Right)


def test_help_is_only_for_who_helps() -> None:
    for role, rights in ROLE_RIGHTS.items():
        assert (Right.SEE_ASSIST in rights) is (role in ("manager", "staff"))


def test_who_watches_is_not_who_is_watched() -> None:
    for rights in ROLE_RIGHTS.values():
        assert not {Right.SEE_AUDIT, Right.SET_PEOPLE} <= rights
    assert frozenset({"manager"}) == PEOPLE_ROLES
    assert Right.SET_PEOPLE not in TOKEN_RIGHTS
