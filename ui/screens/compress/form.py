"""The form of a chain as data: values by widget key on one side, a chain on the other. No widget is drawn here."""

from collections.abc import Mapping, Sequence
from typing import Any

from distill_core.compression import STEPS, CompressionStep
from distill_core.errors import InvalidSetting
from distill_core.lab import Lab
from distill_core.lab.catalog import TeacherOption
from distill_core.methods import METHODS, Method
from distill_core.spec import StoredTeacher
from distill_core.templates.compression_chain import (
    MOST_LINKS,
    CompressionChain,
    CompressionStage,
    Network,
    TrainingStage,
    default_chain,
)
from ui.forms import fields
from ui.forms.spec_form import ALL

__all__ = [
    "BEFORE",
    "FINISHED",
    "OWN",
    "STARTS",
    "TEACHER",
    "TRAIN",
    "address",
    "defaults",
    "finished",
    "kinds",
    "links",
    "methods",
    "moved",
    "offered_before",
    "read",
    "row_key",
    "row_values",
    "said",
    "taken",
    "values",
]

# What a row of the form does, beside the names of the steps.
TRAIN = "train"
# Whose network a row takes.
# Addresses hold these; ``said`` is what the page shows.
BEFORE, START = "the one before", "the start"
NONE_FINISHED = "No network of this task was trained in this lab yet; start as the teacher."
# What is said of a link that was removed and whose network another one took.
GONE = "which is gone"
TEACHER, OWN, FINISHED = "the teacher", "a network of its own", "a finished network"
STARTS = (TEACHER, OWN, FINISHED)
_PLAIN = {"c_task": "task", "c_sees": "transfer", "c_seeds": "seeds", "c_random": "controls"}
_BUDGET = {"c_updates": "updates", "c_batch": "batch_size"}
_NETWORK = {"c_net": "architecture", "c_width": "width", "c_stem": "stem_stride"}


def offered_before(row: int) -> tuple[str, ...]:
    """Whose network a row, counted from 0, can take: that of the one before, of the start, or of a link above."""
    return (BEFORE, START, *(f"link {place}" for place in range(1, row))) if row else (BEFORE,)


def said(source: str) -> str:
    """What the page calls the network that a row takes; addresses keep ``source``."""
    named = {BEFORE: "previous step", START: "initial network"}
    return named.get(source, source.replace("link", "step", 1))


def taken(state: Mapping[str, Any], row: int) -> str:
    """Whose network a row takes, as it stands in the form: it may be none that it can take."""
    return str(state.get(row_key(row, "after"), BEFORE))


def row_key(row: int, field: str) -> str:
    """The key of one widget of one link, counted from 0."""
    return f"c{row}_{field}"


def kinds() -> tuple[str, ...]:
    """What a link can be: a training, or a step; random weights stand beside the pipeline by themselves."""
    return (TRAIN, *(step.name for step in STEPS if not step.resets_weights))


def finished(lab: Lab, task: str, asked: Any = None) -> dict[str, TeacherOption]:
    """The finished networks of this lab that a chain can start as, by their names in a picker; ``asked`` as
    ``fields.teachers`` has it."""
    offered = fields.teachers(lab, task, asked)
    return {name: option for name, option in offered.items() if isinstance(option.choice, StoredTeacher)}


def methods() -> tuple[Method, ...]:
    """Who can train a link: the network stays as it is, and needs no peer."""
    return tuple(method for method in METHODS if not (method.reuses_teacher_head or method.mutual))


def defaults(lab: Lab) -> dict[str, Any]:
    """What every widget shows at first: the default chain. The address holds what differs from this."""
    chain = default_chain()
    links = (*chain.links, *(TrainingStage() for _ in range(MOST_LINKS - len(chain.links))))
    shown = values(lab, chain.model_copy(update={"links": links}))
    any_teacher = next((option.name for option in lab.catalog.teachers(chain.task)), None)
    start = {"c_net": "resnet8", "c_width": 1.0, "c_stem": 1}
    return {"c_teacher": any_teacher, "c_from": None, **start, **shown, "c_links": len(chain.links)}


