"""Own data of a home, from files to a trained student; what fails leaves nothing."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from distill_core.errors import CorruptFile, InvalidSetting, MissingData, NotFound
from distill_core.jobs import limited_process
from distill_core.jobs.limited_process import Limits
from distill_core.lab import Lab, own_data
from distill_core.tasks import TASKS
from distill_core.tasks.own.description import OwnData
from tests.own_pictures import picture, pictures, png, zipped
from tests.quick import QUICK_TIMER, experiment, student
from tests.sounds import packed, word

ROOT = Path(__file__).resolve().parent.parent
# As many as a class needs, and a picture for each part.
CLASSES = {"dog": 9, "猫": 12, "bird": 8}


@pytest.fixture
def lab(home: Path) -> Iterator[Lab]:
    with closing(Lab.open(home, timer=QUICK_TIMER)) as lab:
        yield lab


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pictures(tmp_path_factory.mktemp("pets"), CLASSES)


def left(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "data" / "own").iterdir() if path.name != ".lock")


def test_a_folder_becomes_a_task(lab: Lab, folder: Path, home: Path) -> None:
    (folder / "dog" / "notes.txt").write_text("x")
    (folder / "dog" / "fake.jpg").write_text("x")
    (folder / "dog" / "twin.png").write_bytes((folder / "dog" / "0.png").read_bytes())
    (folder / "empty").mkdir()
    seen: list[tuple[int, int]] = []
    data = lab.own_data.add_images(folder, " My pets ", side_px=16, report=lambda *told: seen.append(told))
    assert (data.title, data.classes, data.per_class) == ("My pets", ("bird", "dog", "猫"), (8, 9, 12))
    assert data.counts.model_dump() == {"train": 21, "valid": 4, "test": 4}
    assert sorted((one.path, one.reason) for one in data.refused) == [
        ("dog/fake.jpg", "format"),
        ("dog/notes.txt", "ending"),
        ("dog/twin.png", "twice"),
    ]
    assert seen == [(number, 31) for number in range(31)]
    task = lab.tasks.get(data.name)
    assert lab.catalog.tasks()[-1] is task
    assert task.name in lab.tasks
    assert task.name in lab.tasks.names()
    assert len(lab.tasks) == len(TASKS) + 1
    train = lab.tasks.load(data.name).train
    assert train.images_NHWC.shape == (21, 16, 16, 3)
    assert np.allclose(train.images_NHWC.mean((0, 1, 2)) / 255, task.images.mean, atol=1e-3)
    assert np.allclose(train.images_NHWC.std((0, 1, 2)) / 255, task.images.std, atol=1e-3)
    assert left(home) == [f"{data.name}.json", f"{data.name}.npz"]
    assert str(folder) not in (home / "data" / "own" / f"{data.name}.json").read_text(encoding="utf-8")
    assert [str(text) for text in data.warnings()] == [
        "The test has 4 examples: an accuracy of it is known to about 49 points to either side."
    ]


def test_given_parts_stay_and_grey_is_one_channel(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> None:
    entries = {
        f"in/{part}/{name}/{n}.png": png(picture(hash_of(part, name, n)).convert("L"))
        for part, count in (("train", 8), ("test", 3))
        for name in ("a", "b")
        for n in range(count)
    }
    packed = zipped(tmp_path_factory.mktemp("zip") / "in.zip", entries)
    data = lab.own_data.add_images(packed, "grey", side_px=16)
    assert data.given_parts == ("train", "test")
    assert data.counts.model_dump() == {"train": 14, "valid": 2, "test": 6}
    assert data.images is not None
    assert data.images.channels == 1
    assert lab.tasks.load(data.name).test.images_NHWC.shape == (6, 16, 16, 1)


def hash_of(part: str, name: str, number: int) -> int:
    return number + 100 * "ab".index(name) + 1_000 * (part == "test")


def test_equal_files_are_equal_in_every_lab(lab: Lab, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    data = lab.own_data.add_images(folder, "pets", side_px=16)
    with closing(Lab.open(tmp_path_factory.mktemp("other"))) as other:
        assert other.own_data.add_images(folder, "other name", side_px=16).name == data.name
        assert other.own_data.add_images(folder, "without mirrors", side_px=16, mirrored=False).name != data.name
    with pytest.raises(InvalidSetting, match="not here yet, got pets"):
        lab.own_data.add_images(folder, "again", side_px=16)
    with pytest.raises(InvalidSetting, match="one that is free"):
        lab.own_data.add_images(folder, "pets", side_px=20)


@pytest.mark.parametrize(
    ("classes", "title", "side_px", "why"),
    [
        ({"a": 9, "b": 7}, "few", 16, "2 to 200 classes, got 1"),
        ({"a": 9}, "one class", 16, "2 to 200 classes, got 1"),
        ({"a": 9, "b": 9}, "\x00", 16, "letters or digits"),
        ({"a": 9, "b": 9}, "odd", 17, "a multiple of 4"),
        ({"a": 9, "b": 9}, "large", 128, "16 to 64 px"),
    ],
)
def test_what_is_refused_leaves_nothing(
    classes: dict[str, int],
    title: str,
    side_px: int,
    why: str,
    lab: Lab,
    home: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = pictures(tmp_path_factory.mktemp("in"), classes)
    with pytest.raises(InvalidSetting, match=why):
        lab.own_data.add_images(folder, title, side_px=side_px)
    assert not (home / "data" / "own").exists() or left(home) == []


def test_a_stopped_import_leaves_nothing(lab: Lab, folder: Path, home: Path) -> None:
    def stop(number: int, total: int) -> None:
        assert left(home)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        lab.own_data.add_images(folder, "pets", report=stop)
    assert left(home) == []


KILLED = """
import os, signal, sys
from pathlib import Path
from distill_core.lab import Lab
lab = Lab.open(Path(sys.argv[1]))
lab.own_data.add_images(Path(sys.argv[2]), "pets", report=lambda number, total: os.kill(os.getpid(), signal.SIGKILL))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="another way to kill")
def test_what_a_killed_import_left_is_swept(folder: Path, home: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(home), str(folder)], cwd=ROOT, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    assert left(home)
    (home / "data" / "own" / "own_0123456789abcdef.npz").write_bytes(b"not known yet")
    with closing(Lab.open(home)) as lab:
        assert left(home) == []
        assert lab.own_data.add_images(folder, "pets").title == "pets"


