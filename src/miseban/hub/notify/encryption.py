"""Encryption of web push messages: only the browser that subscribed can read them.

RFC 8291 (keys from ECDH on P-256 and the subscription's secret) over RFC 8188 (``aes128gcm``).
"""

from __future__ import annotations

import os
import struct
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

RECORD_SIZE: Final = 4096
"""Bytes of the one record that a push service must take (RFC 8291, 4)."""
_TAG, _KEY, _NONCE, _SALT = 16, 16, 12, 16
MOST_PLAIN: Final = RECORD_SIZE - _TAG - 1 - (_SALT + 4 + 1 + 65)
"""Bytes of a message: all of the body is no more than 4096, which every service takes."""
_LAST: Final = b"\x02"


def public_bytes(key: ec.EllipticCurvePublicKey) -> bytes:
    """The 65 bytes of an uncompressed point of P-256."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def public_key(data: bytes) -> ec.EllipticCurvePublicKey:
    """Raises ``ValueError`` unless ``data`` are the 65 bytes of a point on P-256."""
    if len(data) != 65 or data[0] != 4:
        raise ValueError("expected an uncompressed point of P-256")
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), data)


def encrypt(
    plain: bytes,
    receiver: bytes,
    auth: bytes,
    *,
    salt: bytes | None = None,
    sender: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """The body of a push message for the subscription with the public key ``receiver`` (65 bytes)
    and the secret ``auth`` (16). ``salt`` and ``sender`` are new for every message, and given only
    to check against the RFC's example. Raises ``ValueError`` for a message that is too long or a
    key that is none."""
    if len(plain) > MOST_PLAIN:
        raise ValueError(f"expected a message of at most {MOST_PLAIN} bytes")
    if len(auth) != 16:
        raise ValueError("expected a secret of 16 bytes")
    there = public_key(receiver)
    salt = os.urandom(_SALT) if salt is None else salt
    sender = ec.generate_private_key(ec.SECP256R1()) if sender is None else sender
    ours = public_bytes(sender.public_key())
    shared = sender.exchange(ec.ECDH(), there)
    key_material = _key_material(shared, auth, receiver, ours)
    return seal(plain, key_material, salt, ours)


def decrypt(body: bytes, receiver: ec.EllipticCurvePrivateKey, auth: bytes) -> bytes:
    """What a browser does. Raises ``ValueError`` for what is not meant for it."""
    if len(body) < 21 + 65:
        raise ValueError("expected a push message")
    ours = body[21 : 21 + body[20]]
    shared = receiver.exchange(ec.ECDH(), public_key(ours))
    key_material = _key_material(shared, auth, public_bytes(receiver.public_key()), ours)
    return unseal(body, key_material)


def seal(plain: bytes, key_material: bytes, salt: bytes, key_id: bytes) -> bytes:
    """One record of ``aes128gcm`` (RFC 8188, 2) with its header."""
    key, nonce = _keys(key_material, salt)
    header = salt + struct.pack("!IB", RECORD_SIZE, len(key_id)) + key_id
    return header + AESGCM(key).encrypt(nonce, plain + _LAST, None)


def unseal(body: bytes, key_material: bytes) -> bytes:
    """The message of one record. Raises ``ValueError`` unless ``key_material`` opens it."""
    key, nonce = _keys(key_material, body[:_SALT])
    try:
        padded = AESGCM(key).decrypt(nonce, body[21 + body[20] :], None)
    except InvalidTag:
        raise ValueError("expected a message for this key") from None
    plain = padded.rstrip(b"\x00")
    if plain[-1:] != _LAST:
        raise ValueError("expected the last record")
    return plain[:-1]


def _key_material(shared: bytes, auth: bytes, receiver: bytes, sender: bytes) -> bytes:
    info = b"WebPush: info\x00" + receiver + sender
    return HKDF(SHA256(), 32, salt=auth, info=info).derive(shared)


def _keys(key_material: bytes, salt: bytes) -> tuple[bytes, bytes]:
    key = HKDF(SHA256(), _KEY, salt=salt, info=b"Content-Encoding: aes128gcm\x00")
    nonce = HKDF(SHA256(), _NONCE, salt=salt, info=b"Content-Encoding: nonce\x00")
    return key.derive(key_material), nonce.derive(key_material)
