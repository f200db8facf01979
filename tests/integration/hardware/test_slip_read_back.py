"""What a patient holds in his hand, read back by readers that know nothing of how it was made.

The kiosk's own slip goes through the real driver into a socket. What arrives is turned into a
picture by the few lines below, not by the simulated printer; an OCR and two readers of QR codes
read it.
"""

import io
import re
import socket
import subprocess
import threading
from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageFont
from rapidocr_onnxruntime import RapidOCR

from hardware.registry import make_ticket_printer
from hardware.slip import Slip
from kiosk.flow.slip_facts import Provisional
from kiosk.presenter.wording import load_wordings
from kiosk.slip import BODY_DOTS, make_provisional_slip, make_slip
from tests.unit.hardware.slip_samples import FONTS
from tests.unit.kiosk.hospital_for_tests import AT, SLIP_CODE, waiting_visit
from tests.unit.kiosk.test_slip import PRINTED_AT, facts

Picture = npt.NDArray[np.uint8]
HOSPITALS = {"zh": "北京清榆医院", "en": "Beijing Qingyu Hospital"}
_WIDTH_BYTES, _HEIGHT = slice(4, 6), slice(6, 8)
_SHORT_COMMAND = re.compile(
    rb"\x1b@|\x1bd.|\x1dV[\x00\x01]|\x1dV[AB].|\x10\x04[\x01-\x04]|\x1dr\x01|\n", re.DOTALL
)


