"""Which test image to look at: shelves of thumbnails, and its number."""

from collections.abc import Hashable, Sequence
from pathlib import Path

import numpy as np
import streamlit as st

from distill_core.evaluation.calibration import softmax_NC
from distill_core.evaluation.softening import class_similarity_CC, entropy_bits_N
from ui.examples import Examples
from ui.forms import fields
from ui.kept import kept
from ui.text import words
from ui.text.language import N_, Texts, _, by_kind

__all__ = ["CERTAIN", "CLEAR", "CONFUSING", "SHOWN", "choose", "scenes", "shelf"]

CLEAR, CONFUSING, CERTAIN = "sure, with a second guess", "most confusing", "most certain"
SORTS = Texts(
    {
        CLEAR: N_("Sure, with a second guess"),
        CONFUSING: N_("Highest teacher entropy"),
        CERTAIN: N_("Lowest teacher entropy"),
    }
)
SHOWN = 18
SURE = 0.98
_CSS = """
.shelf {
  display: grid;
  grid-template-columns: repeat(18, 1fr);
  gap: 6px;
}
button {
  appearance: none;
  aspect-ratio: 1;
  padding: 2px;
  background: none;
  border: 2px solid transparent;
  border-radius: var(--st-base-radius);
  cursor: pointer;
}
button:hover {
  border-color: var(--st-border-color);
}
button[aria-pressed="true"] {
  border-color: var(--st-link-color);
}
button:focus-visible {
  outline: 2px solid var(--st-text-color);
  outline-offset: 1px;
}
img {
  display: block;
  width: 100%;
  height: 100%;
  image-rendering: pixelated;
  border-radius: calc(var(--st-base-radius) / 2);
}
.shelf.texts {
  grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr));
}
.texts button {
  aspect-ratio: auto;
  padding: 0.4rem 0.6rem;
  font: inherit;
  color: var(--st-text-color);
  text-align: start;
  background: var(--st-secondary-background-color);
  border-radius: var(--st-base-radius);
}
.texts span {
  display: -webkit-box;
  overflow: hidden;
  overflow-wrap: anywhere;
  -webkit-box-orient: vertical;
  -webkit-line-clamp: 2;
}
@media (max-width: 1100px) {
  .shelf:not(.texts) {
    grid-template-columns: repeat(9, 1fr);
  }
}
@media (max-width: 640px) {
  .shelf:not(.texts) {
    grid-template-columns: repeat(6, 1fr);
  }
  button:nth-child(n + 13) {
    display: none;
  }
}
"""
_component = st.components.v2.component(
    "gallery",
    html='<div class="shelf" role="group"></div>\n',
    css=_CSS,
    js=Path(__file__).with_name("gallery.js").read_text(encoding="utf-8"),
)


def choose(teacher_logits_NC: np.ndarray, test: Examples, classes: Sequence[str], key: tuple[Hashable, ...]) -> None:
    """Let a visitor choose: ``st.session_state["image"]`` then holds the number, which the page checks again.

    ``key`` names the teacher and the task: shelves are put together once for it. Only examples that have logits stand
    on them.
    """
    kind, labels_N = test.task.kind, test.labels_N[: len(teacher_logits_NC)]
    last, shelves = len(labels_N) - 1, (CLEAR, CONFUSING, CERTAIN, *classes)
    _keep_valid(last, shelves)
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    with left:
        name = st.selectbox(
            _("Sort by, or class"),
            shelves,
            key="shelf",
            bind="query-params",
            **fields.titled("shelf", SORTS),
            help=by_kind(
                kind,
                "On the first shelf the teacher is right and about {value} % sure at T = 1, and its second "
                "guess is the class that it takes to be most like the true one. The next two are ranked by the "
                "entropy of its answers at T = 1; the others hold a class each, in the order of the test "
                "{examples}.",
                value=words.short(100 * SURE),
            ),
        )
    with right:
        first = kept(("first", *key), lambda: shelf(CLEAR, teacher_logits_NC, labels_N, classes)[0])
        chosen = st.number_input(
            by_kind(kind, "Test {example}"),
            0,
            last,
            first,
            key="image",
            bind="query-params",
            help=_("0 to {last}.", last=words.number(last, grouped=True)),
        )
    images = kept(
        ("shelf", *key, name),
        lambda: [
            {
                "index": index,
                "source": "" if test.text(index) else test.source(index),
                "text": test.text(index),
                "alt": by_kind(kind, "{label}, {example} {index}", label=classes[label], index=index),
            }
            for index in shelf(name, teacher_logits_NC, labels_N, classes)
            for label in (int(labels_N[index]),)
        ],
    )
    _component(
        key="gallery",
        data={
            "stamp": "/".join(map(str, (*key, name))),
            "label": SORTS.get(name, name),
            "images": images,
            "chosen": chosen,
        },
        on_picked_change=_pick,
    )


def scenes(test: Examples, count: int, chosen: int, key: tuple[Hashable, ...]) -> None:
    """A shelf of the first examples, whatever their classes: a click puts the number of one into the same state."""
    kind = test.task.kind
    images = kept(
        ("shelf", *key),
        lambda: [
            {
                "index": index,
                "source": test.source(index),
                "text": "",
                "alt": by_kind(kind, "{example} {index}", index=index),
            }
            for index in range(min(SHOWN, count))
        ],
    )
    label = by_kind(kind, "Test {examples}")
    data = {"stamp": "/".join(map(str, key)), "label": label, "images": images, "chosen": chosen}
    _component(key="gallery", data=data, on_picked_change=_pick)


def shelf(name: str, teacher_logits_NC: np.ndarray, labels_N: np.ndarray, classes: Sequence[str]) -> list[int]:
    """The numbers of a shelf's images: clear ones, by the entropy of the teacher's answers, or those of a class."""
    if name == CLEAR:
        order_N = _clear_first(teacher_logits_NC, labels_N)
    elif name in (CONFUSING, CERTAIN):
        entropy_N = entropy_bits_N(softmax_NC(teacher_logits_NC))
        order_N = np.argsort(-entropy_N if name == CONFUSING else entropy_N, kind="stable")
    else:
        order_N = np.flatnonzero(labels_N == list(classes).index(name))
    return order_N[:SHOWN].tolist()


def _clear_first(teacher_logits_NC: np.ndarray, labels_N: np.ndarray) -> np.ndarray:
    """Images that show at once what T does: no puzzle at T = 1, and a second guess that says something."""
    shares_NC, rows_N = softmax_NC(teacher_logits_NC), np.arange(len(labels_N))
    right_N = shares_NC.argmax(axis=1) == labels_N
    others_NC, alike_CC = shares_NC.copy(), np.nan_to_num(class_similarity_CC(teacher_logits_NC, labels_N, 1.0))
    others_NC[rows_N, labels_N] = -1
    np.fill_diagonal(alike_CC, -1)
    telling_N = others_NC.argmax(axis=1) == alike_CC.argmax(axis=1)[labels_N]
    return np.lexsort((np.abs(shares_NC[rows_N, labels_N] - SURE), ~(right_N & telling_N)))


def _keep_valid(last: int, shelves: Sequence[str]) -> None:
    # Another task has other classes and may have fewer images: what fits no longer would stop the page.
    if st.session_state.get("shelf", CLEAR) not in shelves:
        st.session_state["shelf"] = CLEAR
    if (image := st.session_state.get("image")) is not None:
        st.session_state["image"] = min(max(int(image), 0), last)


def _pick() -> None:
    picked = st.session_state["gallery"].picked
    if isinstance(picked, int | float):
        st.session_state["image"] = int(picked)
