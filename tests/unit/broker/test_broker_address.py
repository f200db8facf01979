import pytest

from queue_server.broker.broker import BrokerAddress, BrokerError, BrokerErrorCode


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("10.0.0.5:1883", "10.0.0.5", 1883),
        ("broker.hospital.example:8883", "broker.hospital.example", 8883),
        ("[fd00::5]:1883", "fd00::5", 1883),
    ],
)
def test_a_broker_address_is_host_and_port(text: str, host: str, port: int) -> None:
    address = BrokerAddress.parse(text)

    assert address == BrokerAddress(host=host, port=port)
    assert str(address) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1883",
        "broker",
        "broker:",
        ":1883",
        "broker:mqtt",
        "broker:0",
        "broker:65536",
        "[fd00::5",
        "mqtt://broker:1883",
        "kiosk:secret@broker:1883",
        "broker:1883/queue",
        "fd00::5:1883",
    ],
)
def test_anything_else_is_refused_with_an_example_of_what_to_write(text: str) -> None:
    with pytest.raises(
        BrokerError, match=r"write HOST:PORT, for example 10\.0\.0\.5:1883"
    ) as caught:
        BrokerAddress.parse(text)

    assert caught.value.code is BrokerErrorCode.BROKER_ADDRESS_INVALID
