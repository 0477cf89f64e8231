"""What Compare says about a table, and how it puts several experiments into one."""

import io
import json
import uuid
from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest

from distill_core.reports.recall import recall_gains
from distill_core.tasks.images import IMAGE
from ui import spreadsheet
from ui.findings import comparison as comparing
from ui.findings.facts import gap
from ui.networks import marks, style
from ui.screens.compare import cohort, differences, downloads, findings, official, table
from ui.text import words

COLUMNS = {
    "architecture": "resnet8",
    "width": 1.0,
    "stem_stride": 2,
    "method": "kd",
    "temperature": 4.0,
    "alpha": 0.9,
    "labels": 500,
    "transfer": "all",
    "taught_by": None,
    "seeds": 3,
    "test_accuracy_half_width": 0.01,
    "delta_points": None,
    "delta_half_width_points": None,
    "p_value": None,
    "verdict": "",
    "direction": None,
    "verdict_seeds": None,
    "failed_seeds": 0,
    "control": None,
    "control_accuracy": None,
    "onnx_bytes": 325_000,
    "size_bytes": 320_000,
    "parameters": 77_754,
    "macs": 2_600_000,
    "p50_ms": 0.11,
    "p95_ms": 0.13,
    "disturbed": "",
    "round_id": "a" * 32,
    "ece": 0.05,
    "nll_nats": 0.6,
    "agreement": 0.85,
    "macro_recall": 0.84,
    "valid_accuracy": 0.85,
    "test_images": 2000,
}


def row(student, role="student", accuracy=0.85, runs=("a",), **changes):
    return {"student": student, "role": role, "test_accuracy": accuracy, "run_ids": list(runs), **COLUMNS, **changes}


def comparison(prefix="1", **changes):
    """A teacher that all experiments share, a control and two students of this one."""
    return pd.DataFrame(
        [
            row("ResNet-20", "teacher", 0.9345, ("t",), onnx_bytes=1_100_000, seeds=1, test_accuracy_half_width=None),
            row("control", "control", 0.777, (f"{prefix}c",), method="labels"),
            row("same", accuracy=0.828, runs=(f"{prefix}s",), control="control", delta_points=5.1, direction="better"),
            row(
                "hot",
                accuracy=0.75,
                runs=(f"{prefix}h",),
                control="control",
                delta_points=-2.7,
                delta_half_width_points=1.0,
                direction="worse",
                method="label_smoothing",
            ),
        ]
    ).assign(**changes)


class Answers:
    """The answers of a lab to which the experiments are known."""

    def __init__(self, **summaries: pd.DataFrame) -> None:
        self._summaries = summaries
        self._own = uuid.uuid4().hex
        self.reports, self.tasks = self, ()

    def results_version(self, job_ids, *, everywhere=True):
        return f"{self._own} {job_ids}"

    def summary(self, job_id):
        return self._summaries[job_id]

    def results(self, job_ids, **more):
        rows = [
            {"job_id": job, "run_id": run, "student": one.student, "seed": 0, "state": "finished", "ece": None}
            for job in job_ids
            for one in self._summaries[job].itertuples()
            for run in one.run_ids
        ]
        return pd.DataFrame(rows)

    def specification(self, job_id):
        return json.dumps({"task": "digits"})


def job(job_id):
    experiment = SimpleNamespace(task="digits")
    return SimpleNamespace(id=job_id, title=f"job {job_id}", state="finished", experiment=experiment)


def gathered(**summaries):
    return cohort.gather(Answers(**summaries), [job(job_id) for job_id in summaries])


def test_one_experiment_keeps_its_names():
    found = gathered(one1=comparison())
    assert list(found.rows["student"]) == ["ResNet-20", "control", "same", "hot"]
    assert list(found.rows["control"])[2:] == ["control", "control"]


