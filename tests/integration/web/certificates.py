"""Certificates of this machine, for tests of HTTPS."""

import datetime as dt
import ipaddress
from collections.abc import Callable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from queue_server.web.https import HttpsFiles

NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)
MakeFiles = Callable[..., HttpsFiles]


def write_certificate(
    folder: Path,
    name: str = "pages",
    starts_at: dt.datetime = NOW - DAY,
    ends_at: dt.datetime = NOW + 99 * DAY,
) -> HttpsFiles:
    """Make a certificate of this machine that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hospital.test")])
    this_machine = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts_at)
        .not_valid_after(ends_at)
        .add_extension(x509.SubjectAlternativeName([this_machine]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = HttpsFiles(certificate=folder / f"{name}.pem", key=folder / f"{name}-key.pem")
    files.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files.key.touch(mode=0o600)
    files.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files
