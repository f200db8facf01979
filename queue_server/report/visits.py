"""From what happened to a ticket to the facts of the visit. Pure: no clock, no file."""

from collections.abc import Iterable, Iterator, Mapping

from queue_server.report.day_book import Happening, TicketStory
from queue_server.report.visit import Call, Consultation, HandMove, Visit, Wait, WaitSince
from queue_server.rules import events as happened
from queue_server.rules.terms import DaySecond, QueueId, TicketKind, TicketState

_STANDING_KINDS = frozenset({TicketKind.PRIORITY, TicketKind.EMERGENCY})
"""Kinds that a patient has by himself; `missed` and `returned` come and go."""


def visits(
    stories: Iterable[TicketStory], reasons: Mapping[str, str], as_of_s: DaySecond | None
) -> Iterator[Visit]:
    """Yield the visit that each story tells.

    Args:
        stories: of one clinic day.
        reasons: the common reasons of a move, their keys by their texts.
        as_of_s: the present second of the running day; None: the day is over.
    """
    for story in stories:
        account = _Account(reasons)
        for happening in story.happenings:
            account.add(happening)
        yield account.visit(story, as_of_s)


class _Account:
    """A visit while its happenings are told."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        self._reasons = reasons
        self._kind = TicketKind.ORDINARY
        self._was_booked = False
        self._came_from: QueueId | None = None
        self._went_to: QueueId | None = None
        self._arrived_s: DaySecond | None = None
        self._back_since: WaitSince | None = None
        self._waits: list[Wait] = []
        self._calls: list[Call] = []
        self._consultations: list[Consultation] = []
        self._in_room: Consultation | None = None
        self._missed: list[DaySecond] = []
        self._returned: list[DaySecond] = []
        self._moves: list[HandMove] = []

    def add(self, one: Happening) -> None:
        """Tell the next happening."""
        event, at_s = one.event, one.at_s
        match event:
            case happened.TicketIssued() | happened.TransferredIn():
                self._begin(one, event)
            case happened.CheckedIn():
                self._check_in(at_s)
            case happened.Reinserted():
                self._begin_wait(WaitSince.MISSED, at_s)
            case happened.Called():
                self._call(one)
            case happened.Recalled():
                self._calls.append(Call(called_s=at_s, by=one.by, is_recall=True))
            case happened.Moved():
                why = str(event.placing.reason.parts.get("why", ""))
                reason = self._reasons.get(why, "")
                self._moves.append(HandMove(moved_s=at_s, by=one.by, reason=reason))
            case happened.PriorityGranted():
                if self._kind is not TicketKind.EMERGENCY:
                    self._kind = TicketKind.PRIORITY
            case _:
                self._in_or_after_the_room(event, at_s)

    def _in_or_after_the_room(self, event: happened.TicketEvent, at_s: DaySecond) -> None:
        match event:
            case happened.ServiceStarted():
                assert self._in_room is not None, event
                called_s = self._in_room.called_s
                self._in_room = Consultation(called_s=called_s, started_s=at_s, ended_s=None)
            case happened.Finished():
                self._end_consultation(at_s)
            case happened.SentForResults():
                self._end_consultation(at_s)
                self._back_since = WaitSince.RESULTS
            case happened.Missed():
                self._in_room = None
                self._missed.append(at_s)
                self._back_since = WaitSince.MISSED
            case happened.TransferredOut():
                self._went_to = event.to_queue
                is_with_the_doctor = self._in_room is not None and self._in_room.started_s
                self._end_consultation(at_s if is_with_the_doctor else None)
            case happened.Held() | happened.Cancelled() | happened.Expired():
                self._end_consultation(None)
            case _:
                pass

    def visit(self, story: TicketStory, as_of_s: DaySecond | None) -> Visit:
        """Return the visit as it is now."""
        ticket = story.ticket
        in_room = [] if self._in_room is None else [self._in_room]
        never_came = self._was_booked and self._arrived_s is None
        return Visit(
            queue=ticket.queue,
            number=ticket.number,
            kind=self._kind,
            slot=ticket.slot,
            was_booked=self._was_booked,
            came_from=self._came_from,
            went_to=self._went_to,
            arrived_s=self._arrived_s,
            waits=tuple(self._waits),
            calls=tuple(self._calls),
            consultations=(*self._consultations, *in_room),
            missed=tuple(self._missed),
            returned=tuple(self._returned),
            moves=tuple(self._moves),
            overtaken_count=story.overtaken_count,
            overtaken_by_emergency_count=story.overtaken_by_emergency_count,
            state=ticket.state,
            is_no_show=never_came and _has_had_his_time(story, as_of_s),
        )

    def _begin(self, one: Happening, event: happened.TicketIssued | happened.TransferredIn) -> None:
        self._kind = event.kind if event.kind in _STANDING_KINDS else TicketKind.ORDINARY
        if isinstance(event, happened.TransferredIn):
            if event.rank is not None and self._kind is TicketKind.ORDINARY:
                self._kind = TicketKind.PRIORITY
            self._came_from = QueueId(event.from_ticket.rpartition(":")[0])
            if event.checked_in_s is None:
                self._begin_wait(WaitSince.TRANSFER, one.at_s)
            else:
                # Out of the area's queue: he is the doctor's, and has waited since he came.
                self._arrived_s = event.checked_in_s
                self._begin_wait(WaitSince.CHECK_IN, event.checked_in_s)
        else:
            self._was_booked = one.do == "issue"

    def _check_in(self, at_s: DaySecond) -> None:
        since = self._back_since or WaitSince.CHECK_IN
        if since is WaitSince.CHECK_IN:
            self._arrived_s = at_s
        elif since is WaitSince.RESULTS:
            self._returned.append(at_s)
        self._begin_wait(since, at_s)

    def _begin_wait(self, since: WaitSince, at_s: DaySecond) -> None:
        self._back_since = None
        self._waits.append(Wait(since=since, began_s=at_s, called_s=None))

    def _call(self, one: Happening) -> None:
        last = self._waits[-1] if self._waits else None
        if last is not None and last.called_s is None:
            ended = Wait(since=last.since, began_s=last.began_s, called_s=one.at_s)
            self._waits[-1] = ended
        self._calls.append(Call(called_s=one.at_s, by=one.by, is_recall=False))
        self._in_room = Consultation(called_s=one.at_s, started_s=None, ended_s=None)

    def _end_consultation(self, at_s: DaySecond | None) -> None:
        if self._in_room is None:
            return
        called_s, started_s = self._in_room.called_s, self._in_room.started_s
        if at_s is not None or started_s is not None:
            ended = Consultation(called_s=called_s, started_s=started_s, ended_s=at_s)
            self._consultations.append(ended)
        self._in_room = None


def _has_had_his_time(story: TicketStory, as_of_s: DaySecond | None) -> bool:
    ticket = story.ticket
    if ticket.state is TicketState.EXPIRED:
        return True
    if ticket.state is not TicketState.BOOKED:
        return False
    return as_of_s is None or (ticket.slot is not None and ticket.slot.end_s <= as_of_s)
