"""TLS as a client sees it, over real connections."""

from __future__ import annotations

import os
import socket
import ssl
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uvicorn
from cryptography import x509

from miseban.hub import certificates
from miseban.hub.tls import (
    RENEWED,
    TlsFiles,
    given_certificate,
    own_certificate,
    uvicorn_settings,
)
from miseban.vocabulary.errors import BadInput, Failed

NAMES = ["shop.local", "192.168.1.5", "localhost", "127.0.0.1", "::1"]
NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)


def spoken(
    server: ssl.SSLContext, client: ssl.SSLContext, name: str = "localhost"
) -> tuple[str | None, tuple[str, str, int] | None]:
    """Protocol and cipher that the two agree on; raises what the client finds wrong."""
    ours, theirs = socket.socketpair()
    ours.settimeout(10)
    theirs.settimeout(10)

    def serve() -> None:
        try:
            with server.wrap_socket(ours, server_side=True) as line:
                line.recv(1)
        except OSError:
            ours.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with client.wrap_socket(theirs, server_hostname=name) as line:
            return line.version(), line.cipher()
    finally:
        theirs.close()
        thread.join(10)


def server_context(files: TlsFiles) -> ssl.SSLContext:
    """As the server of the pages makes it of our settings."""
    config = uvicorn.Config("x:y", **uvicorn_settings(files))
    return uvicorn.config.create_ssl_context(
        certfile=config.ssl_certfile or "",
        keyfile=config.ssl_keyfile,
        password=None,
        ssl_version=config.ssl_version,
        cert_reqs=config.ssl_cert_reqs,
        ca_certs=None,
        ciphers=config.ssl_ciphers,
    )


def trusting(files: TlsFiles) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(files.authority))


