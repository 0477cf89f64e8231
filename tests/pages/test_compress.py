"""Compress: empty, refused, running, failed, stopped with finished stages kept, finished; and the form of a chain."""

import shutil
from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

import pytest

from distill_core.errors import InvalidSetting, Stopped
from distill_core.lab import Lab
from distill_core.spec import Experiment, StoredTeacher
from distill_core.store import JobState, Store
from distill_core.templates.compression_chain import (
    CompressionChain,
    CompressionStage,
    Network,
    TrainingStage,
    default_chain,
)
from tests.quick import QUICK_TIMER, experiment, work
from ui.screens.compress import form
from ui.screens.compress.presets import presets

QUICK = {"c_task": "digits", "c_updates": "8", "c_batch": "16", "c_random": "false"}
SMALL = {**QUICK, "c0_net": "resnet8", "c2_prune_multiple": "8"}


def small_chain(**changes: object) -> CompressionChain:
    links = (
        CompressionStage(step="slice", width=0.5),
        TrainingStage(),
        CompressionStage(step="int8", parameters={"images": 32.0}),
    )
    base = experiment()
    given = {"task": base.task, "teacher": base.teacher, "budget": base.budget, "links": links, **changes}
    return CompressionChain.model_validate(
        {**given, "teacher": base.teacher.model_dump(), "budget": base.budget.model_dump()}
    )


@pytest.fixture(scope="session")
def compressed_once(tmp_path_factory):
    """A home with one finished chain of one seed: slice, distil, 8 bits, and the same from random weights."""
    home = tmp_path_factory.mktemp("compressed")
    lab = Lab.open(home, timer=QUICK_TIMER)
    job = lab.wait(lab.submit(lab.catalog.chain_experiment(small_chain())), timeout_seconds=180)
    assert (job.state, job.error) == ("finished", None)
    lab.close()
    return home


@pytest.fixture
def compressed(home, compressed_once):
    shutil.copytree(compressed_once, home, dirs_exist_ok=True)
    return home


def said(page) -> str:
    return "\n".join(element.value for element in (*page.markdown, *page.caption, *page.info)).replace("\u00a0", " ")


def button(page, key: str):
    return next(one for one in page.button if one.key == key)


def kinds(page) -> list[str]:
    return [box.value for box in page.selectbox if box.key.endswith("_kind")]


def full(lab: Lab, chain: CompressionChain) -> Experiment:
    return lab.plan(lab.catalog.chain_experiment(chain)).experiment


def test_an_empty_lab_offers_the_default_chain_in_form_and_button(screen, lab):
    page = screen("compress")
    assert not page.exception
    assert not page.warning
    assert kinds(page) == ["slice", "train", "prune", "train", "int8"]
    assert "Nothing was compressed in this lab yet" in said(page)
    assert button(page, "compress_first").label.startswith("Run the default pipeline · about ")
    assert any("int8 files" in part.value for part in page.caption)
    assert button(page, "compress_start").label.startswith("Start · about ")


def test_the_default_of_the_form_plans_as_the_default_chain(lab):
    plans = [
        lab.plan(lab.catalog.chain_experiment(one)) for one in (form.read(lab, form.defaults(lab)), default_chain())
    ]
    assert plans[0].fingerprint == plans[1].fingerprint


@pytest.mark.parametrize("preset", presets(), ids=lambda one: one.name)
def test_every_preset_fills_the_form_and_makes_sense(screen, lab, preset):
    page = screen("compress")
    button(page, f"c_preset_{preset.name}").click().run()
    assert not page.exception
    assert not page.warning, page.warning[0].value
    assert kinds(page) == [getattr(link, "step", "train") for link in preset.chain.links]
    assert button(page, "compress_start").label.startswith("Start · about ")


