"""Grid search: a grid of students that were really trained, and the one next to the sliders."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import streamlit as st

from distill_core.lab import Lab
from distill_core.reports.grid_cells import METRICS, metric_of_grid
from distill_core.reports.sweeps import Sweep
from ui.charts import moving
from ui.forms import fields
from ui.jobs import live, repeat, sheets, unreadable
from ui.kept import kept
from ui.networks import style
from ui.screens.temperature import grid_form, heat, panel, verdict
from ui.screens.temperature.grid import METRIC_TITLES, METRIC_WORDS, View, view
from ui.shell import trouble
from ui.text import origin, titles, words
from ui.text.language import N_, _

__all__ = ["SHIPPED_GRID", "choose", "nearest", "show"]

SHIPPED_GRID = "shipped:default_grid"
LESSON = "shipped:lesson_"
TICK_SECONDS = 1.0
FOLLOWED, SIDE = "grid_followed", "grid_side"


def choose(studies: Sequence[Sweep]) -> Sweep | None:
    """The grid to look at: the shipped one, or any that was trained here."""
    lessons = [study for study in studies if study.key.startswith(LESSON)]
    grids = {
        grid_form.label(study): study
        for study in studies
        if study.grid and not any(study.repeats(lesson) for lesson in lessons)
    }
    if not grids:
        return None
    if st.session_state.get("grid") not in grids:
        st.session_state.pop("grid", None)
    label = st.selectbox(
        _("Grid"),
        list(grids),
        key="grid",
        **fields.titled("grid", _shown(grids)),
        bind="query-params",
        help=_(
            "The grid that ships with the lab, and every experiment of this lab whose students differ in T and "
            "alpha alone."
        ),
    )
    return grids[label]


def _shown(grids: Mapping[str, Sweep]) -> dict[str, str]:
    """What the picker calls them."""
    told = {label: label.replace(study.title, words.shown(study.title), 1) for label, study in grids.items()}
    short = titles.numberless([*told.values()])
    return {label: short[text] for label, text in told.items()}


def show(lab: Lab, studies: Sequence[Sweep], temperature: float, alpha: float) -> None:
    """The chosen grid with its verdict, and the panel of the student next to the sliders."""
    above, below = st.container(), st.container()
    with below:
        _grid(lab, studies, temperature, alpha)
    with above if grid_form.is_above() else below:
        grid_form.show(lab)


def _grid(lab: Lab, studies: Sequence[Sweep], temperature: float, alpha: float) -> None:
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        study = choose(studies)
    if study is None or study.grid is None:
        st.info(_("No grid has been trained yet."))
        return
    with right:
        of = current(lab, study, METRIC_WORDS["accuracy"]).metric.of
        name = st.segmented_control(
            _("Colour by"),
            list(METRIC_WORDS),
            default="accuracy",
            required=True,
            key="metric",
            bind="query-params",
            **fields.titled("metric", {**METRIC_TITLES, "accuracy": words.metric(of)}),
            help=_(
                "Validation tells {metric}, for choosing; agreement with the teacher, calibration error "
                "([ECE](glossary#ece)) and negative log-likelihood ([NLL](glossary#nll)) are on test examples.",
                metric=words.metric(of),
            ),
        )
    unreadable.runs(lab, [lab.job(study.job_id)] if study.job_id else [])
    column = METRIC_WORDS[name or "accuracy"]
    chosen = study.grid.nearest(temperature, alpha)
    again = repeat.own(studies, study) if study.shipped else None
    running = next((sweep for sweep in (again, study) if sweep and sweep.state in live.ACTIVE), None)
    draw = trouble.fragment(_maps, TICK_SECONDS) if running else _maps
    draw(lab, study, again, column, chosen, running)
    grid_form.copy_button(lab, study)
    _panel(lab, study, again, column, chosen)


def _panel(lab: Lab, study: Sweep, again: Sweep | None, column: str, chosen: tuple[float, float]) -> None:
    """The student of the cell: of the map that was clicked last, where there are two."""
    side = again if again and st.session_state.get(SIDE) == "heat_again" else study
    whose = "" if again is None else _("trained here") if side is again else _("shipped")
    cell = current(lab, side, column).cell(*chosen)
    if cell is None:
        st.caption(
            _(
                "The student at T {chosen}, alpha {chosen_2} is not finished.",
                chosen=words.short(chosen[0]),
                chosen_2=words.short(chosen[1]),
            )
        )
    else:
        panel.show(lab, sheets.sheet(lab, side), cell, whose)


def current(lab: Lab, study: Sweep, column: str) -> View:
    """The grid as it stands; while it trains, with what its students reached at their last look."""
    job = lab.job(study.job_id) if study.job_id and study.state in live.ACTIVE else None
    if job and job.events:
        metric = replace(METRICS[column], of=live.metric(lab, job))
        return view(lab, study, sheets.sheet(lab, study), metric, job.events)
    key = ("grid", study.state, column, *sheets.stamp(lab, study))
    return kept(key, lambda: _view(lab, study, column))


def _view(lab: Lab, study: Sweep, column: str) -> View:
    sheet = sheets.sheet(lab, study)
    return view(lab, study, sheet, metric_of_grid(column, sheet.results))


def nearest(lab: Lab, study: Sweep | None, temperature: float, alpha: float) -> str:
    """One line: what the trained student next to the sliders reached."""
    if study is None or study.grid is None:
        return ""
    found = current(lab, study, "valid_accuracy")
    T, a = study.grid.nearest(temperature, alpha)
    cell, control = found.cell(T, a), found.control
    if cell is None or cell.mean is None:
        return ""
    places = {
        "network": words.plain(titles.network(study.grid.student.architecture)),
        "labels": words.labels(study.grid.student.labels),
        "teacher": words.plain(sheets.teacher(lab, study)),
        "temperature": words.short(T),
        "alpha": words.short(a),
        "reached": found.write(cell.mean.mean, cell.mean.half_width),
        "control": found.write(control.mean, control.half_width) if control else "",
    }
    if control is None:
        text = N_(
            "Nearest trained student ({network} with {labels}, taught by {teacher}): **T {temperature}, alpha "
            "{alpha}** reached **{reached}** on validation."
        )
    else:
        text = N_(
            "Nearest trained student ({network} with {labels}, taught by {teacher}): **T {temperature}, alpha "
            "{alpha}** reached **{reached}** on validation; its control, labels alone, {control}."
        )
    return words.firm(_(text, **places))


def _maps(
    lab: Lab, study: Sweep, again: Sweep | None, column: str, chosen: tuple[float, float], running: Sweep | None
) -> None:
    # The sliders stand outside of what the clock draws anew: a click on a cell draws the whole page.
    if (st.session_state.pop(FOLLOWED, False) and running) or (running and not repeat.still_open(lab, running)):
        st.rerun()
    found, repeated = current(lab, study, column), current(lab, again, column) if again else None
    left, right = st.columns([1, 1] if again else [3, 2], gap="medium")
    with left:
        if again:
            st.markdown(_("**Shipped**"))
        _map(found, chosen, key="heat")
    with right:
        if repeated:
            st.markdown(_("**Trained here**"))
            _map(repeated, chosen, key="heat_again")
        else:
            _told(verdict.sentences(found))
    if running and running.job_id:
        live.bar(lab, lab.job(running.job_id))
    if repeated:
        _told((verdict.both(found, repeated), *verdict.sentences(found)))
    st.caption(origin.line(sheets.sheet(lab, study), *_data(found)))
    if again:
        st.caption(_("Trained here: {line}", line=origin.line(sheets.sheet(lab, again))))
    if study.shipped and not running:
        repeat.beside(lab, study, again, key="grid")
    elif study.job_id and not running and study.state != "finished":
        grid_form.again(lab, study)


def _told(sentences: Sequence[str]) -> None:
    for sentence in sentences:
        st.markdown(sentence)


def _map(found: View, chosen: tuple[float, float], *, key: str) -> None:
    clicked = st.session_state.get(f"{key}_clicked")
    if clicked and clicked != chosen:
        # The sliders moved on: a map of its own, or a second click on the same cell would change nothing.
        st.session_state[f"{key}_number"] = st.session_state.get(f"{key}_number", 0) + 1
        st.session_state.pop(f"{key}_clicked")
    name = f"{key}_{st.session_state.get(f'{key}_number', 0)}"
    chart = heat.chart(found, chosen, style.theme(style.dark()), selectable=True)
    moving.show(chart, key=name, on_select=_follow(key, f"{name}_chart"), selection_mode=[heat.SELECTION])


def _follow(key: str, chart: str) -> Callable[[], None]:
    """For callbacks: the sliders go where the click was."""

    def follow() -> None:
        place = heat.clicked(st.session_state[chart].get("selection"))
        if place:
            st.session_state[f"{key}_clicked"], st.session_state[FOLLOWED] = place, True
            st.session_state["T"], st.session_state["alpha"] = place
            st.session_state[SIDE] = key

    return follow


def _data(found: View) -> tuple[str, ...]:
    student = found.grid.student
    places = {"network": words.plain(titles.network(student.architecture)), "labels": words.labels(student.labels)}
    if student.transfer == "labelled":
        distilled = _("{network} with {labels}, distilled on the labelled examples", **places)
    else:
        distilled = _("{network} with {labels}, distilled on all examples", **places)
    return distilled, _("validation examples") if found.metric.split == "validation" else _("test examples")
