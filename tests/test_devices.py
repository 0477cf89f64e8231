"""The lab and devices: what browsers get and tell, and this server's own measuring in the background."""

import functools
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from distill_core.deployment import model_file
from distill_core.deployment.eager import EAGER
from distill_core.deployment.latency import measure
from distill_core.errors import ExportMismatch, InvalidSetting, NotFound
from distill_core.jobs.background_task import TaskStatus
from distill_core.lab import Lab, devices
from distill_core.machine import available_threads
from distill_core.store import JobState, tables
from distill_core.store.database import writing
from tests.quantized import quantized
from tests.quick import QUICK_TIMER, experiment
from tests.told import PHONE, a_timed, tell

WAIT = 120
THREADS = len({1, available_threads()})


@pytest.fixture
def lab(trained: Path) -> Iterator[Lab]:
    opened = Lab.open(trained, timer=QUICK_TIMER)
    yield opened
    opened.close()


@pytest.fixture
def runs(lab: Lab) -> list[str]:
    """Teacher, control and two students; the last three share a graph."""
    return list(lab.reports.results()["run_id"])


def ended(lab: Lab) -> TaskStatus:
    view = lab.devices._background_task.wait(WAIT)
    assert view is not None
    assert view.finished
    return view


def test_what_a_browser_measured_is_on_the_board_and_in_the_comparison(lab: Lab, runs: list[str]) -> None:
    before = lab.reports.results()["p50_ms"].tolist()
    kept = tell(lab, runs[2], label="Anna's phone", backend="webgpu")
    assert (kept.agrees, kept.p50_ms) == (True, 50.0)
    (job,) = {*lab.reports.results()["job_id"]}
    key = f"browser:{PHONE}"
    assert lab.reports.results([job], key)["p50_ms"].fillna(0).tolist() == [0, 50, 50, 50]
    assert lab.reports.summary(job, key)["p95_ms"].fillna(0).tolist() == [0, 95, 95, 95]
    assert lab.reports.results([job])["p50_ms"].tolist() == before
    rows = lab.devices.timings(runs)
    phone = rows[rows["place"] == "browser"].iloc[0]
    assert (phone["label"], phone["backend_key"], phone["device_key"]) == ("Anna's phone", "webgpu", key)
    assert phone["run_ids"] == runs[1:]
    assert lab.devices.table()["label"].tolist() == ["Anna's phone"]


def test_half_the_precision_is_judged_by_its_own_answers(lab: Lab, runs: list[str]) -> None:
    kept = tell(lab, runs[0], precision="float16")
    assert (kept.agrees, kept.largest_difference, kept.precision) == (True, 0.0, "float16")
    assert kept.size_bytes == lab.devices.model(runs[0], "float16").size_bytes


def test_a_run_that_is_deleted_meanwhile_is_said_and_nothing_is_kept(lab: Lab, runs: list[str]) -> None:
    answers = lab.devices.reference(runs[2]).logits_BC.tolist()
    before = len(lab.devices.measurements())
    lab.delete(lab.jobs()[0].id)
    for ask in (lab.devices.model, lab.devices.reference):
        with pytest.raises(NotFound, match="may have been deleted"):
            ask(runs[2])
    with pytest.raises(NotFound, match="may have been deleted"):
        lab.devices.save_measurement(a_timed(runs[2], answers), device_id=PHONE)
    assert len(lab.devices.measurements()) == before
    assert lab.devices.table().empty


def test_devices_are_named_and_forgotten(lab: Lab, runs: list[str]) -> None:
    tell(lab, runs[2])
    lab.devices.rename(PHONE, " Berta's ")
    assert lab.devices.table()["label"].tolist() == ["Berta's"]
    for device_id, label in ((PHONE, ""), (PHONE, "a\nb"), ("../x", "Anna's")):
        with pytest.raises(InvalidSetting):
            lab.devices.rename(device_id, label)
    assert lab.devices.table()["label"].tolist() == ["Berta's"]
    lab.devices.forget(PHONE)
    lab.devices.forget("nobody")
    assert lab.devices.table().empty
    assert set(lab.devices.timings(runs)["place"]) == {"server"}


def test_a_run_whose_graph_is_no_text_keeps_no_table_from_the_others(lab: Lab, runs: list[str]) -> None:
    """As another program, or a broken disk, may leave it in the database."""
    with writing(lab._store._pools) as connection:
        told = lab._store.run(runs[0]).scores
        damaged = update(tables.runs).where(tables.runs.c.id == runs[0]).values(scores={**told, "graph": ["x"]})
        connection.execute(damaged)
    assert len(lab.reports.results()) == len(lab._store.runs())
    assert lab.devices.timings(runs)["graph"].nunique() == lab.devices.timings(runs[1:])["graph"].nunique()
    assert len(lab.devices.measurements(runs)) == len(lab.devices.measurements(runs[1:]))
    assert lab.reports.results().set_index("run_id").loc[[runs[0]], "p50_ms"].isna().all()


