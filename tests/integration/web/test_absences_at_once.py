"""What kiosks are told of doctors goes out with the act itself, not with the next repetition."""

import queue
from pathlib import Path

from queue_server.contract import topics
from queue_server.contract.absence import Absences
from queue_server.contract.codec import decode
from queue_server.rules import commands as asked
from queue_server.service.parts import Parts
from queue_server.service.queue_service import QueueService
from queue_server.service.setup import make_setup
from queue_server.web.users import Users
from tests.integration.web.hospital_day import CARDIOLOGY, HospitalDay, NoDoor, _fail

NEVER_S = 1e6
WAIT_S = 30


class KeepsAbsences(NoDoor):
    """A door behind which somebody listens to what is told of doctors."""

    def __init__(self, topic: str) -> None:
        super().__init__()
        self.told: queue.Queue[Absences] = queue.Queue()
        self._topic = topic

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        if topic == self._topic and retain:
            self.told.put(decode(payload, Absences))


class TellsOnce(HospitalDay):
    """A hospital that repeats nothing."""

    absences: KeepsAbsences

    def new_service(self) -> QueueService:
        self.absences = KeepsAbsences(topics.absences(self.site.id))
        parts = Parts(
            journal=self.journal,
            records=self.records,
            cards=self.card_reader,
            door=self.absences,
            clock=self.clock,
            fatal=_fail,
            repeat_s=NEVER_S,
        )
        return QueueService(make_setup(self.site), parts)


def test_a_pause_of_the_calls_is_told_once_and_its_end_too(tmp_path: Path, users: Users) -> None:
    day = TellsOnce(tmp_path, users, per_queue=1)
    day.start()
    try:
        while not day.absences.told.empty():
            day.absences.told.get()
        day.act(asked.Pause(queue=CARDIOLOGY))
        while CARDIOLOGY not in day.absences.told.get(timeout=WAIT_S).paused:
            pass
        day.act(asked.Reopen(queue=CARDIOLOGY))
        while CARDIOLOGY in day.absences.told.get(timeout=WAIT_S).paused:
            pass
    finally:
        day.stop()
