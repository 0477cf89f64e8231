"""One method: in words at once, then on two trained networks."""

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from distill_core.errors import CorruptFile, DistillError
from distill_core.lab import Lab
from distill_core.methods import METHODS, TOTAL, Method, loss_units
from distill_core.methods.pictures import Attention, Compared, DecoupledTerms, Graphs, Matrices, Stages
from distill_core.reports.teaching.method_view import MethodView
from distill_core.tasks import Task
from distill_core.tasks.base import Kind
from ui.examples import Examples
from ui.forms import defined
from ui.kept import kept
from ui.kinds import seen
from ui.networks import style
from ui.screens.methods import attention, card, choose, compared, graphs, matrices, split, stages
from ui.screens.methods.choose import Couple
from ui.screens.methods.scene import Scene
from ui.text import titles, words
from ui.text.language import _, by_kind, ngettext_by_kind

__all__ = ["begin", "finish", "loss"]

SHOWN = {
    Attention: attention.show,
    Compared: compared.show,
    Graphs: graphs.show,
    Matrices: matrices.show,
    DecoupledTerms: split.show,
    Stages: stages.show,
}
HEIGHT_PX = 420


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What is on the page before torch is there; ``place`` is where the card tells what the method asks for."""

    method: Method
    couple: Couple
    place: DeltaGenerator


def begin(lab: Lab) -> Begun:
    """Draw the chosen method in words, and the pickers of its picture."""
    method = choose.method(tuple(METHODS))
    place = card.show(method, defined.sentences(lab, method))
    st.subheader(_("On two trained networks"))
    return Begun(method=method, couple=choose.couple(lab, method), place=place)


def finish(lab: Lab, begun: Begun) -> None:
    """Draw the picture, which waits for torch where nothing was trained or pictured yet."""
    method, couple = begun.method, begun.couple
    task = lab.tasks.get(couple.task)
    if not _can_be_drawn(lab, method, task):
        return
    stamp = (str(lab.home), method.name, couple.task, couple.teacher, couple.student)
    with st.container(), st.skeleton(height=HEIGHT_PX):
        try:
            found = kept(("portrait", *stamp), lambda: _portrait(lab, method, couple))
        except DistillError as error:
            damaged = isinstance(error, CorruptFile)
            name = titles.method(method.name)
            title = _("This pair cannot be read") if damaged else _("{method} cannot do this pair", method=name)
            st.info(words.sentence(error), title=title)
            return
        card.fill(begun.place, method, found, defined.sentences(lab, method))
        scene = Scene(
            stamp=stamp,
            portrait=found,
            classes=lab.catalog.classes(couple.task),
            test=Examples(task=task, part=lab.catalog.parts(task.name).test),
            colours=style.theme(style.dark()),
            student=couple.colour,
        )
        SHOWN[type(found.picture)](scene, found.picture)
        st.caption(_caption(task.kind, found, method.name))


def _can_be_drawn(lab: Lab, method: Method, task: Task) -> bool:
    """Whether there is a picture of a method on examples of a task; where there is none, say why."""
    title = _("{method} cannot do this pair", method=titles.method(method.name))
    if reason := defined.never(lab, task.name, method):
        others = _("Choose an experiment of {examples} above.", examples=defined.kinds(lab, method))
        st.info(f"{defined.not_for(task, reason)} {others}", title=title)
        return False
    if not task.target.positions:
        return seen(task)
    if method.per_example:
        st.info(
            by_kind(
                task.kind,
                "{method} compares whole {examples}, and its picture puts them in order by their class. The "
                "{examples} of {task} have a class at each position, so there is no such picture; it trains all "
                "the same.",
                method=words.plain(titles.method(method.name)),
                task=words.plain(_(task.title)),
            ),
            icon=":material/grid_on:",
        )
        return False
    return True


def _portrait(lab: Lab, method: Method, couple: Couple) -> MethodView:
    return lab.reports.method_view(method.name, couple.task, couple.teacher, couple.student)


def _caption(kind: Kind, found: MethodView, method: str) -> str:
    if found.places_N is not None:
        return f"{_of_positions(kind, found)} {loss(found, method)}".strip()
    if not len(found.labels_N):
        return f"{_of_whole(kind, found)} {loss(found, method)}".strip()
    networks = ngettext_by_kind(
        kind,
        "{student} beside {teacher} on {count} test {example}, the first of each class.",
        "{student} beside {teacher} on {count} test {examples}, the first of each class.",
        len(found.index_N),
        student=words.plain(found.student),
        teacher=words.plain(found.teacher),
    )
    return f"{networks} {loss(found, method)}".strip()


def _of_whole(kind: Kind, found: MethodView) -> str:
    return ngettext_by_kind(
        kind,
        "{student} beside {teacher} on {count} test {example}.",
        "{student} beside {teacher} on {count} test {examples}.",
        len(found.index_N),
        student=words.plain(found.student),
        teacher=words.plain(found.teacher),
    )


def _of_positions(kind: Kind, found: MethodView) -> str:
    return ngettext_by_kind(
        kind,
        "{student} beside {teacher} at {count} position of test {examples}, with its row and column.",
        "{student} beside {teacher} at {count} positions of test {examples}, each class alike; row and column stand "
        "in brackets.",
        len(found.index_N),
        student=words.plain(found.student),
        teacher=words.plain(found.teacher),
    )


def loss(found: MethodView, method: str) -> str:
    """The loss of these images at the method's defaults, where nothing has to train along first."""
    if found.total is None:
        return ""
    units, values = loss_units(METHODS, method, found.parts), {TOTAL: found.total, **found.parts}
    amounts = {name: f"{value:.3g} {units.get(name, '')}".rstrip() for name, value in values.items()}
    parts = [f"{_('labels') if name == 'hard' else name} {amounts[name]}" for name in found.parts]
    return _(
        "Its loss there, at its defaults, is {loss}; before their weights: {parts}.",
        loss=amounts[TOTAL],
        parts=words.join(parts),
    )
