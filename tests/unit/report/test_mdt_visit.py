"""Several doctors see one patient at an MDT clinic: the day's report counts him once."""

from queue_server.report.day_book import DayBook
from queue_server.report.visits import visits
from queue_server.rules.terms import TicketState
from queue_server.rules.what_if import play_again, turns
from tests.unit.rules.mdt_clinic import CLINIC, HAN, OUYANG, POLICIES, QUEUES, Clinic


def played() -> Clinic:
    """One patient is seen by both, the other one is called."""
    clinic = Clinic()
    clinic.join(OUYANG, HAN)
    clinic.call()
    clinic.come(OUYANG, HAN)
    clinic.act(clinic.done(HAN), clinic.done(OUYANG))
    clinic.call()
    return clinic


def test_he_has_one_visit_one_call_and_one_consultation() -> None:
    book = DayBook()
    book.add(played().entries)

    seen, called = visits(book.stories(), {}, None)

    assert (seen.queue, seen.number, seen.state) == (CLINIC, "M001", TicketState.DONE)
    assert len(seen.calls) == len(seen.consultations) == 1
    assert seen.consultations[0].ended_s is not None
    assert called.number == "M002"


def test_under_its_own_policies_the_morning_of_the_clinic_comes_out_as_it_was() -> None:
    entries = played().entries

    again = turns(entries, play_again(entries, QUEUES, POLICIES))

    assert [turn.called_s for turn in again] == [turn.would_be_called_s for turn in again]
    assert all(turn.called_s is not None for turn in again)