def test_the_stamp_tells_of_browsers_where_they_matter(lab: Lab, runs: list[str]) -> None:
    (job,) = {*lab.reports.results()["job_id"]}

    def stamps() -> tuple[str, str]:
        return lab.reports.results_version([job]), lab.reports.results_version([job], everywhere=False)

    seen = [stamps()]
    for change in (
        lambda: tell(lab, runs[2]),
        lambda: lab.devices.rename(PHONE, "Anna's"),
        lambda: lab.devices.forget(PHONE),
        lambda: tell(lab, runs[2]),
    ):
        change()
        seen.append(stamps())
    everywhere, here = zip(*seen, strict=True)
    assert len(set(here)) == 1
    assert len(set(everywhere)) == 4  # as before, once the phone is forgotten
    assert everywhere[3] == everywhere[0]
    lab.devices.remeasure(runs[2])
    assert stamps()[1] != here[0]


def test_this_server_measures_in_the_background_and_stores_each_at_once(lab: Lab, runs: list[str]) -> None:
    assert lab.devices.measuring() is None
    begun = lab.devices.measure_server(runs, (1, 4), ("float32", "float16"))
    assert (begun.title, begun.done, begun.finished) == ("Measuring on this server", 0, False)
    assert begun.total == 2 * 3 * THREADS * 2  # graphs, backends with precisions, threads, batches
    assert ended(lab) == TaskStatus(title=begun.title, step="", done=begun.total, total=begun.total, finished=True)
    rows = lab.devices.timings(runs)
    measured = rows[rows["batch_size"] == 4]
    assert len(measured) == 2 * 3 * THREADS
    assert set(zip(measured["backend_key"], measured["precision"], strict=True)) == {
        ("onnxruntime", "float32"),
        ("onnxruntime", "float16"),
        (EAGER, "float32"),
    }
    assert measured["agrees"].all()


def test_a_fresh_measurement_is_made_though_there_is_one(lab: Lab, runs: list[str]) -> None:
    before = lab.devices.timings(runs)["id"].max()
    lab.devices.measure_server(runs[2:], (1,))
    ended(lab)
    rows = lab.devices.timings(runs[2:])
    assert (rows[rows["batch_size"] == 1]["id"] > before).all()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"run_ids": []}, "networks to measure: expected 1 or more, got none"),
        ({"batch_sizes": ()}, "batch sizes: expected 1 to 1024 images"),
        ({"batch_sizes": (1, 0)}, r"batch sizes: expected 1 to 1024 images, got \[1, 0\]"),
        ({"batch_sizes": (1025,)}, "batch sizes"),
        ({"precisions": ("int8",)}, "precisions: expected float32 or float16"),
        ({"precisions": ()}, "precisions"),
    ],
)
def test_what_cannot_be_measured_is_refused(lab: Lab, runs: list[str], asked: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidSetting, match=said):
        lab.devices.measure_server(**{"run_ids": runs, **asked})
    with pytest.raises(NotFound, match="may have been deleted"):
        lab.devices.measure_server([*runs, "f" * 16])
    assert lab.devices.measuring() is None


class Watch:
    """A timer that stands still in its first measurement until it is let on."""

    def __init__(self, look: Callable[[], object] = lambda: None) -> None:
        self.inside, self.go_on, self.saw = threading.Event(), threading.Event(), list[object]()
        self.look = look

    def __call__(self, call: Callable[[], object], *, checkpoint: Callable[[], object]) -> Any:
        self.saw.append(self.look())
        self.inside.set()
        assert self.go_on.wait(WAIT)
        return QUICK_TIMER(call, checkpoint=checkpoint)


def test_a_quantized_network_is_measured_as_it_is_and_in_no_other_precision(lab: Lab, runs: list[str]) -> None:
    small = quantized(lab._store, lab._store.run(runs[-1]), job=lab.jobs()[0].id)
    with pytest.raises(InvalidSetting, match="got quantized ones alone, which have their own; choose float32"):
        lab.devices.measure_server([small.id], (1,), ("float16",))
    lab.devices.measure_server([small.id], (1,), ("float32", "float16"))
    assert ended(lab).error is None
    rows = lab.devices.timings([small.id])
    assert set(zip(rows["numbers"], rows["precision"], rows["backend_key"], strict=True)) == {
        ("int8", "float32", "onnxruntime")
    }
    kept = tell(lab, small.id)
    assert (kept.agrees, kept.size_bytes) == (True, small.scores["onnx_bytes"])


