"""What a visitor of Compare chooses: limits, marked networks, sets of columns, shipped studies, and how curves are
drawn."""

import json
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest

from distill_core.compression import STEPS
from distill_core.methods import METHODS
from distill_core.tasks import fashion_mnist
from tests import official
from tests.pages.test_compare import charts_of, said
from tests.quick import experiment, student
from ui.screens.compare import differences, marked, table

NETWORKS = ["Plain CNN", "control", "KD", "KD, all"]


def link(page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.code[0].value).query)


def figure(page) -> dict:
    return json.loads(page.get("plotly_chart")[0].proto.spec)


def shown(page) -> list[str]:
    return list(page.dataframe[0].value["Network"])


def test_a_limit_leaves_what_keeps_within_it_and_names_the_best(trained, lab, screen):
    [job] = lab.jobs()
    sizes = lab.reports.summary(job.id).set_index("student")["onnx_bytes"]
    most = str(sizes["KD"] / 1000)
    page = screen("compare", most_kb=most)
    assert not page.exception
    assert sizes["Plain CNN"] > sizes["KD"]
    assert shown(page) == NETWORKS[1:]
    assert "has the highest accuracy" in said(page)
    assert "leaves out Plain CNN" in said(page)
    assert [one["name"] for one in figure(page)["data"] if one.get("opacity") == 0.35] == ["Plain CNN"]
    assert link(page)["most_kb"] == [most.removesuffix(".0")]
    next(button for button in page.button if button.key == "no_limits").click().run()
    assert shown(page) == NETWORKS
    assert "leaves out" not in said(page)


def test_limits_that_nothing_keeps_within_are_said_and_hide_nothing(trained, screen):
    page = screen("compare", most_ms="0.0", least_score="100")
    assert not page.exception
    assert "No network keeps within these limits." in said(page)
    assert shown(page) == NETWORKS
    assert len(charts_of(page)) == 3


def test_a_limit_is_on_the_latency_of_the_chart(trained, screen):
    page = screen("compare", cost="p95", most_ms="0.0001")
    assert "The lowest latency is that of" in said(page)


def test_marked_networks_stand_out_in_chart_and_table_and_two_show_what_differs(trained, screen):
    page = screen("compare")
    assert "Differences only" not in said(page)
    page = screen("compare", marked=["KD", "KD, all"])
    assert not page.exception
    [frames] = [one for one in figure(page)["data"] if one.get("name") == "marked"]
    assert len(frames["x"]) == 2
    assert list(page.session_state["compare_table"]["selection"]["rows"]) == [2, 3]
    assert "Differences only" in said(page)
    scores, settings = (frame.value for frame in page.dataframe[1:])
    assert list(scores.columns) == ["", "KD", "KD, all", "Difference"]
    assert settings.to_dict("records") == [
        {"Setting": "Distil on (transfer set)", "KD": "labelled examples", "KD, all": "all examples"}
    ]
    assert link(page)["marked"] == ["KD", "KD, all"]


def test_a_teacher_is_held_against_what_its_run_tells(trained, screen):
    page = screen("compare", marked=["Plain CNN", "KD"])
    assert not page.exception
    assert list(page.dataframe[2].value["Setting"]) == ["Width", "Method", "Labels"]


def test_settings_that_differ_are_called_by_their_titles(trained, lab):
    run = lab._store.newest_runs("digits", teach=False, limit=1)[0]
    own = {"kind": "run", "run": run.id}
    step = {"source": f"run:{run.id}", "change": {"step": "prune"}}
    asked = {
        "one": experiment(student(method="kd"), mode="consistent"),
        "other": experiment(student(method="dkd", start=step), teacher=own),
    }
    rows = [{"role": "student", "job_id": name, "given": "KD", "student": name} for name in asked]
    found = differences.settings(lab, SimpleNamespace(experiment=asked.get), *rows).set_index("Setting")
    assert [found.loc[name, "one"] for name in ("Teacher", "Teacher outputs", "Method")] == [
        "Plain CNN",
        "per batch",
        "Knowledge distillation",
    ]
    assert found.loc["Teacher", "other"] == f"Plain CNN ({run.student}, run {run.id[:8]})"
    assert found.loc["Method", "other"] == METHODS.get("dkd").title
    assert found.loc["start: change: step", "other"] == STEPS.get("prune").title
    assert not [name for name in found.index if name.startswith("teacher: kind")]


