"""Experiments have names: in the lab, in archives, in another lab and in the shell."""

import json
from pathlib import Path

import pytest

from distill_core.__main__ import main
from distill_core.errors import CorruptFile, InvalidSetting, NotFound
from distill_core.lab import Lab
from distill_core.lab.job_search import searching
from distill_core.store import JobState
from tests.archive.packed import changed, contents
from tests.homes.unpack import unpack
from tests.quick import QUICK_TIMER, experiment, student
from tests.records import job_record

CHAIN = "7f177f90ddf842d2"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Three experiments that a version without names stored."""
    unpack("27610a0", tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def lab(home: Path):
    opened = Lab.open(home, timer=QUICK_TIMER)
    yield opened
    opened.close()


def test_an_old_experiment_gets_a_name_which_then_is_its_title(lab: Lab) -> None:
    before = lab.job(CHAIN)
    assert (before.title, before.name, before.tags, before.note) == (before.subject, "", (), "")
    lab.naming.rename(CHAIN, name="Small enough", tags=["watch", "paper"], note="For the watch.")
    job = lab.job(CHAIN)
    assert (job.title, job.subject) == ("Small enough", before.subject)
    assert (job.tags, job.note, lab.naming.tags()) == (("watch", "paper"), "For the watch.", ("paper", "watch"))
    lab.naming.rename(CHAIN, name="")
    assert lab.job(CHAIN).title == before.subject
    with pytest.raises(NotFound):
        lab.naming.rename("none", name="x")
    with pytest.raises(InvalidSetting):
        lab.naming.rename(CHAIN, tags=["x" * 33])


def test_a_name_that_is_taken_is_answered_by_one_that_is_free_and_may_be_taken_twice(lab: Lab) -> None:
    first, second, _ = (job.id for job in lab.jobs())
    assert lab.naming.free_name(" Mine ") == "Mine"
    lab.naming.rename(first, name="Mine")
    assert lab.naming.free_name("Mine") == "Mine 2"
    lab.naming.rename(second, name="Mine")
    assert [job.title for job in lab.jobs()][:2] == ["Mine", "Mine"]
    lab.naming.rename(first, name="x" * 80)
    assert lab.naming.free_name("x" * 80) == "x" * 73 + " 2"


def test_experiments_are_found_by_titles_of_networks_methods_and_tasks(lab: Lab) -> None:
    for number, (method, network) in enumerate([("dkd", "plain_cnn"), ("kd", "resnet8")]):
        made = experiment(student("S", method=method, architecture=network))
        lab._store.add_job(job_record(f"{number}" * 16, made.to_json(), state=JobState.STOPPED, title="short"))
    found = {
        words: [job.id for job in lab.jobs(search=searching(lab.tasks, words)) if job.title == "short"]
        for words in ("decoupled", "short resnet-8", "RESNET-8 decoupled", "plain cnn")
    }
    assert found["decoupled"] == ["0" * 16]
    assert found["short resnet-8"] == ["1" * 16]
    assert found["RESNET-8 decoupled"] == []
    by_method = lab.jobs(search=searching(lab.tasks, "", method="dkd"))
    assert [job.id for job in by_method] == ["0" * 16]
    assert [job.id for job in lab.jobs(1, skip=1, fits=lambda one: len(one.students) > 0)] == ["0" * 16]
    assert lab.jobs(fits=lambda one: False) == ()


def test_a_name_travels_with_its_archive(lab: Lab, tmp_path: Path) -> None:
    plain = lab.archives.pack([CHAIN])
    assert not {"name", "tags", "note"} & json.loads(contents(plain)["rows.json"])["jobs"][0].keys()
    lab.naming.rename(CHAIN, name="Klein genug", tags=["Uhr", "Aufsatz"], note="Zeile\nzwei")
    packed = lab.archives.pack([CHAIN])
    other = Lab.open(tmp_path / "other", timer=QUICK_TIMER)
    try:
        assert other.archives.look(packed).title == "Klein genug"
        assert other.archives.unpack(packed) == (CHAIN,)
        job = other.job(CHAIN)
        assert (job.title, job.tags, job.note) == ("Klein genug", ("Uhr", "Aufsatz"), "Zeile\nzwei")
        assert other.archives.unpack(plain) == (CHAIN,)  # from before it had a name: what is here is kept
        assert other.job(CHAIN).title == "Klein genug"
    finally:
        other.close()


@pytest.mark.parametrize(
    "told", [{"name": "x" * 81}, {"name": "a\u202eb"}, {"name": " a"}, {"tags": "a"}, {"note": "\x07"}, {"name": 3}]
)
def test_a_strangers_name_is_bounded_too(lab: Lab, tmp_path: Path, told: dict[str, object]) -> None:
    packed = changed(lab.archives.pack([CHAIN]), rows=lambda rows: rows["jobs"][0].update(told))
    lab.delete(CHAIN)
    with pytest.raises(CorruptFile):
        lab.archives.unpack(packed)
    with pytest.raises(NotFound):
        lab.job(CHAIN)


def test_an_experiment_that_starts_again_keeps_its_name(lab: Lab) -> None:
    lab._store.add_job(job_record("a" * 16, experiment().to_json(), state=JobState.STOPPED, fingerprint="none"))
    lab.naming.rename("a" * 16, name="Mine", tags=["x"], note="n")
    again = lab.job(lab.restart("a" * 16))
    assert (again.title, again.tags, again.note) == ("Mine", ("x",), "n")
    lab.stop(again.id)


def test_the_shell_renames_and_lists(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--home", str(home)]
    assert main(["rename", CHAIN, "Small enough", "--tag", "watch", "--tag", "paper", "--note", "Why.", *where]) == 0
    assert main(["jobs", *where]) == 0
    assert f"{CHAIN}  finished     Small enough  [watch]  [paper]\n" in capsys.readouterr().out
    assert main(["show", CHAIN, *where]) == 0
    assert capsys.readouterr().out.startswith("Small enough  [watch]  [paper] (finished)\nWhy.\n")
    assert main(["jobs", "--json", "-", *where]) == 0
    told = json.loads(capsys.readouterr().out)[1]
    assert (told["name"], told["tags"], told["note"]) == ("Small enough", ["watch", "paper"], "Why.")
    assert told["title"].startswith("Chain of")
    assert main(["rename", CHAIN, "", *where]) == 0
    assert capsys.readouterr().out.startswith(f"{CHAIN}  Chain of")
    assert main(["rename", CHAIN, "x" * 81, *where]) == 2
    assert main(["rename", "none", "x", *where]) == 2
