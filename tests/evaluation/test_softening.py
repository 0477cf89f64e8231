import math

import numpy as np
import pytest
import torch
from torch.nn.functional import cross_entropy

from distill_core.errors import InvalidSetting
from distill_core.evaluation.softening import (
    class_similarity_CC,
    dark_knowledge_NC,
    entropy_bits_N,
    fit_temperature,
    gradient_scaling,
    loss_gradient,
    loss_terms,
    matching_NC,
    soften_NC,
)
from distill_core.methods.losses import soft_target_kl

RANDOM = np.random.default_rng(0)
STUDENT, TEACHER = RANDOM.normal(0, 3, (6, 10)), RANDOM.normal(0, 5, (6, 10))
LABELS = RANDOM.integers(0, 10, 6)
FAR = np.array([[1000.0, -1000.0, 0.0]])


def test_a_temperature_of_two_takes_the_square_root_of_the_odds():
    # odds 9 to 1 become 3 to 1
    assert soften_NC(np.array([[math.log(9), 0.0]]), 2.0) == pytest.approx(np.array([[0.75, 0.25]]))


def test_far_logits_stay_a_distribution():
    assert soften_NC(FAR, 1.0).tolist() == [[1.0, 0.0, 0.0]]
    assert soften_NC(FAR, 1000.0)[0] == pytest.approx(np.exp([1, -1, 0]) / np.exp([1, -1, 0]).sum())


@pytest.mark.parametrize("temperature", [0.0, -1.0, math.inf, math.nan])
def test_what_is_no_temperature_is_refused(temperature):
    with pytest.raises(InvalidSetting, match=r"temperature: expected finite, above 0, got .*; 4 is a good start"):
        soften_NC(STUDENT, temperature)
    with pytest.raises(InvalidSetting, match="temperature"):
        dark_knowledge_NC(STUDENT, LABELS, temperature)
    with pytest.raises(InvalidSetting, match="temperature"):
        gradient_scaling(STUDENT, TEACHER, [1.0, temperature])
    with pytest.raises(InvalidSetting, match="temperature"):
        gradient_scaling(STUDENT, STUDENT, [1.0, temperature])


def test_entropy_counts_the_yes_or_no_questions():
    rows = np.array([[0.25, 0.25, 0.25, 0.25], [0.5, 0.5, 0, 0], [0.5, 0.25, 0.125, 0.125], [1, 0, 0, 0]])
    bits = entropy_bits_N(rows)
    assert bits == pytest.approx([2, 1, 1.75, 0])
    assert math.copysign(1, bits[-1]) == 1  # -0.0 would be shown


def test_entropy_of_no_distribution_is_refused():
    with pytest.raises(InvalidSetting, match="sum to 1"):
        entropy_bits_N(np.array([[0.5, 0.6]]))


def test_dark_knowledge_is_what_is_left_without_the_true_class():
    # probabilities 0.6, 0.3, 0.1 without the first: 3 to 1
    logits = np.log([[0.6, 0.3, 0.1]])
    assert dark_knowledge_NC(logits, np.array([0]), 1.0) == pytest.approx(np.array([[0, 0.75, 0.25]]))
    assert soften_NC(logits, 3.0)[0, 1:] / soften_NC(logits, 3.0)[0, 1:].sum() == pytest.approx(
        dark_knowledge_NC(logits, np.array([0]), 3.0)[0, 1:]
    )


def test_dark_knowledge_is_there_even_where_the_true_class_has_all_the_mass():
    logits = np.array([[1000.0, math.log(3) - 1000, -1000.0]])
    assert soften_NC(logits, 1.0).tolist() == [[1.0, 0.0, 0.0]]
    assert dark_knowledge_NC(logits, np.array([0]), 1.0) == pytest.approx(np.array([[0, 0.75, 0.25]]))


def test_of_two_classes_the_wrong_one_has_all_dark_knowledge():
    assert dark_knowledge_NC(np.array([[5.0, -5.0]]), np.array([0]), 4.0).tolist() == [[0.0, 1.0]]


