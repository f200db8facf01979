"""Sends what is owed to patients, in a thread of its own: whatever happens here, queues go on."""

import logging
import threading
from collections import Counter
from datetime import datetime
from typing import Final

from queue_server.messages.message_service import (
    Message,
    MessageService,
    NumberRefused,
    ServiceSilent,
)
from queue_server.messages.message_text import message_text
from queue_server.messages.owed import Owed, owed_messages
from queue_server.records.records import Patient
from queue_server.service.message_facts import PatientTold
from queue_server.service.now import Now
from queue_server.service.queue_service import QueueService

BY: Final = "messages"
"""Who journals that a patient was told."""
REST_S: Final = 0.2
"""A busy day changes hundreds of times a second; it is looked at as often as this."""
AGAIN_S: Final = 5.0
"""How soon a silent service is asked again."""
NOTED_WITHIN_S: Final = 10.0

_log = logging.getLogger(__name__)


class Messenger:
    """The service must have been started before `start()`.

    Args:
        service: the queues.
        messages: who brings them.
        again_s: how soon a silent service is asked again.
    """

    def __init__(
        self, service: QueueService, messages: MessageService, again_s: float = AGAIN_S
    ) -> None:
        self._again_s = again_s
        self._service = service
        self._messages = messages
        self.fail_since: datetime | None = None
        """Since when the message service has not answered; None while it does."""
        self._unanswered: Counter[str] = Counter()
        """How often a message was sent without an answer, by its id: the others go first."""
        self._is_ended = threading.Event()
        self._has_changed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="messages", daemon=True)

    def start(self) -> None:
        """Begin with what is owed already."""
        self._stop_listening = self._service.listen(self._changed)
        self._has_changed.set()
        self._thread.start()

    def stop(self) -> None:
        """Send no more; one that is being sent is finished."""
        self._stop_listening()
        self._is_ended.set()
        self._has_changed.set()
        self._thread.join()

    def _changed(self, now: Now) -> None:
        del now
        self._has_changed.set()

    def _run(self) -> None:
        while True:
            self._has_changed.wait(self._again_s if self.fail_since else None)
            if self._is_ended.is_set():
                return
            self._has_changed.clear()
            try:
                self._send_owed()
            except Exception as error:  # noqa: BLE001  # the queues go on, and the next change tries again
                _log.critical("messages have failed: %s", type(error).__name__, exc_info=error)
            self._is_ended.wait(self._again_s if self.fail_since else REST_S)

    def _send_owed(self) -> None:
        """Send one after the other what is owed at this moment."""
        while not self._is_ended.is_set():
            now = self._service.now
            owed = min(owed_messages(now), key=self._how_often, default=None)
            if owed is None:
                self._unanswered.clear()
                self.fail_since = None
                return
            try:
                fact = self._sent(now, owed)
            except ServiceSilent:
                if self.fail_since is None:
                    _log.warning("the message service does not answer; asked again and again")
                    self.fail_since = self._service.clock()
                self._unanswered[owed.message_id] += 1
                return
            del self._unanswered[owed.message_id]
            self._service.note(fact, by=BY).result(NOTED_WITHIN_S)

    def _how_often(self, owed: Owed) -> int:
        return self._unanswered[owed.message_id]

    def _sent(self, now: Now, owed: Owed) -> PatientTold:
        """Return what has become of a message."""
        patient = now.patients.get(owed.patient)
        is_reached = patient is not None and self._is_taken(now, owed, patient)
        return PatientTold(
            ticket=owed.ticket, patient=owed.patient, kind=owed.kind, is_reached=is_reached
        )

    def _is_taken(self, now: Now, owed: Owed, patient: Patient) -> bool:
        if patient.phone_number is None:
            return False
        text_zh, text_en = message_text(self._service.setup, now, owed)
        message = Message(
            message_id=owed.message_id,
            phone_number=patient.phone_number,
            text_zh=text_zh,
            text_en=text_en,
        )
        try:
            self._messages.send(message)
            is_taken = True
        except NumberRefused:
            is_taken = False
        # Only now: that somebody has no number says nothing of the service.
        self.fail_since = None
        return is_taken
