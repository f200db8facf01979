"""Files that people write: whatever stands in one is read or told, and nothing else is raised."""

import contextlib
import io
import json
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from assets import FONT_BOLD, FONT_REGULAR
from display.configuration import BadConfiguration as BadDisplay
from display.configuration import load_configuration as load_display
from hardware.errors import HardwareError
from hardware.registry import make_scanner, make_ticket_printer
from hardware.slip_drawing import FontFile, SlipFonts
from hardware.voice.loudspeaker import open_loudspeaker
from kiosk import bootstrap as kiosk_bootstrap
from kiosk.configuration import BadConfiguration as BadKiosk
from kiosk.configuration import load_configuration as load_kiosk
from queue_server.broker.broker import BrokerAddress, BrokerError
from queue_server.cli import USER_ERROR
from queue_server.cli import main as hospital_kiosk
from queue_server.journal.journal import JournalUnusable
from queue_server.journal.journal_key import load_journal_key
from queue_server.records.demo_hospital import DEMO_SITE_FILE
from queue_server.records.virtual_card import KeyFileError, load_or_make_key
from queue_server.rules.policy import PolicyError, parse_policy
from queue_server.rules.policy_text import rule_text
from queue_server.service.setup import make_setup
from queue_server.site import SiteError, load_site
from queue_server.web.users import PasswordCheck, UsersError, load_users
from tests.fuzz.campaign import Fuzzer, Try, scratch
from tests.fuzz.server_line import CARD_KEY
from tests.fuzz.strange import changed_bytes, changed_tree, strange_text
from tests.fuzz.toml_text import some_toml, toml_text

_ROOT = Path(__file__).parents[2]
_SITE = tomllib.loads(DEMO_SITE_FILE.read_text(encoding="utf-8"))
_HASH = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$q0kTJ2kzZ4tLbxSZqNXKYA"
_USERS = {
    "user": [
        {
            "name": "li",
            "role": "nurse",
            "display_name": "李静",
            "password_hash": _HASH,
            "areas": ["area-a", "area-c"],
        },
        {
            "name": "shen",
            "role": "doctor",
            "display_name": "沈怀仁",
            "password_hash": _HASH,
            "queue": "cardiology-1",
        },
    ]
}
_KIOSK = {
    "site": "qingyu",
    "device": "kiosk-1",
    "timezone": "Asia/Shanghai",
    "voice": "aplay",
    "clock_offset_s": 0,
    "hospital": {"zh": "北京清榆医院", "en": "Beijing Qingyu Hospital"},
    "broker": {"host": "127.0.0.1", "port": 1883},
    "printer": {"driver": "network", "host": "192.168.1.50", "cut": "full", "job_timeout_s": 9},
    "scanner": [
        {"driver": "keyboard_wedge", "pause_s": 0.1},
        {"driver": "serial", "port": "/dev/null", "baud": 9600, "length_max": 2000},
    ],
    "session": {"unattended_after_s": 60, "countdown_s": 20, "languages": ["zh", "en"]},
    "window": {"is_fullscreen": True, "width": 1080, "height": 1920},
}
_DISPLAY = {
    "site": "qingyu", "device": "tv-1", "area": "area-a", "broker": "127.0.0.1:1883",
    "timezone": "Asia/Shanghai", "voice": "aplay", "voice_rate_wpm": 150,
    "voice_volume_percent": 80, "digit_one": "yi1", "windowed": True, "size": "1920x1080",
    "clock_offset_s": 0,
}  # fmt: skip
_REHEARSALS = [
    tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted((_ROOT / "tests" / "rehearsals").glob("*.toml"))
]
_FONTS = SlipFonts(regular=FontFile(path=FONT_REGULAR), bold=FontFile(path=FONT_BOLD))


LoadBoard = Callable[[Sequence[str]], object]


@dataclass(frozen=True, kw_only=True)
class Readers:
    """Who reads the files, and a folder to write them to; a test puts a careless reader in."""

    folder: Path
    load_board: LoadBoard = load_display

    def written(self, content: bytes) -> Path:
        """Write what was thrown to a file."""
        path = self.folder / "thrown"
        path.write_bytes(content)
        path.chmod(0o600)
        return path


@contextlib.contextmanager
def readers(load_board: LoadBoard = load_display) -> Iterator[Readers]:
    """Yield the product's own readers."""
    with scratch() as folder:
        yield Readers(folder=folder, load_board=load_board)


def files(tree: SearchStrategy[Any] | Mapping[str, Any]) -> SearchStrategy[bytes]:
    """Return files like `tree`: one with another value somewhere, or with other bytes."""
    good = tree if isinstance(tree, SearchStrategy) else st.just(tree)
    whole = good.map(lambda one: toml_text(one).encode())
    other = changed_tree(good, some_toml).map(lambda one: toml_text(one).encode("utf-8"))
    return other | other | changed_bytes(whole) | changed_bytes(other)


