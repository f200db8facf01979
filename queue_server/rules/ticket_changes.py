"""How an event changes a ticket, besides its state and its place. Decides nothing."""

from typing import Any

from msgspec.structs import replace

from queue_server.rules import events as happened
from queue_server.rules.terms import TicketKind, TicketState
from queue_server.rules.ticket import Ticket, ticket_id


def new_ticket(
    event: happened.TicketIssued | happened.TransferredIn, entry: happened.Entry
) -> Ticket:
    """Return the ticket that begins with `event`."""
    ticket = Ticket(
        id=event.ticket,
        queue=event.queue,
        number=event.number,
        slot=event.slot,
        kind=event.kind,
        rank=event.rank,
        patient=event.patient,
        level=event.level,
        is_extra=event.is_extra,
        is_walk_in=event.slot is None,
        changed_entry=entry.number,
    )
    if isinstance(event, happened.TransferredIn):
        return replace(
            ticket,
            state=TicketState.WAITING,
            own_key=event.own_key,
            is_walk_in=event.is_walk_in,
            checked_in_s=entry.at_s if event.checked_in_s is None else event.checked_in_s,
            note=event.note,
        )
    return ticket


def changes_of(
    ticket: Ticket, event: happened.TicketEvent, entry: happened.Entry
) -> dict[str, Any]:
    """Return the fields of `ticket`, besides state and place, that `event` changes."""
    changes = _changes(ticket, event, entry)
    if ticket.offered is not None and not isinstance(event, happened.NoteWritten):
        # Whatever happens to him, what he was asked is over, but for a new question.
        return {"offered": None, **changes}
    return changes


def _changes(ticket: Ticket, event: happened.TicketEvent, entry: happened.Entry) -> dict[str, Any]:
    match event:
        case happened.CheckedIn():
            return {
                "kind": event.kind,
                "own_key": event.own_key,
                "is_walk_in": event.is_walk_in,
                "checked_in_s": entry.at_s,
                "has_results": False,
            }
        case happened.CheckInCancelled():
            return {
                "own_key": (),
                "is_walk_in": ticket.slot is None,
                "checked_in_s": None,
                "reason": event.reason,
            }
        case happened.MemberCame() | happened.TurnEnded():
            return _turn(ticket, event)
        case happened.StoodBy() | happened.Moved() | happened.Resumed():
            return {}
        case happened.Called() | happened.Recalled():
            return _call(ticket, event, entry)
        case happened.Reinserted() | happened.PriorityGranted() | happened.Graded():
            return _kind(ticket, event)
        case _:
            facts = _facts(ticket, event)
            if isinstance(event, happened.Finished | happened.SentForResults):
                facts["served_s"] = entry.at_s
            return {"reason": getattr(event, "reason", None), **facts}


def _call(
    ticket: Ticket, event: happened.Called | happened.Recalled, entry: happened.Entry
) -> dict[str, Any]:
    is_recall = isinstance(event, happened.Recalled)
    return {
        "called_s": ticket.called_s if is_recall else entry.at_s,
        "called_count": ticket.called_count + 1,
        "last_called_s": entry.at_s,
        "recalled_count": ticket.recalled_count + 1 if is_recall else 0,
        "came": ticket.came if is_recall else (),
        "seen_by": ticket.seen_by if is_recall else (),
    }


def _kind(
    ticket: Ticket, event: happened.Reinserted | happened.PriorityGranted | happened.Graded
) -> dict[str, Any]:
    match event:
        case happened.Reinserted():
            return {"kind": TicketKind.MISSED}
        case happened.PriorityGranted():
            # An emergency stays one: it comes before any priority.
            is_emergency = ticket.kind is TicketKind.EMERGENCY
            kind = ticket.kind if is_emergency else TicketKind.PRIORITY
            return {"rank": event.rank, "kind": kind, "reason": event.reason}
        case happened.Graded():
            return {"level": event.level, "kind": TicketKind.EMERGENCY, "reason": event.reason}


def _facts(ticket: Ticket, event: happened.TicketEvent) -> dict[str, Any]:
    match event:
        case happened.Missed():
            return {"missed_count": ticket.missed_count + 1}
        case happened.ResultsReady():
            return {"has_results": True}
        case happened.TransferredOut():
            return {"went_to": ticket_id(event.to_queue, ticket.number)}
        case happened.DoctorAsked():
            return {"wanted": event.doctor, "reason": ticket.reason}
        case happened.ColleagueOffered():
            return {"offered": event.to_queue, "reason": ticket.reason}
        case happened.OfferDeclined():
            return {"offered": None, "stays": True, "reason": ticket.reason}
        case happened.NoteWritten():
            # Why he stands where he stands is as it was.
            return {"note": event.note, "reason": ticket.reason}
        case _:
            return {}


def _turn(ticket: Ticket, event: happened.MemberCame | happened.TurnEnded) -> dict[str, Any]:
    if isinstance(event, happened.MemberCame):
        return {"came": (*ticket.came, event.member)}
    return {"seen_by": (*ticket.seen_by, event.member)}
