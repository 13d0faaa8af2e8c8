"""Web push encryption and VAPID against the examples of their RFCs."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from miseban.hub.notify import base64url
from miseban.hub.notify.encryption import MOST_PLAIN, decrypt, encrypt, public_bytes, seal, unseal
from miseban.hub.notify.vapid import FILE, Vapid, check
from miseban.vocabulary.errors import BadInput
from tests.hub.shopfront import START


def private(text: str) -> ec.EllipticCurvePrivateKey:
    number = int.from_bytes(base64url.decode(text), "big")
    return ec.derive_private_key(number, ec.SECP256R1())


def test_the_example_of_rfc_8188() -> None:
    """Section 3.1."""
    key = base64url.decode("yqdlZ-tYemfogSmv7Ws5PQ")
    salt = base64url.decode("I1BsxtFttlv3u_Oo94xnmw")
    body = seal(b"I am the walrus", key, salt, b"")
    told = "I1BsxtFttlv3u_Oo94xnmwAAEAAA-NAVub2qFgBEuQKRapoZu-IxkIva3MEB1PD-ly8Thjg"
    assert base64url.encode(body) == told
    assert unseal(body, key) == b"I am the walrus"


def test_the_example_of_rfc_8291() -> None:
    """Section 5 and appendix A."""
    sender = private("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")
    browser = private("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94")
    auth = base64url.decode("BTBZMqHH6r4Tts7J_aSIgg")
    receiver = public_bytes(browser.public_key())
    assert base64url.encode(receiver) == (
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    )
    plain = b"When I grow up, I want to be a watermelon"
    salt = base64url.decode("DGv6ra1nlYgDCS1FRnbzlw")
    body = encrypt(plain, receiver, auth, salt=salt, sender=sender)
    assert base64url.encode(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
        "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
        "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    assert decrypt(body, browser, auth) == plain


def test_the_token_of_rfc_8292_is_right() -> None:
    """Section 2.4."""
    header = (
        "vapid t=eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJhdWQiOiJodHRwczovL3B1c2guZXhhbXBsZS5u"
        "ZXQiLCJleHAiOjE0NTM1MjM3NjgsInN1YiI6Im1haWx0bzpwdXNoQGV4YW1wbGUuY29tIn0.i3CYb7t4xfxCD"
        "quptFOepC9GAu_HLGkMlMuCGSK2rpiUfnK9ojFwDXb1JrErtmysazNjjvW2L9OkSSHzvoD1oA, "
        "k=BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs"
    )
    then = START.fromtimestamp(1453523768 - 3600, START.tzinfo)
    check(header, "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV", then)
    for wrong in (header.replace("i3CY", "i3CZ"), header.replace("k=BA1H", "k=BA1J")):
        with pytest.raises(ValueError, match=r".+"):
            check(wrong, "https://push.example.net/x", then)
    with pytest.raises(ValueError, match="this service"):
        check(header, "https://push.example.com/x", then)
    with pytest.raises(ValueError, match="still good"):
        check(header, "https://push.example.net/x", then + timedelta(hours=2))


@settings(max_examples=40)
@given(st.binary(max_size=MOST_PLAIN))
def test_only_the_browser_that_subscribed_reads_it(plain: bytes) -> None:
    browser, other = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    auth = b"0123456789abcdef"
    body = encrypt(plain, public_bytes(browser.public_key()), auth)
    assert len(body) <= 4096
    assert decrypt(body, browser, auth) == plain
    assert body != encrypt(plain, public_bytes(browser.public_key()), auth)
    for key, secret in ((other, auth), (browser, auth[::-1])):
        with pytest.raises(ValueError, match="expected"):
            decrypt(body, key, secret)


def test_a_message_that_is_too_long_or_a_key_that_is_none() -> None:
    key = public_bytes(ec.generate_private_key(ec.SECP256R1()).public_key())
    for plain, receiver, auth in (
        (b"x" * (MOST_PLAIN + 1), key, b"a" * 16),
        (b"x", key[:64], b"a" * 16),
        (b"x", b"\x04" + b"\x01" * 64, b"a" * 16),
        (b"x", key, b"a" * 15),
    ):
        with pytest.raises(ValueError, match=r".+"):
            encrypt(plain, receiver, auth)


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    first = Vapid.open(tmp_path, "mailto:a@example.com")
    path = tmp_path / FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    again = Vapid.open(tmp_path, "mailto:a@example.com")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert again.public == first.public
    header = again.header("https://push.example:8443/x?y", START)
    assert check(header, "https://push.example:8443/z", START) == first.public
    path.write_text("nothing")
    with pytest.raises(BadInput) as caught:
        Vapid.open(tmp_path, "mailto:a@example.com")
    assert caught.value.code == "vapid"
