"""Function matching: teacher and student get the same mixtures of images, and no label is used.

Shapes: B batch, C classes.
"""

from distill_core.methods.base import DistillLoss, FeatureShapes, LossInputs, Method, Settings, StepLoss
from distill_core.methods.losses import soft_target_kl
from distill_core.methods.standardization import compared_logits


def _patient(settings: Settings, pair: FeatureShapes) -> DistillLoss:
    temperature = settings.numbers["temperature"]

    def loss(inputs: LossInputs) -> StepLoss:
        return StepLoss(parts={"soft": soft_target_kl(*compared_logits(inputs, settings), temperature=temperature)})

    return loss


ENTRIES = (
    Method(
        name="patient",
        title="Patient and consistent",
        paper="2106.05237",
        year=2022,
        teaches="Distillation as copying a function: teacher and student look at the same mixtures of two examples, "
        "for a long time, and no label is needed.",
        formula=r"\mathcal{L} = T^2\,\mathrm{KL}\big(p_t^{(T)}(\tilde x) \| p_s^{(T)}(\tilde x)\big),"
        r"\quad \tilde x = \lambda x + (1-\lambda)\,x',\quad \lambda \sim U(0, 1)",
        symbols={
            "x": r"examples; $\tilde x$: a mixture of two",
            r"\lambda": "share of the first example",
            "U": "uniform distribution",
        },
        uses_teacher=True,
        uses_mixup=True,
        standardizes=True,
        temperature=1.0,
        units={"soft": "nats"},
        build=_patient,
    ),
)