def test_a_living_import_is_not_swept(lab: Lab, folder: Path, home: Path) -> None:
    def open_another(number: int, total: int) -> None:
        if number == 0:
            Lab.open(home).close()

    assert lab.own_data.add_images(folder, "pets", report=open_another) in lab.own_data.listed()


CRASHING = """
import json, os, sys
from distill_core.tasks.own import image_import, worker
real = image_import.decoded
def decoded(data, side_px):
    if b"crash" in data:
        os.abort()
    return real(data, side_px)
image_import.decoded = decoded
main = worker.main
"""


def test_a_file_that_ends_its_reader_is_left_out(
    lab: Lab, folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path_factory.mktemp("modules")
    (place / "crashing_worker.py").write_text(f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n{CRASHING}")
    monkeypatch.setattr(limited_process, "ROOT", place)
    monkeypatch.setattr(own_data, "WORKER", "crashing_worker")
    for name in ("a", "b"):
        (folder / "dog" / f"{name}.png").write_bytes(b"crash")
    data = lab.own_data.add_images(folder, "pets")
    assert [(one.path, one.reason) for one in data.refused] == [("dog/a.png", "crashed"), ("dog/b.png", "crashed")]


HANGING = "import sys, time\ndef main():\n    print('{\"file\": [0, 1]}', flush=True)\n    time.sleep(3600)\n"


def test_a_reader_that_says_nothing_is_ended(
    lab: Lab, folder: Path, home: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path_factory.mktemp("modules")
    (place / "hanging_worker.py").write_text(HANGING)
    monkeypatch.setattr(limited_process, "ROOT", place)
    monkeypatch.setattr(own_data, "WORKER", "hanging_worker")
    monkeypatch.setattr(own_data, "LIMITS", Limits(memory_bytes=2**31, cpu_seconds=60, silent_seconds=0.3))
    monkeypatch.setattr(own_data, "MOST_CRASHES", 1)
    with pytest.raises(InvalidSetting, match="bounded time and memory"):
        lab.own_data.add_images(folder, "pets")
    assert left(home) == []


def test_broken_files_of_a_home_are_told(lab: Lab, folder: Path, home: Path) -> None:
    data = lab.own_data.add_images(folder, "pets", side_px=16)
    examples, described = (home / "data" / "own" / f"{data.name}.{ending}" for ending in ("npz", "json"))
    whole = examples.read_bytes()
    for broken in (b"", whole[:100], whole[:2000] + b"?" + whole[2001:]):
        examples.write_bytes(broken)
        with pytest.raises(CorruptFile, match="the data of pets"):
            lab.tasks.load(data.name)
    described.write_text("{}")
    assert lab.own_data.listed() == ()
    described.write_text(OwnData.of({**data.model_dump(), "sha256": "0" * 64}).to_json())
    assert lab.own_data.listed() == ()  # not what its name says


def test_an_archive_holds_no_own_data(lab: Lab, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    data = lab.own_data.add_images(folder, "pets", side_px=16)
    job = lab.wait(lab.submit(experiment(student(labels=9), task=data.name, updates=2)), 120)
    packed = lab.archives.pack([job.id])
    with closing(Lab.open(tmp_path_factory.mktemp("other"))) as other:
        with pytest.raises(CorruptFile, match=f"on {data.name}, which it lacks; an archive holds no own data: add the"):
            other.archives.unpack(packed)
        other.own_data.add_images(folder, "the same", side_px=16)
        assert other.archives.unpack(packed) == (job.id,)
        assert len(other.reports.summary(job.id)) == 3


def test_a_whole_job_and_what_stays_without_its_data(lab: Lab, folder: Path, home: Path) -> None:
    data = lab.own_data.add_images(folder, "pets", side_px=16)
    asked = experiment(student(labels=9), task=data.name, updates=2)
    job = lab.wait(lab.submit(asked), 120)
    assert (job.state, job.error) == ("finished", None)
    assert lab.own_data.jobs_on(data.name) == 1
    assert lab.own_data.remove(data.name) == 1
    assert left(home) == [f"{data.name}.json"]
    assert data.name not in lab.tasks.names()
    assert lab.own_data.listed() == ()
    assert lab.job(job.id).state == "finished"
    assert len(lab.reports.summary(job.id)) == 3
    with pytest.raises(MissingData, match=r"the data of pets: .* they were removed; add the same files again"):
        lab.catalog.images(data.name)
    again = lab.own_data.add_images(folder, "my pets", side_px=16)
    assert (again.name, lab.tasks.get(again.name).title) == (data.name, "my pets")
    lab.delete(job.id)
    assert lab.own_data.remove(again.name) == 0
    assert left(home) == []
    with pytest.raises(NotFound):
        lab.own_data.remove(again.name)


def test_a_whole_job_on_texts(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> None:
    rows = [f"{word} number {number},{word}" for word in ("good", "bad", "猫") for number in range(12)]
    path = tmp_path_factory.mktemp("in") / "reviews.csv"
    path.write_text("\n".join(["text,label", *rows]), encoding="utf-8")
    data = lab.own_data.add_texts(path, "reviews")
    assert data.counts.model_dump() == {"train": 24, "valid": 6, "test": 6}
    first = lab.catalog.first_experiment(data.name)
    assert (first.teacher.kind, first.students[0].architecture, first.students[0].labels) == ("train", "byte_cnn", 6)
    budget = first.budget.model_copy(update={"updates": 2, "batch_size": 8})
    teacher = first.teacher.model_copy(update={"budget": budget})
    job = lab.wait(lab.submit(first.model_copy(update={"budget": budget, "teacher": teacher})), 120)
    assert (job.state, job.error) == ("finished", None)


def test_recordings_are_read_in_a_process_too(lab: Lab, home: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("in")
    for name, hz in (("low", 200), ("high", 900)):
        (folder / name).mkdir()
        for number in range(8):
            (folder / name / f"{number}.wav").write_bytes(packed(word(hz=hz + 5 * number)))
    data = lab.own_data.add_sounds(folder, "tones")
    assert (data.kind, data.per_class) == ("sounds", (8, 8))
    first = lab.catalog.first_experiment(data.name)
    assert (first.teacher.kind, first.students[0].architecture) == ("train", "sequence_depthwise")
    assert lab.plan(first).experiment.task == data.name
    assert left(home) == [f"{data.name}.json", f"{data.name}.npz"]
