"""The site's own certificate authority: it signs for machines of this site and nobody else.

Keys are EC P-256. A subject is `OU=<mark of the key>, CN=<name>`: a machine that gets the name of
a revoked one has another key, so brokers never take one for the other.
"""

import hashlib
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from queue_server.client.tls import CA_NAME
from queue_server.devices.device_list import Certificate, Revoked
from queue_server.private_file import write_privately

AUTHORITY_LIFE: Final = timedelta(days=7300)
CERTIFICATE_LIFE: Final = timedelta(days=1095)
_CLOCKS_DIFFER_BY: Final = timedelta(days=1)
_CA_KEY_NAME: Final = "ca.key"
_PEM: Final = serialization.Encoding.PEM


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A certificate with its key, as files hold them."""

    certificate: Certificate
    certificate_pem: bytes
    key_pem: bytes = field(repr=False)


class Authority:
    """The authority in a folder; `make` it once, `load` it ever after."""

    def __init__(self, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
        self._certificate = certificate
        self._key = key

    @classmethod
    def make(cls, folder: Path, site: str, now: datetime) -> "Authority":
        """Make an authority for a site, and keep it in `folder`."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{site} devices")])
        certificate = (
            _builder(name, name, key.public_key(), now, now + AUTHORITY_LIFE)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(is_authority=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        write_privately(folder / _CA_KEY_NAME, _key_pem(key))
        write_privately(folder / CA_NAME, certificate.public_bytes(_PEM))
        return cls(certificate, key)

    @classmethod
    def load(cls, folder: Path) -> "Authority":
        """Return the authority in `folder`.

        Raises:
            OSError: a file is missing.
            ValueError: a file is damaged.
        """
        return cls(
            x509.load_pem_x509_certificate((folder / CA_NAME).read_bytes()),
            _load_key((folder / _CA_KEY_NAME).read_bytes()),
        )

    @property
    def expires_at(self) -> datetime:
        """When all that it has signed ends."""
        return self._certificate.not_valid_after_utc

    @property
    def pem(self) -> bytes:
        """Its certificate."""
        return self._certificate.public_bytes(_PEM)

    def issue_client(self, name: str, now: datetime, key_pem: bytes | None = None) -> Issued:
        """Issue a certificate with which `name` connects; with a new key unless one is given."""
        return self._issue(name, now, key_pem, ExtendedKeyUsageOID.CLIENT_AUTH, ())

    def issue_broker(
        self, name: str, hosts: Iterable[str], now: datetime, key_pem: bytes | None = None
    ) -> Issued:
        """Issue a certificate for a broker that is reached by `hosts`, names or addresses."""
        return self._issue(name, now, key_pem, ExtendedKeyUsageOID.SERVER_AUTH, hosts)

    def revocation_list(self, revoked: Iterable[Revoked], now: datetime) -> bytes:
        """Return the list (CRL) of revoked certificates, as a PEM file.

        It lasts as long as the authority: a broker refuses everybody once it is too old.
        """
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._certificate.subject)
            .last_update(now - _CLOCKS_DIFFER_BY)
            .next_update(self.expires_at)
        )
        for one in revoked:
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder()
                .serial_number(int(one.serial, 16))
                .revocation_date(one.revoked_at)
                .build()
            )
        return builder.sign(self._key, hashes.SHA256()).public_bytes(_PEM)

    def _issue(
        self,
        name: str,
        now: datetime,
        key_pem: bytes | None,
        usage: x509.ObjectIdentifier,
        hosts: Iterable[str],
    ) -> Issued:
        key = ec.generate_private_key(ec.SECP256R1()) if key_pem is None else _load_key(key_pem)
        mark = _mark(key.public_key())
        subject = x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, mark),
                x509.NameAttribute(NameOID.COMMON_NAME, name),
            ]
        )
        expires_at = min(now + CERTIFICATE_LIFE, self.expires_at).replace(microsecond=0)
        builder = (
            _builder(subject, self._certificate.subject, key.public_key(), now, expires_at)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(is_authority=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
                critical=False,
            )
        )
        names = [_general_name(host) for host in hosts]
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        signed = builder.sign(self._key, hashes.SHA256())
        return Issued(
            certificate=Certificate(
                serial=f"{signed.serial_number:x}",
                identity=f"CN={name},OU={mark}",
                expires_at=expires_at,
            ),
            certificate_pem=signed.public_bytes(_PEM),
            key_pem=_key_pem(key),
        )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    now: datetime,
    expires_at: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCKS_DIFFER_BY)
        .not_valid_after(expires_at)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _mark(key: ec.EllipticCurvePublicKey) -> str:
    public = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return hashlib.sha256(public).hexdigest()[:16]


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _load_key(pem: bytes) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("no EC key")  # a damaged file, no mistake of a caller
    return key
