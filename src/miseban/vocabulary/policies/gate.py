"""The notice gate: attributes and appearance start only where policy and notice allow them
(``privacy.md`` rules 2, 6 and 7), and a uniform is looked for only where the policy does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from miseban.vocabulary.attributes import Attribute
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.policies.policy import all_policies, load_policy
from miseban.vocabulary.shop import Notice, Shop


@dataclass(frozen=True, slots=True)
class Permission:
    """What may be read here, and of how many people it may be told. Only the gate makes one."""

    reads: tuple[Attribute, ...]
    k: int


def allow_attributes(shop: Shop, where: object, on: date | None = None) -> Permission:
    """What policy and notice of ``shop`` (read from ``where``) allow for pictures taken on the
    date ``on`` at the shop; without it the dates are not looked at.

    Only what both the policy and the notice name is read. Raises ``BadInput``
    (``attributes-refused``) whose one line names everything that is missing.
    """
    policy = load_policy(shop.shop.policy)
    rule = policy.attribute
    missing: list[str] = []
    if not rule.on:
        others = [name for name, other in all_policies().items() if other.attribute.on]
        missing.append(
            f'a policy that allows them (policy is "{policy.name}", which has them off: '
            f"{rule.why.rstrip('.')}; {' and '.join(others)} allow them)"
        )
    reads: tuple[Attribute, ...] = ()
    if shop.notice is None:
        needed = ", ".join(Notice.model_fields)
        missing.append(f"a notice on record: a table [notice] with {needed}")
    else:
        reads = tuple(name for name in rule.reads if name in shop.notice.data)
        missing += _wrong_with(shop.notice, on, reads, rule.reads, rule.keep_days)
    if missing:
        raise BadInput("attributes-refused", where, f"attributes need {'; and '.join(missing)}")
    return Permission(reads, rule.k)


def allow_appearance(shop: Shop, where: object, on: date | None = None) -> float:
    """How many seconds it may be remembered what clothes look like, by policy and notice of
    ``shop`` (read from ``where``), in pictures taken on the date ``on`` at the shop.

    Raises ``BadInput`` (``appearance-refused``) whose one line names everything that is missing.
    """
    policy = load_policy(shop.shop.policy)
    rule = policy.appearance
    missing: list[str] = []
    if rule.keep_minutes is None:
        others = [name for name, other in all_policies().items() if other.appearance.on]
        missing.append(
            f'a policy that allows it (policy is "{policy.name}", which has it off: '
            f"{rule.why.rstrip('.')}; {' and '.join(others)} allow it)"
        )
    if shop.notice is None:
        missing.append(
            f"a notice on record: a table [notice] with {', '.join(Notice.model_fields)}"
        )
    else:
        if "appearance" not in shop.notice.data:
            named = ", ".join(shop.notice.data)
            missing.append(f"a notice whose data names appearance (it names {named})")
        if on is not None and shop.notice.posted > on:
            missing.append(
                f"pictures taken after the notice was posted (posted {shop.notice.posted}, "
                f"these are of {on})"
            )
    if missing or rule.keep_minutes is None:
        raise BadInput("appearance-refused", where, f"appearance needs {'; and '.join(missing)}")
    return 60.0 * rule.keep_minutes


def allow_uniform(shop: Shop, where: object) -> bool:
    """Whether the cameras of ``shop`` (read from ``where``) are to look for a uniform: no where the
    shop file names none. It says something of staff alone, so no notice has to name it.

    Raises ``BadInput`` (``uniform-refused``) where the policy tells nothing of staff.
    """
    if shop.staff is None:
        return False
    policy = load_policy(shop.shop.policy)
    if not policy.staff.on:
        others = [name for name, other in all_policies().items() if other.staff.on]
        what = "uniform needs a policy that allows it, or to be left out (policy is "
        what += f'"{policy.name}", which tells nothing of staff: {policy.staff.why.rstrip(".")}; '
        what += f"{' and '.join(others)} allow it)"
        raise BadInput("uniform-refused", f"{where}: [staff]", what)
    return True


def _wrong_with(
    notice: Notice,
    on: date | None,
    reads: tuple[Attribute, ...],
    allowed: tuple[Attribute, ...],
    keep_days: int | None,
) -> list[str]:
    found = []
    if allowed and not reads:
        named = ", ".join(notice.data)
        found.append(f"a notice whose data names {' or '.join(allowed)} (it names {named})")
    if keep_days is not None and notice.retention_days > keep_days:
        found.append(
            f"a notice whose retention_days is at most the policy's {keep_days} "
            f"(it says {notice.retention_days})"
        )
    if on is not None and notice.posted > on:
        found.append(
            f"pictures taken after the notice was posted (posted {notice.posted}, "
            f"these are of {on})"
        )
    return found
