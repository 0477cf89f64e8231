"""Train: the form, its address, presets, students, JSON, and watching in the four states."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from distill_core.lab.catalog import Catalog
from distill_core.spec import Experiment
from distill_core.store import JobState
from distill_core.templates.presets import PRESETS
from tests.pages.controls import in_sight
from tests.quick import experiment
from ui.forms import packed
from ui.screens.train import draft

DIGITS = {"task": "digits", "teacher": "train:resnet14"}


def spec(page) -> dict:
    """What the address holds of the form."""
    return packed.unpack(parse_qs(urlsplit(link(page)).query)["spec"][0])


def names(page) -> list[str]:
    return [student["name"] for student in spec(page)["students"]]


def students(page) -> list:
    return [one for one in shown(page).students if one.role == "student"]


def edit(page, row: int):
    """Open the editor of a student."""
    return page.button(key=f"train_edit_{row}").click().run()


def do(page, what: str, row: int):
    """Click what moves, copies or removes a student: it stands in the student's editor."""
    key = re.compile(rf"train_{what}_{row}(_\d+)?")
    if not any(key.fullmatch(one.key or "") for one in page.button):
        edit(page, row)
    return next(one for one in page.button if key.fullmatch(one.key or "")).click()


def shown(page) -> Experiment:
    return Experiment.from_json(page.code[-1].value)


def link(page) -> str:
    """What Copy link shows."""
    return page.code[0].value


def labels(page) -> list[str]:
    return [widget.label for kind in ("selectbox", "number_input", "select_slider") for widget in page.get(kind)]


@pytest.fixture
def train(screen):
    """The Train page on the digits, whose teacher needs no file."""
    return screen("train", **DIGITS)


def test_the_first_visit_says_what_would_run_and_for_how_long(train):
    assert not train.exception
    assert names(train) == ["KD, same images", "KD, all images"]
    assert "ResNet-14 teaches on" in train.markdown[-1].value
    assert train.button(key="train_start").label.startswith("Start · about ")
    assert not train.button(key="train_start").disabled


def test_a_device_is_offered_where_the_machine_has_one(screen, monkeypatch):
    monkeypatch.setattr(Catalog, "devices", lambda self: ("cpu",))
    assert "Device" not in labels(screen("train", **DIGITS, train_advanced="true"))
    monkeypatch.setattr(Catalog, "devices", lambda self: ("cuda", "cpu"))
    page = screen("train", **DIGITS, train_advanced="true")
    assert page.selectbox(key="train_device").options == ["auto", "cuda", "cpu"]


def test_more_hours_than_the_owner_allows_are_told_and_cannot_be_started(screen, lab):
    lab._limit_hours = 1e-4
    page = screen("train", **DIGITS)
    assert not page.exception
    (told,) = [warning.value for warning in page.warning]
    assert "expected at most 0.0001 hours of work" in told
    assert page.button(key="train_start").disabled
    assert "ResNet-14 teaches on" in page.markdown[-1].value


@pytest.mark.parametrize("page", ["home", "compress", "temperature"])
def test_what_a_page_offers_by_itself_may_take_longer_than_is_allowed(screen, lab, page):
    lab._limit_hours = 1e-4
    drawn = screen(page, task_seen="digits")
    assert not drawn.exception
    assert any("expected at most 0.0001 hours of work" in warning.value for warning in drawn.warning)


def test_too_few_labels_for_all_classes_are_told(screen):
    page = screen("train", **DIGITS, students="1", s0_labels="3")
    assert any("3 labels for 10 classes, so 7 of them have none" in one.value for one in page.caption)


def test_the_specification_is_complete_and_can_be_copied(train, lab):
    specification = shown(train)
    assert [one.role for one in specification.students] == ["control", "student", "student"]
    assert lab.plan(specification).experiment == specification


