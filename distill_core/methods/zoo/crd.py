"""CRD: contrastive representation distillation within a batch. Shapes: B batch, D features of an embedding."""

from __future__ import annotations

from distill_core.lazy_torch import F, Tensor, nn, torch
from distill_core.methods.base import FeatureShapes, LossInputs, Method
from distill_core.methods.checks import check_batches
from distill_core.methods.feature_maps import check_embeddings, embeddings
from distill_core.methods.feature_terms import learned_feature_loss
from distill_core.methods.logit_terms import weights

FEATURES = 128
TEMPERATURE = 0.07


def info_nce(student_BD: Tensor, teacher_BD: Tensor, *, temperature: float) -> Tensor:
    """Cross-entropy of finding each image's own teacher embedding among those of the batch, by cosine.

    Shapes: both (batch, features). Returns: a scalar in nats, about log(batch) for a random student, 0 for a
    batch of one.
    Raises: InvalidSetting if the batches differ.
    Source: Tian et al. 2020 (arXiv:1910.10699), section 3, with the batch in place of a memory bank.
    """
    check_batches(student_BD, teacher_BD)
    similar_BB = F.normalize(student_BD, dim=1) @ F.normalize(teacher_BD, dim=1).T / temperature
    return F.cross_entropy(similar_BB, torch.arange(len(similar_BB), device=similar_BB.device))


def _term(pair: FeatureShapes) -> nn.Module:
    class Contrast(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.student = nn.Linear(pair.student_taps[-1][0], FEATURES)
            self.teacher = nn.Linear(pair.teacher_taps[-1][0], FEATURES)

        def forward(self, inputs: LossInputs) -> Tensor:
            student, teacher = self.student(inputs.student_taps[-1]), self.teacher(inputs.teacher_taps[-1])
            return info_nce(student, teacher, temperature=TEMPERATURE)

    return Contrast()


ENTRIES = (
    Method(
        name="crd",
        title="Contrastive, within the batch",
        paper="1910.10699",
        year=2020,
        teaches="Among all examples of a batch, the student's picture of one should be found next to its teacher's.",
        formula=r"\mathcal{L} = w_h\,\mathrm{CE} - w\,\overline{\log \mathrm{softmax}_j\big(\cos(g_s(e_s^i), "
        r"g_t(e_t^j))/\tau\big)_i}",
        symbols={
            "g": "projections of the embeddings to one size; they train along",
            r"\tau": "temperature of the contrast",
        },
        uses_teacher=True,
        stages=embeddings,
        per_example=True,
        reads_embedding=True,
        parameters=weights(1.0, 0.8),
        units={"hard": "nats", "contrast": "nats"},
        build=learned_feature_loss(_term, "contrast"),
        fits=check_embeddings,
    ),
)
