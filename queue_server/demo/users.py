"""Who works at the demo hospital: the file of its users."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from queue_server.rules.terms import QueueId
from queue_server.site import Site
from queue_server.web.users import make_password_hash

NURSE: Final = "li"
HEAD_NURSE: Final = "tang"
DESK: Final = "mei"
ADMINISTRATOR: Final = "zheng"
AUDITOR: Final = "qian"
CASHIER: Final = "chen"
PASSWORD: Final = "qingyu-2026"  # noqa: S105  # of a hospital that does not exist
TOTP_SECRET: Final = "QINGYUHOSPITALDEMOQINGYUHOSPITAL"  # noqa: S105  # likewise
"""Of the second factor of administrator, auditor and cashier."""

_NURSES: Final = """\
[[user]]
name = "{name}"
role = "nurse"
display_name = "李护士"
areas = [{areas}]
password_hash = "{password_hash}"

[[user]]
name = "{head_nurse}"
role = "head_nurse"
display_name = "唐护士长"
areas = [{areas}]
password_hash = "{password_hash}"

[[user]]
name = "{desk}"
role = "desk"
display_name = "梅导诊"
areas = [{areas}]
password_hash = "{password_hash}"
"""

_DOCTOR: Final = """
[[user]]
name = "{name}"
role = "doctor"
display_name = "{display_name}"
queue = "{name}"
password_hash = "{password_hash}"
"""

_OVERSEERS: Final = """
[[user]]
name = "{administrator}"
role = "administrator"
display_name = "郑工（信息科）"
password_hash = "{password_hash}"
totp_secret = "{totp_secret}"

[[user]]
name = "{auditor}"
role = "auditor"
display_name = "钱审计"
password_hash = "{password_hash}"
totp_secret = "{totp_secret}"

[[user]]
name = "{cashier}"
role = "cashier"
display_name = "陈收费"
password_hash = "{password_hash}"
totp_secret = "{totp_secret}"
"""


def write_users(path: Path, site: Site, doctors: Sequence[QueueId]) -> None:
    """Write the users to `path`, for its owner only: all know PASSWORD.

    Args:
        path: the file to make.
        site: whose areas the nurses look after.
        doctors: who signs in as a doctor, by the names of the queues.
    """
    password_hash = make_password_hash(PASSWORD)
    areas = ", ".join(f'"{area.id}"' for area in site.areas)
    text = _NURSES.format(
        name=NURSE,
        head_nurse=HEAD_NURSE,
        desk=DESK,
        areas=areas,
        password_hash=password_hash,
    )
    shown = {queue.id: queue.doctor_zh for queue in site.queues}
    for name in doctors:
        text += _DOCTOR.format(name=name, display_name=shown[name], password_hash=password_hash)
    text += _OVERSEERS.format(
        administrator=ADMINISTRATOR,
        auditor=AUDITOR,
        cashier=CASHIER,
        password_hash=password_hash,
        totp_secret=TOTP_SECRET,
    )
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
