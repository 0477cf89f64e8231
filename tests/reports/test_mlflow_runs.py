"""Experiments in a real MLflow: a database, and a folder."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from distill_core.__main__ import main
from distill_core.errors import InvalidSetting
from distill_core.lab import Lab

mlflow = pytest.importorskip("mlflow")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The experiments that ship."""
    opened = Lab.open(tmp_path_factory.mktemp("lab"), example=True)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def job(lab: Lab) -> str:
    return next(job.id for job in lab.jobs(30) if "all facts" in job.title)


@pytest.fixture(scope="module")
def uri(lab: Lab, job: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    uri = f"sqlite:///{tmp_path_factory.mktemp('mlflow')}/mlflow.db"
    assert lab.documents.log_to_mlflow([job], uri) == len(finished(lab, job))
    return uri


def finished(lab: Lab, job: str) -> dict[str, dict]:
    runs = lab.reports.results([job])
    return {run["run_id"]: run for run in runs[runs["state"] == "finished"].to_dict("records")}


def logged(uri: str) -> tuple[list, dict]:
    client = mlflow.MlflowClient(tracking_uri=uri)
    experiments = [one for one in client.search_experiments() if one.name != "Default"]
    runs = client.search_runs([one.experiment_id for one in experiments])
    return experiments, {run.data.tags["distill_lab.run"]: run for run in runs}


def test_each_network_is_a_run_with_its_settings_scores_and_curves(lab: Lab, job: str, uri: str) -> None:
    experiments, runs = logged(uri)
    assert [one.name for one in experiments] == [lab.job(job).title]
    ours = finished(lab, job)
    assert set(runs) == set(ours)
    for run_id, run in runs.items():
        assert run.info.status == "FINISHED"
        assert run.data.params["student"] == ours[run_id]["student"]
        assert run.data.params["seed"] == str(ours[run_id]["seed"])
        assert run.data.metrics["test_mrr"] == ours[run_id]["test_accuracy"]
        assert "test_accuracy" not in run.data.metrics
        assert run.data.tags["environment.torch"] == ours[run_id]["environment"]["torch"]
    student = next(run_id for run_id, run in ours.items() if run["role"] == "student")
    history = mlflow.MlflowClient(tracking_uri=uri).get_metric_history(runs[student].info.run_id, "curve/loss")
    curves = lab.reports.curves({student: "KD"})
    expected = curves[curves["kind"] == "loss"]
    assert [(one.step, one.value) for one in history] == list(zip(expected["update"], expected["value"], strict=True))


def test_what_is_there_is_not_logged_twice(lab: Lab, job: str, uri: str) -> None:
    assert lab.documents.log_to_mlflow([job], uri) == 0


def test_another_experiment_of_the_same_name_is_kept_apart(lab: Lab, job: str, tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    mlflow.MlflowClient(tracking_uri=uri).create_experiment(lab.job(job).title)
    lab.documents.log_to_mlflow([job], uri)
    names = {one.name for one in logged(uri)[0]}
    assert names == {lab.job(job).title, f"{lab.job(job).title} ({job})"}


def test_a_folder_takes_them_where_mlflow_allows_it(
    lab: Lab, job: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvalidSetting, match="maintenance mode"):
        lab.documents.log_to_mlflow([job], str(tmp_path / "runs"))
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    assert lab.documents.log_to_mlflow([job], str(tmp_path / "runs")) == len(finished(lab, job))


@pytest.mark.parametrize("uri", ["http://127.0.0.1:9", "nonsense://x", "sqlite:////dev/null/mlflow.db"])
def test_a_store_that_cannot_be_written_is_refused_in_words(lab: Lab, job: str, uri: str) -> None:
    with pytest.raises(
        InvalidSetting, match=r"MLflow at .*: expected a store that can be written, got .*; name one as"
    ):
        lab.documents.log_to_mlflow([job], uri)


def test_without_mlflow_the_hint_says_how_to_get_it(lab: Lab, job: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mlflow", None)
    with pytest.raises(InvalidSetting, match=r"got none; pip install -r requirements-mlflow\.txt"):
        lab.documents.log_to_mlflow([job], "sqlite:///unused.db")


def test_the_shell_logs_an_experiment(lab: Lab, job: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    assert main(["report", job, "--mlflow", uri, "--home", str(lab.home)]) == 0
    assert f"logged {len(finished(lab, job))} networks" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        main(["report", job, "--home", str(lab.home)])
