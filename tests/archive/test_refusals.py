"""A stranger's archives: each is refused with what was expected, what it got and a hint, and nothing is left behind."""

import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from safetensors.numpy import save

from distill_core import archive
from distill_core.archive import HEADER, ROWS
from distill_core.errors import CorruptFile
from distill_core.evaluation.kept_examples import kept_examples
from distill_core.lab import Lab
from distill_core.lab.archives import _check_predictions
from distill_core.tasks import TASKS
from tests.archive.packed import changed, contents, state_of, zipped

DEEP = b'{"a":' * 100_000
HASH = "ab" * 32


def with_entry(data: bytes, name: str, content: bytes = b"x") -> bytes:
    return zipped({**contents(data), name: content})


def twice(data: bytes) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as packed:
        for name, content in [*contents(data).items(), ("rows.jsom", b"{}")]:
            packed.writestr(zipfile.ZipInfo(name), content)
    return into.getvalue().replace(b"rows.jsom", ROWS.encode())


def linked(data: bytes) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as packed:
        for name, content in contents(data).items():
            info = zipfile.ZipInfo(name)
            info.external_attr = 0o120777 << 16 if len(name) == 64 else 0
            packed.writestr(info, content)
    return into.getvalue()


def encrypted(data: bytes) -> bytes:
    """The flag of the first entry says so."""
    start = data.index(b"PK\1\2")
    return data[: start + 8] + b"\1" + data[start + 9 :]


def bomb(data: bytes) -> bytes:
    """A gigabyte of zeros in a megabyte, in eight files that lie about nothing."""
    entries = contents(data)
    packed = zipped({**entries, **{f"{digit}" * 64: bytes(2**20) for digit in "01234567"}})
    return resized(packed, 2**20, 2**27)


def resized(data: bytes, size: int, told: int) -> bytes:
    """The directory and the entries tell another size, in every place."""
    return data.replace(struct.pack("<L", size), struct.pack("<L", told))


def lying(data: bytes) -> bytes:
    """``rows.json`` holds more than the directory tells."""
    rows = contents(data)[ROWS]
    return resized(zipped({**contents(data), ROWS: rows + b" " * 100_000}), len(rows) + 100_000, len(rows))


def crowded(data: bytes) -> bytes:
    """The end tells of so many entries that ``zipfile`` would fill the memory with their names."""
    end = bytearray(data[-22:])
    struct.pack_into("<HH", end, 8, 65_000, 65_000)
    return data[:-22] + bytes(end)


def deep(data: bytes) -> bytes:
    return zipped({**contents(data), HEADER: DEEP + b"1" + b"}" * 100_000})


def flipped(data: bytes) -> bytes:
    """A file has another content than its name."""
    entries = contents(data)
    name = next(name for name in entries if len(name) == 64)
    return zipped({**entries, name: bytes([entries[name][0] ^ 1]) + entries[name][1:]})


def outside(data: bytes) -> bytes:
    """A network whose weights are in a file of the reader's machine."""
    model = network(data)
    tensor = model.graph.initializer[0]
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../../etc/passwd")
    return changed(data, file=("onnx", model.SerializeToString()))


def looping(data: bytes) -> bytes:
    model = network(data)
    node = model.graph.node.add(op_type="Loop", output=["again"])
    node.attribute.add(name="body", type=onnx.AttributeProto.GRAPH).g.name = "body"
    return changed(data, file=("onnx", model.SerializeToString()))


def foreign(data: bytes) -> bytes:
    model = network(data)
    model.graph.node.add(op_type="PyOp", domain="ai.onnx.contrib")
    return changed(data, file=("onnx", model.SerializeToString()))


def torn(data: bytes) -> bytes:
    model = network(data)
    model.graph.node[0].input[0] = "nowhere"
    return changed(data, file=("onnx", model.SerializeToString()))


def unnamed(data: bytes) -> bytes:
    """A name that says it is UTF-8, and is not."""
    packed = bytearray(data)
    start = packed.index(b"PK\1\2")
    packed[start + 8 : start + 10] = (0x800).to_bytes(2, "little")
    packed[start + 46] = 0xFF
    return bytes(packed)


def predicting(**arrays: np.ndarray) -> Callable[[bytes], bytes]:
    return lambda data: changed(data, file=("predictions", save(arrays)))


def logits(examples: int, classes: int) -> np.ndarray:
    return np.zeros((examples, classes), dtype=np.float32)


def network(data: bytes) -> onnx.ModelProto:
    entries = contents(data)
    first = next(row["sha256"] for row in json.loads(entries[ROWS])["artifacts"] if row["kind"] == "onnx")
    return onnx.load_model_from_string(entries[first])


def rows(change: Callable[[dict[str, Any]], object]) -> Callable[[bytes], bytes]:
    return lambda data: changed(data, rows=change)