def test_values_come_from_the_address(screen):
    page = screen("train", **DIGITS, students="1", s0_T="10", s0_alpha="0.5", s0_labels="77", updates="30")
    assert not page.exception
    student = shown(page).students[-1]
    assert (student.temperature, student.alpha, student.labels) == (10.0, 0.5, 77)
    assert shown(page).budget.updates == 30


@pytest.mark.parametrize(
    "bad",
    [{"students": "99"}, {"s0_T": "700"}, {"s0_T": "nan"}, {"s0_T": "warm"}, {"s0_net": "resnet9"}, {"updates": "-3"}],
)
def test_what_no_field_offers_is_ignored(screen, train, bad):
    page = screen("train", **DIGITS, **bad)
    assert not page.exception
    assert shown(page) == shown(train)


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (
            {"s0_labels": "many"},
            "student 1, labels ('KD, same images'): expected a valid integer, got 'many'; change it.",
        ),
        ({"s0_labels": "999999"}, "got 999,999"),
        ({"s1_name": "KD, same images"}, "more than once"),
        ({"s0_name": " "}, "name"),
    ],
)
def test_what_cannot_run_is_told_calmly_and_start_waits(screen, bad, told):
    page = screen("train", **DIGITS, **bad)
    assert not page.exception
    assert not page.error
    assert told in page.warning[0].value
    assert page.button(key="train_start").disabled


def test_basic_shows_few_controls_and_all_settings_the_rest(screen):
    page = screen("train")
    main = list(in_sight(page.main))
    # The tabs' own, Copy link, the plan and its JSON included.
    assert len(main) <= 15, main
    edit(page, 0)
    fields = [key for key in in_sight(page.main) if key.startswith("train_students_0_")]
    assert [key.removeprefix("train_students_0_") for key in fields] == [
        *("name", "architecture", "method", "temperature", "alpha", "labels", "transfer")
    ]
    page.toggle(key="train_advanced").set_value(True).run()
    assert not page.exception
    more = set(in_sight(page.main)) - {*main, *fields}
    assert {"train_students_0_seeds", "train_students_0_width", "train_optimiser_momentum", "train_mode"} <= more


def test_one_editor_is_open_at_a_time(train):
    edit(train, 0)
    edit(train, 1)
    assert not train.exception
    assert [box.key for box in train.text_input] == ["train_students_1_name"]
    train.button(key="train_done_1").click().run()
    assert not train.text_input


def test_settings_stand_only_where_the_method_uses_them(train):
    edit(train, 0)
    assert {"Temperature T", "alpha", "Distil on (transfer set)"} <= set(labels(train))
    train.toggle(key="train_advanced").set_value(True).run()
    train.selectbox(key="train_students_0_method").select("label_smoothing").run()
    assert not train.exception
    assert {"Temperature T", "alpha", "Distil on (transfer set)"}.isdisjoint(labels(train))
    assert labels(train).count("Epsilon") == 1
    assert students(train)[0].temperature is None
    assert not train.button(key="train_start").disabled


def test_a_network_without_widths_offers_none(train):
    train.toggle(key="train_advanced").set_value(True).run()
    edit(train, 0)
    assert "Width" in labels(train)
    train.selectbox(key="train_students_0_architecture").select("inception_small").run()
    assert "Width" not in labels(train)
    train.selectbox(key="train_students_0_architecture").select("mobilenet_v2").run()
    train.number_input(key="train_students_0_width").set_value(0.5).run()
    assert not train.exception
    assert (students(train)[0].architecture, students(train)[0].width) == ("mobilenet_v2", 0.5)


