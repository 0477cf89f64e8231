"""One method in words: what it teaches, its formula with its letters, what it asks for, its numbers and its code."""

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from distill_core.methods import LossInputsUsed, Method
from distill_core.methods.source_code import loss_source
from distill_core.methods.symbols import symbols_of
from distill_core.reports.teaching.method_view import MethodView
from distill_core.templates.method_comparison import trial_experiment
from ui import spreadsheet
from ui.jobs import in_train
from ui.text import words
from ui.text.language import N_, _

__all__ = ["asked", "fill", "meanings", "numbers", "paper", "show"]

TRY_HELP = N_("Opens the form with the default comparison and a student of this method; nothing starts by itself.")
Names = tuple[tuple[str, ...], tuple[str, ...]]


def show(method: Method, defined: tuple[str, ...] = ()) -> DeltaGenerator:
    """Draw it at once; what only a trial of the loss tells is written later, into the place that this answers.
    ``defined``: sentences on the kinds of examples for which it is."""
    st.subheader(_(method.title))
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.markdown(_(method.teaches))
        # Within a line it breaks where a phone is too narrow for it; on its own it would be cut.
        st.markdown(f"$\\displaystyle {method.formula}$")
        st.markdown(meanings(method))
        table = numbers(method)
        if not table.empty:
            spreadsheet.table(
                table, hide_index=True, alt=_("Defaults and ranges of {method}", method=method.title), width="content"
            )
        st.markdown(paper(method))
    with right:
        st.markdown(_("**Requirements**"))
        place = st.empty()
        place.markdown(_list((*asked(method), *defined)))
        in_train.link(trial_experiment(method), _("Try it in Train"), help=_(TRY_HELP))
    with st.expander(_("The code of this loss, as it runs"), icon=":material/code:"):
        st.markdown(f"$\\displaystyle {method.formula}$")
        st.code(loss_source(method), language="python")
    return place


def fill(place: DeltaGenerator, method: Method, found: MethodView, defined: tuple[str, ...] = ()) -> None:
    """Write what a trial told into the place that ``show`` answered."""
    place.markdown(_list((*asked(method, found.inputs_used, found.stages), *defined)))


def meanings(method: Method) -> str:
    """What the letters of the formula mean, in one paragraph of small print."""
    found = [f"${letter}$ {_(meaning)}" for letter, meaning in symbols_of(method).items()]
    return f":small[{'; '.join(found)}.]" if found else ""


def paper(method: Method) -> str:
    """A link to arXiv; where there is none, the source in words."""
    if method.paper:
        return _("Paper: {link}", link=f"[arXiv:{method.paper}](https://arxiv.org/abs/{method.paper})")
    return _("Source: {source}.", source=words.plain(method.source)) if method.source else ""


def asked(method: Method, asks: LossInputsUsed | None = None, stages: Names = ((), ())) -> tuple[str, ...]:
    """What a method needs, a sentence each; with ``asks`` exactly, and before that as far as its entry tells."""
    return tuple(filter(None, (_teacher(method, asks, stages), _along(asks), _labels(method, asks), _cost(method))))


def _teacher(method: Method, asks: LossInputsUsed | None, stages: Names) -> str:
    if not method.uses_teacher:
        return _("No teacher.")
    if asks is None:
        return _("The stages of teacher and student.") if method.features else _("The teacher's logits.")
    own, other = (
        [name for name, used in zip(names, flags, strict=True) if used]
        for names, flags in zip(stages, (asks.student_taps, asks.teacher_taps), strict=True)
    )
    parts = [_("the teacher's logits")] if asks.logits else []
    if own == other == ["pool"]:
        parts.append(_("the embedding of both networks"))
    elif own == other:
        parts += [_("{stages} of both networks", stages=_stages(own))] if own else []
    else:
        parts += [_("the teacher's {stages}", stages=_stages(other))] if other else []
        parts += [_("the student's {stages}", stages=_stages(own))] if own else []
    parts += [_("the teacher's head")] if asks.head else []
    text = words.join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def _stages(names: list[str]) -> str:
    """The pooled embedding is the last tap of every network."""
    maps = [words.plain(name) for name in names if name != "pool"]
    return words.join([*maps, *([_("embedding")] if "pool" in names else [])])


def _along(asks: LossInputsUsed | None) -> str:
    if asks is None:
        return ""
    if not asks.trainable:
        return _("No extra parameters.")
    return _(
        "{trainable_parameters} adapter parameters for this pair, trained along with the student.",
        trainable_parameters=words.number(asks.trainable_parameters, grouped=True),
    )


def _labels(method: Method, asks: LossInputsUsed | None) -> str:
    if asks is None:
        return _("Examples without a label teach too.") if method.uses_teacher else _("Examples with a label.")
    if not asks.labels:
        return _("No label at all.")
    if not asks.unlabelled:
        return _("Examples with a label; it learns nothing from others.")
    if asks.own_labels:
        return _(
            "The class of each example: its label, or the teacher's first choice where it has none. So "
            "examples without a label teach too."
        )
    return _("Labels for cross-entropy where there are some; examples without a label teach too.")


def _cost(method: Method) -> str:
    if not method.uses_teacher:
        return ""
    if method.uses_mixup:
        return _("The teacher looks at every batch, in consistent mode: no two mixtures are the same.")
    if method.features:
        return _("The teacher looks at every batch: its stages would fill the memory, so they are not kept.")
    return _("The teacher looks once at each view of an example: its logits are kept.")


def _list(sentences: tuple[str, ...]) -> str:
    return "\n".join(f"- {sentence}" for sentence in sentences)


def numbers(method: Method) -> pd.DataFrame:
    """The method's numbers: defaults with their ranges, a row each."""
    rows = [(_("temperature T"), method.temperature, (0.1, 100.0)), (_("alpha"), method.alpha, (0.0, 1.0))]
    for name, parameter in method.parameters.items():
        rows.append((words.called(name), parameter.default, (parameter.low, parameter.high)))
    return pd.DataFrame(
        [
            {
                _("number"): name,
                _("default"): f"{value:,g}",
                _("range"): _("{low} to {high}", low=words.short(limits[0]), high=words.short(limits[1])),
            }
            for name, value, limits in rows
            if value is not None
        ]
    )
