"""Temperature empty, exploring, sweeping, stopped half way and finished, against the real lab and its store."""

import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest

from distill_core.errors import InvalidSetting
from distill_core.evaluation.softening import soften_NC
from distill_core.events import EventLog
from distill_core.lab import Lab
from distill_core.reports.grid_cells import METRICS
from distill_core.spec import Experiment
from distill_core.store import JobState, Store
from distill_core.templates.grid import GridSpec, grid_experiment
from tests.quick import QUICK_TIMER, experiment
from ui.screens.temperature import heat
from ui.screens.temperature.grid import view
from ui.text import words

VIEWS = ("Explore", "Grid search (T × α)", "Label budget and student width", "Lessons")
LOOKS = ("image", "gradient", "loss", "classes", "calibration")
DIGITS = {"task_seen": "digits"}


def small_grid(temperatures=(1.0, 4.0), alphas=(0.0, 0.5, 1.0), seeds=3) -> Experiment:
    sweep = GridSpec.of(
        {
            "task": "digits",
            "teacher": experiment().teacher.model_dump(),
            "architecture": "plain_cnn",
            "width": 0.5,
            "stem_stride": 1,
            "labels": 100,
            "temperatures": temperatures,
            "alphas": alphas,
            "seeds": seeds,
            "budget": {"updates": 8, "batch_size": 16},
        }
    )
    return grid_experiment(sweep)


@pytest.fixture(scope="session")
def swept_once(tmp_path_factory):
    """A home with one finished grid: two temperatures, two alphas and the control, three seeds."""
    home = tmp_path_factory.mktemp("swept")
    lab = Lab.open(home, timer=QUICK_TIMER)
    assert lab.wait(lab.submit(small_grid()), timeout_seconds=120).error is None
    lab.close()
    return home


@pytest.fixture
def swept(home, swept_once):
    shutil.copytree(swept_once, home, dirs_exist_ok=True)
    return home


def said(page) -> str:
    return "\n".join(element.value for element in (*page.markdown, *page.caption, *page.info))


def own(lab):
    """The grid that was trained in this home."""
    return next(study for study in lab.reports.sweeps() if study.grid and not study.shipped)


def grid_label(study) -> str:
    return f"{study.title} #{study.key.partition(':')[2]}"


def proved(screen, study, **more):
    return screen("temperature", view="Grid search (T × α)", grid=grid_label(study), **more)


@pytest.mark.parametrize("look", LOOKS)
def test_an_empty_lab_explores_what_ships(screen, look):
    page = screen("temperature", look=look)
    assert not page.exception
    assert len(page.get("vega_lite_chart")) >= (1 if look == "image" else 2)
    assert "ResNet-20" in said(page)


@pytest.mark.parametrize(
    ("where", "resting"),
    [
        ({"look": "image"}, (False, True)),
        ({"look": "gradient"}, (False, False)),
        ({"look": "loss"}, (False, False)),
        ({"look": "calibration"}, (False, True)),
        ({"view": "Proved by training"}, (False, False)),
        ({"view": "Lessons"}, (True, True)),
    ],
    ids=lambda one: str(one),
)
def test_a_slider_that_changes_nothing_rests_and_keeps_its_value(screen, where, resting):
    page = screen("temperature", T="8", alpha="0.35", **where)
    sliders = page.select_slider(key="T"), page.slider(key="alpha")
    assert tuple(slider.disabled for slider in sliders) == resting
    assert [slider.value for slider in sliders] == [8.0, 0.35]


def test_the_sentences_follow_the_temperature(screen, lab):
    page = screen("temperature", T="8", image="7")
    teacher = lab.reports.predictions("shipped:fashion_resnet20").test_logits_NC[7:8]
    share = 100 * soften_NC(teacher, 8.0).max()
    assert f"{share:.1f} % at T = 8" in said(page).replace("\u00a0", " ")
    page.select_slider(key="T").set_value(1.0).run()
    assert "at T = 8" not in said(page).replace("\u00a0", " ")