def address(state: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """What the address of a form holds: values that are not the default, of the links that are there."""
    there = tuple(row_key(row, "") for row in range(int(state["c_links"])))
    rows = tuple(row_key(row, "") for row in range(MOST_LINKS))
    return {
        key: str(value).casefold() if isinstance(value, bool) else value
        for key, value in state.items()
        if value != defaults.get(key) and (key.startswith(there) or not key.startswith(rows))
    }


def values(lab: Lab, chain: CompressionChain) -> dict[str, Any]:
    """What every widget shows for a chain. A teacher that is not on offer is left out."""
    found: dict[str, Any] = {key: getattr(chain, field) for key, field in _PLAIN.items()}
    found |= {key: getattr(chain.budget, field) for key, field in _BUDGET.items()}
    found["c_labels"] = ALL if chain.labels is None else str(chain.labels)
    name = fields.teacher_name(lab, chain.task, chain.teacher)
    found |= {"c_teacher": name} if name else {}
    return found | links(chain)


def links(chain: CompressionChain) -> dict[str, Any]:
    """What the widgets of the links show for a chain, and those of where it starts."""
    found: dict[str, Any] = {"c_links": len(chain.links), "c_start": TEACHER}
    if isinstance(chain.start, Network):
        found |= {"c_start": OWN, **{key: getattr(chain.start, field) for key, field in _NETWORK.items()}}
    elif chain.start is not None:
        found |= {"c_start": FINISHED, "c_from": chain.start.key}
    for row, link in enumerate(chain.links):
        found |= row_values(row, link)
    return found


def row_values(row: int, link: CompressionStage | TrainingStage) -> dict[str, Any]:
    """What the widgets of one row show for a link."""
    found = _cut(link) if isinstance(link, CompressionStage) else _training(link)
    # The first one has the start alone.
    found["after"] = BEFORE if link.after is None or not row else START if link.after == 0 else f"link {link.after}"
    return {row_key(row, field): value for field, value in found.items() if value is not None}


def _training(link: TrainingStage) -> dict[str, Any]:
    method = METHODS.get(link.method)
    return {
        "kind": TRAIN,
        "method": link.method,
        "T": method.temperature if link.temperature is None else link.temperature,
        "alpha": method.alpha if link.alpha is None else link.alpha,
        "int8": link.int8_aware,
    }


def _cut(link: CompressionStage) -> dict[str, Any]:
    step = STEPS.get(link.step)
    chosen = {name: choice.default for name, choice in step.choices.items()} | {**link.choices}
    numbers = {name: parameter.default for name, parameter in step.parameters.items()} | {**link.parameters}
    whole = {name: int(numbers[name]) for name, parameter in step.parameters.items() if parameter.whole}
    settings = {**numbers, **whole, **chosen}
    target = {"net": link.architecture, "width": 1.0 if link.width is None else link.width} if step.resizes else {}
    return {"kind": step.name, **target, **{f"{step.name}_{name}": value for name, value in settings.items()}}


def moved(state: Mapping[str, Any], order: Sequence[int]) -> dict[str, Any]:
    """What the rows of a form show after a change: in the place of each the link that stood at ``order`` before, with
    every one of its values, so that nothing of the link that stood there is left. Whose network it takes stays too,
    even where that is gone or below it now: ``read`` then says so."""
    found: dict[str, Any] = {"c_links": len(order)}
    places = {f"link {old + 1}": f"link {row + 1}" for row, old in enumerate(order)}
    places |= {f"link {old + 1}": f"link {old + 1}, {GONE}" for old in range(int(state["c_links"])) if old not in order}
    for row, old in enumerate(order):
        link, source = _link(state, old), taken(state, old)
        found |= row_values(row, CompressionStage.of(link) if "step" in link else TrainingStage.of(link))
        found[row_key(row, "after")] = BEFORE if source == START and not row else places.get(source, source)
    return found


def read(lab: Lab, state: Mapping[str, Any]) -> CompressionChain:
    """The chain that a complete form means. Raises InvalidSetting with every value that cannot be used."""
    count = min(max(int(state["c_links"]), 1), MOST_LINKS)
    return CompressionChain.of(
        {
            **{field: state[key] for key, field in _PLAIN.items()},
            "teacher": fields.teacher_of(lab, state["c_task"], state.get("c_teacher")).model_dump(),
            "start": _start(lab, state),
            "links": [_link(state, row) | _after(state, row) for row in range(count)],
            "labels": None if str(state["c_labels"]) == ALL else _number(state["c_labels"]),
            "budget": {field: state[key] for key, field in _BUDGET.items()},
        }
    )


def _start(lab: Lab, state: Mapping[str, Any]) -> dict[str, Any] | None:
    """Raises InvalidSetting where no finished network of the task is chosen."""
    if state["c_start"] != FINISHED:
        return {field: state[key] for key, field in _NETWORK.items()} if state["c_start"] == OWN else None
    chosen = state.get("c_from")
    offered = finished(lab, state["c_task"], chosen)
    if chosen not in offered:
        raise InvalidSetting(NONE_FINISHED if not offered else "Choose the finished network to start as.")
    return offered[chosen].choice.model_dump()


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise InvalidSetting("labels", expected="a whole number or all", got=text, hint="type a number") from None


def _link(state: Mapping[str, Any], row: int) -> dict[str, Any]:
    """One row as plain data; only what its kind uses is in it."""
    start = row_key(row, "")
    own = {key.removeprefix(start): value for key, value in state.items() if key.startswith(start)}
    return _train(own) if own.get("kind", TRAIN) == TRAIN else _step(own)


def _after(state: Mapping[str, Any], row: int) -> dict[str, int]:
    """Raises InvalidSetting where the network that a row takes is not above it."""
    source, offered = taken(state, row), offered_before(row)
    places = {START: 0, **{f"link {place}": place for place in range(1, row + 1)}} if row else {}
    if source != BEFORE and source not in places:
        got = said(source) if GONE in source else f"{said(source)}, which is not above it"
        known = " or ".join(map(said, offered))
        raise InvalidSetting(f"step {row + 1}", expected=known, got=got, hint="choose another")
    return {"after": places[source]} if source in places else {}


def _step(own: Mapping[str, Any]) -> dict[str, Any]:
    step = STEPS.get(own["kind"])
    found = {"step": step.name, "parameters": _of(step, step.parameters, own), "choices": _of(step, step.choices, own)}
    return found | ({"architecture": own.get("net"), "width": own.get("width")} if step.resizes else {})


def _train(own: Mapping[str, Any]) -> dict[str, Any]:
    method = METHODS.get(own.get("method", "kd"))
    found = {"method": method.name, "int8_aware": bool(own.get("int8"))}
    found |= {"temperature": own.get("T", method.temperature)} if method.temperature is not None else {}
    return found | ({"alpha": own.get("alpha", method.alpha)} if method.alpha is not None else {})


def _of(step: CompressionStep, names: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: own[f"{step.name}_{name}"] for name in names if f"{step.name}_{name}" in own}
    choices = {name: own.get(f"{step.name}_{name}", choice.default) for name, choice in step.choices.items()}
    return {
        name: value
        for name, value in found.items()
        if name not in step.parameters or step.parameters[name].is_used(choices)
    }
