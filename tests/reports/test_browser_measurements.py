"""What browsers tell: percentiles and parity are the server's, words and labels are fit to be shown."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from distill_core.browser_measurement import Browser, BrowserMeasurement
from distill_core.deployment.model_file import Model
from distill_core.errors import InvalidSetting
from distill_core.reports.browser_measurements import (
    checked_label,
    described,
    save_browser_measurement,
)
from distill_core.reports.reference import Reference
from distill_core.store import Measurement, Store
from tests.store.records import NOON
from tests.told import BROWSER, PHONE, a_timed

RUN = "00000000000000aa"
LOGITS = np.arange(80, dtype=np.float32).reshape(8, 10) / 10
WANTED = Reference(examples=np.zeros((8, 1, 8, 8)), labels_B=np.zeros(8), logits_BC=LOGITS, sha256="a" * 64)
KEPT = {"sha256": "a" * 64, "size_bytes": 777, "graph": "ab" * 32, "data": b""}
MODEL = Model(run_id=RUN, precision="float32", number_format="float32", path=Path("x"), **KEPT)


def timed(**changes: Any) -> BrowserMeasurement:
    return a_timed(RUN, LOGITS.tolist(), **changes)


def keep(
    store: Store, one: BrowserMeasurement, device_id: str = PHONE, numbers: str | None = None
) -> tuple[Measurement, bool]:
    model = replace(MODEL, precision=one.precision, number_format=numbers or one.precision)
    return save_browser_measurement(store, one, model, WANTED, device_id)


def test_the_server_works_out_percentiles_and_parity(store: Store) -> None:
    one, new = keep(store, timed(backend="webgpu", runs_per_sample=7, threads=4, batch_size=2, whole_graph=False))
    assert new
    assert (one.p50_ms, one.p90_ms, one.p95_ms, one.p99_ms, one.mean_ms) == (50, 90, 95, 99, 50.5)
    assert (one.runs, one.runs_per_sample, one.warmup_runs, one.first_ms) == (700, 7, 20, 3.0)
    assert (one.agrees, one.largest_difference, one.whole_graph) == (True, 0.0, False)
    assert (one.place, one.provider, one.threads, one.batch_size, one.graph) == ("browser", "webgpu", 4, 2, "ab" * 32)
    assert (one.load_ms, one.session_ms, one.precision, one.device_id) == (5.0, 20.0, "float32", PHONE)
    assert one.device == "Chrome 156 on Android, 8 cores"
    assert one.environment["onnxruntime_web"] == "1.30.0"
    assert one.size_bytes == 777  # as the file is here
    assert one.histogram is not None
    assert sum(one.histogram["counts"]) == 100
    assert store.measurements() == [one]


@pytest.mark.parametrize(
    ("changes", "disturbed"),
    [
        ({"samples_ms": [1.0] * 100}, ""),
        ({"samples_ms": [1.0] * 100, "runs_per_sample": 40, "lost": 0.01}, ""),
        ({"samples_ms": [1.0] * 94 + [9.0] * 6}, "1 of 20 runs took 9.0 times as long as the middle one"),
        ({"samples_ms": [1.0] * 100, "lost": 0.4}, "something else had its processor 40 % of the time"),
        ({"samples_ms": [1.0]}, None),
    ],
)
def test_it_is_judged_as_the_servers_own(store: Store, changes: dict[str, Any], disturbed: str | None) -> None:
    """A single sample of ten seconds, as a very coarse clock makes, is not taken for a quiet one."""
    assert keep(store, timed(**changes))[0].disturbed == disturbed


def test_the_same_told_twice_is_kept_once(store: Store) -> None:
    once = timed()
    first, is_new = keep(store, once)
    assert is_new
    assert keep(store, once) == (first, False)


@pytest.mark.parametrize(
    ("logits", "difference"),
    [
        ((LOGITS + 1).tolist(), pytest.approx(1.0)),
        (LOGITS[:7].tolist(), None),
        ([[None] * 10] * 8, None),
        ([row[: 9 - place % 2] for place, row in enumerate(LOGITS.tolist())], None),
    ],
)
def test_other_answers_are_kept_as_wrong(store: Store, logits: Any, difference: Any) -> None:
    kept, new = keep(store, timed(logits=logits))
    assert (kept.agrees, new) == (False, True)
    assert kept.largest_difference == difference
    assert store.measurements() == [kept]


def test_half_the_precision_may_round_more(store: Store) -> None:
    rounded = (LOGITS + 0.1).tolist()
    assert keep(store, timed(logits=rounded))[0].agrees is False
    assert keep(store, timed(logits=rounded, precision="float16"))[0].agrees is True


def test_a_quantized_file_has_a_tolerance_of_its_own_though_it_is_told_as_float32(store: Store) -> None:
    rounded = (LOGITS + 0.1).tolist()
    assert keep(store, timed(logits=rounded), numbers="int8")[0].agrees is True
    assert keep(store, timed(logits=(LOGITS + 1).tolist()), numbers="int8")[0].agrees is False


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"samples_ms": [0.0] * 5}, "times of a network: expected more than 0 ms, got 0 ms; time more runs a sample"),
        ({"samples_ms": [1.0] * 5000, "runs_per_sample": 1_000_000}, "timed runs: expected up to 2,147,483,647"),
    ],
)
def test_what_no_measurement_can_be_is_refused(store: Store, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidSetting, match=said):
        keep(store, timed(**changes))
    assert store.measurements() == []
    assert store.devices() == []


@pytest.mark.parametrize("device_id", ["", "x", "A" * 32, "a" * 31, "a" * 33, "../" + "a" * 29, "a" * 32 + "\n"])
def test_what_is_no_device_is_refused(store: Store, device_id: str) -> None:
    with pytest.raises(InvalidSetting, match="a device: expected 32 hexadecimal digits"):
        keep(store, timed(), device_id=device_id)
    assert store.measurements() == []


def test_equal_phones_can_be_told_apart(store: Store) -> None:
    keep(store, timed())
    keep(store, timed(), device_id="4e" * 16)
    assert {device.label for device, _ in store.devices()} == {
        f"Chrome on Android · {PHONE[:4]}",
        "Chrome on Android · 4e4e",
    }


def test_a_label_that_is_given_stays(store: Store) -> None:
    store.rename_device(PHONE, "Anna's phone", NOON)
    keep(store, timed())
    keep(store, timed())
    ((device, count),) = store.devices()
    assert (device.label, device.described, count) == ("Anna's phone", "Chrome 156 on Android, 8 cores", 2)


@pytest.mark.parametrize(
    "label", ["", "   ", "x" * 41, "two\nlines", "a\x00b", "back\u202ewards", "a\u2028b", "\ud800"]
)
def test_a_label_that_cannot_be_shown_is_refused(label: str) -> None:
    with pytest.raises(InvalidSetting, match="a device's label: expected 1 to 40 characters in one line"):
        checked_label(label)


@pytest.mark.parametrize("label", ["x" * 40, "Ännas Händi", "📱👩‍💻", "<b>phone</b>", "电话"])
def test_any_writing_may_be_a_label(label: str) -> None:
    assert checked_label(label) == label


def test_what_a_browser_says_about_itself_is_fit_to_be_shown(store: Store) -> None:
    odd = {**BROWSER, "browser": "A\x00\u202eB" + "x" * 90 + " 12.3", "system": " \n", "cores": 1}
    kept, _ = keep(store, timed(browser=odd))
    assert kept.device == "AB" + "x" * 90 + " 12.3 on a system, 1 core"
    ((device, _),) = store.devices()
    assert device.label == "AB" + "x" * 31 + f" · {PHONE[:4]}"
    assert len(device.label) == 40


def test_without_a_name_it_is_a_browser() -> None:
    assert described(Browser.of({**BROWSER, "browser": "", "system": ""})) == "a browser on a system, 8 cores"