@pytest.mark.parametrize(("trainings", "half"), [(1, 0.0), (0, None)])
def test_the_official_score_of_a_network_that_each_seed_repeats_has_no_interval(trainings, half):
    runs = ["a", "b", "c"]
    rows = pd.DataFrame([{"student": "int8", "job_id": "one1", "run_ids": runs}])
    same = {"student": "int8", "role": "student", "state": "finished", "test_accuracy": 0.7, "trainings": trainings}
    found = replace(gathered(one1=comparison()), results=pd.DataFrame([{"run_id": run, **same} for run in runs]))
    robustness = SimpleNamespace(official_test=lambda task: True, official=lambda ids: dict.fromkeys(ids, 0.75))
    (row,) = official.scored(SimpleNamespace(robustness=robustness), found, rows).to_dict("records")
    assert (row[official.SCORE], None if pd.isna(row[official.HALF]) else row[official.HALF]) == (0.75, half)


def test_a_filter_leaves_the_number_of_comparisons_that_were_corrected_for():
    twice = comparison("1", p_value=[None, None, 0.01, 0.2], verdict_seeds=1)
    rows = gathered(one1=twice, two2=comparison("2", p_value=[None, None, 0.03, None], verdict_seeds=1)).rows
    assert list(rows["asked"]) == [2, 2, 2, 2, 1, 1, 1]
    alone = rows[rows["student"] == "same #one1"]
    assert comparing.found(alone, IMAGE)[0][-1] == comparing.OneSeed(p_values=(0.01,), compared=2)


def test_two_experiments_show_a_shared_teacher_once_and_number_equal_names():
    found = gathered(one1=comparison("1"), two2=comparison("2"))
    assert list(found.rows["student"]) == [
        "ResNet-20",
        "control #one1",
        "same #one1",
        "hot #one1",
        "control #two2",
        "same #two2",
        "hot #two2",
    ]
    assert found.rows.set_index("student")["control"]["same #two2"] == "control #two2"
    assert set(found.results["student"]) == set(found.rows["student"])


def test_who_taught_whom_is_told_under_the_name_that_it_has_here():
    taught = comparison("2")
    taught.loc[taught["student"] == "hot", "taught_by"] = "same"
    found = gathered(one1=comparison("1"), two2=taught)
    assert found.rows.set_index("student")["taught_by"].dropna().to_dict() == {"hot #two2": "same #two2"}
    made = table.build(found.rows, found.looks(dark=False))
    assert made["Teacher"].dropna().tolist() == ["same #two2"]
    assert "Teacher" not in table.build(comparison(), gathered(one1=comparison()).looks(dark=False))


def test_a_control_that_two_experiments_share_is_found_under_its_name_here():
    second = comparison("1").iloc[:2].assign(student=["ResNet-20", "labels alone"])
    second = pd.concat([second, comparison("2").iloc[2:3].assign(control="labels alone", student="other")])
    found = gathered(one1=comparison("1"), two2=second)
    assert list(found.rows["student"]) == ["ResNet-20", "control", "same", "hot", "other"]
    assert found.rows.set_index("student")["control"]["other"] == "control"


def test_an_experiment_without_any_run_yet_is_no_obstacle():
    found = gathered(one1=comparison(), two2=comparison().iloc[:0])
    assert len(found.rows) == 4


def test_students_that_failed_in_two_experiments_stay_two():
    failed = comparison().assign(run_ids=[["t"], ["c"], [], []], test_accuracy=[0.9, 0.7, None, None])
    found = gathered(one1=failed, two2=failed)
    assert list(found.rows["student"]) == ["ResNet-20", "control", "same #one1", "hot #one1", "same #two2", "hot #two2"]
    assert list(found.done["student"]) == ["ResNet-20", "control"]


@pytest.mark.parametrize(
    ("methods", "networks", "left"),
    [
        ([], [], ["ResNet-20", "control", "same", "hot"]),
        (["kd"], [], ["ResNet-20", "control", "same"]),
        (["label_smoothing"], ["resnet8"], ["ResNet-20", "control", "hot"]),
        ([], ["vit_small"], ["ResNet-20"]),
    ],
)
def test_a_filter_is_about_students_and_keeps_what_they_are_measured_against(methods, networks, left):
    rows = gathered(one1=comparison()).rows
    assert list(cohort.keep(rows, methods, networks)["student"]) == left


