"""A receipt on A4, read back by poppler, a QR reader and a reader of signatures."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import PdfSignatureStatus, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from queue_server.documents.receipt_document import ReceiptPrinting, make_receipt
from queue_server.documents.signing import PdfSigner, SigningError
from queue_server.payments.fen import Fen
from queue_server.payments.ledger import Charge
from queue_server.payments.receipt import Receipt, Registration, number_of
from queue_server.payments.sandbox.keys import make_keys
from queue_server.payments.terms import AttemptId, Channel, ChargeId, VisitId
from queue_server.records.demo_hospital import DEMO_SITE_FILE
from queue_server.records.records import Patient, Sex
from queue_server.rules.terms import DeviceId, FullName, PatientId
from queue_server.site import load_site
from tests.integration.documents.paper import Paper

NINE = datetime(2026, 11, 27, 9, 0, tzinfo=timezone(timedelta(hours=8)))
TODAY = NINE.date()
SITE = load_site(DEMO_SITE_FILE)
ADDRESS = "https://queue.test/verify/receipt/2026112700000123/ABCDEFGHIJKLMNOP"
PRINTING = ReceiptPrinting(
    device=DeviceId("kiosk-01"),
    made_at=NINE,
    is_copy=False,
    check_code="ABCD-EFGH-IJKL-MNOP",
    check_address=ADDRESS,
    voided_by=None,
)
PATIENT = Patient(
    patient_id=PatientId("p-00017"),
    full_name=FullName("欧阳明月"),
    sex=Sex.FEMALE,
    birth_on=date(1961, 3, 4),
    id_number=None,
)


def charge(name: str, self_pay: int, insurance: int) -> Charge:
    return Charge(
        id=ChargeId(name),
        visit=VisitId("v1"),
        patient=PATIENT.patient_id,
        name_zh=name,
        name_en="something",
        self_pay=Fen(self_pay),
        insurance=Fen(insurance),
    )


RECEIPT = Receipt(
    number=number_of(TODAY, 123),
    attempt=AttemptId("A20261127abcdef"),
    channel=Channel.WECHAT,
    patient=PATIENT.patient_id,
    charges=(charge("普通门诊诊察费", 1000, 4000), charge("血常规", 2550, 1000)),
    issued_at=NINE.astimezone(UTC),
)
REVERSAL = replace(RECEIPT, number=number_of(TODAY, 124), reverses=RECEIPT.number)


def pdf_of(receipt: Receipt = RECEIPT, printing: ReceiptPrinting = PRINTING) -> bytes:
    return make_receipt(SITE, PATIENT, receipt, printing)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    make_keys(folder, datetime.now(UTC))
    return folder


def signer(keys: Path) -> PdfSigner:
    return PdfSigner(
        certificates=(keys / "receipts.crt").read_text(),
        private_key=(keys / "receipts.key").read_text(),
    )


def status_of(pdf: bytes, keys: Path) -> PdfSignatureStatus:
    trusted = list(load_certs_from_pemder_data((keys / "receipts.crt").read_bytes()))
    [signature] = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    return validate_pdf_signature(signature, ValidationContext(trust_roots=trusted))


def test_it_says_what_was_paid_in_figures_and_in_capitals(tmp_path: Path) -> None:
    paper = Paper(tmp_path, pdf_of())

    text = paper.text()
    for said in (
        "北京清榆医院",
        "欧阳明月",
        "20261127 00000123",
        "ABCD-EFGH-IJKL-MNOP",
        "叁拾伍元伍角整",
        "¥ 35.50",
        "85.50",
        "50.00",
        "微信支付",
    ):
        assert said in text
    assert paper.qr_codes() == [ADDRESS]
    assert paper.about()["Page size"].endswith("(A4)")
    assert "作废" not in text
    assert "红字" not in text


def test_what_takes_one_back_is_less_than_nothing_and_names_it(tmp_path: Path) -> None:
    text = Paper(tmp_path, pdf_of(REVERSAL)).text()

    for said in ("医疗门诊收费票据（红字）", "¥ −35.50", "负叁拾伍元伍角整", "20261127 00000124"):
        assert said in text
    assert "冲销流水号为 20261127 00000123 的票据" in text


def test_one_that_was_taken_back_says_by_which(tmp_path: Path) -> None:
    text = Paper(tmp_path, pdf_of(printing=replace(PRINTING, voided_by=REVERSAL))).text()

    assert "已作废" in text
    assert "20261127 00000124" in text


def test_with_numbers_of_the_finance_platform_these_are_its_numbers(tmp_path: Path) -> None:
    registration = Registration(
        code="11060126", number="0000000007", check_code="a1b2c3", address="https://fin.test/7"
    )
    numbered = replace(RECEIPT, awaits_platform=True, registration=registration)

    text = Paper(tmp_path, pdf_of(numbered)).text()

    for said in ("11060126", "0000000007", "20261127 00000123"):
        assert said in text
    pending = Paper(tmp_path, pdf_of(replace(RECEIPT, awaits_platform=True))).text()
    assert "财政电子票据号码尚未返回" in pending
    assert "财政电子票据号码尚未返回" not in text


def test_a_hundred_charges_go_over_pages_and_the_sum_stands_once(tmp_path: Path) -> None:
    many = replace(RECEIPT, charges=tuple(charge(f"检查{n}", 100, 0) for n in range(100)))

    paper = Paper(tmp_path, pdf_of(many))

    assert int(paper.about()["Pages"]) > 1
    assert paper.text().count("壹佰元整") == 1
    # Between the two kinds of letters stands a little space.
    assert "检查99" in "".join(paper.text().split())


def test_any_reader_sees_who_has_signed_and_that_nothing_was_changed(keys: Path) -> None:
    signed = signer(keys).signed(pdf_of(), reason="电子票据")

    status = status_of(signed, keys)

    assert status.bottom_line
    assert status.trusted
    assert "Sandbox receipts" in status.signing_cert.subject.human_friendly


def test_a_changed_byte_is_seen(keys: Path) -> None:
    signed = bytearray(signer(keys).signed(pdf_of(), reason="电子票据"))
    at = signed.index(b"stream") + 40
    signed[at] ^= 1

    assert not status_of(bytes(signed), keys).intact


def test_key_and_certificate_that_do_not_belong_together_are_refused(
    keys: Path, tmp_path: Path
) -> None:
    make_keys(tmp_path / "others", datetime.now(UTC))

    with pytest.raises(SigningError, match="not that of the certificate"):
        PdfSigner(
            certificates=(keys / "receipts.crt").read_text(),
            private_key=(tmp_path / "others" / "receipts.key").read_text(),
        )
    with pytest.raises(SigningError):
        PdfSigner(certificates="nothing", private_key="nothing")


@pytest.mark.parametrize("channel", list(Channel))
def test_whatever_it_was_paid_by_stands_on_it(channel: Channel, tmp_path: Path) -> None:
    text = Paper(tmp_path, pdf_of(replace(RECEIPT, channel=channel))).text()

    named = {
        "wechat": "微信支付",
        "alipay": "支付宝",
        "unionpay": "云闪付",
        "cash": "现金",
        "insurance": "医保",
    }
    assert named[channel] in text
