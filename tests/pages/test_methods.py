"""Methods on an empty lab, on a trained pair, and the comparison: before, refused, running, finished, failed."""

import json
import re
import shutil
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest
import streamlit as st

from distill_core.errors import InvalidSetting
from distill_core.lab import Lab
from distill_core.methods import METHODS, Method, StepLoss
from distill_core.methods.pictures import compared
from distill_core.methods.source_code import loss_source
from distill_core.spec import Experiment
from distill_core.store import JobState
from distill_core.templates.method_comparison import MethodComparison, comparison_experiment, trial_experiment
from tests.quick import QUICK_TIMER, experiment
from ui import charts
from ui.charts import Gap
from ui.findings.facts import Estimate
from ui.findings.standings import CONTROL, KD, Group, NoneBetter
from ui.forms import packed
from ui.networks import style
from ui.screens.methods import card, choose, overview, standings

COMPARE = {"part": "Compare methods"}
EXPLORE = {"part": "Explore a method"}
QUICK = {"r_task": "digits", "r_seeds": "1", "r_updates": "8", "r_batch": "16", "r_labels": "100", "r_net": "plain_cnn"}


def small_comparison(*methods: str, seeds: int = 1) -> Experiment:
    asked = MethodComparison(
        methods=methods,
        task="digits",
        teacher=experiment().teacher,
        architecture="plain_cnn",
        width=0.5,
        stem_stride=1,
        labels=100,
        seeds=seeds,
        budget=experiment().budget,
    )
    return comparison_experiment(asked)


@pytest.fixture(scope="session")
def finished_once(tmp_path_factory):
    """A home with one finished comparison of three seeds."""
    home = tmp_path_factory.mktemp("compared")
    lab = Lab.open(home, timer=QUICK_TIMER)
    assert lab.wait(lab.submit(small_comparison("dkd", "rkd", seeds=3)), timeout_seconds=180).error is None
    lab.close()
    return home


@pytest.fixture
def finished(home, finished_once):
    shutil.copytree(finished_once, home, dirs_exist_ok=True)
    return home


def said(page) -> str:
    return "\n".join(element.value for element in (*page.markdown, *page.caption, *page.info)).replace("\u00a0", " ")


def at(method: str) -> dict[str, str]:
    """The address of a method."""
    return choose.address(METHODS.get(method))


# One of each kind: no teacher, each of the six pictures, what trains along, and what ends in the teacher's head.
KINDS = ("labels", "kd", "dkd", "at", "sp", "rkd", "fitnet", "crd", "simkd")


@pytest.mark.parametrize("method", KINDS)
def test_an_empty_lab_shows_a_method_of_each_kind_on_networks_that_ship(screen, method):
    page = screen("methods", **at(method))
    entry = METHODS.get(method)
    assert not page.exception
    assert not page.warning
    assert entry.title in [heading.value for heading in page.subheader]
    text = said(page)
    assert entry.teaches in text
    assert entry.formula in text
    assert card.meanings(entry).replace("\u00a0", " ") in text
    assert loss_source(entry).strip() in [block.value for block in page.code]
    assert "**ResNet-20** as the teacher and **ResNet-8, weaker on purpose**" in text
    # Who ends in the teacher's head is shown on a student that the method trained, and none ships.
    drawn = (
        f"a student that {entry.title} trained" if entry.reuses_teacher_head else "beside ResNet-20 on 40 test images"
    )
    assert drawn in text
    assert (f"https://arxiv.org/abs/{entry.paper}" in text) == bool(entry.paper)
    if method == "kd":
        assert re.search(r"is [\d.]+ nats; before their weights: labels [\d.]+ nats and soft [\d.]+ nats\.", text)


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_every_method_names_its_paper_and_the_card_tells_it(method):
    told = card.paper(method)
    assert (f"https://arxiv.org/abs/{method.paper}" in told) == bool(method.paper)
    assert method.paper or method.source in told


