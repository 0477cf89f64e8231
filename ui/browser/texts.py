"""What scripts say, in the visitor's language. English stands in them, as in Python's code: ``t`` and ``ngettext`` of
``js/texts.js`` ask the catalogue, which comes with a component's data."""

from functools import cache
from pathlib import Path
from typing import Any

from ui.browser.scripts import FOLDER
from ui.text import language

__all__ = ["ASKING", "MODULES", "asked", "spoken"]

# What asks a catalogue in a script, as Babel has it: with the places of the texts.
ASKING: dict[str, Any] = {"t": None, "N_": None, "ngettext": (1, 2)}
MODULES = tuple(sorted(FOLDER.glob("*.js")))


def spoken(component: str, modules: tuple[Path, ...] = ()) -> dict[str, Any]:
    """For the data of a component, and of the modules behind it: the visitor's language, and what its catalogue has for
    the texts that they ask for; of one with a plural the forms. No text in English, which stands in the scripts."""
    texts: dict[str, Any] = {}
    if not language.is_english():
        for text in asked((FOLDER / "components" / f"{component}.js", *modules)):
            if isinstance(text, tuple):
                texts[text[0]] = language.plurals(*text)
            else:
                texts.setdefault(text, language._(text))
    return {"language": language.current().replace("_", "-"), "texts": texts}


@cache
def asked(scripts: tuple[Path, ...]) -> tuple[str | tuple[str, str], ...]:
    """The texts that these ask a catalogue for, as ``make messages`` finds them; with a plural both."""
    from babel.messages.extract import extract

    found: dict[str | tuple[str, str], None] = {}
    for path in scripts:
        with path.open("rb") as source:
            found |= {text: None for _, text, *_ in extract("javascript", source, keywords=ASKING)}
    return tuple(found)
