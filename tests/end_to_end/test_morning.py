"""One morning from door to door: what the tour plays, and who could hear a name.

A listener subscribed to everything collects every byte on the wire while the real programs work:
as delivered, with TLS on the embedded broker, and on a Mosquitto of this machine without.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
import wave
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from queue_server.broker.broker import BrokerAddress
from queue_server.broker.broker_process import BrokerProcess
from queue_server.broker.mosquitto import mosquitto
from queue_server.client.tls import Certificates
from queue_server.demo.hospital import SEED, SITE_FILE
from queue_server.devices.register import DeviceRegister
from queue_server.records.demo_hospital import DemoHospital, make_demo_hospital
from queue_server.rules.masking import mask
from queue_server.site import load_site

ROOT = Path(__file__).parents[2]
MORNING_WITHIN_S = 1200
SECRET_FIELDS = ("card", "id_number", "session_id", "slip_code", "code")
LOOK_AGAIN_S = 0.2
DEAD_FOR = timedelta(seconds=6)
"""Less than the tour's server stays dead before it is started for the last time."""
PROBE = "probe"
"""The end of a topic on which a full name is heard for once: the listener itself says it."""
Heard = tuple[str, bytes, datetime]
"""Topic, payload, and when it was heard by the clock that the logs go by."""
Morning = tuple[Path, list[Heard]]
"""The folder of a tour, and all that was heard on the wire."""

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.broker,
    pytest.mark.timeout(MORNING_WITHIN_S + 60),
]


class Eavesdropper:
    """Hears everything that anybody may subscribe to."""

    def __init__(self, broker: BrokerAddress, certificates: Certificates | None) -> None:
        self.heard: list[Heard] = []
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, "eavesdropper", protocol=mqtt.MQTTv311
        )
        if certificates is not None:
            self._client.tls_set_context(certificates.read().context)
        self._client.on_message = lambda _c, _u, message: self.heard.append(
            (message.topic, bytes(message.payload), datetime.now(UTC))
        )
        # With TLS nobody hears more than the server, whose certificate this is then.
        site = load_site(SITE_FILE).id
        self._client.on_connect = lambda client, *_: client.subscribe(f"hk/v1/{site}/#", 1)
        # So that the test proves that it would find a name.
        self._client.on_subscribe = lambda client, *_: client.publish(
            f"hk/v1/{site}/{PROBE}", json.dumps({"name": "张小三"}, ensure_ascii=False), 1
        )
        self._client.reconnect_delay_set(1, 1)
        self._client.connect_async(broker.host, broker.port)
        self._client.loop_start()

    def stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


def as_delivered(work: Path) -> tuple[list[str], Callable[[], Eavesdropper | None]]:
    """The embedded broker with a certificate for each device; the server's can be borrowed."""

    def listen() -> Eavesdropper | None:
        for path in work.glob("hospital-tour-*/data/devices/devices.json"):
            register = DeviceRegister(path.parent)
            place = register.read().broker
            address = BrokerAddress(host=place.host, port=place.port)
            return Eavesdropper(address, register.server_certificates)
        return None

    return [], listen


def on_plain_mosquitto(
    broker: BrokerProcess,
) -> tuple[list[str], Callable[[], Eavesdropper | None]]:
    """A broker of this machine that takes anybody."""
    return ["--broker", str(broker.address)], lambda: Eavesdropper(broker.address, None)


