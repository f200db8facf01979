"""Mornings full of faults, logged as closely as possible: nobody can be found in the log."""

import json
import logging

import pytest

from queue_server.rules.masking import mask
from queue_server.service.writer import Writer
from tests.simulation.morning import run_morning
from tests.simulation.server import Build
from tests.simulation.server_door import SimulatedDoor

SEEDS = range(1, 9)
SECRET_FIELDS = ("card", "id_number", "session_id", "slip_code")


@pytest.mark.timeout(300)
def test_nobody_is_found_in_the_logs_of_a_morning(caplog: pytest.LogCaptureFixture) -> None:
    asked: set[str] = set()
    patients: set[str] = set()

    class OverheardDoor(SimulatedDoor):
        def _received(self, topic: str, payload: bytes, delivery: int) -> None:
            if "/request/" in topic and payload:
                body = json.loads(payload)["body"]
                asked.update(body[key] for key in SECRET_FIELDS if body.get(key))
            super()._received(topic, payload, delivery)

    class OverheardWriter(Writer):
        def open(self) -> None:
            super().open()
            for patient in self.now.patients.values():
                name = patient.full_name.reveal()
                patients.update((name, mask(name), patient.id_number or name))

    caplog.set_level(logging.DEBUG)
    for seed in SEEDS:
        outcome = run_morning(seed, build=Build(door=OverheardDoor, writer=OverheardWriter))
        assert outcome.error is None, outcome.last_lines

    assert len(asked) > 20, "the test looks at nothing"
    assert len(patients) > 20, "the test looks at nothing"
    assert len(caplog.records) > 20
    assert {secret for secret in asked | patients if secret in caplog.text} == set()
