"""Batch norms that measure anew: their statistics are those of the examples, and nothing else changes."""

from pathlib import Path

import pytest
import torch

from distill_core.compression import STEPS, Settings
from distill_core.compression.norms import batch_norms
from distill_core.errors import InvalidSetting
from distill_core.networks import Blueprint
from distill_core.planning.resolve import resolve_experiment
from distill_core.store import Store
from distill_core.tasks import InputSpec
from tests.compression.material import ready, run
from tests.execution.test_any_task import register
from tests.quick import experiment, student, work

pytestmark = pytest.mark.anywhere


def test_the_first_norm_has_the_statistics_of_what_comes_before_it() -> None:
    given = ready("plain_cnn")
    changed = run("norms", given).network
    with torch.no_grad():
        seen = given.network.stem[0](given.images_BCHW)
    norm = changed.stem[1]
    torch.testing.assert_close(norm.running_mean, seen.mean((0, 2, 3)), rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(norm.running_var, seen.var((0, 2, 3)), rtol=1e-5, atol=1e-6)
    assert not torch.equal(norm.running_mean, given.network.stem[1].running_mean)
    assert {part.momentum for part in batch_norms(changed)} == {0.1}


def test_no_weight_changes() -> None:
    given = ready("resnet8")
    changed = run("norms", given).network
    before = dict(given.network.named_parameters())
    assert all(torch.equal(weight, before[name]) for name, weight in changed.named_parameters())


def test_it_measures_on_as_many_examples_however_few_have_a_label(tmp_path: Path) -> None:
    start = {"source": "teacher", "change": {"step": "norms"}}
    few, every = (student(f"{labels}", width=1.0, labels=labels, start=start, untrained=True) for labels in (20, None))
    store = Store.open(tmp_path / "home")
    work(store, tmp_path, resolve_experiment(experiment(few, every)))
    runs = {one.student: one.run.id for one in store.runs(["a1"])}
    assert len({store.artifact(runs[name], "weights").sha256 for name in ("20", "None")}) == 1
    store.close()


def test_a_network_without_batch_norms_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch)
    pair = InputSpec(shape=(2,), dtype="int64", vocabulary=11)
    facts = Blueprint(architecture="fact_network", classes=8, input=pair)
    with pytest.raises(InvalidSetting, match="expected a network with batch norms, got one without"):
        STEPS.get("norms").check(facts, facts, Settings())