@pytest.fixture(scope="module", params=["as-delivered", "plain-mosquitto"])
def morning(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Morning:
    """The folder of a tour, and all that was heard on the wire meanwhile."""
    folder, work = tmp_path_factory.mktemp("morning"), tmp_path_factory.mktemp("work")
    with ExitStack() as stack:
        if request.param == "as-delivered":
            options, listen = as_delivered(work)
        else:
            broker = mosquitto(work / "broker")
            broker.start()
            stack.callback(broker.stop)
            options, listen = on_plain_mosquitto(broker)
        played = subprocess.Popen(
            [sys.executable, "-m", "queue_server", "demo", "--tour", str(folder), *options],
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(work)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        eavesdropper, said = listen_while(played, listen)
    assert played.returncode == 0, said
    assert eavesdropper is not None
    return folder, eavesdropper.heard


def listen_while(
    played: "subprocess.Popen[str]", listen: Callable[[], Eavesdropper | None]
) -> tuple[Eavesdropper | None, str]:
    """Return who has listened until the program ended, and what the program said."""
    eavesdropper = None
    said: str | None = None
    give_up_at = time.monotonic() + MORNING_WITHIN_S
    while said is None:
        eavesdropper = eavesdropper or listen()
        try:
            said, _ = played.communicate(timeout=LOOK_AGAIN_S)
        except subprocess.TimeoutExpired:
            if time.monotonic() > give_up_at:
                played.send_signal(signal.SIGINT)  # so that it stops what it has started
                said, _ = played.communicate()
    if eavesdropper is not None:
        eavesdropper.stop()
    return eavesdropper, said


@pytest.fixture(scope="module")
def full_names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The name of every patient of the demo hospital, of one character too."""
    site = load_site(SITE_FILE)
    path = tmp_path_factory.mktemp("records") / "records.sqlite"
    today = datetime.now(UTC).astimezone(ZoneInfo(site.timezone)).date()
    make_demo_hospital(path, day=today, seed=SEED)
    return [patient.full_name.reveal() for patient in DemoHospital(path).patients()]


def names_in(text: str, full_names: list[str]) -> list[str]:
    """Return the names that stand in `text`; one of one character only as a text of its own."""
    return [name for name in full_names if (name if len(name) > 1 else f'"{name}"') in text]


def test_no_full_name_is_on_the_wire(morning: Morning, full_names: list[str]) -> None:
    _, heard = morning
    kinds = {topic.split("/")[3] for topic, *_ in heard if topic.startswith("hk/")}
    assert {"request", "reply", "board", "call", "status", "heard"} <= kinds

    texts = [(topic, payload.decode(errors="replace")) for topic, payload, _ in heard]

    named = {topic for topic, text in texts if names_in(text, [*full_names, "张小三"])}
    assert {topic.rpartition("/")[2] for topic in named} == {PROBE}


def test_no_full_name_is_in_any_log(morning: Morning, full_names: list[str]) -> None:
    folder, _ = morning
    logs = {log.name: log.read_text(errors="replace") for log in (folder / "logs").iterdir()}

    assert {"server.log", "kiosk.log", "area-board.log", "door-board.log"} <= set(logs)
    assert "DEBUG" in logs["kiosk.log"]
    assert {name for name, text in logs.items() if names_in(text, full_names)} == set()
    assert {name for name, text in logs.items() if "Traceback" in text} == set()


def test_no_masked_name_number_card_or_token_is_in_any_log(
    morning: Morning, full_names: list[str]
) -> None:
    folder, heard = morning
    asked = [json.loads(text)["body"] for topic, text, _ in heard if "/request/" in topic]
    secrets = {body[key] for body in asked for key in SECRET_FIELDS if body.get(key)}
    masked = {mask(name) for name in full_names}
    assert len(secrets) > 10
    assert len(masked) > 20

    found = {
        (log.name, secret)
        for log in (folder / "logs").iterdir()
        for text in [log.read_text(errors="replace")]
        for secret in secrets | masked
        if secret in text
    }

    assert found == set()


def test_every_picture_that_the_tour_tells_of_is_there(
    morning: Morning,
) -> None:
    folder, _ = morning
    told = re.findall(r"!\[[^]]*\]\(([^)]+)\)", (folder / "tour.md").read_text(encoding="utf-8"))

    assert len(told) > 60
    assert sorted(told) == sorted(path.name for path in folder.glob("*.png"))
    screens = (
        "home",
        "identify",
        "one-visit",
        "checked-in",
        "id-number",
        "visits",
        "my-place",
        "bills",
        "paid",
        "home-absent",
    )
    for screen in screens:
        for form in ("zh", "elder", "en"):
            assert any(f"kiosk-{screen}-{form}" in name for name in told), (screen, form)


def test_everything_that_staff_can_do_with_a_queue_is_done_on_the_morning(
    morning: Morning,
) -> None:
    folder, heard = morning
    told = (folder / "tour.md").read_text(encoding="utf-8")
    for scene in (
        "station-spread",
        "station-moved",
        "console-room",
        "console-held",
        "console-paused",
        "policies-versions",
        "report-absences",
    ):
        assert f"-{scene}.png" in told, scene
    absent = [json.loads(text)["doctors"] for topic, text, _ in heard if "/absences" in topic]
    assert {"paused", "stopped"} <= {one["absence"]["kind"] for each in absent for one in each}
    boards = [text.decode() for topic, text, _ in heard if topic.endswith("/board/area/area-b")]
    [rooms] = {
        tuple((room["doctor_zh"], room["room_zh"]) for room in json.loads(boards[-1])["rooms"])
    }
    assert ("欧阳静", "302 诊室") in rooms


def test_the_announcements_can_be_heard(
    morning: Morning,
) -> None:
    folder, heard = morning
    calls = [payload for topic, payload, _ in heard if topic.endswith("/call/area-a")]
    sounds = sorted((folder / "sounds").glob("*.wav"))

    assert sounds
    # Each call is said twice, unless another one is waiting to be heard.
    assert len(sounds) <= 2 * len(calls)
    for path in sounds:
        with wave.open(str(path)) as sound:
            assert sound.getnframes() / sound.getframerate() > 5
            frames = sound.readframes(sound.getnframes())
        assert max(frames[1::2]) > 10


def test_the_order_is_the_same_after_the_server_was_killed(
    morning: Morning,
) -> None:
    folder, heard = morning
    log = (folder / "logs" / "server.log").read_text()
    starts = re.findall(r"^(\S+) .*Started server process", log, re.MULTILINE)
    assert len(starts) == 3, "once, after the kiosks were alone, and after it was killed"
    killed_and_back = datetime.fromisoformat(starts[-1])
    # Not by revision: an alarm that ends meanwhile counts as a change of the day.
    boards = [
        (json.loads(text)["rooms"], heard_at)
        for topic, text, heard_at in heard
        if topic.endswith("/board/area/area-a") and text
    ]
    before = [rooms for rooms, heard_at in boards if heard_at < killed_and_back - DEAD_FOR]
    after = [rooms for rooms, heard_at in boards if heard_at > killed_and_back]

    assert before
    assert after
    assert all(rooms == before[-1] for rooms in after)


def test_who_checked_in_without_the_server_is_on_the_board_when_it_is_back(
    morning: Morning,
) -> None:
    _, heard = morning
    asked = [json.loads(text)["body"] for topic, text, _ in heard if "/request/kiosk-" in topic]
    told = [json.loads(text)["body"] for topic, text, _ in heard if "/reply/kiosk-" in topic]
    boards = [text.decode() for topic, text, _ in heard if topic.endswith("/board/area/area-a")]

    scanned = [one["slip_code"] for one in asked if one["type"] == "find_place"][-1]
    found = [one["visit"]["number"] for one in told if one["type"] == "place_found"][-1]
    assert scanned.startswith("hk:offline:")
    assert f'"{found}"' in boards[-1]