def test_a_method_that_is_registered_draws_itself(screen, monkeypatch):
    def margins(logits_NC):
        return logits_NC - logits_NC.amax(1, keepdim=True)

    def build(settings, pair):
        return lambda inputs: StepLoss(
            parts={"margin": (margins(inputs.student_BC) - margins(inputs.teacher_BC)).square().mean()}
        )

    toy = Method(
        name="margins",
        title="Margins",
        paper="1503.02531",
        teaches="How far behind its first choice a network puts each class.",
        formula=r"\mathrm{MSE}(m_s, m_t)",
        uses_teacher=True,
        build=build,
        picture=lambda settings, activations: compared(
            "logit behind the first choice", "teacher", *map(margins, activations.logits), share=False
        ),
    )
    monkeypatch.setattr(METHODS, "_entries", {entry.name: entry for entry in (*METHODS, toy)})
    text = said(screen("methods", **at("margins")))
    assert "What is compared**: logit behind the first choice" in text
    assert "The teacher's logits." in text
    assert "before their weights: margin" in text


def test_it_begins_with_a_table_of_all_methods(screen):
    page = screen("methods")
    assert not page.exception
    table = page.dataframe[0].value.set_index("Method")
    assert len(table) == len(METHODS)
    assert table.loc["FitNet", ["Year", "Family", "Needs"]].tolist() == [2015, "features", "Features"]
    assert table.loc["FitNet", "Paper"] == "https://arxiv.org/abs/1412.6550"
    assert table.loc["Knowledge distillation", "Step (× KD)"] == 1.0
    assert table.loc["Knowledge distillation", "Gain (pp)"] > 0
    assert table.loc["Knowledge distillation", "Verdict"] == "better"
    assert table.loc["Labels only", "Verdict"] == "the control"
    assert "Verdicts are paired t-tests over seeds, with Holm's correction" in said(page)
    assert not page.subheader


@pytest.mark.parametrize(
    ("wanted", "titles"),
    [
        ("2014", ["Logit regression"]),
        (
            "RELATIONS 2019",
            [
                *("Relational distillation", "Similarity-preserving", "Instance-relation graph"),
                "Structured distillation, pairwise",
            ],
        ),
        ("several students", ["Mutual learning"]),
    ],
)
def test_the_table_is_searched_and_the_search_stands_in_the_link(screen, wanted, titles):
    page = screen("methods", find_method=wanted)
    assert list(page.dataframe[0].value["Method"]) == titles
    assert parse_qs(urlsplit(link(page)).query) == {"find_method": [wanted]}


def test_a_search_that_finds_nothing_says_so(screen):
    page = screen("methods", find_method="*none*")
    assert not page.exception
    assert page.info[0].value.startswith("No method has “\\*none\\*”")


def test_a_row_that_is_chosen_opens_its_method(screen, monkeypatch):
    def choose_the_third(rows, *, on_select=None, **options):
        if on_select is None:
            return
        st.button("Third", on_click=lambda: (st.session_state.update(chosen_rows()), on_select()))

    def chosen_rows():
        return {overview.TABLE: {"selection": {"rows": [2]}}}

    monkeypatch.setattr(overview.spreadsheet, "table", choose_the_third)
    page = screen("methods", find_method="features")
    third = [method for method in METHODS if overview.matches(method, "features")][2]
    next(button for button in page.button if button.label == "Third").click().run()
    assert not page.exception
    assert page.subheader[0].value == third.title
    assert parse_qs(urlsplit(link(page)).query)["family"] == [choose.family(third)]


@pytest.mark.parametrize("method", ["dkd", "mutual", "patient"])
def test_a_method_is_tried_in_train(screen, lab, method):
    page = screen("methods", **EXPLORE, **at(method))
    way = next(link.proto for link in page.get("page_link") if link.proto.label == "Try it in Train")
    asked = {key: value[0] for key, value in parse_qs(way.query_string).items()}
    train = screen("train", **asked)
    assert not train.exception
    assert not train.warning
    plan = lab.plan(trial_experiment(METHODS.get(method)))
    assert f"{METHODS.get(method).title}: ResNet-8" in said(train)
    written = next(block.value for block in train.code if block.value.startswith("{"))
    assert json.loads(written) == json.loads(plan.experiment.to_json())


