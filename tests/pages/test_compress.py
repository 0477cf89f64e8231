"""Compress: empty, refused, running, failed, stopped with finished stages kept, finished; and the form of a chain."""

import re
import shutil
from urllib.parse import parse_qs, urlsplit

import pytest

from distill_core.errors import InvalidSetting, Stopped
from distill_core.lab import Lab
from distill_core.spec import Experiment
from distill_core.store import JobState, Store
from distill_core.templates.compression_chain import (
    CompressionChain,
    CompressionStage,
    TrainingStage,
    default_chain,
)
from tests.pages.controls import in_sight
from tests.quick import QUICK_TIMER, experiment, work
from ui.forms import packed
from ui.screens.compress import starts
from ui.screens.compress.presets import presets
from ui.text import titles

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
    """A button; each move of a step makes other ones of all."""
    return next(one for one in page.button if re.fullmatch(rf"{re.escape(key)}(_\d+)?", one.key or ""))


def steps(page) -> list[str]:
    """What the lines of the form call the steps."""
    found = (re.fullmatch(r"\*\*\d+\. (.+)\*\*", element.value) for element in page.markdown)
    return [match[1] for match in found if match]


def called(*names: str) -> list[str]:
    known = {**titles.methods(), **titles.steps()}
    return [known[name] for name in names]


def link(page) -> dict[str, list[str]]:
    """What Copy link holds."""
    return parse_qs(urlsplit(page.code[0].value).query)


def spec(page) -> dict:
    """What it holds of the form."""
    return packed.unpack(link(page)["spec"][0])


def shown(page) -> Experiment:
    (text,) = (part.value for part in page.code if part.language == "json")
    return Experiment.from_json(text)


def edit(page, row: int):
    """Open the editor of a step."""
    return button(page, f"compression_edit_{row}").click().run()


def do(page, what: str, row: int):
    """Click what moves, copies or removes a step: it stands in the step's editor."""
    if not any(re.fullmatch(rf"compression_{what}_{row}(_\d+)?", one.key or "") for one in page.button):
        edit(page, row)
    return button(page, f"compression_{what}_{row}").click()


def field(page, kind: str, row: int, name: str):
    """A field of that editor: each move of a step makes other widgets of all."""
    wanted = re.compile(rf"compression_links_{row}_{name}(_\d+)?")
    return next(one for one in page.get(kind) if wanted.fullmatch(one.key or ""))


def keys(page, kind: str) -> list[str]:
    return [re.sub(r"_\d+$", "", one.key.removeprefix("compression_links_")) for one in page.get(kind) if one.key]


def full(lab: Lab, chain: CompressionChain) -> Experiment:
    return lab.plan(lab.catalog.chain_experiment(chain)).experiment


def test_an_empty_lab_offers_the_default_chain_in_form_and_button(screen, lab):
    page = screen("compress")
    assert not page.exception
    assert not page.warning
    assert steps(page) == called("slice", "kd", "prune", "kd", "int8")
    assert "Nothing was compressed in this lab yet" in said(page)
    assert button(page, "compress_first").label.startswith("Run the default pipeline · about ")
    assert any("int8 files" in part.value for part in page.caption)
    assert button(page, "compress_start").label.startswith("Start · about ")
    assert shown(page) == full(lab, default_chain())
    assert link(page) == {"compress_show": ["set_up"]}


@pytest.mark.parametrize("preset", presets(), ids=lambda one: one.name)
def test_every_preset_fills_the_form_and_makes_sense(screen, lab, preset):
    page = screen("compress")
    button(page, f"c_preset_{preset.name}").click().run()
    assert not page.exception
    assert not page.warning, page.warning[0].value
    assert len(steps(page)) == len(preset.chain.links)
    assert shown(page) == full(lab, preset.chain)
    assert button(page, "compress_start").label.startswith("Start · about ")


def test_a_preset_leaves_what_all_links_share_as_it_is(screen):
    page = screen("compress", **QUICK, c_seeds="3", c_labels="500", c_start=starts.OWN)
    before = spec(page)
    assert before["start"]["architecture"] == "resnet8"
    button(page, "c_preset_rounded").click().run()
    assert not page.exception
    assert steps(page) == called("round", "round", "round")
    assert page.selectbox(key="compression_start").value == starts.TEACHER
    assert spec(page) | {"links": 0, "start": 0} == before | {"links": 0, "start": 0}
    assert (before["labels"], before["seeds"], before["controls"]) == (500, 3, False)


