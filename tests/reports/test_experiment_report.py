"""What ships shows the same as the job that it was made of; studies: what ships, and what repeats it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from distill_core.assets import Manifest
from distill_core.errors import CorruptFile, NotFound
from distill_core.files import sha256_of
from distill_core.lab import Lab
from distill_core.lab.archives import Archives
from distill_core.planning.fingerprint import job_fingerprint
from distill_core.planning.resolve import resolve_experiment
from distill_core.planning.runs import expand
from distill_core.planning.teacher_sources import resolve_teacher
from distill_core.reports import experiment_report
from distill_core.reports.experiment_report import ExperimentReport, read_experiment_report, shipped_reports
from distill_core.reports.results import LATENCY, TAKEN, metric_of
from distill_core.reports.sweeps import list_sweeps
from distill_core.spec import Experiment
from distill_core.store import JobState, Store
from distill_core.tasks import TASKS, TaskCatalog
from distill_core.templates.grid import curve_of, grid_of
from tests.quick import experiment, student
from tests.records import job_record
from tests.reports.conftest import Swept
from tests.store.records import NOON, a_job, a_run
from tools import make_sweeps

TRUE_SHEETS = shipped_reports()
JOB = "aaaaaaaa"
UNKNOWN = ["", "small", "shipped", "shipped:", "shipped:none", "shipped:../sweeps/small", "job:", "job:none", "run:a"]


@pytest.fixture
def assets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder in the place of what ships."""
    folder = tmp_path / "assets"
    (folder / "sweeps").mkdir(parents=True)
    monkeypatch.setattr(experiment_report, "ASSETS", folder)
    monkeypatch.setattr(make_sweeps, "ASSETS", folder)
    experiment_report._shipped.cache_clear()
    yield folder
    experiment_report._shipped.cache_clear()


@pytest.fixture
def shipped(swept: Swept, assets: Path) -> ExperimentReport:
    """The grid as the tool ships it."""
    made = make_sweeps.Made("A small grid", swept.lab.job(swept.job).experiment)
    make_sweeps.make(swept.lab, "small", made)
    return swept.lab.reports.experiment_report("shipped:small")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "home")
    yield opened
    opened.close()


def without_latency(results: pd.DataFrame) -> pd.DataFrame:
    """What ships was measured by another machine."""
    return results.assign(**dict.fromkeys([*LATENCY, *TAKEN]))


# What ships


def test_what_ships_shows_the_results_of_the_job(swept: Swept, shipped: ExperimentReport) -> None:
    stored = swept.lab.reports.experiment_report(f"job:{swept.job}")
    assert stored.results["p50_ms"].notna().all()
    assert shipped.results["p50_ms"].isna().all()
    pd.testing.assert_frame_equal(*map(without_latency, (shipped.results, stored.results)), check_exact=True)
    pd.testing.assert_frame_equal(stored.results, swept.lab.reports.results([swept.job]), check_exact=True)
    assert len(shipped.results) == 16


def test_what_ships_is_judged_as_the_job(swept: Swept, shipped: ExperimentReport) -> None:
    latency = ["p50_ms", "p95_ms", *TAKEN]
    ours, theirs = (table.drop(columns=latency) for table in (shipped.summary(), swept.lab.reports.summary(swept.job)))
    pd.testing.assert_frame_equal(ours, theirs, check_exact=True)
    assert shipped.summary()["delta_points"].notna().sum() == 4


def test_what_ships_draws_the_curves_of_the_job(swept: Swept, shipped: ExperimentReport) -> None:
    runs = {run: f"run {place}" for place, run in enumerate(shipped.results["run_id"][1:])}
    order = ["run_id", "kind", "update"]
    ours, theirs = (
        found(runs).sort_values(order, ignore_index=True) for found in (shipped.curves, swept.lab.reports.curves)
    )
    pd.testing.assert_frame_equal(ours.drop(columns="value"), theirs.drop(columns="value"))
    assert np.abs(ours["value"] - theirs["value"]).max() <= 5e-6
    assert set(ours["student"]) == set(runs.values())
    assert set(ours["kind"]) == {"loss", "hard", "soft", "valid_accuracy"}


def test_what_ships_has_the_confusion_of_every_run(swept: Swept, shipped: ExperimentReport) -> None:
    for run in shipped.results["run_id"]:
        assert np.array_equal(shipped.confusion(run), swept.lab.reports.confusion(run))
        assert shipped.confusion(run).sum() == 360


