"""Getting used to a new voice on Robustness: what ships is shown, what is not there is offered, and all together."""

import pytest

from distill_core.tasks.sound.spoken_digits import new_voice, voice
from distill_core.templates.new_voice import TAUGHT_ANEW, adapted_run
from tests.pages.test_home import labels, texts
from ui.jobs import actions, expected

pytestmark = pytest.mark.usefixtures("example")


@pytest.fixture
def of(lab):
    """The examples by their tasks."""
    return {job.experiment.task: job for job in lab.jobs(limit=50)}


def opened(screen, job, **more):
    page = screen("robustness", job=actions.place(job), facet="Adapt", **more)
    assert not page.exception
    assert [part.value for part in page.warning] == []
    return page


def test_a_voice_that_was_adapted_to_is_told_beside_all_of_them(screen, lab, of):
    pages = [opened(screen, of[task]) for task in (new_voice("lucas"), voice("lucas"))]
    for page in pages:
        said = texts(page)
        assert "The voice of **Lucas**" in said
        assert "Over 6 voices the student had" in said
        assert "they are the control of adapting" in said
        assert "20 true labels of the voice are the rival" in said
        assert len(page.get("plotly_chart")) == 2
        assert "Get used to this voice" not in " ".join(labels(page))
    assert pages[0].selectbox(key="v_student").value == "KD, all recordings"
    assert pages[0].selectbox(key="v_student").options == ["KD, all recordings"], "weights of the others do not ship"


def test_what_was_not_adapted_yet_is_offered_with_its_time_and_without_labels(screen, lab, of, monkeypatch):
    lab.example.hide(of[voice("theo")].id)
    asked = []
    monkeypatch.setattr(expected, "submit", lambda lab, experiment: asked.append(experiment))
    page = opened(screen, of[new_voice("theo")])
    assert "The voice of" not in texts(page)
    assert "Over 5 voices the student had" in texts(page)
    page.button(key="voice_start").click().run()
    assert not page.exception
    (experiment,) = asked
    student = {student.name: student for student in experiment.students}[TAUGHT_ANEW]
    assert (experiment.task, student.labels, student.alpha) == (voice("theo"), 0, 1.0)
    run = lab.reports.results([of[new_voice("theo")].id]).set_index("student").loc["KD, all recordings", "run_id"]
    assert adapted_run(experiment) == run


def test_an_experiment_that_heard_every_voice_leads_to_one_that_did_not(screen, of):
    page = opened(screen, of["spoken_digits"])
    assert any("whose test is a new voice" in one.value for one in page.info)
    assert "Over 6 voices" in texts(page)
    asked = next(link for link in page.get("page_link") if link.proto.label == "Train students for a new voice")
    assert "spec=" in asked.proto.query_string


def test_the_preset_of_train_fills_the_form_with_a_new_voice(screen):
    page = screen("train")
    page.button(key="preset_new_voice").click().run()
    assert not page.exception
    assert page.session_state["train"]["task"] == new_voice("george")
    assert not page.button(key="train_start").disabled


def test_where_no_network_has_a_control_no_card_says_so(screen, of):
    page = screen("train", train_show="Watch", job=actions.place(of[voice("lucas")]))
    assert not page.exception
    assert len(page.metric) > 1
    assert {metric.delta for metric in page.metric if not metric.delta.startswith("teacher")} == {""}
