"""SRRL: the teacher's head reads the student's embedding. Shapes: B batch, C classes, D features."""

from __future__ import annotations

from distill_core.lazy_torch import Tensor, nn
from distill_core.methods.base import FeatureShapes, LossInputs, Method
from distill_core.methods.feature_maps import adapter, check_embeddings, embeddings
from distill_core.methods.feature_terms import learned_feature_loss
from distill_core.methods.logit_terms import weights
from distill_core.methods.rows import one_row_an_example
from distill_core.methods.zoo.fitnet_at import hint
from distill_core.methods.zoo.logit_regression import logit_mse


def _term(pair: FeatureShapes) -> nn.Module:
    assert pair.teacher_head is not None
    # Not as an attribute: its weights belong to the teacher and do not train.
    head = pair.teacher_head.requires_grad_(False)

    class Regressed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.adapter = adapter(pair.student_taps[-1], pair.teacher_taps[-1])

        def forward(self, inputs: LossInputs) -> Tensor:
            assert inputs.teacher_BC is not None
            teacher_BC = one_row_an_example(inputs.teacher_BC, inputs.positions)
            seen_BD = self.adapter(inputs.student_taps[-1])
            return hint(seen_BD, inputs.teacher_taps[-1]) + logit_mse(head(seen_BD), teacher_BC)

    return Regressed()


ENTRIES = (
    Method(
        name="srrl",
        title="Softmax regression",
        paper="",
        year=2021,
        teaches="The teacher's own last layer judges the student's features: they should lead it to the same answer.",
        formula=r"\mathcal{L} = w_h\,\mathrm{CE} + w\,\big[\mathrm{MSE}(r(e_s), e_t) + "
        r"\mathrm{MSE}(h_t(r(e_s)), z_t)\big]",
        uses_teacher=True,
        stages=embeddings,
        uses_logits=True,
        uses_teacher_head=True,
        per_example=True,
        reads_embedding=True,
        source="Yang et al. 2021, Knowledge Distillation via Softmax Regression Representation Learning, ICLR",
        parameters=weights(1.0, 1.0),
        build=learned_feature_loss(_term, "head"),
        fits=check_embeddings,
    ),
)