def test_the_page_begins_with_an_image_that_the_teacher_is_right_and_sure_about(screen, lab):
    page = screen("temperature")
    index, known = page.number_input(key="image").value, lab.reports.predictions("shipped:fashion_resnet20")
    shares_C = soften_NC(known.test_logits_NC[index : index + 1], 1.0)[0]
    label = known.test_labels_N[index]
    assert shares_C.argmax() == label
    assert 0.95 < shares_C.max() < 0.995
    name = lab.catalog.classes("fashion_mnist_small")[label]
    assert f"puts **{words.plain(name)}** first, rightly: {100 * shares_C.max():.1f} % at T" in said(page).replace(
        "\u00a0", " "
    )


def test_the_address_holds_what_was_set(screen):
    page = screen("temperature", T="20", alpha="0.35", look="loss", image="3", shelf="Bag")
    assert (page.select_slider(key="T").value, page.slider(key="alpha").value) == (20.0, 0.35)
    assert (page.number_input(key="image").value, page.selectbox(key="shelf").value) == (3, "Bag")


@pytest.mark.parametrize(
    "bad", [{"T": "7.77"}, {"T": "hot"}, {"alpha": "3"}, {"image": "99999"}, {"look": "x"}, {"teacher_seen": "nobody"}]
)
def test_what_no_widget_offers_is_ignored(screen, bad):
    page = screen("temperature", **bad)
    assert not page.exception
    assert (page.select_slider(key="T").value, page.slider(key="alpha").value) == (4.0, 0.9)


def test_a_task_that_nobody_answered_says_how_to_change_that(screen, lab, monkeypatch):
    monkeypatch.setattr(lab._others, "share", lambda: 0.5)
    page = screen("temperature", **DIGITS)
    assert not page.exception
    assert "No predictions for Digits, 8×8 yet" in said(page)
    assert "Other programs use 50" in said(page)
    page.button(key="first_answers").click().run()
    assert not page.exception
    (job,) = lab.queue()
    assert job.experiment.task == "digits"
    lab.stop(job.id)


def test_a_trained_network_can_be_looked_at(swept, screen, lab):
    page = screen("temperature", **DIGITS, look="gradient")
    assert not page.exception
    assert len(page.get("vega_lite_chart")) == 3
    options = page.selectbox(key="student_seen").options
    assert sum("T 4, alpha 0.5" in option for option in options) == 3


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_of_an_empty_lab_opens(screen, view):
    page = screen("temperature", view=view)
    assert not page.exception
    assert not page.warning


def test_the_shipped_grid_shows_its_verdict_and_the_student_next_to_the_sliders(screen):
    page = screen("temperature", view="Grid search (T × α)", T="5", alpha="0.85")
    assert "The student at T 4, alpha 0.9" in [heading.value for heading in page.subheader]
    text = said(page)
    assert re.search(r"Best validation accuracy: \*\*T [\d.]+, alpha [\d.]+\*\* with \*\*\d\d\.\d % ± \d\.\d\*\*", text)
    # What CONTRIBUTING says of the shipped grid.
    assert "T matters" in text
    assert "No effect of alpha shown" in text
    assert "tools/make_sweeps.py --only default_grid" in text


@pytest.mark.parametrize(
    ("metric", "unit"), [("accuracy", r" %"), ("agreement", r" %"), ("ECE", ""), ("NLL", "")], ids=lambda one: one
)
def test_a_grid_can_be_coloured_by_each_measure(swept, screen, lab, metric, unit):
    page = proved(screen, own(lab), metric=metric)
    assert re.search(rf"Best [^*]*: \*\*T [\d.]+, alpha [\d.]+\*\* with \*\*[\d.]+{unit}", said(page))


@pytest.mark.parametrize("part", ["curves", "confusion", "classes"])
def test_the_panel_shows_the_student_of_the_nearest_cell(swept, screen, lab, part):
    page = proved(screen, own(lab), T="3.15", alpha="0.9", panel=part)
    assert not page.exception
    assert "The student at T 4, alpha 1" in [heading.value for heading in page.subheader]
    assert len(page.metric) == 4
    assert page.get("plotly_chart")