def test_it_begins_with_kd(screen):
    page = screen("methods", **EXPLORE)
    assert [heading.value for heading in page.subheader] == ["Knowledge distillation", "On two trained networks"]
    assert "The teacher's logits." in said(page)


def test_what_a_method_asks_for_is_told_for_this_pair(screen):
    text = said(screen("methods", **at("srrl")))
    assert "The teacher's logits, the embedding of both networks and the teacher's head." in text
    assert "4,160 adapter parameters for this pair, trained along with the student." in text
    assert "Source: Yang et al. 2021" in text


def test_each_family_remembers_its_choice(screen):
    page = screen("methods", family="features", of_features="at", of_logits="dkd")
    assert page.subheader[0].value == "Attention transfer"
    page.button_group(key="family").set_value("logits").run()
    assert page.subheader[0].value == "Decoupled distillation"
    page.button_group(key="family").set_value("features").run()
    assert page.subheader[0].value == "Attention transfer"


@pytest.mark.parametrize("bad", [{"family": "x"}, {"of_logits": "x"}, {"seen": "x"}, {"pupil": "x"}, {"part": "x"}])
def test_what_no_widget_offers_is_ignored(screen, bad):
    page = screen("methods", **{**EXPLORE, **bad})
    assert not page.exception
    if "part" in bad:
        assert len(page.dataframe[0].value) == len(METHODS)
        return
    assert page.subheader[0].value == "Knowledge distillation"


def test_a_trained_pair_is_chosen_by_itself(trained, screen):
    page = screen("methods", **at("kd"))
    assert not page.exception
    assert page.selectbox(key="pupil").value.startswith("KD, all #")
    assert "KD, all (Plain CNN, 100 labels, seed 0) beside Plain CNN on 40 test images" in said(page)
    assert "ship" not in said(page)


def test_the_student_and_the_image_stand_in_the_address(trained, screen):
    page = screen("methods", **at("kd"))
    assert "control" in page.selectbox(key="pupil").options  # no number, which only the address has
    control = page.selectbox(key="pupil").set_value("control").run().selectbox(key="pupil").value
    assert control.startswith("control #")
    image = page.selectbox(key="seen").options[3]
    page = screen("methods", **at("kd"), pupil=control, seen=image)
    assert (page.selectbox(key="pupil").value, page.selectbox(key="seen").value) == (control, image)
    assert f"On {image} they differ most about" in said(page)


def test_an_experiment_without_a_finished_student_says_who_stands_in(filed, screen):
    filed("a1", JobState.STOPPED)
    page = screen("methods", **EXPLORE)
    assert not page.exception
    assert "No student of this experiment is finished. Two networks that ship with the lab stand in" in said(page)


def test_a_pair_that_a_method_cannot_do_is_told_calmly(screen, lab, monkeypatch):
    def refuse(*asked):
        raise InvalidSetting("a stage: expected a map, got tokens; choose another network")

    monkeypatch.setattr(lab.reports, "method_view", refuse)
    page = screen("methods", **at("at"))
    assert not page.exception
    assert page.info[0].value == "A stage: expected a map, got tokens; choose another network."
    assert METHODS.get("at").teaches in said(page)


def test_no_comparison_yet_says_what_to_do(screen):
    page = screen("methods", **COMPARE)
    assert not page.exception
    assert "No methods were compared in this lab yet. Choose some and press **Start**" in said(page)
    assert page.button(key="comparison_start").label.startswith("Start · about ")
    assert "Control: ResNet-8, Labels only, 500 labels" in said(page)


def test_a_comparison_is_queued_and_shown(screen, lab):
    page = screen("methods", **COMPARE, **QUICK, r_methods="dkd")
    assert page.multiselect(key="new_comparison_methods").value == ["dkd"]
    page.button(key="comparison_start").click().run()
    assert not page.exception
    (job,) = lab.queue()
    assert [student.method for student in job.experiment.students] == ["labels", "kd", "dkd"]
    assert page.selectbox(key="comparison").value == f"{job.title} #{job.id}"
    assert any(button.label == "Pause" for button in page.button)
    lab.stop(job.id)


