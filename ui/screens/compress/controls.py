"""The widgets of a chain: where it starts, a row a link, what all trainings share. Their values live in the address."""

from collections import ChainMap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from distill_core.compression import STEPS, CompressionStep
from distill_core.lab import Lab
from distill_core.methods import Method
from distill_core.networks import ARCHITECTURES, Architecture
from distill_core.spec import Budget
from distill_core.spec.parameters import Parameter
from distill_core.templates.compression_chain import MOST_LINKS, CompressionChain, Network, TrainingStage
from ui.forms import bound, fields, spec_form
from ui.forms.fields import select
from ui.screens.compress import form
from ui.screens.compress.form import row_key
from ui.text import titles, words

__all__ = ["draw", "state"]

Edit = Callable[[str, int], None]
# What the rows call a training.
TRAINED = ("Train", "Updates for the whole budget, with the method that teaches.")
_FINE = "%.4g"


def state(defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The whole form: what was set, else the default."""
    rows = tuple(row_key(row, "") for row in range(MOST_LINKS))
    mine = {key: st.session_state[key] for key in st.session_state if key in defaults or str(key).startswith(rows)}
    return {**defaults, **mine}


def draw(lab: Lab, defaults: Mapping[str, Any], edit: Edit) -> None:
    """The form. ``edit`` is called before the next drawing with what to do to the links, and with a row."""
    _start(lab, defaults)
    _links(defaults, edit)
    _shared(defaults)


def _start(lab: Lab, defaults: Mapping[str, Any]) -> None:
    st.subheader("1 · Start")
    with st.grid(3, min_column_width=135):
        named = titles.tasks(lab)
        task = _select("Task", list(named), defaults, "c_task", shown=named)
        offered = fields.teachers(lab, task, fields.asked("c_teacher"))
        fields.teacher(offered, defaults.get("c_teacher"), "c_teacher", help=TEACHER_HELP)
        start = _select("Initial network", form.STARTS, defaults, "c_start", help=START_HELP)
        if start == form.FINISHED:
            finished = form.finished(lab, task, fields.asked("c_from"))
            if finished:
                fields.teacher(finished, defaults["c_from"], "c_from", label="Finished network")
        elif start == form.OWN:
            networks = {architecture.name: architecture for architecture in fields.architectures(lab, task)}
            network = networks[_select("Network", list(networks), defaults, "c_net", shown=titles.networks())]
            _width(network, defaults, "c_width")
            if len(network.stem_strides) > 1:
                _select("Stem stride", list(network.stem_strides), defaults, "c_stem", help=STEM_HELP)


START_HELP = spec_form.help_of(CompressionChain, "start")
TEACHER_HELP = spec_form.help_of(CompressionChain, "teacher")
STEM_HELP = spec_form.help_of(Network, "stem_stride")


def _links(defaults: Mapping[str, Any], edit: Edit) -> None:
    st.subheader("2 · Steps")
    count = st.number_input("Steps", 1, MOST_LINKS, defaults["c_links"], key="c_links", bind="query-params", width=200)
    for row in range(count):
        with st.container(border=True):
            _head(row, count, defaults, edit)
            _body(row, defaults)
    st.button(
        "Add a step",
        icon=":material/add:",
        key="c_add",
        on_click=edit,
        args=("add", count),
        disabled=count >= MOST_LINKS,
    )


AFTER_HELP = (
    "The network that this step changes: by default the output of the step above, else an earlier one. "
    f"See {words.term('pipeline')}."
)


def _head(row: int, count: int, defaults: Mapping[str, Any], edit: Edit) -> None:
    """What the link is, and the buttons that move it."""
    buttons = (
        ("up", "Move up", ":material/arrow_upward:", row == 0),
        ("down", "Move down", ":material/arrow_downward:", row == count - 1),
        ("remove", "Remove", ":material/close:", count == 1),
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        shown = {form.TRAIN: TRAINED[0], **titles.steps()}
        _select(f"Step {row + 1}", form.kinds(), defaults, row_key(row, "kind"), shown=shown)
        for what, title, icon, off in buttons:
            # The icon alone, so that a row fits a phone; its name is in the tooltip and the key.
            st.button(
                f":small[{title}]",
                icon=icon,
                key=f"c_{what}_{row}",
                on_click=edit,
                args=(what, row),
                disabled=off,
                type="tertiary",
            )


def _body(row: int, defaults: Mapping[str, Any]) -> None:
    kind = st.session_state.get(row_key(row, "kind"), defaults.get(row_key(row, "kind"), form.TRAIN))
    if kind not in STEPS:
        title, teaches = TRAINED
        st.caption(f"**{title}.** {teaches}")
        with st.grid(4, min_column_width=120):
            _above(row, defaults)
            _training(row, defaults)
        return
    step = STEPS.get(kind)
    st.caption(f"**{words.plain(step.title)}.** {step.teaches}{_paper(step)}")
    if row or step.resizes or step.parameters or step.choices or _missing(row, defaults):
        with st.grid(4, min_column_width=120):
            _above(row, defaults)
            if step.resizes:
                _target(row, defaults)
            _settings(step, row, defaults)


def _above(row: int, defaults: Mapping[str, Any]) -> None:
    """Whose network the link works on; the first one has no choice. One that is not there stays until another is
    chosen, and the plan says why it cannot be."""
    missing = _missing(row, defaults)
    if row or missing:
        offered = (*form.offered_before(row), *missing)
        shown = {name: form.said(name) for name in offered}
        _select("Input", offered, defaults, row_key(row, "after"), shown=shown, help=AFTER_HELP)


def _missing(row: int, defaults: Mapping[str, Any]) -> tuple[str, ...]:
    """What a link takes by the form or the address, where it is not there to be taken."""
    now = form.taken(ChainMap(st.session_state, st.query_params, dict(defaults)), row)
    return () if now in form.offered_before(row) else (now,)


def _paper(step: CompressionStep) -> str:
    return f" [arXiv:{step.paper}](https://arxiv.org/abs/{step.paper})" if step.paper else ""


def _training(row: int, defaults: Mapping[str, Any]) -> None:
    offered = {method.name: method for method in form.methods()}
    key = row_key(row, "method")
    first = {key: "kd", **_known(defaults, key)}
    method = offered.get(_select("Method", list(offered), first, key, shown=titles.methods()))
    if method is None:
        return
    _method(method, row, defaults)
    st.checkbox(
        "Quantization-aware training (QAT)",
        bool(defaults.get(row_key(row, "int8"))),
        key=row_key(row, "int8"),
        bind="query-params",
        help="Weights and activations are rounded to 8 bits while it trains, so that it learns to live with that. "
        f"See {words.term('qat', 'QAT')} and {words.term('int8')}.",
    )


def _method(method: Method, row: int, defaults: Mapping[str, Any]) -> None:
    if method.temperature is not None:
        key = row_key(row, "T")
        first, ends = {key: method.temperature, **_known(defaults, key)}, spec_form.bounds(TrainingStage, "temperature")
        _number("Temperature T", ends, first, key, step=0.5)
    if method.alpha is not None:
        key = row_key(row, "alpha")
        first, ends = {key: method.alpha, **_known(defaults, key)}, spec_form.bounds(TrainingStage, "alpha")
        _number("alpha", ends, first, key, step=0.05)


def _target(row: int, defaults: Mapping[str, Any]) -> None:
    """What a slice is cut to."""
    networks = {architecture.name: architecture for architecture in ARCHITECTURES}
    key = row_key(row, "net")
    first = {key: "resnet14", **_known(defaults, key)}
    shown = titles.networks()
    network = networks.get(_select("Target architecture", list(networks), first, key, shown=shown))
    if network:
        _width(network, {row_key(row, "width"): 1.0, **defaults}, row_key(row, "width"))


def _width(network: Architecture, defaults: Mapping[str, Any], key: str) -> None:
    if len(network.widths) > 1:
        _number("Width", (min(network.widths), max(network.widths)), defaults, key, step=0.05)


def _settings(step: CompressionStep, row: int, defaults: Mapping[str, Any]) -> None:
    """A step's own choices, then those of its numbers that they leave in use."""
    chosen: dict[str, str] = {}
    for name, choice in step.choices.items():
        key = row_key(row, f"{step.name}_{name}")
        chosen[name] = _select(_label(name), choice.options, defaults, key, help=choice.help)
    for name, parameter in step.parameters.items():
        if parameter.is_used(chosen):
            _parameter(name, parameter, row_key(row, f"{step.name}_{name}"), defaults)


def _parameter(name: str, parameter: Parameter, key: str, defaults: Mapping[str, Any]) -> None:
    kind = int if parameter.whole else float
    by = max(1, round((parameter.high - parameter.low) / 20)) if kind is int else 0.05
    first = kind(_known(defaults, key).get(key, parameter.default))
    bounds = kind(parameter.low), kind(parameter.high)
    more = {} if kind is int else {"format": _FINE}
    _number(_label(name), bounds, {key: first}, key, step=by, help=parameter.help, **more)


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _known(defaults: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {key: defaults[key]} if key in defaults else {}


def _shared(defaults: Mapping[str, Any]) -> None:
    st.subheader("3 · Budget")
    with st.grid(3, min_column_width=135):
        bound.number(CompressionChain, "seeds", defaults["c_seeds"], "c_seeds")
        bound.number(Budget, "updates", defaults["c_updates"], "c_updates")
        bound.number(Budget, "batch_size", defaults["c_batch"], "c_batch")
        bound.choice(CompressionChain, "labels", spec_form.LABELS, defaults["c_labels"], "c_labels")
        bound.choice(
            CompressionChain, "transfer", list(titles.TRANSFER), defaults["c_sees"], "c_sees", shown=titles.TRANSFER
        )
    st.toggle(
        spec_form.title(CompressionChain, "controls"),
        bool(defaults["c_random"]),
        key="c_random",
        bind="query-params",
        help=f"{spec_form.help_of(CompressionChain, 'controls')} See {words.term('baseline')}.",
    )


def _select(label: str, options: Sequence[Any], defaults: Mapping[str, Any], key: str, **more: Any) -> Any:
    return select(label, options, defaults.get(key), key, **more)


def _number(label: str, bounds: tuple[float, float], defaults: Mapping[str, Any], key: str, **more: Any) -> float:
    low, high = bounds
    return st.number_input(label, low, high, min(max(defaults[key], low), high), key=key, bind="query-params", **more)