def test_students_are_copied_added_moved_and_removed_and_keep_their_values(train):
    edit(train, 0)
    train.number_input(key="train_students_0_alpha").set_value(0.25).run()
    do(train, "copy", 0).run()
    assert names(train) == ["KD, same images", "KD, same images 2", "KD, all images"]
    assert train.number_input(key="train_students_1_alpha_1").value == 0.25
    do(train, "down", 1).run()
    assert names(train) == ["KD, same images", "KD, all images", "KD, same images 2"]
    assert train.number_input(key="train_students_2_alpha_2").value == 0.25  # its editor moves along
    do(train, "up", 2).run()
    do(train, "remove", 0).run()
    assert names(train) == ["KD, same images 2", "KD, all images"]
    train.button(key="train_add").click().run()
    assert names(train) == ["KD, same images 2", "KD, all images", "Student 3"]
    assert not train.exception


def test_a_change_that_comes_with_the_removal_of_a_line_lands_on_no_other_one(train):
    train.button(key="train_add").click().run()
    edit(train, 1)
    before = spec(train)["students"]
    do(train, "remove", 1)
    next(field for field in train.number_input if field.label == "alpha").set_value(0.25)
    train.run()
    assert not train.exception
    others = [student for place, student in enumerate(before) if place != 1]
    assert [one for one in spec(train)["students"] if one["name"] != before[1]["name"]] == others


def test_added_students_run_at_once_each_at_a_temperature_of_its_own(train):
    for _ in range(2):
        train.button(key="train_add").click().run()
    assert [one.temperature for one in students(train)] == [4.0, 4.0, 8.0, 2.0]
    assert not train.exception
    assert not train.warning
    assert not train.button(key="train_start").disabled


def test_a_removed_student_is_brought_back_with_those_that_it_taught(screen):
    page = screen("train", **DIGITS, s0_alpha="0.25", s1_by="student 1")
    before = shown(page)
    do(page, "remove", 0).run()
    assert [one.taught_by for one in students(page)] == [None]
    assert "**KD, same images** was removed." in [one.value for one in page.markdown]
    page.number_input(key="train_budget_updates").set_value(77).run()  # which stays
    page.button(key="train_undo_remove").click().run()
    assert not page.exception
    assert spec(page)["budget"]["updates"] == 77
    page.number_input(key="train_budget_updates").set_value(480).run()
    assert shown(page) == before
    assert "train_undo_remove" not in [button.key for button in page.button]


@pytest.mark.parametrize(
    ("field", "value", "copied"),
    [("name", " ", "2"), ("name", "x" * 64, f"{'x' * 62} 2"), ("labels", "abc", "KD, same images 2")],
)
def test_students_that_cannot_run_are_copied_added_and_removed(screen, field, value, copied):
    page = screen("train", **DIGITS)
    made = spec(page)
    made["students"][0][field] = value
    page = screen("train", spec=packed.pack(made))
    do(page, "copy", 0).run()
    assert not page.exception
    assert names(page)[1:] == [copied, "KD, all images"]
    page.button(key="train_add").click().run()
    assert not page.exception
    assert names(page)[3:] == ["Student 4"]
    do(page, "remove", 0).run()
    assert not page.exception
    assert names(page) == [copied, "KD, all images", "Student 4"]


def test_a_temperature_off_the_slider_stands_in_the_address(screen):
    page = screen("train", **DIGITS, s0_T="7.3")
    assert not page.exception
    assert students(page)[0].temperature == 7.3
    again = edit(screen("train", spec=packed.pack(spec(page))), 0)
    assert again.select_slider(key="train_students_0_temperature").value == 7.3


def test_the_link_holds_everything_on_the_first_run_and_nothing_of_an_old_one(screen):
    page = screen("train", **DIGITS, students="1", s0_T="10", updates="30")
    asked = parse_qs(urlsplit(link(page)).query)
    assert asked.keys() == {"spec", "train_show"}
    again = screen("train", spec=asked["spec"][0])
    assert shown(again) == shown(page)
    assert students(again)[0].temperature == 10.0
    assert parse_qs(urlsplit(link(again)).query)["spec"] == asked["spec"]