def test_a_second_start_is_refused_and_a_stop_keeps_what_is_measured(lab: Lab, runs: list[str]) -> None:
    lab.devices._timer = watch = Watch()
    before = len(lab.devices.measurements())
    lab.devices.measure_server(runs)
    assert watch.inside.wait(WAIT)
    with pytest.raises(InvalidSetting, match="expected nothing else under way"):
        lab.devices.measure_server(runs)
    lab.devices.stop_measuring()
    watch.go_on.set()
    view = ended(lab)
    assert (view.stopped, view.error, view.done) == (True, None, 0)
    assert len(lab.devices.measurements()) == before
    lab.devices.measure_server(runs[:1], (1,))
    assert ended(lab).error is None


def test_training_is_held_while_something_is_measured_and_goes_on_afterwards(
    lab: Lab, runs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    queue, trains, note = lab._queue, threading.Event(), lab._store.set_job_state

    def noted(job_id: str, state: JobState, *, error: str | None = None) -> bool:
        moved = note(job_id, state, error=error)
        if state == JobState.RUNNING:
            trains.set()
        return moved

    monkeypatch.setattr(lab._store, "set_job_state", noted)
    job = lab.submit(experiment(updates=100_000))
    assert trains.wait(WAIT)
    lab.devices._timer = watch = Watch(lambda: len(queue._holders) > 0 and queue._controls[job].waits)
    watch.go_on.set()
    lab.devices.measure_server(runs[:1], (1,))
    assert ended(lab).error is None
    assert watch.saw == [True] * 2 * THREADS
    assert not queue._holders
    lab.stop(job)
    assert lab.wait(job, WAIT).state == "stopped"


def test_a_file_is_made_when_nothing_is_measured_and_before_the_next_measurement(
    lab: Lab, runs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, make = list[int](), model_file.to_float16
    queue, waits, quiet = lab._queue, threading.Event(), lab._queue._is_quiet

    def looked() -> bool:
        if len(queue._holders) == 2:
            waits.set()
        return quiet()

    def noted(data: bytes) -> Any:
        seen.append(len(watch.saw))
        return make(data)

    monkeypatch.setattr(model_file, "to_float16", noted)
    monkeypatch.setattr(queue, "_is_quiet", looked)
    lab.devices._timer = watch = Watch()
    lab.devices.measure_server(runs[:1], (1, 8))
    assert watch.inside.wait(WAIT)
    phone = threading.Thread(target=lab.devices.model, args=(runs[0], "float16"))
    phone.start()
    assert waits.wait(WAIT)
    assert seen == []
    watch.go_on.set()
    phone.join(WAIT)
    assert ended(lab).error is None
    assert seen == [1]


def test_a_file_is_not_waited_for_without_end(lab: Lab, runs: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "PATIENCE_SECONDS", 0.01)
    with lab._queue.hold():
        assert lab.devices.model(runs[0], "float16").path.exists()
    assert not lab._queue._holders


def test_a_file_that_is_measured_here_is_made_while_training_is_held(lab: Lab, runs: list[str]) -> None:
    lab.devices.measure_server(runs[:1], (1,), ("float16",))
    assert ended(lab).error is None
    assert "float16" in set(lab.devices.timings(runs[:1])["precision"])


def test_a_refusal_is_remembered_for_phones_and_for_the_server(
    lab: Lab, runs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = list[int]()

    def refuse(data: bytes) -> Any:
        tried.append(len(data))
        raise ExportMismatch("float16: too large")

    monkeypatch.setattr(model_file, "to_float16", refuse)
    for _ in range(30):
        with pytest.raises(ExportMismatch, match="too large"):
            lab.devices.model(runs[0], "float16")
    lab.devices.measure_server(runs[:1], (1,), ("float16",))
    assert ended(lab).error == "float16: too large"
    assert len(tried) == 1


def test_one_network_that_cannot_be_measured_keeps_no_other_from_it(lab: Lab, runs: list[str]) -> None:
    before = len(lab.devices.measurements())
    lab.reports.artifact(runs[0], "weights").write_bytes(b"no weights")
    lab.devices.measure_server([runs[0], runs[1]], (1,))
    view = ended(lab)
    assert "weights.safetensors: expected SHA-256" in str(view.error)
    assert view.done == view.total == 4 * THREADS
    assert len(lab.devices.measurements()) == before + 3 * THREADS


def test_every_reason_is_told(lab: Lab, runs: list[str]) -> None:
    for run_id in runs[:2]:
        lab.reports.artifact(run_id, "weights").write_bytes(b"no weights")
    lab.devices.measure_server(runs[:2], (1,))
    said = str(ended(lab).error)
    assert said.count("weights.safetensors: expected SHA-256") == 2


def test_closing_ends_what_is_measured(trained: Path) -> None:
    lab = Lab.open(trained, timer=functools.partial(measure, seconds=WAIT))
    lab.devices.measure_server(list(lab.reports.results()["run_id"]))
    for _ in range(2):
        lab.close()
    view = lab.devices.measuring()
    assert view is not None
    assert (view.finished, view.stopped, view.error) == (True, True, None)