def test_a_preset_leaves_what_all_links_share_as_it_is(screen):
    shared = {**QUICK, "c_seeds": "3", "c_labels": "500", "c_start": form.OWN}
    page = screen("compress", **shared)
    teacher = page.selectbox(key="c_teacher").value
    button(page, "c_preset_rounded").click().run()
    assert not page.exception
    assert kinds(page) == ["round"] * 3
    assert page.selectbox(key="c_task").value == "digits"
    assert page.selectbox(key="c_teacher").value == teacher
    assert [page.number_input(key=f"c_{name}").value for name in ("updates", "batch", "seeds")] == [8, 16, 3]
    assert page.selectbox(key="c_labels").value == "500"
    assert page.toggle(key="c_random").value is False
    assert page.selectbox(key="c_start").value == form.TEACHER


@pytest.mark.parametrize("preset", presets(), ids=lambda one: one.name)
def test_a_chain_comes_back_from_the_form_as_it_went_in(lab, preset):
    state = {**form.defaults(lab), **form.values(lab, preset.chain)}
    plans = [lab.plan(lab.catalog.chain_experiment(one)) for one in (form.read(lab, state), preset.chain)]
    assert plans[0].fingerprint == plans[1].fingerprint


def test_a_finished_network_is_chosen_to_start_as(trained, screen, lab):
    page = screen("compress", **QUICK, c_start=form.FINISHED)
    assert not page.exception
    offered = page.selectbox(key="c_from").options
    assert len(offered) == 3
    assert all(name.startswith("Trained here · ") for name in offered)
    run = lab._store.newest_runs("digits", teach=False, limit=1)[0].id
    links = {"c_links": "2", "c0_kind": "prune", "c0_prune_multiple": "1", "c1_kind": "train"}
    page = screen("compress", **QUICK, **links, c_start=form.FINISHED, c_from=f"run:{run}")
    assert not page.exception
    assert f"the finished network of run {run}, not trained" in said(page)
    button(page, "compress_start").click().run()
    (job,) = lab.queue()
    lab.stop(job.id)
    first, then, *_ = job.experiment.students
    assert (first.start.run, first.untrained, then.start.source) == (run, True, first.name)


def test_a_finished_network_comes_back_from_the_form_too(trained, lab):
    run = lab._store.newest_runs("digits", teach=False, limit=1)[0].id
    chain = small_chain(start=StoredTeacher(run=run).model_dump())
    teacher = {"c_teacher": lab.catalog.teachers("digits")[0].key}
    assert form.read(lab, {**form.defaults(lab), **form.values(lab, chain), **teacher}).start == chain.start


def test_without_a_finished_network_it_is_said_what_to_do(screen):
    page = screen("compress", **QUICK, c_start=form.FINISHED)
    assert not page.exception
    assert page.warning[0].value == form.NONE_FINISHED


def test_a_network_of_its_own_comes_back_too(lab):
    chain = small_chain(start=Network(architecture="plain_cnn", width=0.5), links=(TrainingStage(temperature=2.0),))
    state = {**form.defaults(lab), **form.values(lab, chain), "c_teacher": form.defaults(lab)["c_teacher"]}
    state["c_teacher"] = lab.catalog.teachers("digits")[0].key
    asked = form.read(lab, state)
    assert (asked.start, asked.links[0].temperature) == (chain.start, 2.0)


def test_links_come_go_and_move(screen):
    page = screen("compress")
    page.number_input(key="c1_T").set_value(2.0).run()
    button(page, "c_down_1").click().run()
    assert kinds(page) == ["slice", "prune", "train", "train", "int8"]
    assert page.number_input(key="c2_T").value == 2.0
    button(page, "c_remove_0").click().run()
    assert kinds(page) == ["prune", "train", "train", "int8"]
    button(page, "c_up_3").click().run()
    assert kinds(page) == ["prune", "train", "int8", "train"]
    button(page, "c_add").click().run()
    assert kinds(page) == ["prune", "train", "int8", "train", "train"]
    assert not page.exception


def test_a_chain_that_makes_no_sense_says_why_and_cannot_start(screen):
    page = screen("compress")
    button(page, "c_remove_1").click().run()
    button(page, "c_remove_1").click().run()
    button(page, "c_remove_1").click().run()
    assert kinds(page) == ["slice", "int8"]
    assert not page.exception
    assert "which has not learnt in this form; train it before that step" in page.warning[0].value
    assert button(page, "compress_start").disabled


