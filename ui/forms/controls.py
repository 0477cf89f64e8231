"""The widgets of the Train page: task and teacher, a row a student, the budget. Their values live in the address."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import streamlit as st

from distill_core.lab import Lab
from distill_core.methods import METHODS, Method, can_be_added
from distill_core.networks import Architecture
from distill_core.spec import TEMPERATURES
from ui.forms import fields, form
from ui.forms.fields import select
from ui.forms.form import row_key
from ui.networks import marks, style
from ui.text import titles, words

__all__ = [
    *("BATCH_SIZE", "LABELS", "SEES", "TRANSFER", "TRANSFER_HELP"),
    *("budget", "state", "students", "task_and_teacher"),
]

LABELS = ("50", "100", "200", "500", "1000", "2000", "5000", form.ALL)
SEES = tuple(titles.TRANSFER)
TRANSFER = "Distil on (transfer set)"
TRANSFER_HELP = (
    "The images on which the student learns from its teacher: those with a label, or all of them. "
    f"See {words.term('transfer-set')}."
)
BATCH_SIZE = "Batch size"
# What a specification allows.
T_RANGE = (0.1, 100.0)
MODES = {"cached": "precomputed", "consistent": "per batch"}
# As many digits as a small number needs.
FINE = "%.6g"

TEACHER_HELP = "Networks that ship or are trained first, then finished networks of this task, the newest first."


def state(defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The whole form: what was set, else the default. Right before the widgets are drawn, and in callbacks."""
    rows = tuple(row_key(row, "") for row in range(form.MOST_STUDENTS))
    mine = {key: st.session_state[key] for key in st.session_state if key in defaults or str(key).startswith(rows)}
    return {**defaults, **mine}


def task_and_teacher(lab: Lab, defaults: Mapping[str, Any]) -> None:
    left, right = st.columns(2)
    tasks = {task.name: task for task in lab.catalog.tasks()}
    with left:
        st.subheader("1 · Task")
        name = _select("Task", list(tasks), defaults, "task", shown=titles.tasks(lab))
        st.caption(tasks[name].teaches if name in tasks else "")
    with right:
        st.subheader("2 · Teacher")
        teachers = fields.teachers(lab, name, fields.asked("teacher")) if name in tasks else {}
        shown = titles.teachers(teachers)
        chosen = _select("Teacher", list(teachers), defaults, "teacher", shown=shown, help=TEACHER_HELP)
        st.caption(fields.teacher_said(teachers[chosen]) if chosen in teachers else "No teacher for this task.")
        if not any(option.created_at for option in teachers.values()):
            st.caption("Networks that you train on this task can teach too: once finished, they are offered here.")


def students(lab: Lab, defaults: Mapping[str, Any], edit: Callable[[str, int], None]) -> None:
    """A row a student. ``edit`` is called before the next drawing with add, copy or remove and a row."""
    st.subheader("3 · Students")
    count = st.number_input(
        "Number of students",
        1,
        form.MOST_STUDENTS,
        defaults["students"],
        key="students",
        bind="query-params",
        width=200,
        help="A control, the same network on labels alone, is added to every kind of student by itself.",
    )
    names = {
        st.session_state.get(row_key(row, "name"), defaults[row_key(row, "name")]): "student" for row in range(count)
    }
    looks = style.looks(names, dark=style.dark())
    for row in range(count):
        name = st.session_state.get(row_key(row, "name"), defaults[row_key(row, "name")])
        with st.container(border=True):
            _who(row, defaults, marks.mark(looks[name]), edit, alone=count == 1)
            _what(lab, row, defaults)
    st.button(
        "Add a student", icon=":material/add:", on_click=edit, args=("add", count), disabled=count >= form.MOST_STUDENTS
    )