def test_a_finished_network_is_chosen_to_start_as(trained, screen, lab):
    page = screen("compress", **QUICK)
    page.selectbox(key="compression_start").select(starts.FINISHED).run()
    assert not page.exception
    offered = page.selectbox(key="compression_start_run").options
    assert len(offered) == 3
    assert all(name.startswith("Trained here · ") for name in offered)
    run = lab._store.newest_runs("digits", teach=False, limit=1)[0].id
    links = {"c_links": "2", "c0_kind": "prune", "c0_prune_multiple": "1", "c1_kind": "train"}
    page = screen("compress", **QUICK, **links, c_start=starts.FINISHED, c_from=f"run:{run}")
    assert not page.exception
    assert spec(page)["start"] == {"kind": "run", "run": run}
    assert f"the finished network of run {run}, not trained" in said(page)
    written = shown(page)
    assert full(lab, lab.catalog.chain_spec(written)) == written
    button(page, "compress_start").click().run()
    (job,) = lab.queue()
    lab.stop(job.id)
    first, then, *_ = job.experiment.students
    assert (first.start.run, first.untrained, then.start.source) == (run, True, first.name)


def test_without_a_finished_network_it_is_said_what_to_do(screen):
    page = screen("compress", **QUICK, c_start=starts.FINISHED)
    assert not page.exception
    assert page.warning[0].value == starts.NONE_FINISHED


def test_a_pipeline_of_five_steps_shows_few_controls(screen):
    page = screen("compress")
    assert len(steps(page)) == 5
    # The page's own (Copy link, by hand or by a goal), the plan and its JSON included; without the other tab's.
    main = [key for key in in_sight(page.main) if key != "compress_first"]
    assert len(main) <= 18, main


def test_steps_are_added_copied_moved_and_removed_and_keep_their_values(screen):
    page = edit(screen("compress"), 1)
    field(page, "number_input", 1, "alpha").set_value(0.25).run()
    do(page, "down", 1).run()
    assert steps(page) == called("slice", "prune", "kd", "kd", "int8")
    assert field(page, "number_input", 2, "alpha").value == 0.25  # its editor moves along
    do(page, "copy", 2).run()
    assert [row.get("alpha") for row in spec(page)["links"]] == [None, None, 0.25, 0.25, None, None]
    do(page, "remove", 0).run()
    assert steps(page) == called("prune", "kd", "kd", "kd", "int8")
    do(page, "up", 4).run()
    assert steps(page) == called("prune", "kd", "kd", "int8", "kd")
    button(page, "compression_add").click().run()
    assert steps(page) == called("prune", "kd", "kd", "int8", "kd", "kd")
    assert not page.exception


def test_a_second_click_removes_no_other_step(screen):
    page = screen("compress")
    button(page, "c_preset_rounded").click().run()
    before = spec(page)["links"]
    do(page, "remove", 0)
    clicked = page._tree.get_widget_states()
    for _ in range(2):  # the second one before the browser knew of the first
        page._run(clicked)
    assert spec(page)["links"] == before[1:]
    button(page, "compression_undo_remove").click().run()
    assert not page.exception
    assert spec(page)["links"] == before


def test_a_removed_step_is_brought_back_with_those_that_took_its_network(screen):
    page = screen("compress", **SMALL, c2_after="link 1", c4_after="link 2")
    before = shown(page)
    do(page, "remove", 1).run()
    assert [row.get("after") for row in spec(page)["links"]] == [None, 1, None, "a step that was removed"]
    assert "The input of step 4: expected a network above it, got a step that was removed" in page.warning[0].value
    assert button(page, "compress_start").disabled
    page.number_input(key="compression_budget_updates").set_value(9).run()  # which stays
    button(page, "compression_undo_remove").click().run()
    assert not page.exception
    assert spec(page)["budget"]["updates"] == 9
    page.number_input(key="compression_budget_updates").set_value(8).run()
    assert shown(page) == before


def test_a_step_whose_input_is_gone_is_kept_until_another_is_chosen(screen):
    page = screen("compress", **SMALL, c_links="3", c1_kind="round", c2_kind="train", c2_after="link 1")
    do(page, "remove", 0).run()
    edit(page, 1)
    assert not page.exception
    taken = field(page, "selectbox", 1, "after")
    assert taken.value == "a step that was removed"
    taken.select(0).run()
    assert not page.exception
    assert not page.warning
    assert spec(page)["links"][1]["after"] == 0
    assert "a step that was removed" not in field(page, "selectbox", 1, "after").options


def test_a_step_that_takes_what_another_makes_follows_it(screen):
    links = [{"method": "kd"}, {"method": "labels"}, {"method": "kd", "after": 1}]
    teacher = {"kind": "train", "architecture": "resnet14"}
    made = {"task": "digits", "teacher": teacher, "links": links, "optimiser": {"learning_rate": 0.05}}
    page = screen("compress", spec=packed.pack(made))
    assert "without a field here: optimiser." in said(page)
    do(page, "up", 1).run()
    assert [row.get("after") for row in spec(page)["links"]] == [None, None, 2]
    do(page, "up", 2).run()
    do(page, "up", 1).run()
    assert [row.get("after") for row in spec(page)["links"]] == [3, None, None]
    assert "Step 1: after: expected 0 to 0, got 3" in page.warning[0].value