def moved(lab: Lab, presses: Sequence[tuple[str, int]]) -> dict[str, object]:
    """The form of three trainings, the last of which takes the first link, once these were pressed."""
    chain = small_chain(links=(TrainingStage(), TrainingStage(method="labels"), TrainingStage(after=1)))
    state = {**form.defaults(lab), **form.values(lab, chain), "c_teacher": lab.catalog.teachers("digits")[0].key}
    for what, row in presses:
        order = list(range(int(state["c_links"])))
        if what == "remove":
            del order[row]
        else:
            order[row], order[row - 1] = order[row - 1], order[row]
        state |= form.moved(state, order)
    return state


def test_a_link_keeps_whom_it_takes_when_others_move(lab):
    state = moved(lab, [("up", 1)])
    assert state["c2_after"] == "link 2"
    assert [link.after for link in form.read(lab, state).links] == [None, None, 2]


@pytest.mark.parametrize(
    ("presses", "kept", "why"),
    [
        ([("remove", 0)], "link 1, which is gone", "step 2: expected .*, got step 1, which is gone; choose another"),
        ([("remove", 0), ("up", 1)], "link 1, which is gone", "step 1: expected .*, got step 1, which is gone"),
        ([("up", 2), ("up", 1)], "link 2", "step 1: expected .*, got step 2, which is not above it; choose another"),
    ],
)
def test_a_link_whose_source_is_gone_or_below_is_kept_and_refused(lab, presses, kept, why):
    state = moved(lab, presses)
    assert kept in [state[f"c{row}_after"] for row in range(int(state["c_links"]))]
    with pytest.raises(InvalidSetting, match=why):
        form.read(lab, state)


def test_the_page_keeps_a_link_whose_source_is_gone_until_another_is_chosen(screen):
    page = screen("compress", **SMALL, c_links="3", c1_kind="round", c2_kind="train", c2_after="link 1")
    button(page, "c_remove_0").click().run()
    assert not page.exception
    assert page.selectbox(key="c1_after").value == "link 1, which is gone"
    assert "got step 1, which is gone; choose another" in page.warning[0].value
    assert button(page, "compress_start").disabled
    page.selectbox(key="c1_after").select("the start").run()
    assert not page.exception
    assert not page.warning
    assert "step 1, which is gone" not in page.selectbox(key="c1_after").options


@pytest.mark.parametrize(("asked", "row"), [({"c2_after": "link 9"}, 3), ({"c0_after": "link 2"}, 1)])
def test_an_address_that_takes_what_is_not_there_is_not_rewired(screen, asked, row):
    page = screen("compress", **SMALL, c_links="3", **asked)
    assert not page.exception
    ((key, took),) = asked.items()
    assert page.selectbox(key=key).value == took
    assert f"Step {row}: expected " in page.warning[0].value
    assert f"got {took.replace('link', 'step')}, which is not above it; choose another" in page.warning[0].value
    assert link(page)[key] == [took]


def test_a_number_that_a_choice_leaves_unused_is_not_asked_for(screen):
    page = screen("compress")
    assert "c4_int8_images" in [box.key for box in page.number_input]
    page.selectbox(key="c4_int8_way").select("dynamic").run()
    assert not page.exception
    assert not page.warning
    assert "c4_int8_images" not in [box.key for box in page.number_input]


def link(page) -> dict[str, list[str]]:
    """What Copy link holds."""
    return parse_qs(urlsplit(page.code[0].value).query)


def test_the_link_of_a_chain_opens_the_same_chain(screen):
    page = screen("compress")
    tab = {"compress_show": ["set_up"]}
    assert link(page) == tab
    page.number_input(key="c_links").set_value(3).run()
    page.number_input(key="c2_prune_keep").set_value(0.3).run()
    page.toggle(key="c_random").set_value(False).run()
    asked = link(page)
    assert asked == tab | {"c_links": ["3"], "c2_prune_keep": ["0.3"], "c_random": ["false"]}
    again = screen("compress", **asked)
    assert not again.exception
    assert again.number_input(key="c2_prune_keep").value == 0.3
    assert again.toggle(key="c_random").value is False
    assert len(kinds(again)) == 3


