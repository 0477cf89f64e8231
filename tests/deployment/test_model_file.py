"""The files that browsers get: known runs only, checked, in both precisions; float16 made once."""

import threading
from typing import Any

import pytest

from distill_core.deployment import model_file
from distill_core.deployment.model_file import Float16Cache, model
from distill_core.errors import CorruptFile, ExportMismatch, InvalidSetting, NotFound
from distill_core.files import sha256_of
from distill_core.jobs import Lock
from distill_core.store import RunRecord, Store
from tests.quantized import quantized
from tests.store.records import a_run


def test_float32_is_the_file_that_was_exported(store: Store, student: RunRecord) -> None:
    found = model(store, student.id)
    data = store.read_artifact(student.id, "onnx")
    assert found.path.read_bytes() == data
    assert (found.run_id, found.precision, found.graph) == (student.id, "float32", student.scores["graph"])
    assert (found.sha256, found.size_bytes) == (sha256_of(data), len(data))


def test_float16_is_made_once_and_kept_beside_it(
    store: Store, student: RunRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    full, half = model(store, student.id), model(store, student.id, "float16")
    assert half.size_bytes < 0.7 * full.size_bytes
    assert half.sha256 == sha256_of(half.path.read_bytes()) != full.sha256
    assert (half.graph, half.path.parent) == (full.graph, full.path.parent)
    monkeypatch.setattr(model_file, "to_float16", lambda data: pytest.fail("it is there"))
    assert model(store, student.id, "float16") == half


def test_many_that_ask_at_once_wait_for_one_that_makes_it(
    store: Store, student: RunRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, found, together, lock = list[int](), set[model_file.Model](), threading.Barrier(8), Lock()
    make = model_file.to_float16

    def counted(data: bytes) -> Any:
        made.append(len(data))
        return make(data)

    def ask() -> None:
        together.wait()
        found.add(model(store, student.id, "float16", Float16Cache(lock=lock)))

    monkeypatch.setattr(model_file, "to_float16", counted)
    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (len(made), len(found)) == (1, 1)


def test_a_quantized_run_has_its_own_file_and_no_float16(store: Store, student: RunRecord) -> None:
    run = quantized(store, student)
    found = model(store, run.id)
    assert (found.precision, found.number_format) == ("float32", "int8")
    assert found.size_bytes == run.scores["onnx_bytes"]
    with pytest.raises(
        InvalidSetting, match="float16 of 'Small': expected a float32 file, got int8; take the run's own"
    ):
        model(store, run.id, "float16")
    with pytest.raises(NotFound):
        store.artifact(run.id, "onnx_float16")


def test_what_a_file_is_in_is_told(store: Store, student: RunRecord) -> None:
    assert [model(store, student.id, precision).number_format for precision in ("float32", "float16")] == [
        "float32",
        "float16",
    ]


@pytest.mark.parametrize("run_id", ["f" * 16, "../../etc/passwd", "", "a"])
def test_an_unknown_run_has_none(store: Store, run_id: str) -> None:
    for precision in ("float32", "float16"):
        with pytest.raises(NotFound, match="may have been deleted"):
            model(store, run_id, precision)


def test_a_failed_run_has_none(store: Store) -> None:
    store.save_run(a_run(state="failed", message="the loss became nan", scores={}), curves=[], files={})
    with pytest.raises(NotFound, match=r"no file of run '0+aa': it failed \(the loss became nan\); choose a finished"):
        model(store, "00000000000000aa")


@pytest.mark.parametrize("precision", ["", "float64", "onnx", "FLOAT32"])
def test_another_precision_is_refused(store: Store, student: RunRecord, precision: str) -> None:
    with pytest.raises(InvalidSetting, match="a precision: expected float32 or float16"):
        model(store, student.id, precision)


def test_a_file_that_is_gone_or_changed_is_refused(store: Store, student: RunRecord) -> None:
    path = model(store, student.id).path
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(CorruptFile, match="expected SHA-256"):
        model(store, student.id)
    path.unlink()
    with pytest.raises(CorruptFile, match=f"make it again: the experiment of run '{student.id}'"):
        model(store, student.id)


def test_a_file_that_is_made_of_another_one_is_made_of_it_again(store: Store, student: RunRecord) -> None:
    made = model(store, student.id, "float16")
    made.path.write_bytes(made.data[:-1] + b"x")
    assert model(store, student.id, "float16") == made
    made.path.unlink()
    assert model(store, student.id, "float16") == made
    assert made.path.read_bytes() == made.data


def test_a_network_that_float16_cannot_hold_leaves_nothing_and_keeps_float32(
    store: Store, student: RunRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(data: bytes) -> Any:
        raise ExportMismatch("float16: too large")

    monkeypatch.setattr(model_file, "to_float16", refuse)
    with pytest.raises(ExportMismatch, match="too large"):
        model(store, student.id, "float16")
    assert not model(store, student.id).path.with_name("network_float16.onnx").exists()
    monkeypatch.undo()
    assert model(store, student.id, "float16").path.exists()


def test_what_float16_cannot_hold_is_tried_once_and_forgotten_after_many_others(
    store: Store, student: RunRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried, conversions = list[int](), Float16Cache(lock=Lock())

    def refuse(data: bytes) -> Any:
        tried.append(len(data))
        raise ExportMismatch(f"float16: too large, at try {len(tried)}")

    monkeypatch.setattr(model_file, "to_float16", refuse)
    for _ in range(3):
        with pytest.raises(ExportMismatch, match="too large, at try 1"):
            model(store, student.id, "float16", conversions)
    assert conversions.refused == {model(store, student.id).sha256: "float16: too large, at try 1"}

    monkeypatch.setattr(model_file, "MOST_REFUSED", 2)
    with pytest.raises(ExportMismatch, match="try 2"):
        model(store, student.id, "float16", Float16Cache(refused=(many := {"a": "", "b": ""})))
    assert list(many) == ["b", model(store, student.id).sha256]


def test_of_many_that_wait_for_their_turn_one_finds_out_that_float16_cannot_hold_it(
    store: Store, student: RunRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried, said, together, conversions = list[int](), list[str](), threading.Barrier(8), Float16Cache(lock=Lock())

    def refuse(data: bytes) -> Any:
        tried.append(len(data))
        raise ExportMismatch("float16: too large")

    def ask() -> None:
        together.wait()
        with pytest.raises(ExportMismatch) as error:
            model(store, student.id, "float16", conversions)
        said.append(str(error.value))

    monkeypatch.setattr(model_file, "to_float16", refuse)
    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (len(tried), said) == (1, ["float16: too large"] * 8)
