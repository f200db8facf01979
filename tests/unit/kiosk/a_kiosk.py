"""A kiosk's flow without window, line and devices: events in, state and effects noted."""

from typing import TypeVar

from kiosk.flow.course import step
from kiosk.flow.events import (
    Ask,
    Effect,
    Event,
    Key,
    LineChanged,
    NotAnswered,
    PrintSlip,
    Replied,
    Scanned,
    SecondsPassed,
    Tapped,
)
from kiosk.flow.forgetting import start
from kiosk.flow.settings import Settings
from kiosk.flow.state import Screen, State
from kiosk.presenter.views import View
from kiosk.presenter.window import Presenter
from kiosk.presenter.wording import load_wordings
from queue_server.contract.messages import ReplyBody, RequestBody
from tests.unit.kiosk.hospital_for_tests import CARD

SETTINGS = Settings(
    languages=("zh", "en"),
    takes_payments=True,
    serves_inpatients=True,
    has_reports=True,
    takes_cash=True,
    has_id_card_reader=True,
    has_chip_card_reader=True,
)
HOSPITAL = {"zh": "北京清榆医院", "en": "Beijing Qingyu Hospital"}
PRESENTER = Presenter(wordings=load_wordings(), hospital=HOSPITAL, settings=SETTINGS)

S = TypeVar("S", bound=Screen)


class AKiosk:
    """Drives the flow as a patient, a server and a printer would."""

    def __init__(self, *, is_line_up: bool = True) -> None:
        self.state: State = start(SETTINGS)
        self.effects: list[Effect] = []
        self.on(LineChanged(is_up=is_line_up))

    def on(self, *events: Event) -> "AKiosk":
        for event in events:
            self.state, effects = step(self.state, event, SETTINGS)
            self.effects += effects
        return self

    def tap(self, key: Key, argument: int = 0) -> "AKiosk":
        return self.on(Tapped(key=key, argument=argument))

    def type_id_number(self, characters: str) -> "AKiosk":
        for character in characters:
            self.tap(Key.DIGIT, 10 if character == "X" else int(character))
        return self

    def scan(self, code: str = CARD) -> "AKiosk":
        return self.on(Scanned(code=code))

    def reply(self, body: ReplyBody) -> "AKiosk":
        return self.on(Replied(ask_number=self.last_ask.ask_number, body=body))

    def no_answer(self) -> "AKiosk":
        return self.on(NotAnswered(ask_number=self.last_ask.ask_number))

    def wait(self, seconds: float) -> "AKiosk":
        return self.on(SecondsPassed(seconds=seconds, time_text="08:05"))

    def screen(self, kind: type[S]) -> S:
        assert isinstance(self.state.screen, kind), self.state.screen
        return self.state.screen

    @property
    def asks(self) -> list[RequestBody]:
        return [effect.body for effect in self.effects if isinstance(effect, Ask)]

    @property
    def last_ask(self) -> Ask:
        return [effect for effect in self.effects if isinstance(effect, Ask)][-1]

    @property
    def slips(self) -> list[PrintSlip]:
        return [effect for effect in self.effects if isinstance(effect, PrintSlip)]

    @property
    def view(self) -> View:
        return PRESENTER.present(self.state)
