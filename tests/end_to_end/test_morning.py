"""One morning from door to door, on either broker: what the tour plays, and who could hear a name.

A listener subscribed to everything collects every byte on the wire while the real programs work.
"""

import itertools
import json
import re
import subprocess
import sys
import threading
import wave
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from queue_server.broker.broker import Broker
from queue_server.demo.hospital import SEED, SITE_FILE
from queue_server.records.demo_hospital import DemoHospital, make_demo_hospital
from queue_server.rules.masking import mask
from queue_server.site import load_site

ROOT = Path(__file__).parents[2]
MORNING_WITHIN_S = 400
SECRET_FIELDS = ("card", "id_number", "session_id", "slip_code")
Morning = tuple[Path, list[tuple[str, bytes]]]
"""The folder of a tour, and topic and payload of all that was heard on the wire."""

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.broker,
    pytest.mark.timeout(MORNING_WITHIN_S + 60),
]


class Eavesdropper:
    """Hears everything that anybody may subscribe to."""

    def __init__(self, broker: Broker) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, "eavesdropper", protocol=mqtt.MQTTv311
        )
        self._client.on_message = lambda _c, _u, message: self.heard.append(
            (message.topic, bytes(message.payload))
        )
        self._subscribed = threading.Event()
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.connect(broker.address.host, broker.address.port)
        self._client.subscribe("#", 1)
        self._client.loop_start()
        assert self._subscribed.wait(10)

    def stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture(scope="module")
def morning(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Morning:
    """The folder of a tour, and all that was heard on the wire meanwhile."""
    folder = tmp_path_factory.mktemp("morning")
    eavesdropper = Eavesdropper(broker)
    command = [sys.executable, "-m", "queue_server", "demo", "--tour", str(folder)]
    played = subprocess.run(
        [*command, "--broker", str(broker.address)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=MORNING_WITHIN_S,
        check=False,
    )
    eavesdropper.stop()
    assert played.returncode == 0, played.stdout + played.stderr
    return folder, eavesdropper.heard


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


def test_no_full_name_is_on_the_wire_outside_the_replies_to_kiosks(
    morning: Morning, full_names: list[str]
) -> None:
    _, heard = morning
    kinds = {topic.split("/")[3] for topic, _ in heard if topic.startswith("hk/")}
    assert {"request", "reply", "board", "call", "status", "heard"} <= kinds

    replies = [payload.decode() for topic, payload in heard if "/reply/kiosk-" in topic]
    others = [
        (topic, payload.decode(errors="replace"))
        for topic, payload in heard
        if "/reply/kiosk-" not in topic
    ]

    assert any(names_in(reply, full_names) for reply in replies), "the test looks at nothing"
    assert [topic for topic, text in others if names_in(text, full_names)] == []


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
    asked = [json.loads(text)["body"] for topic, text in heard if "/request/" in topic]
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
    screens = ("home", "identify", "one-visit", "checked-in", "id-number", "visits", "my-place")
    for screen in screens:
        for form in ("zh", "elder", "en"):
            assert any(f"kiosk-{screen}-{form}" in name for name in told), (screen, form)


def test_the_announcements_can_be_heard(
    morning: Morning,
) -> None:
    folder, heard = morning
    calls = [payload for topic, payload in heard if topic.endswith("/call/area-a")]
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
    _, heard = morning
    boards = [
        json.loads(text) for topic, text in heard if topic.endswith("/board/area/area-a") and text
    ]
    said = [
        json.loads(text)["is_up"]
        for topic, text in heard
        if topic.endswith("/status/queue-server") and text
    ]
    assert [is_up for is_up, _ in itertools.groupby(said)][:3] == [True, False, True]

    last_revision = max(board["revision"] for board in boards)
    of_last = [board["rooms"] for board in boards if board["revision"] == last_revision]
    assert len(of_last) >= 2
    assert all(rooms == of_last[0] for rooms in of_last)
