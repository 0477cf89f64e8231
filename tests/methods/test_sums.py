"""Methods on top of another, and the switch that standardises what is compared."""

import pytest
import torch
from torch import Tensor, nn

from distill_core.errors import InvalidSetting
from distill_core.methods import (
    METHODS,
    LossInputs,
    Method,
    Settings,
    StepLoss,
    can_be_added,
    resolve_added_settings,
    resolve_settings,
    sum_of_losses,
)
from distill_core.spec import AddedMethod, Student
from tests.methods.pairs import positions_of
from tests.methods.test_methods import PAIR, STUDENT, inputs

ADDABLE = [method for method in METHODS if can_be_added(method)]


def alone(name: str, **settings: object) -> StepLoss:
    student = Student.model_validate({"name": "a", "architecture": "resnet8", "method": name, **settings})
    torch.manual_seed(0)
    return METHODS.get(name).build(resolve_settings(METHODS.get(name), student), PAIR)(seen(METHODS.get(name)))


def seen(method: Method, student_BC: Tensor = STUDENT) -> LossInputs:
    return inputs(student_BC, positions=positions_of(method))


def added(method: Method, **settings: object) -> Settings:
    return resolve_added_settings(method, AddedMethod.model_validate({"method": method.name, **settings}))


@pytest.mark.parametrize("method", ADDABLE, ids=lambda method: method.name)
def test_what_is_added_is_the_term_of_the_method_without_its_labels(method: Method) -> None:
    first = METHODS.get("kd").build(
        resolve_settings(METHODS.get("kd"), Student(name="a", architecture="resnet8")), PAIR
    )
    torch.manual_seed(0)
    loss = sum_of_losses(first, {method.title: (2.0, method.build(added(method), PAIR))})
    step = loss(seen(method))
    own = alone(method.name)
    soft = sum(part for name, part in own.weighted.items() if name != "hard")
    if method.name == "kd":  # alone its term weighs alpha
        soft = own.parts["soft"]
    assert torch.allclose(step.total, first(seen(method)).total + 2 * soft)
    assert [name.split(": ")[0] for name in step.parts][2:] == [method.title] * (len(own.parts) - 1)


def test_what_trains_along_in_an_added_method_trains_along_in_the_sum() -> None:
    vid, kd = METHODS.get("vid"), METHODS.get("kd")
    first = kd.build(resolve_settings(kd, Student(name="a", architecture="resnet8")), PAIR)
    loss = sum_of_losses(first, {vid.title: (1.0, vid.build(added(vid), PAIR))})
    assert isinstance(loss, nn.Module)
    assert len(list(loss.parameters())) > 0
    assert sum_of_losses(first, {}) is first


def test_what_only_looks_at_labels_or_ends_the_network_otherwise_cannot_be_added() -> None:
    for name in ("labels", "label_smoothing", "teacher_free", "simkd", "patient", "mutual"):
        with pytest.raises(InvalidSetting, match="expected one with a term that asks the teacher, got"):
            added(METHODS.get(name))


def test_an_added_method_has_no_term_for_labels() -> None:
    with pytest.raises(InvalidSetting, match=r"hard_weight: expected 0 for an added method.*got 1; leave it out"):
        added(METHODS.get("rkd"), parameters={"hard_weight": 1.0})
    assert added(METHODS.get("rkd")).parameters["hard_weight"] == 0.0
    assert added(METHODS.get("kd")).alpha == 1.0


def test_a_method_comes_once() -> None:
    with pytest.raises(InvalidSetting, match="expected each method once, got kd, rkd, rkd"):
        Student.of({"name": "a", "architecture": "resnet8", "also": [{"method": "rkd"}, {"method": "rkd"}]})


def test_fields_that_say_nothing_are_left_out_so_old_fingerprints_stay() -> None:
    plain = Student(name="a", architecture="resnet8").model_dump()
    assert not {"also", "standardize"} & plain.keys()


SWITCHED = [method for method in METHODS if method.standardizes]


def stretched(logits: Tensor) -> Tensor:
    """Other numbers of the same order: each row times its own factor, plus its own constant."""
    rows = torch.arange(1.0, len(logits) + 1)[:, None]
    return logits * rows - 3 * rows


@pytest.mark.parametrize("method", SWITCHED, ids=lambda method: method.name)
def test_standardised_neither_scale_nor_shift_of_a_row_counts(method: Method) -> None:
    assert torch.allclose(own(method, STUDENT, True), own(method, stretched(STUDENT), True), rtol=1e-4)
    assert not torch.allclose(own(method, STUDENT, False), own(method, stretched(STUDENT), False), rtol=1e-2)


def own(method: Method, student_BC: Tensor, switch: bool) -> Tensor:
    settings = resolve_settings(
        method, Student(name="a", architecture="resnet8", method=method.name, standardize=switch)
    )
    step = method.build(settings, PAIR)(seen(method, student_BC))
    return sum((part for name, part in step.weighted.items() if name != "hard"), torch.zeros(()))


def test_standardised_kd_is_kd_with_the_switch() -> None:
    named = alone("standardized_kd", temperature=2.0).parts["soft"]
    assert torch.equal(alone("kd", temperature=2.0, standardize=True).parts["soft"], named)
    assert not torch.equal(alone("kd", temperature=2.0).parts["soft"], named)


def test_every_method_that_compares_logits_alone_has_the_switch() -> None:
    without = [method for method in METHODS if method.uses_teacher and not method.features and not method.standardizes]
    assert "standardized_kd" in [method.name for method in without]
    for method in without:
        unchanged = torch.allclose(own(method, STUDENT, False), own(method, stretched(STUDENT), False), rtol=1e-4)
        assert unchanged, f"{method.name} compares logits as they are: give it standardizes=True"


def test_the_switch_is_refused_where_it_would_do_nothing() -> None:
    with pytest.raises(InvalidSetting, match="standardize: expected nothing: 'at' compares no logits"):
        alone("at", standardize=True)


@pytest.mark.parametrize("name", ["simkd", "patient"])
def test_nothing_comes_on_top_of_what_goes_alone(name: str) -> None:
    with pytest.raises(InvalidSetting, match=rf"also: expected nothing on top of '{name}'.*got rkd"):
        alone(name, also=[{"method": "rkd"}])