def test_a_filter_changes_no_colour():
    found = gathered(one1=comparison())
    left = style.of_rows(cohort.keep(found.rows, ["kd"], []), dark=False)
    assert {name: found.looks(dark=False)[name] for name in left} == left


def test_a_second_experiment_changes_no_colour():
    alone = gathered(one1=comparison("1")).looks(dark=False)
    beside = gathered(one1=comparison("1"), two2=comparison("2")).looks(dark=False)
    assert {name: beside[f"{name} #one1"] for name in ("control", "same", "hot")} == {
        name: alone[name] for name in ("control", "same", "hot")
    }
    assert len({(beside[name].colour, beside[name].symbol) for name in beside if "#" in name}) == 5


def test_differences_have_as_many_digits_in_the_table_as_in_sentences():
    known = {"control_accuracy": [None, None, 0.777, 0.777], "delta_half_width_points": [None, None, 1.0, 1.0]}
    for behind, digits in ((-2.71, 1), (-2.64, 2)):  # 75.0 and 77.7 %
        rows = gathered(one1=comparison(delta_points=[None, None, 5.1, behind], **known)).rows
        assert (
            table._columns(table._digits(rows), "accuracy")[table.AGAINST]["type_config"]["format"] == f"%+.{digits}f"
        )
        assert {gap(row).digits for row in rows.to_dict("records")[2:]} == {digits}
        assert [words.delta(row) for row in rows.to_dict("records")[2:]] == [
            words.points(value, 1.0, digits=digits) for value in (5.1, behind)
        ]


def marked(rows):
    return rows.assign(on_front=[True, False, True, False], near_front=[False, True, False, False])


def test_the_sentences_name_the_front_who_may_be_on_it_and_who_loses():
    told = " ".join(findings.sentences(marked(gathered(one1=comparison()).rows), "onnx_bytes", IMAGE))
    assert "Trained on 500 labels alone, without a teacher, the student reaches **77.7 % ± 1.0**" in told
    assert "On the Pareto front are same (325 kB, 82.8 %) and ResNet-20 (1.1 MB, 93.5 %)" in told
    assert "The interval of control reaches the Pareto front" in told
    assert "hot (−2.7 ± 1.0 pp) is worse than labels alone" in told
    assert "interval here" not in told


def test_the_first_sentences_are_about_the_best_student_and_its_own_control():
    other = row("big control", "control", 0.9, ("b",), architecture="resnet56")
    rows = pd.concat([comparison(), pd.DataFrame([other])], ignore_index=True).assign(on_front=False, near_front=False)
    assert "77.7 %" in findings.sentences(rows, "onnx_bytes", IMAGE)[0]


def test_a_number_and_its_unit_stay_in_one_line():
    firm = words.firm("reaches 82.8 % ± 2.4 at 306 kB in 0.3 ms (p < 0.001)")
    assert firm.split(" ") == [
        "reaches",
        "82.8\u00a0%\u00a0±\u00a02.4",
        "at",
        "306\u00a0kB",
        "in",
        "0.3\u00a0ms",
        "(p\u00a0<\u00a00.001)",
    ]


def test_one_seed_is_said_to_have_no_interval():
    rows = marked(comparison().assign(seeds=1, test_accuracy_half_width=None))
    assert findings.sentences(rows, "macs", IMAGE)[-1].startswith("There are no intervals here: that needs three seeds")
    rows = marked(comparison().assign(seeds=[1, 3, 1, 3]))
    assert findings.sentences(rows, "macs", IMAGE)[-1].startswith("1 network here without an interval")


