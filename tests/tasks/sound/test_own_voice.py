"""The words of a visitor: what is taken, what their task is, and what is left of it once they are forgotten."""

from pathlib import Path

import numpy as np
import pytest

from distill_core.errors import InvalidSetting, MissingData, UnknownName
from distill_core.tasks import TaskCatalog
from distill_core.tasks.sound import mfcc
from distill_core.tasks.sound.dataset import Recordings
from distill_core.tasks.sound.own_voice import MOST_VOICES, checked_words

DIGITS = np.arange(20) % 10


def words(digits_N: np.ndarray = DIGITS, seed: int = 0) -> Recordings:
    values_NCT = np.random.default_rng(seed).normal(size=(len(digits_N), *mfcc.INPUT.shape))
    return checked_words(values_NCT, np.full(len(digits_N), 40), digits_N)


def test_words_are_a_task_that_nobody_is_offered(tmp_path: Path) -> None:
    tasks = TaskCatalog(tmp_path)
    name = tasks.voices.add(words())
    assert name.startswith("spoken_digits_own_20_")
    assert name in tasks
    assert name not in tasks.names()
    assert name == TaskCatalog(tmp_path).voices.add(words())
    task, data = tasks.get(name), tasks.load(name)
    train = task.dataset(task, data.train)
    assert (len(train), len(data.valid.labels_N), len(data.test.labels_N)) == (20, 300, 300)
    assert train.targets.tolist() == DIGITS.tolist()
    assert train.batch(np.arange(3), np.zeros(3, np.int64)).shape == (3, 13, 40)
    with pytest.raises(UnknownName):
        tasks.get(f"{name}0")


def test_what_is_forgotten_is_known_by_name_and_tested_but_not_trained_on(tmp_path: Path) -> None:
    tasks = TaskCatalog(tmp_path)
    name = tasks.voices.add(words())
    before = tasks.get(name)
    tasks.voices.needed_by(name, "job")
    tasks.voices.ended("another")
    assert len(tasks.load(name).train.labels_N) == 20
    tasks.voices.ended("job")
    task, data = tasks.get(name), tasks.load(name)
    assert (task.sha256, task.counts, task.title) == (before.sha256, before.counts, before.title)
    assert len(task.dataset(task, data.test)) == 300
    with pytest.raises(MissingData, match="they were forgotten; record them again"):
        task.dataset(task, data.train)


def test_words_that_two_jobs_need_are_there_until_both_have_ended(tmp_path: Path) -> None:
    tasks = TaskCatalog(tmp_path)
    name = tasks.voices.add(words())
    for job in ("first", "second"):
        tasks.voices.needed_by(name, job)
    data = tasks.load(name)
    tasks.voices.ended("first")
    assert len(data.train.labels_N) == 20
    tasks.voices.ended("second")
    with pytest.raises(MissingData):  # who loaded them before keeps none
        len(data.train.labels_N)


def test_of_many_voices_the_oldest_are_forgotten(tmp_path: Path) -> None:
    tasks = TaskCatalog(tmp_path)
    names = [tasks.voices.add(words(seed=seed)) for seed in range(MOST_VOICES + 1)]
    with pytest.raises(MissingData):
        len(tasks.load(names[0]).train.labels_N)
    assert len(tasks.load(names[1]).train.labels_N) == 20


@pytest.mark.parametrize(
    ("values_NCT", "frames_N", "digits_N", "message"),
    [
        (np.zeros((9, 13, 40)), np.ones(9), np.arange(9), "10 to 20, got 9; record more"),
        (np.zeros((10, 13, 39)), np.ones(10), np.arange(10), r"features \(10, 13, 40\)"),
        (np.full((10, 13, 40), np.nan), np.ones(10), np.arange(10), "features"),
        (np.zeros((10, 13, 40)), np.zeros(10), np.arange(10), "digits from 0 to 9"),
        (np.zeros((10, 13, 40)), np.ones(10), np.arange(10) + 1, "digits from 0 to 9"),
        (np.zeros((10, 13, 40)), np.ones(10), np.arange(10) // 4, "at most 2 of each digit, got 4; leave some out"),
    ],
)
def test_what_are_no_words_is_refused(
    values_NCT: np.ndarray, frames_N: np.ndarray, digits_N: np.ndarray, message: str
) -> None:
    with pytest.raises(InvalidSetting, match=message):
        checked_words(values_NCT, frames_N, digits_N)
