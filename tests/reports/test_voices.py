"""Over voices: means, intervals and verdicts of what getting used to each brought, worked out by hand."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from distill_core.__main__ import main
from distill_core.lab import Lab
from distill_core.reports.voices import COMPARED, TEACHER, WAYS, over_voices
from distill_core.spec import Student
from distill_core.store import JobState
from distill_core.tasks.sound.fsdd import SPEAKERS
from distill_core.tasks.sound.spoken_digits import new_voice, voice
from distill_core.templates.new_voice import (
    AS_IT_WAS,
    FEW_LABELS,
    NORMS_ANEW,
    TAUGHT_ANEW,
    adaptation_of,
    is_adaptation,
)
from tests.quick import experiment
from tests.records import job_record
from tests.store.records import a_run

SOURCE = Student(name="KD", architecture="sequence_depthwise")
# Three voices: norms bring 10, 20 and 30 points, answers 5 more than norms in each.
SHARES = {
    "george": {TEACHER: 0.9, AS_IT_WAS: 0.6, NORMS_ANEW: 0.7, TAUGHT_ANEW: 0.75, FEW_LABELS: 0.9},
    "lucas": {TEACHER: 0.8, AS_IT_WAS: 0.5, NORMS_ANEW: 0.7, TAUGHT_ANEW: 0.75, FEW_LABELS: 0.8},
    "theo": {TEACHER: 0.7, AS_IT_WAS: 0.4, NORMS_ANEW: 0.7, TAUGHT_ANEW: 0.75, FEW_LABELS: 0.7},
}


def rows(shares: dict[str, dict[str, float]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "task": voice(speaker),
            "student": "1-D CNN" if way == TEACHER else way,
            "role": TEACHER if way == TEACHER else "student",
            "seed": 0,
            "test_accuracy": share,
        }
        for speaker, ways in shares.items()
        for way, share in ways.items()
    )


def test_means_intervals_and_verdicts_over_three_voices() -> None:
    found = {way.name: way for way in over_voices(rows(SHARES))}
    assert tuple(found) == WAYS
    assert found[AS_IT_WAS].by_voice == {"george": 0.6, "lucas": 0.5, "theo": 0.4}
    before = found[AS_IT_WAS].accuracy
    # t of 2 degrees of freedom at 97.5 % is 4.302653; the deviation is 0.1
    assert (before.mean, before.half_width, before.count) == (
        pytest.approx(0.5),
        pytest.approx(4.302653 * 0.1 / 3**0.5, abs=1e-6),
        3,
    )
    gains = {(way, other): found[way].gains[other] for way, other in COMPARED}
    assert gains[NORMS_ANEW, AS_IT_WAS].difference.mean == pytest.approx(0.2)
    # t = 0.2 / (0.1 / sqrt 3) = 3.46: p = 0.074 alone, and 0.22 beside others
    assert gains[NORMS_ANEW, AS_IT_WAS].direction == "no difference shown"
    assert gains[TAUGHT_ANEW, NORMS_ANEW].difference.half_width == 0
    assert gains[TAUGHT_ANEW, NORMS_ANEW].direction == "better"
    assert found[TEACHER].gains == found[AS_IT_WAS].gains == {}


def test_two_voices_are_too_few_and_one_that_lacks_a_way_does_not_count() -> None:
    lacking = {**SHARES, "theo": {TEACHER: 0.7, AS_IT_WAS: 0.4}}
    ways = over_voices(rows(lacking))
    assert {way.accuracy.count for way in ways} == {2}
    assert {gain.direction for way in ways for gain in way.gains.values()} == {"too few seeds"}
    assert over_voices(rows({"theo": lacking["theo"]})) == ()


def test_seeds_of_a_voice_count_as_their_mean() -> None:
    again = rows(SHARES).assign(seed=1)
    again["test_accuracy"] -= 0.02
    both = over_voices(pd.concat([rows(SHARES), again]))
    assert both[1].by_voice["george"] == pytest.approx(0.59)
    assert both[1].accuracy.count == 3


def test_an_adaptation_is_told_from_other_experiments() -> None:
    adapting = adaptation_of(new_voice("theo"), SOURCE, "a" * 16)
    assert is_adaptation(adapting)
    assert not is_adaptation(adapting.model_copy(update={"students": adapting.students[:3]}))
    assert not is_adaptation(experiment())


def filed(home: Path, job_id: str, speaker: str, shares: dict[str, float]) -> None:
    lab = Lab.open(home)
    try:
        store = lab._store
        adapting = adaptation_of(new_voice(speaker), SOURCE, "a" * 16)
        store.add_job(job_record(job_id, adapting.to_json(), state=JobState.FINISHED))
        for place, (way, share) in enumerate(shares.items()):
            run = f"{job_id[:8]}{place:08x}"
            told: dict[str, Any] = {"task": voice(speaker), "scores": {"valid_accuracy": share, "test_accuracy": share}}
            store.save_run(a_run(run, **told), curves=[], files={})
            role = TEACHER if way == TEACHER else "student"
            store.link_run(job_id, run, position=place, student=way, role=role)
    finally:
        lab.close()


def test_the_shell_tells_the_newest_of_each_voice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["voices", "--home", str(tmp_path)]) == 2, "no lab is there"
    Lab.open(tmp_path).close()
    assert main(["voices", "--home", str(tmp_path)]) == 0
    assert "the command adapt does that" in capsys.readouterr().out
    for number, (speaker, shares) in enumerate(SHARES.items()):
        filed(tmp_path, f"{number}" * 16, speaker, dict.fromkeys(shares, 0.0))
        filed(tmp_path, f"{number + 5}" * 16, speaker, shares)
    assert main(["voices", "--home", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "50.0 ± 24.8" in told
    assert "5.0 ± 0.0 better" in told
    assert main(["voices", "--home", str(tmp_path), "--json", "-"]) == 0
    objects = {row["network"]: row for row in json.loads(capsys.readouterr().out)}
    assert objects[NORMS_ANEW]["over_as_it_was_points"] == pytest.approx(20)
    assert {speaker for speaker in SPEAKERS if speaker in objects[NORMS_ANEW]} == set(SHARES)
    assert objects[TAUGHT_ANEW]["over_norms_verdict"] == "better"
