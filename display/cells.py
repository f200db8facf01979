"""How one ticket stands on a board: number, masked name where it helps, mark of its kind."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from display.texts import NO_TEXT, Bilingual, Texts
from queue_server.contract.boards import BoardAreaQueue, BoardRoom, Call, ShownTicket
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
    colour: str = ""
    """Ground of the mark, `#RRGGBB`, where the site has chosen one."""


def tickets_of(room: BoardRoom) -> list[ShownTicket]:
    """Return every ticket that the room's part of a board carries."""
    in_room = [room.in_room] if room.in_room else []
    return [*in_room, *room.standby, *room.waiting, *room.missed]


def equal_names(
    rooms: Iterable[BoardRoom],
    area_queues: Iterable[BoardAreaQueue] = (),
    calls: Iterable[Call] = (),
) -> frozenset[str]:
    """Return the masked names that more than one ticket has: they would mislead."""
    held = (
        {(call.room, call.number): call.masked_name for call in calls}
        | {
            (room.room, ticket.number): ticket.masked_name
            for room in rooms
            for ticket in tickets_of(room)
        }
        | {
            (queue.queue, ticket.number): ticket.masked_name
            for queue in area_queues
            for ticket in queue.waiting
        }
    )
    return frozenset(name for name, count in Counter(held.values()).items() if count > 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """How the tickets of one board are shown."""

    unclear: frozenset[str]
    """Masked names that are left out: more than one ticket has them."""
    colours: Mapping[TicketKind, str]
    """Grounds of the marks by kind; a kind that is missing has that of the palette."""
    texts: Texts


def cell(ticket: ShownTicket, showing: Showing) -> Cell:
    """Return the cell of `ticket`."""
    ordinary = ticket.kind is TicketKind.ORDINARY
    return Cell(
        number=ticket.number,
        name="" if ticket.masked_name in showing.unclear else ticket.masked_name,
        kind=ticket.kind.value,
        mark=NO_TEXT if ordinary else showing.texts.both(f"mark.{ticket.kind.value}"),
        is_called=ticket.state is TicketState.CALLED,
        colour=showing.colours.get(ticket.kind, ""),
    )
