"""A technician's self-test of what takes notes and reads cards. It takes none and shows none."""

import queue
from collections.abc import Callable, Mapping
from datetime import date
from time import monotonic

from hardware.cards.card_reader import CardProblem, CardRead, CardReader, IdCard, ReaderState
from hardware.cash.bill_validator import BoxDiffers, CashEvent, TroubleChanged, ValidatorState
from hardware.cash.trouble import CashTrouble
from hardware.check_result import CheckResult, described, not_configured
from hardware.errors import ConfigError
from hardware.registry import make_bill_validator

LOOK_S = 0.05
_NOT_FOUND = (
    "连接不上，请检查数据线和端口名；芯片卡还要看服务 pcscd 是否在运行\n"
    "Unreachable: check cable and port; for chip cards, whether the service pcscd runs"
)
_READY = "就绪 Ready"


def check_bill_validator(config: Mapping[str, object], *, wait_s: float) -> CheckResult:
    """Look whether the bill validator answers and is well; tell how many notes it counts."""
    device = f"纸币器 Bill validator\n{described(config)}"
    try:
        validator = make_bill_validator(config)
    except ConfigError as error:
        return not_configured(device, error)
    events: queue.Queue[CashEvent] = queue.Queue()
    validator.start(events.put, box_count=0)
    try:
        deadline_s = monotonic() + wait_s
        trouble, count = None, 0
        while validator.state is not ValidatorState.CLOSED and trouble is None:
            if monotonic() > deadline_s:
                trouble = CashTrouble.NO_ANSWER
                break
            trouble, count = _heard(events, count)
        _, count = _heard(events, count)
    finally:
        validator.stop()
    if trouble is not None:
        return CheckResult(
            device=device,
            is_found=trouble is not CashTrouble.UNREACHABLE,
            is_answering=trouble not in {CashTrouble.UNREACHABLE, CashTrouble.NO_ANSWER},
            status=f"{trouble.technician_zh}\n{trouble.technician_en}",
            is_good=False,
        )
    status = f"{_READY}\n钱箱计数 Notes counted: {count}"
    return CheckResult(device=device, is_found=True, is_answering=True, status=status, is_good=True)


def _heard(events: queue.Queue[CashEvent], count: int) -> tuple[CashTrouble | None, int]:
    """Take the next event, if one comes soon: its trouble, and the count of the box so far."""
    try:
        event = events.get(timeout=LOOK_S)
    except queue.Empty:
        return None, count
    if isinstance(event, BoxDiffers) and event.found_count is not None:
        return None, event.found_count
    return event.trouble if isinstance(event, TroubleChanged) else None, count


def check_card_reader(
    name: str,
    make: Callable[[Mapping[str, object]], CardReader],
    config: Mapping[str, object],
    *,
    card_timeout_s: float,
    today: date,
    prompt: Callable[[str], None],
) -> CheckResult:
    """Look whether the reader is there; if `card_timeout_s` is not 0, `prompt` for one card."""
    device = f"{name}\n{described(config)}"
    try:
        reader = make(config)
    except ConfigError as error:
        return not_configured(device, error)
    cards: queue.Queue[CardRead] = queue.Queue()
    reader.start(cards.put)
    try:
        if reader.state is not ReaderState.READY:
            return CheckResult(device=device, is_found=False, status=_NOT_FOUND, is_good=False)
        if card_timeout_s == 0:
            return CheckResult(
                device=device, is_found=True, is_answering=True, status=_READY, is_good=True
            )
        prompt(f"请在{name}上放卡 Put a card on it now")
        try:
            card = cards.get(timeout=card_timeout_s)
        except queue.Empty:
            status = "没有读到卡\nNo card came"
            return CheckResult(
                device=device, is_found=True, is_answering=False, status=status, is_good=False
            )
    finally:
        reader.stop()
    problem = _problem_of(card, today)
    # Whether it can be read, never what is on it: it is somebody's.
    status = "读到一张卡\nA card was read"
    if problem is not None:
        status = f"{problem.sentence_zh}\n{problem.sentence_en}"
    return CheckResult(
        device=device, is_found=True, is_answering=True, status=status, is_good=problem is None
    )


def _problem_of(card: CardRead, today: date) -> CardProblem | None:
    if isinstance(card, IdCard):
        return card.problem_on(today)
    return card if isinstance(card, CardProblem) else None