def _who(row: int, defaults: Mapping[str, Any], mark: str, edit: Callable[[str, int], None], *, alone: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = row_key(row, "name")
        st.markdown(mark, width="content")  # not in the label: screen readers would spell the picture
        st.text_input(f"Student {row + 1}", defaults[key], form.LONGEST_NAME, key=key, bind="query-params")
        st.button("Copy", icon=":material/content_copy:", key=f"copy_{row}", on_click=edit, args=("copy", row))
        st.button(
            "Remove", icon=":material/close:", key=f"remove_{row}", on_click=edit, args=("remove", row), disabled=alone
        )


def _what(lab: Lab, row: int, defaults: Mapping[str, Any]) -> None:
    task = st.session_state.get("task", defaults["task"])
    networks = {entry.name: entry for entry in fields.architectures(lab, task)}
    methods = {entry.name: entry for entry in METHODS}
    with st.grid(4, min_column_width=135):
        named = titles.networks()
        network = networks.get(_select("Network", list(networks), defaults, row_key(row, "net"), shown=named))
        named = titles.methods()
        method = methods.get(_select("Method", list(methods), defaults, row_key(row, "method"), shown=named))
        _shape(network, row, defaults)
        _data(lab, method, row, defaults)
        _settings(method, row, defaults)
        if method and not method.exclusive:
            _plus(methods.values(), method, row, defaults)
    if network and method:
        st.caption(method.teaches)


def _shape(network: Architecture | None, row: int, defaults: Mapping[str, Any]) -> None:
    if network and len(network.widths) > 1:
        widths = min(network.widths), max(network.widths)
        _number("Width", widths, defaults, row_key(row, "width"), step=0.05)
    if network and len(network.stem_strides) > 1:
        help_text = (
            f"2 halves the image at the first layer: a quarter of the work is left. See {words.term('stem-stride')}."
        )
        _select("Stem stride", list(network.stem_strides), defaults, row_key(row, "stem"), help=help_text)


def _data(lab: Lab, method: Method | None, row: int, defaults: Mapping[str, Any]) -> None:
    key = row_key(row, "labels")
    own = () if st.session_state.get(key) in (None, *LABELS) else (st.session_state[key],)
    help_text = "How many training images have their label: a number, or all. The 100 are among the 500. "
    help_text += f"See {words.term('label-budget')}."
    _select("Labels", [*own, *LABELS], defaults, key, accept_new_options=True, help=help_text)
    plus = method and form.on_top(method, st.session_state.get(row_key(row, "plus"), defaults[row_key(row, "plus")]))
    if method and (method.uses_teacher or method.mutual or plus):
        _select(TRANSFER, list(SEES), defaults, row_key(row, "sees"), shown=titles.TRANSFER, help=TRANSFER_HELP)
    if method and (method.uses_teacher or plus) and not method.mutual:
        _by(row, defaults)
    task = st.session_state.get("task", defaults["task"])
    help_text = "A class of which the student sees no image at all: only its teacher can tell of it. "
    help_text += f"See {words.term('held-out-class')}."
    never = [
        form.NOTHING,
        *(lab.catalog.classes(task) if task in {entry.name for entry in lab.catalog.tasks()} else ()),
    ]
    _select("Held-out class", never, defaults, row_key(row, "never"), help=help_text)
    help_text = f"Trained once for each; three at least for an {words.term('interval')}. See {words.term('seeds')}."
    _number("Seeds", form.ROW_BOUNDS["seeds"], defaults, row_key(row, "seeds"), help=help_text)


def _by(row: int, defaults: Mapping[str, Any]) -> None:
    """Who teaches a student: offered where there is another one, or where the address asks for it."""
    key = row_key(row, "by")
    count = int(st.session_state.get("students", defaults["students"]))
    options = [form.TEACHER, *(form.fellow(other) for other in range(count) if other != row)]
    asked = st.session_state.get(key, form.TEACHER)
    options += [] if asked in options else [asked]
    if len(options) > 1:
        help_text = "Another student, trained first, can teach instead: an assistant, or the same network again."
        names = {form.fellow(other): _name(other, defaults) for other in range(count)}
        shown = titles.unique({form.TEACHER: "main teacher", **names})
        _select("Teacher", options, defaults, key, shown=shown, help=help_text)


def _name(row: int, defaults: Mapping[str, Any]) -> str:
    key = row_key(row, "name")
    return str(st.session_state.get(key, defaults[key]) or form.fellow(row))


def _settings(method: Method | None, row: int, defaults: Mapping[str, Any]) -> None:
    if method is None:
        return
    if method.temperature is not None:
        _temperature(row, defaults.get(row_key(row, "T"), method.temperature))
    if method.alpha is not None:
        help_text = "Weight of the teacher's part of the loss: 0 is labels only, 1 is the teacher only. "
        help_text += f"See {words.term('alpha')}."
        _number("alpha", form.ROW_BOUNDS["alpha"], defaults, row_key(row, "alpha"), step=0.05, help=help_text)
    if method.standardizes:
        help_text = f"Compare {words.term('logits')} after each row got mean 0 and deviation 1: size counts no more."
        _checkbox("Standardise logits (z-score)", defaults, row_key(row, "std"), help=help_text)
    for name, value in method.defaults.items():
        key = row_key(row, f"p_{name}")
        bounds = form.parameter_bounds(method, name)
        _number(name.replace("_", " ").capitalize(), bounds, {key: value, **defaults}, key, step=0.05)


def _plus(methods: Iterable[Method], own: Method, row: int, defaults: Mapping[str, Any]) -> None:
    """A second method on top of the student's own."""
    names = [method.name for method in methods if can_be_added(method) and method != own]
    help_text = "A second method: its term that asks the teacher is added, without its term for labels."
    chosen = _select(
        "Additional loss term",
        [form.NOTHING, *names],
        defaults,
        row_key(row, "plus"),
        shown=titles.methods(),
        help=help_text,
    )
    if chosen != form.NOTHING:
        help_text = "Times the weight that the term has alone."
        bounds, key = form.ROW_BOUNDS["plus_weight"], row_key(row, "plus_weight")
        _number("Term weight", bounds, defaults, key, step=0.1, format=FINE, help=help_text)


def _temperature(row: int, default: float) -> None:
    key = row_key(row, "T")
    shown = sorted({*TEMPERATURES, default, st.session_state.get(key, default), *_linked(key)})
    st.select_slider(
        "Temperature T",
        shown,
        default,
        format_func=words.exact,
        key=key,
        bind="query-params",
        help="How soft the teacher's answers are: at 1 as they are, higher shows more of the wrong classes. "
        f"See {words.term('temperature')} and {words.term('dark-knowledge')}.",
    )


def _linked(key: str) -> tuple[float, ...]:
    """The temperature that a link asks for, to be offered too: else the slider would not take it."""
    try:
        asked = float(st.query_params.get(key, ""))
    except ValueError:
        return ()
    low, high = T_RANGE
    return (asked,) if low <= asked <= high else ()


def budget(lab: Lab, defaults: Mapping[str, Any]) -> None:
    st.subheader("4 · Budget")
    left, right = st.columns(2)
    with left:
        help_text = f"Optimiser steps, the same for all students. See {words.term('update')}."
        _number("Updates", form.BOUNDS["updates"], defaults, "updates", step=60, help=help_text)
    with right:
        help_text = f"Images in one update. See {words.term('batch-size')}."
        _number(BATCH_SIZE, form.BOUNDS["train_batch"], defaults, "train_batch", step=25, help=help_text)
    with st.expander("More settings"), st.grid(4, min_column_width=150):
        _number("Learning rate", form.BOUNDS["lr"], defaults, "lr", step=0.01, format=FINE)
        help_text = f"Pulls all weights towards 0. See {words.term('weight-decay')}."
        _number("Weight decay", form.BOUNDS["decay"], defaults, "decay", step=0.0001, format=FINE, help=help_text)
        help_text = f"Share of the last step that is kept. See {words.term('momentum')}."
        _number("Momentum", form.BOUNDS["momentum"], defaults, "momentum", step=0.05, format=FINE, help=help_text)
        help_text = f"Share of the updates with a rising {words.term('learning-rate')}."
        _number("Warm-up share", form.BOUNDS["warmup"], defaults, "warmup", step=0.05, help=help_text)
        _select(
            "Teacher outputs",
            list(MODES),
            defaults,
            "mode",
            shown=MODES,
            help="Precomputed: the teacher answers once for a fixed number of augmented views of each image. Per batch "
            f"({words.term('consistent', 'consistent teaching')}): fresh views, and the teacher runs at every batch.",
        )
        help_text = f"Of {words.term('precomputed')} teacher outputs. See {words.term('views')}."
        _number("Augmented views per image", form.BOUNDS["views"], defaults, "views", help=help_text)
        _select("Precision", ["auto", "float32", "bfloat16"], defaults, "train_precision")
        devices = lab.catalog.devices()
        if len(devices) > 1:
            help_text = f"Auto is {devices[0]}. The CPU is the reference: results of another device are filed apart."
            _select("Device", ["auto", *devices], defaults, "train_device", help=help_text)
        help_text = "Draws which images have labels, and their crops."
        _number("Data seed", form.BOUNDS["data_seed"], defaults, "data_seed", help=help_text)


def _select(label: str, options: Sequence[Any], defaults: Mapping[str, Any], key: str, **more: Any) -> Any:
    return select(label, options, defaults.get(key), key, **more)


def _number(label: str, bounds: tuple[float, float], defaults: Mapping[str, Any], key: str, **more: Any) -> float:
    low, high = bounds
    value = min(max(defaults[key], low), high)
    return st.number_input(label, low, high, value, key=key, bind="query-params", **more)


def _checkbox(label: str, defaults: Mapping[str, Any], key: str, **more: Any) -> bool:
    return st.checkbox(label, bool(defaults.get(key)), key=key, bind="query-params", **more)
