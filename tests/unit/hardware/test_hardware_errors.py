"""Every error has a code of its own and a sentence in both languages."""

from collections.abc import Iterator

from hardware.errors import HardwareError, PrinterError, SlipUnconfirmed


def kinds_of(error: type[HardwareError]) -> Iterator[type[HardwareError]]:
    for kind in error.__subclasses__():
        if kind is not PrinterError:
            yield kind
        yield from kinds_of(kind)


def test_every_error_has_a_code_and_tells_a_person_what_to_do() -> None:
    kinds = list(kinds_of(HardwareError))

    assert len({kind.code for kind in kinds}) == len(kinds) >= 9
    for kind in kinds:
        assert kind.sentence_zh.endswith("。")
        assert kind.sentence_en.endswith(".")
        assert len(kind.sentence_zh) > 10


def test_an_error_shows_its_code_and_detail_only() -> None:
    assert str(SlipUnconfirmed("no answer within 15 s")) == (
        "SLIP_UNCONFIRMED: no answer within 15 s"
    )
    assert str(SlipUnconfirmed()) == "SLIP_UNCONFIRMED"
