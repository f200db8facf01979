"""Gather the characters of a code until its end mark. Pure: the time of each character is given."""

from dataclasses import dataclass

END_MARKS = "\r\n"
_BLANKS = " \t"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeLimits:
    """What a code may be. A pause longer than `pause_s` inside it means that it was none."""

    pause_s: float = 0.5
    length_min: int = 4
    length_max: int = 2048


class CodeCollector:
    """Turns characters into codes, and drops what is no code: too long, too short, interrupted."""

    def __init__(self, limits: CodeLimits) -> None:
        self._limits = limits
        self._characters: list[str] = []
        self._is_too_long = False
        self._last_at_s = float("-inf")

    def feed(self, text: str, at_s: float) -> list[str]:
        """Take in `text`, which came at `at_s` (of any clock that only goes forward).

        Returns the codes that it completes, blanks around them removed.
        """
        if at_s - self._last_at_s > self._limits.pause_s:
            self.clear()
        self._last_at_s = at_s
        codes: list[str] = []
        for character in text:
            if character in END_MARKS:
                codes.extend(self._completed())
            elif len(self._characters) < self._limits.length_max:
                self._characters.append(character)
            else:
                self._is_too_long = True
        return codes

    def clear(self) -> None:
        """Forget what has been gathered."""
        self._characters.clear()
        self._is_too_long = False

    def _completed(self) -> list[str]:
        code = "".join(self._characters).strip(_BLANKS)
        is_code = not self._is_too_long and len(code) >= self._limits.length_min
        self.clear()
        return [code] if is_code else []
