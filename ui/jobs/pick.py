"""Which experiments a page looks at: one picker for all pages, whose value stands in the address."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from distill_core.errors import DistillError, InvalidSetting, NotFound
from distill_core.lab import JobView, Lab
from distill_core.lab.job_search import searching
from ui.jobs import actions, groups, own_voices
from ui.jobs import find as finding
from ui.jobs.find import Fits
from ui.jobs.own_voices import may_see, mine
from ui.kept import kept
from ui.text import titles, words
from ui.text.language import N_, _

__all__ = [
    "LATEST",
    "OLDER",
    "asked",
    "experiment",
    "experiments",
    "find",
    "finished",
    "latest",
    "may_see",
    "mine",
    "run_ids",
]

LATEST = 50
LETTERS = 40
OLDER = N_("Older ones are not listed: press **Find**, or write words of the title.")


def latest(lab: Lab, limit: int = LATEST, **asked: Any) -> tuple[JobView, ...]:
    """The newest experiments that this visitor may see; ``asked`` as ``Lab.jobs`` takes it."""
    return own_voices.latest(lab, limit, **asked)


def experiment(
    lab: Lab,
    jobs: Sequence[JobView],
    *,
    help: str,
    on_change: Callable[[], None] | None = None,
    notes: DeltaGenerator | None = None,
) -> JobView:
    """The chosen job; the newest with a finished student where the address names none that is here.

    ``on_change``: called before the page is drawn when the visitor, and not a link, chose another one. ``notes``: where
    it is said that one is not here, by default under the picker.
    """
    newest = _newest(lab, jobs)
    return asked(lab, jobs, first=newest, help=help, on_change=on_change, notes=notes) or newest


def asked(
    lab: Lab,
    jobs: Sequence[JobView],
    *,
    key: str = "job",
    label: str = "",
    first: JobView | None = None,
    help: str = "",
    fits: Fits | None = None,
    on_change: Callable[[], None] | None = None,
    notes: DeltaGenerator | None = None,
) -> JobView | None:
    """The chosen job, by default the ``first``; None where it is not here or does not ``fit``, and then that is
    said."""

    def choose(job: JobView) -> None:
        st.session_state[key] = actions.place(job)
        if on_change is not None:
            on_change()

    names = _called(lab, [actions.place(job) for job in jobs], key, several=False)
    default = actions.place(first or jobs[0])
    held = st.session_state.get(key, st.query_params.get(key))
    stands, together = _together(lab, jobs, names.get(held, held), default)
    names = {name: called for name, called in names.items() if stands.get(called, called) == called}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.selectbox(
            label or _("Experiment"),
            [*names],
            [*names.values()].index(stands.get(default, default)),
            format_func=_shown(names, jobs, {place: one.title for place, one in together.items()}),
            key=key,
            bind="query-params",
            accept_new_options=True,
            help=f"{help} {_(OLDER)}".strip(),
            on_change=on_change or "rerun",
        )
        if one := together.get(names.get(chosen, chosen)):
            groups.member(one, names.get(chosen, chosen), key, choose)
        finding.button(key, choose, fits)
    try:
        job = find(lab, str(chosen))
        if fits is None or fits(job.experiment):
            return job
        raise InvalidSetting("experiment", expected="one of this lab", got=job.title, hint="choose one of the list")
    except DistillError as error:
        (notes or st).info(words.sentence(error), title=_("This experiment is not here"))
        return None


def experiments(
    lab: Lab, jobs: Sequence[JobView], first: Sequence[str], *, key: str, fits: Fits, help: str, placeholder: str
) -> list[str]:
    """The names of several jobs, chosen or written; by default the ``first``."""

    def choose(job: JobView) -> None:
        before = st.session_state.get(key) or []
        st.session_state[key] = list(dict.fromkeys([*before, actions.place(job)]))

    names = _called(lab, [actions.place(job) for job in jobs], key, several=True)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.multiselect(
            _("Experiments"),
            [*names],
            [option for option, called in names.items() if called in first],
            format_func=_shown(names, jobs),
            key=key,
            bind="query-params",
            accept_new_options=True,
            placeholder=placeholder,
            help=f"{help} {_(OLDER)}",
        )
        finding.button(key, choose, fits)
    return list(chosen)


def _called(lab: Lab, names: list[str], key: str, *, several: bool) -> dict[str, str]:
    """The options of a picker, each with what its experiment is called now; what stands in it is one too."""
    if key not in st.session_state:  # the address alone says what the picker will hold, in its own words
        said = {_now(lab, name, names): name for name in st.query_params.get_all(key) if name}
        return {said.get(called, called): called for called in dict.fromkeys([*names, *said])}
    held = st.session_state[key]
    before = [name for name in (held if several else [held]) if name]
    now = [_now(lab, name, names) for name in before]
    if now != before:
        st.session_state[key] = now if several else now[0]
    return {called: called for called in dict.fromkeys([*names, *now])}


def _together(
    lab: Lab, jobs: Sequence[JobView], *wanted: str | None
) -> tuple[dict[str, str], dict[str, groups.Several]]:
    """Of each experiment that a list has together with others, by its name: the name of the one that stands there, the
    first that is wanted, and all of them."""
    stands, together = {}, {}
    for one in (one for one in groups.several(lab, jobs) if isinstance(one, groups.Several)):
        places = [actions.place(job) for job in one.members.values()]
        shown = next((name for name in wanted if name in places), places[0])
        stands |= dict.fromkeys(places, shown)
        together |= dict.fromkeys(places, one)
    return stands, together


def _shown(names: Mapping[str, str], jobs: Sequence[JobView], together: Mapping[str, str] = {}) -> Callable[[str], str]:
    told = {actions.place(job): f"{words.shown(job.title)} #{job.id}" for job in jobs}
    called = {name: told.get(place, place) for name, place in names.items()}
    short = titles.numberless([*called.values()])
    return lambda name: together.get(names.get(name, name)) or short.get(called.get(name, name), name)


def _now(lab: Lab, name: str, names: Sequence[str]) -> str:
    if name in names:
        return name
    try:
        return actions.place(find(lab, name))
    except DistillError:
        return name  # the page says that it is not here


def find(lab: Lab, name: str) -> JobView:
    """The experiment with this number or the start of it, also at the end of its name; else the newest with these words
    in its title, however old. Raises NotFound."""
    try:
        return lab.job(lab.naming.job_id(name))
    except NotFound:
        written = name.strip() and "#" not in name
        found = latest(lab, 1, search=searching(lab.tasks, name)) if written else ()
        if not found:
            raise
        return found[0]


def run_ids(names: Sequence[str]) -> list[str]:
    """The numbers of runs in what was chosen or written: ``name #number``, or numbers alone, with commas between."""
    parts = [part for name in names for part in ([name] if "#" in name else re.split(r"[,\s]+", name))]
    return list(dict.fromkeys(part.rpartition("#")[2].strip()[:LETTERS] for part in parts if part.strip()))


def _newest(lab: Lab, jobs: Sequence[JobView]) -> JobView:
    ids = [job.id for job in jobs]
    there = finished(lab, ids)
    return next((job for some in there for job in jobs if job.id in some), jobs[0])


def finished(lab: Lab, job_ids: Sequence[str]) -> tuple[set[str], set[str]]:
    """Which of these experiments have a finished student, and which have a finished network at all: one that has just
    begun takes the place of none that has something to show."""
    return kept(
        ("finished runs", lab.reports.results_version(job_ids, everywhere=False)), lambda: _finished(lab, job_ids)
    )


def _finished(lab: Lab, job_ids: Sequence[str]) -> tuple[set[str], set[str]]:
    return lab.reports.with_finished(job_ids, students=True), lab.reports.with_finished(job_ids)
