"""What can be switched wrong on a simulated device."""

from enum import StrEnum


class SimulatedFault(StrEnum):
    """A fault stays until it is cleared; those in mid-slip strike once."""

    UNPLUGGED = "unplugged"
    SLOW = "slow"
    """A printer pauses before it prints, a scanner in the middle of a code."""
    GARBAGE = "garbage"
    """A printer answers nonsense; a scanner sends noise before each code."""
    MUTE = "mute"
    PAPER_NEAR_END = "paper_near_end"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    CUTTER_JAM = "cutter_jam"
    PAPER_OUT_MID_SLIP = "paper_out_mid_slip"
    """The next slip is half printed, then the paper is out."""
    LINE_BREAK_MID_SLIP = "line_break_mid_slip"
    """The line breaks when part of the next slip has come in."""
