"""A patient student as a job, beside its control and KD."""

from contextlib import closing
from pathlib import Path

from distill_core.planning.resolve import resolve_experiment
from distill_core.store import Store
from tests.quick import experiment, student, work


def test_it_trains_in_consistent_mode_and_changes_no_bit_of_others(store: Store, tmp_path: Path) -> None:
    work(
        store,
        tmp_path,
        resolve_experiment(experiment(student("KD"), student("P", method="patient"), mode="consistent")),
    )
    runs = {one.student: one.run for one in store.runs(["a1"])}
    assert {run.state for run in runs.values()} == {"finished"}
    kinds = {row["kind"] for row in store.curves(runs["P"].id)}
    assert kinds == {"loss", "soft", "valid_accuracy", "insight: pull of soft"}
    assert (runs["P"].temperature, runs["P"].alpha) == (1.0, None)
    with closing(Store.open(tmp_path / "alone")) as alone:
        work(alone, tmp_path, resolve_experiment(experiment(student("KD"), mode="consistent")))
        for one in alone.runs(["a1"]):
            assert alone.read_artifact(one.run.id, "weights") == store.read_artifact(one.run.id, "weights")
