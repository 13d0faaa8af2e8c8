"""Who may do what: one right for each class of data, and a few for acts; roles are sets of them."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Literal, get_args

from miseban.vocabulary.events import DataClass

Role = Literal["manager", "staff", "marketer", "installer", "privacy_officer", "head_office"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)


class Right(StrEnum):
    """``see.CLASS`` is for reading data of that class, single events included; where the answer is
    of many people at once, ``see.count`` is enough."""

    SEE_COUNT = "see.count"
    SEE_TRAJECTORY = "see.trajectory"
    SEE_ATTRIBUTE = "see.attribute"
    SEE_ASSIST = "see.assist"
    SEE_MEMBER = "see.member"
    SEE_STAFF = "see.staff"
    SEE_DEVICE = "see.device"
    SEE_AUDIT = "see.audit"  # the log of what people did here
    ANSWER_ALERTS = "answer.alerts"
    SET_RULES = "set.rules"
    SET_SHOP = "set.shop"  # cameras, lines, zones
    SET_PEOPLE = "set.people"  # accounts and tokens of others
    SET_PRIVACY = "set.privacy"  # policy, notice, retention
    SET_HOOKS = "set.hooks"  # where events are sent to
    IMPORT_RECEIPTS = "import.receipts"
    EXPORT = "export"


def see(data: DataClass) -> Right:
    """The right to read data of a class."""
    return Right(f"see.{data}")


_EVERYBODY = frozenset({Right.SEE_COUNT})
ROLE_RIGHTS: Final[dict[Role, frozenset[Right]]] = {
    "manager": _EVERYBODY | {
        Right.SEE_TRAJECTORY, Right.SEE_ATTRIBUTE, Right.SEE_ASSIST, Right.SEE_STAFF,
        Right.SEE_DEVICE, Right.ANSWER_ALERTS, Right.SET_RULES, Right.SET_SHOP, Right.SET_PEOPLE,
        Right.SET_HOOKS, Right.IMPORT_RECEIPTS, Right.EXPORT,
    },
    "staff": _EVERYBODY | {Right.SEE_ASSIST, Right.ANSWER_ALERTS},
    # Help is never for engagement or content: a marketer cannot ask for it by any route.
    "marketer": _EVERYBODY | {Right.SEE_TRAJECTORY, Right.SEE_ATTRIBUTE, Right.EXPORT},
    "installer": _EVERYBODY | {Right.SEE_DEVICE, Right.SET_SHOP},
    "privacy_officer": _EVERYBODY | {Right.SEE_DEVICE, Right.SEE_AUDIT, Right.SET_PRIVACY},
    "head_office": _EVERYBODY | {Right.SEE_ATTRIBUTE, Right.SEE_DEVICE, Right.EXPORT},
}  # fmt: skip

PEOPLE_ROLES: Final[frozenset[Role]] = frozenset(
    role for role, rights in ROLE_RIGHTS.items() if Right.SET_PEOPLE in rights
)
"""Of these there is always one left who can log in."""

# A token that could make accounts or tokens would have all the rights of those it makes.
TOKEN_RIGHTS: Final[frozenset[Right]] = frozenset(Right) - {Right.SET_PEOPLE}
"""What a token may have at most; less where its owner has less."""