def renamed(told: dict[str, Any], names: dict[str, str]) -> None:
    """Runs have other fingerprints, and all that is theirs follows."""
    for run in told["runs"]:
        run["fingerprint"] = names.get(run["fingerprint"], run["fingerprint"])
    ids = {old[:16]: new[:16] for old, new in names.items()}
    for table, column in (
        ("runs", "id"),
        *((name, "run_id") for name in ("job_runs", "curves", "artifacts", "trials")),
    ):
        for row in told[table]:
            row[column] = ids.get(row[column], row[column])


def made_up(told: dict[str, Any]) -> None:
    renamed(told, {told["runs"][2]["fingerprint"]: HASH})


def swapped(told: dict[str, Any]) -> None:
    """Two networks of different students."""
    first, second = (run["fingerprint"] for run in told["runs"][2:4])
    links = [dict(link) for link in told["job_runs"]]
    renamed(told, {first: second, second: first})
    told["job_runs"] = links


def faster(told: dict[str, Any]) -> None:
    """A run names the graph of a smaller network, and would be shown with that one's latency."""
    (graph,) = {run["scores"]["graph"] for run in told["runs"] if run["student"] == "1. Prune channels"}
    told["runs"][1]["scores"]["graph"] = graph


REFUSED: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "no zip": (lambda data: b"GIF89a" + bytes(100), "expected a zip file as this lab writes it"),
    "empty": (lambda data: b"", "expected a zip file of at most"),
    "cut off": (lambda data: data[:-100], "expected a zip file as this lab writes it"),
    "a program before it": (lambda data: b"MZ" * 50 + data, "expected a zip file and nothing else"),
    "a comment": (lambda data: data[:-2] + b"\3\0abc", "expected a zip file as this lab writes it"),
    "crowded": (crowded, "at most 20,000 files"),
    "a path": (lambda data: with_entry(data, "../../evil"), "expected names that are hashes, got '../../evil'"),
    "an absolute path": (lambda data: with_entry(data, "/etc/passwd"), "expected names that are hashes"),
    "a name with an end": (
        lambda data: with_entry(data, f"{HASH}!.pkl").replace(b"!.pkl", b"\0.pkl"),
        "expected names that are hashes",
    ),
    "a pickle": (lambda data: with_entry(data, "model.pkl"), "expected names that are hashes"),
    "a file twice": (twice, "expected each file once"),
    "a name that is no text": (unnamed, "expected a zip file that can be read"),
    "a link": (linked, "expected plain files"),
    "encrypted": (encrypted, "expected plain files"),
    "a bomb": (bomb, "expected at most 20,000 files and 536,870,912 bytes"),
    "a lie about a size": (lying, r"expected|got"),
    "a file too many": (lambda data: with_entry(data, HASH), "expected the files that it lists"),
    "another content": (flipped, "with its hash and"),
    "deep JSON": (deep, "reading archive.json: expected JSON|levels"),
    "an endless number": (
        rows(lambda told: told["runs"][0].update(seconds=float("inf"))),
        "Infinity is no number of JSON",
    ),
    "a large integer": (rows(lambda told: told["runs"][0].update(seed=2**31)), "expected integer, got 2147483648"),
    "a text for a number": (rows(lambda told: told["runs"][0].update(width="1")), "expected float, got '1'"),
    "a run twice": (rows(lambda told: told["runs"].append(told["runs"][0])), "expected rows with a key each"),
    "a run that nothing shows": (rows(lambda told: told["job_runs"].pop()), "expected runs that an experiment shows"),
    "a run that is not there": (
        rows(lambda told: told["job_runs"][0].update(run_id="00" * 8)),
        "expected runs that are in the archive",
    ),
    "an id that is a path": (rows(lambda told: told["jobs"][0].update(id="../../x")), "job"),
    "a waiting job": (rows(lambda told: told["jobs"][0].update(state="queued")), "ended, got queued"),
    "an unknown specification": (
        rows(lambda told: told["jobs"][0].update(specification='{"task": "digits"}')),
        "expected experiments that this lab knows",
    ),
    "an unknown kind of file": (
        rows(lambda told: told["artifacts"][0].update(kind="pickle")),
        "expected one of weights, onnx",
    ),
    "a measurement of another graph": (
        rows(lambda told: told["measurements"][0].update(graph="00" * 32)),
        "expected those of its runs",
    ),
    "a score for nothing": (rows(lambda told: told["runs"][0].update(scores={})), "expected a score"),
    "runs of other students": (
        rows(lambda told: told["job_runs"][1].update(student="nobody")),
        "expected a student of its experiment",
    ),
    "no tensors": (lambda data: changed(data, file=("weights", b"\x80\x04." + bytes(50))), "expected safetensors"),
    "no predictions": (predicting(other=logits(1, 10)), "expected valid_logits_NC, test_logits_NC, test_labels_N"),
    "predictions of other examples": (
        predicting(
            valid_logits_NC=logits(3, 10), test_logits_NC=logits(3, 10), test_labels_N=np.zeros(3, dtype=np.int64)
        ),
        "expected logits .* of validation and test examples",
    ),
    "a title without end": (rows(lambda told: told["jobs"][0].update(title="a" * 10_001)), "jobs.title: expected text"),
    "a title that a terminal obeys": (
        rows(lambda told: told["jobs"][0].update(title="a\x1b[2J")),
        "jobs.title: expected text",
    ),
    "a time before it began": (rows(lambda told: told["runs"][0].update(seconds=-1.0)), "times and updates from 0"),
    "a parameter in words": (
        rows(lambda told: told["runs"][0].update(parameters={"weight": "much"})),
        "expected parameters that are numbers",
    ),
    "threads in words": (
        rows(lambda told: told["runs"][0]["environment"].update(threads="many")),
        "expected a number of threads, got 'many'",
    ),
    "an environment within": (
        rows(lambda told: told["runs"][0].update(environment={"cpu": {}})),
        "expected an environment of texts and numbers",
    ),
    "a latency below nothing": (rows(lambda told: told["measurements"][0].update(p50_ms=-1.0)), "times from 0 ms"),
    "half a histogram": (
        rows(lambda told: told["measurements"][0].update(histogram={"edges_ms": [1.0]})),
        "expected a histogram with a count",
    ),
    "a task that is not here": (
        rows(lambda told: [run.update(task="new") for run in told["runs"] if run["role"] == "teacher"]),
        "expected runs of tasks that this lab knows",
    ),
    "no network": (lambda data: changed(data, file=("onnx", b"\x80\x04." + bytes(50))), "expected a graph"),
    "weights elsewhere": (outside, "expected weights in the file"),
    "a torn graph": (torn, "expected a graph whose values all come from somewhere"),
    "another network's latency": (rows(faster), "expected the graph that its run names"),
    "a loop": (looping, "expected a graph without loops"),
    "operators of a plugin": (foreign, "expected operators of ONNX alone"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_and_nothing_is_left(name: str, second: Lab, everything: bytes, tmp_path: Path) -> None:
    make, reason = REFUSED[name]
    before = state_of(second, tmp_path / "second")
    with pytest.raises(CorruptFile, match=reason) as refused:
        second.archives.unpack(make(everything))
    assert all(word in str(refused.value) for word in ("expected ", ", got ", "; "))
    assert state_of(second, tmp_path / "second") == before


@pytest.mark.parametrize(("change", "reason"), [(made_up, "KD.* with fingerprint"), (swapped, "a student of its")])
def test_runs_that_the_specification_does_not_make_are_refused(
    trained: Path, second: Lab, change: Callable[[dict[str, Any]], None], reason: str
) -> None:
    lab = Lab.open(trained)
    data = lab.archives.pack([lab.jobs()[0].id])
    lab.close()
    with pytest.raises(CorruptFile, match=f"the archive's runs: expected {reason}"):
        second.archives.unpack(changed(data, rows=change))
    assert second.jobs() == ()
    assert len(second.archives.unpack(data)) == 1


def test_an_error_of_the_work_is_not_told_as_one_of_the_file(
    second: Lab, everything: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(second._store, "file_archive", broken)
    with pytest.raises(RuntimeError, match="a bug"):
        second.archives.unpack(everything)


def test_bounds_hold_before_anything_is_unpacked(
    second: Lab, everything: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", len(everything) - 1)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(CorruptFile, match=f"at most {len(everything) - 1:,} bytes, got {len(everything):,} bytes"):
        second.archives.unpack(everything)


def test_of_scenes_an_archive_has_predictions_that_are_kept_and_the_classes_of_all() -> None:
    task = TASKS.get("scenes")

    def check(scenes: int, classes: int = task.counts.test, highest: int = 5, label: int = 0) -> None:
        logits_NCHW, labels_NHW = np.zeros((scenes, 6, 48, 48), np.float16), np.full((scenes, 48, 48), label)
        arrays = {"valid_logits_NC": logits_NCHW, "test_logits_NC": logits_NCHW, "test_labels_N": labels_NHW}
        _check_predictions(save({**arrays, "test_classes_N": np.full((classes, 48, 48), highest, np.uint8)}), task)

    kept = kept_examples(task.counts.test, task.target.positions)
    check(kept)
    check(1)
    with pytest.raises(CorruptFile, match="expected logits"):
        check(kept + 1)
    with pytest.raises(CorruptFile, match="expected a class for each test example"):
        check(kept, classes=task.counts.test - 1)
    with pytest.raises(CorruptFile, match="expected a class for each test example"):
        check(kept, highest=6)
    check(kept, label=-100)  # void: a pixel without a target
    for label in (-1, 6):
        with pytest.raises(CorruptFile, match=f"expected labels that are classes of Scenes.*, got {label} – {label}"):
            check(kept, label=label)
