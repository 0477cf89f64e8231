"""What ``make messages`` finds for a translator: texts of the pages, of the engine, and of the glossary."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

from distill_core import errors
from distill_core.compression import STEPS
from distill_core.errors import Said
from distill_core.methods import METHODS
from distill_core.methods.symbols import LETTER_TITLES
from distill_core.spec import Student
from distill_core.tasks import TASKS
from ui.browser import scripts, texts
from ui.charts import COSTS
from ui.forms import spec_form
from ui.screens.glossary import CHAPTERS, TERMS

ROOT = Path(__file__).resolve().parents[2]
KINDS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)}
EXPLAINING = {"expected", "got", "hint"}


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """All texts, found by the words of the Makefile."""
    (command,) = re.findall(r"babel\.messages\.frontend (extract .*?)\n\n", (ROOT / "Makefile").read_text(), re.DOTALL)
    target = tmp_path_factory.mktemp("messages") / "messages.pot"
    asked = command.replace("\\\n", " ").replace("build/messages.pot", str(target)).split()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        CommandLineInterface().run(["pybabel", "--quiet", *asked])
    with target.open("rb") as source:
        return read_po(source)


@pytest.fixture(scope="module")
def messages(catalogue: Catalog) -> set[str]:
    found = [message.id for message in catalogue]
    return {text for one in found for text in (one if isinstance(one, tuple) else (one,))}


def test_texts_of_pages_are_found(messages: set[str]) -> None:
    assert {"Start again", "{value} % ± {half}", "{count} labels", "Test {metric}"} <= messages
    assert {cost.titled for cost in COSTS.values()} <= messages


def test_a_sentence_about_examples_stands_there_for_each_kind(catalogue: Catalog) -> None:
    """So that a language may have the whole sentence, in the cases of its own nouns."""
    views = "The teacher looks once at {count} view of each {example}."
    for message in (views, "{metric} on the test {examples} after the last update"):
        assert catalogue.get(message)
        assert all(catalogue.get(message, context=task.kind.name) for task in TASKS)
    assert catalogue.get("recording")
    assert not catalogue.get("Start again", context="image")


def test_texts_of_scripts_are_found(messages: set[str]) -> None:
    asked = texts.asked(tuple(sorted(scripts.FOLDER.rglob("*.js"))))
    told = {text for one in asked for text in (one if isinstance(one, tuple) else (one,))}
    assert {"Find the first change", "{count} core", "The link is copied.", "The teacher says {label}."} <= told
    assert told <= messages


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


def test_what_errors_of_the_pages_say_is_found(messages: set[str]) -> None:
    files = [path for room in ("ui", "pages") for path in sorted((ROOT / room).rglob("*.py"))]
    told = set().union(*map(refusals, files))
    assert {"copy the whole link once more", "one of this lab", "no file {name!r} in the browser's engine"} <= told
    assert told - messages == set(), "tools/messages.py does not find these, or their file is not in babel.cfg"


def refusals(path: Path) -> set[str]:
    """All texts in the calls that make errors in a file, those that it names before or takes from elsewhere too."""
    tree, told = ast.parse(path.read_text(encoding="utf-8")), set[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in KINDS:
            given = [*node.args, *(one.value for one in node.keywords if one.arg in EXPLAINING)]
            told |= {text for one in given for text in literals(one, tree, path)}
    return {text for text in told if re.search(r"[^\W\d_]{2,}", re.sub(r"\{[^}]*\}", "", text))}


def literals(value: ast.AST, tree: ast.Module, path: Path) -> Iterator[str]:
    match value:
        case ast.Constant(value=str(text)):
            yield text
        case ast.Call(func=ast.Name(id="said" | "_" | "N_"), args=[first, *_]):
            yield from literals(first, tree, path)
        case ast.IfExp(body=body, orelse=orelse):
            yield from [*literals(body, tree, path), *literals(orelse, tree, path)]
        case ast.Name(id=name):
            here = [one for one in ast.walk(tree) if isinstance(one, ast.Assign)]
            pairs = [pair for one in here for pair in assigned(one.targets[0], one.value)]
            found = [other for target, other in pairs if getattr(target, "id", "") == name]
            yield from (text for other in found for text in literals(other, tree, path))
            if not found and isinstance(text := getattr(module(path), name, None), str):
                yield text
        case ast.Attribute(value=ast.Name(id=of), attr=name):
            text = getattr(getattr(module(path), of, None), name, None)
            yield from [text.template if isinstance(text, Said) else text] if isinstance(text, str) else []


def assigned(target: ast.AST, value: ast.AST) -> list[tuple[ast.AST, ast.AST]]:
    both = isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
    return [*zip(target.elts, value.elts, strict=True)] if both else [(target, value)]  # type: ignore[attr-defined]


def module(path: Path) -> object:
    return importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