def test_the_cells_equal_the_stored_runs(swept, lab):
    study = own(lab)
    found = view(lab, study, lab.reports.experiment_report(study.key), METRICS["valid_accuracy"])
    stored = lab.reports.results([study.job_id])
    for cell in found.cells:
        rows = stored[(stored["temperature"] == cell.temperature) & (stored["alpha"] == cell.alpha)]
        assert cell.value == pytest.approx(rows["valid_accuracy"].mean(), abs=1e-12)
        assert cell.done == 3
    table = heat.chart(found, (1.0, 0.5), heat_theme(), selectable=True).table
    assert len(table) == 5  # four cells and the control


def heat_theme():
    from ui.networks import style

    return style.LIGHT


def half_done(home, state: JobState) -> None:
    """A job of a larger grid that ended, or runs, when the cells of T 1 and 4 were finished."""
    store = Store.open(home)
    lab = Lab.open(home)
    large = lab.plan(small_grid((1.0, 4.0, 20.0))).experiment
    study = own(lab)
    import ui
    from tests.records import job_record

    record = job_record("b" * 16, large.to_json(), state=state, owner=ui.lab()._store.lab_id, title="half a grid")
    store.add_job(record)
    for linked in store.runs([study.job_id]):
        store.link_run(record.id, linked.run.id, position=linked.position, student=linked.student, role=linked.role)
    lab.close()
    store.close()


def test_a_grid_that_was_stopped_half_way_keeps_its_finished_cells(swept, screen, home, lab):
    half_done(home, JobState.STOPPED)
    study = next(one for one in lab.reports.sweeps() if one.title == "half a grid")
    page = proved(screen, study)
    assert not page.exception
    assert "12 of 18 runs are finished" in said(page)
    assert "The student at T 4, alpha 1" in [heading.value for heading in page.subheader]
    assert any(button.label == "Start again" for button in page.button)


def test_starting_a_stopped_grid_again_shows_the_new_job(swept, screen, home, lab):
    half_done(home, JobState.STOPPED)
    stopped = next(one for one in lab.reports.sweeps() if one.title == "half a grid")
    page = proved(screen, stopped)
    page.button(key="grid_restart").click().run()
    assert not page.exception
    (job,) = lab.queue()
    assert job.experiment.students == stopped.experiment.students
    assert page.selectbox(key="grid").value == f"{job.title} #{job.id}"
    assert [button.label for button in page.button if button.label in ("Start again", "Pause")] == ["Pause"]
    lab.stop(job.id)


def test_of_a_grid_that_was_repeated_the_repetition_is_offered(swept, screen, home, lab):
    half_done(home, JobState.STOPPED)
    store = Store.open(home)
    store.add_job(replace(store.job("b" * 16), id="c" * 16, state=JobState.FINISHED))
    store.close()
    page = proved(screen, next(one for one in lab.reports.sweeps() if one.job_id == "b" * 16))
    assert not any(button.label == "Start again" for button in page.button)
    page.button(key="repeated_grid").click().run()
    assert not page.exception
    assert page.selectbox(key="grid").value.endswith("c" * 16)


def test_a_refusal_is_told_and_leaves_the_picker_alone(swept, screen, home, lab, monkeypatch):
    half_done(home, JobState.STOPPED)
    page = proved(screen, next(one for one in lab.reports.sweeps() if one.title == "half a grid"))
    chosen = page.selectbox(key="grid").value

    def refuse(experiment):
        raise InvalidSetting("the disk is full; make room")

    monkeypatch.setattr(lab, "submit", refuse)
    page.button(key="grid_restart").click().run()
    assert not page.exception
    assert [one.value for one in page.warning] == ["The disk is full; make room."]
    assert page.selectbox(key="grid").value == chosen
    assert lab.queue() == ()


def deleted(home, job_id: str) -> None:
    """What another window does."""
    store = Store.open(home)
    store.delete_job(job_id)
    store.close()


@pytest.mark.parametrize("state", [JobState.RUNNING, JobState.STOPPED])
def test_a_grid_that_another_window_deletes_gives_way_to_the_next(swept, screen, home, lab, state):
    half_done(home, state)
    study = next(one for one in lab.reports.sweeps() if one.title == "half a grid")
    page = proved(screen, study)
    assert page.selectbox(key="grid").value == grid_label(study)
    deleted(home, study.job_id)
    page.run()
    assert not page.exception
    assert not page.warning
    assert page.selectbox(key="grid").value.endswith("#default_grid")


