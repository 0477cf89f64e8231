"""Teachers that ship, for the browser: they answer without any experiment."""

from collections.abc import Sequence

import streamlit as st

from distill_core.lab import JobView, Lab
from distill_core.tasks import Task
from distill_core.tasks.graph import QUESTION
from distill_core.tasks.segmentation import SCENE
from distill_core.tasks.sound import SOUND
from distill_core.tasks.table import ROW
from distill_core.tasks.text import TEXT
from ui.forms import fields
from ui.networks.exported import Network
from ui.text import titles
from ui.text.language import _

__all__ = ["KEY", "alone", "asked", "can_be_tried", "files", "networks", "way"]

KEY = "alone"
PREFIX = "shipped:"


def can_be_tried(task: Task) -> bool:
    """Whether the Playground has something for its examples."""
    return task.applies("drawing") or task.kind in (SCENE, SOUND, TEXT, QUESTION, ROW)


def networks(lab: Lab, task: Task) -> list[Network]:
    """The first teacher that ships for a task; none where none does."""
    offered = [option for option in lab.catalog.teachers(task.name) if option.created_at is None]
    return [
        Network(
            run_id=option.key,
            name=option.title,
            role="teacher",
            task=task.name,
            build=(option.name, 1.0, 1, 0),
            shipped=option.key.removeprefix(PREFIX),
        )
        for option in offered[:1]
        if option.key.startswith(PREFIX)
    ]


def files(networks: Sequence[Network]) -> dict[str, str]:
    """Where the files of shipped networks are, from where models are, by their number."""
    return {one.run_id: f"../shipped/{one.shipped}.onnx" for one in networks if one.shipped}


def asked() -> str:
    """The task whose teacher is to answer alone; "" without one."""
    return str(st.session_state.get(KEY) or st.query_params.get(KEY) or "")


def alone(lab: Lab, jobs: Sequence[JobView]) -> Task | None:
    """The task whose teacher answers alone; None: an experiment's networks do. The field offers the tasks without an
    experiment, and is left out where there is none."""
    there = {job.experiment.task for job in jobs}
    found = {task.name: task for task in lab.tasks if can_be_tried(task) and not task.valid_note}
    wanted = asked()
    offered = [name for name, task in found.items() if (name not in there or name == wanted) and networks(lab, task)]
    if not offered:
        return None
    shown = {"": _("no: those of the experiment"), **{name: titles.task(lab, name) for name in offered}}
    chosen = fields.select(
        _("A teacher alone"),
        [*shown],
        "",
        KEY,
        shown=shown,
        help=_("Tasks without an experiment: the teacher that ships answers, and there are no students beside it."),
    )
    return found.get(chosen)


def way(lab: Lab) -> None:
    """Where nothing was trained: the way to the scenes, whose teacher answers alone."""
    first = next((task for task in lab.tasks if task.kind == SCENE and networks(lab, task)), None)
    if first:
        st.page_link(
            "../pages/playground.py",
            label=_("Meanwhile: {task}, with the teacher that ships", task=titles.task(lab, first.name)),
            icon=":material/brush:",
            query_params={KEY: first.name},
        )
