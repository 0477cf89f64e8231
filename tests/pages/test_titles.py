"""No page shows an id of a registry: visitors read titles, ids stand in addresses and files."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

from distill_core.compression import STEPS
from distill_core.methods import METHODS
from distill_core.networks import ARCHITECTURES
from distill_core.robustness.corruptions import CORRUPTIONS
from distill_core.spec import Experiment
from distill_core.tasks.catalog import TASKS
from distill_core.templates.presets import PRESETS
from tests.pages.test_names import walk
from ui.forms import packed

# Words of everyday English, and numbers' formats that are written so.
WORDS = {
    *(
        "at",
        "brightness",
        "contrast",
        "digits",
        "fog",
        "labels",
        "mutual",
        "patient",
        "pixelate",
        "prune",
        "round",
        "scenes",
    ),
    *("slice", "snow", "spatter", "float16", "int8", "assistant", "capacity", "default", "ensemble", "separable"),
    *("elastic", "fresh", "norms", "speakers"),
}
# What no visitor reads: keys, addresses, what a widget sends back, code and JSON.
UNREAD = {
    *("id", "key", "form_id", "query_param_key", "query_string", "url", "href", "page", "page_script_hash", "icon"),
    *("raw_value", "value", "default_value", "element_id", "json", "language", "arrow_data", "data", "stylable_id"),
}
CODE = re.compile(r"`[^`]*`|\]\([^)]*\)|data:image/\S+|<style>.*?</style>", re.DOTALL)


def ids() -> set[str]:
    teachers = {"fashion_resnet20", "fashion_resnet8_weak", "fashion_inception"}
    entries = (*TASKS, *METHODS, *ARCHITECTURES, *STEPS, *CORRUPTIONS, *PRESETS)
    return ({entry.name for entry in entries} - WORDS) | teachers


KEYS = r"(?:train|shipped|ensemble|run):\w+"
SHOWN = re.compile(rf"(?<![\w/.-])(?:{KEYS}|(?:{'|'.join(sorted(map(re.escape, ids())))})(?![\w=/]))")


def messages(message: Message) -> Iterator[str]:
    for field, value in message.ListFields():
        if field.name in UNREAD:
            continue
        if field.message_type and field.message_type.GetOptions().map_entry:
            continue
        for one in value if field.is_repeated else [value]:
            if field.message_type:
                yield from messages(one)
            elif field.cpp_type == field.CPPTYPE_STRING:
                yield from drawn(one) if field.name in ("spec", "figure") else [one]


def drawn(spec: str) -> Iterator[str]:
    """What a chart writes: titles, names, labels and the rows of its data."""
    yield from leaves(json.loads(spec)) if spec.startswith("{") else [spec]


def leaves(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for key, value in part.items():
            if key not in ("field", "type", "as", "groupby", "key", "name"):
                yield from leaves(value)
    elif isinstance(part, list):
        for value in part:
            yield from leaves(value)
    elif isinstance(part, str):
        yield part


def visible(page: AppTest) -> Iterator[str]:
    for node in walk(page._tree):
        proto = getattr(node, "proto", None)
        if isinstance(proto, Message) and node.type not in ("code", "json", "bidi_component", "html"):
            yield from messages(proto)
    for table in page.dataframe:
        yield from map(str, table.value.columns)
        for column in table.value:
            yield from (cell for cell in table.value[column] if isinstance(cell, str))


def found(page: AppTest) -> dict[str, str]:
    """The ids in what a page shows, each with the text that has it."""
    texts = (CODE.sub(" ", text) for text in visible(page))
    return {match.group(): text[:200] for text in texts for match in SHOWN.finditer(text)}


PAGES = [
    ("home", {}),
    ("train", {}),
    ("train", {"train_show": "Watch"}),
    ("train", {"task": "digits", "s0_net": "resnet14", "s0_method": "dkd", "s0_plus": "at", "s1_by": "student 1"}),
    ("train", {"train_advanced": "true", "s0_method": "dkd", "s0_plus": "at", "s1_by": "student 1"}),
    ("temperature", {}),
    ("temperature", {"view": "Proved by training", "own_grid": "true"}),
    ("temperature", {"view": "Labels and width"}),
    ("temperature", {"view": "Lessons"}),
    ("methods", {}),
    ("methods", {"part": "Explore a method"}),
    ("methods", {"family": "features", "of_features": "reviewkd"}),
    ("methods", {"part": "Race these"}),
    ("methods", {"part": "All of them"}),
    ("compress", {}),
    ("compress", {"c_mode": "By goal", "goal_kb": "40"}),
    ("robustness", {"facet": "Corruptions"}),
    ("robustness", {"facet": "Attacks"}),
    ("robustness", {"facet": "Gallery"}),
    ("robustness", {"facet": "Adapt"}),
    ("compare", {"details": "Downloads"}),
    ("compare", {"details": "All measures"}),
    ("benchmark", {}),
    ("playground", {}),
]
NAMES = ["-".join((name, *address.values())) for name, address in PAGES]


@pytest.mark.parametrize(("name", "address"), PAGES, ids=NAMES)
@pytest.mark.parametrize("state", ["empty", "trained"])
def test_a_page_shows_no_id(state, name, address, request):
    request.getfixturevalue("home" if state == "empty" else "trained")  # before the lab opens it
    page = request.getfixturevalue("screen")(name, **address)
    if name == "train" and "s1_by" in address:
        page.button(key="train_edit_0").click().run()
    assert not page.exception
    assert found(page) == {}


def test_an_id_is_seen_in_a_label_an_option_a_sentence_a_table_and_a_chart():
    def page() -> None:
        import pandas as pd
        import streamlit as st

        st.selectbox("dkd", ["Knowledge distillation", "resnet8"])
        st.markdown("Trained on **fashion_mnist_small**; see `reviewkd` and [this](/x?method=simkd)")
        st.dataframe(pd.DataFrame({"Method": ["mlkd"]}))
        st.vega_lite_chart(pd.DataFrame({"x": [1]}), {"mark": "point", "title": "gaussian_noise"})

    seen = found(AppTest.from_function(page).run())
    assert set(seen) == {"dkd", "resnet8", "fashion_mnist_small", "mlkd", "gaussian_noise"}


def test_an_address_keeps_ids_and_titles_are_read_too(lab, screen):
    page = screen("methods", part="Compare methods", r_net="resnet14", r_methods="dkd")
    (text,) = parse_qs(urlsplit(page.code[0].value).query)["spec"]
    assert packed.unpack(text) == {"methods": ["dkd"], "architecture": "resnet14"}
    titled = screen("methods", part="Compare methods", r_net="ResNet-14", r_methods="Decoupled distillation")
    assert titled.code[0].value == page.code[0].value


def test_an_old_address_of_train_may_hold_titles(lab, screen):
    page = screen("train", task="Digits, 8×8", s0_method="Decoupled distillation", s0_net="ResNet-14")
    students = Experiment.from_json(page.code[-1].value).students
    student = next(one for one in students if one.role == "student")
    assert (page.selectbox(key="train_task").value, student.method) == ("digits", "dkd")
    assert student.architecture == "resnet14"