def test_a_chain_that_makes_no_sense_says_why_and_cannot_start(screen):
    page = screen("compress")
    for _ in range(3):
        do(page, "remove", 1).run()
    assert steps(page) == called("slice", "int8")
    assert not page.exception
    assert "which has not learnt in this form; train it before that step" in page.warning[0].value
    assert button(page, "compress_start").disabled


def test_another_kind_of_step_takes_the_same_network(screen):
    page = edit(screen("compress", **SMALL, c_links="3", c2_after="link 1"), 2)
    page.selectbox(key="compression_links_2").select("slice").run()
    assert spec(page)["links"][2] == {"step": "slice", "architecture": "resnet14", "width": 1.0, "after": 1}
    assert field(page, "number_input", 2, "width").value == 1.0
    page.selectbox(key="compression_links_2").select("train").run()
    assert not page.exception
    assert spec(page)["links"][2] == {"after": 1}
    assert field(page, "selectbox", 2, "method").value == "kd"


def test_settings_stand_only_where_the_step_uses_them(screen):
    page = edit(screen("compress"), 4)
    assert "4_parameters_images" in keys(page, "number_input")
    field(page, "number_input", 4, "parameters_images").set_value(64).run()
    field(page, "selectbox", 4, "choices_way").select("dynamic").run()
    assert not page.exception
    assert not page.warning
    assert "4_parameters_images" not in keys(page, "number_input")
    assert spec(page)["links"][4] == {"step": "int8", "choices": {"way": "dynamic"}, "parameters": {}}
    edit(page, 1)
    field(page, "selectbox", 1, "method").select("labels").run()
    assert {"1_alpha", "1_temperature"}.isdisjoint({*keys(page, "number_input"), *keys(page, "select_slider")})
    assert not page.exception


def test_the_link_of_a_chain_opens_the_same_chain(screen):
    page = edit(screen("compress"), 2)
    field(page, "number_input", 2, "parameters_keep").set_value(0.6).run()
    page.checkbox(key="compression_controls").set_value(False).run()
    asked = link(page)
    assert asked.keys() == {"compress_show", "spec"}
    assert "links" in spec(page)
    assert spec(page)["controls"] is False
    again = screen("compress", **asked)
    assert not again.exception
    assert shown(again) == shown(page)
    assert link(again) == asked


def test_a_link_with_values_that_cannot_run_shows_them_and_says_so(screen):
    made = {
        **{"task": "nothing", "teacher": {"kind": "odd"}, "budget": {"updates": "x"}, "labels": "many", "seeds": 99},
        "start": {"architecture": "resnet9", "width": "wide"},
        "links": [
            {"step": "shrink", "after": 7},
            {"step": "prune", "parameters": {"keep": "half", "odd": 1}, "choices": {"importance": "none"}},
            {"method": "magic", "alpha": "a", "temperature": 1e9, "after": "b"},
        ],
    }
    page = screen("compress", spec=packed.pack(made))
    for row in range(3):
        edit(page, row)
        assert not page.exception
        assert button(page, "compress_start").disabled
        assert spec(page) == made


def test_a_link_that_says_the_defaults_too_shows_the_usual_pipeline(screen):
    page = screen("compress", spec=packed.pack(default_chain().model_dump(mode="json")))
    assert not page.exception
    assert "T 4 · alpha 0.9" in said(page)
    assert "None" not in said(page)
    assert link(page) == {"compress_show": ["set_up"]}


def test_a_link_of_an_unknown_task_may_start_as_a_finished_network(screen):
    asked = {"task": "nothing", "start": {"kind": "run", "run": "0" * 16}, "links": [{}]}
    page = screen("compress", spec=packed.pack(asked))
    assert not page.exception
    assert spec(page)["task"] == "nothing"
    page.selectbox(key="compression_start").select(starts.TEACHER).run()
    page.selectbox(key="compression_start").select(starts.FINISHED).run()
    assert not page.exception
    assert button(page, "compress_start").disabled


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("!", "expected a specification as Copy link writes it"),
        (packed.pack({"links": []}), "expected a pipeline of 1 to 8 steps"),
        (packed.pack({"links": [3]}), "expected a pipeline of 1 to 8 steps"),
        (packed.pack({"links": [{"step": "round", "parameters": 3}]}), "expected a pipeline of 1 to 8 steps"),
        (packed.pack({"links": [{}], "start": "x"}), "expected a pipeline of 1 to 8 steps"),
        (packed.pack({"task": "digits", "students": []}), "expected a pipeline of 1 to 8 steps"),
    ],
)
def test_a_link_that_cannot_be_read_is_told_and_the_default_shown(screen, text, told):
    page = screen("compress", spec=text)
    assert not page.exception
    assert told in page.warning[0].value
    assert steps(page) == called("slice", "kd", "prune", "kd", "int8")


