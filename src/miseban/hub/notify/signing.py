"""Signatures of webhooks, as Standard Webhooks 1.0 has them: any of its libraries checks them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from typing import Final

PREFIX: Final = "whsec_"


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


def _signature(message_id: str, timestamp_s: int, body: bytes, key: str) -> str:
    try:
        secret = base64.b64decode(key.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("expected a secret as whsec_ and base64") from error
    signed = f"{message_id}.{timestamp_s}.".encode() + body
    return base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