def test_seeds_and_what_has_no_field_come_back_as_they_are(screen, train):
    made = spec(train)
    made["students"][0] |= {"seeds": [3, 7], "scene": {"corruption": "fog", "severity": 2}}
    made["students"][1]["also"] = [{"method": "dkd"}, {"method": "rkd", "weight": 2.0}]
    made["optimiser"] = {"momentum": 0.9999}
    page = screen("train", spec=packed.pack(made), train_advanced="true")
    assert spec(page) == made
    edit(page, 0)
    assert page.multiselect(key="train_students_0_seeds").value == ["3", "7"]
    page.number_input(key="train_students_0_alpha").set_value(0.5).run()
    made["students"][0]["alpha"] = 0.5
    assert spec(page) == made
    edit(page, 1)
    assert not page.exception
    page.number_input(key="train_students_1_also_0_weight").set_value(3.0).run()
    assert spec(page)["students"][1]["also"] == [{"method": "dkd", "weight": 3.0}, {"method": "rkd", "weight": 2.0}]


def test_who_comes_back_finds_what_the_address_says_or_else_what_was_left(screen, train):
    first = spec(train)
    train.number_input(key="train_budget_updates").set_value(77).run()
    assert spec(train)["budget"] == {"updates": 77}
    train.run()  # asked for with an address of before, which is read once
    assert spec(train)["budget"] == {"updates": 77}
    train.switch_page("../pages/home.py").run()
    train.switch_page("../pages/train.py")
    train.query_params.clear()
    assert spec(train.run())["budget"] == {"updates": 77}
    train.switch_page("../pages/home.py").run()
    train.switch_page("../pages/train.py")
    train.query_params["spec"] = packed.pack(first)
    assert spec(train.run()) == first
    assert train.number_input(key="train_budget_updates").value == 480
    assert not train.exception


def test_a_specification_that_no_address_would_be_read_with_leaves_it(train, monkeypatch):
    monkeypatch.setattr(packed, "MOST_LETTERS", 100)
    train.run()
    assert not train.exception
    assert draft.TOO_LONG in [one.value for one in train.caption]
    assert "spec" not in parse_qs(urlsplit(link(train)).query)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("!", "expected a specification as Copy link writes it"),
        ("x" * 20_000, "expected at most 7,500 letters"),
        (packed.pack({"task": "digits", "students": []}), "expected a task and 1 to 200 students"),
        (packed.pack({"task": "digits", "students": [{"name": "a", "also": [3]}]}), "expected a task and 1 to 200"),
        (packed.pack({"task": "digits", "students": [{"name": "a", "also": [{"method": []}]}]}), "expected a task and"),
    ],
)
def test_a_link_that_cannot_be_read_is_told_and_the_default_shown(screen, text, told):
    page = screen("train", spec=text)
    assert not page.exception
    assert told in page.warning[0].value
    assert names(page) == ["KD, same images", "KD, all images"]


def test_a_link_with_values_that_cannot_run_shows_them_and_says_so(screen, train):
    made = spec(train) | {"budget": {"updates": "x"}, "views": 10**18, "task": "nothing", "teacher": {"kind": "odd"}}
    made["students"][0] |= {
        "architecture": "resnet9",
        "method": "magic",
        "alpha": "a",
        "temperature": 1e9,
        "labels": "b",
    }
    page = edit(screen("train", spec=packed.pack(made), train_advanced="true"), 0)
    assert not page.exception
    assert page.button(key="train_start").disabled
    assert spec(page) == made


@pytest.mark.parametrize("name", ["train", "home"])
def test_the_page_follows_the_appearance(screen, name):
    drawn = [part.proto.component_name for part in screen(name).main.get("bidi_component")]
    assert drawn[-2:] == ["appearance", "address"]


def test_the_last_student_cannot_be_removed(screen):
    page = screen("train", **DIGITS, students="1")
    edit(page, 0)
    assert page.button(key="train_remove_0").disabled


