"""What is measured here: which steps, once a graph, and nothing that a browser told is taken for it."""

from dataclasses import replace
from pathlib import Path

import pytest

from distill_core.deployment.eager import EAGER
from distill_core.deployment.model_file import model
from distill_core.deployment.rounds import is_onnxruntime
from distill_core.deployment.server_measurement import LatencyTask, ensure_measured, latency_tasks, run_latency_task
from distill_core.errors import Stopped
from distill_core.machine import available_threads, device_name
from distill_core.store import Measurement, RunRecord, Store
from tests.quick import QUICK_TIMER
from tests.store.records import a_run

THREADS = list(dict.fromkeys((1, available_threads())))


def kinds(measured: list[Measurement]) -> set[tuple[str, str, int, int]]:
    return {(one.provider, one.precision, one.threads, one.batch_size) for one in measured}


def test_each_graph_is_a_step_once_for_the_runs_that_share_it() -> None:
    runs = [a_run(f"{place:016x}", scores={"graph": graph}) for place, graph in enumerate("abab")]
    steps = latency_tasks(runs, (1, 8, 1), ("float32", "float16", "float32"))
    assert [step.run.id for step in steps] == [runs[place].id for place in (0, 1) for _ in range(len(steps) // 2)]
    first = [(step.backend, step.precision, step.threads, step.batch_size) for step in steps if step.run is runs[0]]
    assert first == [
        (backend, precision, threads, batch_size)
        for backend, precision in (("onnxruntime", "float32"), (EAGER, "float32"), ("onnxruntime", "float16"))
        for threads in THREADS
        for batch_size in (1, 8)
    ]
    assert latency_tasks([]) == ()


def test_a_quantized_run_has_its_own_file_and_no_other() -> None:
    runs = [
        a_run("a" * 16, scores={"graph": "a"}),
        a_run("b" * 16, scores={"graph": "b", "file": "int8"}, student="Small"),
    ]
    steps = [step for step in latency_tasks(runs, (1,), ("float32", "float16")) if step.threads == 1]
    assert [step.title for step in steps] == [
        "KD on all: onnxruntime, float32, 1 thread, batch 1",
        "KD on all: torch eager, float32, 1 thread, batch 1",
        "KD on all: onnxruntime, float16, 1 thread, batch 1",
        "Small: onnxruntime, int8, 1 thread, batch 1",
    ]
    assert latency_tasks(runs[1:], (1,), ("float16",)) == ()


def test_a_step_says_what_it_is() -> None:
    step = LatencyTask(run=a_run(), backend=EAGER, precision="float32", threads=1, batch_size=32)
    assert step.title == "KD on all: torch eager, float32, 1 thread, batch 32"
    assert replace(step, threads=4).title == "KD on all: torch eager, float32, 4 threads, batch 32"


def test_every_step_is_stored_with_where_and_how_it_was_measured(store: Store, student: RunRecord) -> None:
    before = len(store.measurements())
    for step in latency_tasks([student], (3,), ("float32", "float16")):
        run_latency_task(step, store, lambda: None, QUICK_TIMER)
    added = store.measurements()[before:]
    assert kinds(added) == {
        (provider, precision, threads, 3)
        for provider, precision in (
            *(("CPUExecutionProvider", "float32"), ("CPUExecutionProvider", "float16"), (EAGER, "float32")),
        )
        for threads in THREADS
    }
    for one in added:
        assert (one.place, one.device, one.graph, one.runs) == ("server", device_name(), student.scores["graph"], 5)
        assert one.histogram is not None
        assert sum(one.histogram["counts"]) == 5
        assert one.mean_ms is not None
        assert 0 < one.p50_ms <= one.p99_ms
        assert (one.session_ms is None) == (one.provider == EAGER)
    sizes = {(one.provider, one.precision): one.size_bytes for one in added}
    assert sizes["CPUExecutionProvider", "float32"] == student.scores["onnx_bytes"]
    assert sizes["CPUExecutionProvider", "float16"] == store.artifact(student.id, "onnx_float16").size_bytes
    assert sizes[EAGER, "float32"] == student.scores["size_bytes"]
    (eager, *_) = [one for one in added if one.provider == EAGER]
    assert eager.largest_difference == student.scores["onnx_largest_difference"]


def test_torch_times_a_network_whose_weights_were_not_kept(store: Store) -> None:
    run = a_run(scores={"graph": "f" * 32, "left_out": ["weights"]})
    store.save_run(run, curves=[], files={})
    step = LatencyTask(run=run, backend=EAGER, precision="float32", threads=1, batch_size=1)
    assert run_latency_task(step, store, lambda: None, QUICK_TIMER).provider == EAGER


def test_what_is_timed_is_the_file_that_was_checked(store: Store, student: RunRecord, tmp_path: Path) -> None:
    step = latency_tasks([student])[0]
    opened = replace(model(store, student.id), path=tmp_path / "replaced meanwhile")
    found = run_latency_task(step, store, lambda: None, QUICK_TIMER, lambda *asked: opened)
    assert found.size_bytes == student.scores["onnx_bytes"]


def test_a_stop_leaves_what_was_measured(store: Store, student: RunRecord) -> None:
    def closed() -> None:
        raise Stopped("stopped")

    before = len(store.measurements())
    first, second, *_ = latency_tasks([student])
    run_latency_task(first, store, lambda: None, QUICK_TIMER)
    with pytest.raises(Stopped):
        run_latency_task(second, store, closed, QUICK_TIMER)
    assert len(store.measurements()) == before + 1


def looks_like_ours(store: Store, run: RunRecord, **changes: object) -> list[Measurement]:
    """What was measured here, as if it had been something else."""
    here = store.measurements(graphs=[run.scores["graph"]])
    return [replace(one, **changes) for one in here]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [
        {"place": "browser", "device_id": "a" * 32},
        {"provider": EAGER},
        {"precision": "float16"},
        {"device": "another"},
        {"batch_size": 1},
        pytest.param({"threads": 1}, marks=pytest.mark.skipif(len(THREADS) == 1, reason="one core has no more")),
    ],
)
def test_what_is_not_all_that_is_needed_is_measured_anew(
    store: Store, student: RunRecord, tmp_path: Path, changes: dict[str, object]
) -> None:
    others = looks_like_ours(store, student, **changes)
    fresh = Store.open(tmp_path / "fresh")
    fresh.save_run(student, curves=[], files={"onnx": store.read_artifact(student.id, "onnx")})
    fresh.add_measurements(others)
    told: list[tuple[int, int]] = []
    ensure_measured([student], fresh, lambda: None, lambda *step: told.append(step), QUICK_TIMER)
    wanted = kinds(store.measurements(graphs=[student.scores["graph"]]))
    assert told[0][0] == 0
    assert kinds(list(filter(is_onnxruntime, fresh.measurements()))) >= wanted
    before = len(fresh.measurements())
    ensure_measured([student], fresh, lambda: None, lambda *step: told.append(step), QUICK_TIMER)
    assert len(fresh.measurements()) == before
    fresh.close()