def link(page) -> str:
    """What Copy link shows."""
    return page.code[0].value


def test_the_link_of_a_comparison_opens_the_same_comparison(screen):
    page = screen("methods", **COMPARE)
    page.multiselect(key="new_comparison_methods").set_value(["dkd", "at"]).run()
    options = page.multiselect(key="new_comparison_methods").options
    assert {"Decoupled distillation", "Attention transfer"} <= set(options)
    asked = parse_qs(urlsplit(link(page)).query)
    assert packed.unpack(asked["spec"][0]) == {"methods": ["dkd", "at"]}
    again = screen("methods", **asked)
    assert not again.exception
    assert again.multiselect(key="new_comparison_methods").value == ["dkd", "at"]


def test_a_link_that_calls_a_comparison_a_race_still_opens_it(finished, screen, lab):
    (job,) = lab.jobs()
    page = screen("methods", **COMPARE, race=f"{job.title} #{job.id}")
    assert page.selectbox(key="comparison").value == f"{job.title} #{job.id}"
    assert "race" not in page.query_params


def test_the_stem_stride_is_asked_for_only_where_there_is_a_choice(screen, lab):
    page = screen("methods", **COMPARE)
    assert "new_comparison_stem_stride" in [box.key for box in page.selectbox]
    page.selectbox(key="new_comparison_architecture").select("vit_small").run()
    assert not page.exception
    assert "new_comparison_stem_stride" not in [box.key for box in page.selectbox]
    page = screen("methods", **COMPARE, **{**QUICK, "r_net": "vit_small", "r_stem": "2"})
    page.button(key="comparison_start").click().run()
    assert not page.exception
    (job,) = lab.queue()
    assert {student.stem_stride for student in job.experiment.students} == {1}
    lab.stop(job.id)


@dataclass(frozen=True)
class Shipped:
    """Stands in for a manifest."""

    title: str
    sha256: str
    measured: dict


def test_the_chosen_table_stands_in_the_link(finished, screen, lab, monkeypatch):
    (job,) = lab.jobs()
    sheet = lab.reports.experiment_report(f"job:{job.id}")
    tables = tuple((Shipped(title, title, {"cost": None}), sheet) for title in ("Labelled images", "All images"))
    monkeypatch.setattr("ui.screens.methods.shipped.method_tables", lambda: tables)
    page = screen("methods", part="Reference results", table="All images")
    assert not page.exception
    assert page.button_group(key="table").value == "All images"
    assert parse_qs(urlsplit(link(page)).query) == {"part": ["reference"], "table": ["All images"]}
    assert page.dataframe[-1].proto.alt.startswith("Every student: accuracy")


def test_a_comparison_without_methods_is_refused_with_the_reason(screen):
    page = screen("methods", **COMPARE)
    page.multiselect(key="new_comparison_methods").set_value([]).run()
    assert not page.exception
    assert "methods" in page.warning[0].value
    assert not any(button.key == "comparison_start" for button in page.button)


def test_a_refusal_at_the_start_is_told(screen, lab, monkeypatch):
    page = screen("methods", **COMPARE, **QUICK)

    def refuse(experiment):
        raise InvalidSetting("the disk is full; make room")

    monkeypatch.setattr(lab, "submit", refuse)
    page.button(key="comparison_start").click().run()
    assert not page.exception
    assert [one.value for one in page.warning] == ["The disk is full; make room."]


def test_a_finished_comparison_is_judged_beside_the_control_and_beside_kd(finished, screen, lab):
    page = screen("methods", **COMPARE)
    assert not page.exception
    assert len(page.get("plotly_chart")) == 2
    text = said(page)
    for other in ("the control", "plain KD"):
        assert any(f"{word} {other}" in text for word in ("Better than", "Worse than", "No difference from"))
    assert "The correction is for 3 comparisons with the control. With plain KD it is for 2 comparisons." in text
    assert "3 seeds (95 % intervals over seeds" in text


