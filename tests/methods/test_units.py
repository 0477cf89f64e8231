"""Which parts of a loss are entropies, in nats, and which have no unit: each method says so itself."""

from dataclasses import replace

import pytest
import torch

from distill_core.methods import METHODS, Method, loss_units, resolve_settings
from distill_core.spec import Student
from tests.methods.pairs import blueprint, look, pair

STUDENT, TEACHER = blueprint("resnet8"), blueprint("resnet20")


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_a_method_gives_units_to_parts_that_its_loss_has(method: Method) -> None:
    images = torch.randn(4, 1, 16, 16, generator=torch.Generator().manual_seed(0))
    settings = resolve_settings(method, Student(name="a", architecture="resnet8", method=method.name))
    loss, seen = method.build(settings, pair(STUDENT, TEACHER)), look(STUDENT, TEACHER, images, torch.arange(4))
    parts = set(loss(replace(seen, positions=2 if method.needs_positions else 1)).parts)
    assert set(method.units) <= parts
    assert "hard" not in parts or method.units["hard"] == "nats"


@pytest.mark.parametrize(
    ("method", "parts", "units"),
    [
        ("labels", {"hard"}, {"hard": "nats", "loss": "nats"}),
        ("kd", {"hard", "soft"}, {"hard": "nats", "soft": "nats", "loss": "nats"}),
        ("logit_regression", {"hard", "soft"}, {"hard": "nats"}),
        ("dist", {"hard", "soft"}, {"hard": "nats"}),
        ("mlkd", {"hard", "soft", "classes", "images"}, {"hard": "nats", "soft": "nats"}),
        ("vid", {"hard", "features"}, {"hard": "nats", "features": "nats a number"}),
        ("kd", {"hard", "soft", "fitnet: hint"}, {"hard": "nats", "soft": "nats"}),
        ("kd", {"hard", "crd: contrast"}, {"hard": "nats", "crd: contrast": "nats", "loss": "nats"}),
        ("a method of another version", {"hard", "soft"}, {}),
    ],
)
def test_a_sum_has_a_unit_where_all_its_parts_have_the_same(
    method: str, parts: set[str], units: dict[str, str]
) -> None:
    assert loss_units(METHODS, method, {*parts, "loss"}) == units