def autograd(*, temperature, alpha, with_t_squared):
    """The gradient of the sum over images, so that each row is that of its own loss."""
    student = torch.tensor(STUDENT, requires_grad=True)
    hard = cross_entropy(student, torch.tensor(LABELS), reduction="sum")
    soft = soft_target_kl(student, torch.tensor(TEACHER), temperature=temperature) * len(STUDENT)
    ((1 - alpha) * hard + alpha * (soft if with_t_squared else soft / temperature**2)).backward()
    return student.grad.numpy()


@pytest.mark.parametrize("with_t_squared", [True, False])
@pytest.mark.parametrize("alpha", [0.0, 0.3, 0.9, 1.0])
@pytest.mark.parametrize("temperature", [0.5, 1.0, 4.0, 20.0])
def test_the_gradient_is_what_training_computes(temperature, alpha, with_t_squared):
    choice = {"temperature": temperature, "alpha": alpha, "with_t_squared": with_t_squared}
    gradient = loss_gradient(STUDENT, TEACHER, LABELS, **choice)
    assert np.abs(gradient.total_NC - autograd(**choice)).max() < 1e-10
    assert np.abs(gradient.total_NC.sum(axis=1)).max() < 1e-10  # a constant on all logits changes nothing


def test_the_two_parts_of_the_gradient_are_apart():
    # student 1/2, 1/2; teacher 3/4, 1/4 at T 2; label 1
    gradient = loss_gradient(
        np.zeros((1, 2)), np.array([[math.log(9), 0.0]]), np.array([1]), temperature=2.0, alpha=0.75
    )
    assert gradient.hard_NC == pytest.approx(np.array([[0.125, -0.125]]))
    assert gradient.soft_NC == pytest.approx(np.array([[-0.375, 0.375]]))


def test_the_gradient_of_far_logits_is_finite():
    gradient = loss_gradient(FAR, -FAR, np.array([1]), temperature=1.0, alpha=0.5)
    assert gradient.total_NC.tolist() == [[1.0, -1.0, 0.0]]


def test_matching_is_the_difference_of_centred_logits():
    # centred: 1, -1 and 3, -3; their difference over two classes
    assert matching_NC(np.array([[2.0, 0.0]]), np.array([[106.0, 100.0]])).tolist() == [[-1.0, 1.0]]


def test_a_high_temperature_is_logit_matching():
    soft = loss_gradient(STUDENT, TEACHER, LABELS, temperature=1e5, alpha=1.0).soft_NC
    assert np.abs(soft - matching_NC(STUDENT, TEACHER)).max() < 1e-3


def test_the_law_is_the_mean_length_of_the_gradients():
    temperatures = [0.5, 4, 1e4]
    for law, temperature in zip(gradient_scaling(STUDENT, TEACHER, temperatures), temperatures, strict=True):
        choice = {"temperature": temperature, "alpha": 1.0}
        scaled = loss_gradient(STUDENT, TEACHER, LABELS, **choice).soft_NC
        plain = loss_gradient(STUDENT, TEACHER, LABELS, **choice, with_t_squared=False).soft_NC
        limit = matching_NC(STUDENT, TEACHER)
        assert law.temperature == temperature
        assert law.scaled == pytest.approx(np.linalg.norm(scaled, axis=1).mean())
        assert law.plain == pytest.approx(np.linalg.norm(plain, axis=1).mean())
        assert law.distance == pytest.approx(np.linalg.norm(scaled - limit) / np.linalg.norm(limit))


def test_without_t_squared_the_gradient_fades_with_the_square():
    near, far = gradient_scaling(STUDENT, TEACHER, [1e3, 1e4])
    assert near.plain / far.plain == pytest.approx(100, rel=1e-2)
    assert near.scaled / far.scaled == pytest.approx(1, rel=1e-2)
    assert far.distance < near.distance < 0.01


@pytest.mark.parametrize("shift", [0.0, 0.1])
def test_equal_networks_have_no_gradient_and_no_distance(shift):
    # a constant on all logits is the same network; its rounding must not be divided by itself
    for law in gradient_scaling(STUDENT + shift, STUDENT, [1.0, 50.0]):
        assert (law.plain, law.scaled, law.distance) == (0.0, 0.0, 0.0)


def test_no_temperature_no_law():
    assert gradient_scaling(STUDENT, TEACHER, []) == ()


