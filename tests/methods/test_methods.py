"""Methods as they are chosen: described, settled, built."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from distill_core.errors import InvalidSetting
from distill_core.methods import METHODS, FeatureShapes, LossInputs, Method, Settings, resolve_settings
from distill_core.methods.losses import labelled_cross_entropy, soft_target_kl
from distill_core.spec import Student
from distill_core.tasks import IGNORE
from tests.methods.pairs import positions_of

GENERATOR = torch.Generator().manual_seed(0)
STUDENT, TEACHER = torch.randn(6, 4, generator=GENERATOR), torch.randn(6, 4, generator=GENERATOR)
PEER = torch.randn(6, 4, generator=GENERATOR)
LABELS = torch.tensor([0, 1, 2, 3, 0, 1])
SOME = torch.tensor([True, False, True, False, False, True])


def student(method: str, **settings: object) -> Student:
    return Student.model_validate({"name": "a", "architecture": "resnet8", "method": method, **settings})


def settled(method: str, **settings: object) -> Settings:
    return resolve_settings(METHODS.get(method), student(method, **settings))


PAIR = FeatureShapes(
    student_taps=((2, 4, 4), (3, 2, 2), (3,)),
    teacher_taps=((4, 4, 4), (5, 2, 2), (5,)),
    teacher_head=torch.nn.Linear(5, 4),
)
# A student that ends in the teacher's head.
GRAFTED = replace(PAIR, student_taps=((2, 4, 4), (5, 4, 4), (5,)))


def pair_of(method: str) -> FeatureShapes:
    return GRAFTED if METHODS.get(method).reuses_teacher_head else PAIR


def inputs(student_BC: Tensor, labelled_B: Tensor = SOME, pair: FeatureShapes = PAIR, positions: int = 1) -> LossInputs:
    return LossInputs(
        student_BC=student_BC,
        teacher_BC=TEACHER,
        targets_B=torch.where(labelled_B, LABELS, IGNORE),
        progress=0.5,
        positions=positions,
        student_taps=tuple(tap(shape) * pull(student_BC, shape) for shape in pair.student_taps),
        teacher_taps=tuple(map(tap, pair.teacher_taps)),
        peers=(PEER, TEACHER),
    )


def tap(shape: tuple[int, ...]) -> Tensor:
    return torch.randn(6, *shape, generator=torch.Generator().manual_seed(len(shape)))


def pull(student_BC: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Ties features to the logits, so that every method pulls at them."""
    return 1 + student_BC.sum(1).reshape(6, *[1] * len(shape))


def gradient(method: str, labelled_B: Tensor = SOME, **settings: object) -> Tensor:
    logits = STUDENT.clone().requires_grad_()
    pair = pair_of(method)
    seen = inputs(logits, labelled_B, pair, positions_of(METHODS.get(method)))
    METHODS.get(method).build(settled(method, **settings), pair)(seen).total.backward()
    assert logits.grad is not None
    return logits.grad


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_a_method_describes_itself_and_works_with_its_defaults(method: Method) -> None:
    assert method.title
    assert method.formula.startswith(r"\mathcal{L} = ")
    assert method.teaches.endswith(".")
    assert all(one.low <= one.default <= one.high for one in method.parameters.values())
    pair = pair_of(method.name)
    loss = method.build(settled(method.name), pair)(inputs(STUDENT, pair=pair, positions=positions_of(method)))
    assert loss.total.ndim == 0
    assert loss.total.isfinite()
    assert ("hard" in loss.parts) == (not method.uses_mixup)


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_a_batch_without_labels_pulls_by_teacher_and_peers_alone(method: Method) -> None:
    pulled = bool((gradient(method.name, torch.zeros(6, dtype=torch.bool)) != 0).any())
    assert pulled == (method.uses_teacher or method.mutual)


