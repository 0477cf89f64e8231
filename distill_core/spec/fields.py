"""Types of fields, the budget and the optimiser, which several parts of a specification have."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from distill_core.errors import said
from distill_core.spec.base import Specification, readable


def _no_boolean(stride: object) -> object:
    # To a literal, true is 1.
    if isinstance(stride, bool):
        raise ValueError(said("expected 1 or 2, got {stride}; change it", str(stride).lower()))
    return stride


Seed = Annotated[int, Field(ge=0, le=2**31 - 1)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64), AfterValidator(readable)]
Width = Annotated[float, Field(ge=0.1, le=4.0, title="Width")]
Stride = Annotated[
    Literal[1, 2],
    BeforeValidator(_no_boolean),
    Field(title="Stem stride", description="2 halves an image at the first layer: a quarter of the work is left."),
]
Transfer = Annotated[
    Literal["labelled", "all"],
    Field(
        title="Distil on (transfer set)",
        description="The examples on which a student learns from its teacher: those with a label, or all of them.",
    ),
]


def _labels(fewest: int) -> Any:
    return Field(
        ge=fewest, title="Labels", description="How many training examples have their label: a number, or all (None)."
    )


Labels = Annotated[int | None, _labels(1)]
# Of a student whose loss reads no label.
FewOrNoLabels = Annotated[int | None, _labels(0)]


MethodName = Annotated[Name, Field(title="Method", description="How the student learns from its teacher.")]
Temperature = Annotated[
    float | None,
    Field(
        ge=0.1,
        le=100,
        title="Temperature T",
        description="How soft the teacher's answers are: at 1 as they are, higher shows more of the wrong classes. "
        "None: the method's default.",
    ),
]
Alpha = Annotated[
    float | None,
    Field(
        ge=0,
        le=1,
        title="alpha",
        description="Weight of the teacher's part of the loss: 0 is labels only, 1 is the teacher only. None: the "
        "method's default.",
    ),
]


class Budget(Specification):
    """Optimiser updates and batch size, the same for every member of an experiment."""

    updates: int = Field(
        480, ge=1, le=200_000, title="Updates", description="Optimiser steps, the same for all students."
    )
    batch_size: int = Field(125, ge=2, le=1024, title="Batch size", description="Examples in one update.")


class Optimiser(Specification):
    """SGD with Nesterov momentum, AdamW or Adagrad; linear warm-up, then a cosine to zero. Tuned for the control on
    validation.

    Source of AdamW: Loshchilov and Hutter 2019 (arXiv:1711.05101); of N3: Lacroix et al. 2018 (arXiv:1806.07297).
    """

    algorithm: Literal["sgd", "adamw", "adagrad"] = Field(
        "sgd",
        # Left out where it is SGD, so that what was filed before there was another reads as before.
        exclude_if=lambda value: value == "sgd",
        title="Optimiser",
        description="SGD with momentum suits convolutional classifiers; AdamW, which scales the step of each weight, "
        "suits transformers and U-Nets and wants a learning rate of about a hundredth; Adagrad, which takes smaller "
        "steps where it took many, suits embeddings of a knowledge graph.",
    )
    learning_rate: float = Field(0.2, gt=0, le=10, title="Learning rate", description="The highest of the schedule.")
    weight_decay: float = Field(5e-3, ge=0, le=1, title="Weight decay", description="Pulls all weights towards 0.")
    momentum: float = Field(
        0.9,
        ge=0,
        lt=1,
        title="Momentum",
        description="Share of the last step that is kept in the next one; AdamW's beta 1. Adagrad has none.",
    )
    warmup_fraction: float = Field(
        0.1, ge=0, le=0.9, title="Warm-up share", description="Share of the updates with a rising learning rate."
    )
    n3: float = Field(
        0.0,
        ge=0,
        le=10,
        exclude_if=lambda value: not value,
        title="N3 weight",
        description="Of embeddings of a knowledge graph: the weight of the cubed sizes of a batch's numbers. Few facts "
        "want much of it.",
    )
