"""The certificates of a line: mutual TLS with the site's own authority, and its troubles in words.

A folder holds what a machine needs: `ca.crt`, whom to trust, and `device.crt` with `device.key`,
who we are. `hospital-kiosk devices add` makes it.
"""

import hmac
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

CA_NAME: Final = "ca.crt"
CERTIFICATE_NAME: Final = "device.crt"
KEY_NAME: Final = "device.key"

_SESSION_PURPOSE: Final = b"hospital-kiosk MQTT session 1"
_HAS_EXPIRED: Final = 10
_WRONG_NAME: Final = (62, 64)
"""OpenSSL's numbers for a host name and for an address that the certificate does not name."""


class CertificatesUnusable(Exception):
    """A file is missing or is not what it should be; the text says which, and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsSession:
    """What an MQTT client needs to be itself."""

    context: ssl.SSLContext
    client_id: str = field(repr=False)
    """Always the same, and known to nobody without the key.

    Whoever knew it could throw this machine out of a broker that does not bind client ids to
    certificates.
    """


@dataclass(frozen=True, slots=True)
class Certificates:
    """The folder with the certificates of one machine."""

    folder: Path

    def read(self) -> TlsSession:
        """Read the files: TLS 1.2 or newer, this site's authority and no other.

        Raises:
            CertificatesUnusable: a file is missing, or is no certificate or key.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # checks the name too
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            context.load_verify_locations(self.folder / CA_NAME)
            context.load_cert_chain(self.folder / CERTIFICATE_NAME, self.folder / KEY_NAME)
            key = (self.folder / KEY_NAME).read_bytes()
        except ssl.SSLError as error:
            raise CertificatesUnusable(
                f"the certificates in {self.folder} can't be used ({error.reason or error}): copy"
                f" {CA_NAME}, {CERTIFICATE_NAME} and {KEY_NAME} there again, all of one making"
                " / 证书文件无效，请重新复制整个证书文件夹"
            ) from error
        except OSError as error:
            raise CertificatesUnusable(
                f"a certificate file in {self.folder} can't be read ({error.strerror}): it needs"
                f" {CA_NAME}, {CERTIFICATE_NAME} and {KEY_NAME}, as `devices add` made them"
                " / 无法读取证书文件"
            ) from error
        client_id = hmac.digest(key, _SESSION_PURPOSE, "sha256").hex()[:32]
        return TlsSession(context=context, client_id=client_id)


def connect_trouble(error: BaseException | None, host: str, port: int) -> str:
    """Say in a sentence why no connection to the broker came about."""
    where = f"{host}:{port}"
    match error:
        case ssl.SSLCertVerificationError(verify_code=code) if code == _HAS_EXPIRED:
            return (
                f"the certificate of the broker at {where} has expired, or this machine's clock"
                " is wrong: renew it on the server (devices renew broker)"
                " / 消息服务器证书已过期或本机时间不对"
            )
        case ssl.SSLCertVerificationError(verify_code=code) if code in _WRONG_NAME:
            return (
                f"the broker's certificate does not name {host}: connect by a name or address"
                " that `devices add --broker` was told / 消息服务器证书与地址不符"
            )
        case ssl.SSLCertVerificationError():
            return (
                f"the broker at {where} is not of this site: its certificate is not signed by"
                f" our {CA_NAME} ({error.verify_message}) / 对方不是本院区的消息服务器，拒绝连接"
            )
        case ssl.SSLError(reason=str(reason)) if "ALERT" in reason:
            return refused_trouble(host, port, reason)
        case ssl.SSLError():
            return (
                f"no TLS with the broker at {where} ({error.reason or error}): does it speak"
                " TLS at this port? / 无法与消息服务器建立加密连接"
            )
        case _:
            reason = getattr(error, "strerror", None) or str(error)
            return f"the broker at {where} can't be reached ({reason}) / 无法连接消息服务器"


def refused_trouble(host: str, port: int, reason: str) -> str:
    """Say that the broker is there and does not take this machine."""
    said = reason.lower().replace("_", " ")
    return (
        f"the broker at {host}:{port} refuses this machine ({said}): its certificate has expired,"
        " was revoked or is of another site; see `devices list` on the server"
        " / 消息服务器拒绝本机：证书已过期、被吊销或不属于本院区"
    )
