"""Two methods in one student, and standardised logits, as a job."""

from pathlib import Path

from distill_core.lab import Lab
from tests.quick import QUICK_TIMER, experiment, student


def test_a_student_of_two_methods_differs_from_both_and_changes_no_other(tmp_path: Path) -> None:
    both = student("both", also=[{"method": "vid", "weight": 0.5}])
    switched = student("standardised", standardize=True)
    weights = []
    for place, students in enumerate(([student("KD")], [student("KD"), both, switched])):
        lab = Lab.open(tmp_path / str(place), timer=QUICK_TIMER)
        job = lab.wait(lab.submit(experiment(*students)), 120)
        assert (job.state, job.error) == ("finished", None)
        rows = lab.reports.results([job.id]).set_index("student")
        weights.append(lab.reports.artifact(rows.loc["KD", "run_id"], "weights").read_bytes())
    assert weights[0] == weights[1]
    assert rows.loc["both", "parameters_of_method"] == {"plus vid": 0.5}
    assert rows.loc["standardised", "parameters_of_method"] == {"standardize": 1.0}
    told = lab.reports.curves({rows.loc["both", "run_id"]: "both"})
    assert {"hard", "soft", "Variational information: features"} <= set(told["kind"])
    for other in ("both", "standardised"):
        assert lab.reports.artifact(rows.loc[other, "run_id"], "weights").read_bytes() != weights[0]
        assert rows.loc[other, "parameters"] == rows.loc["KD", "parameters"]
    lab.close()
