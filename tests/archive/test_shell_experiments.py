"""Stored experiments from the shell: listed, shown, compared, exported, deleted and imported."""

import io
import json
from pathlib import Path

import pytest

from distill_core.__main__ import main
from distill_core.lab import Lab
from distill_core.reports.gathered import flat
from distill_core.spreadsheet import as_csv
from distill_core.store import Store
from tests.homes.unpack import unpack
from ui.screens.compare import cohort

CHAIN = "7f177f90ddf842d2"


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    unpack("27610a0", tmp_path / "stored")
    return tmp_path / "stored"


def test_an_experiment_is_listed_exported_deleted_and_imported(
    stored: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, home = tmp_path / "chain.zip", ["--home", str(stored)]
    assert main(["jobs", *home]) == 0
    assert f"{CHAIN}  finished" in capsys.readouterr().out
    assert main(["export", CHAIN, "-o", str(file), *home]) == 0
    assert main(["export", CHAIN, "-o", str(file), *home]) == 2
    assert "expected a file that is not there yet" in capsys.readouterr().err
    assert main(["export", CHAIN, "-o", str(file), "--force", *home]) == 0
    assert main(["delete", CHAIN, *home]) == 0
    assert main(["show", CHAIN, *home]) == 2
    assert main(["import", str(file), *home]) == 0
    assert capsys.readouterr().out.startswith(CHAIN)
    assert main(["show", CHAIN, *home]) == 0
    assert "2. 8-bit integers" in capsys.readouterr().out


def test_objects_are_printed_alone(stored: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["jobs", "--json", "-", "--home", str(stored)]) == 0
    jobs = json.loads(capsys.readouterr().out)
    assert [job["job_id"] for job in jobs][1] == CHAIN
    assert main(["show", CHAIN, "--json", "-", "--home", str(stored)]) == 0
    assert [run["role"] for run in json.loads(capsys.readouterr().out)] == ["teacher", "student", "student"]


def test_results_are_what_compare_downloads(stored: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home, file = ["--home", str(stored)], tmp_path / "results.csv"
    assert main(["results", CHAIN, "--csv", str(file), *home]) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in told] == ["student", "Plain", "1.", "2."]
    lab = Lab.open(stored)
    try:
        shown = as_csv(flat(cohort.gather(lab, [lab.job(CHAIN)]).rows))
    finally:
        lab.close()
    assert file.read_bytes() == shown
    assert main(["results", "--json", "-", *home]) == 0
    networks = json.loads(capsys.readouterr().out)
    assert len({network["job_id"] for network in networks}) == 3
    assert all(isinstance(network["run_ids"], list) for network in networks)
    assert main(["results", "none", *home]) == 2


def test_results_of_a_folder_that_is_not_there_make_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["results", "--json", "-", "--home", str(tmp_path / "none")]) == 0
    assert capsys.readouterr().out.strip() == "[]"
    assert main(["results", "abcd", "--home", str(tmp_path / "none")]) == 2
    assert not (tmp_path / "none").exists()


def test_results_of_an_empty_home_are_a_sentence(home: Path, store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["results", "--home", str(home)]) == 0
    assert "there is no table" in capsys.readouterr().out
    assert main(["results", "--json", "-", "--home", str(home)]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_a_home_without_a_lab_has_no_experiments_and_is_not_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--home", str(tmp_path / "new")]
    assert main(["jobs", *where]) == 0
    assert "No experiment is stored. The command run trains one" in capsys.readouterr().out
    assert main(["jobs", "--json", "-", *where]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert not (tmp_path / "new").exists()


def test_an_experiment_is_named_by_the_start_of_its_number(
    stored: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = ["--home", str(stored)]
    for named in (CHAIN[:4], f"#{CHAIN[:4]}", f"Chain of ResNet-20 #{CHAIN}"):
        assert main(["show", named, *home]) == 0
        assert capsys.readouterr().out.startswith("Chain of")
        assert main(["rename", named, "", *home]) == 0
        assert capsys.readouterr().out.startswith(f"{CHAIN}  Chain of")
    assert main(["results", CHAIN[:4], f"#{CHAIN}", "--json", "-", *home]) == 0
    assert {network["job_id"] for network in json.loads(capsys.readouterr().out)} == {CHAIN}
    assert main(["export", f"#{CHAIN[:6]}", "-o", str(tmp_path / "one.zip"), *home]) == 0
    assert "exported 1 experiment," in capsys.readouterr().err
    assert main(["show", CHAIN[:3], *home]) == 2
    assert main(["delete", f"#{CHAIN[:5]}", *home]) == 0
    assert main(["show", CHAIN, *home]) == 2


def test_an_archive_goes_through_a_pipe(
    stored: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["export", CHAIN, "-o", "-", "--home", str(stored)]) == 0
    data = capfdbinary.readouterr().out
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert main(["import", "-", "--home", str(tmp_path / "new")]) == 0
    assert capfdbinary.readouterr().out.startswith(CHAIN.encode())


class Full(io.BytesIO):
    """A disk without room."""

    def write(self, data: object) -> int:
        raise OSError(28, "No space left on device")


def test_a_full_disk_is_told_of_an_archive_too(
    stored: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(Full()))
    assert main(["export", CHAIN, "-o", "-", "--home", str(stored)]) == 1
    assert "standard output: expected room for it" in capsys.readouterr().err


def test_what_is_not_there_is_named(stored: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = ["--home", str(stored)]
    assert main(["import", str(tmp_path / "nowhere"), *home]) == 2
    assert main(["delete", CHAIN, "none", *home]) == 2
    (tmp_path / "text").write_text("no archive", encoding="utf-8")
    assert main(["import", str(tmp_path / "text"), *home]) == 1
    assert main(["show", CHAIN, "--home", str(tmp_path / "empty")]) == 2
    told = capsys.readouterr().err
    for said in ("expected a file, got none", "no experiment 'none'", "expected a zip file", "the home of a lab"):
        assert said in told
    assert main(["show", CHAIN, *home]) == 0  # nothing was deleted
