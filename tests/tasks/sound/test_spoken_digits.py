"""Spoken digits: no take, voice or word of the test is in training, and few labels are shared out among voices."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from distill_core.tasks import TASKS, TaskData, load_task, null_sink, stratified
from distill_core.tasks.sound.dataset import Recordings
from distill_core.tasks.sound.fsdd import SPEAKERS, spoken_digits
from distill_core.tasks.sound.spoken_digits import new_voice

pytestmark = pytest.mark.anywhere

NAMES = ("spoken_digits", *map(new_voice, SPEAKERS), "speakers")


def parts(name: str, home: Path) -> TaskData:
    return load_task(TASKS.get(name), home, null_sink)


def places(part: Recordings) -> set[int]:
    """Which of the 3,000 recordings these are."""
    known = {values.tobytes(): place for place, values in enumerate(spoken_digits().values_NTC)}
    assert len(known) == 3_000
    return {known[values.tobytes()] for values in part.values_NTC}


@pytest.mark.parametrize("name", NAMES)
def test_a_recording_is_in_one_part(name: str, tmp_path: Path) -> None:
    data = parts(name, tmp_path)
    train, valid, test = map(places, (data.train, data.valid, data.test))
    assert not train & valid
    assert not train & test
    assert not valid & test


def test_takes_of_the_test_are_the_official_ones(tmp_path: Path) -> None:
    data, takes_N = parts("spoken_digits", tmp_path), spoken_digits().takes_N
    heard = [sorted({int(takes_N[place]) for place in places(part)}) for part in (data.train, data.valid, data.test)]
    assert heard == [list(range(10, 50)), list(range(5, 10)), list(range(5))]


@pytest.mark.parametrize("speaker", SPEAKERS)
def test_a_new_voice_is_in_the_test_alone(speaker: str, tmp_path: Path) -> None:
    data = parts(new_voice(speaker), tmp_path)
    voices = [{SPEAKERS[voice] for voice in part.speakers_N} for part in (data.train, data.valid, data.test)]
    following = SPEAKERS[(SPEAKERS.index(speaker) + 1) % 6]
    assert voices == [set(SPEAKERS) - {speaker, following}, {following}, {speaker}]


def test_the_words_of_who_speaks_are_new_in_the_test(tmp_path: Path) -> None:
    data, all_N = parts("speakers", tmp_path), spoken_digits()
    words = [{int(all_N.digits_N[place]) for place in places(part)} for part in (data.train, data.valid, data.test)]
    assert words == [{0, 1, 2, 3, 4, 5}, {6, 7}, {8, 9}]
    assert Counter(data.test.labels_N.tolist()) == dict.fromkeys(range(6), 50)


@pytest.mark.parametrize(("labels", "voices", "digits"), [(60, 10, 6), (120, 20, 12), (20, 10, 2)])
def test_few_labels_are_shared_out(labels: int, voices: int, digits: int, tmp_path: Path) -> None:
    task = TASKS.get("spoken_digits")
    train = task.dataset(task, parts("spoken_digits", tmp_path).train)
    chosen = stratified(task.strata(train), labels, seed=0)
    assert set(Counter(train.part.speakers_N[chosen].tolist()).values()) == {voices}
    assert Counter(train.targets[chosen].tolist()) == dict.fromkeys(range(10), digits)


def test_labels_of_who_speaks_are_shared_out_among_voices(tmp_path: Path) -> None:
    task = TASKS.get("speakers")
    train = task.dataset(task, parts("speakers", tmp_path).train)
    chosen = stratified(task.strata(train), 30, seed=0)
    assert Counter(train.targets[chosen].tolist()) == dict.fromkeys(range(6), 5)


def test_who_speaks_hears_the_mean_of_a_recording_and_words_do_not(tmp_path: Path) -> None:
    level = {}
    for name in ("spoken_digits", "speakers"):
        task = TASKS.get(name)
        train = task.dataset(task, parts(name, tmp_path).train)
        values_NCT = train.batch(np.arange(len(train))).numpy()
        level[name] = np.abs(values_NCT.sum(2) / np.minimum(train.part.frames_N, 40)[:, None]).mean()
    assert level["spoken_digits"] < 0.02
    assert level["speakers"] > 0.2