def test_what_ships_tells_its_story(swept: Swept, shipped: ExperimentReport, assets: Path) -> None:
    assert (shipped.key, shipped.title) == ("shipped:small", "A small grid")
    assert shipped.command == "python tools/make_sweeps.py --only small"
    assert shipped.experiment == swept.lab.job(swept.job).experiment
    assert sorted(path.name for path in (assets / "sweeps").iterdir()) == ["small.json", "small.zip"]
    header = swept.lab.archives.look(assets / "sweeps" / "small.zip")
    assert (header.title, header.command, header.licence, header.files) == (shipped.title, shipped.command, "MIT", ())
    stored = swept.lab.reports.experiment_report(f"job:{swept.job}")
    assert (stored.key, stored.command) == (f"job:{swept.job}", None)
    assert stored.experiment == shipped.experiment


def test_single_answers_do_not_ship(swept: Swept, shipped: ExperimentReport) -> None:
    run = shipped.results["run_id"][1]
    with pytest.raises(NotFound, match="do not ship; train it here"):
        shipped.right(run)
    accuracy = shipped.results["test_accuracy"][1]
    assert swept.lab.reports.experiment_report(f"job:{swept.job}").right(run).mean() == pytest.approx(accuracy)


def test_a_run_that_is_not_on_the_sheet_is_not_found(shipped: ExperimentReport) -> None:
    for ask in (shipped.confusion, lambda run: shipped.curves({run: "a"})):
        with pytest.raises(NotFound, match="no run 'ffffffffffffffff' in 'A small grid'"):
            ask("ffffffffffffffff")


def test_a_file_with_another_hash_is_refused(swept: Swept, shipped: ExperimentReport, assets: Path) -> None:
    path = assets / "sweeps" / "small.zip"
    path.write_bytes(path.read_bytes()[:-1] + b"1")
    experiment_report._shipped.cache_clear()
    with pytest.raises(CorruptFile, match=r"small\.zip: expected SHA-256"):
        swept.lab.reports.experiment_report("shipped:small")
    path.unlink()
    with pytest.raises(CorruptFile):
        swept.lab.reports.experiment_report("shipped:small")


def test_a_new_file_under_the_old_name_is_read_anew(swept: Swept, shipped: ExperimentReport) -> None:
    """The pages of a running lab see what was made while it ran."""
    other = swept.lab.submit(experiment(student("other"), views=1))
    assert swept.lab.wait(other, 120).state == "finished"
    make_sweeps.make(swept.lab, "small", make_sweeps.Made("Another", swept.lab.job(other).experiment))
    assert swept.lab.reports.experiment_report("shipped:small").results["student"].tolist() == [
        "Plain CNN",
        "control",
        "other",
    ]
    swept.lab.delete(other)


@pytest.mark.parametrize("key", UNKNOWN)
def test_an_unknown_key_is_not_found(key: str, swept: Swept, shipped: ExperimentReport) -> None:
    with pytest.raises(NotFound):
        swept.lab.reports.experiment_report(key)


def test_failed_runs_and_numbers_that_are_none_ship(store: Store, assets: Path) -> None:
    curve = [{"update": 1, "kind": "loss", "value": 2.0}, {"update": 2, "kind": "loss", "value": float("inf")}]
    _add_finished(store)
    whole = a_run(fingerprint="00000000000000aa" * 4)
    failed = a_run("00000000000000bb", fingerprint="00000000000000bb" * 4, state="failed", message="nan", scores={})
    for position, run in enumerate((whole, replace(failed, temperature=None, missing_class="Bag")), start=1):
        store.save_run(run, curves=curve, files={})
        store.link_run(JOB, run.id, position=position, student=f"s{position}", role="student")
    _ship(assets, "odd", resolve_experiment(experiment()), _packed(store, assets))
    back = read_experiment_report(store, TASKS, "shipped:odd")
    stored = read_experiment_report(store, TASKS, f"job:{JOB}")
    pd.testing.assert_frame_equal(back.results, stored.results, check_exact=True)
    assert back.results["missing_class"].isna().tolist() == [True, False]
    assert back.results["message"].tolist()[1] == "nan"
    assert back.curves({failed.id: "b"})["value"].tolist() == [2.0, float("inf")]
    assert back.confusion(whole.id).tolist() == [[9, 1], [2, 8]]


def test_an_empty_job_is_an_empty_sheet(store: Store, assets: Path) -> None:
    _add_finished(store)
    _ship(assets, "empty", resolve_experiment(experiment()), _packed(store, assets))
    for key in (f"job:{JOB}", "shipped:empty"):
        assert read_experiment_report(store, TASKS, key).results.empty
        assert read_experiment_report(store, TASKS, key).summary().empty


