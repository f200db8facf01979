"""What `payments.toml` says: whom the hospital is paid through, and where its keys lie.

Keys and certificates stand in files of their own, beside `payments.toml` or elsewhere; a secret
one that others may read is refused.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from queue_server.key_files import KeyFiles
from queue_server.payments.deposit import DepositPolicy
from queue_server.payments.fen import Fen
from queue_server.payments.terms import ChangeGoes
from queue_server.toml_table import Problems, Table, UnusableFile, parse_toml

_WECHAT_KEYS: Final = (
    "merchant_id",
    "app_id",
    "certificate_serial",
    "private_key_file",
    "api_v3_key_file",
    "platform_key_id",
    "platform_key_file",
    "notify_url",
    "gateway",
)
_ALIPAY_KEYS: Final = (
    "app_id",
    "seller_id",
    "private_key_file",
    "platform_key_file",
    "notify_url",
    "gateway",
)
_UNIONPAY_KEYS: Final = (
    "merchant_id",
    "terminal_id",
    "certificate_file",
    "private_key_file",
    "authorities_file",
    "notify_url",
    "gateway",
    "file_gateway",
)
_RECEIPT_KEYS: Final = ("certificate_file", "private_key_file")
_PLATFORM_KEYS: Final = ("app_id", "secret_file", "address")
_URL: Final = r"https://[^\s/]+(/\S*)?|http://(127\.0\.0\.1|localhost)(:\d+)?(/\S*)?"
_NUMBERS_AND_LETTERS: Final = r"[0-9A-Za-z_]{4,64}"
_API_V3_KEY: Final = re.compile(r"[0-9A-Za-z]{32}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class WechatConfiguration:
    """The hospital as a merchant of WeChat Pay (APIv3, with WeChat's public key)."""

    merchant_id: str
    app_id: str
    certificate_serial: str
    private_key: str = field(repr=False)
    api_v3_key: str = field(repr=False)
    platform_key_id: str
    platform_key: str
    notify_url: str
    gateway: str
    """Empty: the real one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlipayConfiguration:
    """The hospital as a merchant of Alipay (RSA2 with public keys)."""

    app_id: str
    seller_id: str
    private_key: str = field(repr=False)
    platform_key: str
    notify_url: str
    gateway: str
    """Empty: the real one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnionpayConfiguration:
    """The hospital as a merchant of UnionPay (all-channel platform 5.1.0, RSA)."""

    merchant_id: str
    terminal_id: str
    """Of the counter in the merchant's file; goes along with a scanned code."""
    certificate: str
    private_key: str = field(repr=False)
    authorities: str
    """Certificates of those who vouch for UnionPay's own."""
    notify_url: str
    gateway: str
    """Empty: the real one."""
    file_gateway: str
    """Where the daily files are; empty: the real one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptsConfiguration:
    """What the hospital signs its receipts with."""

    certificates: str
    """Its own as PEM, and those between it and its authority."""
    private_key: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformConfiguration:
    """The hospital as it is known to a platform: of receipts, or of the medical insurance."""

    app_id: str
    secret: str = field(repr=False)
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CashConfiguration:
    """The rule for notes at kiosks, which give no change."""

    change_goes: ChangeGoes
    change_max: Fen
    """A note that would leave more change is given back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentsConfiguration:
    """All that `payments.toml` says; None: the hospital does not take that."""

    title: str
    """What the patient reads in his wallet."""
    wechat: WechatConfiguration | None
    alipay: AlipayConfiguration | None
    unionpay: UnionpayConfiguration | None
    receipts: ReceiptsConfiguration | None
    """None: receipts have numbers, but are not printed."""
    platform: PlatformConfiguration | None
    """None: our own numbers are the receipts'."""
    insurance: PlatformConfiguration | None
    """Where insurance codes are settled; None: nowhere."""
    cash: CashConfiguration | None
    deposit: DepositPolicy
    """How much an inpatient may pay in at once."""


class PaymentsError(UnusableFile):
    """`payments.toml` can't be used."""


def load_payments(path: Path) -> PaymentsConfiguration:
    """Read and check `path`, and the key files it names.

    Raises:
        PaymentsError: it can't be read or says something impossible.
    """
    problems = Problems()
    values = parse_toml(path, problems)
    root = Table("", values, problems)
    root.check_keys(
        (
            *("title", "wechat", "alipay", "unionpay", "cash", "deposit"),
            *("receipts", "receipt_platform", "insurance"),
        )
    )
    keys = KeyFiles(path.parent)
    found = PaymentsConfiguration(
        title=root.text("title") if "title" in root else "医院缴费",
        wechat=_wechat(root.table("wechat"), keys) if "wechat" in root else None,
        alipay=_alipay(root.table("alipay"), keys) if "alipay" in root else None,
        unionpay=_unionpay(root.table("unionpay"), keys) if "unionpay" in root else None,
        receipts=_receipts(root.table("receipts"), keys) if "receipts" in root else None,
        platform=(
            platform_of(root.table("receipt_platform"), keys)
            if "receipt_platform" in root
            else None
        ),
        insurance=platform_of(root.table("insurance"), keys) if "insurance" in root else None,
        cash=_cash(root.table("cash")) if "cash" in root else None,
        deposit=_deposit(Table("deposit", root.raw_table("deposit"), problems)),
    )
    channels = (found.wechat, found.alipay, found.unionpay, found.cash)
    if not problems.found and not any(channels):
        problems.add(
            "file",
            "没有任何支付渠道",
            "names no channel: add [wechat], [alipay], [unionpay] or [cash]",
        )
    if problems.found:
        raise PaymentsError(path, problems.found)
    return found


def _wechat(table: Table, keys: KeyFiles) -> WechatConfiguration:
    table.check_keys(_WECHAT_KEYS)
    api_v3_key = keys.secret(table, "api_v3_key_file").strip()
    if api_v3_key and not _API_V3_KEY.fullmatch(api_v3_key):
        table.wrong("api_v3_key_file", "32 位字母数字密钥的文件", "a file with the 32 characters")
    return WechatConfiguration(
        merchant_id=table.matching("merchant_id", r"\d{8,12}", "商户号", "the merchant's number"),
        app_id=_name(table, "app_id"),
        certificate_serial=_name(table, "certificate_serial"),
        private_key=keys.secret(table, "private_key_file"),
        api_v3_key=api_v3_key,
        platform_key_id=_name(table, "platform_key_id"),
        platform_key=keys.public(table, "platform_key_file"),
        notify_url=_url(table, "notify_url"),
        gateway=_url(table, "gateway") if "gateway" in table else "",
    )


def _alipay(table: Table, keys: KeyFiles) -> AlipayConfiguration:
    table.check_keys(_ALIPAY_KEYS)
    return AlipayConfiguration(
        app_id=_name(table, "app_id"),
        seller_id=_name(table, "seller_id"),
        private_key=keys.secret(table, "private_key_file"),
        platform_key=keys.public(table, "platform_key_file"),
        notify_url=_url(table, "notify_url"),
        gateway=_url(table, "gateway") if "gateway" in table else "",
    )


def _unionpay(table: Table, keys: KeyFiles) -> UnionpayConfiguration:
    table.check_keys(_UNIONPAY_KEYS)
    return UnionpayConfiguration(
        merchant_id=table.matching(
            "merchant_id", r"[0-9A-Z]{15}", "15 位商户号", "the merchant's number (15 characters)"
        ),
        terminal_id=table.matching(
            "terminal_id", r"[0-9A-Za-z]{8}", "8 位终端号", "a terminal's number (8 characters)"
        ),
        certificate=keys.public(table, "certificate_file"),
        private_key=keys.secret(table, "private_key_file"),
        authorities=keys.public(table, "authorities_file"),
        notify_url=_url(table, "notify_url"),
        gateway=_url(table, "gateway") if "gateway" in table else "",
        file_gateway=_url(table, "file_gateway") if "file_gateway" in table else "",
    )


def _receipts(table: Table, keys: KeyFiles) -> ReceiptsConfiguration:
    table.check_keys(_RECEIPT_KEYS)
    return ReceiptsConfiguration(
        certificates=keys.public(table, "certificate_file"),
        private_key=keys.secret(table, "private_key_file"),
    )


def platform_of(table: Table, keys: KeyFiles) -> PlatformConfiguration:
    """Return where a platform is that shares a secret with the hospital."""
    table.check_keys(_PLATFORM_KEYS)
    return PlatformConfiguration(
        app_id=_name(table, "app_id"),
        secret=keys.secret(table, "secret_file").strip(),
        address=_url(table, "address"),
    )


def _cash(table: Table) -> CashConfiguration:
    table.check_keys(("change_goes", "change_max_yuan"))
    goes = table.matching("change_goes", "credit|desk", "credit 或 desk", "credit or desk")
    most = table.whole_number("change_max_yuan", 100, 0, 1000)
    return CashConfiguration(
        change_goes=ChangeGoes(goes) if goes else ChangeGoes.DESK, change_max=Fen(most * 100)
    )


def _deposit(table: Table) -> DepositPolicy:
    table.check_keys(("least_yuan", "most_yuan"))
    least = table.whole_number("least_yuan", 100, 1, 100_000)
    most = table.whole_number("most_yuan", 20_000, least, 100_000)
    return DepositPolicy(least=Fen(least * 100), most=Fen(most * 100))


def _name(table: Table, key: str) -> str:
    return table.matching(key, _NUMBERS_AND_LETTERS, "字母数字", "letters and digits")


def _url(table: Table, key: str) -> str:
    return table.matching(
        key,
        _URL,
        "https:// 地址（本机可用 http://127.0.0.1）",
        "an https:// address (http:// on this machine only)",
    )