class ListeningPrinter:
    """Port 9100 of a printer that keeps every byte and answers as one that is well."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.received = bytearray()
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self) -> None:
        connection, _ = self.listener.accept()
        with connection:
            while data := connection.recv(65536):
                self.received += data
                answers = {b"\x10\x04": b"\x12", b"\x1dr": b"\x00"}
                for question, answer in answers.items():
                    if question in data[-3:]:
                        connection.sendall(answer)

    def stop(self) -> None:
        self.listener.close()
        self.thread.join()


def page_of(received: bytes) -> Image.Image:
    """Turn ESC/POS into a picture; anything but rasters, feeds, cuts and questions is an error."""
    rasters, at = [], 0
    while at < len(received):
        if received.startswith(b"\x1dv0", at):
            header = received[at : at + 8]
            width = int.from_bytes(header[_WIDTH_BYTES], "little")
            height = int.from_bytes(header[_HEIGHT], "little")
            bits = received[at + 8 : at + 8 + width * height]
            rows = np.frombuffer(bits, np.uint8).reshape(height, width)
            rasters.append(255 - 255 * np.unpackbits(rows, axis=1))
            at += 8 + width * height
            continue
        command = _SHORT_COMMAND.match(received, at)
        assert command, received[at : at + 8].hex(" ")
        at = command.end()
    return Image.fromarray(np.vstack(rasters).astype(np.uint8))


@pytest.fixture(scope="module")
def ocr() -> RapidOCR:
    return RapidOCR(intra_op_num_threads=1)  # two would only wait for one another


@pytest.fixture
def listening_printer() -> Iterator[ListeningPrinter]:
    printer = ListeningPrinter()
    yield printer
    printer.stop()


def printed(slip: Slip, printer: ListeningPrinter) -> Image.Image:
    driver = make_ticket_printer(
        {"driver": "network", "host": "127.0.0.1", "port": printer.port, "query_timeout_s": 20,
         "job_timeout_s": 20}, FONTS
    )  # fmt: skip
    driver.print_slip(slip)
    return page_of(bytes(printer.received))


def read_by(ocr: RapidOCR, page: Image.Image) -> str:
    """All that the OCR reads from top to bottom, without the blanks that it loses and finds."""
    found, _ = ocr(np.array(page.convert("RGB")))
    return re.sub(r"\s", "", "".join(text for _, text, _ in found))


def codes_on(page: Image.Image) -> tuple[list[str], str]:
    """What each of two readers of QR codes finds."""
    png = io.BytesIO()
    page.save(png, format="png")
    zbar = subprocess.run(
        ["zbarimg", "-q", "--raw", "-"], input=png.getvalue(), capture_output=True, check=True
    )
    return [code.text for code in zxingcpp.read_barcodes(page)], zbar.stdout.decode().strip()


def slip_in(language: str, **changes: Any) -> Slip:
    words, hospital = load_wordings()[language], HOSPITALS[language]
    return make_slip(facts(**changes), words, hospital=hospital, printed_at=PRINTED_AT)


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        (
            "zh",
            ["北京清榆医院", "A16", "请在2层A候诊区等候叫号", "心血管内科", "沈怀仁", "201诊室",
             "09:00-09:30", "按时段和号码叫号", "2026-11-2108:05:07"],
        ),
        (
            "en",
            ["BeijingQingyuHospital", "A16", "PleasewaitinWaitingAreaA,Floor2", "Cardiology",
             "Room201", "09:00-09:30", "Calledbyslotandnumber."],
        ),
    ],
)  # fmt: skip
def test_a_check_in_slip_can_be_read_by_a_stranger(
    ocr: RapidOCR, listening_printer: ListeningPrinter, language: str, lines: list[str]
) -> None:
    page = printed(slip_in(language), listening_printer)

    text = read_by(ocr, page)
    assert [line for line in lines if line not in text] == []
    assert "欧阳" in text or language == "en"
    assert codes_on(page) == ([SLIP_CODE], SLIP_CODE)


def test_a_provisional_slip_can_be_read_by_a_stranger(
    ocr: RapidOCR, listening_printer: ListeningPrinter
) -> None:
    code = "hk:offline:4f0e6c1d9b7a4e58a1c3d2f5e6b7a809"
    provisional = Provisional(number="K01-003", slip_code=code, checked_in_at=AT)
    words = load_wordings()["zh"]
    slip = make_provisional_slip(
        provisional, words, hospital=HOSPITALS["zh"], printed_at=PRINTED_AT
    )

    page = printed(slip, listening_printer)

    text = read_by(ocr, page)
    assert "K01-003" in text
    assert "北京清榆医院" in text
    assert codes_on(page) == ([code], code)


def glyph(character: str) -> Picture:
    """Draw one character as the type foundry drew it, bold, at the size of a row."""
    font = ImageFont.truetype(FONTS.bold.path, BODY_DOTS)
    left, top, right, bottom = font.getbbox(character)
    page = Image.new("L", (int(right - left), int(bottom - top)), 255)
    ImageDraw.Draw(page).text((-left, -top), character, font=font, fill=0)
    return np.array(page)


def likeness(page: Image.Image, character: str) -> float:
    """How much of the character is found at the best place of the page: 1 is all of it."""
    found = cv2.matchTemplate(np.array(page), glyph(character), cv2.TM_CCOEFF_NORMED)
    return float(found.max())


@pytest.mark.parametrize("name", ["䶮**", "㛃*", "𠮷**", "喆*", "堃**", "镕*"])
def test_a_rare_character_of_a_name_is_printed_as_itself(
    listening_printer: ListeningPrinter, name: str
) -> None:
    page = printed(slip_in("zh", masked_name=name), listening_printer)

    character = name[0]
    assert likeness(page, character) > 0.9
    others = set("䶮㛃𠮷喆堃镕") - {character}
    assert max(likeness(page, other) for other in others) < 0.8


def test_a_name_as_long_as_they_get_leaves_code_and_number_readable(
    ocr: RapidOCR, listening_printer: ListeningPrinter
) -> None:
    long = {"clinic_zh": "神经内科（头痛与眩晕专病、睡眠障碍及神经心理联合门诊）第二候诊区"}
    name = "阿卜杜热合曼·买买提明·吐尔逊江**"

    page = printed(slip_in("zh", visit=waiting_visit(**long), masked_name=name), listening_printer)

    text = read_by(ocr, page)
    assert "神经内科" in text
    assert "第二候诊区" in text
    assert "A16" in text
    assert codes_on(page) == ([SLIP_CODE], SLIP_CODE)
