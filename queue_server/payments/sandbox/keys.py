"""Keys of the sandbox: made anew in a folder, with a `payments.toml` that fits them.

The folder holds both sides: what a hospital gets from its provider, and what only a provider has.
Such keys move no real money.
"""

import os
from dataclasses import dataclass
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
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from queue_server.payments.sandbox.unionpay_keys import AUTHORITY_FILE, make_certificates
from queue_server.payments.terms import GATEWAY_CHANNELS, Channel

WECHAT_MERCHANT: Final = "1900000001"
WECHAT_APP: Final = "wx00000000sandbox1"
WECHAT_SERIAL: Final = "5A0000000000000000000000000000000000000A"
WECHAT_PLATFORM_KEY_ID: Final = "PUB_KEY_ID_0119000000012026000000000001"
ALIPAY_APP: Final = "2021000000000001"
ALIPAY_SELLER: Final = "2088000000000001"
UNIONPAY_MERCHANT: Final = "777290058110097"
PLATFORM_APP: Final = "hospital0001"

_KEY_BITS: Final = 2048
_API_V3_KEY_FILE: Final = "wechat-api-v3.key"
_PLATFORM_SECRET_FILE: Final = "receipt-platform.key"  # noqa: S105  # its name
_INSURANCE_SECRET_FILE: Final = "insurance.key"  # noqa: S105  # its name
_MESSAGES_SECRET_FILE: Final = "messages.key"  # noqa: S105  # its name
_RECEIPT_KEY_FILE: Final = "receipts.key"
_RECEIPT_CERTIFICATE_LIFE: Final = timedelta(days=3650)
_SIGNS_DOCUMENTS: Final = x509.KeyUsage(
    digital_signature=True,
    content_commitment=True,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)
_CONFIGURATION: Final = """\
# Made by the sandbox: these keys move no real money. / 沙箱密钥，不涉及真实资金。
title = "医院缴费"

[wechat]
merchant_id = "{wechat_merchant}"
app_id = "{wechat_app}"
certificate_serial = "{wechat_serial}"
private_key_file = "wechat-hospital.key"
api_v3_key_file = "wechat-api-v3.key"
platform_key_id = "{wechat_platform_key_id}"
platform_key_file = "wechat-provider.pub"
notify_url = "{notify}/payments/notice/wechat"
gateway = "{gateway}"

[alipay]
app_id = "{alipay_app}"
seller_id = "{alipay_seller}"
private_key_file = "alipay-hospital.key"
platform_key_file = "alipay-provider.pub"
notify_url = "{notify}/payments/notice/alipay"
gateway = "{gateway}/gateway.do"

[unionpay]
merchant_id = "{unionpay_merchant}"
terminal_id = "01080209"
certificate_file = "unionpay-hospital.crt"
private_key_file = "unionpay-hospital.key"
authorities_file = "unionpay-authority.crt"
notify_url = "{notify}/payments/notice/unionpay"
gateway = "{gateway}/unionpay"
file_gateway = "{gateway}/unionpay-files"

[receipts]
certificate_file = "receipts.crt"
private_key_file = "receipts.key"

[insurance]
app_id = "{platform_app}"
secret_file = "insurance.key"
address = "{gateway}/insurance"
"""
_PLATFORM: Final = """
[receipt_platform]
app_id = "{platform_app}"
secret_file = "receipt-platform.key"
address = "{gateway}/receipt-platform"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderKeys:
    """What the provider of a channel has."""

    own: RSAPrivateKey
    hospital: RSAPublicKey
    stranger: RSAPrivateKey
    """Nobody's: what forged things are signed with."""


def make_keys(folder: Path, now: datetime) -> None:
    """Make keys for all channels and for receipts in `folder`, unless there are some."""
    folder.mkdir(parents=True, exist_ok=True)
    for channel in GATEWAY_CHANNELS:
        for side in ("hospital", "provider"):
            path = folder / f"{channel}-{side}.key"
            if path.exists():
                continue
            key = generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
            _write_secret(path, key.private_bytes(*_PRIVATE, NoEncryption()))
            public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            path.with_suffix(".pub").write_bytes(public)
    if not (folder / AUTHORITY_FILE).exists():
        make_certificates(
            folder,
            hospital=_private_key(folder / "unionpay-hospital.key").public_key(),
            provider=_private_key(folder / "unionpay-provider.key").public_key(),
            now=now,
        )
    for name in (
        _API_V3_KEY_FILE,
        _PLATFORM_SECRET_FILE,
        _INSURANCE_SECRET_FILE,
        _MESSAGES_SECRET_FILE,
    ):
        if not (folder / name).exists():
            _write_secret(folder / name, os.urandom(16).hex().encode())
    if not (folder / _RECEIPT_KEY_FILE).exists():
        _make_receipt_key(folder / _RECEIPT_KEY_FILE, now)


