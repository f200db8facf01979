"""The demo's phone: a card the kiosk accepts, a masked name, and nothing without the switch."""

import secrets

import httpx
import zxingcpp
from PIL import Image, ImageDraw

from queue_server.web.application import make_application
from tests.integration.web.conftest import SignedIn
from tests.integration.web.hospital_day import CARDIOLOGY, HospitalDay


def read_qr(svg: str) -> str:
    """Draw the horizontal strokes of segno's SVG, and read the picture as a scanner would."""
    side = int(svg.split('viewBox="0 0 ')[1].split(maxsplit=1)[0])
    scale, border = 6, 24
    picture = Image.new("L", (side * scale + 2 * border,) * 2, 255)
    draw = ImageDraw.Draw(picture)
    x, y = 0.0, 0.0
    for command, numbers in _strokes(svg):
        if command == "M":
            x, y = numbers
        elif command == "m":
            x, y = x + numbers[0], y + numbers[1]
        else:
            box = [x * scale + border, (y - 0.5) * scale + border]
            draw.rectangle([*box, box[0] + numbers[0] * scale - 1, box[1] + scale - 1], fill=0)
            x += numbers[0]
    [found] = zxingcpp.read_barcodes(picture)
    return found.text


def _strokes(svg: str) -> list[tuple[str, list[float]]]:
    path = svg.split(' d="')[1].split('"', maxsplit=1)[0]
    found: list[tuple[str, list[float]]] = []
    for part in path.replace("h", "\nh ").replace("m", "\nm ").replace("M", "\nM ").split("\n"):
        if part.strip():
            command, *numbers = part.replace("-", " -").split()
            found.append((command, [float(number) for number in numbers]))
    return found


async def test_the_code_on_the_phone_is_a_card_that_a_kiosk_accepts(
    day: HospitalDay, signed_in: SignedIn
) -> None:
    phone = await signed_in("")

    card = (await phone.get("/api/cards/patient-001")).json()

    claims = day.card_reader.read(read_qr(card["svg"]), day.clock())
    assert claims.card_id == "card-patient-001"
    assert card["renew_after_s"] < card["life_s"]


async def test_each_code_is_a_new_one(signed_in: SignedIn) -> None:
    phone = await signed_in("")

    codes = {(await phone.get("/api/cards/patient-001")).json()["svg"] for _ in range(3)}

    assert len(codes) == 3


async def test_the_phone_never_sees_a_full_name(day: HospitalDay, signed_in: SignedIn) -> None:
    day.check_in(CARDIOLOGY, 1, 2, 3)
    phone = await signed_in("")

    listed = (await phone.get("/api/cards")).text

    assert "张*明" in listed
    assert not [one for one in day.patients if one.full_name.reveal() in listed]


async def test_an_unknown_patient_has_no_card(signed_in: SignedIn) -> None:
    phone = await signed_in("")

    assert (await phone.get("/api/cards/nobody")).json()["code"] == "NOT_FOUND"
    assert (await phone.get("/api/cards/nobody/stream")).json()["code"] == "NOT_FOUND"


async def test_outside_the_demo_there_are_no_cards(day: HospitalDay) -> None:
    application = make_application(
        day.service, day.users, new_token=lambda: secrets.token_urlsafe(32)
    )
    transport = httpx.ASGITransport(app=application)
    async with httpx.AsyncClient(transport=transport, base_url="http://hospital.test") as client:
        for path in ("/cards", "/card/patient-001", "/api/cards", "/api/cards/patient-001"):
            assert (await client.get(path)).status_code == 404
