"""Types of fields, the budget and the optimiser, which several parts of a specification have."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from distill_core.spec.base import Specification, readable


def _no_boolean(stride: object) -> object:
    # To a literal, true is 1.
    if isinstance(stride, bool):
        raise ValueError(f"expected 1 or 2, got {str(stride).lower()}; change it")
    return stride


Seed = Annotated[int, Field(ge=0, le=2**31 - 1)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64), AfterValidator(readable)]
Width = Annotated[float, Field(ge=0.1, le=4.0)]
Stride = Annotated[Literal[1, 2], BeforeValidator(_no_boolean)]


class Budget(Specification):
    """Optimiser updates and batch size, the same for every member of an experiment."""

    updates: int = Field(480, ge=1, le=200_000, description="optimiser updates")
    batch_size: int = Field(125, ge=2, le=1024, description="images a batch")


class Optimiser(Specification):
    """SGD with Nesterov momentum; linear warm-up, then a cosine to zero. Tuned for the control on validation."""

    learning_rate: float = Field(0.2, gt=0, le=10, description="highest learning rate")
    weight_decay: float = Field(5e-3, ge=0, le=1)
    momentum: float = Field(0.9, ge=0, lt=1)
    warmup_fraction: float = Field(0.1, ge=0, le=0.9, description="share of the updates with a rising rate")