def test_every_preset_fills_the_form_and_its_address(screen, lab):
    for preset in PRESETS:
        page = screen("train")
        page.button(key=f"preset_{preset.name}").click().run()
        assert not page.exception
        assert names(page) == [student.name for student in preset.experiment.students]
        assert page.number_input(key="train_budget_updates").value == preset.experiment.budget.updates
        assert lab.plan(shown(page)).fingerprint == lab.plan(preset.experiment).fingerprint


def paste(train, other):
    """Into the box; the form then says the same."""
    train.text_area(key="train_paste").set_value(other.to_json()).run()
    train.button(key="train_load").click().run()
    assert not train.exception
    assert train.info[-1].value == "The specification is in the form."
    assert shown(train) == other


def test_a_pasted_specification_fills_the_form(train):
    paste(train, shown(train).model_copy(update={"data_seed": 7}))


def test_a_pasted_specification_keeps_what_no_field_shows(train):
    seeds = [one.model_copy(update={"seeds": (3, 7)}) for one in shown(train).students]
    optimiser = shown(train).optimiser.model_copy(update={"learning_rate": 1e-7, "momentum": 0.9999})
    other = shown(train).model_copy(update={"students": tuple(seeds), "optimiser": optimiser})
    paste(train, other)
    train.toggle(key="train_advanced").set_value(True).run()
    assert train.number_input(key="train_optimiser_momentum").value == 0.9999
    assert shown(train) == other


def test_what_no_field_shows_is_kept_and_told(train):
    made = shown(train).model_dump(mode="json")
    made["students"][1]["scene"] = {"corruption": "fog", "severity": 2}
    train.text_area(key="train_paste").set_value(json.dumps(made)).run()
    train.button(key="train_load").click().run()
    assert not train.exception
    assert "Kept, without a field here: KD, same images: scene." in train.info[-1].value
    assert spec(train)["students"][0]["scene"] == {"corruption": "fog", "severity": 2}


def test_that_controls_get_their_usual_names_is_told(train):
    (control, *others) = shown(train).students
    other = shown(train).model_copy(update={"students": (control.model_copy(update={"name": "mine"}), *others)})
    train.text_area(key="train_paste").set_value(other.to_json()).run()
    train.button(key="train_load").click().run()
    assert "controls come by themselves" in train.info[-1].value


def test_a_specification_without_students_is_refused(train):
    before = shown(train)
    alone = before.model_copy(update={"students": before.students[:1]})
    train.text_area(key="train_paste").set_value(alone.to_json()).run()
    train.button(key="train_load").click().run()
    assert not train.exception
    assert "Students: expected one student at least, got none" in train.info[-1].value
    assert shown(train) == before


def test_nonsense_in_the_box_is_told_and_changes_nothing(train):
    before = shown(train)
    train.text_area(key="train_paste").set_value('{"task": 3}').run()
    train.button(key="train_load").click().run()
    assert not train.exception
    assert "students" in train.info[-1].value
    assert shown(train) == before


def test_start_queues_the_experiment_and_shows_it(screen, lab):
    page = screen("train", **DIGITS)
    page.button(key="train_start").click().run()
    job = lab.jobs()[0]
    lab.stop(job.id)
    assert not page.exception
    assert page.session_state["train_show"] == "Watch"
    assert page.session_state["job"].endswith(f"#{job.id}")


def test_the_same_experiment_is_shown_and_not_started_twice(screen, filed, lab):
    plan = lab.plan(shown(screen("train", **DIGITS)))
    filed("a1", JobState.RUNNING, specification=plan.experiment.to_json(), fingerprint=plan.fingerprint)
    page = screen("train", **DIGITS)
    assert page.button(key="train_start").label == "Show it"
    assert "This experiment is already in the queue." in [part.value for part in page.info]
    assert page.main.get("progress")[0].proto.text.startswith("running")
    page.button(key="train_start").click().run()
    assert not page.exception
    assert [job.id for job in lab.jobs()] == ["a1"]