@pytest.mark.parametrize("temperature", [0.5, 1.0, 4.0])
def test_the_terms_are_the_losses_of_training(temperature):
    terms = loss_terms(STUDENT, TEACHER, LABELS, temperature=temperature)
    student, teacher, labels = torch.tensor(STUDENT), torch.tensor(TEACHER), torch.tensor(LABELS)
    assert terms.hard_N == pytest.approx(cross_entropy(student, labels, reduction="none").numpy())
    assert terms.soft_N.mean() == pytest.approx(float(soft_target_kl(student, teacher, temperature=temperature)))
    one = loss_terms(STUDENT[2:3], TEACHER[2:3], LABELS[2:3], temperature=temperature)
    assert one.soft_N[0] == pytest.approx(terms.soft_N[2])


def test_the_soft_term_of_equals_is_nothing():
    assert loss_terms(STUDENT, STUDENT, LABELS, temperature=4.0).soft_N.tolist() == [0.0] * 6
    assert loss_terms(STUDENT + 0.1, STUDENT, LABELS, temperature=4.0).soft_N.min() >= 0


def test_the_terms_of_far_logits_are_their_distance():
    terms = loss_terms(FAR, -FAR, np.array([1]), temperature=1.0)
    assert (terms.hard_N.tolist(), terms.soft_N.tolist()) == ([2000.0], [2000.0])


def test_similarity_averages_the_images_of_a_class():
    logits = np.log([[0.5, 0.25, 0.25], [0.7, 0.05, 0.25], [0.1, 0.1, 0.8]])
    similarity = class_similarity_CC(logits, np.array([0, 0, 2]), 1.0)
    assert similarity[0] == pytest.approx([0.6, 0.15, 0.25])
    assert np.isnan(similarity[1]).all()
    assert similarity[2] == pytest.approx([0.1, 0.1, 0.8])


@pytest.mark.parametrize("true", [0.3, 1.0, 2.5, 20.0])
def test_the_temperature_that_made_the_logits_is_found(true):
    # labels in exact proportion to the probabilities: no other distribution has a lower NLL
    p = np.repeat([[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]], 10, axis=0)
    labels = np.array([0] * 5 + [1] * 3 + [2] * 2 + [0] + [1] + [2] * 8)
    assert fit_temperature(true * np.log(p), labels) == pytest.approx(true, rel=1e-5)


def test_the_fitted_temperature_is_never_worse_than_one():
    def nll(temperature):
        return loss_terms(TEACHER / temperature, TEACHER, LABELS, temperature=1.0).hard_N.mean()

    found = fit_temperature(TEACHER, LABELS)
    assert nll(found) <= nll(1.0)
    assert nll(found) <= min(map(nll, np.geomspace(0.05, 50, 200))) + 1e-9


def test_where_no_temperature_is_better_it_is_one():
    assert fit_temperature(np.zeros((3, 2)), np.array([0, 1, 1])) == 1.0
    # sure and right beyond what float64 tells apart
    assert fit_temperature(1000 * np.eye(3), np.array([0, 1, 2])) == 1.0


def test_always_right_wants_the_coldest_and_always_wrong_the_warmest():
    logits = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert fit_temperature(logits, np.array([0, 1])) == pytest.approx(0.05, rel=1e-3)
    assert fit_temperature(logits, np.array([1, 0])) == pytest.approx(50, rel=1e-3)


def test_what_does_not_fit_is_refused():
    with pytest.raises(InvalidSetting, match="the same shape"):
        matching_NC(STUDENT, TEACHER[:, :3])
    with pytest.raises(InvalidSetting, match="the same shape"):
        gradient_scaling(STUDENT, TEACHER[:3], [1.0])
    with pytest.raises(InvalidSetting, match=r"alpha: expected 0 to 1, got 1\.5"):
        loss_gradient(STUDENT, TEACHER, LABELS, temperature=1.0, alpha=1.5)
    with pytest.raises(InvalidSetting, match="expected 6 integers"):
        loss_terms(STUDENT, TEACHER, LABELS[:2], temperature=1.0)
    with pytest.raises(InvalidSetting, match="expected 0 to 9"):
        class_similarity_CC(STUDENT, LABELS + 10, 1.0)
    with pytest.raises(InvalidSetting, match="NaN"):
        soften_NC(np.full((1, 2), np.nan), 1.0)