def test_a_comparison_that_is_there_already_is_shown_and_not_trained_again(finished, screen, lab):
    page = screen("methods", **COMPARE)
    (job,) = lab.jobs()
    assert page.selectbox(key="comparison").value == f"{job.title} #{job.id}"
    assert lab.plan(job.experiment).job_id == job.id


def test_other_experiments_are_no_comparisons_of_methods(trained, screen):
    assert "No methods were compared in this lab yet" in said(screen("methods", **COMPARE))


def test_a_failed_comparison_says_why(filed, screen, lab):
    full = lab.plan(small_comparison("dkd")).experiment
    filed("a1", JobState.FAILED, specification=full.to_json(), error="the disk is full; make room")
    page = screen("methods", **COMPARE)
    assert not page.exception
    assert page.warning[0].value == "The disk is full; make room."
    assert "No student of this comparison was finished." in said(page)


def test_a_running_comparison_is_shown_live(filed, screen, lab):
    full = lab.plan(small_comparison("dkd")).experiment
    filed("a1", JobState.RUNNING, specification=full.to_json())
    page = screen("methods", **COMPARE)
    assert not page.exception
    assert len(page.metric) == 3
    assert any(button.label == "Pause" for button in page.button)


def test_a_comparison_that_is_gone_is_told_calmly(finished, screen):
    page = screen("methods", **COMPARE, comparison="gone #0000000000000000")
    assert not page.exception
    assert "no experiment '0000000000000000'" in said(page).lower()


def gap(student: str, other: str, points: float, verdict: str) -> Gap:
    return Gap(student=student, other=other, points=points, half_width=1.0, verdict=verdict)


def table(*rows: tuple[str, float, str]) -> pd.DataFrame:
    """Students with their difference and their verdict."""
    known = [
        {"student": name, "role": "student", "control": "control", "delta_points": points, "direction": verdict}
        | {"delta_half_width_points": 1.0}
        for name, points, verdict in rows
    ]
    return pd.DataFrame(known)


def test_who_beat_whom_is_said_plainly():
    done = table(("KD", 3.0, "better"), ("A", 5.0, "better"), ("B", -4.0, "worse"), ("C", 0.5, "no difference shown"))
    beside = table(("A", 2.0, "no difference shown"), ("B", -7.0, "worse"), ("C", -2.5, "too few seeds"))
    told = standings.found(done, beside, "KD")
    assert [
        (fact.other, fact.verdict, [name for name, _ in fact.gaps]) for fact in told if isinstance(fact, Group)
    ] == [
        (CONTROL, "better", ["A", "KD"]),
        (CONTROL, "worse", ["B"]),
        (CONTROL, "no difference shown", ["C"]),
        (KD, "worse", ["B"]),
        (KD, "no difference shown", ["A"]),
        (KD, "too few seeds", ["C"]),
    ]
    assert told[3] == NoneBetter(other=KD)
    assert told[0].gaps[0][1].points == Estimate(mean=5.0, half_width=1.0)


def test_a_chart_of_differences_has_a_row_a_student_and_a_marker_for_each_other():
    them = [gap("A", "control", 2.0, "better"), gap("A", "KD", -1.0, "worse"), gap("KD", "control", 3.0, "better")]
    looks = style.looks({"control": "control", "KD": "student"}, dark=False)
    chart = charts.differences(them, looks, dark=False)
    assert list(chart.table["Student"]) == ["A", "A", "KD"]
    assert [len(trace.x) for trace in chart.figure.data] == [2, 1]
    assert "A against KD −1.0 ± 1.0" in chart.alt


def test_the_teacher_of_a_comparison_follows_the_task(screen):
    page = screen("methods", part="Compare methods")
    page.selectbox(key="new_comparison_task").select("digits").run()
    assert not page.exception
    assert page.selectbox(key="new_comparison_teacher").value == "train:resnet14"
    next(one for one in page.button if one.label.startswith("Start")).click().run()
    assert not page.exception
