"""Recordings of an owner as a task: what is heard, what is refused, and parts that share no voice."""

from pathlib import Path

import numpy as np
import pytest

from distill_core.deployment import own_sounds
from distill_core.deployment.own_sounds import import_sounds
from distill_core.errors import InvalidSetting
from distill_core.tasks import load_task
from distill_core.tasks.own.description import OwnData
from distill_core.tasks.own.sources import open_source
from distill_core.tasks.own.speakers import parts_by_speaker
from distill_core.tasks.own.tasks import task_of
from tests.sounds import packed, word


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(own_sounds, "on_file", lambda number, total: None)
    for name, hz in (("low", 200), ("high", 900)):
        (tmp_path / "in" / name).mkdir(parents=True)
        for number in range(9):
            (tmp_path / "in" / name / f"{number}.wav").write_bytes(packed(word(hz=hz + 5 * number)))
    return tmp_path / "in"


def read(folder: Path, **more: object) -> dict:
    return import_sounds(open_source(folder), folder.parent, crashed=(), **more)


def reasons(found: dict) -> dict[str, str]:
    return {one["path"]: one["reason"] for one in found["refused"]}


def test_recordings_become_a_task(folder: Path) -> None:
    found = read(folder)
    assert (found["classes"], found["per_class"], found["refused_count"]) == (["high", "low"], [9, 9], 0)
    task = task_of(OwnData.of({**found, "title": "tones"}), folder.parent / "data.npz")
    train = load_task(task, folder, lambda event: None).train
    assert train.values_NTC.shape == (14, 40, 13)
    assert train.frames_N.tolist() == [21] * 14
    assert task.dataset(task, train).batch(np.arange(2), np.zeros(2, np.int64)).shape == (2, 13, 40)


def test_what_cannot_be_heard_is_told(folder: Path) -> None:
    wrong = {
        "silent.wav": packed(np.zeros(8_000)),
        "long.wav": packed(0.1 * np.ones(8_000 * 11)),
        "short.wav": packed(word(before=0, during=0.05, after=0)),
        "broken.mp3": b"x",
        "cut.flac": packed(word(), kind="FLAC")[:40],
        "clip.m4a": b"x",
    }
    for name, data in wrong.items():
        (folder / "low" / name).write_bytes(data)
    assert reasons(read(folder)) == {
        "low/broken.mp3": "format",
        "low/clip.m4a": "ending",
        "low/cut.flac": "format",
        "low/long.wav": "long",
        "low/short.wav": "short",
        "low/silent.wav": "silent",
    }


def test_a_voice_is_in_one_part(folder: Path) -> None:
    rows = [f"{name}/{n}.wav,voice {n % 3}" for name in ("low", "high") for n in range(9) if (name, n) != ("low", 8)]
    (folder / "speakers.csv").write_text("\n".join(["file,speaker", *rows]))
    found = read(folder)
    assert found["given_parts"] == ["train", "valid", "test"]
    assert sorted(found["counts"].values()) == [5, 6, 6]
    assert reasons(found) == {"low/8.wav": "no_speaker"}
    assert (found["speakers"], found["test_speakers"]) == (["voice 0", "voice 1", "voice 2"], 1)
    data = OwnData.of({**found, "title": "tones"})
    assert "1 of 3 voices" in str(data.warnings()[-1])
    parts = load_task(task_of(data, folder.parent / "data.npz"), folder, lambda event: None)
    voices = [set(part.speakers_N.tolist()) for part in (parts.train, parts.valid, parts.test)]
    assert (sorted(set.union(*voices)), sum(map(len, voices))) == ([0, 1, 2], 3)


def test_without_a_table_nobody_is_told(folder: Path) -> None:
    found = read(folder)
    assert "speakers" not in found
    assert "speakers" not in OwnData.of({**found, "title": "tones"}).to_json()


def test_two_voices_are_too_few(folder: Path) -> None:
    (folder / "speakers.csv").write_text("file,speaker\nlow/1.wav,a\nlow/2.wav,b")
    with pytest.raises(InvalidSetting, match="at least 3 speakers"):
        read(folder)
    (folder / "speakers.csv").write_text("a,b\n1,2")
    with pytest.raises(InvalidSetting, match="a column 'file'"):
        read(folder)


def test_speakers_are_drawn_until_a_part_is_large_enough() -> None:
    parts = parts_by_speaker([name for name in "abcdefghij" for _ in range(10)])
    assert [parts.count(part) for part in ("train", "valid", "test")] == [60, 20, 20]
    assert all(len(set(parts[start : start + 10])) == 1 for start in range(0, 100, 10))
    # Of many voices three are the test's, also where fewer have enough recordings.
    many = [name for name in "abcdefghijkl" for _ in range(10)]
    parts = parts_by_speaker(many)
    assert len({name for name, part in zip(many, parts, strict=True) if part == "test"}) == 3
