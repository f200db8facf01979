"""Certificates of the sandbox's UnionPay: an authority, and whom it vouches for."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

AUTHORITY_FILE: Final = "unionpay-authority.crt"
HOSPITAL_NAME: Final = "041@777290058110097@沙箱医院@00000001"
PROVIDER_NAME: Final = "041@83100000083040@中国银联股份有限公司@00016494"
_AUTHORITY_NAME: Final = "Sandbox authority"
_LIFE: Final = timedelta(days=3650)


def make_certificates(
    folder: Path, *, hospital: RSAPublicKey, provider: RSAPublicKey, now: datetime
) -> None:
    """Write certificates of hospital, provider and their authority, whose key is thrown away."""
    authority = generate_private_key(public_exponent=65537, key_size=2048)
    for file, name, key in (
        (AUTHORITY_FILE, _AUTHORITY_NAME, authority.public_key()),
        ("unionpay-hospital.crt", HOSPITAL_NAME, hospital),
        ("unionpay-provider.crt", PROVIDER_NAME, provider),
    ):
        certificate = a_certificate(name, key, _AUTHORITY_NAME, authority, now)
        (folder / file).write_bytes(certificate.public_bytes(Encoding.PEM))


def a_certificate(
    name: str, key: RSAPublicKey, issuer: str, issuer_key: RSAPrivateKey, now: datetime
) -> x509.Certificate:
    """Return a certificate in which `issuer` says that `key` is that of `name`."""
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _LIFE)
        .sign(issuer_key, SHA256())
    )
