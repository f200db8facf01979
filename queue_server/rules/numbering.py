"""Ticket numbers: a letter or two for the queue and a count of three digits, from 1 each day."""


def ticket_number(prefix: str, count: int) -> str:
    """Return the `count`-th number of the queue of `prefix`; past 999 it grows a digit."""
    assert count >= 1, count
    return f"{prefix}{count:03d}"
