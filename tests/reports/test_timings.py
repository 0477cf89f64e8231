"""The tables of all devices, and which latency a device has for a network."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from distill_core.deployment.eager import EAGER
from distill_core.errors import InvalidSetting, NotFound
from distill_core.machine import device_name
from distill_core.reports.results import results_table
from distill_core.reports.summary import summarise
from distill_core.reports.timings import devices_table, timings_table
from distill_core.store import Device, Measurement, Store
from tests.store.records import NOON, a_job, a_measurement, a_run

SMALL, LARGE, PHONE = "ab" * 32, "cd" * 32, "3f2a" * 8
ON_PHONE = f"browser:{PHONE}"
HERE = f"server:{device_name()}"


@pytest.fixture
def store(tmp_path: Path, migrated_once: Path) -> Iterator[Store]:
    """Two runs that share a graph, one with another, and one that failed."""
    shutil.copy(migrated_once, tmp_path)
    opened = Store.open(tmp_path)
    opened.add_job(a_job("a1"))
    for place, graph in enumerate((SMALL, SMALL, LARGE, None)):
        scores = {"test_accuracy": 0.5, "graph": graph} if graph else {}
        record = a_run(run(place), state="finished" if graph else "failed", scores=scores, seed=place)
        opened.save_run(record, curves=[], files={})
        opened.link_run("a1", record.id, position=place, student=f"student {place}", role="student")
    yield opened
    opened.close()


def test_what_a_measured_file_is_in_is_told(store: Store) -> None:
    graph = "ef" * 32
    store.save_run(
        a_run(run(7), scores={"test_accuracy": 0.5, "graph": graph, "file": "int8"}, seed=7), curves=[], files={}
    )
    store.link_run("a1", run(7), position=7, student="int8", role="student")
    store.add_measurements([here(1.0, graph=graph, run_id=run(7)), here(2.0), here(3.0, precision="float16")])
    rows = timings_table(store, [run(0), run(7)])
    assert sorted(zip(rows["graph"], rows["numbers"], strict=True)) == [
        (SMALL, "float16"),
        (SMALL, "float32"),
        (graph, "int8"),
    ]
    results = results_table(store, ["a1"])
    assert dict(zip(results["run_id"], results["file"], strict=True))[run(7)] == "int8"
    assert set(results["file"]) == {"float32", "int8"}


def run(place: int) -> str:
    return f"{place:016x}"


def here(p50_ms: float, **changes: Any) -> Measurement:
    return a_measurement(**{"device": device_name(), "p50_ms": p50_ms, **changes})


def told(uid: str, p50_ms: float, **changes: Any) -> Measurement:
    values = {
        "place": "browser",
        "uid": uid * 32,
        "device_id": PHONE,
        "device": "Chrome on Android",
        "provider": "wasm",
    }
    return a_measurement(**{**values, "p50_ms": p50_ms, **changes})


def keep(store: Store, *given: Measurement) -> None:
    device = Device(id=PHONE, label="Anna's", described="Chrome on Android", seen_at=NOON)
    for one in given:
        store.keep_measurement(one, device)


def medians(table: pd.DataFrame) -> dict[str, float]:
    return dict(table.set_index("student")["p50_ms"].dropna())


def test_a_row_says_whose_it_is_and_which_runs_it_speaks_of(store: Store) -> None:
    store.add_measurements([here(1.0), here(2.0, provider=EAGER), a_measurement(device="another")])
    keep(store, told("1", 4.0, load_ms=7.0), told("2", 5.0, graph=LARGE, provider="webgpu"))
    rows = timings_table(store, [run(0), run(1), run(2)])
    assert rows["device_key"].tolist() == [HERE, HERE, "server:another", ON_PHONE, ON_PHONE]
    assert rows["label"].tolist() == ["This server", "This server", "another", "Anna's", "Anna's"]
    assert rows["backend_key"].tolist() == ["onnxruntime", "torch eager", "onnxruntime", "wasm", "webgpu"]
    assert rows["place"].tolist() == ["server"] * 3 + ["browser"] * 2
    assert rows["run_ids"].tolist() == [[run(0), run(1)]] * 4 + [[run(2)]]
    assert rows["load_ms"].dropna().tolist() == [7.0]
    assert rows["load_ms"].dtype == "float64"


def test_only_what_was_asked_for_and_of_each_kind_the_newest(store: Store) -> None:
    store.add_measurements([here(1.0), here(3.0), here(2.0, graph=LARGE), here(9.0, graph="ef" * 32)])
    asked = timings_table(store, [run(1)])
    assert (asked["p50_ms"].tolist(), asked["run_ids"].tolist()) == ([3.0], [[run(1)]])
    everything = timings_table(store, None)
    assert everything["p50_ms"].tolist() == [3.0, 2.0, 9.0]
    assert everything["run_ids"].tolist() == [[run(0), run(1)], [run(2)], []]


def test_nothing_asked_and_failed_runs_have_no_rows_but_the_columns(store: Store) -> None:
    store.add_measurements([here(1.0)])
    for asked in ([], [run(3)]):
        rows = timings_table(store, asked)
        assert len(rows) == 0
        assert {"p50_ms", "label", "device_key", "backend_key", "run_ids", "histogram"} <= set(rows.columns)


def test_a_run_that_was_deleted_is_said(store: Store) -> None:
    with pytest.raises(NotFound, match="may have been deleted"):
        timings_table(store, ["f" * 16])


def test_devices_tell_when_they_were_seen_and_how_much_they_measured(store: Store) -> None:
    assert devices_table(store).empty
    keep(store, told("1", 4.0), told("2", 5.0))
    store.rename_device("b" * 32, "Berta's", datetime.now(UTC))
    rows = devices_table(store)
    assert rows["device_id"].tolist() == ["b" * 32, PHONE]
    assert rows["device_key"].tolist() == ["browser:" + "b" * 32, ON_PHONE]
    assert rows["label"].tolist() == ["Berta's", "Anna's"]
    assert rows["measurements"].tolist() == [0, 2]
    assert 0 <= rows["seen_seconds_ago"].iloc[0] < 60


def test_latency_is_that_of_this_servers_onnxruntime_whatever_browsers_tell(store: Store) -> None:
    store.add_measurements([here(7.0), here(1.0)])
    wanted = {"student 0": 1.0, "student 1": 1.0}
    assert medians(results_table(store, ["a1"])) == wanted
    # Each is newer, and looks like it in all but one respect.
    others = [here(2.0, provider=EAGER), here(2.0, precision="float16"), here(2.0, batch_size=2), here(2.0, threads=2)]
    store.add_measurements([*others, a_measurement(device="another", p50_ms=2.0)])
    keep(store, told("1", 2.0, device=device_name(), provider="CPUExecutionProvider"))
    assert medians(results_table(store, ["a1"])) == wanted


def test_latency_on_a_device_is_that_of_its_fastest_backend_that_answers_as_it_should(store: Store) -> None:
    keep(
        store,
        told("1", 0.1),  # measured again below, and slower
        told("2", 5.0),
        told("3", 4.0, provider="webgpu"),
        told("4", 4.5, threads=8),
        told("5", 0.2, provider="webgpu", threads=2, agrees=False),
        told("6", 0.2, provider="webgpu", threads=3, whole_graph=False),
        told("7", 0.2, precision="float16"),
        told("8", 0.2, batch_size=32),
        told("9", 9.0, graph=LARGE),
        told("a", 0.2, device_id="b" * 32),
    )
    assert medians(results_table(store, ["a1"], ON_PHONE)) == {"student 0": 4.0, "student 1": 4.0, "student 2": 9.0}
    assert medians(results_table(store, ["a1"])) == {}


def test_latency_on_a_server_may_be_torchs(store: Store) -> None:
    store.add_measurements([here(3.0), here(2.0, threads=2), here(1.0, provider=EAGER)])
    assert medians(results_table(store, ["a1"], HERE)) == {"student 0": 1.0, "student 1": 1.0}


def test_a_summary_takes_what_the_results_hold(store: Store) -> None:
    keep(store, told("1", 4.0), told("9", 9.0, graph=LARGE))
    summary = summarise(results_table(store, ["a1"], ON_PHONE), lambda run_id: pytest.fail("no pair to compare"))
    assert medians(summary) == {"student 0": 4.0, "student 1": 4.0, "student 2": 9.0}


def test_a_device_that_did_not_measure_has_no_latency(store: Store) -> None:
    for key in (ON_PHONE, "server:nobody", "browser:", "browser:None"):
        assert medians(results_table(store, ["a1"], key)) == {}


@pytest.mark.parametrize("key", ["", "phone", PHONE, "Browser:x"])
def test_what_is_no_device_is_refused(store: Store, key: str) -> None:
    with pytest.raises(InvalidSetting, match="a device: expected server:NAME or browser:ID"):
        results_table(store, ["a1"], key)
