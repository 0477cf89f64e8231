"""Students who teach each other: the loss of one of them."""

import pytest
import torch

from distill_core.errors import InvalidSetting
from distill_core.methods import METHODS, FeatureShapes, LossInputs, Settings
from distill_core.methods.losses import labelled_cross_entropy, soft_target_kl
from distill_core.methods.zoo.dml import peers_kl
from tests.methods.waves import LABELS, STUDENT, TEACHER, waves

OTHER = waves((8, 10), 0.9, 0.2, 4)


def test_with_one_peer_it_is_the_soft_term_of_kd() -> None:
    assert peers_kl(STUDENT, [TEACHER], temperature=4.0).item() == pytest.approx(7.007415022874071, rel=1e-12)
    assert peers_kl(STUDENT, [TEACHER], temperature=1.0).item() == pytest.approx(2.7382373522619794, rel=1e-12)


def test_with_more_it_is_their_mean() -> None:
    each = [soft_target_kl(STUDENT, peer, temperature=2.0) for peer in (TEACHER, OTHER, STUDENT)]
    wanted = (each[0] + each[1]) / 3
    torch.testing.assert_close(peers_kl(STUDENT, [TEACHER, OTHER, STUDENT], temperature=2.0), wanted)


def test_it_is_nothing_where_all_agree() -> None:
    assert peers_kl(TEACHER, [TEACHER, TEACHER], temperature=1.0).item() == 0


def test_no_gradient_reaches_a_peer() -> None:
    student, *peers = (logits.clone().requires_grad_() for logits in (STUDENT, TEACHER, OTHER))
    peers_kl(student, peers, temperature=1.0).backward()
    assert student.grad is not None
    assert [peer.grad for peer in peers] == [None, None]


def test_it_stays_finite_at_the_ends_of_float32() -> None:
    student = torch.tensor([[1000.0, -1000.0, 0.0]]).requires_grad_()
    loss = peers_kl(student, [-student.detach(), torch.zeros(1, 3)], temperature=1.0)
    loss.backward()
    assert loss.isfinite()
    assert student.grad is not None
    assert student.grad.isfinite().all()


def test_without_a_peer_it_is_refused() -> None:
    with pytest.raises(InvalidSetting, match="peers: expected one or more, got none; train two students together"):
        peers_kl(STUDENT, [], temperature=1.0)


def test_the_loss_is_cross_entropy_and_the_weighted_term() -> None:
    method = METHODS.get("mutual")
    settings = Settings(temperature=2.0, parameters={**method.defaults, "weight": 0.5})
    inputs = LossInputs(student_BC=STUDENT, teacher_BC=None, targets_B=LABELS, progress=0.0, peers=(TEACHER, OTHER))
    step = method.build(settings, FeatureShapes())(inputs)
    hard, own = labelled_cross_entropy(STUDENT, LABELS), peers_kl(STUDENT, [TEACHER, OTHER], temperature=2.0)
    assert step.parts == {"hard": hard, "peers": own}
    torch.testing.assert_close(step.total, hard + 0.5 * own)
