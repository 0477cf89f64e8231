"""One of the lab's own data: pictures, classes, what was not taken, and what can be done with it."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

import ui
from distill_core.errors import DistillError
from distill_core.lab import Lab
from distill_core.store import JobSearch, JobState
from distill_core.tasks.own.columns import LEFT_OUT
from distill_core.tasks.own.description import ColumnDetails, OwnData
from distill_core.tasks.own.refusals import REASONS
from ui import spreadsheet
from ui.examples import Examples
from ui.forms import fields, packed
from ui.forms.plain import plain
from ui.jobs import actions, pick
from ui.networks import masks
from ui.shell import clicks
from ui.text import words
from ui.text.language import N_, _, ngettext
from ui.thumbnails import enlarged

__all__ = ["KEY", "choose", "show"]

KEY = "own"
MOST_PICTURES, MOST_SCENES, PICTURE_PX = 12, 6, 72
PIXELS = N_("pixels")
COLUMN, HOLDS, MISSING = N_("column"), N_("holds"), N_("missing in training")
CLASS, EXAMPLES, FILE, ROW, REASON = N_("class"), N_("examples"), N_("file"), N_("row"), N_("reason")


def choose(listed: Sequence[OwnData]) -> OwnData:
    """The picker, the newest first."""
    shown = {data.name: data.title for data in reversed(listed)}
    name = fields.select(_("Data"), list(shown), None, KEY, shown=shown)
    return next(data for data in listed if data.name == name)


def show(lab: Lab, data: OwnData, *, removable: bool) -> None:
    st.caption(words.plain(" · ".join(_told(data))))
    _pictures(lab, data)
    for text in data.warnings():
        st.warning(words.sentence(text))
    with st.container(horizontal=True, vertical_alignment="center"):
        _links(lab, data)
        if removable:
            clicks.button(_("Delete"), f"own_delete_{data.name}", partial(_ask, data.name), icon=":material/delete:")
    classes = pd.DataFrame({CLASS: data.classes, PIXELS if data.masks else EXAMPLES: data.per_class})
    spreadsheet.table(classes, hide_index=True, width="content")
    _columns(data)
    _refused(data)


def _links(lab: Lab, data: OwnData) -> None:
    """To Train, with a comparison of about a minute in its form, and to the networks that learnt from these data."""
    st.page_link(
        "../pages/train.py",
        label=_("Train a teacher and a student"),
        icon=":material/model_training:",
        query_params={"spec": packed.pack(plain(lab.catalog.quick_experiment(data.name)))},
    )
    trained = pick.latest(lab, 1, search=JobSearch(tasks=(data.name,)), states=(JobState.FINISHED,))
    for job in trained:
        st.page_link(
            "../pages/playground.py",
            label=_("Try them in the Playground"),
            icon=":material/draw:",
            query_params={"job": actions.place(job)},
        )


def _told(data: OwnData) -> list[str]:
    counts = data.counts
    parts = [
        ngettext("{count} class", "{count} classes", len(data.classes)),
        _(
            "{train} for training, {valid} for validation, {test} for the test",
            train=words.number(counts.train, grouped=True),
            valid=words.number(counts.valid, grouped=True),
            test=words.number(counts.test, grouped=True),
        ),
    ]
    if data.images:
        parts.append(_("{side} × {side} pixels", side=data.images.side_px))
    return [*parts, *filter(None, (data.source, data.licence))]


def _pictures(lab: Lab, data: OwnData) -> None:
    """The first training example of each class, of as many classes as fit."""
    try:
        train = Examples(task=lab.tasks.get(data.name), part=lab.catalog.parts(data.name).train)
    except DistillError as error:
        st.warning(words.sentence(error))
        return
    if data.masks:
        _masks(train)
        return
    with st.container(horizontal=True, gap="small"):
        for label, name in enumerate(data.classes[:MOST_PICTURES]):
            index = int(np.argmax(train.labels_N == label))
            alt = train.text(index) or _("A picture of {name}", name=name)
            st.image(train.source(index, PICTURE_PX), width=PICTURE_PX, caption=words.plain(name), alt=alt)


def _masks(train: Examples) -> None:
    """The first training scenes, each beside its mask."""
    with st.container(horizontal=True, gap="small"):
        for index in range(min(MOST_SCENES, len(train))):
            image_HWC, mask_HW = train.part.images_NHWC[index], train.part.labels_N[index]
            pair = masks.beside([masks.in_colours(image_HWC), masks.coloured(mask_HW)])
            alt = _("A picture and its mask, number {number}", number=words.number(index))
            st.image(enlarged(pair, 2 * PICTURE_PX), width=2 * PICTURE_PX, alt=alt)
    st.html(masks.legend(train.task.classes))


def _columns(data: OwnData) -> None:
    """What networks get of a table, and which columns they do not."""
    if data.table is None:
        return
    rows = [
        (one.name, _holds(one), words.number(one.missing, grouped=True) if one.missing else "")
        for one in data.table.columns
    ]
    rows += [(one.name, words.told(LEFT_OUT[one.reason]), "") for one in data.table.left_out if one.reason in LEFT_OUT]
    with st.expander(ngettext("{count} column", "{count} columns", len(data.table.columns))):
        spreadsheet.table(pd.DataFrame(rows, columns=[COLUMN, HOLDS, MISSING]), hide_index=True)


def _holds(column: ColumnDetails) -> str:
    if column.categories:
        return words.join(list(column.categories))
    return _("{low} to {high}", low=words.short(column.low), high=words.short(column.high))


def _refused(data: OwnData) -> None:
    if not data.refused:
        return
    count = data.refused_count
    head = ROW if data.in_rows else FILE
    told = ngettext("{count} file was not taken", "{count} files were not taken", count)
    if head == ROW:
        told = ngettext("{count} row was not taken", "{count} rows were not taken", count)
    with st.expander(told):
        rows = [(one.path, words.told(REASONS[one.reason])) for one in data.refused if one.reason in REASONS]
        spreadsheet.table(pd.DataFrame(rows, columns=[head, REASON]), hide_index=True)
        if count > len(rows):
            st.caption(_("The first {count} of them.", count=words.number(len(rows), grouped=True)))


def _ask(name: str) -> None:
    st.dialog(_("Delete these data?"))(_confirm)(name)


def _confirm(name: str) -> None:
    lab = ui.lab()
    used = lab.own_data.jobs_on(name)
    data = lab.tasks.own.of(name)
    told = _(
        "The examples of {title} are removed from this lab for good.", title=words.plain(data.title if data else "")
    )
    st.markdown(told)
    if used:
        st.markdown(
            ngettext(
                "{count} experiment on them stays readable, with its results and files, but cannot be repeated.",
                "{count} experiments on them stay readable, with their results and files, but cannot be repeated.",
                used,
            )
        )
    remove = partial(lab.own_data.remove, name)
    sure = {"key": "own_delete_sure", "type": "primary", "icon": ":material/delete:"}
    if st.button(_("Delete"), on_click=actions.tried, args=(remove,), **sure):
        st.rerun()
