"""Who sends a push message, as push services want to know (VAPID, RFC 8292)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from miseban.hub.notify import base64url
from miseban.hub.notify.encryption import public_bytes, public_key
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.whole_files import alone, write_whole

FILE: Final = "vapid.pem"
VALID_S: Final = 12 * 3600
"""How long a token is good for; a day is the most (RFC 8292, 2)."""


class Vapid:
    """The hub's key. Browsers are given its public half when they subscribe, and push services
    take messages for them from its owner alone. Whoever loses it loses all subscriptions."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, contact: str | None) -> None:
        """``contact`` is where a push service complains: ``mailto:`` or ``https:``."""
        self._key, self._contact = key, contact

    @classmethod
    def open(cls, folder: Path, contact: str | None) -> Self:
        """The key in ``folder``, made there at the first run, for its owner alone (mode 600).
        Raises ``BadInput`` (``vapid``) for a file that is no such key."""
        path = folder / FILE
        try:
            with alone(path):
                if not path.exists():
                    write_whole(path, _new(), mode=0o600)
                path.chmod(0o600)
                key = load_pem_private_key(path.read_bytes(), None)
        except (OSError, ValueError, TypeError) as error:
            what = f"expected the private key of web push, found: {error}"
            raise BadInput("vapid", path, what) from None
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
            raise BadInput("vapid", path, "expected a key of P-256, found another one")
        return cls(key, contact)

    @property
    def public(self) -> str:
        """For ``pushManager.subscribe`` (``applicationServerKey``), in base64url."""
        return base64url.encode(public_bytes(self._key.public_key()))

    def header(self, endpoint: str, now: datetime) -> str:
        """``Authorization`` for a message to ``endpoint`` (RFC 8292, 3)."""
        parts = urlsplit(endpoint)
        claims: dict[str, object] = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int(now.timestamp()) + VALID_S,
        }
        if self._contact is not None:
            claims["sub"] = self._contact
        head = {"typ": "JWT", "alg": "ES256"}
        signed = f"{_part(head)}.{_part(claims)}"
        r, s = decode_dss_signature(self._key.sign(signed.encode(), ec.ECDSA(SHA256())))
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")  # RFC 7518, 3.4
        return f"vapid t={signed}.{base64url.encode(signature)}, k={self.public}"


def check(header: str, endpoint: str, now: datetime) -> str:
    """What a push service does: the public key of who sent a message to ``endpoint``. Raises
    ``ValueError`` unless the token is right."""
    scheme, _, rest = header.partition(" ")
    fields = dict(part.strip().split("=", 1) for part in rest.split(","))
    head, claims, signature = fields["t"].split(".")
    raw = base64url.decode(signature)
    if scheme != "vapid" or json.loads(base64url.decode(head)).get("alg") != "ES256":
        raise ValueError("expected vapid with ES256")
    both = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    try:
        public_key(base64url.decode(fields["k"])).verify(
            encode_dss_signature(*both), f"{head}.{claims}".encode(), ec.ECDSA(SHA256())
        )
    except InvalidSignature:
        raise ValueError("expected a token signed by this key") from None
    told = json.loads(base64url.decode(claims))
    parts = urlsplit(endpoint)
    ahead_s = told["exp"] - now.timestamp()
    if told["aud"] != f"{parts.scheme}://{parts.netloc}" or not 0 < ahead_s <= 86_400:
        raise ValueError("expected a token for this service that is still good")
    return fields["k"]


def _part(table: Mapping[str, object]) -> str:
    return base64url.encode(json.dumps(table, separators=(",", ":")).encode())


def _new() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
