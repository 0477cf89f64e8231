"""A task of text through methods and compression: what works is trained, and what cannot says why."""

from pathlib import Path
from typing import Any

import pytest

from distill_core.errors import InvalidSetting
from distill_core.lab import Lab
from distill_core.spec import Experiment
from tests.quick import QUICK_TIMER

INT8 = {"method": "labels", "untrained": True, "step": "int8"}
PRUNED = {"method": "kd", "step": "prune", "parameters": {"multiple": 1, "keep": 0.7}}


def experiment(network: str, methods: tuple[str, ...] = (), changes: tuple[dict[str, Any], ...] = ()) -> Experiment:
    """KD, further methods, and KD's network after each of these steps."""
    small = {"architecture": network, "width": 0.5, "labels": 40, "transfer": "all"}
    students = [{"name": one, "method": one, **small} for one in ("kd", *methods)]
    for change in changes:
        told = {name: change[name] for name in ("step", "parameters") if name in change}
        start = {"source": "kd", "change": told}
        other = {name: value for name, value in change.items() if name not in told}
        students.append({"name": change["step"], **small, **other, "start": start})
    teacher = {"kind": "train", "architecture": network, "budget": {"updates": 8, "batch_size": 16}}
    plain = {"task": "languages", "teacher": teacher, "budget": {"updates": 4, "batch_size": 16}, "views": 2}
    return Experiment.of({**plain, "students": students})


def test_a_byte_cnn_is_distilled_pruned_and_rounded(tmp_path: Path) -> None:
    lab = Lab.open(tmp_path, timer=QUICK_TIMER)
    try:
        job = lab.wait(lab.submit(experiment("byte_cnn", ("fitnet", "simkd", "rkd"), (INT8, PRUNED))), 120)
        assert (job.state, job.error) == ("finished", None)
        rows = lab.reports.results([job.id]).set_index("student")
        assert set(rows["state"]) == {"finished"}, rows["message"].tolist()
        assert rows.loc["prune", "macs"] < 0.71 * rows.loc["kd", "macs"]
        assert rows.loc["int8", "file"] == "int8"
    finally:
        lab.close()


@pytest.mark.parametrize(
    ("network", "methods", "changes", "message"),
    [
        ("hashed_ngrams", ("fitnet",), (), "stages to compare: expected one of each network, got none"),
        ("hashed_ngrams", (), (PRUNED,), "got one layer behind its features, whose outputs are the classes"),
        ("hashed_ngrams", (), ({"method": "kd", "step": "tucker"},), "got a network without; choose another"),
        ("byte_transformer", ("fitnet",), (), "a stage: expected a map; of height 1 for a sequence, got the shape"),
        ("byte_transformer", (), (PRUNED,), "got attention, whose heads share the features of all blocks"),
    ],
)
def test_what_cannot_be_done_with_a_network_of_texts_says_why(
    tmp_path: Path, network: str, methods: tuple[str, ...], changes: tuple[dict[str, Any], ...], message: str
) -> None:
    lab = Lab.open(tmp_path, timer=QUICK_TIMER)
    try:
        with pytest.raises(InvalidSetting, match=message):
            lab.submit(experiment(network, methods, changes))
    finally:
        lab.close()
