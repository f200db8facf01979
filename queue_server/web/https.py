"""HTTPS of the pages: the certificate and its key, checked before anything is served."""

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509

WARN_BEFORE: Final = timedelta(days=30)
"""So long before a certificate ends, the technician is told."""
_OTHERS: Final = 0o007


class HttpsError(Exception):
    """The pages can't be served like this; the sentence says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpsFiles:
    """A certificate, with those of its issuers behind it, and its private key, in PEM files."""

    certificate: Path
    key: Path


def https_files(host: str, certificate: Path | None, key: Path | None) -> HttpsFiles | None:
    """Return the files the pages on `host` are served with; None: plain HTTP, to this machine.

    Raises:
        HttpsError: one of the two is missing, or plain HTTP would leave this machine.
    """
    if certificate is not None and key is not None:
        return HttpsFiles(certificate=certificate, key=key)
    if certificate is not None or key is not None:
        raise HttpsError(
            "--https-certificate and --https-key belong together: give both / 证书和私钥须同时提供"
        )
    if not _is_this_machine(host):
        raise HttpsError(
            f"--http {host}: passwords and names would cross the network in the clear; give"
            " --https-certificate and --https-key, or listen on 127.0.0.1 behind a proxy with HTTPS"
            " / 明文 HTTP 只能用于本机：请提供 HTTPS 证书和私钥，或只在 127.0.0.1 上监听"
        )
    return None


def load_https(files: HttpsFiles, now: datetime) -> tuple[ssl.SSLContext, datetime]:
    """Return what serves HTTPS with these files, and when the certificate ends.

    Raises:
        HttpsError: a file can't be read or is none, they don't belong together, or `now` is
            outside the certificate's time.
    """
    ends_at = _end_of_certificate(files.certificate, now)
    _look_at_key(files.key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        # Without the empty password OpenSSL would ask for one at the terminal.
        context.load_cert_chain(files.certificate, files.key, password="")
    except ssl.SSLError as error:
        raise HttpsError(_why_not(files, error)) from error
    return context, ends_at


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _end_of_certificate(path: Path, now: datetime) -> datetime:
    try:
        [certificate, *_] = x509.load_pem_x509_certificates(path.read_bytes())
    except OSError as error:
        raise HttpsError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise HttpsError(
            f"{path}: holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)"
            " / 不是 PEM 格式的证书"
        ) from error
    starts_at, ends_at = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now >= ends_at:
        raise HttpsError(
            f"{path}: the certificate ended on {ends_at:%Y-%m-%d %H:%M} UTC; get a new one"
            " / 证书已过期，请更换"
        )
    if now < starts_at:
        raise HttpsError(
            f"{path}: the certificate begins on {starts_at:%Y-%m-%d %H:%M} UTC; is this machine's"
            " clock right? / 证书尚未生效，请检查本机时间"
        )
    return ends_at


def _look_at_key(path: Path) -> None:
    try:
        if path.stat().st_mode & _OTHERS:
            raise HttpsError(
                f"{path}: everybody on this machine may read this key: chmod o= {path}"
                " / 私钥文件不能让其他用户读取"
            )
        text = path.read_bytes()
    except OSError as error:
        raise HttpsError(f"{path}: {error.strerror}") from error
    if b"ENCRYPTED" in text:
        raise HttpsError(
            f"{path}: the key has a password, which nobody could type when the server starts: take"
            f" it off with openssl pkey -in {path} -out NEW / 私钥带有口令，请先去除"
        )


def _why_not(files: HttpsFiles, error: ssl.SSLError) -> str:
    if error.reason == "KEY_VALUES_MISMATCH":
        return (
            f"{files.key} is not the key of {files.certificate}: give the two that were made"
            " together / 私钥与证书不匹配"
        )
    return (
        f"{files.key}: holds no private key in PEM form that HTTPS can use ({error.reason})"
        " / 不是可用的 PEM 格式私钥"
    )