def tick(study, view) -> None:
    """What the clock draws, of a study that was read before; the run after it stands for the whole page."""
    import streamlit as st

    import ui
    from ui.jobs import repeat
    from ui.screens.temperature import trained

    if st.session_state.get("drawn"):
        st.text("the page, drawn anew")
        return
    st.session_state["drawn"] = True
    if view == "grid":
        trained._maps(ui.lab(), study, None, "valid_accuracy", (1.0, 0.5), study)
    else:
        repeat.watch(ui.lab(), study)


@pytest.mark.parametrize("view", ["grid", "repetition"])
@pytest.mark.parametrize("gone", [True, False], ids=["deleted", "there"])
def test_a_tick_after_the_job_is_gone_draws_the_page_anew(swept, home, lab, view, gone):
    half_done(home, JobState.RUNNING)
    study = next(one for one in lab.reports.sweeps() if one.title == "half a grid")
    if gone:
        deleted(home, study.job_id)
    page = AppTest.from_function(tick, args=(study, view), default_timeout=60).run()
    assert not page.exception
    assert [one.value for one in page.text] == (["the page, drawn anew"] if gone else [])
    assert any(button.label == "Pause" for button in page.button) is not gone


def test_a_grid_that_trains_shows_how_far_it_is(swept, screen, home, lab):
    half_done(home, JobState.RUNNING)
    study = next(one for one in lab.reports.sweeps() if one.title == "half a grid")
    page = proved(screen, study, T="20")
    assert not page.exception
    assert "12 of 18 runs are finished" in said(page)
    assert "The student at T 20, alpha 1 is not finished." in said(page)
    assert any(button.label == "Pause" for button in page.button)


def test_what_trains_is_shown_with_what_it_reached_at_its_last_look(swept, lab):
    from distill_core.events import ValidPoint

    study = own(lab)
    log = EventLog()
    log(ValidPoint("T 1, alpha 0.5/0", 4, 0.25))
    log(ValidPoint("T 1, alpha 0.5/0", 8, 0.5))
    sheet = lab.reports.experiment_report(study.key)
    empty = type(sheet)(**{**{name: getattr(sheet, name) for name in sheet.__slots__}, "results": sheet.results[:0]})
    found = view(lab, study, empty, METRICS["valid_accuracy"], log.snapshot())
    cell = next(one for one in found.cells if (one.temperature, one.alpha) == (1.0, 0.5))
    assert (cell.value, cell.training, cell.done) == (0.5, True, 0)
    assert found.judgement is None
    assert [one.value for one in found.cells].count(None) == 3


def test_a_grid_of_one_s_own_is_queued_and_shown(screen, lab, monkeypatch):
    monkeypatch.setattr(lab._others, "share", lambda: 0.5)
    page = screen("temperature", view="Grid search (T × α)")
    page.session_state["own_grid"] = True
    page.run()
    page.selectbox(key="new_grid_task").select("digits").run()
    page.number_input(key="new_grid_budget_updates").set_value(8).run()
    assert not page.exception
    # Beside that of the repetition of what ships.
    assert said(page).count("Other programs use 50") == 2
    page.button(key="grid_start").click().run()
    assert not page.exception
    (job,) = lab.queue()
    assert job.experiment.budget.updates == 8
    assert page.selectbox(key="grid").value == f"{job.title} #{job.id}"
    lab.stop(job.id)


def test_a_grid_that_cannot_be_is_refused_with_the_reason(screen, lab):
    page = screen("temperature", view="Grid search (T × α)")
    page.session_state["own_grid"] = True
    page.run()
    page.multiselect(key="new_grid_temperatures").set_value([]).run()
    assert "temperatures" in page.warning[0].value
    assert not any(button.key == "grid_start" for button in page.button)


def test_the_lessons_tell_what_came_out(screen):
    page = screen("temperature", view="Lessons", lesson="A class that it never sees")
    assert not page.exception
    text = said(page)
    assert re.search(r"it finds \*\*\d\d\.\d % ± \d", text)
    assert "The control, labels alone, corrected in the same way" in text