def _add_finished(store: Store) -> None:
    specification = resolve_experiment(experiment()).to_json()
    store.add_job(a_job(JOB, fingerprint=JOB * 8, specification=specification, state=JobState.FINISHED))


def _packed(store: Store, home: Path) -> bytes:
    return Archives(store, TaskCatalog(home)).pack([JOB], files=False)


def _ship(assets: Path, name: str, asked: Experiment, data: bytes = b"") -> None:
    story = {"origin": "this test", "licence": "MIT", "command": "none", "measured": {}}
    known = {"sha256": sha256_of(data), "size_bytes": len(data), "file": f"{name}.zip"}
    details = {"specification": json.loads(asked.to_json())}
    manifest = {"name": name, "title": f"The {name} one", **story, **known, "details": details}
    (assets / "sweeps" / f"{name}.zip").write_bytes(data)
    (assets / "sweeps" / f"{name}.json").write_text(json.dumps(manifest), encoding="utf-8")


# Studies


def test_what_ships_comes_first_and_the_job_is_known_to_repeat_it(swept: Swept, shipped: ExperimentReport) -> None:
    first, second = swept.lab.reports.sweeps()
    assert (first.key, first.shipped, first.job_id, first.state) == ("shipped:small", True, None, "finished")
    assert (second.key, second.shipped, second.job_id, second.state) == (
        *(f"job:{swept.job}", False, swept.job, "finished"),
    )
    assert first.grid == second.grid == swept.grid
    assert first.curve is second.curve is None
    assert first.repeats(second)
    assert second.repeats(first)


def _file(store: Store, job: str, asked: Experiment, minutes: int, **changes: object) -> None:
    submitted = NOON + timedelta(minutes=minutes)
    store.add_job(job_record(job, asked.to_json(), submitted_at=submitted, owner=store.lab_id, **changes))


def test_a_job_that_repeats_what_ships_is_known_whatever_its_precision(store: Store, assets: Path) -> None:
    """Two students are no grid and no curve: only what ships makes them a study."""
    asked = resolve_experiment(experiment(precision="float32"))
    _ship(assets, "two", asked)
    _file(store, "a1", asked.model_copy(update={"precision": "bfloat16"}), 1)
    _file(store, "b2", resolve_experiment(experiment(updates=9)), 2)
    _file(store, "c3", resolve_experiment(experiment(student("other name"), student("KD, all", transfer="all"))), 3)
    _file(store, "d4", asked, 4, state=JobState.RUNNING)
    assert [(one.key, one.state) for one in list_sweeps(store, TASKS, 50)] == [
        ("shipped:two", "finished"),
        ("job:d4", "running"),
        ("job:a1", "queued"),
    ]


def _repeated(store: Store, asked: Experiment) -> str:
    """The fingerprint that this lab files a repetition under."""
    teacher = resolve_teacher(asked.teacher, TASKS.get(asked.task), asked.precision, store.run)  # type: ignore[arg-type]
    return job_fingerprint(asked, teacher, TASKS.get(asked.task))


def _elsewhere(asked: Experiment) -> Experiment:
    """The same, from a machine that has another precision."""
    return asked.model_copy(update={"precision": "float32" if asked.precision == "bfloat16" else "bfloat16"})


@pytest.mark.parametrize("state", [JobState.FINISHED, JobState.RUNNING])
def test_a_repetition_is_found_however_many_jobs_are_newer(store: Store, assets: Path, state: JobState) -> None:
    asked = resolve_experiment(experiment())
    _ship(assets, "two", _elsewhere(asked))
    _file(store, "a1", asked, 1, state=state, fingerprint=_repeated(store, asked))
    for place in range(3):
        _file(store, f"b{place}", resolve_experiment(experiment(updates=9 + place)), 2 + place)
    first, again = list_sweeps(store, TASKS, 2)
    assert (first.key, again.key, again.state) == ("shipped:two", "job:a1", state.value)
    assert again.repeats(first)
    # Once, where it is among the newest too.
    assert [one.key for one in list_sweeps(store, TASKS, 50)] == ["shipped:two", "job:a1"]


def test_of_several_repetitions_an_old_one_is_found_and_every_new_one(store: Store, assets: Path) -> None:
    asked = resolve_experiment(experiment())
    _ship(assets, "two", asked)
    _file(store, "a1", asked, 1, state=JobState.FINISHED, fingerprint=_repeated(store, asked))
    _file(store, "b2", resolve_experiment(experiment(updates=9)), 2)
    _file(store, "c3", asked, 3, state=JobState.STOPPED)
    assert [one.key for one in list_sweeps(store, TASKS, 1)] == ["shipped:two", "job:c3", "job:a1"]


