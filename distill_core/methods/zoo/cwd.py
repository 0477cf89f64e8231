"""CWD: channel-wise distillation of dense predictions. Shapes: B examples, C classes, P positions."""

from __future__ import annotations

from distill_core.errors import InvalidSetting, said
from distill_core.lazy_torch import F, Tensor
from distill_core.methods.base import LossInputs, Method, Settings
from distill_core.methods.checks import check_positions, check_temperature
from distill_core.methods.logit_terms import weighted, weights
from distill_core.methods.pictures import Attention, AttentionStage, PairActivations
from distill_core.methods.rows import over_positions
from distill_core.methods.standardization import compared_logits


def channel_wise(student_BCP: Tensor, teacher_BCP: Tensor, *, temperature: float) -> Tensor:
    """T² · KL(teacher ‖ student) between where each class is seen: a softmax over the positions of each channel.

    Shapes: both (batch, classes, positions). Returns: a scalar in nats, mean over batch and classes; 0 where they
    agree, and where they differ by a constant a class.
    Raises: InvalidSetting if temperature <= 0 or infinite, or the shapes differ.
    Source: Shu et al. 2021 (arXiv:2011.13256), on logits.
    """
    check_temperature(temperature)
    if student_BCP.ndim != 3 or student_BCP.shape != teacher_BCP.shape:
        got = said("{student} and {teacher}", tuple(student_BCP.shape), tuple(teacher_BCP.shape))
        expected, hint = "two of the same shape (batch, classes, positions)", "pass the logits of one batch"
        raise InvalidSetting("maps of logits", expected=expected, got=got, hint=hint)
    student = F.log_softmax(student_BCP / temperature, dim=2)
    teacher = F.log_softmax(teacher_BCP.detach() / temperature, dim=2)
    channels = student_BCP.shape[0] * student_BCP.shape[1]
    return F.kl_div(student, teacher, reduction="sum", log_target=True) * (temperature**2 / channels)


def _term(inputs: LossInputs, settings: Settings) -> Tensor:
    check_positions(inputs.positions)
    student, teacher = (over_positions(logits, inputs.positions) for logits in compared_logits(inputs, settings))
    return channel_wise(student, teacher, temperature=settings.numbers["temperature"])


def _picture(settings: Settings, activations: PairActivations) -> Attention:
    assert activations.inputs.teacher_BC is not None
    both, temperature = (activations.inputs.student_BC, activations.inputs.teacher_BC), settings.numbers["temperature"]
    own, other = ((over_positions(rows, activations.inputs.positions) / temperature).softmax(2) for rows in both)
    alike_NC = F.cosine_similarity(own, other, dim=2).numpy()
    student, teacher = (
        (maps / maps.amax(2, keepdim=True)).reshape(*maps.shape[:2], *activations.positions) for maps in (own, other)
    )
    stages = (
        AttentionStage(
            student=name,
            teacher=name,
            student_NHW=student[:, place].numpy(),
            teacher_NHW=teacher[:, place].numpy(),
            alike_N=alike_NC[:, place],
        )
        for place, name in enumerate(activations.classes)
    )
    return Attention(stages=tuple(stages), of_classes=True)


ENTRIES = (
    Method(
        name="cwd",
        title="Channel-wise distillation",
        paper="2011.13256",
        year=2021,
        teaches="Not which class a position has, but where each class is: the teacher's map of a class becomes shares "
        "that add up to one over all positions, and the student learns to put them there.",
        formula=r"\mathcal{L} = w_h\,\mathrm{CE} + w\,\tfrac{T^2}{C} \textstyle\sum_c "
        r"\mathrm{KL}(\phi_t^c \| \phi_s^c), \quad \phi^c = \mathrm{softmax}_i(z_i^c / T)",
        symbols={
            r"\phi": r"where class $c$ is seen: its logits, softened over the positions $i$ of an example",
        },
        uses_teacher=True,
        temperature=4.0,
        parameters=weights(1.0, 10.0),
        needs_positions=True,
        standardizes=True,
        units={"hard": "nats", "places": "nats"},
        picture=_picture,
        build=weighted(_term, "places"),
    ),
)
