"""What findings say: their wording, that every sentence of the code is told there, and that each is a whole one."""

import ast
import re
from pathlib import Path

import pytest

from distill_core.tasks.sound import SOUND
from distill_core.tasks.text import TEXT
from tests.ui.bracketed import Bracketed, outside
from tests.ui.wording import GOLDEN, SAMPLES, written
from ui.findings.sentences import paragraphs, say
from ui.text import language, words

SENTENCES = Path(__file__).resolve().parents[2] / "ui" / "findings" / "sentences"
ASKED = ("_", "N_", "ngettext", "by_kind", "ngettext_by_kind")


@pytest.fixture
def bracketed(monkeypatch: pytest.MonkeyPatch) -> Bracketed:
    return Bracketed.spoken(monkeypatch)


def texts_of(path: Path) -> set[str]:
    """The texts that a catalogue gets from a file."""
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    named = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in ASKED]
    return {text.value for call in named for text in call.args if isinstance(text, ast.Constant)}


@pytest.mark.parametrize("subject", SAMPLES)
def test_the_wording_is_as_it_was_read(subject: str) -> None:
    told = (GOLDEN / f"{subject}.txt").read_text(encoding="utf-8")
    assert written(subject) == told, "python -m tests.ui.wording writes the sentences anew: read them"


@pytest.mark.parametrize("subject", SAMPLES)
def test_the_wording_shows_every_sentence(subject: str, bracketed: Bracketed) -> None:
    written(subject)
    assert texts_of(SENTENCES / f"{subject}.py") - bracketed.asked == set()


@pytest.mark.parametrize("subject", SAMPLES)
def test_every_sentence_is_a_whole_one(subject: str, bracketed: Bracketed) -> None:
    """No letter stands outside of the texts of a catalogue: names and numbers stand inside of them too."""
    for line in written(subject).splitlines():
        assert not re.search(r"[^\W\d_]", outside(line)), line


def test_each_subject_has_its_wording() -> None:
    subjects = {path.stem for path in SENTENCES.glob("*.py")} - {"__init__", "base"}
    assert subjects == set(SAMPLES) == {path.stem for path in GOLDEN.glob("*.txt")}


def test_a_fact_without_a_sentence_is_refused() -> None:
    with pytest.raises(TypeError, match="no sentence tells int"):
        say(1)
    assert paragraphs([()]) == ("",)


CATALOGUE = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "{value} % ± {half}"
msgstr "{value} Prozent, plus oder minus {half}"

msgctxt "sound"
msgid "reached on all test {examples}"
msgstr "mit allen Testaufnahmen erreicht"

msgctxt "text"
msgid "all {count} {examples}"
msgid_plural "all {count} {examples}"
msgstr[0] "alle {count} Texte"
msgstr[1] "alle {count} Texte"

msgid "all {count} {examples}"
msgid_plural "all {count} {examples}"
msgstr[0] "alle {count}: {examples}"
msgstr[1] "alle {count}: {examples}"

msgid "recordings"
msgstr "Aufnahmen"

msgid "{count} label"
msgid_plural "{count} labels"
msgstr[0] "{count} Etikett"
msgstr[1] "{count} Etiketten"
"""


def test_a_catalogue_is_all_that_another_language_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "de.po").write_text(CATALOGUE, encoding="utf-8")
    monkeypatch.setattr(language, "CATALOGUES", tmp_path)
    language._offered.cache_clear()
    language._catalogue.cache_clear()
    try:
        assert words.labels(1200) == "1,200 labels"
        monkeypatch.setattr(language.st, "context", type("Context", (), {"locale": "de-CH"}))
        assert language.current() == "de"
        assert words.percent(0.8281, 0.0241) == "82,8 Prozent, plus oder minus 2,4"
        assert words.labels(1200) == "1.200 Etiketten"
        assert words.join(["a", "b", "c"]) == "a, b und c"
        assert words.labels(None) == "all labels"
        reached, every = "reached on all test {examples}", "all {count} {examples}"
        assert language.by_kind(SOUND, reached) == "mit allen Testaufnahmen erreicht"
        assert language.by_kind(TEXT, reached) == "reached on all test texts"
        assert language.ngettext_by_kind(TEXT, every, every, 1200) == "alle 1.200 Texte"
        assert language.ngettext_by_kind(SOUND, every, every, 1200) == "alle 1.200: Aufnahmen"
    finally:
        language._offered.cache_clear()
        language._catalogue.cache_clear()