@pytest.mark.parametrize("bad", [{"c0_kind": "x"}, {"c_links": "99"}, {"c_start": "x"}, {"c_net": "x"}, {"chain": "x"}])
def test_what_no_widget_offers_is_ignored(screen, bad):
    page = screen("compress", **bad)
    assert not page.exception
    assert button(page, "compress_start").label.startswith("Start · about ")


def test_a_chain_is_queued_and_shown(screen, lab):
    page = screen("compress", **SMALL, c_links="2")
    button(page, "compress_start").click().run()
    assert not page.exception
    (job,) = lab.queue()
    assert [bool(student.untrained) for student in job.experiment.students] == [True, False]
    assert page.selectbox(key="chain").value == f"{job.title} #{job.id}"
    assert any(one.label == "Pause" for one in page.button)
    lab.stop(job.id)


def test_a_refusal_at_the_start_is_told(screen, lab, monkeypatch):
    page = screen("compress", **SMALL, c_links="2")

    def refuse(experiment):
        raise InvalidSetting("the disk is full; make room")

    monkeypatch.setattr(lab, "submit", refuse)
    button(page, "compress_start").click().run()
    assert not page.exception
    assert [one.value for one in page.warning] == ["The disk is full; make room."]


def test_a_running_chain_has_its_pipeline_from_the_first_stage(filed, screen, lab, home):
    filed("a1", JobState.RUNNING, specification=full(lab, small_chain()).to_json())
    page = screen("compress")
    assert not page.exception
    assert any(one.label == "Pause" for one in page.button)
    assert not page.get("plotly_chart")
    assert len(page.get("vega_lite_chart")) == 2


def test_a_failed_chain_says_why(filed, screen, lab):
    filed("a1", JobState.FAILED, specification=full(lab, small_chain()).to_json(), error="the disk is full; make room")
    page = screen("compress")
    assert not page.exception
    assert page.warning[0].value == "The disk is full; make room."
    assert "No step of this pipeline was finished." in said(page)


def test_a_stopped_chain_keeps_its_finished_stages(home, lab, screen):
    asked, store = full(lab, small_chain()), Store.open(home)

    def checkpoint() -> None:
        if len(store.runs(["a1"])) == 3:  # the teacher, the slice, and what was distilled
            raise Stopped("stopped by hand")

    with pytest.raises(Stopped):
        work(store, home, asked, checkpoint=checkpoint)
    store.set_job_state("a1", JobState.STOPPED, error="stopped by hand")
    store.close()
    page = screen("compress")
    assert not page.exception
    assert any(one.value == "Stopped by hand." for one in page.info)
    assert any(one.label == "Start again" for one in page.button)
    assert len(page.get("plotly_chart")) >= 1
    text = said(page)
    assert "Before any training **1\\. Slice** has" in text
    assert "8-bit integers** has" not in text


def test_a_chain_that_starts_again_is_the_one_in_sight(filed, screen, lab):
    filed("a1", JobState.STOPPED, specification=full(lab, small_chain()).to_json(), error="stopped by hand")
    page = screen("compress")
    assert page.selectbox(key="chain").value.endswith("#a1")
    next(one for one in page.button if one.label == "Start again").click().run()
    assert not page.exception
    (job,) = lab.queue()
    assert page.selectbox(key="chain").value == f"{job.title} #{job.id}"
    assert link(page)["chain"] == [f"{job.title} #{job.id}"]
    assert any(one.label == "Pause" for one in page.button)
    lab.stop(job.id)


def test_a_finished_chain_tells_every_stage_and_offers_its_files(compressed, screen, lab):
    page = screen("compress")
    assert not page.exception
    assert len(page.get("plotly_chart")) == 2
    text = said(page)
    assert "**3\\. 8-bit integers** (static, per channel, images 32) " in text
    assert "measured on the file itself" in text
    assert "The baseline random weights, labels reaches" in text
    assert "1 seed (no interval)" in text
    (job,) = lab.jobs()
    labels = [one.proto.label for one in page.get("download_button")]
    assert len(labels) == 4
    assert any(label.startswith("3\\. 8-bit integers (") for label in labels)
    queries = {one.proto.label: parse_qs(one.proto.query_string) for one in page.get("page_link")}
    assert queries["Open in Compare"]["experiments"] == [f"{job.title} #{job.id}"]
    assert len(queries["Benchmark in this browser"]["runs"]) == 4