def test_watching_is_empty_at_first(screen):
    page = screen("train", train_show="Watch")
    assert not page.exception
    assert page.info[0].value.startswith("Nothing has been trained yet.")


def test_watching_a_running_one(screen, filed, lab):
    filed("a1", JobState.RUNNING, specification=lab.plan(experiment()).experiment.to_json())
    page = screen("train", train_show="Watch")
    assert not page.exception
    assert [metric.delta for metric in page.metric] == ["no updates yet"] * 3
    assert page.get("popover")


def test_watching_a_failed_one(screen, filed):
    filed("a1", JobState.FAILED, error="the teacher's file is damaged; fetch it again")
    page = screen("train", train_show="Watch")
    assert not page.exception
    assert not page.error
    assert page.warning[0].value == "The teacher's file is damaged; fetch it again."
    assert page.button(key="restart_a1").label == "Start again"


def test_watching_a_finished_one_shows_how_it_learned(trained, screen):
    page = screen("train", train_show="Watch")
    assert not page.exception
    assert len(page.metric) == 4
    assert (len(page.get("plotly_chart")), len(page.get("vega_lite_chart"))) == (1, 2)
    assert "Learning curves" in [part.value for part in page.subheader]


def test_the_link_of_an_experiment_holds_no_form(trained, screen, lab, bar):
    (job,) = lab.jobs()
    watched = {"train_show": ["watch"], "job": [f"{job.title} #{job.id}"]}
    page = screen("train", train_show="watch")
    assert parse_qs(urlsplit(link(page)).query) == watched
    assert bar["job"] == watched["job"]
    assert "spec" not in bar
    page.number_input(key="train_budget_updates").set_value(77).run()
    assert parse_qs(urlsplit(link(page)).query) == watched
    assert packed.unpack(bar["spec"][0])["budget"] == {"updates": 77}


def test_watching_one_that_is_gone(trained, screen):
    page = screen("train", train_show="Watch", job="an old one #0123456789abcdef")
    assert not page.exception
    assert "No experiment '0123456789abcdef'" in page.info[0].value


def test_a_student_may_be_taught_by_another_one(train):
    train.toggle(key="train_advanced").set_value(True).run()
    edit(train, 1)
    taught = train.selectbox(key="train_students_1_taught_by")
    assert taught.options == ["main teacher", "KD, same images"]
    taught.select("KD, same images").run()
    assert not train.exception
    assert [one.taught_by for one in students(train)] == [None, "KD, same images"]
    assert any("taught by KD, same images" in one.value for one in train.markdown)
    edit(train, 0)
    train.text_input(key="train_students_0_name").set_value("assistant").run()
    assert [one.taught_by for one in students(train)] == [None, "assistant"]
    do(train, "remove", 0).run()
    assert not train.exception
    edit(train, 0)
    assert "train_students_0_taught_by" not in [one.key for one in train.selectbox]
    assert [one.taught_by for one in students(train)] == [None]


def test_nobody_else_is_offered_to_a_student_of_peers(screen):
    page = edit(
        screen("train", **DIGITS, s1_method="mutual", s1_plus="kd", s1_by="student 1", train_advanced="true"), 1
    )
    assert not page.exception
    assert labels(page).count("Teacher") == 1
    assert not any("taught by" in one.value for one in page.warning)


def test_who_teaches_stands_in_an_old_address(screen):
    page = screen("train", **DIGITS, s1_by="student 1")
    assert not page.exception
    assert spec(page)["students"][1]["taught_by"] == "KD, same images"
    circle = screen("train", **DIGITS, s0_by="student 2", s1_by="student 1")
    assert "a cycle" in circle.warning[0].value
    gone = screen("train", **DIGITS, s1_by="student 9")
    assert "student 9" in gone.warning[0].value


