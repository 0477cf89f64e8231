"""What browsers measured: kept once, under a label, within bounds; and gone when it is asked for."""

import threading
from datetime import timedelta
from typing import Any

import pytest

from distill_core.errors import NotFound
from distill_core.files import sha256_of
from distill_core.store import Device, Measurement, Store, device_rows
from tests.store.records import NOON, a_job, a_measurement, a_run

PHONE, LAPTOP, TABLET = "a" * 32, "b" * 32, "c" * 32
RUN = "00000000000000aa"


def a_device(device_id: str = PHONE, **changes: Any) -> Device:
    values = {"id": device_id, "label": "Phone", "described": "Chrome 156 on Android, 8 cores", "seen_at": NOON}
    return Device(**{**values, **changes})


def told(uid: str, device_id: str = PHONE, **changes: Any) -> Measurement:
    values = {
        "place": "browser",
        "uid": uid * 32,
        "device_id": device_id,
        "device": "Chrome 156 on Android, 8 cores",
        "provider": "wasm",
        "histogram": {"edges_ms": [1.0, 2.0], "counts": [200]},
    }
    return a_measurement(**{**values, **changes})


def keep(store: Store, *given: Measurement, **device: Any) -> None:
    for one in given:
        store.keep_measurement(one, a_device(str(one.device_id), **device))


def test_a_measurement_of_a_browser_comes_back_as_it_was_told(store: Store) -> None:
    given = told("1", agrees=False, whole_graph=False, largest_difference=0.5, load_ms=8.0, precision="float16")
    kept, new = store.keep_measurement(given, a_device())
    assert new
    assert store.measurements() == [kept]
    assert kept == told("1", agrees=False, whole_graph=False, largest_difference=0.5, load_ms=8.0, precision="float16",
                        id=1)  # fmt: skip
    assert store.devices() == [(a_device(), 1)]


def test_the_same_told_twice_is_kept_once_and_the_first_is_answered(store: Store) -> None:
    first, _ = store.keep_measurement(told("1"), a_device())
    again, new = store.keep_measurement(told("1", LAPTOP, p50_ms=9.0), a_device(LAPTOP))
    assert (again, new) == (first, False)
    assert [device.id for device, _ in store.devices()] == [PHONE]


