"""Signatures of webhooks, as Standard Webhooks 1.0 has them: any of its libraries checks them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from typing import Final

PREFIX: Final = "whsec_"
TOLERANCE_S: Final = 300
"""A message whose timestamp is further off is an old one, sent again by somebody else."""


def new_secret() -> str:
    """32 random bytes, as ``whsec_`` and base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def headers(message_id: str, timestamp_s: int, body: bytes, keys: Iterable[str]) -> dict[str, str]:
    """The three headers of a message. With several ``keys`` there are several signatures: while a
    secret is exchanged both the old and the new one are right."""
    signatures = [f"v1,{_signature(message_id, timestamp_s, body, key)}" for key in keys]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": " ".join(signatures),
    }


def verify(found: Mapping[str, str], body: bytes, key: str, now_s: float) -> str:
    """What a receiver does: the id of the message, under which it is to be taken once. Raises
    ``ValueError`` unless it is signed with ``key`` and new."""
    try:
        message_id, timestamp_s = found["webhook-id"], int(found["webhook-timestamp"])
        signatures = found["webhook-signature"].split(" ")
    except (KeyError, ValueError):
        raise ValueError("expected webhook-id, webhook-timestamp and webhook-signature") from None
    if abs(now_s - timestamp_s) > TOLERANCE_S:
        raise ValueError("expected a message of now")
    right = f"v1,{_signature(message_id, timestamp_s, body, key)}".encode()
    if not any(hmac.compare_digest(right, one.encode()) for one in signatures):
        raise ValueError("expected a signature with this secret")
    return message_id


def _signature(message_id: str, timestamp_s: int, body: bytes, key: str) -> str:
    try:
        secret = base64.b64decode(key.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("expected a secret as whsec_ and base64") from error
    signed = f"{message_id}.{timestamp_s}.".encode() + body
    return base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