def test_a_network_without_a_choice_of_strides_can_be_chosen(train):
    edit(train, 0)
    train.selectbox(key="train_students_0_architecture").select("vit_small").run()
    assert [one.value for one in train.warning] == []
    assert not train.button(key="train_start").disabled
    assert {one.stem_stride for one in shown(train).students if one.architecture == "vit_small"} == {1}


def test_a_lab_without_networks_says_that_they_will_teach(train):
    assert train.selectbox(key="train_teacher").options[0] == "ResNet-14"
    assert any("once finished, they are offered here" in one.value for one in train.caption)


def test_own_networks_teach_the_newest_first(trained, screen, lab):
    page = screen("train", **DIGITS)
    assert not any("once finished" in one.value for one in page.caption)
    runs = {run.id: run for run in lab._store.newest_runs("digits", teach=False, limit=10)}
    *shipped, _, _, _, _ = page.selectbox(key="train_teacher").options
    assert not any("#" in name for name in shipped)
    own = [name for name in page.selectbox(key="train_teacher").options if name.startswith("Trained here · ")]
    assert [name.rpartition("#")[2] for name in own] == list(runs)
    run = next(run for run in runs.values() if run.student == "KD, all")
    name = f"KD, all, Plain CNN, {100 * run.score('test'):.1f} % #{run.id}"
    page.selectbox(key="train_teacher").select(name).run()
    assert not page.exception
    (said,) = [one.value for one in page.caption if one.value.startswith("KD, all (Plain CNN)")]
    assert "It saw 100 labels, with seed 0, and has" in said
    assert "Trained just now" in said or "min ago" in said
    assert shown(page).teacher.model_dump() == {"kind": "run", "run": run.id}
    assert any(f"Plain CNN (KD, all, run {run.id[:8]}) teaches on" in one.value for one in page.markdown)
    assert not page.button(key="train_start").disabled


def test_an_address_may_name_any_run_of_the_task(trained, screen, lab, monkeypatch):
    monkeypatch.setattr("distill_core.lab.catalog.OWN_TEACHERS", 0)
    (*_, run) = lab._store.newest_runs("digits", teach=False, limit=10)
    for asked in (f"run:{run.id}", f"an older name #{run.id}"):
        page = screen("train", **DIGITS | {"teacher": asked})
        assert page.selectbox(key="train_teacher").value == f"run:{run.id}"
        assert shown(page).teacher.model_dump() == {"kind": "run", "run": run.id}
    for asked in ("run:0123456789abcdef", "run:", "#", "name #", "run:../etc"):
        page = screen("train", **DIGITS | {"teacher": asked})
        assert not page.exception
        assert page.selectbox(key="train_teacher").value == "train:resnet14"
    other = screen("train", task="fashion_mnist_small", teacher=f"run:{run.id}")
    assert other.selectbox(key="train_teacher").value == "shipped:fashion_resnet20"


def test_a_specification_that_a_run_teaches_comes_into_the_form(trained, screen, lab, monkeypatch):
    (*_, run) = lab._store.newest_runs("digits", teach=False, limit=10)
    page = screen("train", **DIGITS)
    wanted = shown(page).model_dump(mode="json") | {"teacher": {"kind": "run", "run": run.id}}
    for offered in (20, 0):
        monkeypatch.setattr("distill_core.lab.catalog.OWN_TEACHERS", offered)
        page = screen("train", **DIGITS)
        page.text_area(key="train_paste").set_value(json.dumps(wanted)).run()
        page.button(key="train_load").click().run()
        assert not page.exception
        assert shown(page).teacher.model_dump() == {"kind": "run", "run": run.id}


def test_an_address_may_name_an_ensemble_of_own_networks(trained, screen, lab):
    first, second, *_ = lab._store.newest_runs("digits", teach=False, limit=10)
    key = f"ensemble:run:{first.id},run:{second.id}"
    page = screen("train", **DIGITS | {"teacher": key})
    assert page.selectbox(key="train_teacher").value == shown(page).teacher.key == key
    assert any("Ensemble of Plain CNN" in one.value for one in page.caption)
    assert not page.button(key="train_start").disabled


