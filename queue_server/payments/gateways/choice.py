"""The gateways that `payments.toml` names."""

from collections.abc import Callable
from datetime import datetime

from queue_server.payments.configuration import PaymentsConfiguration
from queue_server.payments.gateway import Gateway
from queue_server.payments.gateways.alipay import alipay_gateway
from queue_server.payments.gateways.unionpay import unionpay_gateway
from queue_server.payments.gateways.wechat import wechat_gateway
from queue_server.payments.terms import Channel

TIMEOUT_S = 10.0


def make_gateways(
    configuration: PaymentsConfiguration,
    clock: Callable[[], datetime],
    timeout_s: float = TIMEOUT_S,
) -> dict[Channel, Gateway]:
    """Return the gateways by channel. Asks nobody yet.

    Args:
        configuration: what `payments.toml` says.
        clock: gives the present instant.
        timeout_s: how long a gateway is waited for.

    Raises:
        ValueError: a key is no key; the sentence says whose.
    """
    gateways: dict[Channel, Gateway] = {}
    if configuration.wechat is not None:
        gateways[Channel.WECHAT] = wechat_gateway(configuration.wechat, timeout_s)
    if configuration.alipay is not None:
        gateways[Channel.ALIPAY] = alipay_gateway(configuration.alipay, timeout_s)
    if configuration.unionpay is not None:
        gateways[Channel.UNIONPAY] = unionpay_gateway(configuration.unionpay, clock, timeout_s)
    return gateways