def site_is_told(target: Readers, content: bytes) -> None:
    """A site file is read, or everything that is wrong with it is told."""
    try:
        setup = make_setup(load_site(target.written(content)))
    except (SiteError, PolicyError) as error:
        assert all(problem.message_zh and problem.message_en for problem in error.problems)
        assert str(error)
        return
    for policy in setup.policies.values():
        rule_text(policy)


def users_are_told(target: Readers, content: bytes) -> None:
    """A users file is read, or told; whoever stands in it can be asked for his password."""
    try:
        users = load_users(target.written(content), load_site(DEMO_SITE_FILE))
    except UsersError as error:
        assert _HASH not in str(error)
        return
    for user in users.values():
        if user.password_hash != _HASH and "m=8," not in user.password_hash:
            continue  # it may ask for all the memory there is
        PasswordCheck(users).user(user.name, "a password")


def kiosk_is_told(target: Readers, content: bytes) -> None:
    """A kiosk's file gives all that the kiosk is made of, or a told problem."""
    try:
        configuration = load_kiosk(target.written(content))
        kiosk_bootstrap._zone(configuration.timezone)
        kiosk_bootstrap._presenter(configuration)
        kiosk_bootstrap._address(configuration)
        make_ticket_printer(configuration.printer, _FONTS)
        for table in configuration.scanners():
            make_scanner(table)
        open_loudspeaker(configuration.voice, target.folder)
    except (BadKiosk, HardwareError) as error:
        assert str(error)


def display_is_told(target: Readers, content: bytes) -> None:
    """A board's file is read or told."""
    path = target.written(content)
    for board in (["area"], ["door", "--room", "room-1"]):
        try:
            target.load_board([*board, "--config", str(path)])
        except BadDisplay as error:
            assert str(error)


def rehearsal_is_played_or_told(target: Readers, content: bytes) -> None:
    """`hospital-kiosk rehearse` plays the file, a JSON line each step, or tells what is wrong."""
    out, told = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(told):
        code = _exit_code(["rehearse", str(target.written(content))])
    assert code in (0, USER_ERROR)
    for line in out.getvalue().splitlines():
        json.loads(line)
    assert (code == USER_ERROR) is bool(told.getvalue())


def _exit_code(arguments: list[str]) -> object:
    try:
        hospital_kiosk(arguments)
    except SystemExit as end:
        return end.code
    raise AssertionError("the command line ends the process")


def policy_is_told(_target: Readers, tables: list[Any]) -> None:
    """Policy tables give a policy and its sentences, or told problems."""
    try:
        policy = parse_policy(*(tomllib.loads(toml_text(table)) for table in tables))
    except PolicyError as error:
        assert str(error)
    else:
        assert rule_text(policy).zh


def keys_are_told(target: Readers, content: bytes) -> None:
    """A file that should hold a key holds one, or that is said."""
    path = target.written(content)
    with contextlib.suppress(KeyFileError):
        load_or_make_key(path)
    with contextlib.suppress(JournalUnusable):
        load_journal_key(path, {})


def address_is_told(_target: Readers, text: str) -> None:
    """`HOST:PORT` is read, or told."""
    with contextlib.suppress(BrokerError):
        assert BrokerAddress.parse(text).port


_policies = changed_tree(st.just(_SITE.get("policy", {})), some_toml).filter(
    lambda table: isinstance(table, dict)
)
_key_files = st.sampled_from(
    [
        json.dumps(CARD_KEY.as_dict(private=True)).encode(),
        b'{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "d": "AA"}',
        b'{"kty": "oct", "k": "c2VjcmV0"}',
        b"5a" * 32,
    ]
)
CONFIGURATION = Fuzzer(
    name="configuration",
    target=readers,
    tries=(
        Try(name="site file", inputs=files(_SITE), check=site_is_told),
        Try(name="users file", inputs=files(_USERS), check=users_are_told),
        Try(name="kiosk's file", inputs=files(_KIOSK), check=kiosk_is_told),
        Try(name="board's file", inputs=files(_DISPLAY), check=display_is_told),
        Try(
            name="rehearsal",
            inputs=files(st.sampled_from(_REHEARSALS)),
            check=rehearsal_is_played_or_told,
        ),
        Try(name="policy", inputs=st.lists(_policies, max_size=2), check=policy_is_told),
        Try(name="key files", inputs=changed_bytes(_key_files), check=keys_are_told),
        Try(
            name="address",
            inputs=strange_text | st.from_regex(r"[\[a-z0-9.:\]@/]*"),
            check=address_is_told,
        ),
    ),
)
