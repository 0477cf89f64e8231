"""KD: knowledge distillation with soft targets."""

from distill_core.methods.base import DistillLoss, FeatureShapes, LossInputs, Method, Settings, StepLoss
from distill_core.methods.losses import labelled_cross_entropy, soft_target_kl
from distill_core.methods.standardization import compared_logits


def _kd(settings: Settings, pair: FeatureShapes) -> DistillLoss:
    numbers = settings.numbers
    temperature, alpha = numbers["temperature"], numbers["alpha"]

    def loss(inputs: LossInputs) -> StepLoss:
        hard = labelled_cross_entropy(inputs.student_BC, inputs.targets_B)
        soft = soft_target_kl(*compared_logits(inputs, settings), temperature=temperature)
        return StepLoss(parts={"hard": hard, "soft": soft}, weights={"hard": 1 - alpha, "soft": alpha})

    return loss


ENTRIES = (
    Method(
        name="kd",
        title="Knowledge distillation",
        paper="1503.02531",
        year=2015,
        teaches="The teacher's softened probabilities tell which wrong classes are nearly right.",
        formula=r"\mathcal{L} = (1-\alpha)\,\mathrm{CE}(y, p_s) + \alpha\,T^2\,\mathrm{KL}(p_t^{(T)} \| p_s^{(T)})",
        uses_teacher=True,
        temperature=4.0,
        alpha=0.9,
        standardizes=True,
        units={"hard": "nats", "soft": "nats"},
        build=_kd,
    ),
)
