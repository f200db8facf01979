"""How one ticket stands on a board: number, masked name where it helps, mark of its kind."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from display.texts import NO_TEXT, Bilingual, Texts
from queue_server.contract.boards import BoardRoom, ShownTicket
from queue_server.rules.terms import TicketKind, TicketState


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One ticket. Without a name the view shows the number larger."""

    number: str
    name: str
    kind: str
    mark: Bilingual
    """One character and one letter for its kind, so that no kind is told by colour alone."""
    is_called: bool


def tickets_of(room: BoardRoom) -> list[ShownTicket]:
    """Return every ticket that the room's part of a board carries."""
    in_room = [room.in_room] if room.in_room else []
    return [*in_room, *room.standby, *room.waiting, *room.missed]


def equal_names(rooms: Iterable[BoardRoom]) -> frozenset[str]:
    """Return the masked names that more than one ticket has: they would mislead."""
    held = {
        (room.room, ticket.number): ticket.masked_name
        for room in rooms
        for ticket in tickets_of(room)
    }
    return frozenset(name for name, count in Counter(held.values()).items() if count > 1)


def cell(ticket: ShownTicket, unclear: frozenset[str], texts: Texts) -> Cell:
    """Return the cell of `ticket`; a name in `unclear` is left out."""
    ordinary = ticket.kind is TicketKind.ORDINARY
    return Cell(
        number=ticket.number,
        name="" if ticket.masked_name in unclear else ticket.masked_name,
        kind=ticket.kind.value,
        mark=NO_TEXT if ordinary else texts.both(f"mark.{ticket.kind.value}"),
        is_called=ticket.state is TicketState.CALLED,
    )
