"""Networks of the subset that ships, scored on the whole official test set."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from distill_core.errors import InvalidSetting
from distill_core.lab import Lab
from distill_core.tasks import TASKS, fashion_mnist
from tests import official
from tests.quick import QUICK_TIMER

WAIT_SECONDS = 120


@pytest.fixture
def lab(tmp_path: Path, example_once: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(fashion_mnist, "PACKAGED", tmp_path / "nowhere")
    home = tmp_path / "home"
    shutil.copytree(example_once, home)
    lab = Lab.open(home, timer=QUICK_TIMER)
    yield lab
    lab.close()


def runs(lab: Lab) -> list[str]:
    return [run for ids in lab.reports.summary(lab.example.job_ids[-1])["run_ids"] for run in ids]


def test_a_home_without_the_official_files_has_nothing_to_score_on(lab: Lab) -> None:
    assert lab.robustness.official_test("fashion_mnist_small") is None
    with pytest.raises(InvalidSetting, match="networks to score"):
        lab.robustness.score_official(runs(lab))


def test_a_task_with_the_whole_test_set_has_no_larger_one() -> None:
    assert TASKS.get("fashion_mnist").official_test is None
    assert TASKS.get("digits").official_test is None


def test_a_run_is_scored_on_all_official_images_once_and_its_other_scores_stay(lab: Lab) -> None:
    official.write(lab.tasks.home)
    [run] = runs(lab)[:1]
    before = lab.robustness.scores([run])
    lab.robustness.score_official([run])
    ended = lab.robustness.wait(WAIT_SECONDS)
    assert ended is not None
    assert (ended.finished, ended.error, ended.done) == (True, None, ended.total)
    # Every made-up image is black and has label 0: all of one answer.
    assert lab.robustness.official([run])[run] in (0.0, 1.0)
    [score] = [one for one in lab._store.robustness_scores([run]) if one.disturbance == "official"]
    assert score.images == 10_000
    after = lab.robustness.scores([run])
    assert np.array_equal(after[after["disturbance"] != "official"]["accuracy"], before["accuracy"])
    with pytest.raises(InvalidSetting):
        lab.robustness.score_official([run])
