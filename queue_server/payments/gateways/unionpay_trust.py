"""Whom the hospital is to UnionPay, and how UnionPay is known: by certificates."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import NameOID

from queue_server.payments.configuration import UnionpayConfiguration
from queue_server.payments.gateways import unionpay_message

UNIONPAY: Final = "中国银联股份有限公司"
"""Stands in the name of the certificate that UnionPay signs with; merchants have one of the same
authority."""
_NAME_PARTS_MIN: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class UnionpayTrust:
    """Keys and certificates, checked."""

    private_key: RSAPrivateKey = field(repr=False)
    certificate_number: str
    """Of the hospital's own certificate: tells UnionPay with which key to check."""
    authorities: tuple[x509.Certificate, ...]
    """One of these has signed UnionPay's certificate."""

    def is_from_unionpay(self, said: Mapping[str, str], now: datetime) -> bool:
        """Tell whether a message is signed, with a certificate of UnionPay that is valid now."""
        try:
            certificate = x509.load_pem_x509_certificate(said.get("signPubKeyCert", "").encode())
            key = certificate.public_key()
            # A certificate's parts are read only now that they are asked for: each may be broken.
            return (
                isinstance(key, RSAPublicKey)
                and _is_unionpay(certificate)
                and certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc
                and any(_is_issued_by(certificate, one) for one in self.authorities)
                and unionpay_message.is_signed(said, key)
            )
        except (ValueError, UnsupportedAlgorithm):
            return False


def unionpay_trust(configuration: UnionpayConfiguration) -> UnionpayTrust:
    """Return what `payments.toml` names, checked.

    Raises:
        ValueError, TypeError: a key or certificate is none, or they do not belong together.
    """
    key = load_pem_private_key(configuration.private_key.encode(), password=None)
    certificate = x509.load_pem_x509_certificate(configuration.certificate.encode())
    if not isinstance(key, RSAPrivateKey) or key.public_key() != certificate.public_key():
        raise ValueError("the certificate does not belong to the key")
    authorities = x509.load_pem_x509_certificates(configuration.authorities.encode())
    return UnionpayTrust(
        private_key=key,
        certificate_number=str(certificate.serial_number),
        authorities=tuple(authorities),
    )


def _is_unionpay(certificate: x509.Certificate) -> bool:
    """Tell whether a certificate names UnionPay, as in `041@8310…@中国银联股份有限公司@0001`."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    parts = str(names[0].value).split("@") if len(names) == 1 else []
    return len(parts) >= _NAME_PARTS_MIN and parts[2] == UNIONPAY


def _is_issued_by(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except (InvalidSignature, ValueError, TypeError, UnsupportedAlgorithm):
        return False
    return True
