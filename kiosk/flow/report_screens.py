"""What the kiosk knows while a patient has his reports printed. No decisions here."""

from dataclasses import dataclass, field

from kiosk.flow.intent import Intent
from queue_server.contract.report_messages import ListedReport

PHONE_END_LENGTH = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFailure:
    """Why a report did not come out; empty sentences: the server could not be asked."""

    sentence_zh: str = ""
    sentence_en: str = ""
    may_have_printed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofPad:
    """Type the last four digits of the phone number: before records are shown."""

    intent: Intent = Intent.REPORTS
    """What he wants to see."""
    characters: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reports:
    """The patient's reports, a page at a time; those that can be printed are chosen at first."""

    reports: tuple[ListedReport, ...] = field(repr=False)
    left_out: frozenset[str] = field(default=frozenset(), repr=False)
    """Reports that he does not want on paper."""
    page: int = 0

    @property
    def chosen(self) -> tuple[ListedReport, ...]:
        """Those that are printed when he says so."""
        return tuple(
            one for one in self.reports if one.can_print and one.report_id not in self.left_out
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintingReports:
    """Reports come out, one after the other."""

    reports: tuple[ListedReport, ...] = field(repr=False)
    index: int
    """Which one is at work, from 0."""
    ask_number: int
    """Of the request for it."""
    print_number: int = 0
    """Of its printing, once the server has released it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportsPrinted:
    """How it ended."""

    printed_count: int
    left_count: int
    failure: ReportFailure | None
