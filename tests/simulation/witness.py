"""Sees what is written, answered and published, and speaks up at once when it does not fit."""

from collections import Counter
from datetime import datetime

import msgspec

from kiosk.flow.slip_facts import Provisional
from queue_server.contract.boards import AreaBoard, BoardRoom, Call, RoomBoard, ShownTicket
from queue_server.contract.codec import decode
from queue_server.contract.messages import CheckedIn, Refused, Reply
from queue_server.contract.payments import FindOwed, FollowPayment, NoteNoted, Payment
from queue_server.journal.journal import Batch, Journal, JournaledEntry, JournaledFact
from queue_server.payments.step_codec import FACT_PREFIX
from queue_server.rules import events as happened
from queue_server.rules.terms import QueueId, RefusalCode, RequestId, TicketId
from queue_server.rules.terms import TicketState as State
from queue_server.service.jobs import Asked, Job
from queue_server.service.now import Now
from queue_server.service.setup import Setup
from tests.simulation.books import Books, QueueBook
from tests.simulation.hospital import DAY_ON
from tests.simulation.ledger import Ledger
from tests.simulation.promises import Promises
from tests.simulation.world import Violation, World


class Witness:
    """Keeps what is on disk, by what the journal has confirmed, and compares."""

    def __init__(self, world: World, setup: Setup) -> None:
        self._world = world
        self._setup = setup
        self.books = Books()
        self.promises = Promises(world, setup)
        self.ledger = Ledger(world)
        self.entries: list[JournaledEntry] = []
        self.facts: list[JournaledFact] = []
        self.replies: dict[RequestId, bytes] = {}
        self.asked_by: Counter[str] = Counter()
        """Different requests that each browser user has made."""
        self._done_by: Counter[str] = Counter()
        self._looks: set[RequestId] = set()
        """Requests whose answers are not kept."""
        self._doubtful: Batch | None = None
        self._check_ins: set[tuple[TicketId, datetime]] = set()
        self._calls: set[tuple[TicketId, datetime]] = set()

    # --- what is on disk -------------------------------------------------------------------------

    def durable(self, batch: Batch) -> None:
        """A batch is on disk."""
        for written in batch.entries:
            self._world.tell("journal", f"{written.entry.number} {written.entry.do}")
            self.books.apply(written.entry)
            self._done_by[written.entry.by] += 1
            for event in written.entry.events:
                if isinstance(event, happened.CheckedIn | happened.TransferredIn):
                    # Out of an area queue he goes over to a doctor's in the same entry.
                    self._check_ins.add((event.ticket, written.written_at))
                elif isinstance(event, happened.Called | happened.Recalled):
                    self._calls.add((event.ticket, written.written_at))
        self.promises.durable(batch)
        self.ledger.durable(batch)
        self.entries += batch.entries
        self.facts += batch.facts
        self.replies |= {reply.request_id: reply.payload for reply in batch.replies}
        for by, count in self._done_by.items():
            if by in self.asked_by and count > self.asked_by[by]:
                raise Violation(f"{by} has asked {self.asked_by[by]} times, {count} are written")

    def doubtful(self, batch: Batch) -> None:
        """A crash came over a batch: it is on disk as a whole, or not at all."""
        self._doubtful = batch

    def recovered(self, journal: Journal) -> None:
        """A server has started again: what the disk says must be what is known, to the letter."""
        entries, facts = list(journal.entries(DAY_ON)), list(journal.facts(DAY_ON))
        batch, self._doubtful = self._doubtful, None
        if batch is not None and entries[len(self.entries) :] == batch.entries:
            is_there = [journal.reply_to(reply.request_id) for reply in batch.replies]
            is_whole = bool(batch.entries) or any(is_there) or len(facts) > len(self.facts)
            if is_whole:
                self._world.count("torn commits found whole")
                self.durable(batch)
                batch = None
        is_half = batch is not None and any(
            journal.reply_to(one.request_id) for one in batch.replies
        )
        _require(not is_half, "a crash has left half a commit: the answers without the rest")
        _require(entries == self.entries, "the journal's entries are not those that were written")
        is_same = _plain(facts) == _plain(self.facts)
        _require(is_same, "the journal's facts are not those that were written")
        for request_id, payload in self.replies.items():
            _require(journal.reply_to(request_id) == payload, f"the answer to {request_id} is lost")

    def promised(self, device: str, provisional: Provisional) -> None:
        """A kiosk has told a patient that he is checked in, without the server."""
        self.promises.made(device, provisional)

    def asked(self, job: Job) -> None:
        """Something has come into the server."""
        if isinstance(job, Asked) and isinstance(job.request.body, FindOwed | FollowPayment):
            self._looks.add(RequestId(f"{job.device}/{job.request.request_id}"))

    # --- what is said ----------------------------------------------------------------------------

    def published(self, topic: str, payload: bytes) -> None:
        """The server publishes something: it has to be on disk by now."""
        kind, _, rest = topic.removeprefix(f"hk/v1/{self._setup.site.id}/").partition("/")
        if kind == "reply":
            self._replied(rest, payload)
        elif kind == "call":
            self._called(decode(payload, Call))
        elif kind == "payment":
            self.ledger.told(decode(payload, Payment))
        elif rest.startswith("area/"):
            board = decode(payload, AreaBoard)
            self._check_board(board.revision, board.rooms)
        elif rest.startswith("room/"):
            door = decode(payload, RoomBoard)
            self._check_board(door.revision, [door.room])

    def _replied(self, device: str, payload: bytes) -> None:
        reply = decode(payload, Reply)
        body = reply.body
        if isinstance(body, Refused) and body.code is RefusalCode.REQUEST_EXPIRED:
            return
        kept_as = RequestId(f"{device}/{reply.request_id}")
        is_busy = isinstance(body, Refused) and body.code is RefusalCode.BUSY
        if is_busy and kept_as not in self.replies:
            # To a kiosk that hands something over this is no answer, and not kept.
            return
        self._world.tell("server", f"answers {kept_as} {type(body).__name__}")
        if isinstance(body, Payment):
            self._world.count("answers about payments")
            self.ledger.told(body)
        if kept_as in self._looks:
            # Who only looks is told anew each time.
            return
        _require(kept_as in self.replies, f"{kept_as} is answered and not on disk")
        _require(self.replies[kept_as] == payload, f"{kept_as} is answered in two ways")
        if isinstance(body, CheckedIn):
            self._world.count("check-ins answered")
            self.is_kept(body)
        elif isinstance(body, NoteNoted):
            self.ledger.noted(device, body)

    def is_kept(self, answer: CheckedIn) -> None:
        """A check-in that was answered is in the journal."""
        key = (TicketId(answer.visit.ticket_id), answer.checked_in_at)
        _require(key in self._check_ins, f"the check-in of {key[0]} is answered and lost")

    def _called(self, call: Call) -> None:
        [queue] = [one.id for one in self._setup.site.queues if one.room == call.room]
        is_there = (TicketId(f"{queue}:{call.number}"), call.called_at) in self._calls
        _require(is_there, f"{call.number} is called to {call.room}, and not on disk")

    def _check_board(self, revision: int, rooms: list[BoardRoom]) -> None:
        # What happens to money changes no board.
        facts = [one for one in self.facts if not one.name.startswith(FACT_PREFIX)]
        count = len(self.entries) + len(facts)
        _require(revision == count, f"a board of revision {revision} is published at {count}")
        for room in rooms:
            self.check_room(room)

    def check_room(self, room: BoardRoom) -> None:
        """Compare a room of a board with the books."""
        [queue] = [one.id for one in self._setup.site.queues if one.room == room.room]
        book = self.books.queues.get(queue, QueueBook())
        shown = [*room.standby, *room.waiting]
        waiting = [_number(ticket) for ticket in book.order]
        _require(
            _numbers(shown) == waiting[: len(shown)]
            and len(shown) + room.waiting_more_count == len(waiting),
            f"{room.room} shows {_numbers(shown)}, the list is {waiting}",
        )
        in_room = _numbers([room.in_room] if room.in_room else [])
        _require(
            in_room == [_number(ticket) for ticket in book.in_room()],
            f"{room.room} shows {in_room} in the room",
        )
        missed = {_number(ticket) for ticket in book.in_state(State.MISSED)}
        _require(
            set(_numbers(room.missed)) <= missed
            and len(room.missed) + room.missed_more_count == len(missed),
            f"{room.room} shows {_numbers(room.missed)} as missed",
        )
        _require(room.status is book.status, f"{room.room} shows the status {room.status}")

    # --- the server's own mind -------------------------------------------------------------------

    def check_now(self, now: Now) -> None:
        """The state that the server works with is what the events say."""
        for queue, state in now.day.queues.items():
            book = self.books.queues.get(queue, QueueBook())
            _require(list(state.order) == book.order, f"the order of {queue} is not the events'")
            states = {ticket: one.state for ticket, one in state.tickets.items()}
            _require(states == book.states, f"the states of {queue} are not the events'")
            _require(state.status is book.status, f"the status of {queue} is not the events'")
        count = now.day.entry_count
        _require(count == self.books.entry_count, f"the server is at entry {count}")

    def state_of(self, queue: QueueId, ticket: TicketId) -> State | None:
        """Return where a ticket is in truth, whatever it was transferred to."""
        while (went_to := self.books.goes_on_as(queue, ticket)) is not None:
            queue, ticket = went_to
        book = self.books.queues.get(queue)
        return book.states.get(ticket) if book else None


def _plain(facts: list[JournaledFact]) -> list[tuple[object, ...]]:
    """Return facts as they compare: JSON knows lists only."""
    return [
        (one.day_on, one.written_at, one.by, one.name, msgspec.json.encode(one.body))
        for one in facts
    ]


def _number(ticket: TicketId) -> str:
    return ticket.partition(":")[2]


def _numbers(tickets: list[ShownTicket]) -> list[str]:
    return [ticket.number for ticket in tickets]


def _require(is_so: bool, what: str) -> None:
    if not is_so:
        raise Violation(what)
