"""The example that ships: in a new home from the first moment, hidden and shown again, never in the way of own runs."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import event

import ui
from distill_core.assets import ASSETS, manifests, read_asset, read_manifest
from distill_core.errors import CorruptFile
from distill_core.lab import Lab, example
from distill_core.planning.resolve import resolve_experiment
from distill_core.spec import Experiment
from distill_core.templates.compression_chain import is_chain
from distill_core.templates.graph import all_facts, own_weight
from distill_core.templates.new_voice import adaptation_of, adapted_run, is_adaptation
from distill_core.templates.presets import default_experiment, first_experiment
from tests.archive.packed import state_of
from tests.quick import QUICK_TIMER, experiment
from tools import make_example, make_task_examples

MANIFESTS = {name: read_manifest(ASSETS / example.FOLDER / f"{name}.json") for name in example.NAMES}
VOICES = [
    title
    for voice in ("George", "Jackson", "Lucas", "Nicolas", "Theo", "Yweweler")
    for title in (
        f"Example: Spoken digits by {voice} alone, getting used to the voice",
        f"Example: Spoken digits, new voice: {voice}",
    )
]
GRAPH = [
    f"Example: Medicine, a knowledge graph{told}" for told in ("", ": less regularised", ": all facts, 4 dimensions")
]
SEVERAL = {"new_voice": VOICES, "medicine": GRAPH}
# The newest first.
TITLES = [title for name, manifest in reversed(MANIFESTS.items()) for title in SEVERAL.get(name, [manifest.title])]


@pytest.fixture
def shown(example_once: Path, tmp_path: Path) -> Iterator[Lab]:
    """The lab of a home that shows the example."""
    shutil.copytree(example_once, tmp_path / "home")
    lab = Lab.open(tmp_path / "home", timer=QUICK_TIMER)
    yield lab
    lab.close()


def titles(lab: Lab) -> list[str]:
    return [job.title for job in lab.jobs(limit=50)]


def test_the_application_shows_it_in_a_new_home_and_a_lab_does_where_it_is_asked(home, monkeypatch):
    monkeypatch.delenv("DISTILL_EXAMPLE")
    ui.close()
    try:
        assert titles(ui.lab()) == TITLES
    finally:
        ui.close()
    Lab.open(home / "other").close()
    lab = Lab.open(home / "other", example=True)
    assert titles(lab) == [], "it was opened before"
    lab.close()


def test_each_is_called_by_its_task(shown):
    of_tasks = {job.title: f"Example: {shown.tasks.get(job.experiment.task).title}" for job in shown.jobs(limit=50)}
    assert [title for title, of_task in of_tasks.items() if not title.startswith(of_task)] == []


def test_it_is_whole_and_tells_three_seeds_and_75_corruptions_of_each_network(shown):
    comparison = shown.jobs()[0]
    assert shown.reports.unreadable() == ()
    summary = shown.reports.summary(comparison.id)
    assert list(summary["role"]) == ["teacher", "control", "student", "student"]
    assert summary["seeds"].tolist() == [1, 3, 3, 3]
    assert summary["agreement"].notna().tolist() == [False, True, True, True]
    assert set(summary["verdict_seeds"].dropna()) == {3}
    for job in shown.jobs(limit=2):
        runs = shown.reports.results([job.id])["run_id"].tolist()
        scores = shown.robustness.scores(runs)
        corrupted = scores[(scores["images"] == make_example.IMAGES) & (scores["strength"] > 0)]
        assert len(corrupted) == 75 * len(runs)
        files = [run for run in runs if run not in shown.reports.left_out([job.id], "onnx")]
        assert len(files) >= 4
        assert all(shown.devices.model(run).data for run in files)
    assert shown.example.environment["cpu"] == shown.reports.results()["environment"].iloc[-1]["cpu"]


def test_the_chain_is_judged(shown):
    chain = shown.jobs()[1]
    assert is_chain(chain.experiment)
    assert shown.reports.summary(chain.id)["p_value"].notna().any()


def test_its_latencies_are_another_machines(shown):
    assert shown.reports.results()["p50_ms"].isna().all()
    measured = shown.devices.measurements()
    assert len(measured) > 0
    assert measured["device"].str.endswith(" (imported)").all()


def test_it_is_hidden_and_shown_as_it_was_and_stays_hidden(shown):
    before = state_of(shown, shown.home)
    shown.example.hide()
    assert (titles(shown), shown.example.is_shown()) == ([], False)
    assert not list((shown.home / "runs").glob("[0-9a-f]*"))
    again = Lab.open(shown.home, example=True)
    assert titles(again) == []
    again.close()
    shown.example.show()
    shown.example.show()
    assert titles(shown) == TITLES
    assert _counted(state_of(shown, shown.home)) == _counted(before)


def _counted(state):
    rows, files = state
    return {name: len(table) for name, table in rows.items()}, files


def test_what_is_deleted_is_back_with_the_rest(shown):
    newest = shown.example.job_ids[-1]
    shown.delete(newest)
    assert (titles(shown), shown.example.is_shown()) == (TITLES[1:], False)
    shown.example.show()
    assert titles(shown) == TITLES
    assert shown.reports.unreadable([newest]) == ()


def test_own_runs_stand_beside_it_and_are_not_answered_by_it(shown):
    plan = shown.plan(default_experiment(make_example.SEEDS))
    assert plan.job_id is None
    assert [run.stored for run in plan.runs] == 9 * [False]
    job = shown.wait(shown.submit(experiment()), 400)
    assert (job.state, job.error) == ("finished", None)
    assert titles(shown) == [job.title, *TITLES]
    assert shown.reports.unreadable() == ()
    shown.example.hide()
    assert titles(shown) == [job.title]


def test_two_labs_that_open_a_new_home_at_once_have_it_once(tmp_path):
    with ThreadPoolExecutor(2) as pool:
        labs = list(pool.map(partial(Lab.open, example=True), [tmp_path, tmp_path]))
    assert [titles(lab) for lab in labs] == [TITLES, TITLES]
    assert labs[0].reports.unreadable() == ()
    for lab in labs:
        lab.close()


def test_what_ships_stands_the_checks_that_it_is_spared(shown):
    for name, manifest in MANIFESTS.items():
        shown.archives.check_whole(ASSETS / example.FOLDER / manifest.file)
        assert shown.archives.look(ASSETS / example.FOLDER / manifest.file).files, name


def test_a_new_home_has_it_after_few_statements(tmp_path):
    lab = Lab.open(tmp_path)
    asked = []
    event.listen(lab._store._pools.writer, "before_cursor_execute", lambda *told: asked.append(told[2]))
    lab.example.show()
    assert len(titles(lab)) == len(TITLES)
    assert len(asked) < 200  # 151 runs, 3,190 trials of their robustness
    lab.close()


def test_a_damaged_one_keeps_no_lab_from_opening(tmp_path, monkeypatch, caplog):
    def damaged(*_):
        raise CorruptFile("example.zip: expected SHA-256 0, got 1")

    monkeypatch.setattr(example, "read_asset", damaged)
    lab = Lab.open(tmp_path, example=True)
    assert titles(lab) == []
    assert "the example cannot be shown" in caplog.text
    lab.close()


@pytest.mark.parametrize("name", make_example.EXAMPLES)
def test_the_file_is_what_its_command_makes(name, tmp_path):
    manifest, made = MANIFESTS[name], make_example.EXAMPLES[name]
    assert manifest.command == f"python tools/make_example.py --only {manifest.name}"
    lab = Lab.open(tmp_path)
    asked = resolve_experiment(made.experiment(lab))
    found = Experiment.of(manifest.details["specification"])
    assert found.model_copy(update={"precision": asked.precision, "device": asked.device}) == asked
    # As a stranger's it passes every check.
    assert lab.archives.unpack(read_asset(example.FOLDER, manifest)) == tuple(manifest.details["jobs"])
    (job,) = lab.jobs()
    assert (job.title, job.experiment) == (made.title, found)
    lab.close()


@pytest.mark.parametrize("name", make_task_examples.EXAMPLES)
def test_the_file_of_a_task_is_what_its_command_makes(name, tmp_path):
    manifest = MANIFESTS[name]
    assert manifest.command == f"python tools/make_task_examples.py --only {name}"
    lab = Lab.open(tmp_path)
    assert lab.archives.unpack(read_asset(example.FOLDER, manifest)) == tuple(manifest.details["jobs"])
    seeds, adapted = 1 if name == "new_voice" else make_task_examples.SEEDS, 0
    for job in lab.jobs():
        if is_adaptation(job.experiment):
            (first,) = [one for one in lab.jobs() if adapted_run(job.experiment) in run_ids(lab, one)]
            source = next(one for one in first.experiment.students if one.name == make_task_examples.ALL_RECORDINGS)
            asked = adaptation_of(first.experiment.task, source, adapted_run(job.experiment))
            adapted += 1
        else:
            task = lab.tasks.get(job.experiment.task)
            ways = (way(task, task.default.teacher, seeds) for way in (first_experiment, own_weight, all_facts))
            asked = next(one for one in ways if one.optimiser == job.experiment.optimiser)
        same = {"precision": job.experiment.precision, "device": job.experiment.device}
        assert resolve_experiment(asked.model_copy(update=same)) == job.experiment
        assert lab.reports.unreadable([job.id]) == ()
    assert adapted == (6 if name == "new_voice" else 0)
    lab.close()


def run_ids(lab, job):
    return lab.reports.results([job.id], agreement=False)["run_id"].tolist()


def test_every_voice_is_told(shown):
    ways = shown.reports.over_voices(shown.reports.adaptations())
    assert {way.accuracy.count for way in ways} == {6}


def test_all_of_it_is_small():
    assert sum(MANIFESTS[name].size_bytes for name in make_example.EXAMPLES) <= make_example.MOST_BYTES
    assert max(MANIFESTS[name].size_bytes for name in make_task_examples.EXAMPLES) <= make_task_examples.MOST_BYTES
    assert {manifest.name for manifest in manifests(example.FOLDER)} == {*example.NAMES}
