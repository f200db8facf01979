"""What the policy page sends."""

from typing import Annotated

from pydantic import Field

from queue_server.rules.policy_change import PolicyLevel
from queue_server.web.bodies import Body, LineText

_Word = Annotated[str, Field(max_length=40)]
_Number = Annotated[int, Field(ge=-10_000, le=10_000)]


class PolicyValue(Body):
    """One value that is not the site file's; without `value` there is nothing of its own."""

    level: Annotated[PolicyLevel, Field(strict=False)]
    of: Annotated[str, Field(pattern=r"^[a-z0-9-]{0,64}$")]
    key: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
    value: (
        bool
        | _Number
        | _Word
        | Annotated[dict[_Word, _Number], Field(max_length=2)]
        | Annotated[list[_Word | _Number], Field(max_length=10)]
        | None
    ) = None


class PolicyDraft(Body):
    """All that is to differ from the site file, and the revision that it was made on."""

    seen_revision: Annotated[int, Field(ge=0)]
    changes: Annotated[list[PolicyValue], Field(max_length=1000)]


class PolicySave(PolicyDraft):
    """A draft, with why and from when on."""

    reason: Annotated[LineText, Field(min_length=1)]
    effective_at: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$")] | None = None
    """Local time; at once by default."""
    returns_to: Annotated[int, Field(ge=0)] | None = None


class PolicyCancel(Body):
    """Which version shall not take effect."""

    number: Annotated[int, Field(ge=1)]
    seen_revision: Annotated[int, Field(ge=0)]