def test_the_fine_print_says_what_the_interval_leaves_out():
    line = findings.fine_print(comparison(), pd.DataFrame({"environment": [{"cpu": "CPU 1", "threads": 2}]}), IMAGE)
    assert "2,000 test images" in line
    assert "CPU 1" in line
    assert line.endswith("other test images would move an accuracy by about ± 1.7 percentage points")


def test_the_table_has_a_row_a_network_with_its_sign_and_numbers_that_sort():
    rows = gathered(one1=comparison()).rows
    looks = style.looks(dict(zip(rows["student"], rows["role"], strict=True)), dark=False)
    made = table.build(rows, looks)
    assert list(made[""]) == [marks.picture(looks[name]) for name in rows["student"]]
    assert made["Test accuracy (%)"].tolist() == [93.5, 77.7, 82.8, 75.0]
    assert made["Against control (pp)"].tolist()[2:] == [5.1, -2.7]
    assert made["Verdict"].dropna().tolist() == ["better", "worse"]
    # In sight without scrolling: what is long and about a latency comes after it.
    assert list(made).index("Verdict") < list(made).index(table.MEDIAN)
    assert made["ONNX (kB)"].dtype == float


def test_a_failed_student_says_so_in_the_table_without_its_long_message():
    rows = comparison().assign(verdict="failed: the loss became infinite", seeds=0, failed_seeds=3)
    looks = style.looks(dict(zip(rows["student"], rows["role"], strict=True)), dark=False)
    assert set(table.build(rows, looks)["Verdict"]) == {"failed"}


def test_a_verdict_of_one_seed_says_so_after_the_word():
    rows = comparison().assign(direction="better", verdict_seeds=1)
    looks = style.looks(dict(zip(rows["student"], rows["role"], strict=True)), dark=False)
    assert set(table.build(rows, looks)["Verdict"]) == {"better (one seed)"}


def test_gains_pair_seeds_and_leave_out_those_of_one_side():
    results = pd.DataFrame(
        [
            {"student": "same", "seed": 0, "state": "finished", "per_class_recall": [0.9, 0.5]},
            {"student": "same", "seed": 1, "state": "finished", "per_class_recall": [0.8, 0.6]},
            {"student": "control", "seed": 1, "state": "finished", "per_class_recall": [0.7, 0.7]},
            {"student": "control", "seed": 0, "state": "failed", "per_class_recall": None},
        ]
    )
    found = recall_gains(results, "same", "control", ("cat", "dog"))
    assert found["cat"] == pytest.approx([10.0])
    assert found["dog"] == pytest.approx([-10.0])
    assert recall_gains(results, "same", "nobody", ("cat", "dog")) == {}


def test_downloads_hold_what_is_shown():
    found = gathered(one1=comparison())
    csv = spreadsheet.as_csv(downloads.flat(found.rows)).decode().splitlines()
    assert csv[0].startswith('"student","role","test_accuracy","run_ids"')
    assert csv[1].startswith('"ResNet-20","teacher",0.9345,"t",')
    [experiment] = json.loads(downloads.as_json(Answers(one1=comparison()), found))
    assert experiment["specification"] == {"task": "digits"}
    assert [run["student"] for run in experiment["runs"]] == ["ResNet-20", "control", "same", "hot"]
    assert experiment["runs"][0]["ece"] is None


def test_a_student_cannot_put_a_formula_into_somebodys_spreadsheet():
    rows = comparison().assign(student=["=1+1", "+A1", "-A1", "@x"])
    found = pd.read_csv(io.BytesIO(spreadsheet.as_csv(downloads.flat(gathered(one1=rows).rows))))
    assert list(found["student"]) == ["'=1+1", "'+A1", "'-A1", "'@x"]
    assert list(found["delta_points"])[3] == -2.7


def test_no_heading_of_the_two_tables_comes_twice():
    rows = [{"student": name} for name in ("Difference", "Setting", "KD")]
    assert differences._heads(*rows) == ["Difference (network)", "Setting (network)", "KD"]
