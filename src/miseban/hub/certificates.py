"""A certificate authority of the shop's own, and the certificate it gives to the hub.

ECDSA on P-256. The authority may only sign for names that end in a private suffix, for the shop's
own names, and for private addresses (name constraints): who installs it on a phone trusts it for
nothing else in the world.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_LIVES: Final = timedelta(days=3650)
SERVER_LIVES: Final = timedelta(days=396)  # browsers take 398 days at most
_CLOCKS_DIFFER: Final = timedelta(hours=24)  # a camera may start with a clock of yesterday
_SUFFIXES: Final = ("local", "lan", "internal", "home.arpa", "localhost")
_NETWORKS: Final = (
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8",
    "fc00::/7", "fe80::/10", "::1/128",
)  # fmt: skip

Key = ec.EllipticCurvePrivateKey
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def new_key() -> Key:
    return ec.generate_private_key(ec.SECP256R1())


def key_pem(key: Key) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def certificate_pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def make_authority(key: Key, shop: str, names: Sequence[str], now: datetime) -> x509.Certificate:
    """The certificate of the authority, in force from ``now`` for ten years."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"miseban {shop}"[:64])])
    permitted: list[x509.GeneralName] = [x509.DNSName(suffix) for suffix in _SUFFIXES]
    permitted += [x509.IPAddress(ipaddress.ip_network(network)) for network in _NETWORKS]
    permitted += [_permission(one) for one in names if not covered(one)]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCKS_DIFFER)
        .not_valid_after(now + AUTHORITY_LIVES)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return made.sign(key, hashes.SHA256())


def make_server(
    key: Key, names: Sequence[str], authority: x509.Certificate, by: Key, now: datetime
) -> x509.Certificate:
    """A certificate for the hub under ``names`` (host names and addresses), signed ``by`` the
    authority, for as long as browsers take one."""
    public = key.public_key()
    # It ends with its authority, and its whole life counts: from before now.
    ends = min(now - _CLOCKS_DIFFER + SERVER_LIVES, authority.not_valid_after_utc)
    made = (
        x509.CertificateBuilder()
        # No name of a machine: where a certificate is for addresses alone, OpenSSL would hold its
        # common name against the authority's constraints.
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "miseban hub")]))
        .issuer_name(authority.subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCKS_DIFFER)
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([_name(n) for n in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False
        )
    )
    return made.sign(by, hashes.SHA256())


def names_of(certificate: x509.Certificate) -> set[str]:
    """The names and addresses it is for, in lower case."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return set()
    dns = {name.casefold() for name in found.get_values_for_type(x509.DNSName)}
    return dns | {str(address) for address in found.get_values_for_type(x509.IPAddress)}


def permits(authority: x509.Certificate, name: str) -> bool:
    """Whether the authority may sign for that name."""
    found = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    return covered(name) or _permission(name) in (found.permitted_subtrees or [])


def covered(name: str) -> bool:
    """Whether a name or address is one that no shop but this can mean."""
    address = as_address(name)
    if address is None:
        return any(name == suffix or name.endswith(f".{suffix}") for suffix in _SUFFIXES)
    networks = [ipaddress.ip_network(network) for network in _NETWORKS]
    return any(address.version == n.version and address in n for n in networks)


def as_address(name: str) -> Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _name(name: str) -> x509.GeneralName:
    address = as_address(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(address)


def _permission(name: str) -> x509.GeneralName:
    address = as_address(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(ipaddress.ip_network(address))


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