def test_a_row_of_the_table_marks_and_a_click_on_a_point_marks_and_unmarks(trained, screen, monkeypatch):
    page = screen("compare")
    state = {"compare_table": {"selection": {"rows": [2]}}, "marked": ["hidden by a filter"]}
    monkeypatch.setattr(marked.st, "session_state", state)
    marked._select("compare_table", NETWORKS)
    assert state["marked"] == ["hidden by a filter", "KD"]
    marked.toggle(["control"])
    marked.toggle(["KD"])
    assert state["marked"] == ["hidden by a filter", "control"]
    monkeypatch.undo()
    page.multiselect(key="marked").set_value(["KD"]).run()
    assert list(page.session_state["compare_table"]["selection"]["rows"]) == [2]


def test_what_is_marked_and_hidden_by_a_filter_is_no_obstacle(trained, screen):
    page = screen("compare", marked=["KD", "control"])
    page.number_input(key="least_score").set_value(100.0).run()
    page.multiselect(key="experiments").set_value([]).run()
    assert not page.exception
    assert page.multiselect(key="marked").value == ["KD", "control"]


@pytest.mark.parametrize("name", list(table.SETS))
def test_a_set_of_columns_stands_in_the_address(trained, screen, name):
    page = screen("compare", columns=name)
    assert not page.exception
    order = list(page.dataframe[0].value.columns)
    assert order[:2] == ["Network", ""]
    assert (len(order) > 20) == (name == "all")
    assert len(order) <= 12 or name == "all"
    assert link(page)["columns"] == [name]


def test_every_column_belongs_to_a_set():
    named = {column for columns in table.SETS.values() for column in columns or ()}
    assert set(table.NUMBERS) <= named


def test_shipped_studies_stand_beside_own_networks(example, screen):
    page = screen("compare", shipped=["shipped:lesson_missing_class", "methods:same_images"])
    assert not page.exception
    assert [part.value for part in page.warning] == []
    assert len(page.dataframe[0].value) > 30
    assert link(page)["shipped"] == ["shipped:lesson_missing_class", "methods:same_images"]
    for tab in ("Confusion", "Disagreements", "Downloads"):
        page = screen("compare", shipped="shipped:lesson_missing_class", details=tab)
        assert not page.exception
        assert [part.value for part in page.warning] == []


def test_a_study_of_another_task_is_not_on_offer(trained, screen):
    page = screen("compare", shipped="shipped:lesson_missing_class")
    assert not page.exception
    assert page.multiselect(key="shipped").value == []


def test_curves_are_smoothed_and_drawn_closer_from_the_address(trained, screen):
    page = screen("compare", curves_smoothing="0.9", curves_from="2", curves_log_loss="true", curves_log_updates="true")
    assert not page.exception
    assert "smoothed means over seeds" in said(page)
    curve = json.loads(page.get("plotly_chart")[2].proto.spec)
    assert [curve["layout"][axis]["type"] for axis in ("xaxis", "yaxis")] == ["log", "log"]
    told = link(page)
    assert [told[key] for key in ("curves_smoothing", "curves_from", "curves_log_loss")] == [["0.9"], ["2"], ["true"]]


def test_the_score_on_the_official_test_set_is_a_column_where_the_lab_has_that(example, lab, screen, monkeypatch):
    monkeypatch.setattr(fashion_mnist, "PACKAGED", lab.tasks.home / "nowhere")
    assert "score_official" not in [button.key for button in screen("compare").button]
    official.write(lab.tasks.home)
    page = screen("compare", columns="Accuracy")
    assert page.button(key="score_official").label == "Score on all 10,000 official test images"
    assert "Official test set (%)" not in page.dataframe[0].value
    known = {"KD, same images": (0.8, 0.82, 0.84), "KD, all images": (0.9,)}
    rows = lab.reports.summary(lab.jobs()[0].id).set_index("student")["run_ids"]
    scores = {run: score for name, each in known.items() for run, score in zip(rows[name], each, strict=False)}
    monkeypatch.setattr(lab.robustness, "official", lambda runs: scores)
    page = screen("compare", columns="Accuracy")
    assert not page.exception
    table = page.dataframe[0].value.set_index("Network")
    assert table["Official test set (%)"].dropna().to_dict() == {"KD, same images": 82.0, "KD, all images": 90.0}
    assert table["± of that (pp)"].dropna().to_dict() == {"KD, same images": 5.0}
    assert table["Seeds of that"].dropna().to_dict() == {"KD, same images": 3, "KD, all images": 1}
    assert "Official test set (%)" in screen("compare").dataframe[0].value  # at first sight too


def test_the_button_scores_in_the_background(example, lab, screen, monkeypatch):
    asked = []
    official.write(lab.tasks.home)
    monkeypatch.setattr(lab.robustness, "score_official", asked.append)
    page = screen("compare")
    page.button(key="score_official").click().run()
    assert not page.exception
    [runs] = asked
    # Of the example one seed of each network comes with its file.
    assert len(runs) == 4
