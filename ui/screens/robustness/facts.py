"""A graph cannot be corrupted, but its facts can be missing or wrong: what that does to control and students."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from distill_core.lab import Lab
from distill_core.reports.experiment_report import JOB
from distill_core.reports.results import metric_of
from distill_core.reports.sweeps import Sweep
from distill_core.spec import Experiment
from distill_core.tasks.graph import medicine
from distill_core.templates.graph import missing_facts, wrong_facts
from ui import charts
from ui.charts import Point, Series, label_budget
from ui.findings.facts import Estimate, Gap, Paragraph, gap
from ui.findings.sentences import paragraphs
from ui.findings.spoilt import Kept, Lost, Spoilt, Whole
from ui.jobs import expected, live, repeat, sheets
from ui.networks import style
from ui.shell import trouble
from ui.text import origin, times, words
from ui.text.language import N_, Texts, _

__all__ = ["Place", "found", "missing", "series", "show"]

SEEDS = 3
AXES = Texts({"missing": N_("Facts that are missing"), "wrong": N_("Facts that are wrong")})
HEADINGS = Texts({"missing": N_("Missing facts"), "wrong": N_("Wrong facts")})
KNOWN = Texts({"missing": N_("all test questions"), "wrong": N_("a fifth of the facts is known; all test questions")})
TRAIN = Texts({"missing": N_("Train this curve here · {time}"), "wrong": N_("Train this one here · {time}")})
# What ships, and what was trained here.
WHERE = ("shipped", "here")


@dataclass(frozen=True, slots=True)
class Place:
    """Rows of a summary: networks that learnt from a graph where ``of_100`` of a hundred facts are missing or wrong."""

    of_100: int
    rows: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Study:
    """An experiment that the page shows: what ships of it, and its job here."""

    asked: Experiment
    shipped: Sweep | None
    here: Sweep | None


def show(lab: Lab) -> None:
    """Both charts, each with what it shows and the button that trains it here."""
    st.markdown(
        _(
            "A question is two names, and there is nothing in it to corrupt. What can get worse is the graph that a "
            "network learns from. All networks here are asked the same test questions, whose answers are true, and "
            "the teacher learnt from all facts as they are."
        )
    )
    left, right = st.columns(2, gap="medium")
    with left:
        missing(lab)
    with right:
        _wrong(lab)


def missing(lab: Lab) -> None:
    """The chart over the facts that are missing."""
    studies = _missing(lab)
    shown = [_places(lab, studies, which) for which in WHERE]
    _part(lab, "missing", [places for places in shown if places], studies)


def _wrong(lab: Lab) -> None:
    """The chart over the facts that are wrong, of those that are known; where none is, as many are missing."""
    first = lab.catalog.first_experiment(medicine.NAME)
    studies = _studies(lab, "wrong", wrong_facts(first.teacher, SEEDS))
    labels, right, shown = first.students[0].labels, _missing(lab), []
    for which in WHERE:
        if places := _places(lab, studies, which):
            base = [_places(lab, right, other) for other in (which, *WHERE)]
            none = [place for places in base for place in places if set(place.rows["labels"].dropna()) >= {labels}]
            shown.append([*(Place(0, place.rows) for place in none[:1]), *places])
    _part(lab, "wrong", shown, studies)


def _missing(lab: Lab) -> dict[int, Study]:
    task = lab.tasks.get(medicine.NAME)
    return _studies(lab, "missing", missing_facts(task, lab.catalog.first_experiment(task.name).teacher, SEEDS))


def _studies(lab: Lab, spoilt: Spoilt, experiments: Mapping[int, Experiment]) -> dict[int, Study]:
    sweeps, found = {sweep.key: sweep for sweep in lab.reports.sweeps()}, {}
    for share, experiment in experiments.items():
        job_id = expected.planned(lab, experiment).job_id
        shipped = sweeps.get(f"shipped:{medicine.NAME}_{spoilt}_{share}")
        found[share] = Study(experiment, shipped, _here(lab, job_id) if job_id else None)
    return found


def _here(lab: Lab, job_id: str) -> Sweep:
    job = lab.job(job_id)
    return Sweep(
        key=f"{JOB}:{job.id}", title=job.title, experiment=job.experiment, grid=None, curve=None, state=job.state
    )


def _places(lab: Lab, studies: Mapping[int, Study], which: str) -> list[Place]:
    """What ships, or what was trained here; nothing unless all of it is finished."""
    sweeps: dict[int, Sweep | None] = {share: getattr(study, which) for share, study in studies.items()}
    there = {share: sweep for share, sweep in sweeps.items() if sweep and sweep.state == "finished"}
    if len(there) < len(sweeps):
        return []
    return [Place(share, sheets.summary(lab, sweep)) for share, sweep in there.items()]


def _part(lab: Lab, spoilt: Spoilt, shown: Sequence[list[Place]], studies: Mapping[int, Study]) -> None:
    first = lab.catalog.first_experiment(medicine.NAME)
    st.subheader(_(HEADINGS[spoilt]))
    titles = [_("**Shipped**"), _("**Trained here**")] if len(shown) > 1 else [""]
    for number, (title, places) in enumerate(zip(titles, shown, strict=True) if shown else ()):
        if title:
            st.markdown(title)
        _chart(spoilt, places, first, key=f"facts_{spoilt}_{number}")
        for sentence in paragraphs(found(spoilt, places, first)):
            st.markdown(words.firm(sentence))
    _train(lab, spoilt, list(studies.values()))
    sweeps = [sweep for study in studies.values() for sweep in (study.shipped, study.here) if sweep]
    if sweeps:
        told = _("as many updates at every share, and the N3 weight that suits its control best on validation")
        st.caption(origin.line(sheets.sheet(lab, sweeps[-1]), told, _(KNOWN[spoilt])))


def _chart(spoilt: Spoilt, places: Sequence[Place], first: Experiment, *, key: str) -> None:
    chart = charts.along(
        series(places, first, dark=style.dark()),
        [words.percent(place.of_100 / 100, digits=0) for place in places],
        title=_(AXES[spoilt]),
        measure=words.scored("Test {metric}", metric_of(places[0].rows)),
        dark=style.dark(),
        bands=True,
    )
    charts.show(chart, key=key)


def _kinds(first: Experiment) -> dict[str, str]:
    """The names of the students by their transfer sets."""
    return {student.transfer: student.name for student in first.students}


def _of(place: Place, transfer: str) -> pd.DataFrame:
    """The row of a kind of student; with all facts both kinds are one."""
    rows = place.rows[(place.rows["role"] == "student") & place.rows["test_accuracy"].notna()]
    return rows[(rows["transfer"] == transfer) | rows["labels"].isna()]


def _controls(place: Place) -> pd.DataFrame:
    return place.rows[(place.rows["role"] == "control") & place.rows["test_accuracy"].notna()]


def series(places: Sequence[Place], first: Experiment, *, dark: bool) -> list[Series]:
    """Control, both kinds of students and the teacher over the shares."""
    settings = {student.name: style.setting(student.model_dump()) for student in first.students}
    roles = {"control": "control", **dict.fromkeys(settings, "student"), "teacher": "teacher"}
    looks = style.looks(roles, dark=dark, settings=settings)
    rows = {"control": [_controls(place) for place in places]}
    rows |= {name: [_of(place, transfer) for place in places] for transfer, name in _kinds(first).items()}
    drawn = [
        Series(
            name=name,
            look=looks[name],
            points=tuple(Point.of(at, row) for at, of in enumerate(all_of) for row in of.to_dict("records")[:1]),
        )
        for name, all_of in rows.items()
    ]
    return [*drawn, *label_budget.teachers(places[0].rows, {"teacher": looks["teacher"]})]


def found(spoilt: Spoilt, places: Sequence[Place], first: Experiment) -> tuple[Paragraph, ...]:
    """What control and students have where most facts are missing or wrong, and the gain where none is missing."""
    worst, best = places[-1], _controls(places[0])
    lost = [
        Lost(spoilt=spoilt, of_100=worst.of_100, score=_score(row), against=best["test_accuracy"].iloc[0])
        for row in _controls(worst).to_dict("records")[:1]
        if len(best)
    ]
    kept = [
        Kept(student=name, score=_score(row), gap=gap(row) or Gap(points=Estimate(mean=0.0)))
        for transfer, name in _kinds(first).items()
        for row in _of(worst, transfer).to_dict("records")[:1]
    ]
    whole = [
        Whole(student=row["student"], gap=gained)
        for row in _of(places[0], "labelled").to_dict("records")[:1]
        if spoilt == "missing" and (gained := gap(row))
    ]
    return ((*lost, *kept), tuple(whole)) if whole else ((*lost, *kept),)


def _score(row: Mapping[str, float]) -> Estimate:
    return Estimate.of(row["test_accuracy"], row["test_accuracy_half_width"])


def _train(lab: Lab, spoilt: Spoilt, studies: Sequence[Study]) -> None:
    """The button that trains what is not trained here yet, and how far that is."""
    for study in studies:
        if study.here and study.here.state in live.ACTIVE:
            trouble.fragment(repeat.watch, repeat.TICK_SECONDS)(lab, study.here)
    rest = [expected.planned(lab, study.asked) for study in studies if study.here is None]
    if rest:
        st.button(
            _(TRAIN[spoilt], time=times.about(sum(plan.expected_seconds for plan in rest))),
            icon=":material/replay:",
            key=f"facts_train_{spoilt}",
            on_click=_start,
            args=([study.asked for study in studies if study.here is None],),
            help=_("Trains the same specifications on this machine; both results are then shown."),
        )
        expected.doubts(rest[0])


def _start(asked: Sequence[Experiment]) -> None:
    for experiment in asked:
        repeat.start(experiment)
