"""A language in which each text of a catalogue stands in brackets: what has none is in no catalogue."""

import gettext
import re

import pytest

from ui.text import language

__all__ = ["Bracketed", "outside"]


class Bracketed(gettext.NullTranslations):
    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def gettext(self, message: str) -> str:
        self.asked.add(message)
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        self.asked |= {msgid1, msgid2}
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"

    @classmethod
    def spoken(cls, monkeypatch: pytest.MonkeyPatch) -> "Bracketed":
        """The language of all visitors from now on."""
        texts = cls()
        monkeypatch.setattr(language, "_catalogue", lambda name: texts)
        return texts


def outside(text: str) -> str:
    """What stands in no brackets: names and numbers stand inside of texts too."""
    while (fewer := re.sub(r"⟦[^⟦⟧]*⟧", "", text)) != text:
        text = fewer
    return text
