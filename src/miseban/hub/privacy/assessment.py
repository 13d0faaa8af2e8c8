"""The record of processing and the impact assessment, from the configuration that is in force.

What the record has to name: GDPR article 30; what an assessment has to weigh: article 35 (7), and
the METI/MIC guidebook 3.0, chapter 5. What only the operator can say is left as a line to fill in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import get_args
from urllib.parse import urlsplit

from miseban.hub.people.rights import ROLE_RIGHTS
from miseban.insight.disclosure import least_k
from miseban.vocabulary.events import EVENT_CLASSES, DataClass
from miseban.vocabulary.policies import Policy, load_policy
from miseban.vocabulary.shop import Shop

FILL_IN = "…………………… *(to be filled in by the operator)*"
ABOUT: dict[DataClass, str] = {
    "count": "how many passed, stood or waited; states of shelves; receipts",
    "trajectory": "ways, stays and touches of one visit, under a random number",
    "attribute": "gender, age band and visible expression, as counts of k people or more",
    "assist": "who seems to need a hand: falls, wheelchairs, lost children",
    "member": "shoppers who joined by their own act",
    "staff": "who answered a call, and what accounts did at the hub",
    "device": "what cameras saw, lost and suffered from",
}
_RISKS = (
    (
        "Somebody is recognised or followed from visit to visit",
        "No face recognition; ids are random and end with the visit; colours of clothes are "
        "compared in memory for minutes where policy and notice allow it, and never stored.",
    ),
    (
        "Pictures leak",
        "Frames stay in the camera process's memory; they have types that no writer takes, and "
        "`miseban privacy scan` looks for pictures in what is stored.",
    ),
    (
        "One person's behaviour is read out of statistics",
        "What people did is told of k people or more, in fixed blocks, so that no difference of "
        "answers isolates fewer.",
    ),
    (
        "Help data is used to sell",
        "Of a class of its own with rights of its own; no route of engagement or content takes it.",
    ),
    (
        "Staff are watched",
        "No attribute and no figure of a single member of staff; crew areas are not measured.",
    ),
    (
        "Data is kept because nobody deletes it",
        "Deleted each night by class, with receipts; `miseban privacy audit` fails if any is left.",
    ),
    (
        "Somebody gets in who should not",
        "Accounts with roles, tokens with scopes and an end, TLS, an audit log that cannot be "
        "changed unnoticed.",
    ),
)


@dataclass(frozen=True)
class Recipient:
    """Where data goes from the hub: ``kind`` in words, ``where`` without passwords."""

    kind: str
    where: str
    what: str


def assessment(
    shop: Shop, now: datetime, recipients: Sequence[Recipient] = (), version: str = ""
) -> str:
    """The document in Markdown. Deterministic: the same configuration and time give the same."""
    return "\n".join(_lines(shop, load_policy(shop.shop.policy), now, recipients, version)) + "\n"


def host_of(url: str) -> str:
    """Where an address points, without its path, which may be a secret."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or '?'}"


def _lines(
    shop: Shop, policy: Policy, now: datetime, recipients: Sequence[Recipient], version: str
) -> Iterator[str]:
    notice = shop.notice
    yield f"# Record of processing and impact assessment: {_cell(shop.shop.name)}"
    yield ""
    yield f"Made {now:%Y-%m-%d %H:%M %Z} by miseban {version} from the file of `{shop.shop.id}`."
    yield "It says what is configured. It is no legal advice, and does not replace the operator's"
    yield "own judgement."
    yield ""
    yield "## Who and what for"
    yield ""
    yield f"- Operator: {_cell(notice.operator) if notice else FILL_IN}"
    yield f"- Contact: {_cell(notice.contact) if notice else FILL_IN}"
    yield f"- Purpose: {_cell(notice.purpose) if notice else FILL_IN}"
    yield f"- Legal basis, and the interests weighed: {FILL_IN}"
    if notice is None:
        yield "- Notice: **none on record**. Attributes and looks do not start without one."
    else:
        yield f"- Notice: posted {notice.posted}, names {', '.join(notice.data)}"
    yield f"- Policy in force: `{policy.name}` ({policy.title}); it follows: {policy.basis}"
    yield ""
    yield "## What is recorded, and for how long"
    yield ""
    yield "| class | what | events | collected | kept | why |"
    yield "|---|---|---|---|---|---|"
    for data in get_args(DataClass):
        rule = policy.rule(data)
        kinds = ", ".join(f"`{kind}`" for kind, own in EVENT_CLASSES.items() if own == data)
        days = "until withdrawn" if rule.keep_days is None else f"{rule.keep_days} days"
        kept = days if rule.on else "—"
        on = "yes" if rule.on else "no"
        yield f"| `{data}` | {ABOUT[data]} | {kinds or '—'} | {on} | {kept} | {_cell(rule.why)} |"
    yield ""
    yield f"Figures of what people did are told of {least_k(shop)} people or more."
    reads = ", ".join(policy.attribute.reads) or "none"
    yield f"Attributes that the policy lets be read: {reads}. Looks: {_looks(policy)}."
    yield ""
    yield from _places(shop)
    yield "## Who may see what"
    yield ""
    yield "| role | rights |"
    yield "|---|---|"
    for role, rights in ROLE_RIGHTS.items():
        yield f"| {role} | {', '.join(f'`{right}`' for right in sorted(rights))} |"
    yield ""
    yield "## Recipients"
    yield ""
    if not recipients:
        yield "None is configured: nothing leaves the hub but what its own accounts read."
    for one in recipients:
        yield f"- {one.kind}: `{one.where}` — {one.what}"
    yield f"- Processors, and transfers to other countries: {FILL_IN}"
    yield ""
    yield "## Risks, and what is done"
    yield ""
    yield "| risk | what the system does | what is left, and who takes it |"
    yield "|---|---|---|"
    for risk, done in _RISKS:
        yield f"| {risk} | {done} | {FILL_IN} |"
    yield ""
    yield "## Signed"
    yield ""
    yield f"- Whoever answers for it, and when: {FILL_IN}"


def _places(shop: Shop) -> Iterator[str]:
    yield "## Where"
    yield ""
    yield f"- Cameras ({len(shop.cameras)}): " + (_ids(c.id for c in shop.cameras) or "none")
    by_kind: dict[str, list[str]] = {}
    for zone in shop.zones:
        by_kind.setdefault(zone.kind, []).append(zone.id)
    for kind, zones in sorted(by_kind.items()):
        note = {
            "private": " (blacked out before anything is analysed)",
            "crew": " (staff: not measured)",
        }.get(kind, "")
        yield f"- Zones of kind {kind}: {_ids(zones)}{note}"
    if "private" not in by_kind:
        yield "- Private zones: none. Nothing that a camera sees is blacked out."
    yield f"- Staff told by their uniform: {'yes' if shop.staff is not None else 'no'}"
    yield ""


def _ids(names: Iterator[str] | Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _looks(policy: Policy) -> str:
    minutes = policy.appearance.keep_minutes
    return (
        "off" if minutes is None else f"in memory for {minutes} minutes, where a notice names them"
    )


def _cell(text: str) -> str:
    """What somebody wrote, on one line of a table and not as Markdown."""
    flat = " ".join(text.split())
    for sign in "\\`*_<>|[]":
        flat = flat.replace(sign, f"\\{sign}")
    return flat
