"""What scripts are given of a catalogue."""

from pathlib import Path

import pytest

from ui.browser import texts
from ui.text import language

POLISH = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=3; "
"plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);\\n"

msgid "Stop"
msgstr "Zatrzymaj"

msgid "{count} core"
msgid_plural "{count} cores"
msgstr[0] "{count} rdzeń"
msgstr[1] "{count} rdzenie"
msgstr[2] "{count} rdzeni"
"""


def test_english_stands_in_the_scripts() -> None:
    assert texts.spoken("benchmark", texts.MODULES) == {"language": "en-GB", "texts": {}}


def test_another_language_comes_with_its_plurals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pl.po").write_text(POLISH, encoding="utf-8")
    monkeypatch.setattr(language, "CATALOGUES", tmp_path)
    monkeypatch.setattr(language.st, "context", type("Context", (), {"locale": "pl-PL"}))
    language._offered.cache_clear()
    language._catalogue.cache_clear()
    try:
        told = texts.spoken("benchmark", texts.MODULES)
    finally:
        language._offered.cache_clear()
        language._catalogue.cache_clear()
    assert (told["language"], told["texts"]["Stop"], told["texts"]["Undo"]) == ("pl", "Zatrzymaj", "Undo")
    assert told["texts"]["{count} core"] == {
        "one": "{count} rdzeń",
        "few": "{count} rdzenie",
        "many": "{count} rdzeni",
    }
