"""Messages of UnionPay's all-channel platform (全渠道, version 5.1.0): signed, read and checked.

A message is a set of fields. Signed is the SHA-256 of `key=value` joined by `&` in the order of
the keys, with RSA (signMethod 01).
"""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

SIGNATURE: Final = "signature"
HEAD: Final = {"version": "5.1.0", "encoding": "UTF-8", "signMethod": "01"}


def signed(fields: Mapping[str, str], key: RSAPrivateKey) -> dict[str, str]:
    """Return the fields with their signature."""
    signature = key.sign(_digest(fields), PKCS1v15(), SHA256())
    return {**fields, SIGNATURE: base64.b64encode(signature).decode()}


def is_signed(fields: Mapping[str, str], key: RSAPublicKey) -> bool:
    """Tell whether the signature among the fields is that of `key`."""
    try:
        signature = base64.b64decode(fields.get(SIGNATURE, ""), validate=True)
        key.verify(signature, _digest(fields), PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def read(text: str) -> dict[str, str]:
    """Read an answer; what stands in braces or brackets is one value, whatever it holds."""
    return {
        key: value for key, sign, value in (one.partition("=") for one in _pieces(text)) if sign
    }


def _pieces(text: str) -> Iterator[str]:
    piece, depth = "", 0
    for part in text.split("&"):
        piece = f"{piece}&{part}" if depth else part
        depth += sum(part.count(one) for one in "{[") - sum(part.count(one) for one in "}]")
        if depth <= 0:
            depth = 0
            yield piece
    if depth:
        yield piece


def _digest(fields: Mapping[str, str]) -> bytes:
    text = "&".join(f"{key}={fields[key]}" for key in sorted(fields) if key != SIGNATURE)
    return hashlib.sha256(text.encode()).hexdigest().encode()