def test_an_old_repetition_that_was_stopped_is_not_looked_for(store: Store, assets: Path) -> None:
    asked = resolve_experiment(experiment())
    _ship(assets, "two", asked)
    _file(store, "a1", asked, 1, state=JobState.STOPPED, fingerprint=_repeated(store, asked))
    _file(store, "b2", resolve_experiment(experiment(updates=9)), 2)
    assert [one.key for one in list_sweeps(store, TASKS, 1)] == ["shipped:two"]


def test_jobs_with_a_shape_are_studies_newest_first_and_only_the_newest_are_looked_at(
    store: Store, assets: Path
) -> None:
    widths = resolve_experiment(experiment(*(student(f"{width}", width=width) for width in (0.5, 1.0, 2.0))))
    hot = resolve_experiment(experiment(*(student(f"{T}", temperature=T) for T in (1.0, 2.0, 4.0))))
    _file(store, "a1", widths, 1)
    _file(store, "b2", hot, 2)
    _file(store, "c3", resolve_experiment(experiment()), 3)
    newest, oldest = list_sweeps(store, TASKS, 50)
    assert (newest.key, oldest.key) == ("job:b2", "job:a1")
    assert (newest.grid, newest.curve) == (grid_of(hot), None)
    assert (oldest.grid, oldest.curve) == (None, curve_of(widths))
    assert newest.grid is not None
    assert oldest.curve is not None
    assert not newest.repeats(oldest)
    assert [one.key for one in list_sweeps(store, TASKS, 2)] == ["job:b2"]
    assert list_sweeps(store, TASKS, 1) == ()


def test_a_lab_where_nothing_ships_and_nothing_was_done_has_no_studies(store: Store, assets: Path) -> None:
    assert list_sweeps(store, TASKS, 50) == ()


# What ships with this lab


@pytest.mark.parametrize("manifest", TRUE_SHEETS, ids=lambda manifest: manifest.name)
def test_a_sheet_that_ships_is_whole_and_of_the_teachers_that_ship(manifest: Manifest, store: Store) -> None:
    found = read_experiment_report(store, TASKS, f"shipped:{manifest.name}")
    full, results = found.experiment, found.results
    assert resolve_experiment(full) == full
    teacher = resolve_teacher(full.teacher, TASKS.get(full.task), full.precision, store.run)  # type: ignore[arg-type]
    # Some of what ships was filed before a control served every teacher.
    planned = expand(full, teacher)
    taught = results[results["role"] != "teacher"].to_dict("records")
    assert [(row["student"], row["seed"]) for row in taught] == [(one.student.name, one.seed) for one in planned]
    for row, one in zip(taught, planned, strict=True):
        assert row["run_id"] in {known[:16] for known in one.fingerprints}
    taught = results[results["role"] != "teacher"]
    assert manifest.measured["runs"] == len(planned)
    assert results.loc[results["role"] == "teacher", "run_id"].tolist() == [teacher.fingerprint[:16]]
    assert (results["state"] == "finished").all()
    judged = results[["run_id", "test_accuracy"]].to_numpy() if metric_of(results) == "accuracy" else ()
    for run, accuracy in judged:
        confusion = found.confusion(run)
        assert np.trace(confusion) / confusion.sum() == pytest.approx(accuracy)
    last = found.curves({run: run for run in taught["run_id"]})
    last = last[last["kind"] == "valid_accuracy"].groupby("run_id")["value"].last()
    assert last.to_dict() == pytest.approx(taught.set_index("run_id")["valid_accuracy"].to_dict(), abs=1e-5)
    assert found.summary()["verdict"].notna().all()


def test_what_ships_is_what_the_tool_makes() -> None:
    made = {name: resolve_experiment(one.experiment) for name, one in make_sweeps.everything().items()}
    for manifest in TRUE_SHEETS:
        asked = Experiment.of(manifest.details["specification"])
        assert asked.model_copy(update={"precision": "auto"}) == made[manifest.name].model_copy(
            update={"precision": "auto"}
        )


def test_a_lab_that_was_just_opened_shows_what_ships(tmp_path: Path) -> None:
    lab = Lab.open(tmp_path)
    assert [one.key for one in lab.reports.sweeps()] == [f"shipped:{one.name}" for one in TRUE_SHEETS]
    lab.close()
