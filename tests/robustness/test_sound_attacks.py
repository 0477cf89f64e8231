"""Attacks on recordings: within reach, within 8 bits, and silence stays."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from distill_core.errors import InvalidSetting
from distill_core.networks import Blueprint, build
from distill_core.robustness.corruptions.cepstra import cepstra_of
from distill_core.robustness.corruptions.parts import taken
from distill_core.robustness.evaluate import Condition, conditions
from distill_core.robustness.kinds import kind_of
from distill_core.robustness.sound_attacks import attacked_recordings
from distill_core.tasks import TASKS, Task, null_sink
from distill_core.tasks.sound import mfcc
from distill_core.tasks.sound.dataset import Recordings

EPS = 0.3


@pytest.fixture(scope="module", params=["spoken_digits", "speakers"])
def task(request: pytest.FixtureRequest) -> Task:
    return TASKS.get(request.param)


@pytest.fixture(scope="module")
def part(task: Task, tmp_path_factory: pytest.TempPathFactory) -> Recordings:
    test = task.load(tmp_path_factory.mktemp("home"), null_sink).test
    return taken(test, np.arange(0, len(test.labels_N), 20))


@pytest.fixture(scope="module")
def network(task: Task) -> nn.Module:
    torch.manual_seed(0)
    blueprint = Blueprint(architecture="sequence_depthwise", classes=len(task.classes), input=task.input)
    return build(blueprint).eval()


@pytest.mark.parametrize("attack", ["fgsm", "pgd"])
def test_features_stay_within_reach_and_silence_stays(
    attack: str, task: Task, part: Recordings, network: nn.Module
) -> None:
    clean = kind_of(task).inputs(task, part)
    moved, unmoved_N = attacked_recordings(network, task, part, attack, EPS)
    assert (moved.shape, moved.dtype) == (clean.shape, np.float32)
    assert 0.9 * EPS < np.abs(moved - clean).max() <= EPS + 1e-5
    outside_NT = ~cepstra_of(part).inside_NT
    assert outside_NT.any()
    assert (moved == clean).transpose(0, 2, 1)[outside_NT].all()
    assert not unmoved_N.any()
    assert (attacked_recordings(network, task, part, attack, 0)[0] == clean).all()


def test_the_loss_rises_and_a_recording_does_not_depend_on_the_others(
    task: Task, part: Recordings, network: nn.Module
) -> None:
    def loss(inputs: np.ndarray) -> float:
        with torch.no_grad():
            logits = network(torch.from_numpy(inputs))
        return float(nn.functional.cross_entropy(logits, torch.from_numpy(part.labels_N)))

    moved = {attack: attacked_recordings(network, task, part, attack, EPS)[0] for attack in ("fgsm", "pgd")}
    assert loss(kind_of(task).inputs(task, part)) < loss(moved["fgsm"])
    assert loss(kind_of(task).inputs(task, part)) < loss(moved["pgd"])
    places = np.array([3, 8])
    alone, _ = attacked_recordings(network, task, taken(part, places), "pgd", EPS, places_N=places)
    assert np.abs(alone - moved["pgd"][places]).mean() < 0.01 * EPS


def test_features_stay_in_8_bits(task: Task, part: Recordings, network: nn.Module) -> None:
    moved, _ = attacked_recordings(network, task, part, "fgsm", 8)
    inside_NT = cepstra_of(part).inside_NT
    kept_NC = mfcc.from_bytes(part.means_NC) if task.features == "with_mean" else np.zeros((len(moved), 13), np.float32)
    values = (moved - kept_NC[..., None]).transpose(0, 2, 1)[inside_NT]
    assert (values.min(), values.max()) == (pytest.approx(-4, abs=1e-6), pytest.approx(127 / 32, abs=1e-6))


def test_conditions_of_recordings_have_eps_in_deviations_and_texts_have_no_attack() -> None:
    asked = conditions(TASKS.get("spoken_digits"), 2000)
    assert len(asked) == 1 + 7 * 5 + 2 * 4
    assert asked[-1] == Condition(perturbation="pgd", strength=0.4, images=300, unit=" deviations")
    assert asked[-1].title == "PGD, eps 0.4 deviations"
    assert len(conditions(TASKS.get("speakers"), 2000, attacks=())) == 1 + 9 * 5
    texts = TASKS.get("languages")
    assert len(conditions(texts, 10)) == 1 + 9 * 5
    with pytest.raises(InvalidSetting, match="attacks on languages: expected none, since texts are made of characters"):
        conditions(texts, 10, attacks=("fgsm",))
    with pytest.raises(InvalidSetting, match="corruptions of languages: expected neighbour_keys, "):
        conditions(texts, 10, ("fog",))
    with pytest.raises(InvalidSetting, match="eps: expected numbers from 0 to 8, in standard deviations"):
        conditions(TASKS.get("speakers"), 10, eps=(9,))


def test_other_examples_are_refused_in_words() -> None:
    with pytest.raises(InvalidSetting, match="a task to test on: expected one whose examples can be corrupted"):
        conditions(replace(TASKS.get("digits"), traits=frozenset()), 10)
