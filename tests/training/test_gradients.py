"""What pulls at a network, and that looking changes nothing."""

import pytest
import torch

from distill_core.events import Event, GradientPoint
from distill_core.methods import StepLoss
from distill_core.training.gradients import due, gradient_norms
from tests.training import small


def test_pulls_are_the_lengths_of_weighted_gradients() -> None:
    weights = torch.tensor([3.0, 4.0], requires_grad=True)
    step = StepLoss(
        parts={"hard": weights[0] ** 2, "soft": weights.sum(), "idle": torch.zeros(())},
        weights={"hard": 0.5, "soft": 2.0},
        readings={"temperature": 7.0},
    )
    found = gradient_norms(step, [weights])
    assert found == {
        "pull of hard": 3.0,
        "pull of soft": pytest.approx(2 * 2**0.5),
        "pull of idle": 0.0,
        "cosine": pytest.approx(0.5**0.5),
        "ratio": pytest.approx(2 * 2**0.5 / 3),
        "temperature": 7.0,
    }
    step.total.backward()  # as if nobody had looked
    assert weights.grad is not None
    assert weights.grad.tolist() == [5.0, 2.0]


def test_with_one_part_there_is_nothing_to_compare() -> None:
    weights = torch.tensor([1.0], requires_grad=True)
    assert gradient_norms(StepLoss(parts={"hard": 3 * weights.sum()}), [weights]) == {"pull of hard": 3.0}
    silent = StepLoss(parts={"hard": weights.sum(), "soft": weights.sum()}, weights={"hard": 0.0})
    assert gradient_norms(silent, [weights]) == {"pull of soft": 1.0}


@pytest.mark.parametrize("updates", [1, 2, 29, 31, 240, 480, 481, 10_000])
def test_few_updates_are_looked_at_and_always_the_first_and_the_last(updates: int) -> None:
    seen = [update for update in range(updates) if due(update, updates)]
    assert (seen[0], seen[-1]) == (0, updates - 1)
    assert len(seen) <= min(17, updates // 30 + 2)


def test_looking_changes_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[Event] = []
    configs = [small.config(), small.config(architecture="mobilenet_v2", run="m/0")]
    looked = small.train(configs, small.plan(updates=6), sink=heard.append)
    told = [event for event in heard if isinstance(event, GradientPoint)]
    assert [event.update for event in told if event.run == "m/0"] == [1, 6]
    assert {"pull of hard", "pull of soft", "cosine", "ratio"} == set(told[0].values)
    monkeypatch.setattr("distill_core.training.gradients.due", lambda update, updates: False)
    blind = small.train(configs, small.plan(updates=6))
    for one, other in zip(looked, blind, strict=True):
        assert small.same(one.network, other.network)
