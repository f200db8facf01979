"""The patient is asked whether he wants to see another doctor, who would see him sooner."""

from collections.abc import Callable

from kiosk.flow.asking import ask
from kiosk.flow.intent import Intent
from kiosk.flow.settings import Settings
from kiosk.flow.state import Offered, State, Step
from queue_server.contract.offers import AnswerOffer


def answers(*, accepts: bool) -> Callable[[State, int, Settings], Step]:
    """Return what the key of one of the two answers does."""

    def answer(state: State, argument: int, settings: Settings) -> Step:
        if not isinstance(state.screen, Offered) or state.session is None:
            return state, ()
        body = AnswerOffer(
            session_id=state.session.session_id,
            ticket_id=state.screen.ticket_id,
            accepts=accepts,
        )
        return ask(state, body, Intent.PLACE)

    return answer
