"""A home has tasks of its own, which no other home sees."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from distill_core.errors import CorruptFile, UnknownName
from distill_core.lab import Lab
from distill_core.spec import Experiment, StoredTeacher
from distill_core.tasks import TASKS, Split, TaskCatalog
from tests.quick import QUICK_TIMER, experiment, student

# The digits under another name stand for data of a visitor.
TOY = replace(TASKS.get("digits"), name="toy", title="Toy digits")


def asked() -> Experiment:
    return experiment(student(), task="toy", updates=2)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    with closing(Lab.open(tmp_path / "with", timer=QUICK_TIMER)) as lab:
        lab.tasks.add(TOY)
        yield lab


def test_two_homes_have_different_tasks(lab: Lab, tmp_path: Path) -> None:
    with closing(Lab.open(tmp_path / "without")) as other:
        assert "toy" in lab.tasks
        assert "toy" not in other.tasks
        assert "toy" not in TASKS
        assert [*other.catalog.tasks()] == [*TASKS]
        assert lab.catalog.tasks()[-1] is TOY
        assert lab.plan(asked()).experiment.task == "toy"
        with pytest.raises(UnknownName, match="no task named 'toy'"):
            other.plan(asked())


def test_a_task_of_a_home_is_found_by_every_part(lab: Lab, tmp_path: Path) -> None:
    job = lab.wait(lab.submit(asked()), 120)
    assert (job.state, job.error) == ("finished", None)
    runs = lab.reports.results([job.id]).set_index("role")["run_id"]
    assert lab.jobs() == (job,)
    assert not lab.reports.unreadable_jobs()
    assert len(lab.reports.prediction_sources("toy")) == 3
    assert lab.devices.reference(runs["student"]).examples.shape[1:] == (1, 8, 8)
    assert all(image.label < 10 for image in lab.reports.disagreements(runs["student"], runs["teacher"], limit=2))
    test = lab.catalog.images("toy")[1]
    two = Split(test.images_NHWC[:2], test.labels_N[:2])
    assert lab.robustness.probabilities(runs["student"], two).shape == (2, 10)
    assert lab.reports.method_view("kd", "toy", f"run:{runs['teacher']}", f"run:{runs['student']}")
    taught = asked().model_copy(update={"teacher": StoredTeacher(run=runs["student"])})
    assert lab.plan(taught).resolved.teacher.fingerprint == lab._store.run(runs["student"]).fingerprint
    # Without the task the job is unreadable, and all others are not.
    with closing(Lab.open(tmp_path / "with")) as again:
        assert again.jobs() == ()
        (unreadable,) = again.reports.unreadable_jobs()
        assert (unreadable.id, "no task named 'toy'" in unreadable.why) == (job.id, True)
        with pytest.raises(CorruptFile, match="no task named 'toy'"):
            again.job(job.id)


def test_a_catalog_loads_what_the_home_has(tmp_path: Path) -> None:
    tasks = TaskCatalog(tmp_path)
    assert len(tasks.load("digits").test) == TASKS.get("digits").counts.test
    tasks.add(replace(TOY, sha256="0" * 64))
    with pytest.raises(CorruptFile, match="the data of 'toy'"):
        tasks.load("toy")
