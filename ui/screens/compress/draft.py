"""The pipeline under way on Compress: a chain as plain JSON, right or wrong, in session state and in the address."""

from collections.abc import Mapping
from typing import Any

from distill_core.errors import InvalidSetting
from distill_core.templates.compression_chain import (
    MOST_LINKS,
    CompressionChain,
    default_chain,
)
from ui.forms.draft import Draft, refuse
from ui.forms.lines import beside
from ui.forms.plain import lean, lean_link
from ui.screens.compress import old_links
from ui.screens.compress.links import GONE
from ui.screens.compress.starts import NONE_FINISHED
from ui.text.language import _

__all__ = ["FORM", "asked", "plain"]

NAME = "compression"
# What is no single value in a link.
_PARTS = {"parameters": dict, "choices": dict}


def plain(chain: CompressionChain) -> dict[str, Any]:
    """A chain as the form has it."""
    return _with_lean_links(chain.model_dump(mode="json"))


def asked() -> CompressionChain:
    """The chain that the form says. Raises InvalidSetting."""
    for place, link in enumerate(FORM.values["links"], start=1):
        if link.get("after") == GONE:
            what = _("the input of step {number}", number=place)
            raise InvalidSetting(what, expected="a network above it", got=GONE, hint="choose another")
    if FORM.get(("start", "run")) == "":
        raise InvalidSetting(_(NONE_FINISHED))
    return CompressionChain.of(FORM.values)


def _usual() -> dict[str, Any]:
    return plain(default_chain())


def _short(values: Mapping[str, Any]) -> dict[str, Any]:
    """Nothing for the default chain."""
    found = lean(CompressionChain, values)
    return {} if found == lean(CompressionChain, _usual()) else found


def _whole(values: dict[str, Any]) -> dict[str, Any]:
    links = values.get("links")
    rows = isinstance(links, list) and 0 < len(links) <= MOST_LINKS and all(map(_is_link, links))
    parts = {"teacher": dict, "budget": dict, "optimiser": dict | None, "start": dict | None, "task": str}
    if not rows or not all(isinstance(values[name], kind) for name, kind in parts.items() if name in values):
        raise refuse(f"a pipeline of 1 to {MOST_LINKS} steps")
    return {**_usual(), **values}


def _is_link(link: Any) -> bool:
    return isinstance(link, dict) and all(
        isinstance(value, _PARTS.get(name, str | int | float | None)) for name, value in link.items()
    )


def _with_lean_links(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with links that say no more than what differs from the defaults."""
    return {**values, "links": [lean_link(link) for link in values["links"]]}


class _Pipeline(Draft):
    def load(self, values: Mapping[str, Any]) -> None:
        super().load(_with_lean_links(values))


FORM = _Pipeline(NAME, usual=_usual, short=_short, whole=_whole, old=old_links.OLD, beside=beside(NAME))
