"""Methods on features as jobs: each trains for a moment beside KD and its control, and changes no bit of theirs."""

from pathlib import Path

import pytest

from distill_core.lab import Lab
from tests.methods.pairs import WHOLE
from tests.quick import QUICK_TIMER, experiment, student

FEATURED = [method.name for method in WHOLE if method.features]
SHIPPING = [method.name for method in WHOLE if method.reuses_teacher_head]


@pytest.mark.parametrize("mode", ["cached", "consistent"])
def test_every_method_on_features_trains_beside_kd_and_its_control(tmp_path: Path, mode: str) -> None:
    lab = Lab.open(tmp_path, timer=QUICK_TIMER)
    alone = lab.wait(lab.submit(experiment(student("KD"), mode=mode)), 120)
    students = [student("KD"), *(student(name, method=name) for name in FEATURED)]
    job = lab.wait(lab.submit(experiment(*students, mode=mode, updates=9)), 240)
    assert (alone.state, job.state, job.error) == ("finished", "finished", None)
    rows = lab.reports.results([job.id]).set_index("student")
    assert set(FEATURED) <= set(rows.index)
    assert (rows["state"] == "finished").all()
    # What trains along is no part of the student: neither its size nor its file. What it ships with is.
    assert SHIPPING == ["simkd"]
    kept = [name for name in FEATURED if name not in SHIPPING]
    for size in ("parameters", "macs", "size_bytes", "onnx_bytes"):
        assert (rows.loc[kept, size] == rows.loc["KD", size]).all()
        assert (rows.loc[SHIPPING, size] > rows.loc["KD", size]).all()
    lab.close()


def test_other_students_change_no_bit(tmp_path: Path) -> None:
    weights = []
    for place, names in enumerate((["KD"], ["KD", "at", "vid"])):
        lab = Lab.open(tmp_path / str(place), timer=QUICK_TIMER)
        job = lab.wait(lab.submit(experiment(*(student(one, method=one.lower()) for one in names))), 120)
        rows = lab.reports.results([job.id]).set_index("student")
        weights.append(lab.reports.artifact(rows.loc["KD", "run_id"], "weights").read_bytes())
        lab.close()
    assert weights[0] == weights[1]