def test_a_teacher_does_not_follow_to_a_task_that_it_cannot_teach(trained, screen, lab):
    run, *_ = lab._store.newest_runs("digits", teach=False, limit=10)
    for teacher in ("train:resnet14", f"run:{run.id}"):
        page = screen("train", **DIGITS | {"teacher": teacher})
        page.selectbox(key="train_task").select("fashion_mnist_small").run()
        assert not page.exception
        assert page.selectbox(key="train_teacher").value == "shipped:fashion_resnet20"


def _curves(part: str, parts: list[str]) -> None:
    import pandas as pd
    import streamlit as st

    from distill_core.methods import METHODS, loss_units
    from ui.jobs import learning
    from ui.networks import style

    st.session_state["curve_part"] = part
    kinds = ["loss", "valid_accuracy", *parts]
    rows = [{"run_id": "A/0", "student": "A", "seed": 0, "update": 1, "kind": kind, "value": 0.5} for kind in kinds]
    units = loss_units(METHODS, "kd" if "soft" in parts else "fitnet", parts)
    rows = [row | {"unit": units.get(row["kind"], "")} for row in rows]
    learning.show(pd.DataFrame(rows), style.looks({"A": "student"}, dark=False), updates=2)


@pytest.mark.parametrize(
    ("part", "parts", "unit"),
    [
        ("loss", ["hard", "soft"], "nats"),
        ("soft", ["hard", "soft"], "nats"),
        ("hard", ["hard", "hint"], "nats"),
        ("hint", ["hard", "hint"], None),
        ("loss", ["hard", "hint"], None),
    ],
)
def test_a_part_of_the_loss_has_a_unit_where_it_is_an_entropy(part, parts, unit):
    page = AppTest.from_function(_curves, args=(part, parts)).run()
    assert not page.exception
    chart = page.get("vega_lite_chart")[1].proto
    assert json.loads(chart.spec)["encoding"]["y"]["title"] == unit
    assert ("nats" in chart.alt) == bool(unit)


def _longer() -> None:
    import pandas as pd

    from ui.jobs import learning
    from ui.networks import style

    ends = [("teacher", 300), ("student", 60)]
    rows = [
        {"run_id": f"{name}/0", "student": name, "seed": 0, "update": update, "kind": kind, "value": 0.5, "unit": ""}
        for name, last in ends
        for update in (0, last)
        for kind in ("loss", "valid_accuracy")
    ]
    learning.show(pd.DataFrame(rows), style.looks({name: name for name, _ in ends}, dark=False), updates=60)


def test_points_of_a_teacher_that_trained_for_longer_do_not_squeeze_the_plot():
    page = AppTest.from_function(_longer).run()
    assert not page.exception
    for chart in page.get("vega_lite_chart"):
        spec = json.loads(chart.proto.spec)
        assert spec["encoding"]["x"]["scale"]["domain"] == [0, 60]
        for layer in spec["layer"]:
            held = layer["mark"].get("clip") or layer.get("transform") == [{"filter": "datum.update <= 60"}]
            assert held, layer
    assert page.caption[0].value == "teacher trained for longer than 60 updates: the table has the rest."


def test_an_address_that_names_a_task_alone_begins_with_its_comparison_and_one_that_holds_more_as_it_was(screen, lab):
    own = screen("train", task="scenes")
    assert not own.exception
    first = lab.catalog.first_experiment("scenes")
    named = [one.name for one in shown(own).students if one.role == "student"]
    assert named == [one.name for one in first.students if one.role == "student"]
    assert own.number_input(key="train_budget_updates").value == first.budget.updates
    more = screen("train", task="scenes", updates="77")
    assert more.number_input(key="train_budget_updates").value == 77
    assert {"KD, same images", "KD, all images"} <= {one.name for one in shown(more).students}
