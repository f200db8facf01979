"""All fuzzers, by the word with which the command line chooses them."""

from collections.abc import Mapping

from tests.fuzz.board_line import BOARD_LINE
from tests.fuzz.campaign import Fuzzer
from tests.fuzz.cards import CARDS
from tests.fuzz.configuration import CONFIGURATION
from tests.fuzz.devices import DEVICES
from tests.fuzz.http_api import HTTP
from tests.fuzz.journals import JOURNALS
from tests.fuzz.kiosk_line import KIOSK_LINE
from tests.fuzz.names import NAMES
from tests.fuzz.server_line import SERVER_LINE

FUZZERS: Mapping[str, tuple[Fuzzer, ...]] = {
    "http": (HTTP,),
    "mqtt": (SERVER_LINE, BOARD_LINE, KIOSK_LINE),
    "cards": (CARDS, NAMES),
    "devices": (DEVICES,),
    "configuration": (CONFIGURATION, JOURNALS),
}