def test_many_that_tell_the_same_at_once_keep_it_once(store: Store) -> None:
    together, news = threading.Barrier(8), list[bool]()

    def tell() -> None:
        together.wait()
        news.append(store.keep_measurement(told("1"), a_device())[1])

    threads = [threading.Thread(target=tell) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(news) == [False] * 7 + [True]
    assert len(store.measurements()) == 1


def test_a_device_keeps_its_label_until_it_is_given_another(store: Store) -> None:
    keep(store, told("1"))
    keep(store, told("2"), label="default", described="Chrome 157", seen_at=NOON + timedelta(hours=1))
    ((device, count),) = store.devices()
    assert (device.label, device.described, count) == ("Phone", "Chrome 157", 2)
    assert device.seen_at == NOON + timedelta(hours=1)
    store.rename_device(PHONE, "Berta's", NOON)
    assert store.devices() == [(a_device(label="Berta's", described="Chrome 157"), 2)]


def test_a_device_may_be_named_before_it_measures(store: Store) -> None:
    store.rename_device(PHONE, "Anna's", NOON)
    assert store.devices() == [(a_device(label="Anna's", described=""), 0)]
    keep(store, told("1"), label="default")
    assert store.devices() == [(a_device(label="Anna's"), 1)]


@pytest.mark.parametrize("seconds", [1, -3_600])
def test_the_device_seen_last_comes_first(seconds: int, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the clock was set back in between: the one that told just now is not forgotten for a new one."""
    monkeypatch.setattr(device_rows, "MOST_DEVICES", 2)
    keep(store, told("1"))
    keep(store, told("2", LAPTOP), seen_at=NOON + timedelta(seconds=seconds))
    assert [device.id for device, _ in store.devices()] == [LAPTOP, PHONE]
    keep(store, told("3", TABLET), seen_at=NOON + timedelta(seconds=2 * seconds))
    assert [device.id for device, _ in store.devices()] == [TABLET, LAPTOP]


def test_a_forgotten_device_leaves_the_others_and_the_server(store: Store) -> None:
    store.add_measurements([a_measurement()])
    keep(store, told("1"), told("2", LAPTOP), told("3"))
    for _ in range(2):
        store.forget_device(PHONE)
    assert [one.device_id for one in store.measurements()] == [None, LAPTOP]
    assert [device.id for device, _ in store.devices()] == [LAPTOP]
    _, new = store.keep_measurement(told("1"), a_device())
    assert new


def test_of_too_many_measurements_the_oldest_of_that_device_go(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_rows, "MOST_MEASUREMENTS", 3)
    keep(store, told("0", LAPTOP), *(told(uid) for uid in "12345"))
    assert [str(one.uid)[0] for one in store.measurements()] == ["0", "3", "4", "5"]


def test_a_device_too_many_takes_the_place_of_the_one_that_was_seen_longest_ago(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_rows, "MOST_DEVICES", 2)
    store.add_measurements([a_measurement()])
    keep(store, told("1"), told("2", LAPTOP))
    keep(store, told("3"), seen_at=NOON + timedelta(seconds=1))  # a known one forgets nobody
    assert len(store.devices()) == 2
    keep(store, told("4", TABLET), seen_at=NOON + timedelta(seconds=2))
    assert [(device.id, count) for device, count in store.devices()] == [(TABLET, 1), (PHONE, 2)]
    assert [one.device_id for one in store.measurements()] == [None, PHONE, PHONE, TABLET]
    store.rename_device(LAPTOP, "Laptop", NOON + timedelta(seconds=3))
    assert [(device.id, count) for device, count in store.devices()] == [(LAPTOP, 0), (TABLET, 1)]
    assert [one.device_id for one in store.measurements()] == [None, TABLET]


def test_the_newest_of_one_device(store: Store) -> None:
    store.add_measurements([a_measurement(), a_measurement(device="another"), a_measurement(p50_ms=2.0)])
    keep(store, told("1"), told("2", LAPTOP), told("3", device="a CPU, 2 logical cores"))
    assert [one.id for one in store.newest_measurements(of=("server", "a CPU, 2 logical cores"))] == [3]
    assert [one.id for one in store.newest_measurements(of=("browser", PHONE))] == [6]
    assert store.newest_measurements(of=("browser", "another")) == []


def test_the_newest_of_each_kind(store: Store) -> None:
    graph = "cd" * 32
    store.add_measurements([a_measurement(), a_measurement(p50_ms=2.0), a_measurement(threads=2)])
    store.add_measurements([a_measurement(device="another"), a_measurement(provider="torch eager")])
    keep(store, told("1"), told("2", LAPTOP), told("3", device="Chrome 157", p50_ms=3.0), told("4", graph=graph))
    keep(store, told("5", precision="float16"), told("6", batch_size=32))
    kinds = [(one.id, one.p50_ms) for one in store.newest_measurements()]
    assert kinds == [(2, 2.0), (3, 1.0), (4, 1.0), (5, 1.0), (7, 1.0), (8, 3.0), (9, 1.0), (10, 1.0), (11, 1.0)]
    assert [one.id for one in store.newest_measurements([graph])] == [9]
    assert store.newest_measurements([]) == []
    strangers = [f"{number:x}" for number in range(3_000)]
    assert [one.id for one in store.newest_measurements([*strangers, graph])] == [9]


def test_the_stamp_changes_with_a_label_and_with_what_is_forgotten(store: Store) -> None:
    stamps = [store.results_version([])]
    keep(store, told("1"))
    stamps.append(store.results_version([]))
    store.rename_device(PHONE, "Anna's", NOON)
    stamps.append(store.results_version([]))
    store.forget_device(PHONE)
    assert store.results_version([]) == stamps[0]
    # SQLite gives the number of the forgotten one again: the numbers differ all the same.
    keep(store, told("2", created_at=NOON + timedelta(microseconds=1)))
    stamps.append(store.results_version([]))
    assert store.results_version([], everywhere=False) == stamps[0]
    store.add_measurements([a_measurement()])
    assert store.results_version([], everywhere=False) != stamps[0]
    assert all(one != other for place, one in enumerate(stamps) for other in stamps[:place])


def test_a_file_that_is_made_later_is_kept_once_and_goes_with_its_run(store: Store) -> None:
    store.save_run(a_run(), curves=[], files={"onnx": b"graph"})
    store.add_job(a_job())
    store.link_run("a", RUN, position=0, student="KD", role="student")
    store.add_artifact(RUN, "onnx_float16", b"half")
    store.add_artifact(RUN, "onnx_float16", b"another")
    assert store.read_artifact(RUN, "onnx_float16") == b"half"
    assert store.artifact(RUN, "onnx_float16").sha256 == sha256_of(b"half")
    path = store.artifact(RUN, "onnx_float16").path
    assert (path.name, path.is_file()) == ("network_float16.onnx", True)
    store.delete_job("a")
    assert not path.parent.exists()
    with pytest.raises(NotFound, match="no onnx_float16"):
        store.artifact(RUN, "onnx_float16")


def test_no_file_of_a_run_that_is_gone(store: Store) -> None:
    with pytest.raises(NotFound, match="deleted meanwhile"):
        store.add_artifact(RUN, "onnx_float16", b"half")
    assert not list(store._files._root.rglob("*.onnx"))
