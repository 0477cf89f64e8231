"""A copy of an experiment, to be edited in the form that makes such experiments."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from distill_core.lab import JobView, Lab
from distill_core.spec import Experiment, Specification, StoredTeacher
from distill_core.templates.compression_chain import CompressionChain
from distill_core.templates.grid import GridSpec, grid_spec
from distill_core.templates.method_comparison import MethodComparison, comparison_spec
from ui.forms import packed
from ui.forms.draft import Draft
from ui.forms.plain import lean, lean_link
from ui.kept import kept
from ui.text import words
from ui.text.language import _

__all__ = ["button", "link", "look", "specification", "told"]

ICON = ":material/content_copy:"
# The page whose form shows a specification of a kind, and the tab in which it stands, as addresses have it.
PAGES: Mapping[type[Specification], tuple[str, Mapping[str, str]]] = {
    GridSpec: ("temperature", {"view": "grid"}),
    MethodComparison: ("methods", {"part": "compare"}),
    CompressionChain: ("compress", {"compress_show": "set_up"}),
}


def specification(lab: Lab, key: str, experiment: Experiment) -> Specification | None:
    """What a template writes such an experiment from; None where only the form of Train makes it. ``key`` names what
    the experiment is that of: a job, or a study."""
    tasks = lab.tasks

    def find() -> Specification | None:
        found = grid_spec(experiment, tasks) or comparison_spec(experiment, tasks)
        return found or lab.catalog.chain_spec(experiment)

    begun = [StoredTeacher(run=one.start.run) for one in experiment.students if one.start and one.start.run]
    # The title of one that is here, the key of one that is not: a chain is written from them.
    here = (lab.catalog.teacher_title(experiment.task, one) for one in (experiment.teacher, *begun))
    found: Specification | None = kept(("copied", str(lab.home), key, *here), find)
    return found


def look() -> dict[str, Any]:
    """The label and the icon of what edits a copy."""
    return {"label": _("Edit a copy"), "icon": ICON}


def link(lab: Lab, job: JobView) -> bool:
    """A link that opens the form of another page with such an experiment; False where only the form of Train makes
    it."""
    spec = specification(lab, f"job:{job.id}", job.experiment)
    if spec is None:
        return False
    page, tab = PAGES[type(spec)]
    values = lean(type(spec), spec.model_dump(mode="json"))
    if isinstance(spec, CompressionChain):
        values["links"] = [lean_link(link) for link in values["links"]]
    told = _("Opens the form that made it, with its specification.")
    said = {**tab, "spec": packed.pack(values)}
    st.page_link(f"../pages/{page}.py", help=told, query_params=said, **look())
    return True


def told(what: str) -> str:
    """What a form says of a copy of ``what`` in it."""
    return _("A copy of **{title}** is in the form.", title=words.plain(what))


def button(
    form: Draft, spec: Specification | None, what: str, *, key: str, then: Callable[[], None] | None = None
) -> None:
    """The button that fills a form above it with the specification of ``what``; nothing where there is none."""
    if spec is None:
        return

    def copy() -> None:
        form.load(spec.model_dump(mode="json"))
        form.tell(told(what))
        if then:
            then()

    st.button(**look(), type="tertiary", key=key, on_click=copy)