def test_kd_is_the_weighted_sum_of_its_terms() -> None:
    loss = METHODS.get("kd").build(settled("kd", temperature=2.0, alpha=0.75), PAIR)(inputs(STUDENT))
    hard = labelled_cross_entropy(STUDENT, torch.where(SOME, LABELS, IGNORE))
    soft = soft_target_kl(STUDENT, TEACHER, temperature=2.0)
    assert loss.total == 0.25 * hard + 0.75 * soft
    assert loss.parts == {"hard": hard, "soft": soft}


def test_kd_with_alpha_0_is_labels_only_to_the_last_bit() -> None:
    kd = METHODS.get("kd").build(settled("kd", alpha=0.0), PAIR)(inputs(STUDENT))
    assert kd.total == METHODS.get("labels").build(settled("labels"), PAIR)(inputs(STUDENT)).total
    assert torch.equal(gradient("kd", alpha=0.0), gradient("labels"))


def test_kd_with_alpha_1_sees_no_label() -> None:
    assert torch.equal(gradient("kd", alpha=1.0), gradient("kd", torch.zeros(6, dtype=torch.bool), alpha=1.0))


def test_smoothing_by_nothing_is_labels_only() -> None:
    assert torch.equal(gradient("label_smoothing", parameters={"epsilon": 0.0}), gradient("labels"))
    assert not torch.equal(gradient("label_smoothing"), gradient("labels"))


def test_defaults_are_filled_in() -> None:
    assert settled("kd") == Settings(temperature=4.0, alpha=0.9, parameters={})
    assert settled("label_smoothing") == Settings(temperature=None, alpha=None, parameters={"epsilon": 0.1})
    assert settled("labels") == Settings(temperature=None, alpha=None, parameters={})


def test_what_was_asked_for_is_kept_even_where_it_is_zero() -> None:
    assert settled("kd", temperature=1.5, alpha=0.0) == Settings(temperature=1.5, alpha=0.0, parameters={})
    assert settled("label_smoothing", parameters={"epsilon": 0.0}).parameters == {"epsilon": 0.0}


def test_settling_leaves_the_defaults_as_they_are() -> None:
    settled("label_smoothing", parameters={"epsilon": 0.5})
    assert METHODS.get("label_smoothing").defaults == {"epsilon": 0.1}


REFUSED = [
    ("labels", {"alpha": 0.0}, "alpha: expected nothing: 'labels' does not use it, got 0.0; leave alpha out"),
    ("labels", {"temperature": 4}, "temperature: expected nothing: 'labels' does not use it, got 4.0; leave temper"),
    ("label_smoothing", {"alpha": 0.9}, "alpha: expected nothing: 'label_smoothing' does not use it, got 0.9"),
    ("kd", {"parameters": {"beta": 1}}, "parameters: expected those of 'kd': none, got beta; leave it out"),
    ("label_smoothing", {"parameters": {"e": 1}}, "parameters: expected those of 'label_smoothing': epsilon, got e; l"),
    ("label_smoothing", {"parameters": {"epsilon": 0.91}}, "epsilon: expected 0 to 0.9, got 0.91; choose a value in"),
    ("label_smoothing", {"parameters": {"epsilon": -1}}, "epsilon: expected 0 to 0.9, got -1; choose a value in"),
]


@pytest.mark.parametrize(("method", "settings", "message"), REFUSED)
def test_what_a_method_does_not_use_is_refused(method: str, settings: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidSetting) as error:
        settled(method, **settings)
    assert str(error.value).startswith(message)


def test_a_method_without_the_weights_that_its_builder_reads_is_told_how_to_have_them() -> None:
    bare = replace(METHODS.get("nkd"), parameters={"gamma": METHODS.get("nkd").parameters["gamma"]})
    loss = bare.build(bare.default_settings, PAIR)
    with pytest.raises(InvalidSetting, match=r"expected hard_weight and weight among them, got gamma; give the Method"):
        loss(inputs(STUDENT))
