"""Methods on real networks of unlike kinds: every pair trains, and what cannot be is said before."""

from dataclasses import replace

import pytest
import torch

from distill_core.errors import InvalidSetting
from distill_core.methods import METHODS, FeatureShapes, LossInputs, Method, resolve_settings
from distill_core.methods.feature_maps import adapter, as_map, embeddings, paired_stages, resized
from distill_core.networks.shapes import map_shape
from distill_core.spec import Student
from tests.methods.pairs import DENSE, PAIRS, blueprint, defined, look, pair

IMAGES = torch.randn(6, 1, 16, 16, generator=torch.Generator().manual_seed(1))
LABELS = torch.tensor([0, 1, 2, 3, 0, 1])
MASKS = torch.arange(6 * 16 * 16).reshape(6, 16, 16) % 4
FEATURED = [method for method in METHODS if method.features]


def loss_of(method: Method, beside: FeatureShapes) -> object:
    settings = resolve_settings(method, Student(name="a", architecture="resnet8", method=method.name))
    torch.manual_seed(0)
    return method.build(settings, beside)


@pytest.mark.parametrize(
    ("method", "name"),
    [
        pytest.param(method, name, id=f"{method.name}-{name}")
        for method in METHODS
        for name in (*PAIRS, *DENSE)
        if defined(method, name)
    ],
)
def test_every_method_works_for_every_pair_and_pulls_at_the_student_alone(method: Method, name: str) -> None:
    student, teacher = map(blueprint, {**PAIRS, **DENSE}[name])
    if method.reuses_teacher_head:
        student = replace(student, teacher_head=teacher)
    beside = pair(student, teacher)
    method.check(beside)
    inputs = asked(look(student, teacher, IMAGES, MASKS if name in DENSE else LABELS))
    loss = loss_of(method, beside)
    step = loss(inputs)  # type: ignore[operator]
    assert all(part.isfinite() for part in step.parts.values())
    own = [part for name, part in step.weighted.items() if name != "hard"] or [step.total]
    # What the method adds to labels pulls at something of the student's.
    seen = [inputs.student_BC, *inputs.student_taps]
    pulls = torch.autograd.grad(sum(own[1:], own[0]), seen, retain_graph=True, allow_unused=True)
    assert any(pull is not None and bool((pull != 0).any()) for pull in pulls)
    step.total.backward()
    weights = list(loss.parameters()) if isinstance(loss, torch.nn.Module) else []
    assert all(weight.grad is not None and weight.grad.isfinite().all() for weight in weights)
    assert beside.teacher_head is not None
    assert all(weight.grad is None for weight in beside.teacher_head.parameters())
    if method.name != "crd":  # whose learnt picture of the teacher's embedding is its own
        read = {"teacher_BC": (inputs.teacher_BC,), "teacher_taps": inputs.teacher_taps, "peers": inputs.peers}
        pulled = {name for name, given in read.items() for one in given if one is not None and one.grad is not None}
        assert pulled == set(), "these need a detach()"


def asked(inputs: LossInputs) -> LossInputs:
    """With a teacher and peers whose gradients would be seen."""
    assert inputs.teacher_BC is not None
    return replace(
        inputs,
        teacher_BC=inputs.teacher_BC.clone().requires_grad_(),
        teacher_taps=tuple(tap.clone().requires_grad_() for tap in inputs.teacher_taps),
        peers=tuple(peer.clone().requires_grad_() for peer in inputs.peers),
    )


@pytest.mark.parametrize("method", FEATURED, ids=lambda method: method.name)
def test_it_is_told_before_training_what_cannot_be(method: Method) -> None:
    # Five tokens make no square; networks without stages have nothing to compare but their embeddings.
    tokens = FeatureShapes(student_taps=((5, 8), (5, 8), (8,)), teacher_taps=((8, 4, 4), (8, 2, 2), (8,)))
    assert method.stages is not None
    if method.reuses_teacher_head or method.stages(tokens) == embeddings(tokens):
        method.fits(tokens)
        return
    # A method that reads maps says so with fits=check_maps.
    with pytest.raises(InvalidSetting, match=r"a stage: expected a map, or tokens that make a square"):
        method.fits(tokens)
    with pytest.raises(InvalidSetting, match="stages"):
        method.fits(FeatureShapes(student_taps=((8,),), teacher_taps=((8,),)))


@pytest.mark.parametrize(
    ("student", "teacher", "places"),
    [
        (3, 3, ((0, 0), (1, 1), (2, 2))),
        (4, 3, ((0, 0), (2, 1), (3, 2))),
        (3, 5, ((0, 0), (1, 2), (2, 4))),
        (1, 4, ((0, 3),)),
    ],
)
def test_stages_are_paired_evenly_and_the_last_ones_always(
    student: int, teacher: int, places: tuple[tuple[int, int], ...]
) -> None:
    one, other = ((*[(8, 4, 4)] * count, (8,)) for count in (student, teacher))
    assert paired_stages(FeatureShapes(student_taps=one, teacher_taps=other)) == places


def test_tokens_lie_in_rows() -> None:
    tokens = torch.arange(2 * 9 * 5).reshape(2, 9, 5)
    maps = as_map(tokens)
    assert maps.shape == (2, 5, 3, 3)
    assert torch.equal(maps[1, :, 2, 1], tokens[1, 7])
    assert map_shape((9, 5)) == (5, 3, 3)


def test_maps_are_averaged_down_and_interpolated_up() -> None:
    maps = torch.arange(16.0).reshape(1, 1, 4, 4)
    assert torch.equal(resized(maps, 2, 2), torch.tensor([[[[2.5, 4.5], [10.5, 12.5]]]]))
    assert resized(maps, 8, 8).shape == (1, 1, 8, 8)
    assert resized(maps, 4, 4) is maps


def test_an_adapter_brings_the_teachers_channels() -> None:
    assert adapter((6,), (9,))(torch.zeros(2, 6)).shape == (2, 9)
    assert adapter((6, 4, 4), (16, 9))(torch.zeros(2, 6, 3, 3)).shape == (2, 9, 3, 3)