def loaded(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def end_of(files: TlsFiles) -> datetime:
    return loaded(files.certificate).not_valid_after_utc


@pytest.fixture
def files(tmp_path: Path) -> TlsFiles:
    return own_certificate(tmp_path / "tls", "tokyo", NAMES, NOW)


@pytest.mark.parametrize("name", NAMES)
def test_who_trusts_the_authority_reaches_every_name(files: TlsFiles, name: str) -> None:
    version, cipher = spoken(server_context(files), trusting(files), name)
    assert version == "TLSv1.3"
    assert cipher is not None


@pytest.mark.parametrize("names", [["127.0.0.1"], ["::1"], ["shop.example.com"], ["shop"]], ids=str)
def test_names_of_one_kind_alone_will_do(tmp_path: Path, names: list[str]) -> None:
    made = own_certificate(tmp_path / "tls", "tokyo", names, NOW)
    assert spoken(server_context(made), trusting(made), names[0])[0] == "TLSv1.3"


@pytest.mark.parametrize("name", ["evil.example", "other.local", "192.168.1.6"])
def test_it_is_for_no_other_name(files: TlsFiles, name: str) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        spoken(server_context(files), trusting(files), name)


def test_who_does_not_trust_the_authority_is_told(files: TlsFiles) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        spoken(server_context(files), ssl.create_default_context())


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_old_protocols_are_refused(files: TlsFiles) -> None:
    server = server_context(files)
    client = trusting(files)
    client.maximum_version = ssl.TLSVersion.TLSv1_2
    version, cipher = spoken(server, client)
    assert version == "TLSv1.2"
    assert cipher is not None
    assert cipher[0].startswith("ECDHE-")
    old = trusting(files)
    old.minimum_version = ssl.TLSVersion.TLSv1
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises(ssl.SSLError):
        spoken(server, old)


def test_nobody_else_can_read_a_key(files: TlsFiles, tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        made = own_certificate(tmp_path / "open", "tokyo", NAMES, NOW)
    finally:
        os.umask(old)
    for one in (files, made):
        folder = one.key.parent
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
        assert modes == {
            "authority.pem": 0o644, "authority.key": 0o600,
            "server.pem": 0o644, "server.key": 0o600,
        }  # fmt: skip


def test_it_lives_no_longer_than_browsers_take(files: TlsFiles) -> None:
    found = loaded(files.certificate)
    assert found.not_valid_after_utc - found.not_valid_before_utc <= timedelta(days=397)
    assert found.not_valid_before_utc < NOW


def test_it_is_renewed_before_it_ends_and_not_earlier(files: TlsFiles) -> None:
    folder = files.key.parent
    before = files.certificate.read_bytes()
    end = end_of(files)
    same = own_certificate(folder, "tokyo", NAMES, end - RENEWED - DAY)
    assert same.certificate.read_bytes() == before
    late = end - RENEWED
    renewed = own_certificate(folder, "tokyo", NAMES, late)
    assert renewed.certificate.read_bytes() != before
    assert end_of(renewed) > late + 300 * DAY
    # Devices need not be told: the authority is the same.
    assert loaded(renewed.certificate).issuer == loaded(folder / "authority.pem").subject
    loaded(renewed.certificate).verify_directly_issued_by(loaded(folder / "authority.pem"))


def test_a_server_that_runs_takes_the_renewed_one(files: TlsFiles) -> None:
    server = server_context(files)
    client = trusting(files)
    renewed = own_certificate(files.key.parent, "tokyo", [*NAMES, "till.local"], NOW)
    with pytest.raises(ssl.SSLCertVerificationError):
        spoken(server, client, "till.local")
    server.load_cert_chain(renewed.certificate, renewed.key)
    assert spoken(server, client, "till.local")[0] == "TLSv1.3"


def test_other_names_make_another_certificate_of_the_same_authority(files: TlsFiles) -> None:
    folder = files.key.parent
    authority = (folder / "authority.pem").read_bytes()
    changed = own_certificate(folder, "tokyo", ["shop.lan", "10.0.0.7"], NOW)
    assert certificates.names_of(loaded(changed.certificate)) == {"shop.lan", "10.0.0.7"}
    assert (folder / "authority.pem").read_bytes() == authority
    # A name of the open internet is one that this authority may not sign for.
    own_certificate(folder, "tokyo", ["shop.example.com"], NOW)
    assert (folder / "authority.pem").read_bytes() != authority


def test_the_authority_signs_for_nothing_else_in_the_world(tmp_path: Path) -> None:
    """Whoever steals its key cannot be the bank of somebody who trusts it."""
    own_certificate(tmp_path, "tokyo", NAMES, NOW)
    authority = loaded(tmp_path / "authority.pem")
    from cryptography.hazmat.primitives import serialization

    by = serialization.load_pem_private_key((tmp_path / "authority.key").read_bytes(), None)
    key = certificates.new_key()
    assert isinstance(by, certificates.Key)
    stolen = certificates.make_server(key, ["bank.example"], authority, by, NOW)
    (tmp_path / "bank.pem").write_text(certificates.certificate_pem(stolen))
    (tmp_path / "bank.key").write_text(certificates.key_pem(key))
    forged = TlsFiles(tmp_path / "bank.pem", tmp_path / "bank.key", tmp_path / "authority.pem")
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"):
        spoken(server_context(forged), trusting(forged), "bank.example")


@pytest.mark.parametrize("damaged", ["authority.pem", "authority.key", "server.pem", "server.key"])
@pytest.mark.parametrize("how", ["gone", "torn", "other"])
def test_what_a_power_cut_left_is_made_anew(
    files: TlsFiles, tmp_path: Path, damaged: str, how: str
) -> None:
    path = files.key.parent / damaged
    if how == "gone":
        path.unlink()
    elif how == "torn":
        path.write_bytes(path.read_bytes()[:40])
    else:
        own_certificate(tmp_path / "other", "osaka", NAMES, NOW)
        path.write_bytes((tmp_path / "other" / damaged).read_bytes())
    again = own_certificate(files.key.parent, "tokyo", NAMES, NOW)
    assert spoken(server_context(again), trusting(again))[0] == "TLSv1.3"


@pytest.mark.parametrize("name", ["", "a b", "a/b", "-a", "a..b", "x" * 64, "*.local", "店.local"])
def test_what_is_no_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match="expected a host name or an address"):
        own_certificate(tmp_path / "tls", "tokyo", [name], NOW)
    assert not (tmp_path / "tls").exists()


def test_a_folder_that_cannot_be_used_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "tls").write_text("a file")
    with pytest.raises(Failed) as told:
        own_certificate(tmp_path / "tls", "tokyo", NAMES, NOW)
    assert "\n" not in str(told.value)


def test_files_that_were_given_are_taken_as_they_are(files: TlsFiles) -> None:
    taken = given_certificate(files.certificate, files.key, ["shop.local"], NOW)
    assert taken.authority is None
    assert (taken.certificate, taken.key) == (files.certificate, files.key)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("missing", "cannot be read: No such file"),
        ("text", "expected a certificate in PEM"),
        ("key text", "expected a private key in PEM"),
        ("other key", "is not the key of"),
        ("open key", r"expected a key that only its owner can read \(600\), found 644"),
        ("late", "ended on "),
        ("early", "begins on "),
        ("name", r"is for .*shop\.local, expected one of other\.example"),
    ],
)
def test_files_that_will_not_do_are_named(
    files: TlsFiles, tmp_path: Path, change: str, told: str
) -> None:
    certificate, key, names, now = files.certificate, files.key, ["shop.local"], NOW
    if change == "missing":
        certificate = tmp_path / "none.pem"
    elif change == "text":
        certificate.write_text("no certificate")
    elif change == "key text":
        key.write_text("no key")
    elif change == "other key":
        key = own_certificate(tmp_path / "other", "osaka", NAMES, NOW).key
    elif change == "open key":
        key.chmod(0o644)
    elif change == "late":
        now = end_of(files)
    elif change == "early":
        now = NOW - 2 * DAY
    else:
        names = ["other.example"]
    with pytest.raises(BadInput, match=told) as found:
        given_certificate(certificate, key, names, now)
    assert "\n" not in str(found.value)