def test_the_images_that_calibrated_8_bits_are_shown(compressed, screen):
    page = screen("compress")
    page.session_state["calibration_0"] = True
    page.run()
    assert not page.exception
    assert "32 training images: the scales of 8 bits were read off on these." in said(page)


def test_the_layers_before_and_after_stand_beside_each_other(compressed, screen):
    page = screen("compress")
    page.session_state["layers"] = page.session_state["layers_chart_table"] = True
    page.run()
    assert not page.exception
    assert "layers changed: all together hold" in said(page)
    table = next(one.value for one in page.dataframe if "Layer" in one.value)
    assert set(table["Changed by"]) == {"1. Slice"}
    assert table["Parameters after"].sum() < table["Parameters before"].sum()
    assert table["Channels after"].iloc[-1].endswith(" → 10")


def test_the_cost_of_the_second_chart_stands_in_the_link(compressed, screen):
    page = screen("compress")
    page.button_group(key="pipeline_cost").set_value("MACs").run()
    assert not page.exception
    assert link(page)["pipeline_cost"] == ["MACs"]


def test_other_experiments_are_no_chains(trained, screen):
    assert "Nothing was compressed in this lab yet" in said(screen("compress"))


def test_the_verdict_of_one_seed_is_the_labs_own(compressed, screen, lab):
    text = said(screen("compress"))
    (job,) = lab.jobs()
    beside = [one.name for one in job.experiment.students if one.name.startswith("random weights")]
    assert len(beside) == 2
    for name in beside:
        judged = lab.reports.against(job.id, name).set_index("student").loc["2. Knowledge distillation"]
        whose, found = "one seed: these two networks", judged["direction"]
        assert judged["verdict_seeds"] == 1
        assert judged["verdict"] == f"{whose}, {found}"
        told = next(line for line in text.splitlines() if line.startswith(f"The baseline {name} reaches"))
        assert found.replace("difference shown", "difference is shown") in told
        assert told.endswith("One seed speaks of these two networks only.")


def test_trainings_on_the_way_from_random_weights_are_folded(screen):
    page = screen("compress")
    (folded,) = [one for one in page.expander if one.label == "2 intermediate trainings"]
    measurement_lock = folded.markdown[0].value
    assert measurement_lock.count("1 of 2: ") == 2
    plan = next(one.value for one in page.markdown if "1\\. Slice: " in one.value)
    assert "1 of 2: " not in plan
    assert "random weights, Knowledge distillation: " in plan


def test_an_address_that_asks_for_no_chain_is_told_and_shows_no_other(compressed, screen, lab, filed):
    filed("b2", JobState.FINISHED, specification=lab.plan(experiment()).experiment.to_json())
    page = screen("compress", chain="Student #b2")
    assert not page.exception
    assert "expected one of this lab, got " in said(page)
    assert not page.get("plotly_chart")


def test_a_chain_that_is_gone_is_told_calmly(compressed, screen):
    page = screen("compress", chain="gone #0000000000000000")
    assert not page.exception
    assert "no experiment '0000000000000000'" in said(page).lower()


def test_a_pipeline_starts_from_an_own_network(trained, screen, lab):
    (job,) = lab.jobs()
    results = lab.reports.results([job.id])
    own = results[results["role"] == "student"].iloc[0]
    asked = {"c_teacher": f"run:{own['run_id']}", "c_links": "1", "c0_kind": "int8"}
    page = screen("compress", **asked, **QUICK)
    assert not page.exception
    assert not page.warning
    assert button(page, "compress_start").label.startswith("Start · about ")
    button(page, "compress_start").click().run()
    (queued,) = lab.queue()
    lab.stop(queued.id)
    assert queued.experiment.teacher.key == f"run:{own['run_id']}"
    (student,) = queued.experiment.students
    assert (student.architecture, student.width) == (own["architecture"], own["width"])
