"""Links to Compress that were shared before its address held a specification: a parameter a field."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from distill_core.lab import Lab
from distill_core.spec import Budget
from distill_core.spec.parameters import Parameter
from distill_core.templates.compression_chain import (
    MOST_LINKS,
    CompressionChain,
    CompressionStage,
    Network,
    TrainingStage,
)
from ui.forms import spec_form
from ui.forms.old_links import OldLinks, as_number, ids, read_texts, task_and_teacher
from ui.forms.spec_form import Path, placed
from ui.screens.compress import links, starts

__all__ = ["OLD"]

_PLAIN: Mapping[str, tuple[type[BaseModel], Path]] = {
    "c_sees": (CompressionChain, ("transfer",)),
    "c_seeds": (CompressionChain, ("seeds",)),
    "c_random": (CompressionChain, ("controls",)),
    "c_updates": (Budget, ("budget", "updates")),
    "c_batch": (Budget, ("budget", "batch_size")),
}
_NETWORK = {"c_net": "architecture", "c_width": "width", "c_stem": "stem_stride"}
_KEYS = frozenset(("c_task", "c_teacher", "c_labels", "c_start", "c_from", "c_links", *_PLAIN, *_NETWORK))
_ROW = re.compile(r"c([0-7])_(\w+)")
_PLACE = re.compile(r"(?:link|step) (\d)")
_TRAINING = {"method": "method", "T": "temperature", "alpha": "alpha", "int8": "int8_aware"}
_TARGET = {"net": "architecture", "width": "width"}


def _is_one(key: str) -> bool:
    return key in _KEYS or _ROW.fullmatch(key) is not None


def _read(lab: Lab, texts: Mapping[str, Sequence[str]], usual: dict[str, Any]) -> dict[str, Any]:
    old = {key: several[-1] for key, several in texts.items()}
    values = task_and_teacher(lab, old.get("c_task"), old.get("c_teacher"), usual)
    for key, (model, path) in _PLAIN.items():
        value = _value(model, str(path[-1]), old.get(key))
        values = values if value is None else placed(values, path, value)
    if "c_labels" in old:
        values["labels"] = spec_form.label_count(old["c_labels"])
    kind = old.get("c_start", starts.TEACHER)
    if kind in starts.KINDS:
        values["start"] = starts.of_kind(lab, values["task"], kind, old.get("c_from"))
    if kind == starts.OWN:
        given = {name: _value(Network, name, old.get(key)) for key, name in _NETWORK.items()}
        values["start"] = {"architecture": "resnet8", **_known(given)}
    values["links"] = _links(old, usual["links"])
    return values


def _links(old: Mapping[str, str], usual: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    text = old.get("c_links", "")
    asked = int(text) if text.isdecimal() and len(text) == 1 else 0
    count = asked if 1 <= asked <= MOST_LINKS else len(usual)
    rows = [*usual, *({} for _ in range(MOST_LINKS))][:count]
    own: list[dict[str, str]] = [{} for _ in range(MOST_LINKS)]
    for key, value in old.items():
        if match := _ROW.fullmatch(key):
            own[int(match[1])][match[2]] = value
    return [_link(row, own[place]) for place, row in enumerate(rows)]


def _link(usual: Mapping[str, Any], own: Mapping[str, str]) -> dict[str, Any]:
    """The link that a row of widgets meant; ``usual`` is what it was without any."""
    kind = ids(links.kinds()).get(own.get("kind", ""), links.kind(usual))
    link = dict(usual) if kind == links.kind(usual) else links.of_kind(kind, {})
    does = links.step(link)
    if does is None:
        link |= _known({name: _value(TrainingStage, name, own.get(key)) for key, name in _TRAINING.items()})
    else:
        target = {name: _value(CompressionStage, name, own.get(key)) for key, name in _TARGET.items()}
        link |= _known(target) if does.resizes else {}
        said = {name: own.get(f"{does.name}_{name}", "") for name in (*does.choices, *does.parameters)}
        choices = {name: said[name] for name, choice in does.choices.items() if said[name] in choice.options}
        numbers = {name: _number(said[name], parameter) for name, parameter in does.parameters.items()}
        for name, more in (("choices", choices), ("parameters", _known(numbers))):
            link |= {name: {**link.get(name, {}), **more}} if more else {}
    return links.fitting(link | _after(own.get("after", "")))


def _after(text: str) -> dict[str, Any]:
    if text in ("the start", "initial network"):
        return {"after": 0}
    place = _PLACE.match(text)
    return {"after": links.GONE if "gone" in text else int(place[1])} if place else {}


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _value(model: type[BaseModel], name: str, text: str | None) -> Any:
    return None if text is None else read_texts(model, name, [text])


def _number(text: str, parameter: Parameter) -> float | None:
    value = as_number(text)
    fits = isinstance(value, int | float) and not isinstance(value, bool) and parameter.low <= value <= parameter.high
    return float(value) if fits and not (parameter.whole and value != int(value)) else None


OLD = OldLinks(_is_one, _read)
