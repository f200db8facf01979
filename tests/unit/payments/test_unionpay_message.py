"""UnionPay's messages are written, read and signed as its documents say."""

import hashlib
from base64 import b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from queue_server.payments.gateways import unionpay_message
from queue_server.payments.gateways.bill_file import BillUnreadable
from queue_server.payments.gateways.unionpay_bill import unionpay_bill_lines

KEY = generate_private_key(public_exponent=65537, key_size=2048)
FIELDS = {"txnAmt": "2550", "orderId": "A1", "merId": "777290058110097"}


def test_the_digest_of_the_fields_in_order_is_what_is_signed() -> None:
    signature = b64decode(unionpay_message.signed(FIELDS, KEY)["signature"])

    text = b"merId=777290058110097&orderId=A1&txnAmt=2550"
    KEY.public_key().verify(
        signature, hashlib.sha256(text).hexdigest().encode(), PKCS1v15(), SHA256()
    )


@pytest.mark.parametrize(
    "change", [{"txnAmt": "1"}, {"more": "1"}, {"signature": "!"}, {"signature": ""}]
)
def test_whatever_is_changed_is_not_signed(change: dict[str, str]) -> None:
    signed = unionpay_message.signed(FIELDS, KEY)

    assert unionpay_message.is_signed(signed, KEY.public_key())
    assert not unionpay_message.is_signed({**signed, **change}, KEY.public_key())


def test_what_stands_in_braces_is_one_value_and_an_equals_sign_belongs_to_it() -> None:
    text = "a=1&reserved={b=2&c={d=3}}&qrCode=https://qr.95516.com/0001?x=1&e=4=="

    found = unionpay_message.read(text)

    assert found == {
        "a": "1",
        "reserved": "{b=2&c={d=3}}",
        "qrCode": "https://qr.95516.com/0001?x=1",
        "e": "4==",
    }


@pytest.mark.parametrize("archive", [b"", b"no archive", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_archive_with_a_days_file_is_no_bill(archive: bytes) -> None:
    with pytest.raises(BillUnreadable):
        unionpay_bill_lines(archive)
