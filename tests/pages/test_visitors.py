"""Two visitors at once on one lab: what one sets and starts is not the other's, and both see the same queue."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from distill_core.planning.teacher_sources import trained
from distill_core.spec import Budget, Experiment
from distill_core.store import JobState
from tests.quick import experiment, student
from ui.screens.temperature import demonstration

SMALL = {
    **{"task": "digits", "teacher": "train:plain_cnn", "students": "1", "train_batch": "16"},
    **{"s0_net": "plain_cnn", "s0_labels": "100"},
}
WAIT = 180


def shown(page) -> Experiment:
    return Experiment.from_json(page.code[-1].value)


def test_each_has_a_form_of_its_own_and_both_jobs_come_one_after_the_other(screen, lab, monkeypatch):
    (recipe,) = trained.QUICK_RECIPES.values()
    less = recipe.model_copy(update={"budget": Budget(updates=20, batch_size=16)})
    monkeypatch.setitem(trained.QUICK_RECIPES, "digits", less)
    mine, yours = (screen("train", **SMALL, updates=updates) for updates in ("6", "7"))
    mine.button(key="train_edit_0").click().run()
    mine.number_input(key="train_students_0_alpha").set_value(0.25).run()
    yours.run()
    assert [shown(page).budget.updates for page in (mine, yours)] == [6, 7]
    assert [shown(page).students[-1].alpha for page in (mine, yours)] == [0.25, 0.9]
    asked = [shown(page) for page in (mine, yours)]
    for page in (mine, yours):
        page.button(key="train_start").click().run()
        assert not page.exception
    first, second = sorted(lab.jobs(), key=lambda job: job.experiment.budget.updates)
    assert [first.experiment, second.experiment] == asked
    ended = [lab.wait(job.id, WAIT) for job in (first, second)]
    assert [(job.state, job.error) for job in ended] == [("finished", None)] * 2
    # They share the teacher, and no other run.
    mine_made, yours_made = (set(lab.reports.results([job.id])["run_id"]) for job in (first, second))
    assert len(mine_made & yours_made) == 1
    for page, job in ((mine, first), (yours, second)):
        page.run()
        assert not page.exception
        assert shown(page) == job.experiment


def test_who_asks_for_the_same_at_the_same_moment_gets_one_job(lab):
    asked = experiment(student("KD"), updates=3)
    with ThreadPoolExecutor(8) as visitors:
        jobs = set(visitors.map(lambda _: lab.submit(asked), range(16)))
    assert len(jobs) == len(lab.jobs()) == 1
    assert lab.wait(jobs.pop(), WAIT).state == "finished"


@pytest.mark.parametrize("name", ["benchmark", "playground", "robustness"])
def test_what_one_starts_does_not_take_the_others_networks_away(trained, filed, screen, lab, name):
    (job,) = lab.jobs()
    runs = lab.reports.results([job.id])
    filed("abc1", JobState.RUNNING)
    lab._store.link_run("abc1", runs["run_id"].iloc[0], position=0, student="the teacher", role="teacher")
    page = screen(name)
    assert not page.exception
    assert str(page.selectbox(key="job").value).endswith(job.id)


def test_the_first_picture_of_temperature_is_made_once_for_all(screen, monkeypatch):
    made, known = [], demonstration._data
    monkeypatch.setattr(demonstration, "_data", lambda *given, **more: made.append(given) or known(*given, **more))
    first, second = (screen("temperature", T="2.5") for _ in range(2))
    assert not first.exception
    assert not second.exception
    assert len(made) <= 1
    assert len(first.get("vega_lite_chart")) == len(second.get("vega_lite_chart")) == 1