def test_the_lesson_of_facts_is_told_in_the_metric_of_a_graph(screen):
    page = screen("temperature", view="Lessons", lesson="facts")
    assert not page.exception
    text = said(page)
    assert "**Test MRR**" in text
    assert len(re.findall(r"questions reaches \*\*\d\d\.\d %", text)) == 4
    assert "Is the control as good as it can be" in text
    assert "test questions" in "".join(caption.value for caption in page.caption)


def test_the_curves_over_labels_and_width_tell_their_gains(screen):
    page = screen("temperature", view="Label budget and student width")
    assert not page.exception
    assert len(page.get("plotly_chart")) == 2
    assert re.search(r"\*\*KD, same images\*\* with 50 labels: \*\*[+−]?\d", said(page))
    assert "The small teacher (ResNet-8," in said(page)


def repetitions(filed, lab, state: JobState, *names: str) -> None:
    """A repetition of each of these, that has no run yet."""
    for place, name in enumerate(names):
        shipped = next(one for one in lab.reports.sweeps() if one.key == f"shipped:{name}")
        filed(f"{place}" * 16, state, specification=shipped.experiment.to_json())


def test_several_repetitions_may_be_open_at_once(filed, screen, lab):
    repetitions(filed, lab, JobState.RUNNING, "width_small_teacher", "width_large_teacher", "label_curve")
    page = screen("temperature", view="Label budget and student width")
    assert not page.exception
    assert not page.warning
    assert [button.label for button in page.button].count("Pause") == 3
    assert not any(str(button.key).startswith("repeat_") for button in page.button)


def test_one_open_repetition_leaves_the_button_of_the_other(filed, screen, lab):
    repetitions(filed, lab, JobState.RUNNING, "width_small_teacher")
    page = screen("temperature", view="Label budget and student width")
    assert not page.exception
    assert [button.label for button in page.button].count("Pause") == 1
    assert {"repeat_width_large", "repeat_label_curve"} <= {button.key for button in page.button}


@pytest.mark.parametrize("state", [JobState.RUNNING, JobState.STOPPED])
def test_a_repetition_of_the_shipped_grid_is_drawn_beside_it(filed, screen, lab, state):
    repetitions(filed, lab, state, "default_grid")
    page = screen("temperature", view="Grid search (T × α)", T="4", alpha="0.9")
    assert not page.exception
    assert {"**Shipped**", "**Trained here**"} <= {one.value for one in page.markdown}
    assert "0 of 72 runs are finished." in said(page)
    assert "The student at T 4, alpha 0.9 (shipped)" in [heading.value for heading in page.subheader]
    assert any(button.label == ("Pause" if state == JobState.RUNNING else "Start again") for button in page.button)


def panel_of(shipped, again, side) -> None:
    import streamlit as st

    import ui
    from ui.screens.temperature import trained

    st.session_state[trained.SIDE] = side
    trained._panel(ui.lab(), shipped, again, "valid_accuracy", (4.0, 1.0))


@pytest.mark.parametrize(
    ("both", "side", "whose"),
    [
        (True, None, " (shipped)"),
        (True, "heat", " (shipped)"),
        (True, "heat_again", " (trained here)"),
        (False, "heat_again", ""),
    ],
)
def test_the_panel_says_whose_student_it_shows_where_there_are_two(swept, lab, both, side, whose):
    shipped = next(one for one in lab.reports.sweeps() if one.key == "shipped:default_grid")
    args = (shipped, own(lab) if both else None, side)
    page = AppTest.from_function(panel_of, args=args, default_timeout=60).run()
    assert not page.exception
    assert [heading.value for heading in page.subheader] == [f"The student at T 4, alpha 1{whose}"]
    # The numbers are those of the side that is named.
    valid = next(one.value for one in page.metric if one.label == "Validation")
    side_of = own(lab) if whose == " (trained here)" else shipped
    results = lab.reports.experiment_report(side_of.key).results
    rows = results[(results["temperature"] == 4) & (results["alpha"] == 1)]
    assert valid.startswith(words.percent(rows["valid_accuracy"].mean()))


def test_what_ships_can_be_repeated(screen, lab):
    page = screen("temperature", view="Lessons")
    page.button(key="repeat_missing_class").click().run()
    assert not page.exception
    (job,) = lab.queue()
    assert job.experiment.students[-1].missing_class == "Bag"
    lab.stop(job.id)
    assert datetime.now(UTC) >= job.submitted_at