_PRIVATE: Final = (Encoding.PEM, PrivateFormat.PKCS8)


def write_configuration(
    folder: Path, *, gateway: str, notify: str, has_platform: bool = False
) -> Path:
    """Write the `payments.toml` of a hospital that pays through this sandbox.

    Args:
        folder: where the keys are.
        gateway: the sandbox's own address.
        notify: the address of the hospital's queue server, for callbacks.
        has_platform: whether the finance platform numbers the receipts.
    """
    path = folder / "payments.toml"
    text = (_CONFIGURATION + (_PLATFORM if has_platform else "")).format(
        wechat_merchant=WECHAT_MERCHANT,
        wechat_app=WECHAT_APP,
        wechat_serial=WECHAT_SERIAL,
        wechat_platform_key_id=WECHAT_PLATFORM_KEY_ID,
        alipay_app=ALIPAY_APP,
        alipay_seller=ALIPAY_SELLER,
        unionpay_merchant=UNIONPAY_MERCHANT,
        platform_app=PLATFORM_APP,
        gateway=gateway,
        notify=notify,
    )
    path.write_text(text + _CASH, encoding="utf-8")
    return path


def write_messages(folder: Path, *, gateway: str) -> Path:
    """Write the `messages.toml` of a hospital whose patients have the phones of this sandbox."""
    path = folder / "messages.toml"
    path.write_text(_MESSAGES.format(app=PLATFORM_APP, gateway=gateway), encoding="utf-8")
    return path


_MESSAGES: Final = """\
# Made by the sandbox: nobody's phone rings. / 沙箱：不会发到任何人的手机。
app_id = "{app}"
secret_file = "messages.key"
address = "{gateway}/messages"
"""
_CASH: Final = """
[cash]
change_goes = "desk"
change_max_yuan = 100
"""


def provider_keys(folder: Path, channel: Channel) -> ProviderKeys:
    """Return what the provider of `channel` has."""
    hospital = _private_key(folder / f"{channel}-hospital.key")
    return ProviderKeys(
        own=_private_key(folder / f"{channel}-provider.key"),
        hospital=hospital.public_key(),
        # The hospital's own key is none that a provider signs with.
        stranger=hospital,
    )


def api_v3_key(folder: Path) -> str:
    """Return the secret that WeChat Pay and the hospital share."""
    return (folder / _API_V3_KEY_FILE).read_text(encoding="ascii")


def platform_secret(folder: Path) -> str:
    """Return the secret that the finance platform and the hospital share."""
    return (folder / _PLATFORM_SECRET_FILE).read_text(encoding="ascii")


def messages_secret(folder: Path) -> str:
    """Return the secret that the message service and the hospital share."""
    return (folder / _MESSAGES_SECRET_FILE).read_text(encoding="ascii")


def insurance_secret(folder: Path) -> str:
    """Return the secret that the medical insurance and the hospital share."""
    return (folder / _INSURANCE_SECRET_FILE).read_text(encoding="ascii")


def _make_receipt_key(path: Path, now: datetime) -> None:
    """Make what receipts are signed with: a certificate that nobody but the sandbox vouches for."""
    key = generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Sandbox receipts 沙箱电子票据")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _RECEIPT_CERTIFICATE_LIFE)
        .add_extension(_SIGNS_DOCUMENTS, critical=True)
        .sign(key, SHA256())
    )
    path.with_suffix(".crt").write_bytes(certificate.public_bytes(Encoding.PEM))
    _write_secret(path, key.private_bytes(*_PRIVATE, NoEncryption()))


def _private_key(path: Path) -> RSAPrivateKey:
    key = load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(key, RSAPrivateKey), path
    return key


def _write_secret(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
