"""What ``make messages`` finds for a translator: texts of the pages, of the engine, and of the glossary."""

import re
from pathlib import Path

import pytest
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

from distill_core.compression import STEPS
from distill_core.methods import METHODS
from distill_core.methods.symbols import LETTER_TITLES
from distill_core.spec import Student
from distill_core.tasks import TASKS
from ui.charts import COSTS
from ui.forms import spec_form
from ui.screens.glossary import CHAPTERS, TERMS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def messages(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """All texts, found by the words of the Makefile."""
    (command,) = re.findall(r"babel\.messages\.frontend (extract .*?)\n\n", (ROOT / "Makefile").read_text(), re.DOTALL)
    target = tmp_path_factory.mktemp("messages") / "messages.pot"
    asked = command.replace("\\\n", " ").replace("build/messages.pot", str(target)).split()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        CommandLineInterface().run(["pybabel", "--quiet", *asked])
    with target.open("rb") as source:
        found = [message.id for message in read_po(source)]
    return {text for one in found for text in (one if isinstance(one, tuple) else (one,))}


def test_texts_of_pages_are_found(messages: set[str]) -> None:
    assert {"Start again", "{value} % ± {half}", "{count} labels", "Test {metric}"} <= messages
    assert {cost.titled for cost in COSTS.values()} <= messages


def test_texts_of_the_engine_are_found(messages: set[str]) -> None:
    assert {text for entry in (*METHODS, *TASKS) for text in (entry.title, entry.teaches)} <= messages
    fields = {name: field for name, field in Student.model_fields.items() if field.title}
    assert {field.title for field in fields.values()} <= messages
    helps = {spec_form.plain_help(field.description or "") for field in fields.values()}
    assert helps - {""} <= messages
    parameters = {name: one for step in STEPS for name, one in (*step.parameters.items(), *step.choices.items())}
    assert {name.replace("_", " ") for name in parameters} <= messages
    assert {parameter.help for parameter in parameters.values()} <= messages
    assert {"per channel", *LETTER_TITLES.values()} <= messages


def test_texts_of_the_glossary_are_found(messages: set[str]) -> None:
    assert set(CHAPTERS) <= messages
    told = {text for term in TERMS.values() for text in (term.title, term.sentence, term.alt)}
    assert told <= messages
    assert {key.replace("-", " ") for key in TERMS} <= messages
    assert {"labels + teacher", "answers", "shirt"} <= messages  # of pictures
