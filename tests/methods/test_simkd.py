"""SimKD: which features are compared, by hand and on every architecture."""

from dataclasses import replace

import pytest
import torch

from distill_core.errors import InvalidSetting
from distill_core.methods import METHODS, FeatureShapes, LossInputs, resolve_settings
from distill_core.methods.zoo.simkd import ends_in_a_map, matched_maps
from distill_core.networks import ARCHITECTURES, Blueprint, build, forward_features, profile
from distill_core.spec import Student
from distill_core.tasks import IGNORE
from tests.architectures import NAMES
from tests.methods.pairs import blueprint, look, pair

SIMKD = METHODS.get("simkd")
IMAGES = torch.randn(6, 1, 16, 16, generator=torch.Generator().manual_seed(1))
LABELS = torch.tensor([0, 1, 2, 3, 0, 1])


@pytest.mark.parametrize("name", NAMES)
def test_maps_are_compared_where_their_mean_is_the_embedding(name: str) -> None:
    widths = ARCHITECTURES.get(name).widths
    for width in widths:
        one = Blueprint.for_images(architecture=name, classes=4, size_px=8, width=width)
        assert ends_in_a_map(tuple(tap.shape for tap in profile(one).taps)) == _is_mean_of_last_stage(one)


def _is_mean_of_last_stage(one: Blueprint) -> bool:
    torch.manual_seed(0)
    with torch.no_grad():
        *_, last, embedding = forward_features(build(one).eval(), torch.randn(2, 1, 8, 8))[1].values()
    mean = last.flatten(2).mean(2) if last.ndim == 4 else last.mean(1)
    return mean.shape == embedding.shape and torch.allclose(mean, embedding, atol=1e-6)


def test_the_larger_map_is_averaged_to_the_size_of_the_smaller() -> None:
    small = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
    large = torch.arange(16.0).reshape(1, 1, 4, 4)  # averages: 2.5, 4.5, 10.5, 12.5
    by_hand = (1.5**2 + 2.5**2 + 7.5**2 + 8.5**2) / 4
    assert matched_maps(small, large) == matched_maps(large, small) == by_hand
    assert matched_maps(large, large.clone()) == 0


def test_no_gradient_reaches_the_teacher_and_other_channels_are_refused() -> None:
    student, teacher = torch.ones(2, 3, 4, 4, requires_grad=True), torch.zeros(2, 3, 2, 2, requires_grad=True)
    matched_maps(student, teacher).backward()
    assert teacher.grad is None
    assert student.grad is not None
    with pytest.raises(InvalidSetting, match="features: expected one shape"):
        matched_maps(student, torch.zeros(2, 5, 4, 4))


def inputs(student: str, teacher: str) -> tuple[FeatureShapes, LossInputs]:
    other = blueprint(teacher)
    own = replace(blueprint(student), teacher_head=other)
    return pair(own, other), look(own, other, IMAGES, LABELS)


@pytest.mark.parametrize(("teacher", "place"), [("resnet20", -2), ("mobilenet_v2", -1), ("vit_small", -1)])
def test_its_default_looks_at_no_label_and_at_one_stage(teacher: str, place: int) -> None:
    beside, seen = inputs("plain_cnn", teacher)
    settings = resolve_settings(SIMKD, Student(name="a", architecture="plain_cnn", method="simkd"))
    assert dict(settings.parameters) == {"hard_weight": 0.0, "weight": 1.0}
    step = SIMKD.build(settings, beside)(seen)
    own, other = seen.student_taps[place], seen.teacher_taps[place]
    assert own.shape == other.shape, "nothing to resize here"
    assert step.total == (own - other).square().mean()
    silent = replace(seen, targets_B=torch.full((6,), IGNORE))
    assert SIMKD.build(settings, beside)(silent).total == step.total


def test_a_student_that_does_not_end_in_the_teachers_head_is_refused() -> None:
    with pytest.raises(
        InvalidSetting, match=r"the student: expected one that ends in the teacher's head, got emb.* \(24,\)"
    ):
        SIMKD.fits(pair(blueprint("plain_cnn"), blueprint("resnet8")))
    rows = ((8, 4, 4), (4, 8))
    with pytest.raises(InvalidSetting, match="the teacher's embedding: expected an embedding of one row"):
        SIMKD.fits(FeatureShapes(student_taps=rows, teacher_taps=rows))


def test_it_is_the_only_one_that_ships_more_than_the_student() -> None:
    assert [method.name for method in METHODS if method.reuses_teacher_head] == ["simkd"]