@pytest.mark.parametrize("bad", [{"c0_kind": "x"}, {"c_links": "99"}, {"c_start": "x"}, {"c_net": "x"}, {"chain": "x"}])
def test_what_no_field_took_is_ignored(screen, bad):
    page = screen("compress", **bad)
    assert not page.exception
    assert button(page, "compress_start").label.startswith("Start · about ")


def test_who_comes_back_finds_what_was_left(screen):
    page = screen("compress")
    page.number_input(key="compression_budget_updates").set_value(77).run()
    page.switch_page("../pages/home.py").run()
    page.switch_page("../pages/compress.py")
    page.query_params.clear()
    page.run()
    assert not page.exception
    assert spec(page)["budget"]["updates"] == 77
    assert link(page)["compress_show"] == ["set_up"]


def test_another_task_brings_its_teacher(screen):
    page = screen("compress", c_start=starts.OWN, c0_kind="train", c_links="1")
    page.selectbox(key="compression_task").select("digits").run()
    assert not page.exception
    assert not page.warning
    assert (spec(page)["teacher"]["kind"], spec(page)["start"]["architecture"]) == ("train", "resnet8")


@pytest.mark.parametrize("task", ["spoken_digits", "languages"])
def test_another_task_brings_networks_that_take_its_examples(screen, lab, task):
    page = screen("compress")
    page.selectbox(key="compression_task").select(task).run()
    button(page, "c_preset_slice").click().run()
    assert not page.exception
    page = edit(page, 0)
    offered = {titles.networks()[entry.name] for entry in lab.catalog.networks(task)}
    assert set(field(page, "selectbox", 0, "architecture").options) == offered
    assert not page.warning, page.warning[0].value


def test_a_specification_is_pasted(screen, lab):
    page = screen("compress", **QUICK)
    page.text_area(key="compress_paste").set_value(full(lab, small_chain()).to_json()).run()
    button(page, "compress_load").click().run()
    assert not page.exception
    assert "The specification is in the form." in said(page)
    assert shown(page) == full(lab, small_chain())
    page.text_area(key="compress_paste").set_value(experiment().to_json()).run()
    button(page, "compress_load").click().run()
    assert "expected an experiment that steps of compression make" in said(page)


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


@pytest.mark.parametrize(("kept", "told"), [(True, 1), (False, 0)])
def test_a_stopped_chain_says_whether_it_goes_on_where_it_was(filed, screen, lab, home, kept, told):
    filed("a1", JobState.STOPPED, specification=full(lab, small_chain()).to_json(), error="stopped by hand")
    if kept:
        lab._store.half_trained.write(["0" * 16], "a1", b"half trained")
    page = screen("compress")
    assert not page.exception
    assert sum(one.value == "Start again within an hour, and it goes on where it was." for one in page.caption) == told


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


def test_a_form_out_of_sight_is_kept_in_the_bar_and_not_in_the_link(compressed, screen, bar):
    asked = {"links": [{}], "seeds": 2}
    page = screen("compress", spec=packed.pack(asked), compress_show="results")
    assert not page.exception
    assert "spec" not in link(page)
    assert packed.unpack(bar["spec"][0])["seeds"] == 2
    assert (bar["compress_show"], link(page)["compress_show"]) == (["results"], ["results"])


def test_a_copy_of_a_pipeline_is_in_the_form(compressed, screen, lab):
    page = screen("compress")
    (job,) = lab.jobs()
    button(page, f"copy_{job.id}").click().run()
    assert not page.exception
    assert link(page)["compress_show"] == ["set_up"]
    assert f"A copy of **{job.title}** is in the form." in said(page)
    assert shown(page) == job.experiment
    assert "T 4 · alpha" in said(page)
    train = screen("train", train_show="watch")
    (there,) = [one.proto for one in train.get("page_link") if one.proto.label == "Edit a copy"]
    linked = screen("compress", **parse_qs(there.query_string))
    assert shown(linked) == job.experiment
    assert spec(linked)["links"] == spec(page)["links"]


def test_a_finished_chain_tells_every_stage_and_offers_its_files(compressed, screen, lab):
    page = screen("compress")
    assert not page.exception
    assert len(page.get("plotly_chart")) == 2
    text = said(page)
    assert "**3\\. 8-bit integers** (static, per channel, examples 32) " in text
    assert "measured on the file itself" in text
    assert "The baseline random weights, labels reaches" in text
    assert "1 seed (no interval)" in text
    (job,) = lab.jobs()
    labels = [one.proto.label for one in page.get("download_button") if one.proto.label != "Download"]
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
