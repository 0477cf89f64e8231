"""Pages with a task of sound and of text while nothing was trained, while its comparison runs, and after it failed."""

import pytest
from streamlit.testing.v1 import AppTest

from distill_core.planning.resolve import resolve_experiment
from distill_core.spec import Budget
from distill_core.store import JobState
from distill_core.tasks import TASKS
from distill_core.templates.grid import GridSpec, grid_experiment
from distill_core.templates.task_presets import task_label_curve, task_width_curve
from ui.screens.compress.presets import presets
from ui.screens.temperature.grid_form import label

TASKS_OF_KINDS = ("spoken_digits", "languages", "scenes")
# A page, how it is opened, and what holds its task where that is no job.
PAGES = {
    "home": {},
    "train": {"train_show": "watch"},
    "temperature": {},
    "methods": {"part": "explore"},
    "compress": {},
    "robustness": {},
    "compare": {},
    "benchmark": {},
}


def in_order(page) -> list[object]:
    return [*page.exception, *page.error]


@pytest.mark.parametrize("task", TASKS_OF_KINDS)
@pytest.mark.parametrize("state", [JobState.RUNNING, JobState.FAILED], ids=lambda state: state.value)
def test_a_comparison_that_has_no_network_yet_or_failed(screen, filed, task, state):
    error = {"error": "the data are damaged"} if state == JobState.FAILED else {}
    job = filed("a" * 12, state, specification=TASKS.get(task).default.to_json(), **error)
    for name, how in PAGES.items():
        page = screen(name, **({} if name == "home" else {"job": f"#{job.id[:8]}", "task_seen": task}), **how)
        assert (name, in_order(page)) == (name, [])


@pytest.mark.parametrize("task", TASKS_OF_KINDS)
def test_the_one_button_runs_the_comparison_of_the_chosen_task(screen, lab, monkeypatch, task):
    page = screen("home", home_task=task)
    assert in_order(page) == []
    started = []
    monkeypatch.setattr(lab, "submit", lambda plan: started.append(plan.experiment) or "")
    page.button(key="home_run").click().run()
    assert started == [resolve_experiment(TASKS.get(task).default)]


@pytest.mark.parametrize("task", TASKS_OF_KINDS)
def test_an_empty_lab_offers_what_a_task_begins_with(screen, task):
    assert in_order(page := screen("temperature", task_seen=task)) == []
    assert not page.button(key="first_answers").disabled
    assert in_order(page := screen("temperature", view="budgets", curves_task=task)) == []
    assert [page.button(key=f"curve_{key}").disabled for key in ("labels", "width")] == [False, False]
    page = screen("methods", part="all", defined_for=task)
    assert in_order(page) == []
    said = [one.value for one in page.caption if one.value.startswith("Left out")]
    positions = "Left out: Channel-wise distillation and Structured distillation, pairwise. They compare positions"
    assert [positions in one for one in said] == [task != "scenes"]
    assert ("mixture" in said[0]) == (task == "languages")


@pytest.mark.parametrize("task", TASKS_OF_KINDS)
@pytest.mark.parametrize(
    ("name", "where", "form"),
    [
        ("methods", {"part": "compare"}, "new_comparison"),
        ("temperature", {"view": "grid"}, "new_grid"),
        ("compress", {"compress_show": "set_up"}, "compression"),
        ("train", {}, "train"),
    ],
)
def test_a_form_of_images_turns_into_one_that_can_run(screen, name, where, form, task):
    page = screen(name, **where)
    page.session_state["own_grid"] = True  # which unfolds the form of a grid
    page.run().selectbox(key=f"{form}_task").select(task).run()
    assert in_order(page) == []
    assert [one.value for one in page.warning] == []


def test_ready_pipelines_are_offered_where_the_networks_of_the_task_allow_them(screen):
    page = screen("compress", compress_show="set_up")
    page.selectbox(key="compression_task").select("languages").run()
    page.session_state["c_presets"] = True
    page.run()
    assert in_order(page) == []
    refused = [preset.name for preset in presets() if page.button(key=f"c_preset_{preset.name}").disabled]
    assert refused == ["default", "tucker", "separable", "pruned"]
    # In the place of what a pipeline teaches stands why it cannot be.
    told = {one.value for one in page.caption}
    assert [preset.name for preset in presets() if preset.teaches not in told] == refused


def test_a_grid_that_was_trained_on_texts_is_drawn(screen, lab):
    spec = GridSpec(
        task="languages",
        teacher=TASKS.get("languages").default.teacher,
        architecture="byte_cnn",
        width=0.5,
        stem_stride=1,
        labels=40,
        temperatures=(1.0, 4.0),
        alphas=(0.5, 0.9),
        seeds=1,
        budget=Budget(updates=2, batch_size=8),
    )
    experiment = grid_experiment(spec, lab.tasks).model_copy(update={"views": 1})
    assert experiment.optimiser == TASKS.get("languages").default.optimiser
    job = lab.wait(lab.submit(experiment), 120)
    assert (job.state, job.error) == ("finished", None)
    (study,) = (study for study in lab.reports.sweeps() if study.job_id == job.id)
    page = screen("temperature", view="grid", grid=label(study))
    assert in_order(page) == []
    assert page.selectbox(key="grid").value == label(study)


def curves() -> None:
    import streamlit as st

    import ui
    from ui.screens.temperature import task_curves

    lab = ui.lab()
    first = lab.catalog.first_experiment("spoken_digits")
    for study in (study for study in lab.reports.sweeps() if not study.shipped):
        st.text(study.curve.over)
        if study.curve.over == "labels":
            task_curves.of_labels(lab, study, first)
        else:
            task_curves.of_widths(lab, study)


def test_curves_that_were_trained_on_recordings_are_drawn(lab):
    task = TASKS.get("spoken_digits")
    budget = {"budget": Budget(updates=2, batch_size=8), "views": 1}
    for whole, few in (
        (task_label_curve(task, task.default.teacher), slice(6)),
        (task_width_curve(task, task.default.teacher), slice(3)),
    ):
        students = tuple(student.model_copy(update={"seeds": (0,)}) for student in whole.students[few])
        job = lab.wait(lab.submit(whole.model_copy(update={**budget, "students": students})), 120)
        assert (job.state, job.error) == ("finished", None)
    page = AppTest.from_function(curves, default_timeout=60).run()
    assert in_order(page) == []
    assert {one.value for one in page.text} == {"labels", "width"}
    assert any("KD, same recordings" in one.value for one in page.markdown)


def test_a_goal_can_be_set_for_each_kind(screen):
    for task in TASKS_OF_KINDS:
        page = screen("compress", compress_show="set_up", c_mode="goal")
        page.selectbox(key="compression_task").select(task).run()
        assert in_order(page) == []
