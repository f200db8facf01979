"""The words of one language: our own from the translation files, the server's from its messages."""

from collections.abc import Mapping
from dataclasses import dataclass

from assets import translations
from queue_server.contract.message import Message
from queue_server.rules.terms import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Texts of one language.

    The server writes Chinese and English only; whoever reads another language gets its English.
    """

    language: str
    texts: Mapping[str, str]

    def __call__(self, key: str, **parts: object) -> str:
        """Return our own text of that key, its variable parts filled in.

        Raises:
            KeyError: there is no such text, or a part of it is missing.
        """
        return self.texts[key].format_map(parts) if parts else self.texts[key]

    def has(self, key: str) -> bool:
        """Tell whether there is such a text."""
        return key in self.texts

    def name_of(self, masked_name: str) -> str:
        """Return how a patient is addressed: a name that is hidden whole says nothing to him."""
        return masked_name if masked_name.strip("*") else self("greeting")

    def of(self, message: Message, field: str) -> str:
        """Return a text of the server: of `clinic`, what `clinic_zh` or `clinic_en` says."""
        text = getattr(message, f"{field}_{self.suffix}")
        assert isinstance(text, str)
        return text

    def pick(self, *, zh: str, en: str) -> str:
        """Return one of two texts of the server or of a device."""
        return zh if self.suffix == Language.CHINESE else en

    @property
    def suffix(self) -> Language:
        """The language of texts that we did not translate."""
        is_chinese = self.language == Language.CHINESE
        return Language.CHINESE if is_chinese else Language.ENGLISH


def load_wordings() -> dict[str, Wording]:
    """Return the kiosk's wording of every language there is, Chinese first."""
    return {
        language: Wording(language=language, texts=translations.load("kiosk", language))
        for language in translations.languages()
    }
