"""Providers and finance platform of the sandbox, and what a patient does in front of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from queue_server.payments.sandbox.alipay_api import alipay_callback
from queue_server.payments.sandbox.bank import Bank, Trade
from queue_server.payments.sandbox.faults import Faults
from queue_server.payments.sandbox.finance_platform import FinancePlatform
from queue_server.payments.sandbox.insurance import Insurance
from queue_server.payments.sandbox.keys import (
    PLATFORM_APP,
    api_v3_key,
    insurance_secret,
    messages_secret,
    platform_secret,
    provider_keys,
)
from queue_server.payments.sandbox.phones import Phones
from queue_server.payments.sandbox.provider import (
    Callback,
    CallbackWording,
    Messenger,
    Provider,
    send_callbacks,
)
from queue_server.payments.sandbox.unionpay_api import unionpay_callback
from queue_server.payments.sandbox.wechat_api import wechat_callback
from queue_server.payments.terms import GATEWAY_CHANNELS, Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """All providers, and what a patient does."""

    providers: Mapping[Channel, Provider]
    wechat_secret: str
    unionpay_certificate: str
    platform: FinancePlatform
    insurance: Insurance
    phones: Phones

    def pay(self, channel: Channel, number: str, *, fen: int | None = None) -> Trade:
        """Pay as a patient; the hospital is told.

        Raises:
            BankRefused: it can't be paid.
        """
        provider = self.providers[channel]
        trade = provider.bank.pay(number, provider.clock(), fen=fen)
        self.tell(channel, trade)
        return trade

    def tell(self, channel: Channel, trade: Trade) -> None:
        """Tell the hospital that a payment is paid, once more if it was told already."""
        provider = self.providers[channel]

        def worded(wording: CallbackWording) -> Callback:
            match channel:
                case Channel.WECHAT:
                    return wechat_callback(trade, wording, self.wechat_secret)
                case Channel.UNIONPAY:
                    return unionpay_callback(trade, wording, self.unionpay_certificate)
                case _:
                    return alipay_callback(trade, wording)

        send_callbacks(provider, trade, worded)


def make_sandbox(
    folder: Path,
    *,
    clock: Callable[[], datetime],
    new_id: Callable[[], str],
    messenger: Messenger,
    address: str = "",
) -> Sandbox:
    """Return a sandbox with the keys in `folder`, which `make_keys` has made."""
    providers = {
        channel: Provider(
            bank=Bank(new_id),
            faults=Faults(),
            keys=provider_keys(folder, channel),
            clock=clock,
            new_id=new_id,
            messenger=messenger,
        )
        for channel in GATEWAY_CHANNELS
    }
    platform = FinancePlatform(
        app_id=PLATFORM_APP, secret=platform_secret(folder), address=address, faults=Faults()
    )
    return Sandbox(
        providers=providers,
        wechat_secret=api_v3_key(folder),
        unionpay_certificate=(folder / "unionpay-provider.crt").read_text(encoding="ascii"),
        platform=platform,
        insurance=Insurance(
            app_id=PLATFORM_APP,
            secret=insurance_secret(folder),
            faults=Faults(),
            new_id=new_id,
        ),
        phones=Phones(app_id=PLATFORM_APP, secret=messages_secret(folder), faults=Faults()),
    )
